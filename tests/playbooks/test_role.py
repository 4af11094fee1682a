"""The role: secrets from a mapping of their own, an account a host, and refusals that show no value."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.support.ansible import Ansible, PlaybookRun
from tests.support.entries import SECRET_KEYS, TOKEN, seven
from tests.support.marks import first

TASK = "Apply the declared integrations"
REFUSED = "Refuse variables that can't be used"


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


def test_a_secret_for_a_name_that_is_not_declared_is_reported(hood: Emulator, ansible: Ansible) -> None:
    run = apply(ansible, ocamba_integrations=[], ocamba_secrets={"Twilo": {"auth_token": "canary-secret"}})
    assert "no integration of this account has the name Twilo" in run.output
    assert "canary-secret" not in run.output + run.log


@pytest.mark.parametrize(
    "wrong",
    first(
        3,
        of=[
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
    ),
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


def test_every_mistake_is_reported_by_the_role_as_well(hood: Emulator, ansible: Ansible) -> None:
    plain, apart = split()
    plain[0]["status"] = "on"
    plain[1]["stetting"] = {}
    plain[2]["settings"]["port"] = True
    apart["Alerts"] = {"auth_tokn": "canary-secret"}
    message = apply(ansible, ocamba_integrations=plain, ocamba_secrets=apart).only(TASK)["msg"]
    paths = ("[0] (Twilio EU).status", "[1] (Mitto).stetting", "[2] (Newsletter).settings.port")
    assert all(f"integrations{path}: " in message for path in (*paths, "[6] (Alerts).settings.auth_tokn"))
    assert not list(hood.log)


BLANKS = [
    *("ocamba_api_url", "ocamba_request_timeout", "ocamba_max_wait", "ocamba_validate_certs", "ocamba_ca_path"),
    *("ocamba_client_cert", "ocamba_client_key", "ocamba_proxy", "ocamba_secrets", "ocamba_update_secrets"),
    *("ocamba_missing", "ocamba_validate_credentials", "ocamba_invalid_credentials", "ocamba_unmanaged"),
    *(
        "ocamba_protected",
        "ocamba_deactivate_default",
        "ocamba_max_deactivations",
        "ocamba_parallel_requests",
        "ocamba_execution",
    ),
]


@pytest.mark.parametrize("blank", first(1, of=[" \n", None, ""]), ids=["white space", "null", "empty"])
def test_blank_variables_count_as_not_given(hood: Emulator, ansible: Ansible, blank: Any) -> None:
    run = apply(ansible, **dict.fromkeys(BLANKS, blank), ocamba_integrations=seven())
    assert run.only(TASK)["summary"]["created"] == 7, run.output


def test_a_blank_declaration_is_refused(hood: Emulator, ansible: Ansible) -> None:
    for blank in (None, "", "\n"):
        run = apply(ansible, ocamba_integrations=blank, ocamba_unmanaged="deactivate")
        assert run.rc != 0
        assert re.search("ocamba_integrations: is required|missing required arguments: integrations", run.output)
    assert not list(hood.log)


def test_answers_of_a_survey_are_taken_without_their_line_ends(hood: Emulator, ansible: Ansible) -> None:
    answers = {
        "ocamba_unmanaged": "deactivate\n",
        "ocamba_protected": "Twilio EU\n\nMitto, Ltd\n",
        "ocamba_deactivate_default": "Mitto\n",
        "ocamba_max_deactivations": "3\n",
        "ocamba_validate_credentials": "no\n",
        "ocamba_request_timeout": "30\n",
    }
    apply(ansible, ocamba_integrations=[*seven(), {**seven()[1], "name": "Mitto, Ltd"}])
    keep = [one for one in seven() if one["name"] not in ("Twilio EU", "Mitto")]
    run = apply(ansible, ocamba_integrations=keep, **answers)
    assert run.rc == 0, run.output
    statuses = {one.name: one.status for one in hood.account(TOKEN).integrations}
    assert statuses["Twilio EU"] == statuses["Mitto, Ltd"] == "active"
    assert statuses["Mitto"] == "inactive"


@pytest.mark.parametrize(
    ("wrong", "message"),
    first(
        2,
        of=[
            ({"ocamba_max_deactivations": -1}, "max_deactivations: must not be negative"),
            ({"ocamba_parallel_requests": 0}, "parallel_requests: must be more than 0"),
            ({"ocamba_api_token": ["canary-secret"]}, "api_token: must be text, not a list"),
            ({"ocamba_proxy": {"canary-secret": 1}}, "proxy: must be text, not a dictionary"),
        ],
    ),
    ids=str,
)
def test_an_option_that_makes_no_sense_is_refused(
    hood: Emulator, ansible: Ansible, wrong: dict[str, Any], message: str
) -> None:
    run = apply(ansible, "-vvv", **{"ocamba_integrations": seven(), **wrong})
    assert run.only(TASK)["msg"] == message
    assert "canary-secret" not in run.output + run.log
    assert not list(hood.log)


@pytest.mark.parametrize("as_text", first(1, of=[False, True]))
def test_names_of_secrets_match_as_text(hood: Emulator, ansible: Ansible, as_text: bool) -> None:
    declared = {"name": 360, "provider": "mitto", "settings": {"sender_name": "x"}}
    secrets: Any = {"360" if as_text else 360: {"api_key": "canary-secret"}}
    run = apply(ansible, ocamba_integrations=[declared], ocamba_secrets=secrets)
    assert run.rc == 0, run.output
    assert hood.account(TOKEN).one("360").settings["api_key"] == "canary-secret"


@pytest.mark.parametrize(
    ("secrets", "message"),
    first(
        3,
        of=[
            ({"mitto": {"api_key": "canary-secret"}}, "the name mitto; did you mean Mitto?"),
            ({"Mitto": {"api_key": None}}, "ocamba_secrets (Mitto).api_key: is empty"),
            ({"Mitto": {"api_key:canary-secret": None}}, "ocamba_secrets (Mitto)[0]: is not the name of a setting"),
            ({"Mitto": {"api_key": None, "canarysecret": None}}, "ocamba_secrets (Mitto)[1]: is empty"),
            ({"Mitto:canary-secret": None}, "ocamba_secrets[0]: no integration of this account has this name"),
            ({"Mitto": {}, "canary-secret": "x"}, "ocamba_secrets[1]: no integration of this account has this name"),
            ({"360": {"api_key": "x"}, 360: {"api_key": "canary-secret"}}, "is there twice, as a number and as text"),
        ],
    ),
    ids=str,
)
def test_a_secret_that_would_be_lost_is_a_mistake(hood: Emulator, ansible: Ansible, secrets: Any, message: str) -> None:
    run = apply(ansible, "-vvv", ocamba_integrations=[{"name": "Mitto", "provider": "mitto"}], ocamba_secrets=secrets)
    assert run.rc != 0
    assert message in run.only(REFUSED)["msg"]
    assert run.only("Note why nothing is done")["ansible_facts"]["ocamba_result"]["reason_code"] == "invalid"
    assert "canary" not in run.output + run.log
    assert not list(hood.log)


@pytest.mark.parametrize("secrets", first(2, of=[None, {"Mitto": {}}, "", {}, {"Mitto": None}]), ids=str)
def test_an_active_integration_is_not_created_without_its_secret(
    hood: Emulator, ansible: Ansible, secrets: Any
) -> None:
    entry = {"name": "Mitto", "provider": "mitto", "settings": {"sender_name": "x"}}
    message = apply(ansible, ocamba_integrations=[entry], ocamba_secrets=secrets).only(TASK)["msg"]
    assert message.startswith("integrations[0] (Mitto).settings.api_key: must be there to create an active integration")
    assert not hood.log.writes()
    allowed = [{**entry, "status": "inactive"}, {**entry, "name": "Open", "settings": {"api_key": ""}}]
    assert apply(ansible, ocamba_integrations=allowed, ocamba_secrets=secrets).rc == 0


def test_a_date_in_the_secrets_is_reported_with_its_path(hood: Emulator, ansible: Ansible) -> None:
    file = ansible.write("dated.yml", {})
    Path(file).write_text("ocamba_secrets: {Shop: {api_key: 2024-01-01}}\nocamba_rotate: Shop\n", "utf-8")
    declared = [{"name": "Shop", "provider": "mitto"}]
    expected = "ocamba_secrets (Shop).api_key: is a date to YAML; put it in quotes"
    for playbook in ("ocamba.hood.apply", "ocamba.hood.rotate_secrets"):
        variables = ansible.write("variables.yml", {"ocamba_api_token": TOKEN, "ocamba_integrations": declared})
        run = ansible.playbook(playbook, "-i", "account,", "-e", f"@{variables}", "-e", f"@{file}")
        assert run.rc != 0
        assert expected in run.output
    assert not list(hood.log)


def test_secrets_of_a_name_that_two_entries_have_are_written_to_neither(hood: Emulator, ansible: Ansible) -> None:
    made = [hood.account(TOKEN).add("Mitto", "mitto", {"api_key": f"stored-{number}"}) for number in range(2)]
    entries = [{"id": one.id, "name": "Mitto"} for one in made]
    secrets = {"Mitto": {"api_key": "n3w"}}
    variables = {"ocamba_api_token": TOKEN, "ocamba_integrations": entries, "ocamba_secrets": secrets}
    file = ansible.write("variables.yml", {**variables, "ocamba_rotate": "Mitto"})
    for playbook in ("ocamba.hood.apply", "ocamba.hood.rotate_secrets"):
        run = ansible.playbook(playbook, "-i", "account,", "-e", f"@{file}")
        assert run.rc != 0
        assert "ocamba_secrets (Mitto): integrations[0], integrations[1] have this name" in run.output
    assert not hood.log.writes()


def test_a_date_that_is_not_quoted_is_reported_with_its_path(hood: Emulator, ansible: Ansible) -> None:
    file = ansible.write("dated.yml", {})
    text = "ocamba_integrations: [{name: Shop, provider: mitto, settings: {api_key: 2024-01-01}}]\n"
    Path(file).write_text(text, "utf-8")
    message = apply(ansible, "-e", f"@{file}").only(REFUSED)["msg"]
    assert "integrations[0] (Shop).settings.api_key: is a date to YAML; put it in quotes" in message
    assert not list(hood.log)


@pytest.mark.parametrize("playbook", first(2, of=["apply", "rotate_secrets", "drift", "check_account", "export"]))
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


@pytest.mark.parametrize("name", first(1, of=["ocamba_api_url", "ocamba_proxy", "ocamba_client_key"]))
def test_no_variable_of_the_connection_is_quoted(hood: Emulator, ansible: Ansible, name: str) -> None:
    """An address can hold a password."""
    host = {name: "http://user:Zz9{%x canary@127.0.0.1/", "ocamba_integrations": split()[0]}
    inventory = ansible.write("inventory.yml", {"all": {"hosts": {"acme": host}}})
    run = ansible.playbook("ocamba.hood.apply", "-i", inventory, "-vvv")
    assert run.rc != 0
    assert "canary" not in run.output + run.log
    assert f"{name}: is taken for a template" in run.output


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
