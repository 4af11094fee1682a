"""The playbook ocamba.hood.rotate_secrets: new secrets, all of them good, or none; each outcome is reported."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml

from ansible_collections.ocamba.hood.plugins.filter import rotation, rotation_report
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.playbooks.test_role import split
from tests.support import leaks
from tests.support.ansible import Ansible, PlaybookRun
from tests.support.entries import SECRET_KEYS, TOKEN, entry, secrets, seven
from tests.support.marks import first

TELL = "Tell what became of each"
SUM = "End in failure unless all have their new secrets"
CHOSEN = ["Twilio EU", "Newsletter", "Alerts"]


def fresh(host: str) -> dict[str, dict[str, str]]:
    """New secrets for all seven, other ones for each host, in forms that are hard to hide."""
    made = {}
    for number, one in enumerate(seven()):
        key = next(key for key in SECRET_KEYS if key in one["settings"])
        secret = f'n3w "{host}" \\{number}/=+& \N{LATIN SMALL LETTER A WITH DIAERESIS}'
        made[one["name"]] = {key: f"123456:{secret}" if one["provider"] == "telegram" else secret}
    return made


@dataclass
class Accounts:
    """A host and an account of the seven for each name; the plain declarations are those of the role's tests."""

    hood: Emulator
    ansible: Ansible
    hosts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, host: str, variants: Variants | None = None, **variables: Any) -> Any:
        token = f"token-of-{host}-Zq81"
        account = self.hood.account(token, variants=variants, limits=Limits.off())
        for one in seven():
            settings = {key: str(value) for key, value in one["settings"].items()}
            account.add(name=one["name"], provider=one["provider"], settings=settings)
        given = {"ocamba_api_token": token, "ocamba_secrets": fresh(host), "ocamba_rotate": CHOSEN, **variables}
        self.hosts[host] = {name: value for name, value in given.items() if value is not None}
        return account

    def play(self, playbook: str, *arguments: str) -> PlaybookRun:
        plain, _apart = split()
        # What differs from the account and is no secret must stay as it is.
        plain[2]["settings"]["port"] = 2525
        plain[0]["status"] = "inactive"
        everywhere = {"ocamba_integrations": plain, "ocamba_max_wait": 1}
        inventory = {"all": {"hosts": self.hosts, "vars": everywhere}}
        return self.ansible.playbook(playbook, "-i", self.ansible.write("hosts.yml", inventory), *arguments)

    def rotate(self, *arguments: str) -> PlaybookRun:
        run = self.play("ocamba.hood.rotate_secrets", "-vvv", "--diff", *arguments)
        everything = {one for variables in self.hosts.values() for one in flat(variables["ocamba_secrets"])}
        recorded = json.dumps([one.result for one in run.results], ensure_ascii=False)
        assert not leaks.find(run.output + run.log + recorded, everything | set(secrets(seven())))
        assert "DEPRECATION" not in run.output
        return run


def flat(values: Any) -> list[str]:
    if isinstance(values, dict):
        return [text for value in values.values() for text in flat(value)]
    return [str(values)] if values else []


@pytest.fixture
def accounts(hood: Emulator, ansible: Ansible) -> Accounts:
    return Accounts(hood, ansible)


def stored(account: Any) -> dict[str, Any]:
    return {one.name: (dict(one.settings), one.status, one.id) for one in account.integrations}


def rotated(before: dict[str, Any], host: str, *names: str) -> dict[str, Any]:
    """What is stored after a rotation: the same but for the secrets of those names."""
    new = fresh(host)
    return {
        name: ({**settings, **new[name]} if name in names else settings, *others)
        for name, (settings, *others) in before.items()
    }


def reported(run: PlaybookRun, host: str) -> dict[str, str]:
    """What the last lines say of each integration."""
    lines = run.all(TELL)[host]["msg"]
    return {name.partition(" (id ")[0]: rest for name, _colon, rest in (line.partition(": ") for line in lines)}


def test_a_rotation_writes_the_chosen_secrets_once_and_nothing_else(accounts: Accounts) -> None:
    shown = {
        "masked": "rotated (auth_token): written, Hood does not show it",
        "clear": "rotated (auth_token): confirmed, Hood shows the new value",
        "masked_tail": "rotated (auth_token): confirmed by the end that Hood shows of it",
    }
    made = {name: accounts.add(name, Variants(secrets=name)) for name in shown}  # type: ignore[arg-type]
    has_them = accounts.add("has_them", Variants(secrets="clear", settings_update="replace"))
    for name in CHOSEN[1:]:
        one = has_them.one(name)
        has_them.edit(one.id, settings={**one.settings, **fresh("has_them")[name]})
    as_text = accounts.add("as_text", ocamba_rotate='["Mitto"]', ocamba_secrets=json.dumps(fresh("as_text")))
    by_name = accounts.add("by_name", ocamba_rotate="Mitto")
    everything = accounts.add("everything", ocamba_rotate="all")
    before = {one: stored(one) for one in (*made.values(), has_them, as_text, by_name, everything)}

    run = accounts.rotate()
    assert run.rc == 0, run.output
    assert "WARNING" not in run.output
    for host, line in shown.items():
        assert stored(made[host]) == rotated(before[made[host]], host, *CHOSEN)
        assert reported(run, host)["Twilio EU"] == line
        assert run.all(SUM)[host]["msg"] == "3 rotated"
        assert len(accounts.hood.log.calls(method="PATCH", token=made[host].token)) == 3
        assert len(accounts.hood.log.calls(method="POST", token=made[host].token)) == 3
    assert stored(has_them) == rotated(before[has_them], "has_them", *CHOSEN)
    assert reported(run, "has_them")["Alerts"] == "unchanged: it had this value already"
    assert len(accounts.hood.log.calls(method="PATCH", token=has_them.token)) == 1
    assert stored(as_text) == rotated(before[as_text], "as_text", "Mitto")
    assert stored(by_name) == rotated(before[by_name], "by_name", "Mitto")
    assert stored(everything) == rotated(before[everything], "everything", *fresh("everything"))
    posts = [call.path for call in accounts.hood.log.calls(method="POST")]
    assert {path.rsplit("/", 1)[-1] for path in posts} == {"validate"}


def test_a_rotation_that_must_not_begin_writes_nothing_and_says_why(accounts: Accounts) -> None:
    bad = accounts.add("bad")
    bad.bad_credentials.add(fresh("bad")["Newsletter"]["password"])
    untried = accounts.add("untried")
    fault = {"path": "*/validate", "kind": "status", "form": "echo"}
    accounts.hood.faults.add(**fault, token=untried.token, status=503, nth=2, times=None)
    missing = accounts.add("missing", ocamba_rotate=["Mitto", "Gone", "Lost", "Alerts"])
    accounts.hosts["missing"]["ocamba_secrets"].update(
        {"Gone": {"api_key": "n3w-gone"}, "Lost": {"api_key": "n3w-lost"}}
    )
    duplicates = accounts.add("duplicates", ocamba_rotate=["Mitto"])
    duplicate = duplicates.add(name="Mitto", provider="mitto", settings={"api_key": "duplicate-secret"})
    expired = accounts.add("expired")
    expired.access = "expired"
    unlisted = accounts.add("unlisted", ocamba_rotate=["Mitto", "Gone", "Lost"])
    empty = accounts.add("empty", ocamba_rotate=[])
    not_given = accounts.add("not_given", ocamba_rotate=None)
    cleared = accounts.add("cleared", ocamba_rotate=["Mitto"], ocamba_secrets={"Mitto": {"api_key": ""}})
    mistyped = accounts.add("mistyped", ocamba_rotate=["Mitto"], ocamba_secrets={"Mitto": {"api_kee": "n3w-mistyped"}})
    everyone = (bad, untried, missing, duplicates, expired, unlisted, empty, not_given, cleared, mistyped)
    before = {one.token: stored(one) for one in everyone}

    run = accounts.rotate()
    assert run.rc != 0
    assert {one.token: stored(one) for one in everyone} == before
    assert not accounts.hood.log.calls(method="PATCH")

    lines = reported(run, "bad")
    assert "failed: its settings do not work: Hood answered 400" in lines["Newsletter"]
    assert lines["Alerts"].startswith("not written, as the settings of another entry do not work")
    assert lines["Alerts"].endswith("its own were accepted")
    assert "Nothing was written, the old secrets are still in use" in run.all(SUM)["bad"]["msg"]
    assert sum("failed: its settings could not be tried" in line for line in reported(run, "untried").values()) >= 1
    assert "Nothing was written" in run.all(SUM)["untried"]["msg"]
    lines = reported(run, "missing")
    assert "failed: " in lines["Gone"]
    assert all("the account has no integration of this name" in lines[name] for name in ("Gone", "Lost"))
    assert lines["Mitto"] == "not written, as another entry was refused"
    mitto = reported(run, "duplicates")["Mitto"]
    assert all(identity in mitto for identity in (duplicate.id, duplicates.named("Mitto")[0].id))
    assert "401" in reported(run, "expired")["Alerts"]

    failures = {one.host: str(one.result.get("msg")) for one in run.results if one.outcome == "failed"}
    assert failures["unlisted"] == "\n".join(f"ocamba_secrets has no settings for {name}" for name in ("Gone", "Lost"))
    assert "must be a list of integration names that is not empty" in failures["empty"]
    assert "ocamba_rotate" in failures["not_given"]
    assert "ocamba_secrets (Mitto).api_key: is empty" in failures["cleared"]
    assert "did you mean api_key?" in reported(run, "mistyped")["Mitto"]
    silent = {one.token for one in (unlisted, empty, not_given, cleared, mistyped)}
    assert not [call for call in accounts.hood.log if call.token in silent]


def test_a_rotation_that_stops_midway_says_where_and_the_next_run_finishes_it(accounts: Accounts) -> None:
    midway = accounts.add("midway")
    failing = {"kind": "status", "status": 500, "form": "echo", "times": 4}
    accounts.hood.faults.add(path=f"*/{midway.one('Newsletter').id}", method="PATCH", token=midway.token, **failing)
    lost = accounts.add("lost", Variants(secrets="clear"))
    broken = {"path": f"*/{lost.one('Alerts').id}", "method": "PATCH", "kind": "close", "when": "after", "times": None}
    accounts.hood.faults.add(**broken, token=lost.token)
    stopped = accounts.add("stopped", ocamba_parallel_requests=1)
    accounts.hood.faults.add(method="PATCH", token=stopped.token, kind="status", status=401, nth=2, times=None)
    before = {one.token: stored(one) for one in (midway, lost, stopped)}

    run = accounts.rotate()
    assert run.rc != 0
    assert stored(midway) == rotated(before[midway.token], "midway", "Twilio EU", "Alerts")
    lines = reported(run, "midway")
    assert lines["Twilio EU"].startswith("rotated (auth_token)")
    assert lines["Newsletter"].startswith("failed: updating it failed: Hood answered 500")
    summary = run.all(SUM)["midway"]["msg"]
    assert "It stopped midway: the new secrets of Twilio EU, Alerts are written, those of Newsletter" in summary
    assert "run it again" in summary
    assert "keep the old secrets valid" in summary
    assert reported(run, "lost")["Alerts"].endswith("confirmed, Hood shows the new value")
    lines = reported(run, "stopped")
    assert lines["Twilio EU"].startswith("rotated")
    assert lines["Newsletter"].startswith("failed: updating it failed: Hood answered 401")
    assert lines["Alerts"] == "not tried, as Hood refused the token; its own were accepted"

    accounts.hood.faults.clear()
    again = accounts.rotate()
    assert again.rc == 0, again.output
    for host, account in (("midway", midway), ("lost", lost), ("stopped", stopped)):
        assert stored(account) == rotated(before[account.token], host, *CHOSEN)
    assert set(reported(again, "lost").values()) == {"unchanged: it had this value already"}


def test_check_mode_announces_a_rotation_and_only_reads_and_apply_agrees_with_it_afterwards(accounts: Accounts) -> None:
    account = accounts.add("checked", Variants(secrets="clear"), ocamba_rotate="all")
    before = stored(account)
    checked = accounts.rotate("--check")
    assert checked.rc == 0, checked.output
    assert stored(account) == before
    assert {call.method for call in accounts.hood.log} == {"GET"}
    assert set(reported(checked, "checked").values()) <= {
        f"would be rotated ({key})" for key in ("auth_token", "api_key", "password")
    }
    assert len(reported(checked, "checked")) == 7
    assert checked.all("once all of them were tried")["checked"]["changed"] is True

    assert accounts.rotate().rc == 0
    applied = accounts.play("ocamba.hood.apply").all("Apply the declared integrations")["checked"]
    changed = {one["name"]: one["changed_fields"] for one in applied["integrations"] if one["changed_fields"]}
    assert changed == {"Twilio EU": ["status"], "Newsletter": ["settings.port"]}


@pytest.mark.parametrize("where", first(1, of=["play", "block"]))
def test_check_mode_of_a_play_or_block_announces_as_well(accounts: Accounts, where: str) -> None:
    account = accounts.add("checked")
    before = stored(account)
    role = {"name": "Rotate", "ansible.builtin.include_role": {"name": "ocamba.hood.ocamba", "tasks_from": "rotate"}}
    play = {
        "name": "Rotate",
        "hosts": "all",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "tasks": [role if where == "play" else {"name": "Try", "check_mode": True, "block": [role]}],
        **({"check_mode": True} if where == "play" else {}),
    }
    run = accounts.play(accounts.ansible.write("rotate.yml", [play]))
    assert run.rc == 0, run.output
    assert stored(account) == before
    assert {call.method for call in accounts.hood.log} == {"GET"}
    assert reported(run, "checked")["Twilio EU"] == "would be rotated (auth_token)"
    assert run.all(SUM)["checked"]["msg"] == "3 would be rotated"


def test_a_secret_that_is_not_there_is_refused_by_its_key(accounts: Accounts) -> None:
    secrets_of = {
        "omitted": {"api_key": "{{ not_there | default(omit) }}", "sender_name": "Example"},
        "only_omitted": {"api_key": "{{ not_there | default(omit) }}"},
        "empty": {"api_key": None},
        "absent": {"sender_name": "Example"},
    }
    for host, given in secrets_of.items():
        accounts.add(host, ocamba_rotate="Mitto", ocamba_secrets={"Mitto": given})
    undefined = {"Mitto": {"api_key": "n3w {{ not_there }}"}}
    accounts.add("undefined", ocamba_rotate="Mitto", ocamba_secrets=undefined)
    run = accounts.play("ocamba.hood.rotate_secrets")
    assert run.rc != 0
    assert not list(accounts.hood.log)
    failures = {one.host: str(one.result.get("msg")) for one in run.results if one.outcome == "failed"}
    assert set(failures) == {*secrets_of, "undefined"}
    assert all("ocamba_secrets (Mitto).api_key: " in failure for failure in failures.values()), failures


def test_the_examples_of_the_filters_work(hood: Emulator, ansible: Ansible) -> None:
    account = hood.account(TOKEN)
    account.add(name="Mitto", provider="mitto", settings=dict(entry("Mitto")["settings"]))
    values = {"ocamba_api_token": TOKEN, "ocamba_secrets": {"Mitto": {"api_key": "n3w"}}}
    tasks = [*yaml.safe_load(rotation.EXAMPLES), *yaml.safe_load(rotation_report.EXAMPLES)]
    run = ansible.play(*tasks, vars=values)
    assert run.rc == 0, run.output
    assert "WARNING" not in run.output
    assert account.one("Mitto").settings["api_key"] == "n3w"
    assert run.only("what became of a rotation")["msg"] == [
        "Mitto (id 1161): rotated (api_key): confirmed, Hood shows the new value"
    ]


def test_an_account_without_any_of_the_chosen_names_is_passed_over(hood: Emulator, ansible: Ansible) -> None:
    accounts = Accounts(hood, ansible)
    accounts.add("acme")
    other = accounts.add("beta")
    accounts.hosts["beta"].update(ocamba_integrations=[], ocamba_secrets={"Other": {"api_key": "x"}})
    run = accounts.play("ocamba.hood.rotate_secrets")
    assert run.rc == 0, run.output
    assert run.all(TELL).keys() == {"acme"}
    assert "None of the chosen integrations is one of this account, which is passed over" in run.output
    assert not hood.log.calls(token=other.token)


def test_a_rotation_evaluates_the_variables_of_its_own_account_alone(accounts: Accounts) -> None:
    """With those of all for each, the vaults of twenty accounts would be asked four hundred times."""
    marks = accounts.ansible.workdir / "marks"

    def evaluations(*arguments: str) -> Counter[str]:
        marks.write_text("", "utf-8")
        run = accounts.rotate(*arguments)
        assert run.rc == 0, run.output
        return Counter(marks.read_text("utf-8").split())

    for host in ("acme", "beta", "gamma"):
        noted = f"{{{{ lookup('ansible.builtin.pipe', 'echo {host} >> {marks}') }}}}"
        declared = [{"name": "Mitto", "provider": "mitto", "settings": {"sender_name": noted}}]
        accounts.add(host, ocamba_rotate=["Mitto"], ocamba_integrations=declared)
    alone = evaluations("--limit", "acme")["acme"]
    assert alone
    assert evaluations() == {"acme": alone, "beta": alone, "gamma": alone}


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ("{{ not_there }}", "ocamba_rotate: uses a variable that is not defined"),
        (360, "ocamba_rotate: must be a list of integration names that is not empty"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused_in_words_of_ours(
    accounts: Accounts, choice: Any, message: str
) -> None:
    accounts.add("acme", ocamba_rotate=choice)
    run = accounts.rotate()
    assert run.rc != 0
    assert run.only("Refuse variables that can't be used")["msg"].startswith(message)
    assert not list(accounts.hood.log)


def test_a_name_like_a_template_is_rotated_and_reported(accounts: Accounts) -> None:
    name = "Sale {{50 %}}"
    account = accounts.add(
        "acme", ocamba_rotate="all", ocamba_integrations=[], ocamba_secrets={name: {"api_key": "n3w"}}
    )
    account.add(name, "mitto", {"api_key": "old", "sender_name": "Example"})
    run = accounts.rotate()
    assert run.rc == 0, run.output
    assert account.one(name).settings["api_key"] == "n3w"
    assert [line for line in run.only(TELL)["msg"] if "rotated (api_key)" in line]


@pytest.mark.parametrize(
    ("secrets", "message"),
    [
        ({"Mitto": {"api_key": "n3w"}, "Newsletter:canary-slip": None}, "ocamba_secrets[1]: has no settings"),
        (
            {"360": {"api_key": "n3w"}, 360: {"api_key": "x"}},
            "ocamba_secrets (360): is there twice, as a number and as",
        ),
        (
            {"Mitto": {"api_key": "n3w"}, True: {"api_key": "x"}},
            "ocamba_secrets[1]: its name is not text; put it in quotes",
        ),
    ],
    ids=str,
)
def test_secrets_that_mean_no_one_integration_are_not_rotated(
    hood: Emulator, ansible: Ansible, secrets: Any, message: str
) -> None:
    accounts = Accounts(hood, ansible)
    accounts.add("acme", ocamba_rotate="all", ocamba_integrations=[], ocamba_secrets=secrets)
    run = accounts.play("ocamba.hood.rotate_secrets", "-vvv")
    assert run.rc != 0
    assert message in run.only("Refuse variables that can't be used")["msg"]
    assert "canary" not in run.output + run.log
    assert not list(hood.log)


def test_what_is_not_defined_is_not_sent_whatever_the_configuration_says(accounts: Accounts) -> None:
    accounts.ansible.environment |= {"ANSIBLE_ERROR_ON_UNDEFINED_VARS": "0", "ANSIBLE_DEPRECATION_WARNINGS": "0"}
    account = accounts.add("acme", ocamba_rotate="Mitto", ocamba_secrets={"Mitto": {"api_key": "{{ vault_missing }}"}})
    run = accounts.play("ocamba.hood.rotate_secrets")
    assert run.rc != 0
    assert "ocamba_secrets (Mitto).api_key: uses a variable that is not defined" in run.output
    assert not accounts.hood.log.calls(token=account.token)


def test_one_account_that_fails_stops_no_other(accounts: Accounts) -> None:
    accounts.ansible.environment["ANSIBLE_ANY_ERRORS_FATAL"] = "1"
    accounts.add("acme", ocamba_rotate=["Mitto"], ocamba_secrets={"Mitto": {"api_key": ""}})
    other = accounts.add("beta", ocamba_rotate=["Mitto"])
    run = accounts.rotate()
    assert run.rc != 0
    assert run.all(SUM)["beta"]["msg"] == "1 rotated"
    assert len(accounts.hood.log.calls(method="PATCH", token=other.token)) == 1


def test_a_choice_that_no_account_has_is_refused(hood: Emulator, ansible: Ansible) -> None:
    accounts = Accounts(hood, ansible)
    for host in ("acme", "beta"):
        accounts.add(host, ocamba_rotate=["Mito"])
    run = accounts.play("ocamba.hood.rotate_secrets")
    assert run.rc != 0
    assert "no account has any of the chosen integrations; nothing was sent" in run.output
    assert not list(hood.log)


@pytest.mark.parametrize(
    "malformed",
    first(
        2,
        of=[
            {"ocamba_secrets": "Mitto=x"},
            {"ocamba_integrations": "{{ nosuch }}"},
            {"ocamba_integrations": {"name": "Mitto"}},
            {"ocamba_integrations": [{"name": "{{ nosuch }}", "provider": "mitto"}]},
            {"ocamba_secrets": {"Mitto": "{{ nosuch }}"}},
        ],
    ),
)
def test_an_account_whose_variables_are_malformed_stops_no_other(
    hood: Emulator, ansible: Ansible, malformed: dict[str, Any]
) -> None:
    accounts = Accounts(hood, ansible)
    broken = accounts.add("acme")
    accounts.add("beta")
    accounts.hosts["acme"].update(malformed)
    run = accounts.play("ocamba.hood.rotate_secrets")
    assert run.rc == 2
    assert {one.host for one in run.results if one.outcome == "failed"} == {"acme"}
    assert re.search(f"{next(iter(malformed))}.*: (must be a|uses a variable that is not defined)", run.output)
    assert run.all(TELL).keys() == {"beta"}
    assert not hood.log.calls(token=broken.token)
