"""Accounts that are slower and stranger than the documentation says, and what must hold after every run on them."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Policy
from ansible_collections.ocamba.hood.plugins.module_utils.task import results
from tests.emulator.accounts import Account
from tests.emulator.errors import Refusal
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.support.entries import SECRET_KEYS, entry
from tests.support.runs import TOKEN, Done, Runner, SkippedTime, declared_settings

CREATE = {"method": "POST", "path": "/integrations"}
A_MINUTE = 60.0


class SharedTime(SkippedTime):
    """The clock of a run and of its account: what the server does later is done when the run has waited as long."""

    def __init__(self) -> None:
        super().__init__()
        self._began = time.time() - time.monotonic()
        self._due: list[tuple[float, Callable[[], None]]] = []
        self._turn = threading.RLock()
        self.before_sleep: Callable[[], None] = lambda: None

    def __call__(self) -> float:
        return super().__call__() + self._began

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        self._due.append((self() + seconds, action))

    def sleep(self, seconds: float) -> None:
        until = self() + seconds
        with self._turn:
            self.before_sleep()
            for moment, action in sorted(self._due, key=lambda due: due[0]):
                if moment <= until:
                    super().sleep(moment - self())
                    self._due = [due for due in self._due if due[1] is not action]
                    action()
            super().sleep(until - self())


class LateCommits:
    """Carries out, some time after their answer, the creations that a fault answered in place of the account."""

    def __init__(self, hood: Emulator, account: Account, clock: SharedTime, delay: float) -> None:
        self._hood, self._account, self._clock, self._delay = hood, account, clock, delay
        self._seen: set[int] = set()
        clock.before_sleep = self._schedule

    def _schedule(self) -> None:
        for call in self._hood.log.calls(**CREATE):
            if call.fault and call.seq not in self._seen:
                self._seen.add(call.seq)
                self._clock.later(self._delay, self._commit(call.body))

    def _commit(self, body: object) -> Callable[[], None]:
        def commit() -> None:
            with contextlib.suppress(Refusal):
                self._account.create(body)

        return commit


@dataclass
class Trial:
    """Runs of one declaration on one account, of which each is held against what the account holds after it."""

    hood: Emulator
    entries: list[dict[str, Any]]
    variants: Variants = field(default_factory=Variants)
    options: dict[str, Any] = field(default_factory=dict)
    clock: SharedTime = field(default_factory=SharedTime)
    policy: Policy = field(default_factory=Policy)
    runs: list[Done] = field(default_factory=list)
    account: Account = field(init=False)

    def __post_init__(self) -> None:
        self.account = self.hood.account(TOKEN, limits=Limits.off(), variants=self.variants, clock=self.clock)

    def run(self, doubles: int = 0, **options: Any) -> Done:
        """Run it, and assert what must hold after every run.

        :param doubles: how many integrations there may be too many; all of them must be reported.
        """
        before = {one.id for one in self.account.integrations}
        runner = Runner(self.hood.url, self.entries, clock=self.clock, **{**self.options, **options})
        self.hood.log.clear()
        done = runner.run(self.policy)
        self.runs.append(done)
        assert all("internal error" not in message and TOKEN not in message for message in done.messages)
        self.assert_no_double(done, doubles)
        self.assert_all_reported(done, before)
        if not done.messages:
            self.assert_as_declared()
        return done

    def assert_no_double(self, done: Done, allowed: int = 0) -> None:
        held = {duplicates for duplicates in self.duplicates() if len(duplicates) > 1}
        assert sum(len(duplicates) - 1 for duplicates in held) <= allowed, (held, done.messages)
        for duplicates in held:
            assert any(all(identity in message for identity in duplicates) for message in done.messages), done.messages

    def duplicates(self) -> Iterator[frozenset[str]]:
        """The ids of the integrations of one name or of one declared entry, as its secret tells."""
        everything = self.account.integrations
        by_name = Counter(one.name for one in everything)
        secrets = Counter(secret_of(one.settings) for one in everything if secret_of(one.settings))
        for name in by_name:
            yield frozenset(one.id for one in everything if one.name == name)
        for secret in secrets:
            yield frozenset(one.id for one in everything if secret_of(one.settings) == secret)

    def assert_all_reported(self, done: Done, before: set[str]) -> None:
        """What the run made stands in its result, or in a message, with its id."""
        reported = " ".join(done.messages)
        if done.report:
            reported += json.dumps(results.plural(done.report))
        names = {one["name"] for one in self.entries}
        secrets = {secret_of(declared_settings(one)) for one in self.entries}
        for one in self.account.integrations:
            if one.id not in before and (one.name in names or secret_of(one.settings) in secrets):
                assert one.id in reported, (one.id, one.name, done.messages)

    def assert_as_declared(self) -> None:
        held = {one.name: one for one in self.account.integrations}
        for declared in self.entries:
            one = held.get(declared["name"])
            assert one is not None, (declared["name"], sorted(held))
            assert dict(one.settings) == declared_settings(declared)
            assert one.status == declared.get("status", one.status)

    def three(self) -> Done:
        """Run it three times in a row; a clean run is followed by runs that write nothing. Return the first."""
        for _number in range(3):
            is_resolved = bool(self.runs) and not self.runs[-1].messages
            done = self.run()
            if is_resolved:
                assert not done.messages, done.messages
                assert not done.changed
                assert not self.hood.log.writes()
        return self.runs[0]


def secret_of(settings: Any) -> str:
    return next((settings[key] for key in SECRET_KEYS if settings.get(key)), "")


def few(account: Account | None = None) -> list[dict[str, Any]]:
    """A declaration of two to be created; with an account also one to be updated and one to be renamed in it."""
    entries = [entry("Mitto"), {**entry("Alerts"), "status": "active"}]
    if account is not None:
        updated, renamed = entry("Newsletter"), entry("Marketing")
        account.add(updated["name"], updated["provider"], {**declared_settings(updated), "port": "25"})
        renamed["id"] = account.add("Old name", renamed["provider"], declared_settings(renamed)).id
        entries += [updated, renamed]
    return entries


def trial_of_few(hood: Emulator, variants: Variants, **options: Any) -> Trial:
    trial = Trial(hood, [], variants, **options)
    trial.entries = few(trial.account)
    return trial


def created(trial: Trial) -> Sequence[Any]:
    """The creations that were asked for since the last run began."""
    return trial.hood.log.calls(**CREATE)
