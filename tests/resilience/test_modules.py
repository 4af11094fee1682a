"""The modules in this process, so that coverage sees them: parameters in, JSON out, no ansible-playbook between."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.module_utils.testing import patch_module_args

from ansible_collections.ocamba.hood.plugins.module_utils.errors import MissingLibrary
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry
from ansible_collections.ocamba.hood.plugins.module_utils.task import apply, failures, intake
from ansible_collections.ocamba.hood.plugins.modules import ocamba_integration, ocamba_integrations
from tests.emulator.server import Emulator
from tests.support.entries import entry, secrets, seven
from tests.support.runs import TOKEN


class Called:
    """Calls a module and keeps what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str], url: str) -> None:
        self._capsys = capsys
        self._url = url
        self.printed = ""

    def __call__(self, module: Any, **options: Any) -> dict[str, Any]:
        check = options.pop("check", False)
        parameters = {"api_url": self._url, "api_token": TOKEN, "max_wait": 1, **options}
        internal = {"_ansible_check_mode": check, "_ansible_diff": True, "_ansible_verbosity": 3}
        with patch_module_args({**parameters, **internal}), pytest.raises(SystemExit) as ended:
            module.main()
        captured = self._capsys.readouterr()
        self.printed = captured.out + captured.err
        result: dict[str, Any] = json.loads(captured.out)
        assert ended.value.code == (1 if result.get("failed") else 0)
        return result


@pytest.fixture
def call(hood: Emulator, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Called:
    monkeypatch.delenv("OCAMBA_API_TOKEN", raising=False)
    return Called(capsys, hood.url)


def test_both_modules_do_their_work(call: Called) -> None:
    assert call(ocamba_integrations, integrations=seven(), check=True)["summary"]["created"] == 7
    assert call(ocamba_integrations, integrations=json.dumps(seven()))["summary"]["created"] == 7
    assert call(ocamba_integration, **entry("Mitto"))["integration"]["action"] == "unchanged"
    assert call(ocamba_integrations, integrations=[])["changed"] is False


EACH: dict[str, dict[str, Any]] = {
    "ocamba_account_info": {},
    "ocamba_integration": entry("Mitto"),
    "ocamba_integration_info": {"provider": "mitto"},
    "ocamba_integrations": {"integrations": seven()},
    "ocamba_provider_info": {},
    "ocamba_test_notification": {**entry("Mitto"), "recipient": "+14155550100"},
}


@pytest.mark.parametrize("name", EACH)
def test_each_module_is_a_program(hood: Emulator, call: Called, name: str) -> None:
    """As Ansible starts it on a target."""
    path, options = Path(ocamba_integration.__file__).with_name(f"{name}.py"), EACH[name]
    program = SimpleNamespace(main=lambda: runpy.run_path(str(path), run_name="__main__"))
    assert "msg" not in call(program, **options)
    assert list(hood.log)
    assert call(program, **options, no_such_option="x")["reason_code"] == "invalid"


def test_what_is_remembered_and_an_approved_plan(call: Called) -> None:
    declared = {"integrations": seven(), "update_secrets": "on_change"}
    planned = call(ocamba_integrations, **declared, check=True)
    assert "plan_id" in call(ocamba_integrations, **declared, expected_plan="planned")["msg"]
    applied = call(ocamba_integrations, **declared, expected_plan=planned["plan_id"])
    assert applied["plan_id"] == planned["plan_id"]
    assert list(applied["ansible_facts"]) == ["ocamba_hood"]
    assert not [secret for secret in secrets(seven()) if secret in call.printed]


def test_mistakes_and_the_objections_of_core_are_reported_together(call: Called) -> None:
    reported = call(ocamba_integration, **entry("Mitto"), stauts="active", type="email", update_secrets="never")["msg"]
    assert reported.splitlines()[0] == "3 things are wrong:"
    assert "update_secrets must be one of" in reported
    assert "- stauts: not an option; did you mean status?" in reported
    assert "- type: mitto sends sms" in reported
    assert call(ocamba_integrations)["msg"] == "missing required arguments: integrations"


@pytest.mark.parametrize(
    ("options", "reported"),
    [
        ({"api_token": ""}, "api_token: required"),
        ({"api_token": "with space"}, "api_token: must be printable ASCII"),
        ({"api_url": "ftp://hood"}, "api_url: must be a URL"),
        ({"api_url": "https://[bad"}, "api_url: must be a URL"),
        ({"api_url": "https://u:pw-canary@hood"}, "api_url: must not hold a user"),
        ({"api_url": "http://hood.example.com"}, "api_url: must be https"),
        ({"request_timeout": 0}, "request_timeout: must be more than 0"),
        ({"max_wait": -1}, "max_wait: must not be negative"),
        ({"client_key": "/k.pem"}, "client_cert: required with client_key"),
        ({"proxy": "nonsense-canary"}, "proxy: must be a URL"),
    ],
)
def test_a_wrong_connection_option_is_reported_without_its_value(
    hood: Emulator, call: Called, options: dict[str, Any], reported: str
) -> None:
    assert call(ocamba_integration, **{**entry("Mitto"), **options})["msg"].startswith(reported)
    assert "canary" not in call.printed
    assert not list(hood.log)


def test_several_wrong_connection_options_are_reported_together(call: Called) -> None:
    reported = call(ocamba_integration, **entry("Mitto"), api_url="http://hood.example.com", request_timeout=0)["msg"]
    assert reported.splitlines()[0] == "2 things are wrong:"


def test_the_environment_stands_in_and_empty_variables_do_not(
    hood: Emulator, call: Called, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCAMBA_API_TOKEN", TOKEN)
    monkeypatch.setenv("OCAMBA_REQUEST_TIMEOUT", "")
    monkeypatch.setenv("OCAMBA_VALIDATE_CERTS", "no")
    assert call(ocamba_integration, **entry("Mitto"), api_token="")["changed"] is True
    assert hood.account(TOKEN).one("Mitto")


def test_warnings_are_reported_once_and_without_secrets(call: Called) -> None:
    declared = entry("Mitto")
    declared["settings"]["api_key"] += "\n"
    call(ocamba_integration, **declared, api_token=TOKEN + " ")
    # In a process that is a controller as well, as that of these tests can be, core prints them instead.
    shown = " ".join(call.printed.split())
    assert shown.count("api_token: the white space around it was taken off") == 1
    assert shown.count("settings.api_key: the newline at its end was taken off") == 1


@pytest.mark.parametrize("missing", ["voluptuous", "requests"])
def test_a_missing_library_ends_the_module(call: Called, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    def fail(*_arguments: Any) -> None:
        raise MissingLibrary(missing, "No module named it")

    module, place = (intake, "declarations.read_single") if missing == "voluptuous" else (apply, "engine.run")
    monkeypatch.setattr(f"{module.__name__}.{place}", fail)
    monkeypatch.setattr(failures, "is_importable", lambda name: name != missing)
    reported = call(ocamba_integration, **entry("Mitto"))["msg"]
    assert f"{missing} can't be imported by" in reported
    assert secrets(seven())[1] not in call.printed


def test_an_unexpected_exception_is_reported_by_its_place_only(call: Called, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(asked: Any, _client: Any) -> None:
        raise KeyError(repr(asked))

    monkeypatch.setattr(f"{apply.__name__}.engine.run", crash)
    reported = call(ocamba_integration, **entry("Mitto"))["msg"]
    assert reported.startswith("internal error of ocamba.hood (KeyError in crash:")
    assert not [secret for secret in secrets(seven()) if secret in call.printed]


def test_the_importable_is_reported_from_the_missing() -> None:
    assert failures.is_importable("json")
    assert not failures.is_importable("ocamba_has_no_such_library")


def test_a_provider_of_the_account_works_through_its_descriptor(hood: Emulator, call: Called) -> None:
    from tests.emulator.catalog import VIBER

    assert registry.find(VIBER.name) is None
    hood.account(TOKEN).add_provider(VIBER)
    settings = {setting.name: f"viber-secret-{setting.name}" for setting in VIBER.settings}
    declared = {"name": "Viber", "provider": VIBER.name, "settings": settings}
    created = call(ocamba_integration, **declared)
    assert created["integration"]["settings"] == {}
    assert sorted(created["integration"]["secrets_written"]) == sorted(settings)
    assert not [value for value in settings.values() if value in call.printed]
    assert call(ocamba_integration, **declared)["changed"] is False
    settings["no_such_setting"] = "x"
    assert "not a setting of viber" in call(ocamba_integration, **declared)["msg"]
    assert not [value for value in settings.values() if len(value) > 1 and value in call.printed]


def test_an_unknown_option_that_may_be_a_value_is_never_printed(call: Called) -> None:
    reported = call(ocamba_integration, **entry("Mitto"), **{"api_key:canary-secret": None})["msg"]
    assert "]: not an option" in reported
    assert "canary" not in call.printed


def test_a_list_in_the_place_of_a_token_is_refused_without_its_value(call: Called) -> None:
    assert (
        call(ocamba_integration, **entry("Mitto"), api_token=["canary"])["msg"] == "api_token: must be text, not a list"
    )
    assert "canary" not in call.printed
