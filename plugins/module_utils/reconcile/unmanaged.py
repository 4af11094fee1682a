# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do about integrations that are not declared. Private to this collection.

Pure. What is not known never permits a deactivation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ansible_collections.ocamba.hood.plugins.module_utils.api.models import Integration
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import Declared
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import unknown
from ansible_collections.ocamba.hood.plugins.module_utils.errors import Mistake
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.names import same_name
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import (
    DEACTIVATED,
    Account,
    Plan,
    Policy,
    Step,
)


def refuse_policy(declared: int, policy: Policy) -> list[Mistake]:
    """Reject `unmanaged=deactivate` with an empty declaration, which would deactivate every integration."""
    if policy.unmanaged == "deactivate" and not declared:
        return [Mistake("unmanaged", "deactivate needs at least one declared integration; nothing was sent")]
    return []


def plan_unmanaged(plan: Plan, account: Account, policy: Policy) -> None:
    """Add to a plan what is not declared, and the deactivations that the policy asks for and permits."""
    if policy.unmanaged == "ignore":
        return
    plan.mistakes += refuse_policy(len(plan.steps), policy)
    managed = {step.current.id for step in plan.steps if step.current}
    plan.unmanaged = [one for one in account.integrations if one.id not in managed]
    if policy.unmanaged != "deactivate":
        return
    plan.mistakes += _unknown_names(plan, account, policy)
    if plan.mistakes:
        return
    doomed = [one for one in plan.unmanaged if one.status != "inactive" and not _is_spared(one, policy)]
    plan.mistakes += [_undecided(one) for one in doomed if one.status is None or one.is_default is None]
    if len(doomed) > policy.max_deactivations:
        plan.mistakes.append(_too_many(len(doomed), policy))
    if not plan.mistakes:
        plan.deactivations = [_deactivation(one) for one in doomed]


def undecided_ids(plan_of: Sequence[Step], current: Sequence[Integration], policy: Policy) -> list[str]:
    """Return the integrations of which only a reading by id may tell whether they may be deactivated."""
    if policy.unmanaged != "deactivate":
        return []
    managed = {step.current.id for step in plan_of if step.current}
    return [
        one.id
        for one in current
        if one.id not in managed and one.status != "inactive" and not _is_spared(one, policy)
        if one.status is None or one.is_default is None
    ]


def _is_spared(integration: Integration, policy: Policy) -> bool:
    if integration.name in policy.protected:
        return True
    return integration.is_default is True and integration.name not in policy.deactivate_default


def _unknown_names(plan: Plan, account: Account, policy: Policy) -> Iterable[Mistake]:
    """Names of a policy that neither the account nor the declaration has: they would protect nothing."""
    names = {*account.by_name, *(step.entry.name for step in plan.steps if step.entry.name)}
    for option in ("protected", "deactivate_default"):
        for index, name in enumerate(getattr(policy, option)):
            if name not in names:
                yield Mistake(f"{option}[{index}]", _why_unknown(name, names, account))


def _why_unknown(name: str, names: set[str], account: Account) -> str:
    reason = "the account has no integration of this name; nothing was written"
    if name in account.by_id:
        return f"{reason}. It is the id of an integration: give its name, {account.by_id[name].name}"
    alike = [one for one in sorted(names) if same_name(one.casefold(), name.casefold())]
    if alike:
        return f"{reason}. Names are compared to the letter; did you mean {alike[0]}?"
    return unknown(reason, name, sorted(names))


def _undecided(integration: Integration) -> Mistake:
    what = "whether it is active" if integration.status is None else "whether it is a default of the account"
    return Mistake(
        "unmanaged",
        f"Hood does not tell {what} of {Declared(path='', name=integration.name).label} (id {integration.id}), so it"
        " can't be deactivated; name it in protected, or declare it. Nothing was written",
    )


def _too_many(count: int, policy: Policy) -> Mistake:
    return Mistake(
        "unmanaged",
        f"{count} integrations would be deactivated, max_deactivations allows {policy.max_deactivations}; nothing was"
        " written",
    )


def _deactivation(integration: Integration) -> Step:
    return Step(
        DEACTIVATED,
        Declared(path="unmanaged", name=integration.name, id=integration.id, known=integration.known),
        integration,
        integration.provider,
        integration.known,
        body={"status": "inactive"},
        changed_fields=("status",),
    )
