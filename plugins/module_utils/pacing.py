# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a request may be sent: Hood's limits, its Retry-After, and the waits before a repetition.

Hood counts per account in fixed windows of a second and a minute. An answer that was not limited says how many
requests its window has left and in how many seconds it ends; a 429 says only Retry-After, where -1 means too many
at once. The only room that knows time; clock and sleep are handed in.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Callable

from ansible_collections.ocamba.hood.plugins.module_utils.errors import WaitTooLong

FIRST_BACKOFF = 0.5


class Pacer:
    """Gives turns to the requests of one run; safe to share between threads.

    :param max_wait: the longest wait before any one request, in seconds.
    :param parallel: how many requests may be under way at once.
    """

    def __init__(
        self,
        max_wait: float,
        parallel: int = 1,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._max_wait = max_wait
        self._parallel = parallel
        self._clock = clock
        self._sleep = sleep
        self._wall_clock = wall_clock
        self._state = threading.Condition()
        self._under_way = 0
        self._left: int | None = None
        self._window_ends = 0.0
        self._resume_at = 0.0
        self._last_wait_ended = 0.0
        self.waited = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until a request may be sent, and hold its place while it is under way.

        :raises WaitTooLong: where that would take longer than max_wait.
        """
        self._take_place()
        try:
            yield
        finally:
            with self._state:
                self._under_way -= 1
                self._state.notify()

    @contextmanager
    def alarm(self, seconds: float, ring: Callable[[], None]) -> Iterator[Callable[[], bool]]:
        """Call `ring` from another thread if the block takes longer; what is yielded tells whether it did."""
        rung = threading.Event()

        def late() -> None:
            rung.set()
            ring()

        timer = threading.Timer(seconds, late)
        timer.daemon = True
        timer.start()
        try:
            yield rung.is_set
        finally:
            timer.cancel()

    def note_answer(self, headers: Mapping[str, str]) -> None:
        """Steer by the headers of an answer that was not limited. To be called within the turn."""
        left, reset = _whole(headers.get("X-RateLimit-Remaining")), _whole(headers.get("X-RateLimit-Reset"))
        if left is None or reset is None or left < 0 or reset < 0:
            return
        with self._state:
            self._left = left - (self._under_way - 1)
            self._window_ends = self._clock() + reset

    def note_limit(self, headers: Mapping[str, str], attempt: int) -> None:
        """Obey a 429.

        :param attempt: how often this request was refused so far, from 0: without a usable Retry-After, waits double.
        :raises WaitTooLong: where Hood asks for a longer wait than max_wait.
        """
        asked = self._retry_after(headers)
        with self._state:
            if asked is not None and asked < 0:
                self._parallel = max(1, self._parallel // 2)
            wait = asked if asked is not None and asked >= 0 else min(_backoff(attempt), self._max_wait)
            self._resume_at = max(self._resume_at, self._clock() + wait)
        self._refuse_long(wait)

    def back_off(self, attempt: int, headers: Mapping[str, str] | None = None) -> None:
        """Wait before a repetition after a passing failure, as long as the answer asks for or doubling."""
        asked = self._retry_after(headers or {})
        self.pause(asked if asked is not None and asked >= 0 else min(_backoff(attempt), self._max_wait))

    def pause(self, seconds: float) -> None:
        """Wait.

        :raises WaitTooLong: where that is longer than max_wait.
        """
        self._refuse_long(seconds)
        started = self._clock()
        self._sleep(seconds)
        with self._state:
            self._count(started)

    def _take_place(self) -> None:
        while True:
            with self._state:
                wait = self._wait()
                if wait <= 0 and self._under_way < self._parallel:
                    self._under_way += 1
                    if self._left is not None:
                        self._left -= 1
                    return
                if wait <= 0:
                    self._state.wait()
                    continue
            self.pause(wait)

    def _wait(self) -> float:
        now = self._clock()
        if self._left is not None and now >= self._window_ends:
            self._left = None
        window = self._window_ends - now if self._left is not None and self._left <= 0 else 0.0
        return max(window, self._resume_at - now)

    def _refuse_long(self, seconds: float) -> None:
        if seconds > self._max_wait:
            raise WaitTooLong(
                f"Hood's limits ask for a wait of {seconds:.0f} s, max_wait allows {self._max_wait:.0f} s;"
                " run again later or raise max_wait"
            )

    def _count(self, started: float) -> None:
        now = self._clock()
        self.waited += max(0.0, now - max(started, self._last_wait_ended))
        self._last_wait_ended = now

    def _retry_after(self, headers: Mapping[str, str]) -> float | None:
        value = headers.get("Retry-After")
        seconds = _whole(value)
        if seconds is not None or value is None:
            return seconds
        try:
            return max(0.0, parsedate_to_datetime(value).timestamp() - self._wall_clock())
        except (TypeError, ValueError, OverflowError):
            return None


def _backoff(attempt: int) -> float:
    return float(FIRST_BACKOFF * 2**attempt)


def _whole(value: str | None) -> int | None:
    try:
        return int(value) if value is not None and len(value) < 20 else None
    except ValueError:
        return None
