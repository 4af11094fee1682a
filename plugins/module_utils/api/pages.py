# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of one list, put together: complete, or not at all. Private to this collection."""

from __future__ import annotations

from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.errors import MalformedAnswer


class Unsettled(MalformedAnswer):
    """The pages do not fit together, as a list does that is changed while it is read: another reading may do better."""


class Pages:
    """The items of all pages of a list.

    :param total: how many there are as the first page says; None where pages tell nothing but their own number.
    """

    def __init__(self, path: str, total: int | None) -> None:
        self.items: list[dict[str, Any]] = []
        self._path = path
        self._total = total
        self._seen: set[str] = set()
        self._is_ended = False

    @property
    def is_complete(self) -> bool:
        return self._is_ended if self._total is None else len(self.items) == self._total

    def add(self, items: list[Any], total: int) -> None:
        """Add a page.

        :raises Unsettled: where it does not fit to those before: something is missing, or was left out before.
        """
        before = len(self.items)
        ids = [self._id_of(item) for item in items]
        if self._total is None and self._seen.issuperset(ids):
            self._is_ended = True
            return
        for identity, item in zip(ids, items):
            if identity in self._seen:
                raise self._unsettled("repeat")
            self._seen.add(identity)
            self.items.append(item)
        if self._total is None:
            return
        if total != self._total or len(self.items) > total:
            raise self._unsettled("change while they are read")
        if len(self.items) == before < total:
            raise self._unsettled("end before their own total")

    def has_seen(self, item: Any) -> bool:
        """Whether an item is of a page that was added."""
        return self._id_of(item) in self._seen

    def _id_of(self, item: Any) -> str:
        if not isinstance(item, dict) or "id" not in item:
            raise MalformedAnswer(f"an item in Hood's answer to GET {self._path} has no id")
        return str(item["id"])

    def _unsettled(self, what: str) -> Unsettled:
        known = "" if self._total is None else f" of {self._total}"
        return Unsettled(
            f"the pages of GET {self._path} {what}: {len(self.items)}{known} items could be read; run again"
        )
