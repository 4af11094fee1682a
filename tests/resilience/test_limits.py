"""Hood's limits are met and not hit: no 429 for a run that is alone on its account, and hardly a moment lost."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.api.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import Connection
from ansible_collections.ocamba.hood.plugins.module_utils.api.pacer import Pacer
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import read
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile import engine
from tests.benchmarks.contenders import declared
from tests.emulator.faults import Fault
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.support.runs import TOKEN, SkippedTime

WALL = 1_700_000_000.0


class HoodsTime(SkippedTime):
    """The same time for Hood, whose windows begin with whole seconds and minutes of it."""

    def __call__(self) -> float:
        return WALL + super().__call__()


def create(hood: Emulator, count: int, limits: Limits, parallel: int) -> engine.Report:
    """A run on an empty account, from the beginning of a minute of Hood's clock on."""
    clock = HoodsTime()
    hood.account(TOKEN, limits=limits, clock=clock)
    found = read(declared(count))
    connection = Connection(hood.url, TOKEN)
    pacer = Pacer(connection.max_wait, parallel, clock=clock, sleep=clock.sleep)
    clock.sleep(math.ceil(clock() / 60) * 60 - clock())
    asked = engine.Run(found.entries, connection, parallel_requests=parallel)
    return engine.run(asked, HoodClient(connection, pacer))


@pytest.mark.parametrize("parallel", [1, 4])
@pytest.mark.parametrize("headers", ["second", "minute"])
def test_four_hundred_creations_meet_no_429(
    hood: Emulator, headers: Literal["second", "minute"], parallel: int
) -> None:
    report = create(hood, 400, Limits(headers=headers), parallel)
    assert not report.failures
    assert len(hood.account(TOKEN).integrations) == 400
    calls = list(hood.log)
    assert not [call for call in calls if call.status == 429]
    minutes, rest = divmod(len(calls) - 1, 150)
    # Waits only, as this machine's own time is another matter; and alone, as skipping time ages what is under way.
    if parallel == 1:
        assert report.api["waited"] <= 1.05 * (60 * minutes + rest // 10)


def test_without_headers_the_first_429_teaches_the_limits(hood: Emulator) -> None:
    report = create(hood, 100, Limits(headers="none"), 4)
    assert not report.failures
    assert len(hood.account(TOKEN).integrations) == 100
    assert len([call for call in hood.log if call.status == 429]) <= 4


@pytest.mark.parametrize("allowed", [1, 2, 3])
def test_a_limit_on_parallel_requests_is_found_and_kept(hood: Emulator, allowed: int) -> None:
    limits = replace(Limits.off(), parallel=allowed, latency=0.01)
    report = create(hood, 60, limits, 8)
    assert not report.failures
    assert len(hood.account(TOKEN).integrations) == 60
    assert report.api["retries"] <= 20


def test_another_client_on_the_account_is_lived_with(hood: Emulator) -> None:
    hood.faults.add(Fault.limited("1", method="POST", times=5, nth=3))
    report = create(hood, 30, Limits(), 4)
    assert not report.failures
    assert len(hood.account(TOKEN).integrations) == 30
