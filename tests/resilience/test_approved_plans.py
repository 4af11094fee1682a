"""A plan that was approved is the one that is carried out, or nothing is."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.errors import PLAN_CHANGED
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.engine import Report
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Policy
from ansible_collections.ocamba.hood.plugins.module_utils.task import results
from tests.emulator.accounts import Account
from tests.emulator.server import Emulator
from tests.support.entries import seven
from tests.support.runs import TOKEN, Runner, assert_exactly, declared_settings

PRUNE = Policy(unmanaged="deactivate")


def run(hood: Emulator, **options: Any) -> Report:
    done = Runner(hood.url, seven(), options=options).run(PRUNE)
    assert done.report, done.error
    return done.report


def filled(hood: Emulator) -> Account:
    """An account with one that differs, one that is missing and one that is not declared."""
    account = hood.account(TOKEN)
    for declared in seven()[1:]:
        account.add(name=declared["name"], provider=declared["provider"], settings=declared_settings(declared))
    account.add(name="Old", provider="mitto", settings={"api_key": "key-of-old", "sender_name": "Old"})
    account.edit(account.one("Mitto").id, settings={**account.one("Mitto").settings, "sender_name": "Other"})
    return account


def test_the_plan_that_was_approved_is_carried_out_and_has_the_same_id(hood: Emulator) -> None:
    account = filled(hood)
    planned = run(hood, check_mode=True)
    assert not hood.log.writes()
    report = run(hood, expected_plan=planned.plan_id)
    assert not report.failures
    assert report.plan_id == planned.plan_id
    assert account.one("Old").status == "inactive"
    assert account.one("Mitto").settings["sender_name"] == "Example"


@pytest.mark.parametrize("change", ["a setting", "one more", "one less", "its status"])
def test_another_plan_writes_nothing_and_is_reported(hood: Emulator, change: str) -> None:
    account = filled(hood)
    planned = run(hood, check_mode=True)
    if change == "a setting":
        other = account.one("Newsletter")
        account.edit(other.id, settings={**other.settings, "port": "25"})
    elif change == "one more":
        account.add(name="Clicked", provider="mitto", settings={"api_key": "key-of-clicked", "sender_name": "C"})
    elif change == "one less":
        account.edit(account.one("Old").id, status="inactive")
    else:
        account.edit(account.one("Alerts").id, status="inactive")
    report = run(hood, expected_plan=planned.plan_id)
    if change == "its status":
        # It is not declared, so it is no part of the plan.
        assert report.plan_id == planned.plan_id
        return
    assert not hood.log.writes()
    assert report.reason_code == PLAN_CHANGED
    assert report.plan_id != planned.plan_id
    assert not report.changed
    assert report.plan_id in report.failures[0]
    shown = [one for one in results.plural(report)["integrations"] if one["held_back"]]
    assert {one["reason_code"] for one in shown} == {PLAN_CHANGED}
    assert run(hood, check_mode=True).plan_id == report.plan_id


def test_a_plan_of_nothing_can_be_approved_as_well(hood: Emulator) -> None:
    run(hood)
    empty = run(hood, check_mode=True)
    hood.log.clear()
    assert not run(hood, expected_plan=empty.plan_id).failures
    account = hood.account(TOKEN)
    account.edit(account.one("Mitto").id, settings={**account.one("Mitto").settings, "sender_name": "Other"})
    assert run(hood, expected_plan=empty.plan_id).reason_code == PLAN_CHANGED
    assert not hood.log.writes()
    account.edit(account.one("Mitto").id, settings={**account.one("Mitto").settings, "sender_name": "Example"})
    assert_exactly(account, seven())
