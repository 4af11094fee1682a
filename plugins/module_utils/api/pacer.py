# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a request may be sent: rate limits, Retry-After, waits before a repetition. Private to this collection.

A 429 says only Retry-After, where -1 means too many at once. The only file that knows time; clock and sleep are
handed in. Whoever waits can be woken: a run that is ended does not sleep on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Callable

from ansible_collections.ocamba.hood.plugins.module_utils.api.rate_limits import Described, Sent, Wait, Windows, whole
from ansible_collections.ocamba.hood.plugins.module_utils.errors import NotSent, WaitTooLong

FIRST_BACKOFF = 0.5

# Answers without a new -1 before one more request may be under way; as many again after each -1.
CALM = 20

# A wait of fewer seconds than this is not worth reporting.
LONG = 3.0


def keep_quiet(_text: str) -> None:
    """For runs that nobody watches."""


class Turn:
    """The place of one request under way."""

    def __init__(self, sent: Sent) -> None:
        self.sent = sent


class Pacer:
    """Gives turns to the requests of one run; safe to share between threads.

    :param max_wait: the longest wait before any one request, in seconds.
    :param parallel: how many requests may be under way at once.
    :param tell: is called with a text when a long wait begins: what for, and how many seconds.
    :param sleep: waits in place of the clock of the system, for tests.
    """

    def __init__(
        self,
        max_wait: float,
        parallel: int = 1,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        wall_clock: Callable[[], float] = time.time,
        tell: Callable[[str], None] = keep_quiet,
    ) -> None:
        self._max_wait = max_wait
        self._allowed = self._parallel = max(1, parallel)
        self._clock = clock
        self._stop = threading.Event()
        self._sleep = sleep or self._stop.wait
        self._wall_clock = wall_clock
        self._tell = tell
        self._state = threading.Condition()
        self._windows = Windows()
        self._under_way = 0
        self._refused_until: Wait | None = None
        self._calm = 0
        self._calm_needed = CALM
        self._reported_until = 0.0
        self._last_wait_ended = 0.0
        self.waited = 0.0

    def stop(self) -> None:
        """End every wait, those that are under way as well, with an error."""
        self._stop.set()
        with self._state:
            self._state.notify_all()

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """Wait until a request may be sent, and hold its place while it is under way.

        :raises WaitTooLong: where that would take longer than max_wait.
        """
        turn = self._take_place()
        try:
            yield turn
        finally:
            with self._state:
                self._under_way -= 1
                self._windows.end(self._clock())
                self._state.notify_all()

    def note_answer(self, turn: Turn, headers: Mapping[str, str]) -> None:
        """Steer by the headers of an answer that was not limited. To be called within the turn."""
        described = Described.read(headers)
        with self._state:
            if described:
                self._windows.answer(turn.sent, described, self._clock())
            self._calm += 1
            if self._parallel < self._allowed and self._calm >= self._calm_needed:
                self._parallel += 1
                self._calm = 0

    def note_limit(self, headers: Mapping[str, str], attempt: int) -> None:
        """Obey a 429.

        :param attempt: how often this request was refused so far, from 0: the least wait doubles.
        :raises WaitTooLong: where Hood asks for a longer wait than max_wait.
        """
        asked = self._retry_after(headers)
        is_parallel = asked is not None and asked < 0
        with self._state:
            if is_parallel:
                self._parallel = max(1, self._parallel // 2)
                self._calm_needed += CALM
                self._calm = 0
            else:
                self._windows.refused()
            wait = self._longer(asked, attempt)
            until = self._clock() + wait
            if self._refused_until is None or until > self._refused_until.until:
                reason = "Hood's limit on requests at the same time" if is_parallel else "Hood, which asked for it"
                self._refused_until = Wait(until, reason, until)
        self._refuse_long(wait)

    def back_off(self, attempt: int, headers: Mapping[str, str] | None = None) -> None:
        """Wait before a repetition after a passing failure, as long as the answer asks for, at least doubling."""
        seconds = self._longer(self._retry_after(headers or {}), attempt)
        self.pause(seconds, "another try after a passing failure")

    def pause(self, seconds: float, reason: str) -> None:
        """Wait.

        :param reason: what for, as in "waiting 5 s for …".
        :raises WaitTooLong: where that is longer than max_wait.
        """
        self._refuse_long(seconds)
        self._refuse_stopped()
        started = self._clock()
        self._announce(started, seconds, reason)
        self._sleep(seconds)
        with self._state:
            self._count(started)
        self._refuse_stopped()

    def _take_place(self) -> Turn:
        patience = self._clock() + self._max_wait
        while True:
            self._refuse_stopped()
            with self._state:
                now = self._clock()
                wait = self._wait(now)
                # Limits that are only documented are not waited for longer than max_wait: then Hood decides.
                if wait is None or (now >= patience and now >= wait.sure_until):
                    if self._under_way < min(self._parallel, self._windows.at_once or self._parallel):
                        self._under_way += 1
                        return Turn(self._windows.send())
                    self._state.wait()
                    continue
            self._refuse_long(wait.sure_until - now)
            self.pause(min(wait.until, max(patience, wait.sure_until)) - now, wait.reason)

    def _longer(self, asked: float | None, attempt: int) -> float:
        """Return what Retry-After asks for, if it is not less than our own wait."""
        return max(asked or 0.0, min(_backoff(attempt), self._max_wait))

    def _refuse_stopped(self) -> None:
        if self._stop.is_set():
            raise NotSent("the run was ended", is_passing=False)

    def _wait(self, now: float) -> Wait | None:
        waits = [wait for wait in (self._refused_until, self._windows.wait(now)) if wait and wait.until > now]
        return max(waits, key=lambda wait: wait.until, default=None)

    def _announce(self, now: float, seconds: float, reason: str) -> None:
        with self._state:
            is_news = round(seconds) >= LONG and now + seconds > self._reported_until + LONG
            if is_news:
                self._reported_until = now + seconds
        if is_news:
            self._tell(f"waiting {seconds:.0f} s for {reason}")

    def _refuse_long(self, seconds: float) -> None:
        if seconds > self._max_wait:
            raise WaitTooLong(
                f"Hood asks for a wait of {seconds:.0f} s, max_wait allows {self._max_wait:.0f} s;"
                " run again later or raise max_wait"
            )

    def _count(self, started: float) -> None:
        now = self._clock()
        self.waited += max(0.0, now - max(started, self._last_wait_ended))
        self._last_wait_ended = now

    def _retry_after(self, headers: Mapping[str, str]) -> float | None:
        value = headers.get("Retry-After")
        seconds = whole(value)
        if seconds is not None or value is None:
            return seconds
        try:
            return max(0.0, parsedate_to_datetime(value).timestamp() - self._wall_clock())
        except (TypeError, ValueError, OverflowError):
            return None


def countdown(seconds: float) -> Callable[[], float]:
    """Return a function that says how many of these seconds are left, by the system's clock, as sockets have it."""
    end = time.monotonic() + seconds
    return lambda: end - time.monotonic()


def _backoff(attempt: int) -> float:
    return float(FIRST_BACKOFF * 2**attempt)
