"""Nothing is made twice: creations whose answer is lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.server import Emulator
from tests.support.ansible import Ansible
from tests.support.entries import TOKEN, entry, seven
from tests.support.marks import first
from tests.support.tasks import many, one

LOST = [
    {"kind": "reset", "when": "after"},
    {"kind": "status", "when": "after", "status": 502},
    {"kind": "status", "when": "before", "status": 500},
    {"kind": "html", "when": "after"},
    {"kind": "close", "when": "after"},
    {"kind": "status", "when": "after", "status": 499, "form": "empty"},
    {"kind": "status", "when": "after", "status": 520, "form": "html"},
    {"kind": "status", "when": "after", "status": 403, "form": "html"},
    {"kind": "cut", "when": "after"},
    {"kind": "empty", "when": "after"},
    {"kind": "reset", "when": "before"},
    {"kind": "status", "when": "before", "status": 525, "form": "html"},
]


@pytest.mark.parametrize("fault", first(4, of=LOST), ids=lambda fault: "-".join(str(value) for value in fault.values()))
def test_a_lost_answer_to_a_creation_doubles_nothing(hood: Emulator, ansible: Ansible, fault: dict[str, Any]) -> None:
    hood.faults.add(method="POST", path="*/integrations", nth=3, times=1, **fault)
    result = ansible.play(many(seven())).only()
    account = hood.account(TOKEN)
    assert sorted(one.name for one in account.integrations) == sorted(one["name"] for one in seven())
    assert result["summary"]["created"] == 7
    assert {one["id"] for one in result["integrations"]} == {one.id for one in account.integrations}
    assert ansible.play(many(seven())).only()["changed"] is False


def test_a_creation_that_times_out_is_looked_for_before_it_is_repeated(hood: Emulator, ansible: Ansible) -> None:
    hood.faults.add(method="POST", path="*/integrations", times=1, kind="stall", when="after", delay=30)
    result = ansible.play(one(**entry("Mitto"), request_timeout=1)).only()
    account = hood.account(TOKEN)
    assert result["integration"]["action"] == "created"
    assert result["integration"]["id"] == account.one("Mitto").id
    assert len(hood.log.writes()) == 1


def test_a_double_of_somebody_else_is_reported_with_both_ids(hood: Emulator, ansible: Ansible) -> None:
    hood.faults.add(method="POST", path="*/integrations", times=1, kind="double", when="after")
    run = ansible.play(one(**entry("Mitto")))
    message = run.only()["msg"]
    assert run.rc != 0
    assert all(duplicate.id in message for duplicate in hood.account(TOKEN).named("Mitto"))
    assert run.only()["changed"] is True


def test_a_limit_is_obeyed_and_the_creation_repeated(hood: Emulator, ansible: Ansible) -> None:
    hood.faults.add(
        method="POST", path="*/integrations", times=2, kind="status", status=429, headers={"Retry-After": "1"}
    )
    result = ansible.play(one(**entry("Mitto"))).only()
    assert result["changed"] is True
    assert result["api"]["retries"] == 2
    assert result["api"]["waited"] >= 2
    assert len(hood.account(TOKEN).integrations) == 1


def test_a_hopeless_wait_ends_in_a_clear_error(hood: Emulator, ansible: Ansible) -> None:
    hood.faults.add(method="GET", path="*", kind="status", status=429, headers={"Retry-After": "86400"})
    assert "max_wait" in ansible.play(one(**entry("Mitto"))).only()["msg"]


@pytest.mark.parametrize(
    "body", first(1, of=[{"total": 1, "items": None}, {"total": None, "items": []}, [], {"items": []}])
)
def test_a_reading_that_is_no_list_writes_nothing(hood: Emulator, ansible: Ansible, body: Any) -> None:
    hood.faults.add(method="GET", path="*/integrations", times=9, kind="json", body=body)
    run = ansible.play(one(**entry("Mitto")))
    assert "is not a list with its total" in run.only()["msg"]
    assert not hood.log.writes()


def test_a_page_served_twice_ends_in_an_error(hood: Emulator, ansible: Ansible) -> None:
    account = hood.account(TOKEN)
    for number in range(150):
        account.add(name=f"Other {number}", provider="telegram", settings={"auth_token": "1:a", "chat_id": "1"})
    hood.faults.add(method="GET", path="*/integrations", nth=2, times=9, kind="repeat_page")
    run = ansible.play(one(**entry("Mitto")))
    assert "repeat" in run.only()["msg"]
    assert not hood.log.writes()
