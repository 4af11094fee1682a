# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task that checks an account. Private to this collection."""

from __future__ import annotations

from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis import probes
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.task_outcome import TaskOutcome
from ansible_collections.ocamba.hood.plugins.module_utils.task.argument_specs import connection_spec
from ansible_collections.ocamba.hood.plugins.module_utils.task.task import Definition, Task


def _examine(task: Task) -> TaskOutcome:
    return probes.examine(task.client(), task.secrets.learn, task.secrets.clean).outcome


ACCOUNT_INFO = Definition(connection_spec(), _examine)
