# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How lists are read: in which order, with how large pages, how often. Private to this collection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Callable

from ansible_collections.ocamba.hood.plugins.module_utils.api import bodies
from ansible_collections.ocamba.hood.plugins.module_utils.api.pages import Pages, Unsettled
from ansible_collections.ocamba.hood.plugins.module_utils.errors import MalformedAnswer, Refused

# Most servers cap a page at what they grant, and the first page tells how much that is; others refuse a larger one.
PAGE_SIZE = 1000
FIRST_PAGES = (f"1,{PAGE_SIZE}", "1,100", "1")
PAGE_REFUSED = (400, 422)
# Pages in an order that changes while they are read show an item twice, and another one never.
ORDERED = {"sort": "id"}

# How often a list is read that changes while its pages are read.
READINGS = 3

# The number of all items, as a page says it, and its own items.
Page = tuple[int, list[dict[str, Any]]]
# Reads a path with a query until its JSON can be taken.
Read = Callable[[str, dict[str, str], Callable[[Any], Page]], Page]


@dataclass
class Lists:
    """What one account has granted of the ways to read its lists."""

    _granted: dict[str, dict[str, str]] = field(default_factory=dict)
    _is_ordered: bool = True

    def read(
        self, path: str, query: dict[str, str], read: Read, back_off: Callable[[int], None]
    ) -> list[dict[str, Any]]:
        """Read every page, and all of them again where they change meanwhile.

        :param back_off: waits before the list is read again, however often that was.
        """
        for attempt in range(READINGS - 1):
            try:
                return self._pages(path, query, read)
            except Unsettled:
                back_off(attempt)
        return self._pages(path, query, read)

    def _pages(self, path: str, query: dict[str, str], read: Read) -> list[dict[str, Any]]:
        """Read every page once, with the page size that the first one shows to be granted."""
        total, items = self._first_page(path, query, read)
        found = Pages(path, total)
        found.add(items, total)
        size, number = len(items), 1
        while not found.is_complete:
            number += 1
            page = {**self._granted[path], "page": f"{number},{size}"}
            total, items = read(path, {**query, **page}, _page)
            found.add(items, total)
        return found.items

    def _first_page(self, path: str, query: dict[str, str], read: Read) -> Page:
        """Read the first page as large as it is granted, and in order where that is not refused."""
        *others, last = self._ways(path)
        for way in others:
            try:
                return self._granted_page(path, query, read, way)
            except Refused as refused:
                if refused.status not in PAGE_REFUSED:
                    raise
        return self._granted_page(path, query, read, last)

    def _ways(self, path: str) -> Sequence[dict[str, str]]:
        """Return how to ask for a first page: as it was granted before, else everything from the best on."""
        if path in self._granted:
            return [self._granted[path]]
        orders: list[dict[str, str]] = [ORDERED, {}] if self._is_ordered else [{}]
        return [{"page": page, **order} for order in orders for page in FIRST_PAGES]

    def _granted_page(self, path: str, query: dict[str, str], read: Read, way: dict[str, str]) -> Page:
        found = read(path, {**query, **way}, _page)
        self._granted[path] = way
        self._is_ordered = "sort" in way
        return found


def _page(found: Any) -> Page:
    items = found.get("items") if isinstance(found, dict) else None
    total = bodies.count(found.get("total")) if isinstance(found, dict) else None
    if items is None and total == 0:
        # How some servers write an empty list.
        items = []
    if not isinstance(items, list) or total is None:
        raise MalformedAnswer("Hood's answer is not a list with its total")
    if len(items) > total:
        raise MalformedAnswer(f"Hood's answer has {len(items)} items and says that there are {total}")
    return total, items
