# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run from end to end: reading, planning, and, but in check mode, applying. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Callable

from ansible_collections.ocamba.hood.plugins.module_utils.api.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import Connection
from ansible_collections.ocamba.hood.plugins.module_utils.api.pacer import keep_quiet
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import Declared
from ansible_collections.ocamba.hood.plugins.module_utils.errors import ENTRIES_FAILED, INVALID
from ansible_collections.ocamba.hood.plugins.module_utils.providers.placeholders import is_mask
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.outcomes import Outcome, Verdict, hold_back, predict
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.session import Session
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import UNCHANGED, Plan, Policy, Step
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.unmanaged import refuse_policy


def _forget(_secrets: Sequence[str]) -> None:
    """For runs whose messages nobody sees."""


@dataclass(frozen=True)
class Run:
    """What a run is asked for.

    :param invalid_credentials: `refuse` writes nothing where settings are refused or can't be tried, `skip` the others.
    :param learn: is told every secret that the account shows, before anything else is done with it.
    :param tell: is told of long waits when they begin.
    :param clean: makes a text of the server fit to be shown.
    """

    entries: Sequence[Declared]
    connection: Connection
    policy: Policy = field(default_factory=Policy)
    validate_credentials: bool = False
    invalid_credentials: str = "refuse"
    parallel_requests: int = 1
    check_mode: bool = False
    learn: Callable[[Sequence[str]], None] = _forget
    tell: Callable[[str], None] = keep_quiet
    clean: Callable[[str], str] = str


@dataclass
class Report:
    """What a run did, in the order of the declaration and then of the deactivations."""

    plan: Plan
    outcomes: list[Outcome]
    client: HoodClient
    check_mode: bool
    refusals: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether anything was written, or in check mode would be."""
        if self.check_mode:
            return any(outcome.step.is_write and not outcome.error for outcome in self.outcomes)
        return any(outcome.written for outcome in self.outcomes)

    @property
    def failures(self) -> list[str]:
        """One text for each thing that went wrong; empty after a good run."""
        if self.refusals:
            return self.refusals
        return [f"{outcome.step.entry.label}: {outcome.error}" for outcome in self.outcomes if outcome.error]

    @property
    def reason_code(self) -> str | None:
        """Why the run failed: the one reason of all that failed, or that entries failed; None after a good run."""
        reasons = {outcome.reason_code for outcome in self.outcomes if outcome.error and not outcome.held_back}
        if self.plan.mistakes or (self.refusals and not reasons):
            return INVALID
        return _only(reasons) if self.failures else None

    @property
    def warnings(self) -> list[str]:
        """What a person should know, of the plan and of what came of it."""
        return [*self.plan.warnings, *(warning for outcome in self.outcomes for warning in outcome.warnings)]

    @property
    def api(self) -> dict[str, Any]:
        """What the run took of the API."""
        return self.client.usage


def _only(reasons: set[str | None]) -> str | None:
    return next(iter(reasons)) if len(reasons) == 1 else ENTRIES_FAILED


def run(asked: Run, client: HoodClient | None = None) -> Report:
    """Bring an account to what is declared.

    :raises HoodError: where the account could not be read, or the token is refused while reading.
    """
    client = client or HoodClient.open(asked.connection, asked.parallel_requests, asked.tell, asked.clean)
    refused = refuse_policy(len(asked.entries), asked.policy)
    if refused or (not asked.entries and asked.policy.unmanaged == "ignore"):
        return Report(Plan(), [], client, asked.check_mode, [str(mistake) for mistake in refused])
    session = Session(client, asked.policy, asked.parallel_requests, asked.learn)
    planned = session.plan(asked.entries)
    if planned.mistakes:
        refusals = [str(mistake) for mistake in planned.mistakes]
        return Report(planned, predict(planned), client, asked.check_mode, refusals)
    if asked.check_mode:
        planned.notes += _open_questions(planned)
    if asked.check_mode or not planned.writes:
        return Report(planned, predict(planned), client, asked.check_mode)
    return _apply(asked, client, session, planned)


def _apply(asked: Run, client: HoodClient, session: Session, planned: Plan) -> Report:
    # What writes is only loaded to write.
    from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.credentials import validate
    from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.execute import Execution

    verdicts = validate(planned, client, asked.parallel_requests) if asked.validate_credentials else None
    if verdicts and asked.invalid_credentials == "refuse" and any(verdict.reason for verdict in verdicts.values()):
        return _unwritten(planned, verdicts, client)
    execution = Execution(client, session, asked.parallel_requests, verdicts)
    return Report(planned, execution.carry_out(planned), client, check_mode=False)


def _unwritten(planned: Plan, verdicts: Mapping[int, Verdict], client: HoodClient) -> Report:
    outcomes = hold_back(planned, verdicts)
    refusals = [
        f"{outcome.step.entry.label}: {outcome.error}; nothing was written"
        for outcome in outcomes
        if outcome.error and not outcome.held_back
    ]
    return Report(planned, outcomes, client, False, refusals)


def _open_questions(planned: Plan) -> list[str]:
    """What only the real run can find out: what it writes may prove that the account shows secrets."""
    if not any(step.secrets_written for step in planned.steps):
        return []
    return [
        f"{step.entry.label}: may be updated as well, if what this run writes proves that Hood shows secrets"
        for step in planned.steps
        if step.action == UNCHANGED and not step.secrets_compared and _could_be_compared(step)
    ]


def _could_be_compared(step: Step) -> bool:
    shown = (step.current.settings if step.current else None) or {}
    return any(not is_mask(shown.get(key) or "") for key in step.entry.secrets)
