"""No request is sent into a window that is used up, and no window is left half used: against a simulated server."""

from __future__ import annotations

import heapq
import math
import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ocamba.hood.plugins.module_utils.api.rate_limits import (
    MINUTE,
    SECOND,
    Described,
    Sent,
    Windows,
)
from tests.support.strategies import fast


@dataclass
class Server:
    """Two fixed windows with phases of their own, one of them described by headers, or none."""

    described: str
    phases: tuple[float, float] = (0.0, 0.0)
    rounds_up: bool = True
    limits: tuple[int, int] = (10, 150)
    used: dict[tuple[float, int], int] = field(default_factory=dict)
    refusals: int = 0

    def count(self, now: float) -> Described | None:
        """Count a request; what the headers of its answer say."""
        found: dict[str, Described] = {}
        windows = zip(("second", "minute"), (SECOND, MINUTE), self.phases, self.limits)
        for name, length, phase, limit in windows:
            number = math.floor((now - phase) / length)
            used = self.used[length, number] = self.used.get((length, number), 0) + 1
            self.refusals += used > limit
            left = (number + 1) * length + phase - now
            found[name] = Described(limit, max(0, limit - used), math.ceil(left) if self.rounds_up else int(left))
        return found.get(self.described)


@dataclass
class Client:
    """Sends as soon as it may, with so many requests at once; time passes only here."""

    server: Server
    parallel: int
    latency: float
    chance: random.Random
    windows: Windows = field(default_factory=Windows)
    now: float = 0.0
    under_way: list[tuple[float, int, Sent]] = field(default_factory=list)
    uncounted: list[tuple[float, int]] = field(default_factory=list)
    said: dict[int, Described | None] = field(default_factory=dict)

    def run(self, count: int) -> float:
        """Seconds until the last of `count` requests is answered. The first is alone, as a reading is."""
        self._send(0)
        self._answer()
        for number in range(1, count):
            while (wait := self.windows.wait(self.now)) or len(self.under_way) >= self._places:
                if wait and not (self.under_way and self.under_way[0][0] < wait.until):
                    self.now = wait.until
                else:
                    self._answer()
            self._send(number)
        while self.under_way:
            self._answer()
        return self.now

    @property
    def _places(self) -> int:
        return min(self.parallel, self.windows.at_once or self.parallel)

    def _send(self, number: int) -> None:
        takes = self.latency * self.chance.uniform(0.5, 1.5)
        counted = self.now + takes * self.chance.random()
        sent = self.windows.send()
        heapq.heappush(self.under_way, (self.now + takes, number, sent))
        heapq.heappush(self.uncounted, (counted, number))

    def _answer(self) -> None:
        self.now, number, sent = heapq.heappop(self.under_way)
        while self.uncounted and self.uncounted[0][0] <= self.now:
            counted, one = heapq.heappop(self.uncounted)
            self.said[one] = self.server.count(counted)
        described = self.said.pop(number)
        if described:
            self.windows.answer(sent, described, self.now)
        self.windows.end(self.now)


def best(count: int) -> float:
    """The least time for so many requests if both windows begin with the first."""
    minutes, rest = divmod(count - 1, 150)
    return minutes * MINUTE + rest // 10 * SECOND


@fast
@given(
    described=st.sampled_from(["second", "minute"]),
    phases=st.tuples(st.floats(0, 1), st.floats(0, 60)),
    rounds_up=st.booleans(),
    parallel=st.integers(1, 12),
    latency=st.sampled_from([0.001, 0.02, 0.15, 0.4, 1.3]),
    count=st.integers(1, 420),
    seed=st.integers(0, 2**16),
)
def test_a_client_that_is_alone_is_never_refused(
    *,
    described: str,
    phases: tuple[float, float],
    rounds_up: bool,
    parallel: int,
    latency: float,
    count: int,
    seed: int,
) -> None:
    server = Server(described, phases, rounds_up)
    Client(server, parallel, latency, random.Random(seed)).run(count)
    assert server.refusals == 0


@pytest.mark.parametrize("described", ["second", "minute"])
@pytest.mark.parametrize("parallel", [1, 4])
def test_the_windows_are_used_up(described: str, parallel: int) -> None:
    server = Server(described)
    took = Client(server, parallel, 0.005, random.Random(1)).run(407)
    assert took <= 1.05 * best(407)
    assert server.refusals == 0


def test_a_minute_that_was_begun_by_somebody_else_is_used_as_well() -> None:
    server = Server("minute", phases=(0.0, 20.0))
    assert Client(server, 4, 0.005, random.Random(1)).run(407) <= 1.05 * (80 + 10.7)


@pytest.mark.parametrize("described", ["second", "minute"])
def test_a_slow_answer_costs_little(described: str) -> None:
    server = Server(described)
    assert Client(server, 4, 0.15, random.Random(1)).run(104) <= 1.2 * 10.4


def test_without_headers_nothing_waits() -> None:
    server = Server("none")
    assert Client(server, 1, 0.001, random.Random(1)).run(300) < 1


def test_other_limits_than_the_documented_are_believed() -> None:
    server = Server("second", limits=(100, 1500))
    assert Client(server, 4, 0.001, random.Random(1)).run(960) <= 1.05 * 9 + 0.6
    assert server.refusals == 0


def test_another_client_is_left_package() -> None:
    windows = Windows()
    sent = windows.send()
    windows.answer(sent, Described(10, 9, 1), 0.0)
    windows.end(0.0)
    sent = windows.send()
    windows.answer(sent, Described(10, 1, 1), 0.1)
    windows.end(0.1)
    windows.send()
    windows.end(0.2)
    wait = windows.wait(0.2)
    assert wait
    assert wait.until == pytest.approx(1.0)


def test_a_minute_in_its_last_second_is_not_taken_for_a_second() -> None:
    windows = Windows()
    for now, described in ((0.0, Described(600, 3, 1)), (1.5, Described(600, 599, 60))):
        sent = windows.send()
        windows.answer(sent, described, now)
        windows.end(now)
    assert windows.at_once == 40
