"""Lists that lag behind, hide, or shift while they are read."""

from __future__ import annotations

import pytest

from tests.emulator import Account, Variants
from tests.emulator.tests.client import Client
from tests.emulator.tests.stepped_clock import SteppedClock


@pytest.fixture
def account(account: Account, clock: SteppedClock) -> Account:
    """The account, with a clock that stands still."""
    account._clock = clock
    return account


def test_a_list_may_lag_behind_a_creation(api: Client, account: Account, clock: SteppedClock) -> None:
    account.variants = Variants(list_lag=2)
    account.add("old")
    created = api.create(name="new").json()
    assert api.names() == ["old"]
    assert api.get(f"/integrations/{created['id']}").status_code == 200
    clock.now += 1.9
    assert (api.names(), api.get().json()["total"]) == (["old"], 1)
    clock.now += 0.1
    assert api.names() == ["old", "new"]


def test_the_reading_by_id_may_lag_too(api: Client, account: Account, clock: SteppedClock) -> None:
    account.variants = Variants(list_lag=2, lag_by_id=True)
    created = api.create().json()
    assert api.get(f"/integrations/{created['id']}").status_code == 404
    assert api.patch(created["id"], {"status": "inactive"}).status_code == 404
    clock.now += 2
    assert api.get(f"/integrations/{created['id']}").status_code == 200


def test_a_list_may_show_what_was_before_a_change(api: Client, account: Account, clock: SteppedClock) -> None:
    account.variants = Variants(update_lag=2)
    added = account.add("old")
    for name in ("new", "newer"):
        assert api.patch(added.id, {"name": name}).status_code == 204
        clock.now += 1
    assert api.names() == ["old"]
    assert api.get(f"/integrations/{added.id}").json()["name"] == "newer"
    account.variants = Variants(update_lag=2, lag_by_id=True)
    assert api.get(f"/integrations/{added.id}").json()["name"] == "old"
    clock.now += 1
    assert api.names() == ["newer"]
    assert api.get(f"/integrations/{added.id}").json()["name"] == "newer"


def test_a_list_may_hide_what_is_inactive(api: Client, account: Account) -> None:
    account.add("on")
    account.add("off", status="inactive")
    account.variants = Variants(inactive_in_list=False)
    assert (api.names(), api.get().json()["total"]) == (["on"], 1)
    assert api.names(status="in:active,inactive") == ["on", "off"]
    assert api.names(status="inactive") == ["off"]
    assert api.names(name="off") == []


def test_a_filter_on_the_status_may_be_refused_or_ignored(api: Client, account: Account) -> None:
    account.add("on")
    account.add("off", status="inactive")
    account.variants = Variants(inactive_in_list=False, status_filter="refused")
    assert api.get(status="in:active,inactive").status_code == 400
    account.variants = Variants(inactive_in_list=False, status_filter="single")
    assert api.get(status="in:active,inactive").status_code == 400
    assert api.names(status="inactive") == ["off"]
    account.variants = Variants(inactive_in_list=False, status_filter="first")
    assert api.names(status="in:inactive,active") == ["off"]
    account.variants = Variants(inactive_in_list=False, status_filter="literal")
    assert api.names(status="in:active,inactive") == []
    assert api.names(status="active") == ["on"]
    account.variants = Variants(inactive_in_list=False, status_filter="ignored")
    assert api.names(status="in:active,inactive") == ["on"]
    account.variants = Variants(status_filter="ignored")
    assert api.names(status="inactive") == ["on", "off"]


def test_a_list_may_begin_with_what_was_written_last(api: Client, account: Account) -> None:
    account.variants = Variants(list_order="update_time")
    added = [account.add(name) for name in "abc"]
    assert api.names() == ["c", "b", "a"]
    assert api.names(page="1,2") == ["c", "b"]
    api.patch(added[0].id, {"status": "inactive"})
    assert api.names(page="2,2") == ["b"]
    assert api.names(sort="id") == ["a", "b", "c"]


def test_sorting_may_be_refused_or_ignored(api: Client, account: Account) -> None:
    for name in "abc":
        account.add(name)
    account.variants = Variants(sort="refused")
    assert api.get(sort="id").status_code == 400
    account.variants = Variants(sort="ignored", list_order="update_time")
    assert api.names(sort="id") == ["c", "b", "a"]


def test_names_may_be_the_same_but_for_case(api: Client, account: Account) -> None:
    account.variants = Variants(duplicate_names="refuse_ignoring_case")
    assert api.create(name="Twilio EU").status_code == 201
    assert api.create(name="TWILIO eu").status_code == 409
    account.variants = Variants(duplicate_names="refuse")
    assert api.create(name="TWILIO eu").status_code == 201


def test_every_answer_tells_when_it_was_created(api: Client, account: Account) -> None:
    created = api.create().json()
    for item in (created, api.items()[0], api.get(f"/integrations/{created['id']}").json()):
        assert item["create_time"] == "2027-01-15 08:00:00"
