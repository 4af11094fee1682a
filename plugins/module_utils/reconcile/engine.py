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
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import first_of
from ansible_collections.ocamba.hood.plugins.module_utils.errors import ENTRIES_FAILED, INVALID, PLAN_CHANGED, Mistake
from ansible_collections.ocamba.hood.plugins.module_utils.providers.placeholders import is_mask
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.compare import Comparison
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.fingerprints import Fingerprints
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.memory import Memory
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.outcomes import (
    Outcome,
    Verdict,
    held,
    hold_back,
    predict,
    skipped,
)
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.plan_id import describe as describe_writes
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.plan_id import plan_id
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.session import Session
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import CREATED, UNCHANGED, Plan, Policy, Step
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.unmanaged import refuse_policy


def _forget(_secrets: Sequence[str]) -> None:
    """For runs whose messages nobody sees."""


@dataclass(frozen=True)
class Run:
    """What a run is asked for.

    :param invalid_credentials: `refuse` writes nothing where settings are refused or can't be tried, `skip` the others.
    :param is_whole: whether the entries are the whole declaration of the account, so that what else is remembered of
        its secrets is forgotten.
    :param fact: what an earlier run remembered, as it returned it.
    :param expected_plan: the id of the plan that was approved: another one is not carried out.
    :param learn: is given every secret that the account shows, before anything else is done with it.
    :param tell: is called with a text when a long wait begins.
    :param clean: makes a text of the server fit to be shown.
    """

    entries: Sequence[Declared]
    connection: Connection
    policy: Policy = field(default_factory=Policy)
    validate_credentials: bool = False
    invalid_credentials: str = "refuse"
    parallel_requests: int = 1
    check_mode: bool = False
    is_whole: bool = True
    fact: Any = None
    expected_plan: str | None = None
    learn: Callable[[Sequence[str]], None] = _forget
    tell: Callable[[str], None] = keep_quiet
    clean: Callable[[str], str] = str


@dataclass
class Report:
    """What a run did, in the order of the declaration and then of the deactivations.

    :param refusals: why nothing was written, where the run as a whole was refused.
    :param refusal_code: the reason code of that.
    :param fact: what is to be remembered for the next run; None where nothing is.
    """

    plan: Plan
    outcomes: list[Outcome]
    client: HoodClient
    check_mode: bool
    refusals: list[str] = field(default_factory=list)
    refusal_code: str | None = None
    plan_id: str = ""
    fact: dict[str, Any] | None = None

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
        if self.refusal_code is not None:
            return self.refusal_code
        reasons = {outcome.reason_code for outcome in self.outcomes if outcome.error and not outcome.held_back}
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
    return _Reconciliation(asked, client).run()


class _Reconciliation:
    """One run."""

    def __init__(self, asked: Run, client: HoodClient) -> None:
        self._asked = asked
        self._client = client
        self._fingerprints = Fingerprints(asked.connection.api_token, asked.connection.host)
        self._memory = Memory.read(asked.fact, self._fingerprints)
        self._remembers = asked.policy.update_secrets == "on_change"

    def run(self) -> Report:
        """Read, plan, and carry the plan out where it may be."""
        asked = self._asked
        refused = refuse_policy(len(asked.entries), asked.policy)
        if refused:
            return self._refused(Plan(), [], refused)
        memory = self._memory if self._remembers else None
        session = Session(self._client, asked.policy, asked.parallel_requests, asked.learn, memory)
        reads = asked.entries or asked.policy.unmanaged != "ignore"
        planned = session.plan(asked.entries) if reads else Plan()
        if planned.mistakes:
            return self._refused(planned, predict(planned), planned.mistakes)
        if asked.expected_plan not in (None, plan_id(planned, self._fingerprints)):
            return self._unapproved(planned)
        planned.notes += _taken_over(planned) if self._remembers else []
        planned.notes += _may_be_there(planned) if session.may_hide_inactive else []
        planned.notes += _open_questions(planned) if asked.check_mode else []
        if asked.check_mode or not planned.writes:
            return self._report(planned, predict(planned))
        return self._apply(session, planned)

    def _apply(self, session: Session, planned: Plan) -> Report:
        # What writes is only loaded to write.
        from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.credentials import validate
        from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.execute import Execution

        asked, client = self._asked, self._client
        verdicts = validate(planned, client, asked.parallel_requests) if asked.validate_credentials else None
        if verdicts and asked.invalid_credentials == "refuse" and any(verdict.reason for verdict in verdicts.values()):
            return self._invalid(planned, verdicts)
        # What was approved is carried out, and nothing else.
        execution = Execution(client, session, asked.parallel_requests, verdicts, asked.expected_plan is None)
        return self._report(planned, execution.carry_out(planned))

    def _report(self, planned: Plan, outcomes: list[Outcome]) -> Report:
        report = Report(planned, outcomes, self._client, self._asked.check_mode)
        report.plan_id = plan_id(planned, self._fingerprints)
        if not report.check_mode:
            report.fact = self._to_remember(outcomes)
        return report

    def _to_remember(self, outcomes: Sequence[Outcome]) -> dict[str, Any] | None:
        """Return the fact for the next run. Where secrets are not compared by it, what was sent still makes it true."""
        if self._remembers:
            return self._memory.after(outcomes, self._asked.is_whole)
        sent = [outcome for outcome in outcomes if "settings" in outcome.step.body]
        if self._memory.is_empty or not sent:
            return None
        return self._memory.after(sent, is_whole=False, is_part=True)

    def _refused(self, planned: Plan, outcomes: list[Outcome], mistakes: Sequence[Mistake]) -> Report:
        refusals = [str(mistake) for mistake in mistakes]
        report = Report(planned, outcomes, self._client, self._asked.check_mode, refusals, INVALID)
        report.plan_id = plan_id(planned, self._fingerprints)
        return report

    def _unapproved(self, planned: Plan) -> Report:
        found = plan_id(planned, self._fingerprints)
        outcomes = [
            held(step, "not written, as the plan is another than was approved", PLAN_CHANGED)
            if step.is_write
            else skipped(step)
            for step in planned.steps + planned.deactivations
        ]
        what = "; ".join(describe_writes(planned)) or "nothing would be written"
        reported = (
            f"the plan is another than the one that was approved, so nothing was written. Now it is {found}: {what}"
        )
        return Report(planned, outcomes, self._client, self._asked.check_mode, [reported], PLAN_CHANGED, found)

    def _invalid(self, planned: Plan, verdicts: Mapping[int, Verdict]) -> Report:
        outcomes = hold_back(planned, verdicts)
        wrong = [outcome for outcome in outcomes if outcome.error and not outcome.held_back]
        refusals = [f"{one.step.entry.label}: {one.error}; nothing was written" for one in wrong]
        report = Report(planned, outcomes, self._client, False, refusals, _only({one.reason_code for one in wrong}))
        report.plan_id = plan_id(planned, self._fingerprints)
        return report


def _taken_over(planned: Plan) -> list[str]:
    """The warning about secrets of which nothing is remembered."""
    unknown = (Comparison.HIDDEN, Comparison.ALIKE)
    steps = [
        step for step in planned.steps if step.current and any(seen in unknown for seen in step.secrets_seen.values())
    ]
    if not steps:
        return []
    shown = first_of(step.entry.label for step in steps)
    warning = (
        f"update_secrets: nothing is remembered yet of the secrets of {shown}; they are taken over as they are"
        " declared, and a change is noticed from now on"
    )
    return [warning]


def _may_be_there(planned: Plan) -> list[str]:
    """The warning about creations of what may be there, inactive, where Hood shows no inactive one."""
    steps = [step for step in planned.steps if step.action == CREATED]
    if not steps:
        return []
    shown = first_of(step.entry.label for step in steps)
    warning = (
        "Hood lists no inactive integration and does not filter by status, so whether there are inactive ones of"
        f" these names can't be known: {shown}; declare one that is there by its id"
    )
    return [warning]


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
