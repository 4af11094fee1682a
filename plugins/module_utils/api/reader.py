# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading an account: what the API gives, as the plan takes it. Private to this collection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Callable, NamedTuple

from ansible_collections.ocamba.hood.plugins.module_utils.api.client import EVERY_STATUS, INACTIVE, HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.models import (
    Integration,
    LiveProvider,
    parse_integration,
    parse_provider,
)
from ansible_collections.ocamba.hood.plugins.module_utils.api.parallel import in_parallel
from ansible_collections.ocamba.hood.plugins.module_utils.providers.placeholders import is_mask

Select = Callable[[Sequence[Integration]], Sequence[str]]


def read_integrations(
    client: HoodClient, select: Select, known: Mapping[str, Integration], parallel: int, every_status: bool = False
) -> list[Integration]:
    """Read the account's integrations: the list, and one by one those whose settings it hides and that are selected.

    :param select: from the list as read, the ids of those whose settings are needed.
    :param known: integrations read earlier, by id; their settings are reused where the list omits settings.
    :param every_status: whether to ask for those as well that the list hides because of their status.
    """
    listed = list_integrations(client)
    if every_status:
        listed = together(listed, list_every_status(client, {one.id for one in listed}).integrations)
    found = [remembered(one, known) for one in listed]
    return read_hidden(client, found, select(found), parallel)


def together(first: Sequence[Integration], second: Iterable[Integration]) -> list[Integration]:
    """Return the integrations of two lists: those of the first, and what only the second shows."""
    ids = {one.id for one in first}
    return [*first, *(one for one in second if one.id not in ids)]


def combined(listed: Integration, by_id: Integration, declared: Collection[str]) -> Integration:
    """Return an integration as a list shows it, with the settings that are not declared as reading it by its id does: a
    list may shorten or leave out some, or lag behind. Where the list is the newer of both, it stays."""
    is_old = bool(listed.update_time and by_id.update_time and by_id.update_time < listed.update_time)
    if is_old or by_id.settings is None:
        return listed
    own = {key: value for key, value in (listed.settings or {}).items() if key in declared or key not in by_id.settings}
    taken = by_id.settings.keys() - own.keys()
    return replace(
        listed,
        settings={**by_id.settings, **own},
        untextual=(listed.untextual - taken) | (by_id.untextual & taken),
        numbers=(listed.numbers - taken) | (by_id.numbers & taken),
    )


def remembered(one: Integration, known: Mapping[str, Integration]) -> Integration:
    """Return an integration with the settings that were read earlier, where its list shows none."""
    before = known.get(one.id)
    if before is None or one.settings is not None:
        return one
    # A list may lag behind what was read by id.
    is_late = bool(one.update_time and before.update_time and one.update_time < before.update_time)
    if is_late:
        return before
    return replace(one, settings=before.settings, untextual=before.untextual, numbers=before.numbers)


def list_integrations(client: HoodClient) -> list[Integration]:
    """The account's integrations as its list shows them."""
    return _listed(client.integrations())


def list_everything(client: HoodClient) -> list[Integration]:
    """The account's integrations, and those that its list may hide after its total or because of their status."""
    listed = list_integrations(client)
    if client.lists_more_than_total():
        listed = list_integrations(client)
    if any(one.status == "inactive" for one in listed):
        return listed
    return together(listed, list_every_status(client, {one.id for one in listed}).integrations)


def _listed(items: Iterable[Any]) -> list[Integration]:
    """The items of a list. Where none has any settings, the list leaves them out."""
    found = [parse_integration(item) for item in items]
    if any(one.settings for one in found):
        return found
    return [replace(one, settings=None) for one in found]


class Filtered(NamedTuple):
    """What filters on status give, and whether they can be relied on: they were neither refused nor ignored."""

    integrations: list[Integration]
    is_heeded: bool


def list_every_status(client: HoodClient, known: Collection[str]) -> Filtered:
    """Read the list with the documented filter for both statuses, and where that gives no inactive one, with the one
    for inactive ones alone: a server may take a single value, or the first of several.

    :param known: the ids that the list without a filter shows.
    """
    both = _filtered(client, EVERY_STATUS, known)
    if both and any(one.status == "inactive" for one in both):
        return Filtered(both, is_heeded=True)
    alone = _filtered(client, INACTIVE, known)
    is_heeded = (both is not None or alone is not None) and all(one.status != "active" for one in alone or ())
    return Filtered(together(both or (), alone or ()), is_heeded)


def _filtered(client: HoodClient, wanted: Mapping[str, str], known: Collection[str]) -> list[Integration] | None:
    """What a filter gives; None where it is refused."""
    found = client.filtered_integrations(wanted)
    if found and any(str(one["id"]) not in known for one in found) and client.lists_more_than_total(wanted):
        found = client.filtered_integrations(wanted)
    return None if found is None else _listed(found)


def read_one(client: HoodClient, integration_id: str) -> Integration:
    """Read one integration by its id."""
    return parse_integration(client.integration(integration_id))


def read_hidden(client: HoodClient, found: list[Integration], ids: Sequence[str], parallel: int) -> list[Integration]:
    """What the list showed, those of the given ids read one by one."""
    if not ids:
        return found
    read = in_parallel(lambda one: parse_integration(client.integration(one)), ids, parallel)
    by_id = {integration.id: integration for integration in read}
    return [by_id.get(integration.id, integration) for integration in found]


def read_providers(client: HoodClient) -> list[LiveProvider]:
    return [parse_provider(item) for item in client.providers()]


def stored_secrets(integrations: Iterable[Integration]) -> list[str]:
    """Return the secrets that an account shows in clear: old ones, which no message may repeat."""
    return [
        value
        for integration in integrations
        for key, value in (integration.settings or {}).items()
        if value and not (integration.known and key in integration.known.plain_names) and not is_mask(value)
    ]
