"""Killed anywhere: whatever a run leaves that ends at any request, the next brings it to the declaration."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.api.client import HoodClient
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.resilience.strange import A_MINUTE, SharedTime
from tests.support.ansible import Ansible
from tests.support.marks import BOTH_WAYS, first
from tests.support.runs import TOKEN, Runner, assert_exactly, mixed

# Accounts on which a run after a kill has to look twice, or to wait.
STRANGE = [
    Variants(inactive_in_list=False),
    Variants(inactive_in_list=False, settings_in_list=False),
    Variants(list_order="update_time", sort="refused", page_cap=5),
    Variants(duplicate_names="refuse_ignoring_case"),
    Variants(list_lag=2),
    Variants(list_lag=2, lag_by_id=True, created="empty"),
    Variants(update_lag=2),
    Variants(update_lag=2, lag_by_id=True),
]
STRANGE_KILLS = int(os.environ.get("OCAMBA_STRANGE_KILLS", "64"))
IN_PROCESS = int(os.environ.get("OCAMBA_KILLS", "60"))
PROCESSES = int(os.environ.get("OCAMBA_PROCESS_KILLS", "4"))


class Killed(BaseException):
    """Stands for the end of the process: nothing in the collection catches it."""


@dataclass
class MortalClient(HoodClient):
    """Dies at a request, before it is sent or after it was carried out; then sends nothing more."""

    dies_at: int = 0
    after: bool = False
    _sent: int = 0

    def _request(self, method: str, path: str, query: Any, body: Any, is_fresh: bool) -> Any:
        self._sent += 1
        if self._sent > self.dies_at or (self._sent == self.dies_at and not self.after):
            raise Killed
        answer = super()._request(method, path, query, body, is_fresh)
        if self._sent >= self.dies_at:
            raise Killed
        return answer


class MortalRunner(Runner):
    dies_at = 0
    after = False

    def client(self) -> HoodClient:
        living = super().client()
        return MortalClient(living.connection, living.pacer, dies_at=self.dies_at, after=self.after)


def fresh(hood: Emulator, chance: random.Random) -> list[dict[str, Any]]:
    variants = chance.choice(Variants.matrix())
    return mixed(hood.account(TOKEN, limits=Limits.off(), variants=variants))


def test_a_run_that_dies_at_any_request_is_made_good_by_the_next(
    hood: Emulator, record_property: Callable[[str, str], None]
) -> None:
    survived = 0
    for seed in range(IN_PROCESS):
        chance = random.Random(seed)
        entries = fresh(hood, chance)
        mortal = MortalRunner(hood.url, entries, parallel=chance.choice([1, 4]))
        for _death in range(chance.choice([1, 1, 2, 3])):
            mortal.dies_at, mortal.after = chance.randint(1, 14), chance.random() < 0.5
            try:
                mortal.run()
            except Killed:
                survived += 1
        assert not Runner(hood.url, entries).run().messages, seed
        assert_exactly(hood.account(TOKEN), entries)
        assert not Runner(hood.url, entries).run().changed, seed
    record_property("matrix", f"kills in this process: {survived} in {IN_PROCESS} runs, all made good")
    assert survived > IN_PROCESS / 2


def test_a_run_that_dies_on_a_strange_account_is_made_good_by_one_that_waits_a_moment(
    hood: Emulator, record_property: Callable[[str, str], None]
) -> None:
    """As the guide says: where a list lags, a run that follows at once can't see what the killed one made."""
    survived = 0
    for seed in range(STRANGE_KILLS):
        chance = random.Random(seed)
        clock = SharedTime()
        account = hood.account(TOKEN, limits=Limits.off(), variants=STRANGE[seed % len(STRANGE)], clock=clock)
        entries = mixed(account)
        for one in entries[::2]:
            one["status"] = "inactive"
        mortal = MortalRunner(hood.url, entries, parallel=chance.choice([1, 4]), clock=clock)
        for _death in range(chance.choice([1, 2, 3])):
            mortal.dies_at, mortal.after = chance.randint(1, 20), chance.random() < 0.5
            try:
                mortal.run()
            except Killed:
                survived += 1
            clock.sleep(A_MINUTE)
        assert not Runner(hood.url, entries, clock=clock).run().messages, seed
        assert_exactly(account, entries)
        assert not Runner(hood.url, entries, clock=clock).run().changed, seed
    record_property("matrix", f"kills on strange accounts: {survived} in {STRANGE_KILLS} runs, all made good")
    assert survived > STRANGE_KILLS / 2


def test_a_run_at_once_after_one_whose_creations_are_still_under_way_tells_what_is_there_twice(hood: Emulator) -> None:
    """What was sent before a run was interrupted is carried out all the same, and later."""
    for delay in (1, 3, 7):
        clock = SharedTime()
        account = hood.account(TOKEN, limits=Limits.off(), clock=clock)
        entries = mixed(account)
        (body,) = [one for one in bodies_of(hood, entries) if one["name"] == "Mitto"]
        clock.later(delay, lambda account=account, body=body: account.create(body))  # type: ignore[misc]
        hood.faults.add(method="POST", path="/integrations", kind="status", status=500, times=1)
        done = Runner(hood.url, entries, clock=clock).run()
        ids = [one.id for one in account.named("Mitto")]
        assert len(ids) == 1 or all(any(one in message for message in done.messages) for one in ids)
        hood.faults.clear()
        assert len(Runner(hood.url, entries, clock=clock).run().messages) == len(ids) - 1


def bodies_of(hood: Emulator, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The creations that a run would send."""
    with Emulator(limits=Limits.off()) as other:
        other.account(TOKEN)
        plain = [{key: value for key, value in one.items() if key != "id"} for one in entries]
        Runner(other.url, plain).run()
        return [call.body for call in other.log.calls("POST", "/integrations") if isinstance(call.body, dict)]


@BOTH_WAYS
@pytest.mark.parametrize("seed", first(1, of=range(PROCESSES)))
def test_a_killed_ansible_playbook_is_made_good_by_the_next(
    hood: Emulator,
    collections: Path,
    tmp_path: Path,
    *,
    seed: int,
    execution: str,
    record_property: Callable[[str, str], None],
) -> None:
    chance = random.Random(seed)
    entries = fresh(hood, chance)
    ansible = Ansible(collections, tmp_path, execution=execution)
    variables = {"ocamba_api_token": TOKEN, "ocamba_api_url": hood.url, "ocamba_integrations": entries}
    arguments = ["ocamba.hood.apply", "-i", "account,", "-e", "@" + ansible.write("variables.yml", variables)]
    process = ansible.start(*arguments)
    dies_at = chance.randint(1, 10)
    while process.poll() is None and len(list(hood.log)) < dies_at:
        time.sleep(0.001)
    number = chance.choice([signal.SIGKILL, signal.SIGTERM])
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
    code = process.wait(timeout=60)
    quiet(hood)
    rerun = ansible.playbook(*arguments)
    assert rerun.rc == 0, rerun.output
    assert_exactly(hood.account(TOKEN), entries)
    last = ansible.playbook(*arguments)
    assert last.only("integrations")["changed"] is False
    record_property(
        "matrix",
        f"{number.name} at request {dies_at} of ansible-playbook ({execution}): it ended with {code}; made good",
    )


def quiet(hood: Emulator) -> None:
    """Wait until requests that were under way are answered or gone."""
    seen = -1
    while seen != len(list(hood.log)):
        seen = len(list(hood.log))
        time.sleep(0.2)
