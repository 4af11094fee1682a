# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Joins a plain declaration with the secrets that are kept apart from it."""

from __future__ import annotations

from typing import Any, Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.ocamba.hood.plugins.module_utils.declared.secrets import merge

DOCUMENTATION = r"""
name: with_secrets
short_description: Merge secret settings into a list of integrations
version_added: 0.1.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - Merges the settings that are kept for an integration's name into the O(_input[].settings) of the entry of that name.
  - With it, declarations stay in plain YAML and secrets in a vaulted file of their own.
  - Names match as text, so V(360) is the same as V("360").
  - A name that is not declared, and a secret that is empty (null), end the task before anything is sent. A key that is
    absent is none, so is an empty mapping.
  - Entries that are not as they should be are left as they are, for M(ocamba.hood.ocamba_integrations) to tell. But a
    date that is not in quotes is refused here, with its path.
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
    description: A mapping of integration names to secret settings, also as JSON text. May be empty.
    type: raw
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
    merged, mistakes = merge(integrations, secrets)
    if mistakes:
        raise AnsibleFilterError(f"nothing was sent: {'; '.join(map(str, mistakes))}")
    return merged


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"with_secrets": with_secrets}
