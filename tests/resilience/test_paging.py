"""A list is read completely or not at all, whatever happens to it meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.api.client import EVERY_STATUS, HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.lists import READINGS
from ansible_collections.ocamba.hood.plugins.module_utils.api.reader import list_every_status
from ansible_collections.ocamba.hood.plugins.module_utils.errors import MalformedAnswer, Refused, TokenRefused
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Policy
from tests.emulator.accounts import Account
from tests.emulator.limits import Limits
from tests.emulator.log import LogEntry
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.support.runs import TOKEN, Runner

LIST = {"method": "GET", "path": "/integrations"}


def account_of(hood: Emulator, count: int, **variants: Any) -> Account:
    account = hood.account(TOKEN, limits=Limits.off(), variants=Variants(page_cap=3, **variants))
    for number in range(count):
        account.add(f"Name {number}", "mitto", {"api_key": "a"})
    return account


def client(hood: Emulator) -> HoodClient:
    return Runner(hood.url, []).client()


def assert_made_once(hood: Emulator, account: Account) -> None:
    """A run that has one integration to make ends well, and it is there once."""
    done = Runner(hood.url, [{"name": "Newer", "provider": "Mitto", "settings": {"api_key": "a"}}]).run()
    assert not done.messages
    assert len(account.named("Newer")) == 1


def names(items: list[dict[str, Any]]) -> list[str]:
    return sorted(str(one["name"]) for one in items)


def test_pages_are_asked_for_in_order(hood: Emulator) -> None:
    account = account_of(hood, 7)
    assert len(client(hood).integrations()) == len(account.integrations)
    assert {call.query["sort"] for call in hood.log} == {"id"}


@pytest.mark.parametrize("status", [400, 422])
def test_where_the_order_is_refused_it_is_not_asked_for_again(hood: Emulator, status: int) -> None:
    account_of(hood, 7)
    hood.faults.add(method="GET", query="*sort=*", kind="status", status=status, times=None)
    reading = client(hood)
    assert len(reading.integrations()) == 7
    hood.log.clear()
    assert len(reading.integrations()) == 7
    assert reading.providers()
    assert not [call for call in hood.log if "sort" in call.query or call.status != 200]
    assert len(hood.log.calls(path="/v1/hood/integrations")) == 3


@pytest.mark.parametrize("when", [1, 2])
def test_pages_that_shift_are_read_again(hood: Emulator, when: int) -> None:
    account = account_of(hood, 7)
    seen: list[str] = []

    def shift(call: LogEntry) -> None:
        seen.append(call.path)
        if len(seen) == when:
            account.add("Newer", "mitto", {"api_key": "a"})

    hood.log.on_end = shift
    try:
        found = client(hood).integrations()
    finally:
        hood.log.on_end = None
    assert names(found) == sorted(one.name for one in account.integrations)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "repeat_page", "query": "*page=2*"},
        {"kind": "edit", "query": "*page=2*", "body": {"total": 8}},
        {"kind": "edit", "query": "*page=2*", "body": {"items": []}},
        {"kind": "edit", "query": "*page=3*", "body": {"total": 1}},
    ],
    ids=str,
)
def test_pages_that_do_not_fit_together_are_read_again_and_then_given_up(hood: Emulator, fault: dict[str, Any]) -> None:
    account_of(hood, 7)
    hood.faults.add(**LIST, **fault, times=1)
    reading = client(hood)
    assert names(reading.integrations()) == [f"Name {number}" for number in range(7)]
    assert reading.usage["retries"] == 1
    hood.faults.add(**LIST, **fault, times=None)
    with pytest.raises(MalformedAnswer):
        reading.integrations()
    assert len([call for call in hood.log if call.query["page"].startswith("1,")]) <= 2 + READINGS + 1


def test_the_list_of_every_status_shows_what_the_other_hides(hood: Emulator) -> None:
    account = account_of(hood, 5)
    account.edit(account.integrations[3].id, status="inactive")
    assert len(client(hood).filtered_integrations(EVERY_STATUS) or []) == 5
    assert {call.query["status"] for call in hood.log} == {"in:active,inactive"}
    assert {call.query["view"] for call in hood.log} == {"full"}


@pytest.mark.parametrize("how", ["honoured", "single", "first", "literal"])
@pytest.mark.parametrize("is_there", [False, True])
def test_inactive_ones_are_found_however_the_filter_takes_several(hood: Emulator, how: Any, is_there: bool) -> None:
    account = account_of(hood, 5, inactive_in_list=False, status_filter=how)
    identity = account.integrations[3].id
    if is_there:
        account.edit(identity, status="inactive")
    found = list_every_status(client(hood), ())
    assert found.is_heeded
    assert (identity in [one.id for one in found.integrations if one.status == "inactive"]) == is_there
    assert len({one.id for one in found.integrations}) == len(found.integrations)
    asked = {call.query["status"] for call in hood.log}
    assert ("inactive" in asked) == (not is_there or how != "honoured")


@pytest.mark.parametrize("how", ["refused", "ignored"])
def test_a_filter_that_is_not_heeded_is_known(hood: Emulator, how: Any) -> None:
    account_of(hood, 5, inactive_in_list=False, status_filter=how)
    assert not list_every_status(client(hood), ()).is_heeded


@pytest.mark.parametrize("status", [400, 403, 404, 405, 422, 501])
def test_where_the_filter_is_refused_there_is_no_such_list(hood: Emulator, status: int) -> None:
    account_of(hood, 5)
    hood.faults.add(**LIST, query="*status=*", kind="status", status=status, times=None)
    reading = client(hood)
    assert len(reading.integrations()) == 5
    hood.log.clear()
    assert reading.filtered_integrations(EVERY_STATUS) is None
    assert len(list(hood.log)) == (4 if status == 501 else 1)


@pytest.mark.parametrize(("status", "error"), [(401, TokenRefused), (503, Refused), (429, Refused)])
def test_a_failure_of_the_filtered_list_is_no_answer(hood: Emulator, status: int, error: type[Exception]) -> None:
    hood.faults.add(**LIST, query="*status=*", kind="status", status=status, times=None)
    with pytest.raises(error):
        client(hood).filtered_integrations(EVERY_STATUS)


@pytest.mark.parametrize("reset", [61, 3600, 1_764_000_000, 1_764_000_000_000])
def test_a_reset_that_is_no_window_is_not_waited_for(hood: Emulator, reset: int) -> None:
    account_of(hood, 7)
    headers = {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
    hood.faults.add(method="GET", kind="status", status=503, headers=headers, times=1)
    reading = client(hood)
    assert len(reading.integrations()) == 7
    assert reading.usage["waited"] < 10


@pytest.mark.parametrize("count", [1, 3, 6, 7])
@pytest.mark.parametrize("by_id", [False, True])
def test_a_total_that_counts_a_page_makes_no_double(hood: Emulator, count: int, by_id: bool) -> None:
    """Before anything is made, the page after the last is asked for."""
    account = account_of(hood, count, total="page", settings_in_list=not by_id)
    last = {"name": f"Name {count - 1}", "provider": "Mitto", "settings": {"api_key": "a"}}
    new = {**last, "name": "Newer"}
    done = Runner(hood.url, [last, new]).run()
    assert not done.messages
    assert sorted(one.name for one in account.integrations) == [
        *(f"Name {number}" for number in range(count)),
        "Newer",
    ]
    assert not Runner(hood.url, [last, new]).run().changed


def test_a_total_that_counts_a_page_hides_no_creation_that_is_looked_for(hood: Emulator) -> None:
    account = account_of(hood, 3, total="page")
    hood.faults.add(method="POST", path="/integrations", kind="reset", when="after", times=1)
    assert_made_once(hood, account)


def test_a_total_that_counts_a_page_hides_nothing_unmanaged(hood: Emulator) -> None:
    account_of(hood, 7, total="page")
    declared = [{"name": "Name 0", "provider": "Mitto", "settings": {"api_key": "a"}}]
    done = Runner(hood.url, declared).run(Policy(unmanaged="report"))
    assert done.report
    assert len(done.report.plan.unmanaged) == 6


@pytest.mark.parametrize("status", [400, 404, 416, 422, 500])
def test_a_page_after_the_last_may_be_refused(hood: Emulator, status: int) -> None:
    account = account_of(hood, 2)
    hood.faults.add(**LIST, query="*page=2*", kind="status", status=status, times=None)
    assert_made_once(hood, account)


@pytest.mark.parametrize("body", [{}, [], None, {"total": 0}, {"total": 2, "items": [None]}, {"items": [{}]}], ids=str)
def test_a_page_after_the_last_may_be_anything(hood: Emulator, body: Any) -> None:
    account = account_of(hood, 2)
    hood.faults.add(**LIST, query="*page=2*", kind="json", body=body, times=None)
    assert_made_once(hood, account)


@pytest.mark.parametrize("status", [400, 404, 416, 422])
def test_pages_without_a_usable_total_may_end_in_a_refusal(hood: Emulator, status: int) -> None:
    account = account_of(hood, 7, total="page")
    hood.faults.add(**LIST, query="*page=4*", kind="status", status=status, times=None)
    assert_made_once(hood, account)


@pytest.mark.parametrize("body", [{"items": None}, {}, {"total": 0, "items": []}], ids=str)
def test_pages_without_a_usable_total_may_end_in_anything(hood: Emulator, body: Any) -> None:
    account = account_of(hood, 7, total="page")
    hood.faults.add(**LIST, query="*page=4*", kind="json", body=body, times=None)
    assert_made_once(hood, account)


@pytest.mark.parametrize("total", [0, 1, 2, "2"])
def test_a_total_below_the_items_is_not_relied_on(hood: Emulator, total: Any) -> None:
    """As one that is kept in a cache."""
    account_of(hood, 7)
    hood.faults.add(**LIST, kind="edit", body={"total": total}, times=None)
    reading = client(hood)
    assert names(reading.integrations()) == [f"Name {number}" for number in range(7)]
    assert reading.usage["retries"] == 0


def test_hidden_ones_beyond_a_page_are_found(hood: Emulator) -> None:
    account = account_of(hood, 2, total="page", inactive_in_list=False)
    for number in range(7):
        account.add(f"Hidden {number}", "mitto", {"api_key": "a"}, status="inactive")
    last = {"name": "Hidden 6", "provider": "Mitto", "status": "inactive", "settings": {"api_key": "a"}}
    done = Runner(hood.url, [last]).run()
    assert not done.messages
    assert not done.changed
    assert not hood.log.writes()


@pytest.mark.parametrize("variants", [{"inactive_in_list": False}, {"total": "page"}], ids=str)
def test_no_name_is_given_that_a_hidden_one_has(hood: Emulator, variants: dict[str, Any]) -> None:
    account = account_of(hood, 4, **variants)
    account.edit(account.integrations[3].id, status="inactive")
    renamed = {"id": account.integrations[0].id, "name": "Name 3", "provider": "Mitto"}
    (message,) = Runner(hood.url, [renamed]).run().messages
    assert f"{account.integrations[3].id} has this name already" in message
    assert not hood.log.writes()


def test_what_the_list_hides_is_reported_as_not_declared(hood: Emulator) -> None:
    account = account_of(hood, 2, inactive_in_list=False)
    account.edit(account.integrations[1].id, status="inactive")
    declared = [{"name": "Name 0", "provider": "Mitto", "settings": {"api_key": "a"}}]
    done = Runner(hood.url, declared).run(Policy(unmanaged="report"))
    assert done.report
    assert [one.name for one in done.report.plan.unmanaged] == ["Name 1"]
