# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's side of the module of the same name."""

from __future__ import annotations

from ansible_collections.ocamba.hood.plugins.module_utils.task.look import PROVIDER_INFO
from ansible_collections.ocamba.hood.plugins.plugin_utils.hood_action import HoodAction


class ActionModule(HoodAction):
    """Runs the task here or on the target."""

    definition = PROVIDER_INFO
