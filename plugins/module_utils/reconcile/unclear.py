# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look for what was written although its answer was lost. Private to this collection.

After a time-out, a broken connection or any answer that is not Hood's plain refusal, a write may have been carried
out, or may still be. A creation is looked for before it is tried again, an update after its last try.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Callable

from ansible_collections.ocamba.hood.plugins.module_utils.api.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import Connection
from ansible_collections.ocamba.hood.plugins.module_utils.errors import (
    DOUBLED,
    REFUSED,
    UNCLEAR,
    HoodError,
    Refused,
    Uncertain,
)
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.newcomers import may_be, newcomer
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.outcomes import Outcome, mistakes_of, unclear
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.session import Session
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import UPDATED, Step
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.verify import LAG, has_changed, is_shown

# How often a creation is tried whose answer stays unclear.
ROUNDS = 3
# For how many seconds a creation is looked for at least: an answer can come before its commit, and a list can lag.
PATIENCE = LAG + 5
# How a reading is answered of what is there no more.
ABSENT = (400, 404, 410)

Write = Callable[[Step], Outcome]


def patience(connection: Connection, is_slow: bool) -> float:
    """Return for how many seconds a lost creation may still come about.

    What timed out may still be at work: it gets as long again before it is taken for lost.
    """
    return max(2 * connection.request_timeout, PATIENCE) if is_slow else PATIENCE


def find_updates(session: Session, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes with every unclear update as carried out that reading it by its id shows to be.

    One that has changed in another way, or only by its time, counts as written and stays a failure: somebody else may
    have written.
    """
    found = list(outcomes)
    for index, outcome in enumerate(found):
        if outcome.reason_code != UNCLEAR or outcome.step.current is None:
            continue
        try:
            seen = session.read_one(outcome.step.current.id)
        except Refused as refused:
            if refused.status in ABSENT:
                continue
            break
        except HoodError:
            break
        if is_shown(outcome.step, seen):
            found[index] = replace(outcome, written=True, error=None, reason_code=None)
        elif has_changed(outcome.step, seen):
            found[index] = replace(outcome, written=True)
    return found


class Search:
    """The search for the creations of one run that are unclear.

    :param write: carries a step out.
    """

    def __init__(self, client: HoodClient, session: Session, write: Write) -> None:
        self._client = client
        self._session = session
        self._write = write
        self._was_slow = False
        # What was refused when it was tried again.
        self._refused: list[Step] = []

    def resolve(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Return the outcomes with every unclear creation found, repeated, or reported as unclear."""
        for attempt in range(1, ROUNDS + 1):
            open_ones = [index for index, outcome in enumerate(outcomes) if outcome.uncertain]
            if not open_ones:
                break
            try:
                self._look(outcomes, open_ones)
            except HoodError as error:
                for index in open_ones:
                    if outcomes[index].uncertain:
                        outcomes[index] = unclear(outcomes[index], f"looking for it failed as well: {error}")
                break
            for index in open_ones:
                if outcomes[index].uncertain:
                    found = newcomer(outcomes[index], outcomes, self._session.current, self._session.before)
                    outcomes[index] = (
                        unclear(outcomes[index], may_be(found)) if found else self._repeat(outcomes[index], attempt)
                    )
        if any(outcome.attempts > 1 for outcome in outcomes):
            # What was held for lost and repeated may still come about: the last reading back has to show both.
            self._client.pacer.pause(self._allowed(self._was_slow), "a creation that may come about late")
        return outcomes

    def _repeat(self, outcome: Outcome, attempt: int) -> Outcome:
        connection = self._client.connection
        if attempt == ROUNDS or outcome.step in self._refused:
            return unclear(outcome, "it could not be found afterwards")
        is_slow = bool(outcome.uncertain and outcome.uncertain.slow)
        wanted = patience(connection, is_slow)
        if connection.max_wait < wanted:
            reason = (
                f"it was not found within max_wait ({connection.max_wait:g} s), which is too short to be sure"
                f" ({wanted:g} s), so it was not tried again; raise max_wait"
            )
            return unclear(outcome, reason)
        again = self._write(outcome.step)
        if again.reason_code == REFUSED:
            # The refusal is of this try alone: maybe just as the one before it has come about.
            self._refused.append(outcome.step)
            again = replace(outcome, uncertain=Uncertain(f"{outcome.uncertain}; tried again, {again.error}", is_slow))
        return replace(again, attempts=outcome.attempts + 1)

    def _look(self, outcomes: list[Outcome], open_ones: Sequence[int]) -> None:
        """Read the account until the creations that are unclear are found or must be held for not processed."""
        for pause in self._pauses([outcomes[index] for index in open_ones]):
            self._client.pacer.pause(pause, "a creation whose answer was lost")
            lost = [index for index in open_ones if outcomes[index].uncertain]
            steps = [outcomes[index].step for index in lost]
            self._session.read_until_found([step.entry for step in steps], [step.body["name"] for step in steps])
            for index, again in zip(lost, self._session.replan(steps)):
                outcomes[index] = self._adopted(outcomes[index], again)
            if not any(outcomes[index].uncertain for index in open_ones):
                return

    def _pauses(self, outcomes: Sequence[Outcome]) -> list[float]:
        is_slow = any(outcome.uncertain and outcome.uncertain.slow for outcome in outcomes)
        self._was_slow = self._was_slow or is_slow
        limit = self._allowed(is_slow)
        pauses = [min(0.5, limit)]
        while sum(pauses) < limit:
            pauses.append(min(2 * pauses[-1], limit - sum(pauses)))
        return pauses

    def _allowed(self, is_slow: bool) -> float:
        """For how many seconds creations are looked for: the patience, as far as max_wait allows it."""
        return min(patience(self._client.connection, is_slow), self._client.connection.max_wait)

    def _adopted(self, outcome: Outcome, again: Step) -> Outcome:
        """What is there now under the name is the creation that was unclear, brought to what is declared."""
        if again.mistakes:
            # Nothing was in its way before: what is new is this very creation, or another one made beside it.
            is_new = any(one.id not in self._session.before for one in self._session.current)
            failed = replace(outcome, uncertain=None, written=is_new)
            return failed.fail(mistakes_of(again), again.reason_code or DOUBLED)
        if again.current is None:
            return outcome
        found = replace(outcome, uncertain=None, written=True, integration_id=again.current.id)
        if again.action != UPDATED:
            return found
        update = self._write(again)
        return replace(found, error=update.error, reason_code=update.reason_code)
