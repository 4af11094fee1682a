"""Everything that one running emulator holds."""

from __future__ import annotations

import threading
from typing import Protocol

from tests.emulator.accounts import Account
from tests.emulator.faults import Faults
from tests.emulator.limits import Clock, Limits
from tests.emulator.log import Log
from tests.emulator.variants import Variants
from tests.emulator.waits import Behind, Waits


class Door(Protocol):
    """The listening socket. Its methods belong to the thread of the event loop."""

    def shut(self, seconds: float = 0.0) -> None:
        """Refuse new connections and close idle ones, for `seconds` (0: until opened)."""


class World:
    """Accounts by token, faults, log and waits; the defaults for accounts to come."""

    def __init__(self, clock: Clock, variants: Variants, limits: Limits) -> None:
        self.clock = clock
        self.variants = variants
        self.limits = limits
        self.faults = Faults()
        self.log = Log(clock)
        self.waits = Waits()
        self.behind = Behind()
        self.door: Door | None = None
        self._initial_variants = variants
        self._lock = threading.Lock()
        self._accounts: dict[str, Account] = {}

    @property
    def accounts(self) -> tuple[Account, ...]:
        """All accounts, oldest first."""
        with self._lock:
            return tuple(self._accounts.values())

    def find(self, token: str | None) -> Account | None:
        """The account of a token."""
        with self._lock:
            return None if token is None else self._accounts.get(token)

    def put(self, account: Account) -> None:
        """Add an account, or replace the one of its token."""
        with self._lock:
            self._accounts[account.token] = account

    def forget(self) -> None:
        """Drop all accounts, faults and log entries, and end all waits; thread of the loop."""
        with self._lock:
            self._accounts.clear()
        self.variants = self._initial_variants
        self.faults.clear()
        self.log.clear()
        self.waits.release()
