"""The role: secrets from a mapping of their own, an account a host, and refusals that show no value."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.front_door.ansible import Ansible, PlaybookRun
from tests.front_door.entries import SECRET_KEYS, TOKEN, seven

TASK = "Apply the declared integrations"


def split() -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """The seven without their secrets, and the secrets by name."""
    plain, apart = seven(), {}
    for one in plain:
        key = next(key for key in SECRET_KEYS if key in one["settings"])
        apart[one["name"]] = {key: one["settings"].pop(key)}
    return plain, apart


def apply(ansible: Ansible, *arguments: str, **variables: Any) -> PlaybookRun:
    file = ansible.write("variables.yml", {"ocamba_api_token": TOKEN, **variables})
    return ansible.playbook("ocamba.hood.apply", "-i", "account,", "-e", f"@{file}", *arguments)


def test_secrets_are_merged_by_name(hood: Emulator, ansible: Ansible) -> None:
    plain, apart = split()
    run = apply(ansible, ocamba_integrations=plain, ocamba_secrets=apart)
    assert run.rc == 0, run.output
    for one in seven():
        stored = hood.account(TOKEN).one(one["name"]).settings
        assert stored == {key: str(value) for key, value in one["settings"].items()}
    assert apply(ansible, ocamba_integrations=plain, ocamba_secrets=apart).only(TASK)["changed"] is False


def test_the_list_may_be_json_text_as_a_survey_gives_it(hood: Emulator, ansible: Ansible) -> None:
    plain, apart = split()
    run = apply(ansible, ocamba_integrations=json.dumps(plain), ocamba_secrets=json.dumps(apart))
    assert run.only(TASK)["summary"]["created"] == 7
    policies = {
        "ocamba_max_deactivations": "3",
        "ocamba_validate_credentials": "False",
        "ocamba_parallel_requests": "2",
    }
    again = apply(ansible, ocamba_integrations=json.dumps(plain), ocamba_secrets=apart, **policies)
    assert again.only(TASK)["changed"] is False


def test_a_secret_for_a_name_that_is_not_declared_is_told(hood: Emulator, ansible: Ansible) -> None:
    run = apply(ansible, ocamba_integrations=[], ocamba_secrets={"Twilo": {"auth_token": "canary-secret"}})
    assert "no integration of this account has the name Twilo" in run.output
    assert "canary-secret" not in run.output + run.log


@pytest.mark.parametrize(
    "wrong",
    [
        {"ocamba_secrets": "canary-secret"},
        {"ocamba_secrets": ["canary-secret"]},
        {"ocamba_secrets": {"Mitto": "canary-secret"}},
        {"ocamba_secrets": {"Mitto": {"api_kee": "canary-secret"}}},
        {"ocamba_secrets": {"Mitto": {"api_key": ["canary-secret"]}}},
        {"ocamba_integrations": "canary-secret"},
        {"ocamba_integrations": {"api_key": "canary-secret"}},
        {"ocamba_integrations": [{"name": "Mitto", "provider": "mitto", "api_key": "canary-secret"}]},
        {"ocamba_integrations": [{"name": "Mitto", "provider": "mitto", "settings": "canary-secret"}]},
        {"ocamba_api_token": ["canary-secret"], "ocamba_integrations": "x"},
    ],
    ids=str,
)
def test_wrong_types_fail_without_the_value(hood: Emulator, ansible: Ansible, wrong: dict[str, Any]) -> None:
    run = apply(ansible, "-vvv", **{"ocamba_integrations": split()[0], **wrong})
    assert run.rc != 0
    assert "canary-secret" not in run.output + run.log
    assert not hood.log.writes()


def test_many_accounts_run_side_by_side(hood: Emulator, ansible: Ansible) -> None:
    hosts = {f"account_{number}": {"ocamba_api_token": f"token-of-account-{number}"} for number in range(6)}
    for variables in hosts.values():
        hood.account(variables["ocamba_api_token"], limits=Limits.off())
    inventory = {"all": {"hosts": hosts, "vars": {"ocamba_integrations": seven()}}}
    run = ansible.playbook("ocamba.hood.apply", "-i", ansible.write("inventory.yml", inventory), "--forks", "3")
    assert {host: result["summary"]["created"] for host, result in run.all(TASK).items()} == dict.fromkeys(hosts, 7)


def test_every_mistake_is_told_by_the_role_as_well(hood: Emulator, ansible: Ansible) -> None:
    plain, apart = split()
    plain[0]["status"] = "on"
    plain[1]["stetting"] = {}
    plain[2]["settings"]["port"] = True
    apart["Alerts"] = {"auth_tokn": "canary-secret"}
    message = apply(ansible, ocamba_integrations=plain, ocamba_secrets=apart).only(TASK)["msg"]
    paths = ("[0] (Twilio EU).status", "[1] (Mitto).stetting", "[2] (Newsletter).settings.port")
    assert all(f"integrations{path}: " in message for path in (*paths, "[6] (Alerts).settings.auth_tokn"))
    assert not list(hood.log)


@pytest.mark.parametrize("playbook", ["apply", "drift", "rotate_secrets", "check_account", "export"])
def test_what_can_not_be_evaluated_is_named_by_its_place_alone(hood: Emulator, ansible: Ansible, playbook: str) -> None:
    secret = "Zz9{%x canary-secret"
    host = {
        "ocamba_integrations": split()[0],
        "ocamba_rotate": "Mitto",
        "ocamba_secrets": {"Mitto": {"api_key": secret}, "Alerts": {"auth_token": "{{ canary_variable }} x"}},
    }
    if playbook in ("check_account", "export"):
        host["ocamba_api_token"] = secret
    inventory = ansible.write("inventory.yml", {"all": {"hosts": {"acme": host}}})
    run = ansible.playbook(f"ocamba.hood.{playbook}", "-i", inventory, "-vvv")
    assert run.rc != 0
    assert "canary" not in run.output + run.log
    if "ocamba_api_token" in host:
        assert "ocamba_api_token: is taken for a template" in run.output
    else:
        assert "ocamba_secrets (Mitto).api_key: is taken for a template" in run.output
        assert "ocamba_secrets (Alerts).auth_token: uses a variable that is not defined" in run.output
    assert not list(hood.log)


def test_a_result_is_there_even_where_the_variables_are_refused(hood: Emulator, ansible: Ansible) -> None:
    role = {"name": "ocamba.hood.ocamba", "rolespec_validate": False}
    tasks = [
        {
            "name": "Try",
            "block": [{"name": "Apply", "ansible.builtin.import_role": role}],
            "rescue": [{"name": "Look", "ansible.builtin.debug": {"var": "ocamba_result"}}],
        }
    ]
    run = ansible.play(*tasks, vars={"ocamba_integrations": "{{ not_there }}", "ocamba_api_token": TOKEN})
    shown = run.all("Look")["localhost"]["ocamba_result"]
    assert shown["reason_code"] == "invalid"
    assert shown["failed"] is True
    assert "ocamba_integrations: uses a variable" in shown["msg"]


def test_the_connection_may_be_blank(hood: Emulator, ansible: Ansible) -> None:
    names = [
        "api_url",
        "request_timeout",
        "max_wait",
        "validate_certs",
        "ca_path",
        "client_cert",
        "client_key",
        "proxy",
    ]
    for blank in ("", None):
        run = apply(ansible, ocamba_integrations=seven(), **{f"ocamba_{name}": blank for name in names})
        assert run.rc == 0, run.output


def test_defaults_of_the_group_are_those_of_the_role_and_defaults_of_a_module_are_the_callers(
    hood: Emulator, alone: Ansible
) -> None:
    role = {"name": "Apply", "ansible.builtin.import_role": {"name": "ocamba.hood.ocamba"}}
    given = {"ocamba_integrations": seven()}
    by_group = {"group/ocamba.hood.hood": {"api_token": TOKEN}}
    by_module = {"ocamba.hood.ocamba_integrations": {"api_token": TOKEN}}
    assert alone.play(role, vars=given, module_defaults=by_group).rc != 0
    run = alone.play(role, vars=given, module_defaults=by_module)
    assert run.rc == 0, run.output
