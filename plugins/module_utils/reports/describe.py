# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an integration of an account is, without its secrets, and as an entry. Pure. Private to this collection.

Applying such an entry with the secrets left out changes nothing: values that a declaration could not hold are left out.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.api.models import Integration
from ansible_collections.ocamba.hood.plugins.module_utils.declared.option_checks import STATUSES, accepts
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Provider

Entry = dict[str, Any]


def describe(integration: Integration, shows_secrets: bool) -> dict[str, Any]:
    """An integration without its secrets, of which only the names are reported.

    :param shows_secrets: whether the account is known to show secrets, so that what is missing is not stored.
    """
    known, live = integration.known, integration.provider
    return {
        "id": integration.id,
        "name": integration.name,
        "provider": known.name if known else (live.name if live else None),
        "provider_id": integration.provider_id,
        "type": integration.type,
        "status": integration.status,
        "effective_status": integration.effective_status,
        "is_default": integration.is_default,
        "settings": _plain(integration),
        "secret_settings": _secret_names(integration, shows_secrets),
        "create_time": integration.create_time,
        "update_time": integration.update_time,
    }


def declare(integration: Integration, is_name_unique: bool) -> Entry | None:
    """The entry that leaves an integration as it is, without its secrets; None if no entry can address it."""
    has_name = accepts("name", integration.name)
    named = {"name": integration.name} if has_name else {}
    options = _provider_options(integration)
    if not (has_name and is_name_unique and options):
        if not accepts("id", integration.id):
            return None
        named["id"] = integration.id
    entry: Entry = {**named, **options}
    if integration.status in STATUSES:
        entry["status"] = integration.status
    settings = {
        key: value for key, value in _plain(integration).items() if objection(integration.known, key, value) is None
    }
    if settings:
        entry["settings"] = settings
    return entry


def order(integration: Integration) -> tuple[str, int, str]:
    """By name, those of one name by id."""
    return integration.name, len(integration.id), integration.id


def _plain(integration: Integration) -> dict[str, str]:
    """The plain settings that the account shows, in the order of the registry; without the newline at an end, which a
    declaration would lose as well."""
    known, shown = integration.known, integration.settings or {}
    found = {name: shown.get(name) for name in (known.plain_names if known else ())}
    return {name: value.rstrip("\r\n") for name, value in found.items() if value is not None}


def _secret_names(integration: Integration, shows_secrets: bool) -> list[str]:
    """The secrets that are stored, or may be as far as anything shows, in the order of the registry or the account."""
    known, live, shown = integration.known, integration.provider, integration.settings or {}
    plain = known.plain_names if known else ()
    described = known.secret_names if known else (live.field_names if live else ())
    undescribed = sorted(key for key in shown if key not in described and key not in plain)
    return [
        key for key in (*described, *undescribed) if shown.get(key) or (shown.get(key) is None and not shows_secrets)
    ]


def _provider_options(integration: Integration) -> Entry:
    """What says the provider, so that applying finds it to be the same; empty where only the id can."""
    known, live = integration.known, integration.provider
    if known:
        return {"provider": known.name}
    options: Entry = {}
    if live and registry.find(live.name) is None and accepts("provider", live.name):
        options["provider"] = live.name
    elif integration.provider_id and accepts("provider_id", integration.provider_id):
        options["provider_id"] = integration.provider_id
    # What the account does not say of a provider, a new integration of it would have to.
    if options and live and live.type is None and integration.type in registry.TYPES:
        options["type"] = integration.type
    return options


def objection(known: Provider | None, key: str, value: str) -> str | None:
    """Why a value that the account has can't be declared."""
    field = known.field(key) if known else None
    if field and value and not field.format.accepts(value):
        return f"is not {field.format.expects}"
    if any(unicodedata.category(character) == "Cs" for character in value):
        return "is not valid text"
    return None
