# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hood's rate limits, as far as they can be known from outside. Private to this collection.

There are two fixed windows, and the headers describe one of them.

Pure: every time is handed in, in seconds of one clock. A request counts in Hood at an unknown moment between its
being sent and its being answered. Nobody says when a window begins that no header describes: so of such a window it
is only sure that requests which are further apart than its length are not in the same one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Integrations: 10 requests a second and 150 a minute (the API's page on rate limiting).
SECOND, MINUTE = 1.0, 60.0
DOCUMENTED = {SECOND: 10, MINUTE: 150}
NAMES = {SECOND: "a second", MINUTE: "a minute"}

# X-RateLimit-Reset is in whole seconds, and nobody says whether they are rounded up.
ROUNDING = 1.0


@dataclass(frozen=True)
class Wait:
    """Why a request should not be sent before a time, and until when it surely would be refused."""

    until: float
    reason: str
    sure_until: float


@dataclass(frozen=True)
class Described:
    """The window that the headers of an answer describe: requests in all, requests left, seconds left."""

    limit: int
    left: int
    reset: int

    @classmethod
    def read(cls, headers: Mapping[str, str]) -> Described | None:
        """Return None where the headers are not there, or make no sense: such as a time where seconds belong."""
        limit, left, reset = (whole(headers.get(f"X-RateLimit-{name}")) for name in ("Limit", "Remaining", "Reset"))
        if left is None or reset is None or left < 0 or not 0 <= reset <= MINUTE:
            return None
        if limit is None or limit < 1:
            limit = max(left + 1, DOCUMENTED[MINUTE] if reset > SECOND else DOCUMENTED[SECOND])
        return cls(limit, left, reset)


@dataclass
class Sent:
    """A request under way. `answered_before`: how many had been answered when it was sent."""

    answered_before: int


class Windows:
    """Both windows of one account, from the requests of this run and the headers of their answers."""

    def __init__(self) -> None:
        self._is_limited = False
        self._second, self._minute = _Window(SECOND), _Window(MINUTE)
        self._sent = self._answered = 0

    def send(self) -> Sent:
        """Note that a request is sent now."""
        self._sent += 1
        return Sent(self._answered)

    def end(self, now: float) -> None:
        """Note that a request has ended, answered or not."""
        self._answered += 1
        for window in (self._second, self._minute):
            window.ended.append(now)
            window.forget(now)

    def refused(self) -> None:
        """Note a 429: the documented limits hold, whether or not answers have headers."""
        self._is_limited = True

    def answer(self, sent: Sent, described: Described, now: float) -> None:
        """Note what the headers of an answer say, before its request is ended."""
        self._is_limited = True
        window, other = self._distinguished(described)
        if other.is_described and other.limit == described.limit:
            other.is_described = False  # it was this one, in its last second
        window.is_described = True
        window.limit = described.limit
        if not other.is_described:
            other.limit = int(DOCUMENTED[other.length] * max(1.0, described.limit / DOCUMENTED[window.length]))
        # What was not answered when this request was sent may have been counted after it, or before.
        least, most = described.left + sent.answered_before + 1, described.left + self._sent
        window.learn(least, most, described, self._sent - self._answered, now)

    @property
    def at_once(self) -> int | None:
        """How many requests may be under way at once: more than this can't be in one window."""
        return self._second.limit if self._is_limited else None

    def wait(self, now: float) -> Wait | None:
        """What the next request has to wait for; None if it may be sent now."""
        if not self._is_limited:
            return None
        under_way = self._sent - self._answered
        waits = [wait for window in (self._second, self._minute) for wait in window.waits(now, self._sent, under_way)]
        return max(waits, key=lambda wait: wait.until, default=None)

    def _distinguished(self, described: Described) -> tuple[_Window, _Window]:
        """The window that is described, and the other. Both can end within a second: then the limit tells."""
        second, minute = self._second, self._minute
        is_minute = described.reset > SECOND or described.limit == DOCUMENTED[MINUTE]
        is_minute = is_minute or (minute.is_described and described.limit == minute.limit)
        return (minute, second) if is_minute else (second, minute)


class _Window:
    """One fixed window."""

    def __init__(self, length: float) -> None:
        self.length = length
        self.limit = DOCUMENTED[length]
        self.is_described = False
        self.ended: deque[float] = deque()
        self._credit: int | None = None
        self._left = 0
        self._ends = 0.0

    def forget(self, now: float) -> None:
        while self.ended and self.ended[0] <= now - self.length:
            self.ended.popleft()

    def learn(self, least: int, most: int, described: Described, under_way: int, now: float) -> None:
        """:param least, most: how many requests this run can have sent in all before this window is used up."""
        reset = float(described.reset) if self.length > SECOND else SECOND
        # Answers overtake each other; a larger step up than that is a new window.
        is_same = self._credit is not None and now < self._ends and described.left <= self._left + under_way
        # The most counts where another client takes its share as well.
        self._credit = min(max(least, self._credit or 0), most) if is_same else least
        self._ends = min(self._ends, now + reset) if is_same else now + reset
        self._left = described.left

    def waits(self, now: float, sent: int, under_way: int) -> Iterable[Wait]:
        if self._credit is not None and now >= self._ends + self._rounding:
            self._credit = None
        if self._credit is not None and sent >= self._credit:
            yield Wait(self._ends + self._rounding, self._reason, self._ends)
        # A minute is long against a burst, so its headers are enough; a second can end within one.
        if not self.is_described or self.length == SECOND:
            # A request under way may yet be counted, so its place is free only when it is answered.
            spare = self.limit - under_way
            if 0 < spare <= len(self.ended):
                until = self.ended[-spare] + self.length
                if until > now:
                    yield Wait(until, self._reason, now)

    @property
    def _rounding(self) -> float:
        return ROUNDING if self.length > SECOND else 0.0

    @property
    def _reason(self) -> str:
        return f"Hood's limit of {self.limit} requests {NAMES[self.length]}"


def whole(value: str | None) -> int | None:
    """A whole number of a header; None for anything else."""
    try:
        return int(value) if value is not None and len(value) < 20 else None
    except ValueError:
        return None
