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
from typing import Any, Literal, get_args

from tests.emulator.errors import Refusal

Clock = Callable[[], float]
"""Seconds since the epoch."""

Described = Literal["second", "minute", "none"]


@dataclass(frozen=True)
class Limits:
    """What an account may do; None lifts a limit.

    `parallel`: requests at the same time. `window_scale` stretches or shortens both windows.
    `headers`: the window that the X-RateLimit headers describe, or `none` for no headers.
    `retry_after`: whether a 429 says how long to wait. `latency`: seconds that every answer takes.
    Errors: `ValueError` naming the field.
    """

    per_second: int | None = 10
    per_minute: int | None = 150
    parallel: int | None = None
    window_scale: float = 1.0
    headers: Described = "second"
    retry_after: bool = True
    latency: float = 0.0

    def __post_init__(self) -> None:
        for name in ("per_second", "per_minute", "parallel"):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
                raise ValueError(f"{name}: {value!r} is neither a whole number of at least 1 nor null")
        if self.headers not in get_args(Described):
            raise ValueError(f"headers: {self.headers!r} is not one of {', '.join(get_args(Described))}")
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
                raise self._refusal(-1)
            waits = [window.left(now) for window in windows if window.full()]
            if waits:
                raise self._refusal(max(waits))
            for window in windows:
                window.used += 1
            self._in_flight += 1
            return self._headers(now)

    def leave(self) -> None:
        """Count a request that has ended."""
        with self._lock:
            self._in_flight -= 1

    def _refusal(self, wait: int) -> Refusal:
        headers = {"Retry-After": str(wait)} if self.limits.retry_after else {}
        return Refusal(429, "Too many requests.", headers)

    def _headers(self, now: float) -> dict[str, str]:
        described = {"second": self._second, "minute": self._minute}.get(self.limits.headers)
        if described is None or described.limit is None:
            return {}
        return {
            "X-RateLimit-Limit": str(described.limit),
            "X-RateLimit-Remaining": str(described.limit - described.used),
            "X-RateLimit-Reset": str(described.left(now)),
        }
