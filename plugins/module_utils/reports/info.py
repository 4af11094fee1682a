# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking without touching: what the information modules return. Reads only. Private to this collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Callable

from ansible_collections.ocamba.hood.plugins.module_utils.api import reader
from ansible_collections.ocamba.hood.plugins.module_utils.api.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.models import (
    Integration,
    LiveField,
    LiveProvider,
    is_same_provider,
    shows_a_secret,
)
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import comparable
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import printable, suggestion
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Field, Provider
from ansible_collections.ocamba.hood.plugins.module_utils.providers.registry import PROVIDERS
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.task_outcome import TaskOutcome
from ansible_collections.ocamba.hood.plugins.module_utils.reports.describe import declare, describe, order

# How many hidden integrations are read at once, where a list does not show settings.
PARALLEL = 4


@dataclass(frozen=True)
class Filters:
    """What an integration must be to be reported of; None for anything. All but the provider match exactly."""

    name: str | None = None
    id: str | None = None
    provider: str | None = None
    type: str | None = None
    status: str | None = None

    def match(self, integration: Integration) -> bool:
        exact = (
            (wanted, getattr(integration, option))
            for option in ("name", "id", "type", "status")
            if (wanted := getattr(self, option)) is not None
        )
        return all(wanted == found for wanted, found in exact) and self._is_of_provider(integration)

    def _is_of_provider(self, integration: Integration) -> bool:
        return self.provider is None or bool(is_same_provider(integration, self.provider))


def find_integrations(client: HoodClient, filters: Filters, learn: Callable[[Sequence[str]], None]) -> TaskOutcome:
    """The integrations that match, by name, as they are and as a declaration. The whole list is read, as only so a
    name is known to be the only one of its kind.

    :param learn: is given every secret that the account shows, before anything else is done with it.
    """
    listed = reader.list_everything(client)
    learn(reader.stored_secrets(listed))
    providers = lru_cache(maxsize=1)(lambda: {live.id: live for live in reader.read_providers(client)})
    everything = _with_providers(listed, providers)
    hidden = [one.id for one in everything if one.settings is None and filters.match(one)]
    read = reader.read_hidden(client, everything, hidden, PARALLEL)
    learn(reader.stored_secrets(read))
    everything = _with_providers(read, providers)
    shows_secrets = any(shows_a_secret(one) for one in everything)
    names = Counter(comparable(one.name) for one in everything)
    wanted = sorted((one for one in everything if filters.match(one)), key=order)
    declared = [(one, declare(one, names[comparable(one.name)] == 1)) for one in wanted]
    result = {
        "integrations": [describe(one, shows_secrets) for one in wanted],
        "declaration": [entry for _one, entry in declared if entry is not None],
        "api": client.usage,
    }
    undeclared = [one.id for one, entry in declared if entry is None]
    left_out = [f"declaration: integration {one} can't be declared and is left out" for one in undeclared]
    return TaskOutcome(result, warnings=[*left_out, *_odd_filters(filters, everything)])


def find_providers(client: HoodClient | None, wanted: str | None) -> TaskOutcome:
    """The account's providers, or without a client those of the registry, by name.

    :param wanted: the name of a provider in any manner of writing; None for all.
    """
    live: list[LiveProvider] = []
    if client is None:
        known = [one for one in PROVIDERS if wanted is None or registry.same_provider(wanted, one.name)]
        described = [_describe_known(one) for one in known]
    else:
        live = reader.read_providers(client)
        described = [_describe_live(one) for one in live if wanted is None or one.is_named(wanted)]
    described.sort(key=lambda one: (one["name"], one["id"] or ""))
    nothing = {"requests": 0, "retries": 0, "waited": 0.0}
    source = "live" if client else "registry"
    result = {"source": source, "providers": described, "api": client.usage if client else nothing}
    names = [one.name for one in (live if client else PROVIDERS)]
    return TaskOutcome(result, warnings=[] if described or wanted is None else [_no_such("provider", wanted, names)])


def _odd_filters(filters: Filters, everything: Sequence[Integration]) -> list[str]:
    """Warnings of what nothing can match, so that a slip does not pass for an account without such integrations."""
    providers = [*(one.name for one in PROVIDERS), *(one.provider_name for one in everything if one.provider_name)]
    types = [*registry.TYPES, *(one.type for one in everything if one.type)]
    found = []
    if filters.provider is not None and not any(registry.same_provider(filters.provider, one) for one in providers):
        found.append(_no_such("provider", filters.provider, providers))
    if filters.type is not None and filters.type not in types:
        found.append(_no_such("type", filters.type, types))
    return found


def _no_such(option: str, wanted: str, names: Sequence[str]) -> str:
    return f"{option}: there is no {option} {printable(wanted)}{suggestion(wanted, names)}"


def _with_providers(found: list[Integration], providers: Callable[[], dict[str, LiveProvider]]) -> list[Integration]:
    """The integrations, those that do not show their provider with the one that the account lists under its id.

    :param providers: reads them, by id; only called where they are needed.
    """
    if not any(one.provider is None and one.provider_id for one in found):
        return found
    by_id = providers()
    return [
        replace(one, provider=by_id.get(one.provider_id or ""), type=one.type or _type_of(one, by_id))
        if one.provider is None
        else one
        for one in found
    ]


def _type_of(integration: Integration, by_id: dict[str, LiveProvider]) -> str | None:
    live = by_id.get(integration.provider_id or "")
    return live.type if live else None


def _describe_known(known: Provider) -> dict[str, Any]:
    return {
        "name": known.name,
        "account_name": None,
        "id": None,
        "type": known.type,
        "known": True,
        "settings": [_setting(field.name, field, None) for field in known.fields],
    }


def _describe_live(live: LiveProvider) -> dict[str, Any]:
    known = live.known
    if live.fields:
        settings = [_setting(one.name, known.field(one.name) if known else None, one) for one in live.fields]
    else:
        settings = [_setting(field.name, field, None) for field in (known.fields if known else ())]
    return {
        "name": known.name if known else live.name,
        "account_name": live.name,
        "id": live.id,
        "type": live.type or (known.type if known else None),
        "known": known is not None,
        "settings": settings,
    }


def _setting(name: str, field: Field | None, live: LiveField | None) -> dict[str, Any]:
    """A setting: what the account says of it, and what the registry does. Null is what nobody says."""
    return {
        "name": name,
        "title": live.title if live else None,
        "required": live.required if live else None,
        "deprecated": live.deprecated if live else None,
        "secret": field.secret if field else True,
        "format": field.format.expects if field else "text",
        "meaning": field.meaning if field else None,
        "where": field.source if field else None,
    }
