# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run from end to end: reading, planning, and, but in check mode, applying. Both modules go through here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Callable

from ansible_collections.ocamba.hood.plugins.module_utils.api import reader
from ansible_collections.ocamba.hood.plugins.module_utils.api.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import Connection
from ansible_collections.ocamba.hood.plugins.module_utils.api.models import Integration, LiveProvider
from ansible_collections.ocamba.hood.plugins.module_utils.api.pacer import keep_quiet
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import Declared
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile import plan
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.outcomes import Outcome, hold_back, predict
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.plan import Plan, Policy, Step


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
        return self.client.usage


def run(asked: Run, client: HoodClient | None = None) -> Report:
    """Bring an account to what is declared.

    :raises HoodError: where the account could not be read, or the token is refused while reading.
    """
    client = client or HoodClient.open(asked.connection, asked.parallel_requests, asked.tell, asked.clean)
    refused = plan.refuse_policy(len(asked.entries), asked.policy)
    if refused or (not asked.entries and asked.policy.unmanaged == "ignore"):
        return Report(Plan(), [], client, asked.check_mode, [str(mistake) for mistake in refused])

    known: dict[str, Integration] = {}

    def read(entries: Sequence[Declared]) -> list[Integration]:
        found = reader.read_integrations(
            client, lambda listed: plan.ids_to_read(entries, listed), known, asked.parallel_requests
        )
        asked.learn(reader.stored_secrets(found))
        known.update({one.id: one for one in found})
        return found

    current = read(asked.entries)
    planned = plan.make_plan(asked.entries, current, asked.policy)
    live: list[LiveProvider] = []
    if planned.needs_providers:
        live = reader.read_providers(client)
        planned = plan.make_plan(asked.entries, current, asked.policy, live)
    if planned.mistakes:
        refusals = [str(mistake) for mistake in planned.mistakes]
        return Report(planned, predict(planned), client, asked.check_mode, refusals)
    if asked.check_mode or not planned.writes:
        return Report(planned, predict(planned), client, asked.check_mode)
    # What writes is only loaded to write.
    from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.execute import Application, validate

    verdicts = validate(planned, client, asked.parallel_requests) if asked.validate_credentials else None
    if verdicts and asked.invalid_credentials == "refuse" and any(verdict.reason for verdict in verdicts.values()):
        return _unwritten(planned, hold_back(planned, verdicts), client)

    def replan(steps: Sequence[Step], now: list[Integration]) -> list[Step]:
        return plan.make_plan([step.entry for step in steps], now, asked.policy, live).steps

    application = Application(client, read, replan, asked.parallel_requests, verdicts)
    return Report(planned, application.carry_out(planned), client, check_mode=False)


def _unwritten(planned: Plan, outcomes: list[Outcome], client: HoodClient) -> Report:
    refusals = [
        f"{outcome.step.entry.label}: {outcome.error}; nothing was written"
        for outcome in outcomes
        if outcome.error and not outcome.held_back
    ]
    return Report(planned, outcomes, client, False, refusals)
