"""Secrets that Hood hides are remembered: however it hides them, and whatever became of the runs before."""

from __future__ import annotations

import contextlib
import copy
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.engine import Report
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Policy
from tests.emulator.accounts import Account
from tests.emulator.faults import Fault
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import MASKS, Variants
from tests.resilience.test_kills import Killed, MortalRunner
from tests.support.entries import SECRET_KEYS, seven
from tests.support.marks import first
from tests.support.runs import TOKEN, Runner, assert_exactly, declared_settings

ON_CHANGE = Policy(update_secrets="on_change")
SHOWN: tuple[dict[str, Any], ...] = (
    *({"secrets": secrets} for secrets in ("clear", "masked", "masked_x", "masked_tail", "null", "empty", "absent")),
    *({"secrets": "other", "mask": mask} for mask in ("[FILTERED]", *MASKS)),
    *({"secrets": secrets, "secrets_by_id": "clear"} for secrets in ("masked", "masked_x", "null", "absent")),
    {"secrets": "clear", "secrets_by_id": "masked"},
    *({"secrets": secrets, "secrets_in_created": "clear"} for secrets in ("masked", "absent")),
    *({"secrets": secrets, "settings_in_list": False} for secrets in ("masked", "absent")),
    {"secrets": "masked", "secrets_by_id": "clear", "view_full_needed": True},
    *({"secrets": secrets, "settings_update": "replace"} for secrets in ("masked", "null", "absent")),
)
VISIBILITIES = [Variants.from_dict(one) for one in SHOWN]
CHANGED = ("Mitto", "Newsletter")


@dataclass
class Remembering:
    """An account, what its vault declares, and what is remembered of it."""

    hood: Emulator
    account: Account
    entries: list[dict[str, Any]] = field(default_factory=seven)
    token: str = TOKEN
    fact: Any = None
    patches: Counter[str] = field(default_factory=Counter)

    def run(self, check_mode: bool = False, forgets: bool = False, policy: Policy = ON_CHANGE) -> Report:
        """Run, and count the updates of each integration by its name.

        :param forgets: whether what is to be remembered is lost: by a kill, or by Ansible as the task failed.
        """
        self.hood.log.clear()
        options = {"fact": self.fact, "check_mode": check_mode}
        done = Runner(self.hood.url, self.entries, self.token, options).run(policy)
        assert done.report, done.error
        names = {one.id: one.name for one in self.account.integrations}
        self.patches = Counter(names[call.path.rpartition("/")[2]] for call in self.hood.log.calls(method="PATCH"))
        if done.report.fact is not None and not forgets:
            # As a cache gives it back.
            self.fact = json.loads(json.dumps(done.report.fact))
        return done.report

    def change(self, *names: str, prefix: str = "new-") -> None:
        """Change secrets in the vault."""
        self.entries = copy.deepcopy(self.entries)
        for entry in self.entries:
            if entry["name"] in names:
                key = secret_key(entry)
                entry["settings"][key] = prefix + entry["settings"][key]

    def holds(self) -> None:
        assert_exactly(self.account, self.entries)

    def is_at_rest(self) -> None:
        """A further run changes nothing, and knows that it does not."""
        self.holds()
        report = self.run()
        assert not report.failures
        assert not self.hood.log.writes()
        assert not report.changed
        assert all(outcome.step.secrets_compared for outcome in report.outcomes)
        assert not [warning for warning in report.warnings if "nothing is remembered" in warning]


def secret_key(entry: dict[str, Any]) -> str:
    return next(key for key in SECRET_KEYS if key in entry["settings"])


def empty(hood: Emulator, variants: Variants) -> Remembering:
    return Remembering(hood, hood.account(TOKEN, variants=variants, limits=Limits.off()))


def applied(hood: Emulator, variants: Variants) -> Remembering:
    """An account after a first run that remembered."""
    found = empty(hood, variants)
    assert not found.run().failures
    return found


def stored(hood: Emulator, variants: Variants) -> Remembering:
    """An account that somebody else filled, just as it is declared."""
    found = empty(hood, variants)
    for one in found.entries:
        found.account.add(name=one["name"], provider=one["provider"], settings=declared_settings(one))
    return found


def tells(variants: Variants) -> bool:
    """Whether what lists show of a secret is enough to see that it is another."""
    return variants.secrets in ("clear", "masked_tail")


def agrees(account: Remembering, variants: Variants) -> None:
    account.is_at_rest()


def differs(account: Remembering, variants: Variants) -> None:
    account.change(*CHANGED)
    planned = account.run(check_mode=True)
    assert planned.fact is None
    assert not account.hood.log.writes()
    report = account.run()
    assert report.plan_id == planned.plan_id
    assert account.patches == dict.fromkeys(CHANGED, 1)
    changed = {one.step.entry.name: one.step.changed_fields for one in report.outcomes if one.step.is_write}
    assert changed == {"Mitto": ("settings.api_key",), "Newsletter": ("settings.password",)}


def partly_failed(account: Remembering, variants: Variants) -> None:
    """With what was remembered of a task that failed, as the role keeps it, and without."""
    for forgets in (False, True):
        account.change(*CHANGED, prefix=f"new-{forgets}-")
        refused = account.account.one("Mitto").id
        account.hood.faults.add(kind="status", status=400, method="PATCH", path=f"*/{refused}")
        assert account.run(forgets=forgets).failures
        assert not account.run().failures
        again = account.patches - Counter({"Mitto": 1})
        assert account.patches["Mitto"] == 1
        # The old memory is of another secret than was written: one more update.
        assert again == ({"Newsletter": 1} if forgets and variants.secrets != "clear" else {})
        account.is_at_rest()


def killed(account: Remembering, variants: Variants) -> None:
    """Between the last write and the memory of it."""
    account.change(*CHANGED)
    account.run(forgets=True)
    assert account.patches == dict.fromkeys(CHANGED, 1)
    assert not account.run().failures
    assert set(account.patches.values()) <= {1}
    assert not set(account.patches) - set(CHANGED)


def killed_anywhere(account: Remembering, variants: Variants) -> None:
    for dies_at in range(1, 8):
        for after in (False, True):
            account.change(*CHANGED, prefix=f"{dies_at}")
            mortal = MortalRunner(account.hood.url, account.entries, parallel=1, options={"fact": account.fact})
            mortal.dies_at, mortal.after = dies_at, after
            with contextlib.suppress(Killed):
                mortal.run(ON_CHANGE)
            assert not account.run().failures
            assert set(account.patches.values()) <= {1}
            account.is_at_rest()


def somebody_else(account: Remembering, variants: Variants) -> None:
    mitto = account.account.one("Mitto")
    account.account.edit(mitto.id, settings={**mitto.settings, "api_key": "somebody-else-wrote-this"})
    account.run()
    assert account.patches == ({"Mitto": 1} if tells(variants) else {})
    account.run()
    assert not account.patches
    account.change("Mitto")
    account.run()
    assert account.patches == {"Mitto": 1}


def nothing_remembered(account: Remembering, variants: Variants) -> None:
    report = account.run()
    assert not report.failures
    assert not [warning for warning in report.warnings if "every run writes it" in warning]
    # A mask that looks like a secret is another secret as long as nothing is remembered: it is written, once.
    assert set(account.patches.values()) <= {1}
    account.is_at_rest()
    differs(account, variants)


def set_back(account: Remembering, variants: Variants) -> None:
    """Another policy writes the new secrets, some of them beside another setting; then the vault has the old ones."""
    old = account.entries
    account.change(*CHANGED)
    new = account.entries
    for entry in new:
        if entry["name"] in CHANGED:
            entry["settings"].update(
                {"port": "2525"} if entry["provider"] == "custom_email" else {"sender_name": "Other"}
            )
    assert not account.run(policy=Policy(update_secrets="on_create")).failures
    assert account.patches == dict.fromkeys(CHANGED, 1)
    account.is_at_rest()
    account.entries = old
    assert not account.run().failures
    assert account.patches == dict.fromkeys(CHANGED, 1)


def other_token(account: Remembering, variants: Variants) -> None:
    other = account.hood.account("another-token-Xq17", variants=variants, limits=Limits.off())
    for one in account.entries:
        other.add(name=one["name"], provider=one["provider"], settings=declared_settings(one))
    elsewhere = Remembering(account.hood, other, account.entries, "another-token-Xq17", account.fact)
    nothing_remembered(elsewhere, variants)
    # What is remembered for the first token is still there.
    account.fact = elsewhere.fact
    account.is_at_rest()
    differs(account, variants)


CASES: dict[str, tuple[Callable[[Emulator, Variants], Remembering], Callable[[Remembering, Variants], None]]] = {
    "nothing remembered": (stored, nothing_remembered),
    "agrees": (applied, agrees),
    "differs": (applied, differs),
    "set back after another policy": (applied, set_back),
    "other token": (applied, other_token),
    "partly failed": (applied, partly_failed),
    "killed": (applied, killed),
    "somebody else": (applied, somebody_else),
    "killed anywhere": (applied, killed_anywhere),
}


@pytest.mark.parametrize("step", first(1, of=[3, 1]), ids=lambda step: f"every {step}")
@pytest.mark.parametrize("case", first(len(CASES) - 1, of=CASES))
def test_a_changed_secret_is_written_once(
    hood: Emulator, case: str, step: int, record_property: Callable[[str, str], None]
) -> None:
    prepare, act = CASES[case]
    failed = {}
    tried = VISIBILITIES[::step]
    for variants in tried:
        hood.reset()
        account = prepare(hood, variants)
        try:
            act(account, variants)
            account.is_at_rest()
        except AssertionError as error:
            failed[variants.label()] = str(error).splitlines()[:3]
    record_property("matrix", f"remembered, {case}: {len(tried)} visibilities, {len(failed)} failed")
    assert not failed, failed


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "html"},
        {"kind": "json", "body": {"success": False, "message": "not stored"}},
        {"kind": "json", "body": {"code": 400, "title": "Bad Request", "message": "not stored"}},
    ],
)
def test_an_update_that_was_denied_with_a_good_status_is_a_failure_and_not_remembered(
    hood: Emulator, fault: dict[str, Any]
) -> None:
    """Else the new secret would be held for stored, and never be written."""
    found = applied(hood, Variants(secrets="masked"))
    found.change("Mitto")
    hood.faults.add(Fault(method="PATCH", path="/integrations/*", times=None, **fault))
    assert found.run().failures
    hood.faults.clear()
    report = found.run()
    assert not report.failures
    assert found.patches == {"Mitto": 1}
    found.is_at_rest()
