# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of each step of a plan: predicted, written, refused, failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ansible_collections.ocamba.hood.plugins.module_utils.api.models import Integration
from ansible_collections.ocamba.hood.plugins.module_utils.errors import HoodError, Uncertain
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.plan import CREATED, FAILED, UPDATED, Plan, Step

# What Hood said about the settings that an entry is to get.
ACCEPTED = "accepted"
REFUSED = "refused"
UNTRIED = "untried"


@dataclass(frozen=True)
class Verdict:
    """What came of letting Hood try settings: ACCEPTED, REFUSED or UNTRIED, and why they must not be written."""

    credentials: str
    reason: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a step. `written` tells whether anything was stored, even if the step failed after it.

    `held_back`: nothing is known to be wrong with the step, it was not written because of something else.
    """

    step: Step
    written: bool = False
    integration_id: str | None = None
    seen: Integration | None = None
    error: str | None = None
    held_back: bool = False
    credentials: str | None = None
    uncertain: Uncertain | None = None

    @property
    def action(self) -> str:
        return FAILED if self.error else self.step.action


def predict(plan: Plan) -> list[Outcome]:
    """The outcomes of a plan that is not carried out: of check mode, or of one that has mistakes."""
    return [_predicted(step, bool(plan.mistakes)) for step in plan.steps + plan.deactivations]


def hold_back(plan: Plan, verdicts: Mapping[int, Verdict]) -> list[Outcome]:
    """The outcomes of a plan of which nothing is written, as some of its settings must not be."""
    outcomes = []
    for index, step in enumerate(plan.steps + plan.deactivations):
        verdict = verdicts.get(index)
        outcome = skipped(step)
        if verdict and verdict.reason:
            outcome = refused(step, verdict)
        elif step.is_write:
            reason = "not written, as the settings of another entry do not work or could not be tried"
            outcome = replace(outcome, error=reason, held_back=True)
        outcomes.append(replace(outcome, credentials=verdict.credentials if verdict else None))
    return outcomes


def skipped(step: Step) -> Outcome:
    return Outcome(step, integration_id=step.current.id if step.current else None)


def refused(step: Step, verdict: Verdict) -> Outcome:
    return replace(skipped(step), error=verdict.reason, credentials=verdict.credentials)


def _predicted(step: Step, is_refused: bool) -> Outcome:
    if step.mistakes:
        return replace(skipped(step), error=told(step))
    if is_refused and step.is_write:
        return replace(skipped(step), error="not written, as another entry was refused", held_back=True)
    return skipped(step)


def told(step: Step) -> str:
    return "; ".join(str(mistake) for mistake in step.mistakes)


def failed(step: Step, error: HoodError) -> Outcome:
    tried = {CREATED: "creating it", UPDATED: "updating it"}.get(step.action, "deactivating it")
    return replace(skipped(step), error=f"{tried} failed: {error}")


def unclear(outcome: Outcome, error: HoodError | None) -> Outcome:
    looked = f"looking for it failed as well: {error}" if error else "it could not be found afterwards"
    return replace(
        outcome,
        uncertain=None,
        written=False,
        error=f"creating it failed: {outcome.uncertain}; {looked}. Run again: it is looked for before anything is made",
    )
