# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The id of a plan: what is to be written, as one fingerprint. Pure. Private to this collection.

Equal plans have equal ids, in check mode and in a real run, whatever the order of entries, keys and pages.
"""

from __future__ import annotations

import json
import re

from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import printable
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.fingerprints import LENGTH, Fingerprints
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import FAILED, Plan, Step


def plan_id(plan: Plan, fingerprints: Fingerprints) -> str:
    """Return the id of a plan: a fingerprint of each action, its integration, its fields and the values to be written.

    An empty plan has one too.
    """
    steps = [step for step in plan.steps + plan.deactivations if step.is_write or step.action == FAILED]
    return fingerprints.of("plan", *sorted(_essence(step) for step in steps))


def is_plan_id(text: str) -> bool:
    """Return whether a text can be the id of a plan."""
    return re.fullmatch(f"[0-9a-f]{{{LENGTH}}}", text) is not None


def describe(plan: Plan) -> list[str]:
    """Return a line for each write of a plan, without values, to be held against what an approved run printed."""
    return [_line(step) for step in plan.writes]


def _essence(step: Step) -> str:
    target = step.current.id if step.current else None
    named = None if step.current else [step.entry.name, step.entry.id]
    return json.dumps([step.action, target, named, sorted(step.changed_fields), step.body], sort_keys=True)


def _line(step: Step) -> str:
    name = step.entry.name or (step.current.name if step.current else "")
    fields = f" ({', '.join(step.changed_fields)})" if step.changed_fields else ""
    return f"{printable(name)}: {step.action}{fields}"
