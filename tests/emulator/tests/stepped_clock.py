"""Time for tests."""

from __future__ import annotations


class SteppedClock:
    """A clock that stands still until it is moved; seconds since the epoch."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now
