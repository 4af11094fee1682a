"""Servers whose list lags, whose answers come before their commits, whose statuses nobody documents, whose lists hide.

After every run: nothing is there twice, everything that was made is reported with its id, a run without a message is
true, and the run after it writes nothing. The clock of the run is that of its account, so that waits take no time.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Policy
from tests.emulator.catalog import Setting
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.resilience.strange import A_MINUTE, CREATE, LateCommits, SharedTime, Trial, created, few, trial_of_few
from tests.support.entries import entry
from tests.support.marks import every
from tests.support.runs import declared_settings

LAGGING = [
    *(
        Variants.from_dict({"list_lag": lag, "lag_by_id": by_id, "created": answer})
        for lag, by_id, answer in itertools.product((0.3, 2, 9, 28), (False, True), ("object", "envelope", "empty"))
    ),
    *(Variants(list_lag=lag, settings_in_list=False, lag_by_id=by_id) for lag in (2, 9) for by_id in (False, True)),
    *(Variants(update_lag=lag, lag_by_id=by_id) for lag in (0.3, 2, 4) for by_id in (False, True)),
    *(Variants(update_lag=lag, list_lag=lag, times="absent") for lag in (2, 4)),
    Variants(list_lag=2, page_cap=5, page_over_cap="refuse"),
    Variants(list_lag=2, secrets="clear", settings_update="replace"),
]


@pytest.mark.parametrize("variants", LAGGING, ids=lambda variants: variants.label())
def test_a_list_that_lags_is_waited_for(hood: Emulator, variants: Variants) -> None:
    trial = trial_of_few(hood, variants)
    assert not trial.three().messages


@pytest.mark.parametrize("answer", ["object", "envelope", "empty"])
@pytest.mark.parametrize("by_id", [False, True])
@pytest.mark.parametrize(("lag", "max_wait"), [(45, 120.0), (300, 120.0), (9, 5.0), (20, 10.0)])
def test_what_the_list_does_not_show_in_time_is_reported(
    hood: Emulator, lag: float, max_wait: float, by_id: bool, answer: Any
) -> None:
    trial = Trial(hood, few(), Variants(list_lag=lag, lag_by_id=by_id, created=answer), {"max_wait": max_wait})
    if answer == "empty":
        # Nobody can know the id; the message says to wait.
        trial.assert_all_reported = lambda *_unused: None  # type: ignore[method-assign]
    done = trial.run()
    assert len(done.messages) == len(trial.entries)
    assert all(("wait" in message or "neither" in message) for message in done.messages)
    trial.clock.sleep(lag)
    assert not trial.three().messages[len(trial.entries) :]
    assert not trial.runs[1].messages


# What the server says first, of a creation that it carries out some seconds later.
FIRST: dict[str, dict[str, Any]] = {
    **{str(status): {"kind": "status", "status": status} for status in (500, 502, 503, 504, 499, 520, 524)},
    "502 as html": {"kind": "status", "status": 502, "form": "html"},
    "404 as html": {"kind": "status", "status": 404, "form": "html"},
    "reset": {"kind": "reset"},
    "close": {"kind": "close"},
    "a page": {"kind": "html"},
    "a redirect": {"kind": "redirect", "location": "/elsewhere"},
    "half a 201": {"kind": "garbled"},
    "no gzip": {"kind": "garbled", "garble": "gzip"},
    "broken chunk": {"kind": "garbled", "garble": "chunk"},
    "broken record": {"kind": "bad_record"},
    "an empty 201": {"kind": "empty", "status": 201},
    "a large 201": {"kind": "huge", "status": 201, "megabytes": 17},
}


def late(hood: Emulator, first: str, delay: float, times: int | None, **variants: Any) -> Trial:
    trial = trial_of_few(hood, Variants(**variants))
    LateCommits(hood, trial.account, trial.clock, delay)
    hood.faults.add(**CREATE, **FIRST[first], times=times)
    return trial


@pytest.mark.parametrize("times", [1, None])
@pytest.mark.parametrize("delay", [0.2, 3, 7, 14, 29])
@pytest.mark.parametrize("first", every(3, of=FIRST))
def test_an_answer_that_comes_before_the_commit_makes_no_double(
    hood: Emulator, first: str, delay: float, times: int | None
) -> None:
    trial = late(hood, first, delay, times)
    assert not trial.run().messages
    assert len(created(trial)) == 2
    hood.faults.clear()
    trial.three()


@pytest.mark.parametrize("first", ["500", "504", "close", "a page", "an empty 201"])
@pytest.mark.parametrize("variants", [{"list_lag": 4}, {"list_lag": 4, "lag_by_id": True}, {"settings_in_list": False}])
def test_a_late_commit_on_a_list_that_lags_makes_no_double(
    hood: Emulator, first: str, variants: dict[str, Any]
) -> None:
    trial = late(hood, first, 7, None, **variants)
    assert not trial.run().messages
    hood.faults.clear()
    trial.three()


@pytest.mark.parametrize("lag", [5, 14, 16, 20, 25, 29])
@pytest.mark.parametrize("first", ["500", "reset"])
def test_a_lost_answer_on_a_list_that_lags_long_makes_no_double(hood: Emulator, first: str, lag: float) -> None:
    trial = Trial(hood, few(), Variants(list_lag=lag, lag_by_id=True, created="empty"))
    kinds: dict[str, Any] = {"500": {"kind": "status", "status": 500}, "reset": {"kind": "reset"}}
    hood.faults.add(**CREATE, when="after", times=1, **kinds[first])
    assert not trial.three().messages


@pytest.mark.parametrize("delay", [36, 45, 60])
@pytest.mark.parametrize("first", ["500", "502", "reset", "a page"])
def test_a_commit_later_than_anybody_waits_is_reported_with_both_ids(hood: Emulator, first: str, delay: float) -> None:
    trial = late(hood, first, delay, 1)
    done = trial.run(doubles=1)
    (message,) = done.messages
    assert "exists twice" in message


@pytest.mark.parametrize("delay", [2, 7])
@pytest.mark.parametrize("first", ["500", "reset"])
def test_a_max_wait_below_the_patience_is_reported_and_nothing_is_repeated(
    hood: Emulator, first: str, delay: float
) -> None:
    trial = late(hood, first, delay, None)
    trial.options["max_wait"] = 5.0
    done = trial.run()
    assert len(created(trial)) == 2
    assert len(done.messages) == (0 if delay < 5 else 2)
    assert all("max_wait" in message and "minute" in message for message in done.messages)
    hood.faults.clear()
    trial.clock.sleep(A_MINUTE)
    trial.three()


STATUSES = (
    *(402, 406, 408, 417, 421, 423, 424, 425, 426, 428, 431, 451, 499, 500, 501, 502, 503, 504, 505, 506, 507),
    *(508, 510, 511, 520, 521, 522, 523, 524, 525, 526, 527, 530, 561, 598, 599),
)


@pytest.mark.parametrize("status", every(3, of=STATUSES))
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("form", ["json", "html", "empty"])
def test_a_status_that_is_no_refusal_of_hood_makes_no_double(hood: Emulator, status: int, when: Any, form: Any) -> None:
    trial = Trial(hood, [entry("Mitto")])
    hood.faults.add(**CREATE, kind="status", status=status, when=when, form=form, times=1)
    assert not trial.run().messages
    assert len(created(trial)) == (1 if when == "after" else 2)
    trial.three()


@pytest.mark.parametrize("status", every(3, of=STATUSES))
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_a_status_that_is_no_refusal_of_hood_passes(hood: Emulator, status: int, method: str) -> None:
    trial = trial_of_few(hood, Variants())
    hood.faults.add(method=method, kind="status", status=status, times=2)
    assert not trial.run().messages
    assert not hood.faults.unused()
    trial.three()


UNREADABLE: dict[str, dict[str, Any]] = {
    **{garble: {"kind": "garbled", "garble": garble} for garble in ("half", "bytes", "gzip", "chunk")},
    "cut": {"kind": "cut"},
    "huge": {"kind": "huge", "megabytes": 17},
    "nested": {"kind": "nested"},
    "page": {"kind": "html"},
    "number": {"kind": "json", "body": 7},
    "list": {"kind": "json", "body": []},
    "null": {"kind": "json", "body": None},
    "another id": {"kind": "json", "body": {"id": "999999"}},
    "no id": {"kind": "edit", "remove": ("id",)},
    "hostile id": {"kind": "edit", "body": {"id": "../providers"}},
    "error in a 200": {"kind": "json", "body": {"title": "Error.", "message": "Something went wrong."}, "status": 200},
    "202": {"kind": "empty", "status": 202},
    "204": {"kind": "status", "status": 204},
    "207": {"kind": "json", "body": {}, "status": 207},
    "302": {"kind": "redirect", "location": "/elsewhere", "status": 302},
    "bad record": {"kind": "bad_record"},
}


@pytest.mark.parametrize("times", [1, None])
@pytest.mark.parametrize("name", UNREADABLE)
def test_a_creation_whose_answer_can_not_be_read_is_found(hood: Emulator, name: str, times: int | None) -> None:
    fault = UNREADABLE[name]
    when = {} if fault["kind"] in ("cut", "edit") else {"when": "after"}
    trial = trial_of_few(hood, Variants())
    hood.faults.add(**CREATE, **fault, **when, times=times)
    assert not trial.run().messages
    assert len(created(trial)) == 2
    hood.faults.clear()
    trial.three()


HIDING = [
    Variants(inactive_in_list=False),
    Variants(inactive_in_list=False, settings_in_list=False),
    Variants(inactive_in_list=False, page_cap=5),
    Variants(inactive_in_list=False, page_cap=5, page_over_cap="refuse", view_full_needed=True),
    Variants(inactive_in_list=False, sort="refused"),
    Variants(inactive_in_list=False, status_filter="single"),
    Variants(inactive_in_list=False, status_filter="first"),
    Variants(inactive_in_list=False, status_filter="literal"),
    Variants(inactive_in_list=False, list_lag=2),
    Variants(inactive_in_list=False, list_lag=2, created="empty"),
    Variants(inactive_in_list=False, status_form="upper"),
    Variants(inactive_in_list=False, total="string"),
]


def with_inactive(trial: Trial, is_there: bool) -> None:
    """Declare some of each status, and more than a page has; those that are there already have another port."""
    entries = [{**one, "status": "inactive"} for one in (entry("Mitto"), entry("Newsletter"))]
    entries += few()[1:]
    for number in range(4):
        one = entry("Password resets")
        one["name"], one["settings"]["api_key"] = f"Resets {number}", f"mailgun-secret-{number}"
        entries.append({**one, "status": "inactive" if number % 2 else "active"})
    trial.entries = entries
    if is_there:
        for one in entries[1:5]:
            trial.account.add(one["name"], one["provider"], declared_settings(one), status=one["status"])


@pytest.mark.parametrize("is_there", [False, True])
@pytest.mark.parametrize("variants", HIDING, ids=lambda variants: variants.label())
def test_a_list_that_hides_inactive_ones_makes_no_copies(hood: Emulator, variants: Variants, is_there: bool) -> None:
    trial = Trial(hood, [], variants)
    with_inactive(trial, is_there)
    assert not trial.three().messages


@pytest.mark.parametrize("is_listed", [False, True])
@pytest.mark.parametrize("how", ["refused", "ignored"])
def test_a_creation_of_what_may_be_there_inactive_is_warned_of(hood: Emulator, how: Any, is_listed: bool) -> None:
    trial = Trial(hood, [], Variants(inactive_in_list=is_listed, status_filter=how))
    trial.account.add("Newsletter", "mailgun", declared_settings(entry("Password resets")))
    settings = {**declared_settings(entry("Mitto")), "api_key": "another-key-of-mitto"}
    trial.account.add("Another one", "mitto", settings, status="inactive")
    trial.entries = [entry("Mitto")]
    for _number in range(2):
        done = trial.run()
        assert done.report
        warned = [warning for warning in done.report.warnings if "can't be known" in warning]
        assert len(warned) == (done.changed and not is_listed)
        assert all("Mitto" in warning for warning in warned)


@pytest.mark.parametrize("created_as", ["object", "empty"])
@pytest.mark.parametrize("how", ["refused", "ignored"])
def test_where_nothing_shows_inactive_ones_no_run_is_silent(hood: Emulator, how: Any, created_as: Any) -> None:
    trial = Trial(hood, [], Variants(inactive_in_list=False, status_filter=how))
    with_inactive(trial, is_there=False)
    done = trial.run()
    hidden = [one.id for one in trial.account.integrations if one.status == "inactive"]
    assert len(done.messages) == len(hidden)
    for identity in hidden:
        assert any(identity in message and "by id" in message for message in done.messages)
    # Declared by their ids, as the messages say, they are found.
    assert not [one for one in trial.account.integrations if one.status == "active" and one.name not in str(few())][4:]


@pytest.mark.parametrize("total", ["null", "absent", "word"])
@pytest.mark.parametrize("is_there", [False, True])
def test_a_list_whose_total_makes_no_sense_permits_no_write(hood: Emulator, total: Any, is_there: bool) -> None:
    trial = Trial(hood, [], Variants(total=total))
    with_inactive(trial, is_there)
    held = trial.account.integrations
    for _number in range(3):
        assert trial.run().messages
        assert trial.account.integrations == held


DEACTIVATING = [
    *(Variants(list_lag=2), Variants(update_lag=2), Variants(update_lag=2, lag_by_id=True)),
    *(Variants(inactive_in_list=False), Variants(inactive_in_list=False, status_filter="ignored")),
    *(Variants(inactive_in_list=False, status_filter="refused"), Variants(list_order="update_time", page_cap=5)),
]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("variants", DEACTIVATING, ids=lambda variants: variants.label())
def test_deactivations_on_a_strange_server_are_done_once(hood: Emulator, variants: Variants, when: Any) -> None:
    policy = Policy(unmanaged="deactivate", max_deactivations=10)
    trial = trial_of_few(hood, variants, policy=policy)
    others = [trial.account.add(f"Other {number}", "mailgun", {"api_key": f"{number}"}) for number in range(8)]
    hood.faults.add(method="PATCH", kind="status", status=502, when=when, times=3)
    assert not trial.three().messages
    # The first of its type is its default.
    assert {one.status for one in trial.account.integrations if one in others and not one.is_default} <= {"inactive"}


def test_the_clock_does_what_is_due_in_its_order() -> None:
    clock, done = SharedTime(), list[float]()
    began = clock()
    for seconds in (5, 1, 9):
        clock.later(seconds, lambda seconds=seconds: done.append(seconds))  # type: ignore[misc]
    clock.sleep(6)
    assert done == [1, 5]
    assert 6 <= clock() - began < 8


@pytest.mark.parametrize("secrets", ["clear", "masked", "absent"])
@pytest.mark.parametrize("change", ["name", "status", "settings"])
def test_an_update_that_resets_what_it_does_not_name_is_no_success(hood: Emulator, change: str, secrets: str) -> None:
    declared = entry("Newsletter")
    trial = Trial(hood, [declared], Variants.from_dict({"settings_update": "put", "secrets": secrets}))
    held = trial.account.add("Newsletter", "custom_email", declared_settings(declared), status="inactive")
    if change == "name":
        trial.entries = [{"id": held.id, "name": "Another", "provider": "custom_email", "settings": {}}]
    elif change == "status":
        trial.entries = [{"name": "Newsletter", "provider": "custom_email", "status": "active", "settings": {}}]
    else:
        declared["settings"]["port"] = "2525"
    trial.assert_as_declared = lambda: None  # type: ignore[method-assign]
    (message,) = trial.run().messages
    assert "Hood has reset what was not sent" in message
    assert ("status" in message) == (change != "status")
    assert ("settings.port" in message) == (change != "settings")


@pytest.mark.parametrize("how", ["object", "list"])
def test_empty_settings_in_a_list_are_read_by_id(hood: Emulator, how: Any) -> None:
    trial = Trial(hood, few(), Variants(settings_in_list=False, settings_left_out=how, secrets="masked_tail"))
    assert not trial.three().messages
    assert trial.hood.log.calls(method="GET", path="/integrations/*")


def test_a_declared_secret_that_the_account_does_not_have_is_refused(hood: Emulator) -> None:
    trial = Trial(hood, [entry("Mitto")])
    held = trial.account.provider("mitto")
    trial.account.add_provider(replace(held, settings=(Setting("api_token"), Setting("sender_name"))))
    for is_there in (False, True):
        if is_there:
            trial.account.add("Mitto", "mitto", {"api_token": "stored", "sender_name": "Other"})
        (message,) = trial.run().messages
        assert message.endswith("settings.api_key: the account's mitto does not have it")
        assert not trial.hood.log.writes()
