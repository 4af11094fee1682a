"""A plan that was approved is the one that is applied."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from tests.emulator.server import Emulator
from tests.support.ansible import Ansible, PlaybookRun
from tests.support.entries import TOKEN, entry, secrets, seven
from tests.support.marks import first

APPLY = "Apply the declared integrations"


def _token(host: str) -> str:
    return f"token-of-{host.encode().hex()}" if " " in host or not host.isascii() else f"token-of-{host}"


def inventory(ansible: Ansible, hood: Emulator, entries: list[dict[str, Any]], *hosts: str) -> str:
    for host in hosts:
        hood.account(_token(host))
    accounts = {host: {"ocamba_api_token": _token(host)} for host in hosts}
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
    assert apply(ansible, hosts, "").rc == 0


@pytest.mark.parametrize("plans", first(2, of=[{}, {"beta": "short"}, "no json", ["acme"]]), ids=str)
def test_what_is_no_plan_of_the_host_is_refused(hood: Emulator, ansible: Ansible, plans: Any) -> None:
    hosts = inventory(ansible, hood, seven(), "beta")
    assert apply(ansible, hosts, plans).rc != 0
    assert not hood.account("token-of-beta").integrations


def test_a_playbook_that_ignores_the_refusal_still_writes_nothing(hood: Emulator, ansible: Ansible) -> None:
    hosts = inventory(ansible, hood, seven(), "beta")
    role = {"ansible.builtin.import_role": {"name": "ocamba.hood.ocamba"}, "ignore_errors": True}
    site = ansible.write("site.yml", [{"hosts": "all", "connection": "local", "gather_facts": False, "tasks": [role]}])
    ansible.playbook(site, "-i", hosts, "-e", '{"ocamba_expected_plans": {"acme": "short"}}')
    started = (
        "--start-at-task",
        "Apply the declared integrations",
        "-e",
        '{"ocamba_expected_plans": {"acme": "short"}}',
    )
    assert ansible.playbook(site, "-i", hosts, *started).output
    assert not hood.account("token-of-beta").integrations


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


def role(ansible: Ansible, tasks_from: str, **play: Any) -> str:
    """A play of somebody's own that calls the role."""
    content = {
        "name": "Test",
        "hosts": "all",
        "connection": "local",
        "gather_facts": False,
        "tasks": [{"ansible.builtin.import_role": {"name": "ocamba.hood.ocamba", "tasks_from": tasks_from}}],
        **play,
    }
    return ansible.write(f"{tasks_from}.yml", [content])


@pytest.mark.parametrize(
    "words", [[], ["ACME EU", "10.0.0.1", "no", "On", "null", "360", "0012", "1e5", "\u00fcmlaut"]]
)
def test_with_serial_the_last_message_has_all_plans(hood: Emulator, ansible: Ansible, words: list[str]) -> None:
    names = ["acme", "beta", "gamma", *words]
    hosts = inventory(ansible, hood, [entry("Mitto")], *names)
    ansible.environment["ANSIBLE_SHOW_CUSTOM_STATS"] = "1"
    planned = ansible.playbook(role(ansible, "plan", serial=2), "-i", hosts)
    assert planned.rc == 0, planned.output
    plans = {host: one["plan_id"] for host, one in planned.all(APPLY).items()}
    last = planned.output.rpartition("and add: -e '")[2].partition("'")[0]
    assert yaml.safe_load(last) == {"ocamba_expected_plans": plans}
    assert set(plans) == set(names)
    assert json.dumps(plans["gamma"]) in planned.output.rpartition("CUSTOM STATS")[2]
    run = ansible.playbook(role(ansible, "main", serial=2), "-i", hosts, "-e", last)
    assert run.rc == 0, run.output
    assert {host: one["plan_id"] for host, one in run.all(APPLY).items()} == plans


def test_slices_apply_what_was_planned_as_a_whole(hood: Emulator, ansible: Ansible) -> None:
    hosts = inventory(ansible, hood, [entry("Mitto")], "acme", "beta")
    _run, plans = plan(ansible, hosts)
    reported = json.dumps({"ocamba_expected_plans": plans})
    for name in ("acme", "beta"):
        run = ansible.playbook("ocamba.hood.apply", "-i", hosts, "--limit", name, "-e", reported)
        assert run.rc == 0, run.output
        assert run.all(APPLY)[name]["summary"]["created"] == 1


def test_a_host_that_can_not_be_planned_is_not_in_the_plans_of_the_others(hood: Emulator, ansible: Ansible) -> None:
    hosts = inventory(ansible, hood, [entry("Mitto")], "acme", "beta")
    hood.faults.add(kind="status", status=401, token="token-of-beta", times=None)
    run = ansible.playbook("ocamba.hood.plan", "-i", hosts)
    assert run.rc != 0
    last = run.output.rpartition("and add: -e '")[2].partition("'")[0]
    assert set(yaml.safe_load(last)["ocamba_expected_plans"]) == {"acme"}
