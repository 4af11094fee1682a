# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks that apply a declaration. Private to this collection."""

from __future__ import annotations

from typing import Any, Callable

from ansible_collections.ocamba.hood.plugins.module_utils.errors import InvalidOptions
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile import engine
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.engine import Report, Run
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.plan_id import is_plan_id
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Policy
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.task_outcome import TaskOutcome
from ansible_collections.ocamba.hood.plugins.module_utils.task import results
from ansible_collections.ocamba.hood.plugins.module_utils.task.argument_specs import plural_spec, singular_spec
from ansible_collections.ocamba.hood.plugins.module_utils.task.task import FACT, Definition, Task


def policy(options: dict[str, Any]) -> Policy:
    """Return the policy that the options ask for."""
    return Policy(
        update_secrets=options["update_secrets"],
        missing=options["missing"],
        unmanaged=options.get("unmanaged") or "ignore",
        protected=tuple(options.get("protected") or ()),
        deactivate_default=tuple(options.get("deactivate_default") or ()),
        max_deactivations=options.get("max_deactivations") or 0,
    )


def apply(task: Task, present: Callable[[Report], dict[str, Any]]) -> TaskOutcome:
    """Run the declaration.

    :param present: makes the module's result of the report.
    """
    expected = task.options["expected_plan"]
    if expected is not None and not is_plan_id(expected):
        raise InvalidOptions("expected_plan: must be the plan_id of an earlier run")
    parallel = task.options.get("parallel_requests", 1)
    client = task.client(parallel)
    report = engine.run(
        Run(
            entries=task.declaration.entries,
            connection=client.connection,
            policy=policy(task.options),
            validate_credentials=task.options["validate_credentials"],
            invalid_credentials=task.options.get("invalid_credentials") or "refuse",
            parallel_requests=parallel,
            check_mode=task.check_mode,
            is_whole="integrations" in task.spec,
            fact=task.fact,
            expected_plan=expected,
            learn=task.secrets.learn,
            tell=task.tell,
        ),
        client,
    )
    result = present(report)
    if report.fact is not None:
        result["ansible_facts"] = {FACT: report.fact}
    if task.diff:
        result["diff"] = results.diffs(report)
    return TaskOutcome(result, report.failures, report.warnings, report.reason_code)


INTEGRATION = Definition(singular_spec(), lambda task: apply(task, results.singular))
INTEGRATIONS = Definition(plural_spec(), lambda task: apply(task, results.plural))
