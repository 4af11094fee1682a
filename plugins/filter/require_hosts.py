# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pattern of hosts of a playbook, if it is a host."""

from __future__ import annotations

from typing import Any, Callable

from ansible_collections.ocamba.hood.plugins.plugin_utils import inventory

DOCUMENTATION = r"""
name: require_hosts
short_description: Fail where a play would run on no host
version_added: 0.3.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - Returns a pattern of hosts if at least one host of the inventory matches it, within the limit. Otherwise the run
    fails with a message that names both, while ansible-core would just skip the play, and succeed.
  - Fails as well where a part of the pattern or of the limit, such as one that is excluded, is neither a host nor a
    group. ansible-core only warns of that, and runs on what was to be excluded. What a file of a limit lists is not
    looked at.
  - Meant for C(hosts) of a play. The playbooks of this collection use it.
  - A blank or null pattern stands for V(all). A boolean and an empty list are refused.
  - The implicit C(localhost) only matches where it is named.
positional: groups, limit
options:
  _input:
    description: The pattern, or a list of patterns.
    type: raw
    required: true
  groups:
    description: Ansible's variable C(groups).
    type: dict
    required: true
  limit:
    description: What C(--limit) gives, as in C(ansible_limit).
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Run on the accounts, and fail if there is none
  hosts: "{{ 'accounts' | ocamba.hood.require_hosts(groups, ansible_limit | default('')) }}"
  gather_facts: false
  tasks:
    - name: Tell
      ansible.builtin.debug:
        msg: "{{ inventory_hostname }}"
"""

RETURN = r"""
_value:
  description: The pattern.
  type: str
"""


def require_hosts(pattern: Any, groups: Any, limit: Any = "") -> str:
    """Return the pattern."""
    return inventory.require_hosts(pattern, groups, limit)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"require_hosts": require_hosts}
