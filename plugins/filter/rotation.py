# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entries that give chosen integrations new secrets."""

from __future__ import annotations

from typing import Any, Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.ocamba.hood.plugins.module_utils.errors import HoodError
from ansible_collections.ocamba.hood.plugins.module_utils.reports.rotation import make_rotation
from ansible_collections.ocamba.hood.plugins.plugin_utils.plain import no_template

DOCUMENTATION = r"""
name: rotation
short_description: Make entries that give chosen integrations new secrets
version_added: 0.2.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - For each chosen name, an entry for M(ocamba.hood.ocamba_integrations) with the settings that are kept for that name,
    and nothing else that would be changed. Of a declaration only the id and the provider are taken, to find the
    integration.
  - Meant to be used with O(ocamba.hood.ocamba_integrations#module:missing=refuse), so that nothing is created.
positional: secrets, integrations
options:
  _input:
    description:
      - The names, as a list, also as JSON text; or one name.
      - The word V(all) stands for every name in O(secrets) that is declared in O(integrations); without
        O(integrations), for every name in O(secrets).
    type: raw
    required: true
  secrets:
    description: A mapping of integration names to new secret settings.
    type: dict
    required: true
  integrations:
    description: The declaration of the account, as M(ocamba.hood.ocamba_integrations) takes it, also as JSON text.
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: A new API key for one integration
  ocamba.hood.ocamba_integrations:
    api_token: "{{ ocamba_api_token }}"
    integrations: "{{ ['Mitto'] | ocamba.hood.rotation(ocamba_secrets) | map(attribute='entry') | list }}"
    missing: refuse
    update_secrets: always
"""

RETURN = r"""
_value:
  description: The chosen integrations.
  type: list
  elements: dict
  contains:
    name:
      description: The name.
      type: str
    entry:
      description: What M(ocamba.hood.ocamba_integrations) takes. Holds the secrets.
      type: dict
"""


def rotation(names: Any, secrets: Any, integrations: Any = ()) -> list[dict[str, Any]]:
    """Return the chosen names with their entries."""
    try:
        chosen = make_rotation(names, secrets, integrations)
    except HoodError as error:
        raise AnsibleFilterError(str(error)) from None
    # A name is no template any more, although the key of a dictionary that it comes from may be one.
    return [{**one, "name": no_template(one["name"])} for one in chosen]


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rotation": rotation}
