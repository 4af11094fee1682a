# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries a plan out through a client. The only writer.

The order is: updates, creations, one reading back, deactivations. A creation without a clear answer is looked for
by its name before it is tried again, so that nothing is made twice.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Callable

from ansible_collections.ocamba.hood.plugins.module_utils.api.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.models import Integration
from ansible_collections.ocamba.hood.plugins.module_utils.api.parallel import in_parallel
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import Declared
from ansible_collections.ocamba.hood.plugins.module_utils.errors import HoodError, Refused, TokenRefused, Uncertain
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.outcomes import (
    ACCEPTED,
    REFUSED,
    UNTRIED,
    Outcome,
    Verdict,
    failed,
    refused,
    skipped,
    told,
    unclear,
)
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.plan import CREATED, UNCHANGED, UPDATED, Plan, Step

# How often a creation is tried whose answer stays unclear, and how long is looked for it after one time-out.
CREATION_ROUNDS = 3
PATIENCE = 5.0

Read = Callable[[Sequence[Declared]], list[Integration]]
Replan = Callable[[Sequence[Step], list[Integration]], list[Step]]


def validate(plan: Plan, client: HoodClient, parallel: int) -> dict[int, Verdict]:
    """What Hood says of the settings that are to be written, by the index of the step. Writes nothing.

    :raises TokenRefused: where no request with this token can succeed.
    """
    indexed = [(index, step) for index, step in enumerate(plan.steps) if "settings" in step.body]
    said = in_parallel(lambda pair: try_settings(pair[1], client), indexed, parallel)
    return {index: verdict for (index, _step), verdict in zip(indexed, said)}


def try_settings(step: Step, client: HoodClient) -> Verdict:
    """Let Hood try the settings of one step with the provider. Only a plain no is a refusal: what a gateway or a
    limit answers says nothing about the settings.

    :raises TokenRefused: where no request with this token can succeed.
    """
    current = step.current
    body = {
        "name": step.body.get("name") or (current.name if current else ""),
        "provider_id": step.provider.id if step.provider else (current.provider_id if current else None),
        "type": step.body.get("type") or (current.type if current else None),
        "status": step.body.get("status") or (current.status if current else "active"),
        "settings": step.body["settings"],
    }
    try:
        client.validate(body)
    except TokenRefused:
        raise
    except HoodError as error:
        if isinstance(error, Refused) and (error.status in (400, 422) or error.status < 300):
            return Verdict(REFUSED, f"its settings do not work: {error}")
        return Verdict(UNTRIED, f"its settings could not be tried: {error}")
    return Verdict(ACCEPTED)


class Application:
    """One carrying out of one plan.

    :param read: reads the account's integrations anew, with the settings of what these entries mean.
    :param replan: plans steps again for an account as it is now.
    :param verdicts: what Hood said of the settings of the steps; None where they are not to be tried.
    """

    def __init__(
        self,
        client: HoodClient,
        read: Read,
        replan: Replan,
        parallel: int,
        verdicts: Mapping[int, Verdict] | None = None,
    ) -> None:
        self._client = client
        self._read = read
        self._replan = replan
        self._parallel = parallel
        self._verdicts = verdicts
        self._stop = threading.Event()

    def carry_out(self, plan: Plan) -> list[Outcome]:
        """One outcome for each step, in the order of the plan."""
        verdicts = self._verdicts or {}
        outcomes = {index: refused(plan.steps[index], verdict) for index, verdict in verdicts.items() if verdict.reason}
        indexed = list(enumerate(plan.steps))
        for action in (UPDATED, CREATED):
            todo = [(index, step) for index, step in indexed if step.action == action and index not in outcomes]
            done = in_parallel(lambda pair: self._write(pair[1]), todo, self._parallel)
            outcomes.update({index: outcome for (index, _step), outcome in zip(todo, done)})
        for index, step in indexed:
            outcomes.setdefault(index, skipped(step))
        ordered = [outcomes[index] for index, _step in indexed]
        ordered = self._settle(ordered)
        ordered = self._read_back(ordered)
        ordered = [
            replace(outcome, credentials=verdicts[index].credentials) if index in verdicts else outcome
            for index, outcome in enumerate(ordered)
        ]
        return ordered + self._deactivate(plan.deactivations, ordered)

    def _write(self, step: Step) -> Outcome:
        if self._stop.is_set():
            return replace(skipped(step), error="not tried, as Hood refused the token", held_back=True)
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
            return failed(step, error)
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
                        outcomes[index] = unclear(outcomes[index], error)
                break
            for index in open_ones:
                if outcomes[index].uncertain:
                    again = None if last or self._stop.is_set() else self._write(outcomes[index].step)
                    outcomes[index] = again or unclear(outcomes[index], None)
        return outcomes

    def _look(self, outcomes: list[Outcome], open_ones: Sequence[int]) -> None:
        """Read the account until the creations that are unclear are found or must be held for not processed."""
        for pause in self._pauses([outcomes[index] for index in open_ones]):
            self._client.pacer.pause(pause, "a creation whose answer was lost")
            unclear = [index for index in open_ones if outcomes[index].uncertain]
            steps = [outcomes[index].step for index in unclear]
            current = self._read([step.entry for step in steps])
            for index, again in zip(unclear, self._replan(steps, current)):
                outcomes[index] = self._adopted(outcomes[index], again)
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
            return replace(outcome, uncertain=None, error=told(again), written=True)
        if again.current is None:
            return outcome
        found = Outcome(outcome.step, written=True, integration_id=again.current.id)
        if again.action != UPDATED:
            return found
        update = self._write(again)
        return replace(found, error=update.error)

    def _read_back(self, outcomes: list[Outcome]) -> list[Outcome]:
        """After creations: find the ids that were not told, and a double that somebody else made meanwhile."""
        created = [outcome.step.entry for outcome in outcomes if outcome.step.action == CREATED and outcome.written]
        if not created:
            return outcomes
        try:
            # Where the list hides settings, one new integration tells what the account shows of secrets.
            current = self._read(created[:1])
        except HoodError as error:
            return [
                replace(outcome, error=f"it was written, but reading it back failed: {error}. Run again to be sure")
                if outcome.step.action == CREATED and outcome.written and not outcome.error
                else outcome
                for outcome in outcomes
            ]
        verify = _Verification(current)
        return self._caught_up([verify(outcome) for outcome in outcomes], current)

    def _caught_up(self, outcomes: list[Outcome], current: list[Integration]) -> list[Outcome]:
        """What is created can be the first to show that this server does not hide secrets, and so that one of an
        older integration is missing: write it now, or the second run would."""
        indices = [
            index
            for index, outcome in enumerate(outcomes)
            if outcome.step.action == UNCHANGED and not outcome.error and not outcome.step.secrets_compared
        ]
        replanned = self._replan([outcomes[index].step for index in indices], current)
        for index, again in zip(indices, replanned):
            if again.action == UPDATED:
                outcomes[index] = self._written_late(again)
        return outcomes

    def _written_late(self, step: Step) -> Outcome:
        if self._verdicts is not None and "settings" in step.body:
            try:
                verdict = try_settings(step, self._client)
            except TokenRefused as error:
                return failed(step, error)
            if verdict.reason:
                return refused(step, verdict)
        return self._write(step)

    def _deactivate(self, steps: Sequence[Step], before: Sequence[Outcome]) -> list[Outcome]:
        if any(outcome.error for outcome in before):
            return [
                replace(skipped(step), error="not tried, as something before it failed", held_back=True)
                for step in steps
            ]
        return [self._write(step) for step in steps]


class _Verification:
    """Whether what was written is there, and only once."""

    def __init__(self, current: Iterable[Integration]) -> None:
        self._by_id: dict[str, Integration] = {}
        self._by_name: dict[str, list[Integration]] = {}
        for one in current:
            self._by_id[one.id] = one
            self._by_name.setdefault(one.name, []).append(one)

    def __call__(self, outcome: Outcome) -> Outcome:
        if not outcome.written or outcome.error:
            return outcome
        mine = self._by_id.get(outcome.integration_id or "")
        if outcome.step.action != CREATED:
            return replace(outcome, seen=mine)
        twins = self._by_name.get(outcome.step.body["name"], [])
        if len(twins) > 1 and outcome.step.provider:
            twins = [one for one in twins if one.provider_id in (None, outcome.step.provider.id)]
        if len(twins) == 1:
            return replace(outcome, integration_id=twins[0].id, seen=twins[0])
        if twins:
            ids = ", ".join(one.id for one in twins)
            return replace(
                outcome,
                error=f"it exists twice now: {ids}. Somebody else made it at the same time; deactivate and rename the"
                " one that no campaign uses, and let only one job at a time work on an account",
            )
        if mine:
            reason = f"Hood stored {mine.id} under another name; declare the entry by id"
            return replace(outcome, seen=mine, error=reason)
        return replace(outcome, error="it was created, but the account does not list it; run again to be sure")
