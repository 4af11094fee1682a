"""Rate limits: fixed windows of a second and a minute, per account, with their headers.

Documented: the windows, 10 requests a second and 150 a minute, the three X-RateLimit headers on
answers that were not limited, and Retry-After (`-1` for the parallel limit) on most that were.
Assumed: that a refused request does not count, and that one pair of windows serves all calls.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from email.utils import formatdate
from typing import Any, Literal, get_args

from tests.emulator.errors import Refusal

Clock = Callable[[], float]
"""Seconds since the epoch."""

Described = Literal["second", "minute", "none"]
Reset = Literal["left", "epoch", "zero", "negative", "word"]
Remaining = Literal["number", "negative", "huge", "word"]
RetryAfter = Literal["seconds", "date", "past_date", "zero", "negative", "epoch", "word"]


FORMS = {
    "headers": Described,
    "reset_form": Reset,
    "remaining_form": Remaining,
    "retry_after_form": RetryAfter,
}


@dataclass(frozen=True)
class Limits:
    """What an account may do; None lifts a limit.

    `parallel`: requests at the same time. `window_scale` stretches or shortens both windows.
    `headers`: the window that the X-RateLimit headers describe, or `none` for no headers.
    `retry_after`: whether a 429 says how long to wait. `latency`: seconds that every answer takes.

    How the headers say it: `reset_form`, seconds left, an epoch, 0, -1 or a word; `remaining_form`, a
    number, -1, a number above the limit, or a word; `retry_after_form`, seconds, an HTTP date, one that
    is past, 0, a number below -1, an epoch, or a word. The first of each is documented.
    Errors: `ValueError` naming the field.
    """

    per_second: int | None = 10
    per_minute: int | None = 150
    parallel: int | None = None
    window_scale: float = 1.0
    headers: Described = "second"
    retry_after: bool = True
    latency: float = 0.0
    reset_form: Reset = "left"
    remaining_form: Remaining = "number"
    retry_after_form: RetryAfter = "seconds"

    def __post_init__(self) -> None:
        for name in ("per_second", "per_minute", "parallel"):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
                raise ValueError(f"{name}: {value!r} is neither a whole number of at least 1 nor null")
        for name, kind in FORMS.items():
            if getattr(self, name) not in get_args(kind):
                raise ValueError(f"{name}: {getattr(self, name)!r} is not one of {', '.join(get_args(kind))}")
        if not self.window_scale > 0 or self.latency < 0:
            raise ValueError("window_scale must be above 0 and latency not below it")

    @classmethod
    def off(cls) -> Limits:
        """No limits and no headers."""
        return cls(per_second=None, per_minute=None, headers="none")

    @classmethod
    def parse(cls, value: object) -> Limits:
        """Limits from JSON: `"off"`, `"documented"`, or an object of the fields."""
        if value == "off":
            return cls.off()
        if value == "documented":
            return cls()
        if not isinstance(value, Mapping):
            raise ValueError('limits: write "off", "documented" or an object')
        unknown = set(value) - {one.name for one in fields(cls)}
        if unknown:
            raise ValueError(f"limits: unknown {', '.join(sorted(map(str, unknown)))}")
        return cls(**value)

    def to_dict(self) -> dict[str, Any]:
        """All fields as JSON values."""
        return asdict(self)


class _Window:
    """One fixed window: `length` seconds, `limit` requests."""

    def __init__(self, length: float, limit: int | None) -> None:
        self.length = length
        self.limit = limit
        self.index = -1
        self.used = 0

    def turn(self, now: float) -> None:
        """Begin anew where the window of `now` is another one."""
        index = math.floor(now / self.length)
        if index != self.index:
            self.index, self.used = index, 0

    def full(self) -> bool:
        return self.limit is not None and self.used >= self.limit

    def left(self, now: float) -> int:
        """Whole seconds until the next window, at least 1."""
        return max(1, math.ceil((self.index + 1) * self.length - now))


class Meter:
    """Counts the requests of one account. Safe under concurrent use."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self.limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._in_flight = 0
        self._second = _Window(limits.window_scale, limits.per_second)
        self._minute = _Window(60 * limits.window_scale, limits.per_minute)

    def enter(self) -> dict[str, str]:
        """Count a request that begins; the headers for its answer. Errors: `Refusal` with 429."""
        with self._lock:
            now = self._clock()
            windows = (self._second, self._minute)
            for window in windows:
                window.turn(now)
            if self.limits.parallel is not None and self._in_flight >= self.limits.parallel:
                raise self._refusal("-1")
            waits = [window.left(now) for window in windows if window.full()]
            if waits:
                raise self._refusal(_retry_after(self.limits.retry_after_form, max(waits), now))
            for window in windows:
                window.used += 1
            self._in_flight += 1
            return self._headers(now)

    def leave(self) -> None:
        """Count a request that has ended."""
        with self._lock:
            self._in_flight -= 1

    def _refusal(self, wait: str) -> Refusal:
        headers = {"Retry-After": wait} if self.limits.retry_after else {}
        return Refusal(429, "Too many requests.", headers)

    def _headers(self, now: float) -> dict[str, str]:
        described = {"second": self._second, "minute": self._minute}.get(self.limits.headers)
        if described is None or described.limit is None:
            return {}
        limit, left = described.limit, described.left(now)
        remaining = {"number": limit - described.used, "negative": -1, "huge": 10**9, "word": "plenty"}
        reset = {"left": left, "epoch": math.floor(now) + left, "zero": 0, "negative": -1, "word": "soon"}
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(remaining[self.limits.remaining_form]),
            "X-RateLimit-Reset": str(reset[self.limits.reset_form]),
        }


def _retry_after(form: RetryAfter, wait: int, now: float) -> str:
    """A wait of whole seconds in that form."""
    texts = {
        "seconds": str(wait),
        "date": formatdate(math.ceil(now) + wait, usegmt=True),
        "past_date": formatdate(now - 86_400, usegmt=True),
        "zero": "0",
        "negative": "-30",
        "epoch": str(math.floor(now) + wait),
        "word": "soon",
    }
    return texts[form]
