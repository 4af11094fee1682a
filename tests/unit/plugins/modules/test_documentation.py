"""The documentation says what the code does: options, defaults, choices, environment variables, settings, returns."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.ocamba.hood.plugins.doc_fragments import attributes, connection, integration, policy
from ansible_collections.ocamba.hood.plugins.module_utils.api import models
from ansible_collections.ocamba.hood.plugins.module_utils.providers.registry import PROVIDERS
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile import steps
from ansible_collections.ocamba.hood.plugins.module_utils.reports import describe, info
from ansible_collections.ocamba.hood.plugins.module_utils.task import argument_specs
from ansible_collections.ocamba.hood.plugins.modules import (
    ocamba_account_info,
    ocamba_integration,
    ocamba_integration_info,
    ocamba_integrations,
    ocamba_provider_info,
    ocamba_test_notification,
)
from tests.tools.collection_tree import ROOT

FRAGMENTS = {
    "connection": connection.ModuleDocFragment.DOCUMENTATION,
    "policy": policy.ModuleDocFragment.DOCUMENTATION,
    "integration": integration.ModuleDocFragment.DOCUMENTATION,
    "integration.list": integration.ModuleDocFragment.LIST,
    "integration.trial": integration.ModuleDocFragment.TRIAL,
    "attributes": attributes.ModuleDocFragment.DOCUMENTATION,
    "attributes.writes": attributes.ModuleDocFragment.WRITES,
    "attributes.reads": attributes.ModuleDocFragment.READS,
    "attributes.sends": attributes.ModuleDocFragment.SENDS,
}
MODULES = {
    "ocamba_account_info": (ocamba_account_info, argument_specs.connection_spec()),
    "ocamba_integration": (ocamba_integration, argument_specs.singular_spec()),
    "ocamba_integrations": (ocamba_integrations, argument_specs.plural_spec()),
    "ocamba_integration_info": (ocamba_integration_info, argument_specs.integration_info_spec()),
    "ocamba_provider_info": (ocamba_provider_info, argument_specs.provider_info_spec()),
    "ocamba_test_notification": (ocamba_test_notification, argument_specs.notification_spec()),
}


def documented_options(module: Any) -> dict[str, Any]:
    documentation = yaml.safe_load(module.DOCUMENTATION)
    options = dict(documentation.get("options", {}))
    for name in documentation["extends_documentation_fragment"]:
        options.update(yaml.safe_load(FRAGMENTS[name.removeprefix("ocamba.hood.")]).get("options", {}))
    return options


def assert_same(documented: dict[str, Any], spec: dict[str, Any]) -> None:
    assert set(documented) == set(spec)
    for name, option in spec.items():
        reported = documented[name]
        assert reported["type"] == option["type"], name
        assert reported.get("default") == option.get("default"), name
        assert reported.get("choices") == option.get("choices"), name
        assert reported.get("elements") == option.get("elements"), name
        assert reported.get("required", False) == option.get("required", False), name
        for variable in option.get("fallback", (None, []))[1]:
            assert f"E({variable})" in str(reported["description"]), name
        if "options" in option:
            assert_same(reported["suboptions"], option["options"])


@pytest.mark.parametrize("name", MODULES)
def test_the_options_are_those_of_the_specification(name: str) -> None:
    module, spec = MODULES[name]
    assert_same(documented_options(module), spec)


def test_every_connection_option_has_an_environment_variable_named_after_it() -> None:
    for name, option in argument_specs.connection_spec().items():
        assert option["fallback"][1] == [f"OCAMBA_{name.removeprefix('api_').upper()}"] or name.startswith("api_")
        assert "fallback" in option


def test_both_modules_document_the_settings_of_every_provider() -> None:
    for fragment in (FRAGMENTS["integration"], FRAGMENTS["integration.list"], FRAGMENTS["integration.trial"]):
        notes = yaml.safe_load(fragment)["notes"]
        assert len(notes) == len(PROVIDERS)
        for provider, note in zip(PROVIDERS, notes, strict=True):
            for field in provider.fields:
                assert f"C({field.name}){' (secret)' if field.secret else ''}: {field.meaning}" in note
                assert field.format.expects in note or field.format.name == "text"


def test_both_modules_return_the_same_of_an_integration() -> None:
    one = yaml.safe_load(ocamba_integration.RETURN)
    many = yaml.safe_load(ocamba_integrations.RETURN)
    assert one["integration"]["contains"] == {
        key: _singular(value) for key, value in many["integrations"]["contains"].items()
    }
    assert one["api"] == many["api"]


@pytest.mark.parametrize("name", MODULES)
def test_all_modules_tell_alike_what_a_run_took(name: str) -> None:
    """RETURN can't take its texts from a fragment, so they stand in each module."""
    reported = yaml.safe_load(MODULES[name][0].RETURN)["api"]["contains"]
    wanted = yaml.safe_load(ocamba_integrations.RETURN)["api"]["contains"]
    assert {key: value["description"] for key, value in reported.items()} == {
        key: value["description"] for key, value in wanted.items()
    }
    assert {key: value["type"] for key, value in reported.items()} == {
        key: value["type"] for key, value in wanted.items()
    }


def _singular(value: Any) -> Any:
    return yaml.safe_load(yaml.safe_dump(value).replace("integrations[]", "integration"))


def test_what_the_information_modules_return_is_documented() -> None:
    live = {"id": "1", "name": "twilio", "settings": [{"name": "auth_token", "title": "Auth Token"}]}
    item = {"id": "2", "name": "A", "provider_id": "1", "provider": live, "settings": {}}
    shown = describe.describe(models.parse_integration(item), shows_secrets=False)
    reported = yaml.safe_load(ocamba_integration_info.RETURN)
    assert list(reported["integrations"]["contains"]) == list(shown)
    provider = info.find_providers(None, "twilio").result["providers"][0]
    reported = yaml.safe_load(ocamba_provider_info.RETURN)["providers"]["contains"]
    assert list(reported) == list(provider)
    assert list(reported["settings"]["contains"]) == list(provider["settings"][0])


def test_the_actions_are_documented() -> None:
    reported = yaml.safe_load(ocamba_integrations.RETURN)["integrations"]["contains"]["action"]["description"]
    assert all(f"V({action})" in reported for action in steps.ACTIONS)


def is_raw(option: dict[str, Any]) -> bool:
    return option["type"] not in ("str", "path") or "choices" in option


def test_the_role_takes_the_entries_and_policies_of_the_module() -> None:
    content = yaml.safe_load((ROOT / "roles/ocamba/meta/argument_specs.yml").read_text(encoding="utf-8"))
    options = content["argument_specs"]["main"]["options"]
    spec = argument_specs.plural_spec()
    # The role has the plans of all hosts, of which each host's module gets its own.
    assert {name.removeprefix("ocamba_") for name in options} == (
        (set(spec) - {"expected_plan"}) | {"secrets", "expected_plans", "execution"}
    )
    assert options["ocamba_expected_plans"]["type"] == "raw"
    for name, option in spec.items():
        if name == "expected_plan":
            continue
        reported = options[f"ocamba_{name}"]
        # What may be blank is not for core to check, so the choices stand in the description.
        assert reported["type"] in (option["type"], "raw"), name
        assert "choices" not in reported, name
        assert all(f"V({choice})" in str(reported["description"]) for choice in option.get("choices") or ()), name
        assert "no_log" not in reported, name
    entry = options["ocamba_integrations"]["options"]
    assert {name: (reported["type"], reported.get("choices")) for name, reported in entry.items()} == {
        name: (option["type"], option.get("choices")) for name, option in argument_specs.entry_spec().items()
    }
    defaults = yaml.safe_load((ROOT / "roles/ocamba/defaults/main.yml").read_text(encoding="utf-8"))
    assert defaults == {name: option["default"] for name, option in options.items() if "default" in option}


def test_the_connection_options_of_the_role_stand_once() -> None:
    variables = yaml.safe_load((ROOT / "roles/ocamba/vars/main.yml").read_text(encoding="utf-8"))
    connection = variables["__ocamba_connection"]
    assert set(connection) == set(argument_specs.connection_spec())
    assert all(f"ocamba_{name} | default(" in value for name, value in connection.items())


@pytest.mark.parametrize("tasks", ["main", "rotate_account", "check", "export"])
def test_every_call_of_a_module_in_the_role_has_the_connection(tasks: str) -> None:
    content = yaml.safe_load((ROOT / f"roles/ocamba/tasks/{tasks}.yml").read_text(encoding="utf-8"))
    blocks = [task for task in content if "ocamba.hood.ocamba_" in str(task)]
    assert len(blocks) == 1
    assert blocks[0]["module_defaults"] == {"group/ocamba.hood.hood": "{{ __ocamba_connection }}"}


@pytest.mark.parametrize("tasks", ["main", "rotate_account"])
def test_the_role_hands_on_every_policy(tasks: str) -> None:
    content = (ROOT / f"roles/ocamba/tasks/{tasks}.yml").read_text(encoding="utf-8")
    calls = [call for call in _tasks(yaml.safe_load(content)) if "ocamba.hood.ocamba_integrations" in call]
    assert len(calls) == {"main": 1, "rotate_account": 2}[tasks]
    for call in calls:
        policies = set(argument_specs.plural_spec()) - set(argument_specs.connection_spec())
        options = set(call["ocamba.hood.ocamba_integrations"])
        assert options <= policies
        assert tasks == "rotate_account" or options == policies


def _tasks(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for task in tasks for one in (task, *_tasks(task.get("block", []) + task.get("always", [])))]


def test_the_action_group_holds_every_module() -> None:
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))
    modules = sorted(path.stem for path in (ROOT / "plugins/modules").glob("*.py"))
    assert runtime["action_groups"]["hood"] == modules


def test_the_version_stands_in_one_place() -> None:
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    transport = importlib.import_module("ansible_collections.ocamba.hood.plugins.module_utils.api.transport")
    assert f"ocamba.hood/{version}" == transport.USER_AGENT
    changelog = yaml.safe_load((ROOT / "changelogs/changelog.yaml").read_text(encoding="utf-8"))
    assert version in changelog["releases"]


def test_the_libraries_are_those_of_the_requirements() -> None:
    module = importlib.import_module("ansible_collections.ocamba.hood.plugins.module_utils.task.failures")
    required = (ROOT / "requirements.txt").read_text(encoding="utf-8").split()
    assert sorted(module.LIBRARIES.values()) == sorted(required)
    for library in required:
        assert library.replace(">=", " >= ") in FRAGMENTS["connection"]


def test_every_python_file_names_its_licence() -> None:
    for path in sorted(Path(ROOT / "plugins").rglob("*.py")):
        # Sanity of ansible-core 2.16 and 2.17 wants every __init__.py of module_utils to be empty.
        is_empty = path.name == "__init__.py"
        text = path.read_text(encoding="utf-8")
        assert not text if is_empty else "GNU General Public License v3.0+" in text, path


def test_every_module_has_its_side_on_the_controller() -> None:
    """Without it nobody is reported what the module waits for."""
    sides = {path.stem for path in (ROOT / "plugins" / "action").glob("*.py")}
    assert sides == {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")}
