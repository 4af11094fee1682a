"""A plan that was approved is the one that is applied."""

from __future__ import annotations

import json
from typing import Any

from tests.emulator.server import Emulator
from tests.front_door.ansible import Ansible, PlaybookRun
from tests.front_door.entries import TOKEN, entry, secrets, seven

APPLY = "Apply the declared integrations"


def inventory(ansible: Ansible, hood: Emulator, entries: list[dict[str, Any]], *hosts: str) -> str:
    for host in hosts:
        hood.account(f"token-of-{host}")
    accounts = {host: {"ocamba_api_token": f"token-of-{host}"} for host in hosts}
    content = {"all": {"hosts": accounts, "vars": {"ocamba_integrations": entries, "ocamba_api_url": hood.url}}}
    return ansible.write("inventory.yml", content)


def plan(ansible: Ansible, hosts: str, *extra: str) -> tuple[PlaybookRun, dict[str, str]]:
    """Plan, and return what is handed on."""
    ansible.environment["ANSIBLE_SHOW_CUSTOM_STATS"] = "1"
    run = ansible.playbook("ocamba.hood.plan", "-i", hosts, *extra)
    assert run.rc == 0, run.output
    return run, {host: one["plan_id"] for host, one in run.all(APPLY).items()}


def apply(ansible: Ansible, hosts: str, plans: Any) -> PlaybookRun:
    return ansible.playbook("ocamba.hood.apply", "-i", hosts, "-e", json.dumps({"ocamba_expected_plans": plans}))


def test_what_was_planned_is_applied_and_has_the_same_id(hood: Emulator, ansible: Ansible) -> None:
    hosts = inventory(ansible, hood, seven(), "acme", "beta")
    planned, plans = plan(ansible, hosts)
    assert not hood.log.writes()
    assert planned.output.count("ocamba_expected_plans") >= 2
    assert all(found in planned.output for found in plans.values())
    assert plans["acme"] != plans["beta"]
    run = apply(ansible, hosts, plans)
    assert run.rc == 0, run.output
    assert {host: one["plan_id"] for host, one in run.all(APPLY).items()} == plans
    assert {host: one["summary"]["created"] for host, one in run.all(APPLY).items()} == {"acme": 7, "beta": 7}
    again = apply(ansible, hosts, plans)
    assert again.rc != 0
    assert not [secret for secret in secrets(seven()) if secret in planned.output + run.output + again.output]


def test_another_plan_than_was_approved_writes_nothing_and_says_its_own(hood: Emulator, ansible: Ansible) -> None:
    hosts = inventory(ansible, hood, seven(), "acme")
    _run, plans = plan(ansible, hosts)
    account = hood.account("token-of-acme")
    account.add("Mitto", "mitto", {"api_key": "somebody's", "sender_name": "Other"})
    run = apply(ansible, hosts, plans)
    assert run.rc != 0
    assert not hood.log.writes()
    result = run.only(APPLY)
    assert result["reason_code"] == "plan_changed"
    assert "Mitto: updated (settings.sender_name" in result["msg"]
    assert result["plan_id"] in result["msg"]
    assert result["plan_id"] != plans["acme"]
    assert [one["action"] for one in result["integrations"]].count("failed") == 7
    assert not result["changed"]


def test_a_host_that_was_not_planned_is_refused(hood: Emulator, ansible: Ansible) -> None:
    hosts = inventory(ansible, hood, seven(), "acme", "beta")
    _run, plans = plan(ansible, hosts, "--limit", "acme")
    run = apply(ansible, hosts, plans)
    assert run.rc != 0
    assert "no plan of beta was approved, only of: acme" in run.output
    assert len(hood.account("token-of-acme").integrations) == 7
    assert not hood.account("token-of-beta").integrations
    assert apply(ansible, hosts, {}).rc != 0
    assert not hood.account("token-of-beta").integrations
    for wrong in ("no json", ["acme"], {"beta": "short"}):
        assert apply(ansible, hosts, wrong).rc != 0
        assert not hood.account("token-of-beta").integrations
    assert apply(ansible, hosts, "").rc == 0


def test_a_secret_that_changed_after_the_approval_is_another_plan(hood: Emulator, ansible: Ansible) -> None:
    hosts = inventory(ansible, hood, [entry("Mitto")], "acme")
    _run, plans = plan(ansible, hosts)
    other = entry("Mitto")
    other["settings"]["api_key"] = "another-secret-of-mitto"
    run = apply(ansible, inventory(ansible, hood, [other], "acme"), plans)
    assert run.rc != 0
    assert not hood.log.writes()
    assert "another-secret" not in run.output


def test_an_empty_plan_can_be_approved_too(hood: Emulator, ansible: Ansible) -> None:
    hosts = inventory(ansible, hood, seven(), "acme")
    assert ansible.playbook("ocamba.hood.apply", "-i", hosts).rc == 0
    _run, plans = plan(ansible, hosts)
    hood.log.clear()
    run = apply(ansible, hosts, plans)
    assert run.rc == 0
    assert not run.only(APPLY)["changed"]
    assert not hood.log.writes()
    assert TOKEN not in run.output
