"""Limits are met, not hit: every wait is as long as the API asks for, on a clock that the tests hold."""

from __future__ import annotations

import threading
from collections.abc import Callable
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ocamba.hood.plugins.module_utils.api.pacer import CALM, FIRST_BACKOFF, LONG, Pacer
from ansible_collections.ocamba.hood.plugins.module_utils.api.rate_limits import ROUNDING
from ansible_collections.ocamba.hood.plugins.module_utils.errors import WaitTooLong
from tests.support.strategies import fast

WALL = 1_700_000_000.0


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self.meanwhile: Callable[[], None] | None = None

    def sleep(self, seconds: float) -> None:
        meanwhile, self.meanwhile = self.meanwhile, None
        end = self.now + seconds
        if meanwhile:
            meanwhile()
        self.slept.append(seconds)
        self.now = max(self.now, end)


def _pacer(clock: Clock, max_wait: float = 120, parallel: int = 1) -> Pacer:
    return Pacer(
        max_wait,
        parallel,
        clock=lambda: clock.now,
        sleep=clock.sleep,
        wall_clock=lambda: WALL + clock.now - 1000.0,
    )


def _window(left: object, reset: object) -> dict[str, str]:
    return {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": str(left), "X-RateLimit-Reset": str(reset)}


def _request(pacer: Pacer, headers: dict[str, str] | None = None) -> None:
    with pacer.turn() as turn:
        pacer.note_answer(turn, headers or {})


def test_without_headers_nothing_waits() -> None:
    pacer = _pacer(clock := Clock())
    for _unused in range(50):
        _request(pacer)
    assert clock.slept == []
    assert pacer.waited == 0


def test_requests_go_on_while_the_window_has_some_left() -> None:
    pacer = _pacer(clock := Clock())
    for left in (3, 2, 1):
        _request(pacer, _window(left, 30))
    assert clock.slept == []


def test_a_window_that_is_used_up_is_waited_out() -> None:
    pacer = _pacer(clock := Clock())
    _request(pacer, _window(0, 30))
    _request(pacer)
    assert clock.slept == [30 + ROUNDING]
    assert pacer.waited == 30 + ROUNDING


def test_after_the_end_of_the_window_its_count_is_forgotten() -> None:
    pacer = _pacer(clock := Clock())
    _request(pacer, _window(0, 30))
    clock.now += 30 + ROUNDING
    _request(pacer)
    _request(pacer)
    assert clock.slept == []


def test_what_was_sent_since_the_last_answer_counts() -> None:
    pacer = _pacer(clock := Clock(), parallel=3)
    _request(pacer, _window(2, 30))
    with pacer.turn(), pacer.turn():
        assert clock.slept == []
        with pacer.turn():
            assert clock.slept == [30 + ROUNDING]


def test_what_is_still_under_way_is_taken_off_an_answers_count() -> None:
    pacer = _pacer(clock := Clock(), parallel=3)
    with pacer.turn():
        with pacer.turn() as turn:
            pacer.note_answer(turn, _window(1, 30))
        with pacer.turn():
            assert clock.slept == [30 + ROUNDING]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-RateLimit-Remaining": "0"},
        {"X-RateLimit-Reset": "30"},
        _window("", ""),
        _window("none", "30"),
        _window("0", "soon"),
        _window("-5", "30"),
        _window("0", "-30"),
        _window("0", "9" * 40),
        _window("0", "1.5"),
        _window("0", "61"),
        _window("0", "1764000000"),
        _window("0", "1764000000000"),
    ],
)
def test_headers_that_say_nothing_steer_nothing(headers: dict[str, str]) -> None:
    pacer = _pacer(clock := Clock())
    _request(pacer, headers)
    _request(pacer)
    assert clock.slept == []


def test_a_window_longer_than_max_wait_is_refused() -> None:
    pacer = _pacer(clock := Clock(), max_wait=20)
    _request(pacer, _window(0, 21))
    with pytest.raises(WaitTooLong, match="max_wait"):
        _request(pacer)
    assert clock.slept == []


def test_a_wait_of_just_max_wait_is_waited() -> None:
    pacer = _pacer(clock := Clock(), max_wait=20)
    _request(pacer, _window(0, 20))
    _request(pacer)
    assert clock.slept == [20]


def test_retry_after_is_obeyed() -> None:
    pacer = _pacer(clock := Clock())
    pacer.note_limit({"Retry-After": "7"}, 0)
    _request(pacer)
    assert clock.slept == [7]


@pytest.mark.parametrize("value", ["0", "1", "-0", "Mon, 01 Jan 2001 00:00:00 GMT"])
def test_retry_after_never_shortens_our_own_waits(value: str) -> None:
    pacer = _pacer(clock := Clock())
    for attempt in range(4):
        pacer.note_limit({"Retry-After": value}, attempt)
        _request(pacer)
        pacer.back_off(attempt, {"Retry-After": value})
    least = max(float(value), 0.0) if value[-1].isdigit() else 0.0
    expected = [max(least, FIRST_BACKOFF * 2**attempt) for attempt in range(4)]
    assert clock.slept == [wait for wait in expected for _twice in range(2)]


def test_the_later_of_two_ends_counts() -> None:
    pacer = _pacer(clock := Clock())
    pacer.note_limit({"Retry-After": "7"}, 0)
    pacer.note_limit({"Retry-After": "2"}, 0)
    _request(pacer)
    assert clock.slept == [7]


def test_a_limit_asks_no_second_wait_once_it_is_over() -> None:
    pacer = _pacer(clock := Clock())
    pacer.note_limit({"Retry-After": "7"}, 0)
    _request(pacer)
    _request(pacer)
    assert clock.slept == [7]


@pytest.mark.parametrize(("ahead", "waits"), [(9, [9.0]), (0, [FIRST_BACKOFF]), (-3600, [FIRST_BACKOFF])])
def test_retry_after_may_be_a_date(ahead: int, waits: list[float]) -> None:
    pacer = _pacer(clock := Clock())
    pacer.note_limit({"Retry-After": formatdate(WALL + ahead, usegmt=True)}, 0)
    _request(pacer)
    assert clock.slept == waits


@pytest.mark.parametrize("headers", [{}, {"Retry-After": ""}, {"Retry-After": "soon"}, {"Retry-After": "1.5"}])
def test_without_a_usable_retry_after_the_waits_double(headers: dict[str, str]) -> None:
    pacer = _pacer(clock := Clock())
    for attempt in range(4):
        pacer.note_limit(headers, attempt)
        _request(pacer)
    assert clock.slept == [FIRST_BACKOFF, 2 * FIRST_BACKOFF, 4 * FIRST_BACKOFF, 8 * FIRST_BACKOFF]


@pytest.mark.parametrize("value", ["121", "86400", "9999999999"])
def test_a_hostile_retry_after_ends_in_a_clear_error(value: str) -> None:
    pacer = _pacer(clock := Clock())
    with pytest.raises(WaitTooLong, match="max_wait allows 120 s"):
        pacer.note_limit({"Retry-After": value}, 0)
    assert clock.slept == []


def test_a_date_far_ahead_ends_in_a_clear_error() -> None:
    with pytest.raises(WaitTooLong):
        _pacer(Clock()).note_limit({"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, 0)


def test_minus_one_halves_the_parallel_requests_and_waits_a_little() -> None:
    pacer = _pacer(clock := Clock(), parallel=4)
    pacer.note_limit({"Retry-After": "-1"}, 0)
    assert _is_full_at(pacer, 2)
    assert clock.slept[0] == FIRST_BACKOFF


def test_minus_one_leaves_one_request_at_a_time() -> None:
    pacer = _pacer(Clock(), parallel=4)
    for _unused in range(5):
        pacer.note_limit({"Retry-After": "-1"}, 0)
    assert _is_full_at(pacer, 1)


@pytest.mark.parametrize("parallel", [1, 2, 4])
def test_no_more_requests_than_allowed_are_under_way(parallel: int) -> None:
    assert _is_full_at(_pacer(Clock(), parallel=parallel), parallel)


def test_a_request_that_fails_gives_its_place_back() -> None:
    pacer = _pacer(Clock())
    with pytest.raises(KeyError), pacer.turn():
        raise KeyError
    assert _is_full_at(pacer, 1)


def _is_full_at(pacer: Pacer, count: int) -> bool:
    """Whether just that many turns can be held at once, and the others come to theirs afterwards."""
    entered, leave = threading.Semaphore(0), threading.Event()

    def work() -> None:
        with pacer.turn():
            entered.release()
            leave.wait(10)

    threads = [threading.Thread(target=work, daemon=True) for _unused in range(count + 3)]
    for thread in threads:
        thread.start()
    fits = all(entered.acquire(timeout=10) for _unused in range(count))
    overfull = entered.acquire(timeout=0.05)
    leave.set()
    rest = sum(entered.acquire(timeout=10) for _unused in range(3))
    return fits and not overfull and rest == 3


def test_a_pause_of_a_repetition_doubles() -> None:
    pacer = _pacer(clock := Clock())
    for attempt in range(3):
        pacer.back_off(attempt)
    assert clock.slept == [FIRST_BACKOFF, 2 * FIRST_BACKOFF, 4 * FIRST_BACKOFF]


@pytest.mark.parametrize(
    ("value", "waits"), [("3", 3.0), ("0", FIRST_BACKOFF), ("-1", FIRST_BACKOFF), ("soon", FIRST_BACKOFF)]
)
def test_a_pause_of_a_repetition_obeys_the_answer(value: str, waits: float) -> None:
    pacer = _pacer(clock := Clock())
    pacer.back_off(0, {"Retry-After": value})
    assert sum(clock.slept) == waits


def test_a_pause_longer_than_max_wait_is_refused() -> None:
    pacer = _pacer(clock := Clock(), max_wait=1)
    with pytest.raises(WaitTooLong):
        pacer.back_off(0, {"Retry-After": "2"})
    assert clock.slept == []


def test_waits_are_summed() -> None:
    pacer = _pacer(Clock())
    pacer.pause(2, "a test")
    pacer.note_limit({"Retry-After": "5"}, 0)
    _request(pacer, _window(0, 30))
    _request(pacer)
    assert pacer.waited == 37 + ROUNDING


@pytest.mark.parametrize(("first", "second", "waited"), [(5, 3, 5), (3, 5, 5), (4, 4, 4)])
def test_waits_at_the_same_time_count_once(first: float, second: float, waited: float) -> None:
    pacer = _pacer(clock := Clock())
    clock.meanwhile = lambda: pacer.pause(second, "a test")
    pacer.pause(first, "a test")
    assert pacer.waited == waited


def test_after_minus_one_the_parallel_requests_come_back_slowly() -> None:
    pacer = _pacer(Clock(), parallel=4)
    pacer.note_limit({"Retry-After": "-1"}, 0)
    for _unused in range(2 * CALM - 1):
        _request(pacer)
    assert _is_full_at(pacer, 2)
    _request(pacer)
    assert _is_full_at(pacer, 3)
    for _unused in range(10 * CALM):
        _request(pacer)
    assert _is_full_at(pacer, 4)


def test_each_minus_one_makes_it_slower() -> None:
    pacer = _pacer(Clock(), parallel=2)
    for _unused in range(3):
        pacer.note_limit({"Retry-After": "-1"}, 0)
    for _unused in range(4 * CALM - 1):
        _request(pacer)
    assert _is_full_at(pacer, 1)


def test_long_waits_are_reported_once_with_what_for() -> None:
    reported: list[str] = []
    clock = Clock()
    pacer = Pacer(120, 2, clock=lambda: clock.now, sleep=clock.sleep, tell=reported.append)
    pacer.pause(LONG - 1, "nothing worth reporting")
    _request(pacer, {**_window(0, 42), "X-RateLimit-Limit": "150"})
    clock.meanwhile = lambda: _request(pacer)
    _request(pacer)
    assert reported == ["waiting 43 s for Hood's limit of 150 requests a minute"]


def test_a_limit_that_is_only_documented_is_not_waited_for_longer_than_max_wait() -> None:
    pacer = _pacer(clock := Clock(), max_wait=20)
    for left in range(149, -1, -1):
        clock.now += 0.1
        _request(pacer, {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": str(left % 10), "X-RateLimit-Reset": "1"})
    before = len(clock.slept)
    _request(pacer)
    assert sum(clock.slept[before:]) == pytest.approx(20)


@fast
@given(st.dictionaries(st.sampled_from(["Retry-After", "X-RateLimit-Remaining", "X-RateLimit-Reset"]), st.text()))
def test_no_header_can_break_a_run_or_wait_too_long(headers: dict[str, str]) -> None:
    pacer = _pacer(clock := Clock())
    try:
        pacer.note_limit(headers, 0)
        _request(pacer, headers)
        _request(pacer)
    except WaitTooLong:
        pass
    assert all(seconds <= 120 for seconds in clock.slept)
