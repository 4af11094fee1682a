# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks that return what an account holds. Private to this collection."""

from __future__ import annotations

from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.task_outcome import TaskOutcome
from ansible_collections.ocamba.hood.plugins.module_utils.reports import info
from ansible_collections.ocamba.hood.plugins.module_utils.task.argument_specs import (
    integration_info_spec,
    provider_info_spec,
)
from ansible_collections.ocamba.hood.plugins.module_utils.task.task import Definition, Task

_FILTERS = ("name", "id", "provider", "type", "status")


def _integrations(task: Task) -> TaskOutcome:
    filters = info.Filters(**{name: task.options[name] for name in _FILTERS})
    return info.find_integrations(task.client(info.PARALLEL), filters, task.secrets.learn)


def _providers(task: Task) -> TaskOutcome:
    return info.find_providers(task.client() if task.has_token else None, task.options["provider"])


INTEGRATION_INFO = Definition(integration_info_spec(), _integrations)
PROVIDER_INFO = Definition(provider_info_spec(), _providers)
