# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task that sends a test message. Private to this collection."""

from __future__ import annotations

from ansible_collections.ocamba.hood.plugins.module_utils.reconcile import test_message
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.task_outcome import TaskOutcome
from ansible_collections.ocamba.hood.plugins.module_utils.task.argument_specs import notification_spec
from ansible_collections.ocamba.hood.plugins.module_utils.task.task import Definition, Task


def _send(task: Task) -> TaskOutcome:
    entry, recipient = task.declaration.entries[0], task.options["recipient"] or ""
    return test_message.send(task.client(), entry, recipient, task.check_mode)


TEST_NOTIFICATION = Definition(notification_spec(), _send)
