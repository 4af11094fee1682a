"""Somebody else who works on the account at the same time, connections that end wrongly, headers that make no sense."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.resilience.strange import CREATE, Trial, created, few, trial_of_few
from tests.support.entries import entry
from tests.support.runs import Runner, declared_settings

AT_ONCE = [
    Variants(),
    Variants(settings_in_list=False),
    Variants(list_lag=2),
    Variants(update_lag=2),
    Variants(update_lag=2, lag_by_id=True),
    Variants(inactive_in_list=False),
    Variants(list_order="update_time", sort="ignored", page_cap=5),
]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("variants", AT_ONCE, ids=lambda variants: variants.label())
def test_a_rename_beside_the_creation_of_that_name_is_reported(hood: Emulator, variants: Variants, when: Any) -> None:
    trial = trial_of_few(hood, variants)
    other = {"name": "Marketing", "provider": "sendgrid", "settings": {"api_key": "of-another"}}
    deeds = {"create": [other]}
    hood.faults.add(method="PATCH", path=f"/integrations/{renamed(trial)}", kind="meanwhile", when=when, body=deeds)
    (message,) = trial.run(doubles=1).messages
    assert renamed(trial) in message
    # Declared by its id, it is unmistakable from then on.
    hood.log.clear()
    Runner(hood.url, trial.entries, clock=trial.clock).run()
    assert not created(trial)


def renamed(trial: Trial) -> str:
    return str(next(one["id"] for one in trial.entries if "id" in one))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("variants", AT_ONCE, ids=lambda variants: variants.label())
def test_a_creation_beside_the_rename_to_that_name_is_reported(hood: Emulator, variants: Variants, when: Any) -> None:
    trial = trial_of_few(hood, variants)
    other = trial.account.add("Somebody else's", "mitto", {"api_key": "of-another"})
    hood.faults.add(**CREATE, kind="meanwhile", when=when, body={"rename": {other.name: "Mitto"}}, times=None)
    (message,) = trial.run(doubles=1).messages
    assert other.id in message
    hood.faults.clear()
    for _number in range(2):
        trial.run(doubles=1)
        assert not created(trial)


@pytest.mark.parametrize("variants", AT_ONCE, ids=lambda variants: variants.label())
def test_of_two_runs_at_once_one_at_least_tells_what_is_there_twice(hood: Emulator, variants: Variants) -> None:
    trial = Trial(hood, few(), variants)
    hood.faults.add(**CREATE, kind="slow", when="before", delay=0.2, times=None)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _number: Runner(hood.url, trial.entries, clock=trial.clock).run(), range(2)))
    hood.faults.clear()
    reported = [message for done in both for message in done.messages]
    for duplicates in {duplicates for duplicates in trial.duplicates() if len(duplicates) > 1}:
        assert any(all(identity in message for identity in duplicates) for message in reported)
    held = trial.account.integrations
    trial.run(doubles=2)
    assert trial.account.integrations == held


SHIFTS: dict[str, dict[str, Any]] = {
    "touched and deleted": {"touch": ["Name 9"], "delete": ["Name 1"]},
    "touched": {"touch": ["Name 8", "Name 10"]},
    "deleted": {"delete": ["Name 0", "Name 1"]},
    "deleted and created": {"delete": ["Name 1"], "create": [{"name": "A new one", "provider": "telegram"}]},
    "renamed": {"rename": {"Name 8": "Name 88"}},
}


@pytest.mark.parametrize("sort", ["honoured", "refused", "ignored"])
@pytest.mark.parametrize("order", ["id", "update_time"])
@pytest.mark.parametrize("name", SHIFTS)
@pytest.mark.parametrize("page", [1, 2, 3])
def test_pages_that_shift_while_they_are_read_make_no_double(
    hood: Emulator, name: str, order: Any, sort: Any, page: int
) -> None:
    trial = Trial(hood, [], Variants(page_cap=4, list_order=order, sort=sort))
    for number in range(12):
        one = {**entry("Mitto"), "name": f"Name {number}"}
        one["settings"] = {**one["settings"], "api_key": f"key-{number}"}
        trial.account.add(one["name"], "mitto", declared_settings(one))
        # What somebody else takes away or renames is not declared.
        if number > 1 and number != 8:
            trial.entries.append(one)
    trial.entries += few()[1:]
    hood.faults.add(
        method="GET", path="/integrations", query=f"*page={page}*", kind="meanwhile", when="after", body=SHIFTS[name]
    )
    assert not trial.three().messages


@pytest.mark.parametrize("status", [409, 400])
@pytest.mark.parametrize(
    ("there", "provider"),
    [("MITTO", "mitto"), ("mitto", "mitto"), ("MITTO", "twilio"), ("mitto", "twilio"), ("Mitto", "twilio")],
)
def test_a_conflict_names_the_integration_that_has_the_name(
    hood: Emulator, there: str, provider: str, status: Any
) -> None:
    trial = Trial(hood, [entry("Mitto")], Variants(duplicate_names="refuse_ignoring_case", duplicate_status=status))
    other = trial.account.add(there, provider, {"api_key": "of-another"} if provider == "mitto" else {})
    for _number in range(3):
        done = trial.run()
        assert len(trial.account.integrations) == 1
        assert done.messages
        assert any(other.id in message for message in done.messages) or status == 400


@pytest.mark.parametrize("method", ["*", "POST", "GET", "PATCH"])
@pytest.mark.parametrize("kind", ["close", "reset"])
def test_a_server_that_closes_connections_that_are_kept_costs_no_creation(
    hood: Emulator, kind: Any, method: str
) -> None:
    trial = trial_of_few(hood, Variants())
    hood.faults.add(method=method, kind=kind, kept=True, times=None)
    assert not trial.run().messages
    assert len(created(trial)) == 2
    trial.three()


HEADERS = [
    *({"reset_form": form} for form in ("epoch", "zero", "negative", "word")),
    *({"remaining_form": form} for form in ("negative", "huge", "word")),
    *({"retry_after_form": form} for form in ("date", "past_date", "zero", "negative", "epoch", "word")),
    {"reset_form": "epoch", "remaining_form": "negative", "retry_after_form": "zero"},
    {"retry_after": False, "headers": "none"},
]


@pytest.mark.parametrize("described", ["second", "minute"])
@pytest.mark.parametrize("forms", HEADERS, ids=str)
def test_headers_that_make_no_sense_cost_no_creation_and_no_long_wait(
    hood: Emulator, forms: dict[str, Any], described: Any
) -> None:
    trial = trial_of_few(hood, Variants())
    trial.account.limits = Limits(**{"headers": described, "per_second": 4, "per_minute": 100, **forms})
    done = trial.run()
    if forms.get("retry_after_form") == "epoch":
        # Nobody waits for 56 years: it is reported, or was not met.
        assert all("max_wait" in message for message in done.messages)
    else:
        assert not done.messages
        assert done.report is not None
        assert done.report.api["waited"] < 130
    trial.account.limits = Limits.off()
    trial.three()


@pytest.mark.parametrize("value", ["0", "-5", "Thu, 01 Jan 1970 00:00:00 GMT", "nonsense", "", "0.5"])
def test_a_limit_that_names_no_wait_is_met_with_a_growing_one(hood: Emulator, value: str) -> None:
    trial = trial_of_few(hood, Variants())
    hood.faults.add(**CREATE, kind="status", status=429, headers={"Retry-After": value}, times=6)
    done = trial.run(parallel=1)
    assert not done.messages
    assert done.report is not None
    assert done.report.api["waited"] > 8
    assert len(created(trial)) == 8
