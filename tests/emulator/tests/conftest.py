"""One emulator for all tests, wiped between them, and a small client for its one account."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.emulator import TOKEN, Account, Emulator, Limits
from tests.emulator.tests.client import Client
from tests.emulator.tests.stepped_clock import SteppedClock


@pytest.fixture(scope="session")
def running() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def emulator(running: Emulator) -> Iterator[Emulator]:
    """The emulator with nothing left of earlier tests."""
    running.reset()
    yield running
    running.reset()


@pytest.fixture
def account(emulator: Emulator) -> Account:
    """The account of the usual token, without limits."""
    return emulator.account(TOKEN, limits=Limits.off())


@pytest.fixture
def api(emulator: Emulator, account: Account) -> Iterator[Client]:
    """A client of that account."""
    assert account.token == TOKEN
    with Client(emulator.url) as client:
        yield client


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()
