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
from ansible_collections.ocamba.hood.plugins.module_utils.errors import MalformedAnswer, Refused, TokenRefused

# Most servers cap a page at what they grant, and the first page tells how much that is; others refuse a larger one.
PAGE_SIZE = 1000
FIRST_PAGES = (f"1,{PAGE_SIZE}", "1,100", "1")
PAGE_REFUSED = (400, 413, 416, 422)
# How a page after the last one may be answered.
PAGE_ABSENT = (*PAGE_REFUSED, 404)
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
    # Of each list, what was read last, if that was one page.
    _single: dict[str, Pages | None] = field(default_factory=dict)
    # Whether `total` is the number of all items, and not of those of a page or of an earlier time.
    _totals_count_all: bool = True

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

    def goes_on(self, path: str, query: dict[str, str], read: Read) -> bool:
        """Return whether a list that was read goes on after what its total says to be all, as it does where that counts
        the items of a page. From then on lists are read until a page has nothing new."""
        known = self._single.get(_key(path, query))
        if known is None or not known.items or not self._totals_count_all:
            return False
        try:
            _total, items = read(path, {**query, **self._numbered(path, 2, len(known.items))}, _any_page)
            self._totals_count_all = all(known.has_seen(item) for item in items)
        except TokenRefused:
            raise
        except (Refused, MalformedAnswer):
            # How a page that does not exist may be answered.
            return False
        return not self._totals_count_all

    def _pages(self, path: str, query: dict[str, str], read: Read) -> list[dict[str, Any]]:
        """Read every page, with the page size that the first one shows to be granted."""
        total, items = self._first_page(path, query, read)
        # A total that is kept in a cache lags behind the items.
        self._totals_count_all = self._totals_count_all and len(items) <= total
        found = Pages(path, total if self._totals_count_all else None)
        found.add(items, total)
        size, number = len(items), 1
        while not found.is_complete:
            number += 1
            total, items = self._next_page(path, {**query, **self._numbered(path, number, size)}, read)
            found.add(items, total)
        self._single[_key(path, query)] = found if number == 1 else None
        return found.items

    def _numbered(self, path: str, number: int, size: int) -> dict[str, str]:
        return {**self._granted[path], "page": f"{number},{size}"}

    def _next_page(self, path: str, query: dict[str, str], read: Read) -> Page:
        if self._totals_count_all:
            return read(path, query, _page)
        try:
            return read(path, query, _any_page)
        except Refused as refused:
            if refused.status not in PAGE_ABSENT:
                raise
            return 0, []

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


def _key(path: str, query: dict[str, str]) -> str:
    return f"{path}?{query}"


def _page(found: Any) -> Page:
    items = found.get("items") if isinstance(found, dict) else None
    total = bodies.count(found.get("total")) if isinstance(found, dict) else None
    if items is None and total == 0:
        # How some servers write an empty list.
        items = []
    if not isinstance(items, list) or total is None:
        raise MalformedAnswer("Hood's answer is not a list with its total")
    return total, items


def _any_page(found: Any) -> Page:
    """Return what items there are, of a page that may not exist."""
    items = found.get("items") if isinstance(found, dict) else None
    return 0, items if isinstance(items, list) else []
