"""The engine in this process against a real emulated Hood, with waits that take no time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.support.runs import TOKEN


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator(limits=Limits.off()) as running:
        yield running


@pytest.fixture
def hood(emulator: Emulator) -> Emulator:
    emulator.reset()
    emulator.account(TOKEN, limits=Limits.off())
    return emulator
