# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the plan that was approved for a host."""

from __future__ import annotations

from typing import Any, Callable

from ansible_collections.ocamba.hood.plugins.module_utils.reports import approval
from ansible_collections.ocamba.hood.plugins.plugin_utils.plain import untemplated

DOCUMENTATION = r"""
name: expected_plan
short_description: Find the plan that was approved for a host
version_added: 0.3.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - Takes the plans that the playbook C(ocamba.hood.plan) handed on, and gives the one of a host, for
    O(ocamba.hood.ocamba_integrations#module:expected_plan).
positional: host
options:
  _input:
    description: A dictionary of hosts and the C(plan_id) of each, also as JSON text. Blank where no approval is needed.
    type: raw
    required: true
  host:
    description: The host.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Apply what was approved
  ocamba.hood.ocamba_integrations:
    api_token: "{{ ocamba_api_token }}"
    integrations: "{{ ocamba_integrations | ocamba.hood.with_secrets(ocamba_secrets) }}"
    expected_plan: "{{ (ocamba_expected_plans | ocamba.hood.expected_plan(inventory_hostname)).plan_id }}"
"""

RETURN = r"""
_value:
  description: What was approved.
  type: dict
  contains:
    plan_id:
      description:
        - The id of the plan; empty where none needs an approval.
        - V(refused), which no module takes for an id, where the host must not be written to.
      type: str
    mistakes:
      description: Why the host must not be written to; empty where it may.
      type: list
      elements: str
"""


def expected_plan(plans: Any, host: str) -> dict[str, Any]:
    """Return what was approved, and what is wrong."""
    found = approval.expected_plan(plans, host)
    return {**found, "mistakes": [untemplated(mistake) for mistake in found["mistakes"]]}


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"expected_plan": expected_plan}
