# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading an account: what the API gives, as the plan takes it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Callable, TypeVar

from ansible_collections.ocamba.hood.plugins.module_utils.api.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.models import (
    Integration,
    LiveProvider,
    is_readable,
    parse_integration,
    parse_provider,
)

Given = TypeVar("Given")
Got = TypeVar("Got")

Select = Callable[[Sequence[Integration]], Sequence[str]]


def in_parallel(work: Callable[[Given], Got], items: Sequence[Given], parallel: int) -> list[Got]:
    """Return the results in the order of the items, or raise the first error; then what was not begun is left.

    The threads are daemons: whoever interrupts the caller (a time limit of the task, Ctrl-C) need not wait for them,
    as the end of a pool would, and nor does the end of the process.
    """
    if parallel <= 1 or len(items) <= 1:
        return [work(item) for item in items]
    pending = deque(enumerate(items))
    results: dict[int, Got] = {}
    errors: dict[int, BaseException] = {}
    ended = threading.Semaphore(0)

    def work_off() -> None:
        while True:
            try:
                index, item = pending.popleft()
            except IndexError:
                break
            try:
                results[index] = work(item)
            except BaseException as error:  # noqa: BLE001, pylint: disable=broad-exception-caught  # raised below
                errors[index] = error
                pending.clear()
        ended.release()

    threads = [threading.Thread(target=work_off, daemon=True) for _number in range(min(parallel, len(items)))]
    try:
        for thread in threads:
            thread.start()
        for _thread in threads:
            ended.acquire()
    finally:
        pending.clear()
    if errors:
        raise errors[min(errors)]
    return [results[index] for index in range(len(items))]


def read_integrations(
    client: HoodClient, select: Select, known: Mapping[str, Integration], parallel: int
) -> list[Integration]:
    """Read the account's integrations: the list, and one by one those whose settings it hides and that are selected.

    :param select: from the list as read, the ids of those whose settings are needed.
    :param known: integrations read earlier, by id; their settings are reused where the list omits settings.
    """
    found = [_remembered(one, known) for one in list_integrations(client)]
    return read_hidden(client, found, select(found), parallel)


def _remembered(one: Integration, known: Mapping[str, Integration]) -> Integration:
    before = known.get(one.id)
    return replace(one, settings=before.settings) if before and one.settings is None else one


def list_integrations(client: HoodClient) -> list[Integration]:
    """The account's integrations as its list shows them."""
    return [parse_integration(item) for item in client.integrations()]


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
    """The secrets that an account shows in clear: old ones, that no message may repeat."""
    return [
        value
        for integration in integrations
        for key, value in (integration.settings or {}).items()
        if value and not (integration.known and key in integration.known.plain_names)
        if is_readable(key, value, integration.known)
    ]
