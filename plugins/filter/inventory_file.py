# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes down what ocamba_integration_info found, as a file of variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.ocamba.hood.plugins.module_utils.errors import HoodError
from ansible_collections.ocamba.hood.plugins.module_utils.reports import inventory_files

DOCUMENTATION = r"""
name: inventory_file
short_description: Write the integrations of an account as an inventory file
version_added: 0.2.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - Makes the text of a YAML file of variables from what M(ocamba.hood.ocamba_integration_info) has found.
  - The same account gives the same text, byte for byte. It never holds a secret.
  - A value in which ansible-core has masked something is refused, with its place.
  - Names that Ansible would take for templates are marked with C(!unsafe).
  - The playbook C(ocamba.hood.export) writes both files for every account of an inventory.
positional: kind
options:
  _input:
    description: The result of M(ocamba.hood.ocamba_integration_info).
    type: dict
    required: true
  kind:
    description:
      - V(integrations) is the plain declaration, C(ocamba_integrations).
      - V(secrets) is a skeleton of C(ocamba_secrets), with a reference to a variable for each secret.
    type: str
    choices: [integrations, secrets]
    required: true
  account:
    description: The name of the account, for the comment at the top.
    type: str
    default: ""
seealso:
  - module: ocamba.hood.ocamba_integration_info
"""

EXAMPLES = r"""
- name: Read the account
  ocamba.hood.ocamba_integration_info:
    api_token: "{{ ocamba_api_token }}"
  register: hood

- name: Write its integrations down
  ansible.builtin.copy:
    content: "{{ hood | ocamba.hood.inventory_file('integrations', account='acme') }}"
    dest: integrations.yml
    mode: "0640"
"""

RETURN = r"""
_value:
  description: The text of the file.
  type: str
"""

_KINDS = {"integrations": inventory_files.integrations_file, "secrets": inventory_files.secrets_file}


def inventory_file(found: Any, kind: str, account: str = "") -> str:
    """Return the text of the file of that kind."""
    if kind not in _KINDS:
        raise AnsibleFilterError(f"inventory_file: the kind must be one of {', '.join(_KINDS)}")
    parts = [found.get(name) for name in ("integrations", "declaration")] if isinstance(found, Mapping) else [None]
    if not all(isinstance(part, (list, tuple)) for part in parts):
        raise AnsibleFilterError("inventory_file: must be given the result of ocamba.hood.ocamba_integration_info")
    try:
        inventory_files.refuse_masked(found["declaration"])
    except HoodError as error:
        raise AnsibleFilterError(f"inventory_file: {error}") from None
    return _KINDS[kind](account, found["integrations"], found["declaration"])


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"inventory_file": inventory_file}
