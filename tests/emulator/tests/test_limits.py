"""Rate limits: windows, headers, and the parallel limit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.emulator import TOKEN, Emulator, Limits
from tests.emulator.errors import Refusal
from tests.emulator.limits import Meter
from tests.emulator.tests.client import Client, wait_until
from tests.emulator.tests.stepped_clock import SteppedClock

HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


@pytest.fixture
def limited(emulator: Emulator, clock: SteppedClock) -> Client:
    """A client of an account with the documented limits, under a clock that stands still."""
    emulator.account(TOKEN, limits=Limits(), clock=clock)
    return Client(emulator.url)


def test_an_answer_that_is_not_limited_carries_the_three_headers(limited: Client) -> None:
    headers = limited.get().headers
    assert [headers[name] for name in HEADERS] == ["10", "9", "1"]
    assert "Retry-After" not in headers


def test_errors_carry_the_headers_too_but_a_401_has_no_account_for_them(limited: Client) -> None:
    assert limited.get("/integrations/none").headers["X-RateLimit-Remaining"] == "9"
    assert "X-RateLimit-Limit" not in Client(limited.url, "unknown").get().headers


def test_the_eleventh_request_of_a_second_is_a_429_without_the_three_headers(limited: Client) -> None:
    assert [limited.get().status_code for _unused in range(11)] == [200] * 10 + [429]
    headers = limited.get().headers
    assert headers["Retry-After"] == "1"
    assert not any(name in headers for name in HEADERS)


def test_the_next_second_is_a_new_window(limited: Client, clock: SteppedClock) -> None:
    for _unused in range(11):
        limited.get()
    clock.now += 1
    assert limited.get().headers["X-RateLimit-Remaining"] == "9"


def test_the_151st_request_of_a_minute_waits_for_the_next_minute(limited: Client, clock: SteppedClock) -> None:
    for _unused in range(15):
        assert {limited.get().status_code for _unused in range(10)} == {200}
        clock.now += 1
    answer = limited.get()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "45")
    clock.now += 45
    assert limited.get().status_code == 200


def test_reset_is_whole_seconds_left_and_not_an_epoch(emulator: Emulator, clock: SteppedClock) -> None:
    emulator.account(TOKEN, limits=Limits(headers="minute"), clock=clock)
    clock.now += 12.5
    headers = Client(emulator.url).get().headers
    assert [headers[name] for name in HEADERS] == ["150", "149", "48"]


def test_headers_can_be_missing_altogether(emulator: Emulator) -> None:
    emulator.account(TOKEN, limits=Limits(headers="none"))
    headers = Client(emulator.url).get().headers
    assert not any(name in headers for name in HEADERS)


def test_a_429_may_lack_retry_after(emulator: Emulator, clock: SteppedClock) -> None:
    emulator.account(TOKEN, limits=Limits(per_second=1, retry_after=False), clock=clock)
    api = Client(emulator.url)
    api.get()
    answer = api.get()
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, False)


def test_limits_are_per_account(limited: Client, emulator: Emulator, clock: SteppedClock) -> None:
    emulator.account("other", limits=Limits(), clock=clock)
    for _unused in range(11):
        limited.get()
    assert Client(emulator.url, "other").get().status_code == 200


def test_a_limited_create_stores_nothing(limited: Client, emulator: Emulator) -> None:
    for _unused in range(10):
        limited.get()
    assert limited.create().status_code == 429
    assert emulator.account(TOKEN).integrations == ()


def test_the_parallel_limit_answers_retry_after_minus_1(emulator: Emulator) -> None:
    endless = Limits(per_second=None, per_minute=None, parallel=2, latency=3600, headers="none")
    emulator.account(TOKEN, limits=endless)
    with ThreadPoolExecutor(2) as pool:
        pending = [pool.submit(Client(emulator.url).get) for _unused in range(2)]
        wait_until(lambda: len(emulator.log) == 2)
        answer = Client(emulator.url).get()
        emulator.reset()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "-1")
    assert all(isinstance(one.exception(), requests.ConnectionError) for one in pending)


def test_a_request_that_has_ended_makes_package_for_another(clock: SteppedClock) -> None:
    meter = Meter(Limits(parallel=1), clock)
    meter.enter()
    with pytest.raises(Refusal) as caught:
        meter.enter()
    assert (caught.value.status, caught.value.headers) == (429, {"Retry-After": "-1"})
    meter.leave()
    assert meter.enter()["X-RateLimit-Remaining"] == "8"


def test_windows_can_be_shortened(emulator: Emulator, clock: SteppedClock) -> None:
    emulator.account(TOKEN, limits=Limits(per_second=1, window_scale=0.1), clock=clock)
    api = Client(emulator.url)
    assert [api.get().status_code for _unused in range(2)] == [200, 429]
    clock.now += 0.11
    assert api.get().status_code == 200


def test_off_means_neither_limits_nor_headers(emulator: Emulator) -> None:
    emulator.account(TOKEN, limits=Limits.off())
    api = Client(emulator.url)
    assert {api.get().status_code for _unused in range(20)} == {200}
    assert not any(name in api.get().headers for name in HEADERS)


@pytest.mark.parametrize(
    "value",
    ["on", None, {"per_hour": 1}, {"per_second": 0}, {"headers": "day"}, {"window_scale": 0}, {"latency": -1}],
    ids=str,
)
def test_limits_that_are_none_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"limits|per_|headers|window_scale"):
        Limits.parse(value)


def test_limits_come_from_json() -> None:
    assert Limits.parse("off") == Limits.off()
    assert Limits.parse("documented") == Limits()
    assert Limits.parse(Limits(parallel=3).to_dict()) == Limits(parallel=3)


@pytest.mark.parametrize(
    ("form", "reset"), [("left", "1"), ("epoch", "1800000001"), ("zero", "0"), ("negative", "-1"), ("word", "soon")]
)
def test_the_reset_is_reported_in_every_form(emulator: Emulator, clock: SteppedClock, form: Any, reset: str) -> None:
    emulator.account(TOKEN, limits=Limits(reset_form=form), clock=clock)
    assert Client(emulator.url).get().headers["X-RateLimit-Reset"] == reset


@pytest.mark.parametrize(
    ("form", "remaining"), [("number", "9"), ("negative", "-1"), ("huge", "1000000000"), ("word", "plenty")]
)
def test_the_remaining_is_reported_in_every_form(
    emulator: Emulator, clock: SteppedClock, form: Any, remaining: str
) -> None:
    emulator.account(TOKEN, limits=Limits(remaining_form=form), clock=clock)
    assert Client(emulator.url).get().headers["X-RateLimit-Remaining"] == remaining


@pytest.mark.parametrize(
    ("form", "wait"),
    [
        ("seconds", "1"),
        ("date", "Fri, 15 Jan 2027 08:00:01 GMT"),
        ("past_date", "Thu, 14 Jan 2027 08:00:00 GMT"),
        ("zero", "0"),
        ("negative", "-30"),
        ("epoch", "1800000001"),
        ("word", "soon"),
    ],
)
def test_the_wait_is_reported_in_every_form(emulator: Emulator, clock: SteppedClock, form: Any, wait: str) -> None:
    emulator.account(TOKEN, limits=Limits(per_second=1, retry_after_form=form), clock=clock)
    api = Client(emulator.url)
    answers = [api.get() for _unused in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].headers["Retry-After"] == wait
