# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a rotation, before it is tried."""

from __future__ import annotations

from typing import Any, Callable

from ansible_collections.ocamba.hood.plugins.module_utils.reports import rotation
from ansible_collections.ocamba.hood.plugins.plugin_utils.plain import untemplated

DOCUMENTATION = r"""
name: rotation_mistakes
short_description: Tell why a rotation is not possible
version_added: 0.3.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - Returns what P(ocamba.hood.rotation#filter) would refuse, so that a playbook can end with a message of its own. A
    line has the place and never the value.
positional: secrets, integrations
options:
  _input:
    description: The names, as P(ocamba.hood.rotation#filter) takes them.
    type: raw
    required: true
  secrets:
    description: A mapping of integration names to new secret settings. Without it, only the names are looked at.
    type: dict
  integrations:
    description: The declaration of the account, as M(ocamba.hood.ocamba_integrations) takes it, also as JSON text.
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Refuse a rotation that is not possible
  ansible.builtin.assert:
    that: mistakes | length == 0
    fail_msg: "{{ mistakes | join('; ') }}"
  vars:
    mistakes: "{{ ['Mitto'] | ocamba.hood.rotation_mistakes(ocamba_secrets, ocamba_integrations) }}"
"""

RETURN = r"""
_value:
  description: The mistakes.
  type: list
  elements: str
"""


def rotation_mistakes(names: Any, secrets: Any = None, integrations: Any = ()) -> list[str]:
    """Return what is wrong, each with its place."""
    return [untemplated(mistake) for mistake in rotation.rotation_mistakes(names, secrets, integrations)]


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rotation_mistakes": rotation_mistakes}
