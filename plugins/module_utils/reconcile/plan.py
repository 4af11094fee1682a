# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a declaration means for an account: declared × current × policy → steps. Private to this collection.

Pure: no network, no clock, no Ansible. Check mode shows the very plan that a real run carries out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.api.models import Integration, LiveProvider
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import Declared
from ansible_collections.ocamba.hood.plugins.module_utils.errors import INVALID, UNSAFE
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile import matching, settings
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.compare import (
    NO_EVIDENCE,
    Comparison,
    Evidence,
    gather,
)
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import (
    CREATED,
    FAILED,
    UNCHANGED,
    UPDATED,
    Account,
    Plan,
    Policy,
    Rejected,
    Step,
)
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.unmanaged import plan_unmanaged


def _as_seen(_integration_id: str, _key: str, _declared: str, seen: Comparison) -> Comparison:
    """Compare a secret by what is shown alone, where nothing is remembered."""
    return seen


def make_plan(
    entries: Sequence[Declared],
    current: Sequence[Integration],
    policy: Policy,
    live: Sequence[LiveProvider] | None = None,
    learnt: Evidence = NO_EVIDENCE,
    *,
    recall: settings.Recall = _as_seen,
) -> Plan:
    """Plan a declaration.

    :param live: the account's providers; without them a plan that writes is only good to tell that it writes.
    :param learnt: what this run has learnt of the account before.
    :param recall: compares a secret anew by what is remembered of it.
    """
    account = Account.of(current, live)
    means = [_identified(entry, account) for entry in entries]
    pairs = [(one, entry.settings) for entry, one in zip(entries, means) if isinstance(one, Integration)]
    claimed = frozenset(one.id for one, _settings in pairs)
    planner = _Planner(account, policy, gather(current, pairs, learnt), claimed, recall)
    plan = Plan()
    plan.steps = [planner.step(entry, one) for entry, one in zip(entries, means)]
    _refuse_shared(plan)
    _refuse_same_names(plan)
    plan.mistakes = [mistake for step in plan.steps for mistake in step.mistakes]
    plan_unmanaged(plan, account, policy)
    return plan


def _identified(entry: Declared, account: Account) -> Integration | Rejected | None:
    try:
        return matching.identify(entry, account)
    except Rejected as rejected:
        return rejected


class _Planner:
    """Plans entries one by one for one account.

    :param claimed: the ids that some entry means.
    """

    def __init__(
        self,
        account: Account,
        policy: Policy,
        evidence: Evidence,
        claimed: frozenset[str],
        recall: settings.Recall,
    ) -> None:
        self._account = account
        self._policy = policy
        self._evidence = evidence
        self._claimed = claimed
        self._recall = recall

    @cached_property
    def _unclaimed(self) -> matching.Unclaimed:
        return matching.Unclaimed(self._account, self._claimed)

    def step(self, entry: Declared, meant: Integration | Rejected | None) -> Step:
        """Plan one entry, which means this integration, none, or can't be carried out."""
        current = meant if isinstance(meant, Integration) else None
        try:
            if isinstance(meant, Rejected):
                raise meant
            return self._plan(entry, current)
        except Rejected as rejected:
            return Step(FAILED, entry, current, mistakes=rejected.mistakes, reason_code=rejected.reason_code)

    def _plan(self, entry: Declared, current: Integration | None) -> Step:
        if current is None and self._policy.missing == "refuse":
            reason = "the account has no integration of this name, and missing is refuse"
            raise Rejected(entry.mistake(reason, "name"))
        live = matching.provider_of(entry, current, self._account)
        entry, known = settings.check(entry, live)
        entry, warnings = settings.leave_out_foreign(entry, known, live)
        step = Step(UNCHANGED, entry, current, live, known, warnings=warnings)
        if current is None:
            return self._creation(step)
        return self._comparison(step, current)

    def _creation(self, step: Step) -> Step:
        entry, live = step.entry, step.provider
        self._unclaimed.refuse_altered_name(entry)
        if live is None:
            return replace(step, action=CREATED, warnings=())
        kind = live.type or entry.type
        if kind is None:
            raise Rejected(entry.mistake("required: the account does not say what this provider sends", "type"))
        settings.require(entry, live, entry.settings)
        settings.require_secrets(entry, live)
        body = {
            "name": entry.name,
            "provider_id": live.id,
            "type": kind,
            "status": entry.status or "active",
            "settings": entry.settings,
        }
        changed = ("name", "provider", "type", "status", *(f"settings.{key}" for key in sorted(entry.settings)))
        return replace(
            step, action=CREATED, body=body, changed_fields=changed, secrets_written=tuple(sorted(entry.secrets))
        )

    def _comparison(self, step: Step, current: Integration) -> Step:
        entry = step.entry
        if entry.settings and current.settings is None:
            raise Rejected(entry.mistake(f"Hood does not show the settings of integration {current.id}", "settings"))
        compared = settings.compare_all(step, self._evidence, self._recall)
        different = [key for key, seen in compared.items() if seen in (Comparison.DIFFERENT, Comparison.CHANGED)]
        unknown = [
            key
            for key, seen in compared.items()
            if seen in (Comparison.ALIKE, Comparison.HIDDEN) and not step.shows(key)
        ]
        rewritten = unknown if self._policy.update_secrets == "always" else []
        body = self._options_body(entry, current)
        changed = [*body, *(f"settings.{key}" for key in sorted(different + rewritten))]
        if different or rewritten:
            body["settings"] = settings.to_send(step, self._evidence)
            if step.provider:
                settings.require(entry, step.provider, settings.outcome_of(step, body["settings"]))
        if body:
            self._refuse_unknown_provider(step, current)
        return replace(
            step,
            action=UPDATED if body else UNCHANGED,
            body=body,
            changed_fields=tuple(changed),
            secrets_written=tuple(sorted(entry.secrets)) if "settings" in body else (),
            secrets_compared=not unknown,
            secrets_seen={key: compared[key] for key in entry.secrets},
            warnings=(*(step.warnings if body else ()), *_uncompared(step, current, compared)),
        )

    def _options_body(self, entry: Declared, current: Integration) -> dict[str, Any]:
        """What of name and status is to be sent. A status in an unknown form is left as it is."""
        body: dict[str, Any] = {}
        if entry.name is not None and entry.name != current.name:
            matching.refuse_taken_name(entry, current, self._account)
            body["name"] = entry.name
        if entry.status is not None and current.status is not None and entry.status != current.status:
            body["status"] = entry.status
        return body

    def _refuse_unknown_provider(self, step: Step, current: Integration) -> None:
        """An integration of which nothing tells the provider is not written: it may be another one."""
        entry = step.entry
        if self._account.providers is None or (entry.provider is None and entry.provider_id is None):
            return
        if matching.is_of_provider(entry, current, self._account) is None:
            reason = f"Hood does not tell which provider integration {current.id} is of, so it is not written"
            raise Rejected(entry.mistake(reason, "provider"), reason_code=UNSAFE)


def _uncompared(step: Step, current: Integration, compared: dict[str, Comparison]) -> list[str]:
    """Warnings about declared values, other than secrets, that could not be compared."""
    masked = (Comparison.HIDDEN, Comparison.ALIKE)
    warnings = [
        f"{step.entry.label}: Hood masks settings.{key}, so it could not be compared"
        for key, seen in compared.items()
        if seen in masked and step.shows(key)
    ]
    if step.entry.status is not None and current.status is None:
        warnings.append(
            f"{step.entry.label}: Hood shows its status in an unknown form, so it could not be compared and is left as"
            " it is"
        )
    return warnings


def _refuse_shared(plan: Plan) -> None:
    claimed: dict[str, Declared] = {}
    for index, step in enumerate(plan.steps):
        if step.current is None:
            continue
        first = claimed.setdefault(step.current.id, step.entry)
        if first is not step.entry and step.action != FAILED:
            mistake = step.entry.mistake(f"means the same integration {step.current.id} as {first.path}")
            plan.steps[index] = replace(step, action=FAILED, body={}, mistakes=(mistake,), reason_code=INVALID)


def _refuse_same_names(plan: Plan) -> None:
    """Refuse to make two integrations of one name. Two that exist may be declared, each by its own id."""
    claimed: dict[str, Step] = {}
    for index, step in enumerate(plan.steps):
        name = step.body.get("name") or (step.current.name if step.current else step.entry.name)
        if step.action == FAILED or name is None:
            continue
        first = claimed.setdefault(name, step)
        if first is not step and step.current and ("name" in step.body or "name" in first.body):
            reason = f"can't rename integration {step.current.id}: {first.entry.path} gets this name in the same run"
            mistake = step.entry.mistake(reason, "name")
            plan.steps[index] = replace(step, action=FAILED, body={}, mistakes=(mistake,), reason_code=INVALID)
