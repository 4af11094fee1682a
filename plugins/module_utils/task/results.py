# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules return, as documented under RETURN. No secret is in it. Private to this collection."""

from __future__ import annotations

from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.diff import diff
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.engine import Report
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.outcomes import Outcome
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import ACTIONS, FAILED, Step


def describe(outcome: Outcome) -> dict[str, Any]:
    """One integration as it is after the run, or would be."""
    step, current = outcome.step, outcome.step.current
    failed = outcome.action == FAILED
    sent = {} if failed and not outcome.written else step.body
    live = step.provider or (current.provider if current else None)
    kept = {name: getattr(current, name) if current else None for name in ("name", "type", "status", "provider_id")}
    settings = (current.settings or {} if current else {}) if failed and not outcome.written else step.settings
    status = (outcome.seen.status if outcome.seen else None) or sent.get("status") or kept["status"]
    return {
        "id": outcome.integration_id,
        "name": sent.get("name") or kept["name"] or step.entry.name,
        "provider": _provider_name(step, live),
        "provider_id": kept["provider_id"] or (live.id if live else None) or step.entry.provider_id,
        "type": sent.get("type") or kept["type"] or step.entry.type,
        "status": status,
        "effective_status": _effective_status(outcome, status),
        "is_default": outcome.seen.is_default if outcome.seen else current.is_default if current else False,
        "settings": {key: value for key, value in sorted(settings.items()) if value is not None and step.shows(key)},
        "action": outcome.action,
        "changed_fields": [] if failed else list(step.changed_fields),
        "secrets_written": [] if failed else list(step.secrets_written),
        "secrets_compared": step.secrets_compared and not outcome.secrets_seen,
        "secrets_seen": {key: seen.value for key, seen in {**step.secrets_seen, **outcome.secrets_seen}.items()},
        "reason_code": outcome.reason_code,
        "credentials": outcome.credentials,
        "held_back": outcome.held_back,
        "error": outcome.error,
    }


def summarize(outcomes: list[Outcome]) -> dict[str, int]:
    """How many integrations had which outcome."""
    return {action: sum(outcome.action == action for outcome in outcomes) for action in ACTIONS}


def plural(report: Report) -> dict[str, Any]:
    """The result of ocamba_integrations."""
    return {
        "changed": report.changed,
        "plan_id": report.plan_id,
        "check_mode": report.check_mode,
        "integrations": [describe(outcome) for outcome in report.outcomes],
        "summary": summarize(report.outcomes),
        "unmanaged": [{"id": one.id, "name": one.name} for one in report.plan.unmanaged],
        "api": report.api,
    }


def singular(report: Report) -> dict[str, Any]:
    """The result of ocamba_integration."""
    return {
        "changed": report.changed,
        "plan_id": report.plan_id,
        "integration": describe(report.outcomes[0]),
        "api": report.api,
    }


def diffs(report: Report) -> list[dict[str, Any]]:
    """Ansible's diff: what was done, or in check mode would be."""
    done = [outcome.step for outcome in report.outcomes if outcome.action != FAILED]
    return [shown for shown in map(diff, done) if shown]


def _provider_name(step: Step, live: Any) -> Any:
    """The collection's own name for a provider that it knows, so that results can be declared again."""
    known = step.known or (live.known if live else None)
    if known:
        return known.name
    return live.name if live else step.entry.provider


def _effective_status(outcome: Outcome, status: Any) -> Any:
    if outcome.seen:
        return outcome.seen.effective_status
    current = outcome.step.current
    if current and "status" not in outcome.step.body:
        return current.effective_status
    return status
