# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the secrets of a declaration, before it is applied."""

from __future__ import annotations

from typing import Any, Callable

from ansible_collections.ocamba.hood.plugins.module_utils.declared.secrets import merge
from ansible_collections.ocamba.hood.plugins.plugin_utils.plain import untemplated

DOCUMENTATION = r"""
name: secret_mistakes
short_description: Tell which secrets can't be merged into a list of integrations
version_added: 0.3.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - Returns what P(ocamba.hood.with_secrets#filter) would refuse, so that a playbook can end with a message of its
    own. A line has the place and never the value.
positional: secrets
options:
  _input:
    description: The integrations as M(ocamba.hood.ocamba_integrations) takes them, also as JSON text.
    type: list
    elements: dict
    required: true
  secrets:
    description: A mapping of integration names to secret settings, also as JSON text. May be empty.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Refuse secrets that belong to nothing
  ansible.builtin.assert:
    that: mistakes | length == 0
    fail_msg: "{{ mistakes | join('; ') }}"
  vars:
    mistakes: "{{ ocamba_integrations | ocamba.hood.secret_mistakes(ocamba_secrets) }}"
"""

RETURN = r"""
_value:
  description: The mistakes.
  type: list
  elements: str
"""


def secret_mistakes(integrations: Any, secrets: Any) -> list[str]:
    """Return what is wrong, each with its place."""
    _merged, mistakes = merge(integrations, secrets)
    return [untemplated(str(mistake)) for mistake in mistakes]


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"secret_mistakes": secret_mistakes}
