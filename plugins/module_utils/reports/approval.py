# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which plan was approved for an account. Pure. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.declared.intake import parse_json
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import printable
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.plan_id import is_plan_id

# How many accounts a message names.
NAMED = 10
# In place of a plan_id: the modules refuse it, even where a playbook goes on despite the mistakes.
REFUSED = "refused"


def expected_plan(plans: Any, host: str) -> dict[str, Any]:
    """Return the plan that was approved for a host as `plan_id`, and what is wrong as a list `mistakes`.

    :param plans: approved plans by host, also as JSON text. Where it is blank, nothing needs an approval.
    """
    plans = parse_json(plans)
    if plans is None or (isinstance(plans, str) and not plans.strip()):
        return {"plan_id": "", "mistakes": []}
    if not isinstance(plans, Mapping):
        return _refused("ocamba_expected_plans: must be a dictionary of hosts and the plan_id of each")
    # YAML reads a host such as 360 as a number.
    found = {str(one): plan for one, plan in plans.items()}.get(host)
    if found is None:
        named = ", ".join(printable(str(one)) for one in sorted(map(str, plans))[:NAMED]) or "none"
        return _refused(
            f"ocamba_expected_plans: nothing was sent, as no plan of {printable(host)} was approved, only of: {named}."
            " Run ocamba.hood.plan for it"
        )
    if not (isinstance(found, str) and is_plan_id(found)):
        return _refused(f"ocamba_expected_plans ({printable(host)}): must be the plan_id of an earlier run")
    return {"plan_id": str(found), "mistakes": []}


def _refused(mistake: str) -> dict[str, Any]:
    return {"plan_id": REFUSED, "mistakes": [mistake]}
