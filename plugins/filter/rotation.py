# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes of chosen names and their new secrets what a rotation hands to the module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.ocamba.hood.plugins.module_utils.declared.intake import parse_json
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import printable

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

# What addresses an integration. The name is left out beside an id, or the integration would be renamed.
ADDRESS = ("id", "provider", "provider_id")


def rotation(names: Any, secrets: Any, integrations: Any = ()) -> list[dict[str, Any]]:
    """The chosen names with their entries; every mistake is told at once, none with a value."""
    names, secrets, declared = parse_json(names), parse_json(secrets), _entries(integrations)
    if not isinstance(secrets, dict):
        raise AnsibleFilterError("ocamba_secrets: must be a dictionary of integration names")
    chosen = _chosen(names, secrets, declared)
    mistakes = [mistake for name in chosen for mistake in _mistakes(name, secrets.get(name))]
    if mistakes:
        raise AnsibleFilterError(f"nothing was sent: {'; '.join(mistakes)}")
    return [
        {"name": name, "entry": {**address, "settings": parse_json(secrets[name])}}
        for name in chosen
        for address in _addresses(name, declared)
    ]


def _entries(integrations: Any) -> list[dict[str, Any]]:
    integrations = parse_json(integrations)
    if not isinstance(integrations, (list, tuple)):
        raise AnsibleFilterError("ocamba_integrations: must be a list of dictionaries")
    return [entry for entry in map(parse_json, integrations) if isinstance(entry, dict)]


def _chosen(names: Any, secrets: dict[Any, Any], declared: list[dict[str, Any]]) -> list[str]:
    if isinstance(names, str) and names == "all":
        known = [entry.get("name") for entry in declared]
        names = [name for name in secrets if name in known or not declared]
        if not names:
            raise AnsibleFilterError("ocamba_rotate: nothing to rotate, ocamba_secrets has no declared integration")
    elif isinstance(names, str) and names.strip() and names.lstrip()[0] not in "[{":
        names = [names]
    is_list = isinstance(names, (list, tuple)) and all(isinstance(name, str) and name for name in names)
    if not is_list or not names:
        raise AnsibleFilterError(
            "ocamba_rotate: must be a list of integration names that is not empty, also as JSON text, or the word all"
        )
    return list(dict.fromkeys(names))


def _mistakes(name: str, settings: Any) -> Iterator[str]:
    shown, settings = printable(name), parse_json(settings)
    if settings is None:
        yield f"ocamba_secrets has no settings for {shown}"
    elif not isinstance(settings, dict) or not settings:
        yield f"ocamba_secrets ({shown}): must be a dictionary of settings"
    else:
        empty = [key for key, value in settings.items() if value is None or value == ""]
        yield from (f"ocamba_secrets ({shown}).{key}: is empty" for key in empty)


def _addresses(name: str, declared: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    found = [entry for entry in declared if entry.get("name") == name]
    for entry in found or [{}]:
        address = {key: entry[key] for key in ADDRESS if entry.get(key) not in (None, "")}
        yield address if "id" in address else {"name": name, **address}


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rotation": rotation}
