# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run from end to end: reading, planning, and, but in check mode, applying. Both modules go through here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Callable

from ansible_collections.ocamba.hood.plugins.module_utils import account, plan
from ansible_collections.ocamba.hood.plugins.module_utils.apply import Application, Outcome, predict, validate
from ansible_collections.ocamba.hood.plugins.module_utils.client import Connection, HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.declarations import Declared
from ansible_collections.ocamba.hood.plugins.module_utils.integrations import Integration, LiveProvider
from ansible_collections.ocamba.hood.plugins.module_utils.pacing import Pacer
from ansible_collections.ocamba.hood.plugins.module_utils.plan import Plan, Policy, Step


def _forget(_secrets: Sequence[str]) -> None:
    """For runs whose messages nobody sees."""


@dataclass(frozen=True)
class Run:
    """What a run is asked for.

    :param learn: is told every secret that the account shows, before anything else is done with it.
    """

    entries: Sequence[Declared]
    connection: Connection
    policy: Policy = field(default_factory=Policy)
    validate_credentials: bool = False
    parallel_requests: int = 1
    check_mode: bool = False
    learn: Callable[[Sequence[str]], None] = _forget


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
    def api(self) -> dict[str, Any]:
        counters = self.client.counters
        return {
            "requests": counters.requests,
            "retries": counters.retries,
            "waited": round(self.client.pacer.waited, 3),
        }


def run(asked: Run, client: HoodClient | None = None) -> Report:
    """Bring an account to what is declared.

    :raises HoodError: where the account could not be read, or the token is refused while reading.
    """
    client = client or open_client(asked)
    refused = plan.refuse_policy(len(asked.entries), asked.policy)
    if refused or (not asked.entries and asked.policy.unmanaged == "ignore"):
        return Report(Plan(), [], client, asked.check_mode, [str(mistake) for mistake in refused])

    def read() -> list[Integration]:
        found = account.read_integrations(client, asked.entries, asked.parallel_requests)
        asked.learn(account.stored_secrets(found))
        return found

    current = read()
    planned = plan.make_plan(asked.entries, current, asked.policy)
    live: list[LiveProvider] = []
    if planned.needs_providers:
        live = account.read_providers(client)
        planned = plan.make_plan(asked.entries, current, asked.policy, live)
    if planned.mistakes:
        refusals = [str(mistake) for mistake in planned.mistakes]
        return Report(planned, predict(planned), client, asked.check_mode, refusals)
    if asked.check_mode or not planned.writes:
        return Report(planned, predict(planned), client, asked.check_mode)
    if asked.validate_credentials:
        unusable = validate(planned, client, asked.parallel_requests)
        if unusable:
            return _unwritten(planned, unusable, client)

    def replan(step: Step, now: list[Integration]) -> Step:
        return plan.make_plan([step.entry], now, asked.policy, live).steps[0]

    application = Application(client, read, replan, asked.parallel_requests)
    return Report(planned, application.carry_out(planned), client, check_mode=False)


def open_client(asked: Run) -> HoodClient:
    pacer = Pacer(asked.connection.max_wait, asked.parallel_requests)
    return HoodClient(asked.connection, pacer)


def _unwritten(planned: Plan, refused: dict[str, str], client: HoodClient) -> Report:
    def outcome(step: Step) -> Outcome:
        identity = step.current.id if step.current else None
        error = refused.get(step.entry.label)
        if error is None and step.is_write:
            error = "not written, as the settings of another entry do not work"
        return Outcome(step, integration_id=identity, error=error)

    outcomes = [outcome(step) for step in planned.steps + planned.deactivations]
    refusals = [f"{label}: {reason}; nothing was written" for label, reason in refused.items()]
    return Report(planned, outcomes, client, False, refusals)
