"""The playbook ocamba.hood.drift: it finds what differs and nothing else, only reads, and tells everyone the same."""

from __future__ import annotations

import json
import shlex
import stat
from typing import Any

import pytest
import yaml

from ansible_collections.ocamba.hood.plugins.filter import drift_report
from ansible_collections.ocamba.hood.plugins.module_utils.api.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import Connection
from ansible_collections.ocamba.hood.plugins.module_utils.api.pacer import Pacer
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry
from ansible_collections.ocamba.hood.plugins.module_utils.reports import info
from tests.demo import vaults
from tests.emulator import seed
from tests.emulator.accounts import Account
from tests.emulator.catalog import Setting
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.support import leaks
from tests.support.ansible import Ansible, PlaybookRun
from tests.support.entries import TOKEN, secrets, seven
from tests.support.reports import (
    Findings,
    check_html,
    findings_of_junit,
    findings_of_page,
    findings_of_report,
    read_html,
)
from tests.tools import drift_pictures
from tests.tools.collection_tree import ROOT

TASK = "Apply the declared integrations"
TIME = "2026-11-24T05:00:00Z"
SCRIPT = '<script>alert("1")</script>'
HOSTILE = f"{SCRIPT}\u202e\nsecond line"
SEEN = f"{SCRIPT}\\u202e\\nsecond line"


class Literally(str):
    """A text that Ansible must not take for a template."""

    __slots__ = ()


yaml.SafeDumper.add_representer(
    Literally, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text), style="'")
)


def _literally(value: Any) -> Any:
    """The same, with every text that holds Jinja taken as it is. Not every text: core 2.19 takes `!unsafe 'null'` for
    null."""
    if isinstance(value, dict):
        return {key: _literally(inner) for key, inner in value.items()}
    return Literally(value) if isinstance(value, str) and any(sign in value for sign in ("{{", "{%", "{#")) else value


def declaration(hood: Emulator, account: Account) -> list[dict[str, Any]]:
    """The account, declared as it is: what the information module says, and the secrets."""
    client = HoodClient(Connection(hood.url, account.token), Pacer(10))
    found = info.find_integrations(client, info.Filters(), lambda _secrets: None).result["declaration"]
    stored = {one.name: one for one in account.integrations}
    found.sort(key=lambda entry: list(stored).index(entry["name"]))
    for entry in found:
        one = stored[entry["name"]]
        provider = account.provider_of(one)
        known = registry.find(provider.name) if provider else None
        if known:
            kept = {key: one.settings[key] for key in known.secret_names if one.settings.get(key)}
            entry["settings"] = {**entry.get("settings", {}), **kept}
    return [_literally(entry) for entry in found]


def filled(hood: Emulator, token: str, count: int, **options: Any) -> Account:
    """An account with made-up integrations that a declaration can have."""
    account = hood.account(token, limits=Limits.off(), **options)
    seed.fill(account, count)
    return account


def stored_secrets(account: Account) -> list[str]:
    return [
        value
        for one in account.integrations
        if (provider := account.provider_of(one))
        for key, value in one.settings.items()
        if provider.is_secret(key) and len(value) > 4
    ]


def drift(ansible: Ansible, *arguments: str, **hosts: dict[str, Any]) -> PlaybookRun:
    """Compare the accounts of an inventory of these hosts."""
    inventory = ansible.write("inventory.yml", {"all": {"hosts": hosts}})
    return ansible.playbook("ocamba.hood.drift", "-i", inventory, *arguments)


def report_of(ansible: Ansible) -> tuple[dict[str, Any], Findings]:
    """The report, after making sure that page, JSON and XML agree, and that only its owner can write them."""
    folder = ansible.workdir / "drift-report"
    files = {one.name: one.read_text(encoding="utf-8") for one in folder.iterdir()}
    assert set(files) == {"drift.html", "drift.json", "drift.xml"}
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()} == {0o640}
    check_html(files["drift.html"])
    report = json.loads(files["drift.json"])
    findings = findings_of_report(report)
    assert findings_of_page(files["drift.html"]) == findings
    assert findings_of_junit(files["drift.xml"]) == findings
    assert report["message"] in read_html(files["drift.html"]).text
    return report, findings


def assert_nothing_leaked(ansible: Ansible, run: PlaybookRun, values: list[str]) -> None:
    texts = [one.read_text(encoding="utf-8") for one in (ansible.workdir / "drift-report").iterdir()]
    for text in (*texts, run.output, run.log):
        assert not leaks.find(text, values)


def test_three_changes_by_hand_are_found_and_nothing_else(hood: Emulator, ansible: Ansible) -> None:
    account = filled(hood, TOKEN, 60, variants=Variants(secrets="masked_tail"))
    acme = {"ocamba_integrations": declaration(hood, account)}
    before = drift(ansible, acme=acme)
    assert before.rc == 0, before.output
    assert report_of(ansible)[1] == {"acme": ("same", {})}
    assert "1 account is as declared (60 integrations)" in before.stdout

    mail, chat, sms = (
        next(one for one in account.integrations if one.type == kind) for kind in ("email", "telegram", "sms")
    )
    sender = next(key for key in mail.settings if key.endswith("sender_name"))
    account.edit(mail.id, settings={**mail.settings, sender: "Somebody else"})
    account.edit(chat.id, status="inactive" if chat.status == "active" else "active")
    account.edit(sms.id, settings={**sms.settings, "auth_token": "another-secret-xyzw"})
    hood.log.clear()
    run = drift(ansible, acme=acme)
    assert run.rc == 2, run.output
    report, findings = report_of(ansible)
    assert findings == {
        "acme": (
            "differs",
            {
                mail.name: {f"settings.{sender}": ("Somebody else", mail.settings[sender])},
                chat.name: {"status": ("inactive" if chat.status == "active" else "active", chat.status)},
                sms.name: {"settings.auth_token": ("(secret)", "(secret, would be written)")},
            },
        )
    }
    assert report["summary"] | {"integrations": 60, "differences": 3, "unmanaged": 0} == report["summary"]
    assert f"1 of 1 account differs: acme (3 integrations); report: {ansible.workdir}/drift-report" in run.output
    assert {call.method for call in hood.log} == {"GET"}
    assert_nothing_leaked(ansible, run, [*stored_secrets(account), sms.settings["auth_token"], TOKEN])


@pytest.fixture
def accounts(hood: Emulator) -> dict[str, dict[str, Any]]:
    """An inventory of accounts in every condition."""
    hosts: dict[str, dict[str, Any]] = {}
    for name in ("clean", "hostile", "refused", "mistaken", "undeclared", "undefined", "unreachable", "pruned"):
        account = filled(hood, f"token-of-{name}", 6)
        hosts[name] = {
            "ocamba_api_token": account.token,
            "ocamba_integrations": declaration(hood, account),
            "ocamba_unmanaged": "ignore",
        }
    hostile, pruned = hood.account("token-of-hostile"), hood.account("token-of-pruned")
    first, second = hostile.integrations[:2]
    hosts["hostile"]["ocamba_api_token"] += "\n"
    hosts["hostile"]["ocamba_integrations"][0] |= {"id": first.id, "name": SCRIPT}
    hostile.edit(second.id, settings={**second.settings, "sender_name": HOSTILE})
    hosts["hostile"]["ocamba_integrations"].append(
        {
            "name": 'New & "odd"',
            "provider": "mitto",
            "settings": {"api_key": "canary-of-the-new", "sender_name": ""},
        }
    )
    hostile.add(HOSTILE, "mitto", {"api_key": "canary-unmanaged"})
    hostile.add_setting("mitto", Setting("sender_name", deprecated=True))
    hood.account("token-of-refused").access = "expired"
    hosts["mistaken"]["ocamba_integrations"][0]["settings"]["acount_sid"] = "canary-misplaced"
    hosts["mistaken"]["ocamba_integrations"][1]["status"] = "on"
    del hosts["undeclared"]["ocamba_integrations"]
    hosts["undefined"]["ocamba_integrations"][0]["settings"]["auth_token"] = "{{ vault_missing }}"
    # The play runs on the controller whatever the inventory says, so nothing but the API can be unreachable.
    hosts["unreachable"] |= {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}
    hosts["unreachable"] |= {"ocamba_api_url": "http://127.0.0.1:9", "ocamba_max_wait": 1}
    hosts["pruned"]["ocamba_unmanaged"] = "deactivate "
    pruned.add("Clicked together", "twilio", {"auth_token": "canary-clicked"})
    return hosts


def test_an_account_that_fails_is_part_of_the_report(
    hood: Emulator, ansible: Ansible, accounts: dict[str, dict[str, Any]]
) -> None:
    run = drift(ansible, "--check", "-vvv", "--forks", "3", "-e", "ocamba_drift_unmanaged=fail", **accounts)
    assert run.rc == 2
    report, findings = report_of(ansible)
    reported = {account["name"]: account for account in report["accounts"]}
    failed = {name for name, (state, _changes) in findings.items() if state == "failed"}
    assert failed == {"refused", "mistaken", "undeclared", "undefined", "unreachable"}
    assert "401" in reported["refused"]["errors"][0]
    assert [error.rpartition(": ")[0].rpartition(").")[2] for error in reported["mistaken"]["errors"]] == [
        "settings.acount_sid",
        "status",
    ]
    assert reported["undeclared"]["errors"] == ["ocamba_integrations: is required"]
    assert [error.rpartition(").")[2] for error in reported["undefined"]["errors"]] == [
        "settings.auth_token: uses a variable that is not defined"
    ]
    assert "can't reach 127.0.0.1:9" in reported["unreachable"]["errors"][0]
    assert findings["clean"] == ("same", {})
    assert findings["pruned"] == ("differs", {"Clicked together": {"status": ("active", "inactive")}})
    assert reported["pruned"]["unmanaged"] == []
    first, second = hood.account("token-of-hostile").integrations[:2]
    assert findings["hostile"][1][SCRIPT] == {"name": (first.name, SCRIPT)}
    assert findings["hostile"][1][second.name]["settings.sender_name"][0] == SEEN
    assert findings["hostile"][1]['New & "odd"']["settings.api_key"] == (None, "(secret, would be written)")
    assert [one["name"] for one in reported["hostile"]["unmanaged"]] == [SEEN]
    assert any("white space" in warning for warning in reported["hostile"]["warnings"])
    assert any("deprecated" in warning for warning in reported["hostile"]["warnings"])
    assert not hood.log.writes()
    assert "2 of 8 accounts differ: hostile (3 integrations, 1 not declared), pruned (1 integration); " in run.output
    assert "5 of 8 accounts could not be compared: mistaken, refused, undeclared, undefined, unreachable" in run.output
    stored = [secret for one in accounts for secret in stored_secrets(hood.account(f"token-of-{one}"))]
    canaries = ["canary-of-the-new", "canary-misplaced"]
    assert_nothing_leaked(ansible, run, [*stored, *canaries, *(f"token-of-{one}" for one in accounts)])


def one_entry(**more: Any) -> dict[str, Any]:
    """The variables of an account with one integration that it has as declared."""
    declared = {"name": "Mitto", "provider": "mitto", "settings": {"sender_name": "Example"}}
    return {"ocamba_integrations": [declared], **more}


def accounts_as_declared(hood: Emulator, *names: str) -> dict[str, dict[str, Any]]:
    for name in names:
        account = hood.account(f"token-of-{name}", limits=Limits.off())
        account.add("Mitto", "mitto", {"api_key": "canary-of-mitto", "sender_name": "Example"})
    return {name: one_entry(ocamba_api_token=f"token-of-{name}") for name in names}


def test_secrets_of_a_name_that_is_not_declared_are_named_in_the_report(hood: Emulator, ansible: Ansible) -> None:
    hosts = accounts_as_declared(hood, "clean", "slip")
    hosts["slip"]["ocamba_secrets"] = {"Mito": {"api_key": "canary-of-the-slip"}}
    assert drift(ansible, **hosts).rc == 2
    report, _findings = report_of(ansible)
    reported = {account["name"]: account["errors"] for account in report["accounts"]}
    assert reported["slip"] == ["ocamba_secrets: no integration of this account has the name Mito; did you mean Mitto?"]
    assert not reported["clean"]


def test_what_is_said_of_secrets_is_no_template(hood: Emulator, ansible: Ansible) -> None:
    """Up to ansible-core 2.18 facts are evaluated once more where they are used."""
    hosts = accounts_as_declared(hood, "clean", "slip", "other")
    hosts["slip"]["ocamba_secrets"] = {"Old {{ ocamba_api_token }}": {"api_key": "x"}}
    hosts["other"]["ocamba_secrets"] = {"Sale {{50%}}": {"api_key": "x"}}
    run = drift(ansible, **hosts)
    report, _findings = report_of(ansible)
    reported = {account["name"]: account["errors"] for account in report["accounts"]}
    assert "no integration of this account has the name Old { { ocamba_api_token }}" in reported["slip"][0]
    assert "no integration of this account has the name Sale { {50%}}" in reported["other"][0]
    assert_nothing_leaked(ansible, run, [f"token-of-{one}" for one in hosts])


@pytest.mark.parametrize("name", ["ocamba_drift_unmanaged", "ocamba_unmanaged", "ocamba_ca_path", "ocamba_report_time"])
def test_a_policy_that_can_not_be_evaluated_is_not_passed_over(hood: Emulator, ansible: Ansible, name: str) -> None:
    hosts = accounts_as_declared(hood, "clean")
    hosts["clean"][name] = "{{ not_there }}"
    run = drift(ansible, **hosts)
    assert run.rc == 2
    assert "as declared" not in run.output
    assert name in run.output


def test_a_result_of_an_earlier_play_is_no_comparison(hood: Emulator, ansible: Ansible) -> None:
    hosts = accounts_as_declared(hood, "clean", "undefined", "failing", "mistaken")
    in_drift = "{{ not_there if is_drift | default(false) else %s }}"
    hosts["undefined"]["ocamba_integrations"] = in_drift % hosts["clean"]["ocamba_integrations"]
    hosts["mistaken"]["ocamba_parallel_requests"] = in_drift % "4"
    first = {
        "name": "Apply first",
        "hosts": "all",
        "gather_facts": False,
        "connection": "local",
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "tasks": [
            {"ansible.builtin.import_role": {"name": "ocamba.hood.ocamba"}, "name": "Apply"},
            {"ansible.builtin.fail": {}, "name": "Fail later", "when": "inventory_hostname == 'failing'"},
        ],
    }
    again = {"ansible.builtin.import_playbook": "ocamba.hood.drift", "vars": {"is_drift": True}}
    inventory = ansible.write("inventory.yml", {"all": {"hosts": hosts}})
    run = ansible.playbook(ansible.write("both.yml", [first, again]), "-i", inventory)
    assert run.rc != 0
    report, findings = report_of(ansible)
    assert {name: state for name, (state, _changes) in findings.items()} == {
        "clean": "same",
        "undefined": "failed",
        "mistaken": "failed",
        "failing": "failed",
    }
    assert not report["ok"]
    reported = {account["name"]: account["errors"] for account in report["accounts"]}
    assert reported["failing"] == ["It was not compared in this run"]


def test_an_account_that_a_condition_leaves_out_counts_as_not_compared(hood: Emulator, ansible: Ansible) -> None:
    role = {"name": "ocamba.hood.ocamba", "tasks_from": "drift"}
    task = {"ansible.builtin.include_role": role, "name": "Compare", "when": "inventory_hostname != 'first'"}
    play = {"hosts": "all", "gather_facts": False, "connection": "local", "tasks": [task]}
    inventory = ansible.write("inventory.yml", {"all": {"hosts": accounts_as_declared(hood, "first", "second")}})
    run = ansible.playbook(ansible.write("play.yml", [play]), "-i", inventory)
    assert run.rc != 0
    _report, findings = report_of(ansible)
    assert {name: state for name, (state, _changes) in findings.items()} == {"first": "failed", "second": "same"}


@pytest.mark.slow
def test_an_account_that_fails_at_once_keeps_no_other_from_being_compared(hood: Emulator, ansible: Ansible) -> None:
    ansible.environment["ANSIBLE_ANY_ERRORS_FATAL"] = "1"
    hosts = accounts_as_declared(hood, "clean", "undefined", "refused", "mistaken")
    hosts["undefined"]["ocamba_integrations"] = "{{ not_there }}"
    hosts["mistaken"]["ocamba_parallel_requests"] = "{{ not_there }}"
    hood.account("token-of-refused").access = "expired"
    run = drift(ansible, **hosts)
    assert run.rc != 0
    _report, findings = report_of(ansible)
    states = {name: state for name, (state, _changes) in findings.items()}
    assert states == {"clean": "same", "undefined": "failed", "refused": "failed", "mistaken": "failed"}


@pytest.mark.slow
def test_the_same_accounts_give_the_same_report_wherever_it_is_written(
    hood: Emulator, ansible: Ansible, accounts: dict[str, dict[str, Any]]
) -> None:
    hood.account("token-of-clean").add("Clicked together", "mitto", {"api_key": "k"})
    arguments = ("--limit", "clean", "-e", "ocamba_unmanaged=ignore", "-e", f"ocamba_report_time={TIME}")
    first = drift(ansible, *arguments, **accounts)
    assert first.rc == 0, first.output
    assert "1 account is as declared (6 integrations, 1 not declared)" in first.stdout
    report, findings = report_of(ansible)
    assert findings == {"clean": ("same", {})}
    assert report["time"] == TIME
    folder = ansible.workdir / "elsewhere"
    second = drift(ansible, *arguments, "--check", "-e", "ocamba_report_dir=elsewhere", **accounts)
    assert f"report: {folder}/drift.html" in second.stdout
    for one in (ansible.workdir / "drift-report").iterdir():
        assert (folder / one.name).read_bytes() == one.read_bytes()


@pytest.mark.parametrize(
    ("variable", "message"),
    [
        ("ocamba_drift_unmanaged=sometimes", "ocamba_drift_unmanaged must be report or fail"),
        ("ocamba_hosts=nosuch", "No host of the inventory matches nosuch"),
    ],
)
def test_what_makes_no_sense_is_refused_before_any_request(
    hood: Emulator, ansible: Ansible, variable: str, message: str
) -> None:
    run = drift(ansible, "-e", variable, acme={"ocamba_integrations": seven()})
    assert run.rc != 0
    assert message in run.output
    assert not list(hood.log)
    assert not (ansible.workdir / "drift-report").exists()


def test_what_apply_would_refuse_is_no_comparison(hood: Emulator, ansible: Ansible) -> None:
    hosts = accounts_as_declared(hood, "clean", "mistaken")
    hosts["mistaken"]["ocamba_unmanaged"] = "Deactivate"
    blank = {
        "ocamba_report_dir": " ",
        "ocamba_report_time": "\n",
        "ocamba_drift_unmanaged": " \n",
        "ocamba_unmanaged": "",
    }
    hosts["clean"].update(blank)
    run = drift(ansible, **hosts)
    assert run.rc != 0
    _report, findings = report_of(ansible)
    assert {name: state for name, (state, _changes) in findings.items()} == {"clean": "same", "mistaken": "failed"}


def test_the_example_of_the_filter_works(hood: Emulator, ansible: Ansible) -> None:
    tasks = yaml.safe_load(drift_report.EXAMPLES)
    run = ansible.play(*tasks, vars={"ocamba_api_token": TOKEN, "ocamba_integrations": seven()})
    assert run.rc == 0, run.output
    assert run.results[-1].result["msg"] == "1 of 1 account differs: localhost (7 integrations)"
    assert not leaks.find(run.output, secrets(seven()))


@pytest.mark.slow
def test_the_guide_works_as_it_stands(hood: Emulator, ansible: Ansible) -> None:
    guide = (ROOT / "docs" / "guides" / "drift.md").read_text(encoding="utf-8")
    command = next(line for line in guide.splitlines() if line.startswith("ansible-playbook "))
    program, playbook, *arguments = shlex.split(command)
    assert program == "ansible-playbook"
    for token in [vault["ocamba_api_token"] for vault in vaults().values()]:
        hood.account(token, limits=Limits.off())
    drift_pictures.prepare(hood, ansible)
    hood.log.clear()
    (ansible.workdir / "docs").symlink_to(ROOT / "docs")
    run = ansible.playbook(playbook, *arguments)
    assert run.rc == 2
    report, _findings = report_of(ansible)
    assert report["message"] in guide
    assert report["message"] in run.output
    assert not hood.log.writes()
