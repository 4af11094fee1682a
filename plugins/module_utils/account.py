# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading an account: what the API gives, as the plan takes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, TypeVar

from ansible_collections.ocamba.hood.plugins.module_utils import plan
from ansible_collections.ocamba.hood.plugins.module_utils.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.declarations import Declared
from ansible_collections.ocamba.hood.plugins.module_utils.integrations import (
    Integration,
    LiveProvider,
    is_readable,
    parse_integration,
    parse_provider,
)

Given = TypeVar("Given")
Got = TypeVar("Got")


def in_parallel(work: Callable[[Given], Got], items: Sequence[Given], parallel: int) -> list[Got]:
    """The results in the order of the items."""
    if parallel <= 1 or len(items) <= 1:
        return [work(item) for item in items]
    with ThreadPoolExecutor(max_workers=min(parallel, len(items))) as pool:
        return list(pool.map(work, items))


def read_integrations(client: HoodClient, entries: Sequence[Declared], parallel: int) -> list[Integration]:
    """The account's integrations. One by one only those that are declared, and only where the list hid settings."""
    found = [parse_integration(item) for item in client.integrations()]
    hidden = plan.ids_to_read(entries, found)
    if not hidden:
        return found
    read = in_parallel(lambda one: parse_integration(client.integration(one)), hidden, parallel)
    by_id = {integration.id: integration for integration in read}
    return [by_id.get(integration.id, integration) for integration in found]


def read_providers(client: HoodClient) -> list[LiveProvider]:
    return [parse_provider(item) for item in client.providers()]


def stored_secrets(integrations: Iterable[Integration]) -> list[str]:
    """The secrets that an account shows in clear: old ones, that no message may repeat."""
    return [
        value
        for integration in integrations
        for key, value in (integration.settings or {}).items()
        if value and not (integration.known and key in integration.known.plain_names)
        if is_readable(key, value, integration.known)
    ]
