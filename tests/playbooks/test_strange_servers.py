"""Servers that are slower and stranger than the documentation says, as a playbook meets them. More of each kind, with a
clock that skips time, in tests/resilience."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.awkward import NAMES
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.support.ansible import Ansible
from tests.support.entries import TOKEN, entry, seven
from tests.support.marks import first
from tests.support.tasks import many, one


def assert_held_once(hood: Emulator, names: set[str]) -> None:
    assert sorted(held.name for held in hood.account(TOKEN).integrations) == sorted(names)


@pytest.mark.parametrize(
    "variants", first(1, of=[{"list_lag": 1, "lag_by_id": True, "created": "empty"}, {"list_lag": 2}]), ids=str
)
def test_two_runs_in_a_row_on_a_list_that_lags_make_one(
    hood: Emulator, ansible: Ansible, variants: dict[str, Any]
) -> None:
    hood.account(TOKEN, variants=Variants(**variants), limits=Limits.off())
    entries = seven()[:3]
    first = ansible.play(many(entries))
    assert first.rc == 0, first.output
    assert {reported["id"] for reported in first.only()["integrations"]} == {
        one.id for one in hood.account(TOKEN).integrations
    }
    again = ansible.play(many(entries)).only()
    assert again["changed"] is False
    assert_held_once(hood, {declared["name"] for declared in entries})


def test_a_task_that_is_retried_on_a_list_that_lags_longer_than_it_waits_tells_the_id(
    hood: Emulator, ansible: Ansible
) -> None:
    hood.account(TOKEN, variants=Variants(list_lag=4), limits=Limits.off())
    task = {**one(**entry("Mitto"), max_wait=1), "until": "hood is succeeded", "retries": 1, "delay": 4}
    run = ansible.play({**task, "register": "hood"})
    assert run.rc == 0, run.output
    assert_held_once(hood, {"Mitto"})
    hood.account(TOKEN, variants=Variants(list_lag=30), limits=Limits.off())
    result = ansible.play(one(**entry("Mitto"), max_wait=1)).only()
    identity = hood.account(TOKEN).one("Mitto").id
    assert f"it exists with the id {identity}" in result["msg"]
    assert result["changed"] is True


@pytest.mark.parametrize(
    "fault",
    first(
        1,
        of=[
            {"kind": "status", "status": 500},
            {"kind": "status", "status": 503},
            {"kind": "reset"},
            {"kind": "html"},
        ],
    ),
)
def test_a_commit_that_comes_after_its_answer_makes_no_double(
    hood: Emulator, ansible: Ansible, fault: dict[str, Any]
) -> None:
    hood.faults.add(method="POST", path="/integrations", **fault, when="later", delay=1.5, times=2)
    result = ansible.play(many(seven()[:3])).only()
    assert result["summary"]["created"] == 3
    assert not hood.pending
    assert_held_once(hood, {declared["name"] for declared in seven()[:3]})
    assert {reported["id"] for reported in result["integrations"]} == {
        held.id for held in hood.account(TOKEN).integrations
    }
    assert ansible.play(many(seven()[:3])).only()["changed"] is False


def test_a_max_wait_that_is_too_short_to_be_sure_is_reported(hood: Emulator, ansible: Ansible) -> None:
    hood.faults.add(method="POST", path="/integrations", kind="status", when="before")
    result = ansible.play(one(**entry("Mitto"), max_wait=1)).only()
    assert "raise max_wait" in result["msg"]
    assert result["reason_code"] == "unclear"
    assert len(hood.log.writes()) == 1


@pytest.mark.parametrize("settings_in_list", first(1, of=[False, True]))
def test_an_inactive_integration_that_the_list_hides_is_not_made_again(
    hood: Emulator, ansible: Ansible, settings_in_list: bool
) -> None:
    variants = Variants(inactive_in_list=False, settings_in_list=settings_in_list)
    hood.account(TOKEN, variants=variants, limits=Limits.off())
    entries = [{**declared, "status": "inactive"} for declared in seven()[:2]] + seven()[2:3]
    for changed in (True, False, False):
        run = ansible.play(many(entries))
        assert run.rc == 0, run.output
        assert run.only()["changed"] is changed
    assert_held_once(hood, {declared["name"] for declared in entries})


@pytest.mark.parametrize("form", first(1, of=["cut_20", "html", "lower", "no_4byte", "latin1", "no_tags"]))
def test_a_name_that_is_stored_in_another_form_is_refused_with_its_id(
    hood: Emulator, ansible: Ansible, form: str
) -> None:
    hood.account(TOKEN, variants=Variants.from_dict({"name_form": form}), limits=Limits.off())
    declared, stored = NAMES[form]
    for _number in range(2):
        run = ansible.play(one(**{**entry("Mitto"), "name": declared}))
        assert run.rc != 0
        (held,) = hood.account(TOKEN).integrations
        assert held.name == stored
        assert held.id in run.only()["msg"]
    if stored == stored.strip():
        assert ansible.play(one(**{**entry("Mitto"), "name": stored})).only()["changed"] is False


def test_a_loop_of_tasks_on_a_strange_server_makes_each_once(hood: Emulator, ansible: Ansible) -> None:
    hood.account(TOKEN, variants=Variants(list_lag=1, inactive_in_list=False), limits=Limits.off())
    for _number in range(2):
        tasks = [one(**{**declared, "status": "inactive"}) for declared in seven()[:2]]
        assert ansible.play(*tasks).rc == 0
    assert_held_once(hood, {declared["name"] for declared in seven()[:2]})
