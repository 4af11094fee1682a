"""Runs of the engine, and what an account must hold afterwards."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.api.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import Connection
from ansible_collections.ocamba.hood.plugins.module_utils.api.pacer import Pacer
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import read
from ansible_collections.ocamba.hood.plugins.module_utils.errors import HoodError
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile import engine
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Policy
from tests.emulator.accounts import Account
from tests.support.entries import seven

TOKEN = "token-of-the-resilient-account"
SECRETS = ("auth_token", "api_key", "password")


class SkippedTime:
    """A clock that sleeping puts forward, so that a wait of a minute takes none."""

    def __init__(self) -> None:
        self._skipped = 0.0
        self._state = threading.Lock()

    def __call__(self) -> float:
        return time.monotonic() + self._skipped

    def sleep(self, seconds: float) -> None:
        """Two who sleep at the same time sleep it once."""
        until = self() + seconds
        with self._state:
            self._skipped += max(0.0, until - self())


@dataclass
class Done:
    """What came of a run: a report, or the text of the error that ended it."""

    report: engine.Report | None = None
    error: str | None = None

    @property
    def messages(self) -> list[str]:
        if self.error is not None:
            return [self.error]
        return self.report.failures if self.report else []

    @property
    def changed(self) -> bool:
        return bool(self.report and self.report.changed)


@dataclass
class Runner:
    """Runs a declaration against a server."""

    url: str
    entries: list[dict[str, Any]]
    token: str = TOKEN
    options: dict[str, Any] = field(default_factory=dict)
    parallel: int = 4
    timeout: float = 5.0
    is_time_skipped: bool = True
    clock: SkippedTime | None = None
    max_wait: float = 120.0

    def client(self) -> HoodClient:
        connection = Connection(self.url, self.token, request_timeout=self.timeout, max_wait=self.max_wait)
        if not self.is_time_skipped:
            return HoodClient.open(connection, self.parallel)
        clock = self.clock or SkippedTime()
        pacer = Pacer(connection.max_wait, self.parallel, clock=clock, sleep=clock.sleep)
        return HoodClient(connection, pacer)

    def run(self, policy: Policy | None = None) -> Done:
        declared = read(self.entries)
        assert not declared.mistakes, declared.mistakes
        client = self.client()
        asked = engine.Run(
            declared.entries,
            client.connection,
            policy=policy or Policy(),
            parallel_requests=self.parallel,
            **self.options,
        )
        try:
            return Done(engine.run(asked, client))
        except HoodError as error:
            return Done(error=str(error))


def declared_settings(entry: dict[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in entry["settings"].items()}


def mixed(account: Account) -> list[dict[str, Any]]:
    """A declaration of which three are to be created, two updated, one renamed, and one is there already."""
    entries = seven()
    for entry, changed in ((entries[0], "default_phone_number"), (entries[2], "port"), (entries[5], None)):
        settings = declared_settings(entry)
        if changed:
            settings[changed] = {"port": "25", "default_phone_number": "+19995550100"}[changed]
        account.add(name=entry["name"], provider=entry["provider"], settings=settings)
    renamed = account.add(name="Old name", provider="sendgrid", settings=declared_settings(entries[4]))
    entries[4]["id"] = renamed.id
    return entries


def assert_exactly(account: Account, entries: list[dict[str, Any]]) -> None:
    """The account holds what is declared: no double, no lost key, nothing else."""
    held = {one.name: dict(one.settings) for one in account.integrations}
    assert len(held) == len(account.integrations), sorted(one.name for one in account.integrations)
    assert held == {entry["name"]: declared_settings(entry) for entry in entries}
