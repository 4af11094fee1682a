"""How far a run may go: deactivations, credentials that are tried first, renaming, adopting. An account a host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.emulator.accounts import Account
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.playbooks.test_role import TASK
from tests.support import leaks
from tests.support.ansible import Ansible, PlaybookRun
from tests.support.entries import entry, secrets, seven


@dataclass
class Accounts:
    """Hosts with an account and variables of their own, all applied by one run of the role."""

    hood: Emulator
    ansible: Ansible
    hosts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, host: str, **variables: Any) -> Account:
        token = f"token-of-{host}-Zq81"
        given = {f"ocamba_{name}": value for name, value in variables.items()}
        self.hosts[host] = {"ocamba_api_token": token, **given}
        return self.hood.account(token, limits=Limits.off())

    def apply(self, *arguments: str) -> PlaybookRun:
        run = self.ansible.playbook(
            "ocamba.hood.apply", "-i", self.ansible.write("hosts.yml", {"all": {"hosts": self.hosts}}), *arguments
        )
        assert not leaks.find(run.output + run.log, secrets(seven()))
        return run

    def writes(self, account: Account) -> list[str]:
        calls = self.hood.log.calls(token=account.token)
        return [call.method for call in calls if call.method != "GET" and not call.path.endswith("/validate")]


@pytest.fixture
def accounts(hood: Emulator, ansible: Ansible) -> Accounts:
    return Accounts(hood, ansible)


def old(account: Account, count: int = 3) -> list[str]:
    """Integrations that nobody declares. The first of a type is the default of the account."""
    for number in range(count):
        account.add(name=f"Old {number}", provider="mitto", settings={"api_key": "a", "sender_name": "b"})
    assert account.one("Old 0").is_default
    return [one.id for one in account.integrations]


def inactive(account: Account) -> list[str]:
    return [one.name for one in account.integrations if one.status == "inactive"]


def test_deactivation_stays_within_its_limits(accounts: Accounts) -> None:
    usual = {"unmanaged": "deactivate", "integrations": [entry("Alerts")]}
    made: dict[str, Account] = {}

    def add(host: str, count: int = 3, **variables: Any) -> None:
        made[host] = accounts.add(host, **{**usual, **variables})
        old(made[host], count)

    add("good")
    add("empty", integrations=[])
    add("failed_page", count=150, max_wait=0.1, max_deactivations=500)
    page = {"method": "GET", "path": "*/integrations", "query": "*page=2*", "token": made["failed_page"].token}
    accounts.hood.faults.add(**page, kind="status", status=500, times=None)
    add("too_many", max_deactivations=1)
    add("too_many_with_default", max_deactivations=2, deactivate_default=["Old 0"])
    add("protected", protected=["Old 1"])
    add("default", deactivate_default=["Old 0"])
    add("slip", protected="Old 1\nold 2\n")
    add("comment", protected=["Old 1", None])
    add("blank", protected=["Old 1", " "])
    add("null_default", deactivate_default=[None])
    add("protected_default", deactivate_default='["Old 0"]', protected=["Old 0"])
    add("failing", integrations=[entry("Alerts"), entry("Receipts")])
    accounts.hood.faults.add(method="POST", token=made["failing"].token, kind="status", status=400, times=1)

    run = accounts.apply()
    results = run.all(TASK)
    assert {host: inactive(account) for host, account in made.items()} == {
        "good": ["Old 1", "Old 2"],
        "empty": [],
        "failed_page": [],
        "too_many": [],
        "too_many_with_default": [],
        "protected": ["Old 2"],
        "default": ["Old 0", "Old 1", "Old 2"],
        "slip": [],
        "comment": [],
        "blank": [],
        "null_default": [],
        "protected_default": ["Old 1", "Old 2"],
        "failing": [],
    }
    failed = {one.host for one in run.results if one.outcome == "failed"}
    assert failed == {
        "empty",
        "failed_page",
        "too_many",
        "too_many_with_default",
        "slip",
        "comment",
        "blank",
        "null_default",
        "failing",
    }
    assert not [host for host in failed - {"failing"} if accounts.writes(made[host])]
    assert "500" in results["failed_page"]["msg"]
    assert accounts.hood.log.calls(token=made["failed_page"].token)[-1].query["page"].startswith("2,")
    assert "deactivate needs at least one declared integration" in results["empty"]["msg"]
    assert "2 integrations would be deactivated" in results["too_many"]["msg"]
    assert "3 integrations would be deactivated" in results["too_many_with_default"]["msg"]
    assert "protected[1]: the account has no integration of this name" in results["slip"]["msg"]
    assert "did you mean Old 2?" in results["slip"]["msg"]
    assert "protected[1]: is empty; quote a name that begins with #" in results["comment"]["msg"]
    assert "deactivate_default[0]: is empty; quote a name that begins with #" in results["null_default"]["msg"]
    assert "not tried, as something before it failed" in results["failing"]["msg"]
    assert results["default"]["summary"]["deactivated"] == 3
    # Last of all: the creation comes before the deactivations.
    assert accounts.writes(made["good"]) == ["POST", "PATCH", "PATCH"]


def test_credentials_are_tried_first_and_each_verdict_is_reported(accounts: Accounts) -> None:
    usual = {"validate_credentials": True, "integrations": seven(), "max_wait": 0.1}
    refuse = accounts.add("refuse", **usual)
    skip = accounts.add("skip", invalid_credentials="skip", **usual, unmanaged="deactivate")
    old(skip)
    for account in (refuse, skip):
        account.bad_credentials.add("mitto-secret-AScs8")
    untried = accounts.add("untried", **usual)
    accounts.hood.faults.add(path="*/validate", token=untried.token, kind="status", status=503, form="echo", times=None)
    status_only = accounts.add("status_only", **{**usual, "integrations": [{**entry("Mitto"), "status": "inactive"}]})
    stored = {key: str(value) for key, value in entry("Mitto")["settings"].items()}
    status_only.add(name="Mitto", provider="mitto", settings=stored)
    accounts.hood.log.clear()

    run = accounts.apply()
    results = run.all(TASK)
    verdicts = {
        host: {one["name"]: one["credentials"] for one in result["integrations"]} for host, result in results.items()
    }
    names = [one["name"] for one in seven()]
    mixed = {name: "refused" if name == "Mitto" else "accepted" for name in names}
    assert verdicts["refuse"] == mixed
    assert {name: verdicts["skip"][name] for name in names} == mixed
    assert set(verdicts["untried"].values()) == {"untried"}
    assert verdicts["status_only"] == {"Mitto": None}
    assert "integrations[1] (Mitto): its settings do not work: Hood answered 400" in results["refuse"]["msg"]
    assert "nothing was written" in results["refuse"]["msg"]
    assert "could not be tried: Hood answered 503" in results["untried"]["msg"]
    assert not accounts.writes(refuse) + accounts.writes(untried)
    assert accounts.writes(skip) == ["POST"] * 6
    assert inactive(skip) == []
    assert accounts.writes(status_only) == ["PATCH"]
    assert not accounts.hood.log.calls(method="POST", token=status_only.token)
    assert {one.host for one in run.results if one.outcome == "failed"} == {"refuse", "skip", "untried"}


def test_names_are_changed_in_place_adopted_or_refused_before_anything_is_written(accounts: Accounts) -> None:
    def mitto(name: str, **options: Any) -> dict[str, Any]:
        return {"name": name, "provider": "mitto", "settings": {"sender_name": "b"}, **options}

    ids = {host: old(accounts.add(host)) for host in ("renamed", "adopted", "taken", "swap", "same", "created", "gone")}
    declared: dict[str, Callable[[str, str], list[dict[str, Any]]]] = {
        "renamed": lambda one, two: [mitto("New", id=one)],
        "adopted": lambda one, two: [mitto("Old 0", status="inactive"), mitto("Old 1")],
        "taken": lambda one, two: [mitto("Old 2", id=one), mitto("Old 1", status="inactive")],
        "swap": lambda one, two: [mitto("Old 1", id=one), mitto("Old 0", id=two)],
        "same": lambda one, two: [mitto("New", id=one), mitto("New", id=two)],
        "created": lambda one, two: [mitto("New", id=one), mitto("New")],
        "gone": lambda one, two: [mitto("Old 0"), mitto("New"), mitto("Newer")],
    }
    made = {}
    for host, entries in declared.items():
        more = {"missing": "refuse"} if host == "gone" else {}
        one, two, _three = ids[host]
        made[host] = accounts.add(host, integrations=entries(one, two), **more)
        assert old(made[host]) == ids[host]
    accounts.hood.log.clear()

    results = accounts.apply().all(TASK)
    held = {host: {one.id: one.name for one in account.integrations} for host, account in made.items()}
    before = dict(zip(ids["renamed"], ("Old 0", "Old 1", "Old 2"), strict=True))
    assert held.pop("renamed") == {**before, ids["renamed"][0]: "New"}
    assert all(names == before for names in held.values())
    assert {host: accounts.writes(account) for host, account in made.items() if accounts.writes(account)} == {
        "renamed": ["PATCH"],
        "adopted": ["PATCH"],
    }
    (described,) = results["renamed"]["integrations"]
    assert (described["id"], described["changed_fields"]) == (ids["renamed"][0], ["name"])
    adopted = results["adopted"]["integrations"]
    assert [(one["id"], one["action"]) for one in adopted] == [
        (ids["adopted"][0], "updated"),
        (ids["adopted"][1], "unchanged"),
    ]
    assert "has this name already" in results["taken"]["msg"]
    assert results["swap"]["msg"].count("has this name already") == 2
    assert "gets this name in the same run" in results["same"]["msg"]
    assert "the same name as integrations[0]" in results["created"]["msg"]
    assert results["gone"]["msg"].count("the account has no integration of this name") == 2
