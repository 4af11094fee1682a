# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Joins a plain declaration with the secrets that are kept apart from it."""

from __future__ import annotations

from typing import Any, Callable

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display

from ansible_collections.ocamba.hood.plugins.module_utils.declared.intake import parse_json

DOCUMENTATION = r"""
name: with_secrets
short_description: Merge secret settings into a list of integrations
version_added: 0.1.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - Merges the settings that are kept for an integration's name into the O(_input[].settings) of the entry of that name.
  - With it, declarations stay in plain YAML and secrets in a vaulted file of their own.
  - Entries that are not as they should be are left as they are, for M(ocamba.hood.ocamba_integrations) to tell.
positional: secrets
options:
  _input:
    description: The integrations as M(ocamba.hood.ocamba_integrations) takes them, also as JSON text.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: The name by which the secrets are looked up.
        type: str
      settings:
        description: The settings that the secrets are merged over.
        type: dict
  secrets:
    description: A mapping of integration names to secret settings.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Declarations and secrets from two files
  ocamba.hood.ocamba_integrations:
    api_token: "{{ ocamba_api_token }}"
    integrations: "{{ ocamba_integrations | ocamba.hood.with_secrets(ocamba_secrets) }}"
"""

RETURN = r"""
_value:
  description: The integrations with the secrets in their settings.
  type: list
  elements: dict
"""


def with_secrets(integrations: Any, secrets: Any) -> Any:
    """The entries with the secrets of their names merged over their settings."""
    integrations, secrets = parse_json(integrations), parse_json(secrets)
    if not isinstance(secrets, dict):
        if secrets:
            raise AnsibleFilterError("ocamba_secrets: must be a dictionary of integration names")
        return integrations
    if not isinstance(integrations, list):
        return integrations
    declared = [entry.get("name") for entry in integrations if isinstance(entry, dict)]
    unused = [name for name in secrets if name not in declared]
    if unused:
        names = ", ".join(sorted(map(str, unused)))
        Display().warning(f"ocamba_secrets: no integration of this account has the name {names}")
    return [_merged(entry, secrets) for entry in integrations]


def _merged(entry: Any, secrets: dict[str, Any]) -> Any:
    name = entry.get("name") if isinstance(entry, dict) else None
    own = secrets.get(name) if isinstance(name, str) else None
    if not own:
        return entry
    if not isinstance(own, dict):
        raise AnsibleFilterError(f"ocamba_secrets ({name}): must be a dictionary of settings")
    settings = parse_json(entry.get("settings"))
    if settings is not None and not isinstance(settings, dict):
        return entry
    return {**entry, "settings": {**(settings or {}), **own}}


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"with_secrets": with_secrets}
