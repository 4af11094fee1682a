# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of each step of a plan: predicted, written, refused, failed. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ansible_collections.ocamba.hood.plugins.module_utils.api.models import Integration
from ansible_collections.ocamba.hood.plugins.module_utils.errors import (
    CREDENTIALS_REFUSED,
    CREDENTIALS_UNTRIED,
    HELD_BACK,
    TOKEN_REFUSED,
    UNCLEAR,
    HoodError,
    Uncertain,
)
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.compare import Comparison
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import CREATED, FAILED, UPDATED, Plan, Step

# What Hood said about the settings that an entry is to get.
ACCEPTED = "accepted"
REFUSED = "refused"
UNTRIED = "untried"

_REASONS = {REFUSED: CREDENTIALS_REFUSED, UNTRIED: CREDENTIALS_UNTRIED}


@dataclass(frozen=True)
class Verdict:
    """What came of letting Hood try settings: ACCEPTED, REFUSED or UNTRIED, and why they must not be written."""

    credentials: str
    reason: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a step. `written` tells whether anything was stored, even if the step failed after it.

    `held_back`: nothing is known to be wrong with the step, it was not written because of something else.
    `seen`: the integration as it was read back. `secrets_seen`: the secrets that were written and can't be seen in it.
    `uncertain`: a creation whose answer was lost, until it is found or repeated. `attempts`: requests for a creation.
    """

    step: Step
    written: bool = False
    integration_id: str | None = None
    seen: Integration | None = None
    secrets_seen: Mapping[str, Comparison] = field(default_factory=dict)
    error: str | None = None
    reason_code: str | None = None
    held_back: bool = False
    credentials: str | None = None
    uncertain: Uncertain | None = None
    attempts: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def action(self) -> str:
        """The action of the step, or `failed`."""
        return FAILED if self.error else self.step.action

    def fail(self, reason: str, reason_code: str) -> Outcome:
        """Return the outcome as failed after it was written."""
        return replace(self, error=reason, reason_code=reason_code)


def predict(plan: Plan) -> list[Outcome]:
    """Return the outcomes of a plan that is not carried out: of check mode, or of one that has mistakes."""
    return [_predicted(step, bool(plan.mistakes)) for step in plan.steps + plan.deactivations]


def hold_back(plan: Plan, verdicts: Mapping[int, Verdict]) -> list[Outcome]:
    """Return the outcomes of a plan of which nothing is written, as some of its settings must not be."""
    outcomes = []
    for index, step in enumerate(plan.steps + plan.deactivations):
        verdict = verdicts.get(index)
        outcome = skipped(step)
        if verdict and verdict.reason:
            outcome = refused(step, verdict)
        elif step.is_write:
            outcome = held(step, "not written, as the settings of another entry do not work or could not be tried")
        outcomes.append(replace(outcome, credentials=verdict.credentials if verdict else None))
    return outcomes


def skipped(step: Step) -> Outcome:
    """Return the outcome of a step that sent nothing."""
    return Outcome(step, integration_id=step.current.id if step.current else None)


def held(step: Step, reason: str, reason_code: str = HELD_BACK) -> Outcome:
    """Return the outcome of a step that is not carried out because of something else."""
    return replace(skipped(step), error=reason, reason_code=reason_code, held_back=True)


def refused(step: Step, verdict: Verdict) -> Outcome:
    """Return the outcome of a step whose settings must not be written."""
    outcome = replace(skipped(step), error=verdict.reason, credentials=verdict.credentials)
    return replace(outcome, reason_code=_REASONS.get(verdict.credentials) if verdict.reason else None)


def token_refused(step: Step) -> Outcome:
    """Return the outcome of a step that was not tried, as no request with the token can succeed."""
    return held(step, "not tried, as Hood refused the token", TOKEN_REFUSED)


def _predicted(step: Step, is_refused: bool) -> Outcome:
    if step.mistakes:
        return replace(skipped(step), error=mistakes_of(step), reason_code=step.reason_code)
    if is_refused and step.is_write:
        return held(step, "not written, as another entry was refused")
    return skipped(step)


def mistakes_of(step: Step) -> str:
    """Return what is wrong with a step as one text."""
    return "; ".join(str(mistake) for mistake in step.mistakes)


def failed(step: Step, error: HoodError) -> Outcome:
    """Return the outcome of a step that Hood did not carry out."""
    tried = {CREATED: "creating it", UPDATED: "updating it"}.get(step.action, "deactivating it")
    text = f"{tried} failed: {error}"
    return replace(skipped(step), error=text, reason_code=error.reason_code)


def unclear(outcome: Outcome, reason: str) -> Outcome:
    """Return the outcome of a creation of which it is not known whether it was carried out."""
    text = (
        f"creating it failed: {outcome.uncertain}; {reason}. Run again in a minute: it is looked for before anything is"
        " made"
    )
    return replace(outcome, uncertain=None, written=False, error=text, reason_code=UNCLEAR)
