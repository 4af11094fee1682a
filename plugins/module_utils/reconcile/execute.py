# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carry a plan out through a client. The only writer. Private to this collection.

The order is: updates, creations, reading back, deactivations, reading those back. Creations that are sent in parallel
begin with the first of each type. A creation without a clear answer is looked for by its name before it is tried again,
so that nothing is made twice.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ansible_collections.ocamba.hood.plugins.module_utils.api.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.models import Integration
from ansible_collections.ocamba.hood.plugins.module_utils.api.parallel import in_parallel
from ansible_collections.ocamba.hood.plugins.module_utils.errors import (
    NOT_CONFIRMED,
    HoodError,
    Refused,
    TokenRefused,
    Uncertain,
)
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.credentials import try_settings
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.names import same_name
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.outcomes import (
    Outcome,
    Verdict,
    failed,
    held,
    refused,
    skipped,
    token_refused,
)
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.session import Session
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import CREATED, UNCHANGED, UPDATED, Plan, Step
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.unclear import Search, find_updates
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.verify import read_back

CONFLICT = 409


class Execution:
    """One carrying out of one plan.

    :param verdicts: what Hood said of the settings of the steps; None where they are not to be tried.
    :param catches_up: whether to write what only this run could find out, beyond the plan.
    """

    def __init__(
        self,
        client: HoodClient,
        session: Session,
        parallel: int,
        verdicts: Mapping[int, Verdict] | None = None,
        catches_up: bool = True,
    ) -> None:
        self._client = client
        self._session = session
        self._parallel = parallel
        self._verdicts = verdicts
        self._catches_up = catches_up
        self._stop = threading.Event()
        # What was refused because of its name.
        self._conflicts: list[Step] = []

    def carry_out(self, plan: Plan) -> list[Outcome]:
        """Return one outcome for each step, in the order of the plan."""
        outcomes = Search(self._client, self._session, self._write).resolve(self._write_all(plan))
        outcomes = self._with_holders(find_updates(self._session, outcomes))
        outcomes = self._catch_up(read_back(self._client, self._session, outcomes))
        verdicts = self._verdicts or {}
        outcomes = [
            replace(outcome, credentials=verdicts[index].credentials) if index in verdicts else outcome
            for index, outcome in enumerate(outcomes)
        ]
        deactivated = find_updates(self._session, self._deactivate(plan.deactivations, outcomes))
        return outcomes + read_back(self._client, self._session, deactivated)

    def _write_all(self, plan: Plan) -> list[Outcome]:
        verdicts = self._verdicts or {}
        outcomes = {index: refused(plan.steps[index], verdict) for index, verdict in verdicts.items() if verdict.reason}
        indexed = list(enumerate(plan.steps))
        updates = [index for index, step in indexed if step.action == UPDATED and index not in outcomes]
        creations = [index for index, step in indexed if step.action == CREATED and index not in outcomes]
        first = _first_of_their_type(plan.steps, creations, self._session.current) if self._parallel > 1 else []
        for wave in (updates, first, [index for index in creations if index not in first]):
            done = in_parallel(self._write, [plan.steps[index] for index in wave], self._parallel)
            outcomes.update(zip(wave, done))
        for index, step in indexed:
            outcomes.setdefault(index, skipped(step))
        return [outcomes[index] for index, _step in indexed]

    def _write(self, step: Step) -> Outcome:
        if self._stop.is_set():
            return token_refused(step)
        try:
            if step.current is None:
                identity = self._client.create(step.body)
            else:
                identity = step.current.id
                self._client.update(identity, step.body)
        except Uncertain as error:
            if step.current is None:
                return Outcome(step, uncertain=error, attempts=1)
            return failed(step, error)
        except TokenRefused as error:
            self._stop.set()
            return failed(step, error)
        except HoodError as error:
            if isinstance(error, Refused) and error.status == CONFLICT and step.body.get("name"):
                self._conflicts.append(step)
            return failed(step, error)
        return self._carried_out(step, identity)

    def _carried_out(self, step: Step, identity: str | None) -> Outcome:
        done = Outcome(step, written=True, integration_id=identity, attempts=1)
        if step.current is None and identity in self._session.before:
            reason = f"Hood changed integration {identity}, which was there before, instead of making one"
            return done.fail(reason, NOT_CONFIRMED)
        return done

    def _with_holders(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Add to each conflict the integration that has the name, in another case or composition maybe."""
        refused_names = [outcome.step.body["name"] for outcome in outcomes if outcome.step in self._conflicts]
        if not refused_names:
            return outcomes
        try:
            current = self._session.read_until_found([], refused_names)
        except HoodError:
            return outcomes
        return [
            replace(outcome, error=f"{outcome.error}{_holder(outcome.step, current)}")
            if outcome.error and outcome.step in self._conflicts
            else outcome
            for outcome in outcomes
        ]

    def _catch_up(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Write now what only this run could find out, or the second run would.

        What is written can be the first to show that this server does not hide secrets, and so that one of an older
        integration is missing or another.
        """
        if not self._catches_up or not any(outcome.written and outcome.seen for outcome in outcomes):
            return outcomes
        indices = [
            index
            for index, outcome in enumerate(outcomes)
            if outcome.step.action == UNCHANGED and not outcome.error and not outcome.step.secrets_compared
        ]
        replanned = self._session.replan([outcomes[index].step for index in indices])
        for index, again in zip(indices, replanned):
            if again.action == UPDATED:
                outcomes[index] = self._write_late(again)
        return outcomes

    def _write_late(self, step: Step) -> Outcome:
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
            return [held(step, "not tried, as something before it failed") for step in steps]
        if any(outcome.written and outcome.seen is None for outcome in before):
            return [held(step, "not tried, as what was written before it could not be read back") for step in steps]
        planned = {step.current.id: step.current.is_default for step in steps if step.current}
        # By somebody else, or by what this run has written.
        changed = {one for one, was_default in planned.items() if self._is_default(one) is not was_default}
        reason = "not tried, as the account's default has changed meanwhile"
        return [
            held(step, reason) if step.current and step.current.id in changed else self._write(step) for step in steps
        ]

    def _is_default(self, identity: str) -> bool | None:
        """Whether an integration is a default of the account by now, as its list or a reading by id shows."""
        listed = next((one for one in self._session.current if one.id == identity), None)
        if listed is not None and listed.is_default is not None:
            return listed.is_default
        try:
            return self._session.read_one(identity).is_default
        except HoodError:
            return None


def _first_of_their_type(steps: Sequence[Step], creations: Sequence[int], current: Sequence[Integration]) -> list[int]:
    """Return the first creation of each type of which the account has no default yet.

    Hood may make it the default. Were it sent in parallel with others of its type, chance would choose the default.
    """
    has_default = {one.type for one in current if one.is_default is not False}
    first: dict[str | None, int] = {}
    for index in creations:
        provider = steps[index].provider
        first.setdefault(provider.type if provider else None, index)
    return [index for kind, index in first.items() if kind not in has_default]


def _holder(step: Step, current: Sequence[Integration]) -> str:
    """Name the integration that has the name of a step."""
    own = step.current.id if step.current else None
    name = step.body["name"].casefold()
    holders = [one for one in current if one.id != own and same_name(one.name.casefold(), name)]
    return "".join(f". Integration {one.id} has this name; declare its very name, or its id" for one in holders[:1])
