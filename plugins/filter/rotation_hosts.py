# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the accounts that a rotation is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.ocamba.hood.plugins.module_utils.errors import HoodError
from ansible_collections.ocamba.hood.plugins.module_utils.reports.rotation import concerns
from ansible_collections.ocamba.hood.plugins.plugin_utils.variables import NOT_EVALUABLE

DOCUMENTATION = r"""
name: rotation_hosts
short_description: Find the hosts that have any of the chosen integrations
version_added: 0.3.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - Of some hosts, gives those whose C(ocamba_integrations) or C(ocamba_secrets) have any of the chosen names, so that a
    rotation can pass over the others. A host whose variables can't be evaluated or read counts as one of them.
positional: hostvars, hosts
options:
  _input:
    description: The names, as a list, also as JSON text; one name, or one a line; or V(all).
    type: raw
    required: true
  hostvars:
    description: Ansible's variable of that name.
    type: dict
    required: true
  hosts:
    description: The hosts.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Name the accounts that have an integration called Mitto
  ansible.builtin.debug:
    msg: "{{ ['Mitto'] | ocamba.hood.rotation_hosts(hostvars, ansible_play_hosts_all) }}"
"""

RETURN = r"""
_value:
  description: The hosts that have any of them.
  type: list
  elements: str
"""


def rotation_hosts(names: Any, hostvars: Mapping[str, Any], hosts: Iterable[str]) -> list[str]:
    """Return the hosts that a rotation is about."""
    return [host for host in hosts if _is_concerned(names, hostvars, host)]


def _is_concerned(names: Any, hostvars: Mapping[str, Any], host: str) -> bool:
    try:
        variables = hostvars[host]
        return concerns(names, variables.get("ocamba_secrets"), variables.get("ocamba_integrations"))
    except HoodError as error:
        raise AnsibleFilterError(str(error)) from None
    except NOT_EVALUABLE:
        # What is wrong with it is reported where it is used.
        return True


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rotation_hosts": rotation_hosts}
