# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries a plan out through a client. The only writer.

The order is: updates, creations, one reading back, deactivations. A creation without a clear answer is looked for
by its name before it is tried again, so that nothing is made twice.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Callable

from ansible_collections.ocamba.hood.plugins.module_utils.account import in_parallel
from ansible_collections.ocamba.hood.plugins.module_utils.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.errors import HoodError, Refused, TokenRefused, Uncertain
from ansible_collections.ocamba.hood.plugins.module_utils.integrations import Integration
from ansible_collections.ocamba.hood.plugins.module_utils.plan import CREATED, FAILED, UNCHANGED, UPDATED, Plan, Step

# How often a creation is tried whose answer stays unclear, and how long is looked for it after one time-out.
CREATION_ROUNDS = 3
PATIENCE = 5.0

Read = Callable[[], list[Integration]]
Replan = Callable[[Step, list[Integration]], Step]


@dataclass(frozen=True)
class Outcome:
    """What became of a step. `written` tells whether anything was stored, even if the step failed after it."""

    step: Step
    written: bool = False
    integration_id: str | None = None
    seen: Integration | None = None
    error: str | None = None
    uncertain: Uncertain | None = None

    @property
    def action(self) -> str:
        return FAILED if self.error else self.step.action


def predict(plan: Plan) -> list[Outcome]:
    """The outcomes of a plan that is not carried out: of check mode, or of one that has mistakes."""
    return [_predicted(step, bool(plan.mistakes)) for step in plan.steps + plan.deactivations]


def validate(plan: Plan, client: HoodClient, parallel: int) -> dict[str, str]:
    """What Hood says against the settings that are to be written, by the entries' paths. Writes nothing."""

    def one(step: Step) -> str | None:
        body = {
            "name": step.body.get("name") or (step.current.name if step.current else ""),
            "provider_id": step.provider.id if step.provider else "",
            "type": step.body.get("type") or (step.current.type if step.current else None),
            "status": step.body.get("status") or (step.current.status if step.current else "active"),
            "settings": step.body["settings"],
        }
        try:
            client.validate(body)
        except TokenRefused:
            raise
        except Refused as refused:
            return f"its settings do not work: {refused}"
        return None

    steps = [step for step in plan.steps if "settings" in step.body]
    said = in_parallel(one, steps, parallel)
    return {step.entry.label: reason for step, reason in zip(steps, said) if reason}


class Application:
    """One carrying out of one plan.

    :param read: reads the account's integrations anew.
    :param replan: plans one step again for an account as it is now.
    """

    def __init__(self, client: HoodClient, read: Read, replan: Replan, parallel: int) -> None:
        self._client = client
        self._read = read
        self._replan = replan
        self._parallel = parallel
        self._stop = threading.Event()

    def carry_out(self, plan: Plan) -> list[Outcome]:
        """One outcome for each step, in the order of the plan."""
        outcomes: dict[int, Outcome] = {}
        indexed = list(enumerate(plan.steps))
        for action in (UPDATED, CREATED):
            todo = [(index, step) for index, step in indexed if step.action == action]
            done = in_parallel(lambda pair: self._write(pair[1]), todo, self._parallel)
            outcomes.update({index: outcome for (index, _step), outcome in zip(todo, done)})
        for index, step in indexed:
            outcomes.setdefault(index, Outcome(step, integration_id=step.current.id if step.current else None))
        ordered = [outcomes[index] for index, _step in indexed]
        ordered = self._settle(ordered)
        ordered = self._read_back(ordered)
        return ordered + self._deactivate(plan.deactivations, ordered)

    def _write(self, step: Step) -> Outcome:
        if self._stop.is_set():
            return Outcome(step, error="not tried, as Hood refused the token")
        try:
            if step.current is None:
                identity = self._client.create(step.body)
            else:
                identity = step.current.id
                self._client.update(identity, step.body)
        except HoodError as error:
            if isinstance(error, Uncertain) and step.current is None:
                return Outcome(step, uncertain=error)
            if isinstance(error, TokenRefused):
                self._stop.set()
            return _failed(step, error)
        return Outcome(step, written=True, integration_id=identity)

    def _settle(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Rule 7 of the design: look by name, adopt what is there, only else create."""
        for last in (False,) * (CREATION_ROUNDS - 1) + (True,):
            open_ones = [index for index, outcome in enumerate(outcomes) if outcome.uncertain]
            if not open_ones:
                break
            try:
                self._look(outcomes, open_ones)
            except HoodError as error:
                for index in open_ones:
                    if outcomes[index].uncertain:
                        outcomes[index] = _unclear(outcomes[index], error)
                break
            for index in open_ones:
                if outcomes[index].uncertain:
                    again = None if last or self._stop.is_set() else self._write(outcomes[index].step)
                    outcomes[index] = again or _unclear(outcomes[index], None)
        return outcomes

    def _look(self, outcomes: list[Outcome], open_ones: Sequence[int]) -> None:
        """Read the account until the creations that are unclear are found or must be held for not processed."""
        for pause in self._pauses([outcomes[index] for index in open_ones]):
            self._client.pacer.pause(pause)
            current = self._read()
            for index in open_ones:
                outcome = outcomes[index]
                if outcome.uncertain:
                    outcomes[index] = self._adopted(outcome, self._replan(outcome.step, current))
            if not any(outcomes[index].uncertain for index in open_ones):
                return

    def _pauses(self, outcomes: Sequence[Outcome]) -> list[float]:
        connection = self._client.connection
        if not any(outcome.uncertain and outcome.uncertain.slow for outcome in outcomes):
            return [min(0.5, connection.max_wait)]
        # What timed out may still be at work: it gets as long again before it is taken for lost.
        patience = min(max(2 * connection.request_timeout, PATIENCE), connection.max_wait)
        pauses = [0.5]
        while sum(pauses) < patience:
            pauses.append(min(2 * pauses[-1], patience - sum(pauses)))
        return pauses

    def _adopted(self, outcome: Outcome, again: Step) -> Outcome:
        """What is there now under the name is the creation that was unclear, brought to what is declared."""
        if again.mistakes:
            return replace(outcome, uncertain=None, error=_told(again), written=True)
        if again.current is None:
            return outcome
        found = Outcome(outcome.step, written=True, integration_id=again.current.id)
        if again.action != UPDATED:
            return found
        update = self._write(again)
        return replace(found, error=update.error)

    def _read_back(self, outcomes: list[Outcome]) -> list[Outcome]:
        """After creations: find the ids that were not told, and a double that somebody else made meanwhile."""
        if not any(outcome.step.action == CREATED and outcome.written for outcome in outcomes):
            return outcomes
        try:
            current = self._read()
        except HoodError as error:
            return [
                replace(outcome, error=f"it was written, but reading it back failed: {error}. Run again to be sure")
                if outcome.step.action == CREATED and outcome.written and not outcome.error
                else outcome
                for outcome in outcomes
            ]
        return [self._caught_up(_verified(outcome, current), current) for outcome in outcomes]

    def _caught_up(self, outcome: Outcome, current: list[Integration]) -> Outcome:
        """What is created can be the first to show that this server does not hide secrets, and so that one of an
        older integration is missing: write it now, or the second run would."""
        if outcome.error or outcome.step.action != UNCHANGED:
            return outcome
        again = self._replan(outcome.step, current)
        return self._write(again) if again.action == UPDATED else outcome

    def _deactivate(self, steps: Sequence[Step], before: Sequence[Outcome]) -> list[Outcome]:
        if any(outcome.error for outcome in before):
            return [Outcome(step, error="not tried, as something before it failed") for step in steps]
        return [self._write(step) for step in steps]


def _verified(outcome: Outcome, current: Sequence[Integration]) -> Outcome:
    if not outcome.written or outcome.error:
        return outcome
    if outcome.step.action != CREATED:
        seen = next((one for one in current if one.id == outcome.integration_id), None)
        return replace(outcome, seen=seen)
    name = outcome.step.body["name"]
    twins = [one for one in current if one.name == name]
    if len(twins) > 1 and outcome.step.provider:
        twins = [one for one in twins if one.provider_id in (None, outcome.step.provider.id)]
    if len(twins) == 1:
        return replace(outcome, integration_id=twins[0].id, seen=twins[0])
    if twins:
        ids = ", ".join(one.id for one in twins)
        return replace(
            outcome,
            error=f"it exists twice now: {ids}. Somebody else made it at the same time; deactivate and rename the one"
            " that no campaign uses, and let only one job at a time work on an account",
        )
    mine = next((one for one in current if one.id == outcome.integration_id), None)
    if mine:
        return replace(outcome, seen=mine, error=f"Hood stored {mine.id} under another name; declare the entry by id")
    return replace(outcome, error="it was created, but the account does not list it; run again to be sure")


def _predicted(step: Step, refused: bool) -> Outcome:
    identity = step.current.id if step.current else None
    error = None
    if step.mistakes:
        error = _told(step)
    elif refused and step.is_write:
        error = "not written, as another entry was refused"
    return Outcome(step, integration_id=identity, error=error)


def _told(step: Step) -> str:
    return "; ".join(str(mistake) for mistake in step.mistakes)


def _failed(step: Step, error: HoodError) -> Outcome:
    tried = {CREATED: "creating it", UPDATED: "updating it"}.get(step.action, "deactivating it")
    identity = step.current.id if step.current else None
    return Outcome(step, integration_id=identity, error=f"{tried} failed: {error}")


def _unclear(outcome: Outcome, error: HoodError | None) -> Outcome:
    looked = f"looking for it failed as well: {error}" if error else "it could not be found afterwards"
    return replace(
        outcome,
        uncertain=None,
        written=False,
        error=f"creating it failed: {outcome.uncertain}; {looked}. Run again: it is looked for before anything is made",
    )
