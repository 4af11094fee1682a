"""The query language of lists: `page`, `fields`, `view`, `sort`, `q`, `q_fields` and filters.

Documented are the names, the forms and the operators below. Assumed: unknown fields are refused
with 400, a filter whose operator is unknown compares the whole value, `q` ignores case.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.emulator.errors import invalid
from tests.emulator.variants import Variants

Item = TypeVar("Item")
Scalars = Mapping[str, Any]
Test = Callable[[Any], bool]

RESERVED = ("page", "fields", "view", "sort", "q", "q_fields")
PAGE = re.compile(r"(\d{1,9})(?:,(\d{1,9}))?", re.ASCII)


@dataclass(frozen=True)
class Resource:
    """What a list knows: all `fields`; `scalars` to filter and sort by; `searchable` with `q`."""

    fields: tuple[str, ...]
    scalars: tuple[str, ...]
    searchable: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """A parsed query. `fields` is None where the view decides; `filtered` are the fields with a filter."""

    page: int
    size: int
    fields: tuple[str, ...] | None
    full: bool
    sort: tuple[tuple[str, bool], ...]
    filters: tuple[tuple[str, Test], ...]
    search: tuple[str, tuple[str, ...]] | None
    filtered: frozenset[str]

    def select(self, items: Iterable[Item], scalars: Callable[[Item], Scalars]) -> tuple[int, list[Item]]:
        """The number of all matches, and those of the page in order."""
        rows = [(scalars(item), item) for item in items]
        rows = [row for row in rows if self._matches(row[0])]
        for name, backwards in reversed(self.sort):
            rows.sort(key=lambda row: _order(row[0][name]), reverse=backwards)
        start = (self.page - 1) * self.size
        return len(rows), [item for _unused, item in rows[start : start + self.size]]

    def shows(self, name: str, in_default_view: bool) -> bool:
        """Whether a field belongs in the answer."""
        return name in self.fields if self.fields is not None else self.full or in_default_view

    def _matches(self, row: Scalars) -> bool:
        if self.search is not None:
            wanted, names = self.search
            if not any(wanted in str(row[name]).casefold() for name in names):
                return False
        return all(test(row[name]) for name, test in self.filters)


def parse(pairs: Sequence[tuple[str, str]], resource: Resource, variants: Variants) -> Query:
    """A query from decoded pairs. Errors: `Refusal` with 400."""
    given: dict[str, str] = {}
    filters: list[tuple[str, Test]] = []
    heard = {"name": variants.name_search, "status": variants.status_filter != "ignored"}
    for name, value in pairs:
        if name in RESERVED:
            given[name] = value
            continue
        _known([name], resource.scalars, "filter")
        if name == "status" and _is_refused(value, variants):
            raise invalid("filter: status is not one to filter by.")
        if heard.get(name, True):
            filters.append((name, _test(_understood(name, value, variants))))
    page, size = _page(given.get("page", "1"), variants)
    return Query(
        page=page,
        size=size,
        fields=_fields(given.get("fields"), resource),
        full=_view(given.get("view", "default")),
        sort=_sort(given.get("sort"), resource, variants),
        filters=tuple(filters),
        search=_search(given, resource) if variants.name_search else None,
        filtered=frozenset(name for name, _unused in filters),
    )


def _understood(name: str, value: str, variants: Variants) -> str:
    """The filter as that server takes it."""
    if name != "status" or not value.startswith("in:"):
        return value
    if variants.status_filter == "first":
        return value[3:].partition(",")[0]
    return f"eq:{value}" if variants.status_filter == "literal" else value


def _is_refused(value: str, variants: Variants) -> bool:
    """Whether that filter on the status is refused."""
    is_of_several = value.startswith("in:")
    return variants.status_filter == "refused" or (variants.status_filter == "single" and is_of_several)


def _page(text: str, variants: Variants) -> tuple[int, int]:
    match = PAGE.fullmatch(text)
    if match is None or int(match[1]) < 1:
        raise invalid("page must be N or N,M, both from 1.")
    size = int(match[2]) if match[2] else min(variants.page_default, variants.page_cap)
    if size < 1 or (size > variants.page_cap and variants.page_over_cap == "refuse"):
        raise invalid(f"page: a page has 1 to {variants.page_cap} items.")
    return int(match[1]), min(size, variants.page_cap)


def _fields(text: str | None, resource: Resource) -> tuple[str, ...] | None:
    return None if text is None else _known(text.split(","), resource.fields, "fields")


def _view(text: str) -> bool:
    if text not in ("full", "default"):
        raise invalid("view must be full or default.")
    return text == "full"


def _sort(text: str | None, resource: Resource, variants: Variants) -> tuple[tuple[str, bool], ...]:
    if text is None or variants.sort == "ignored":
        return ()
    if variants.sort == "refused":
        raise invalid("sort is unknown.")
    terms = text.split(",")
    _known([term.removeprefix("-") for term in terms], resource.scalars, "sort")
    return tuple((term.removeprefix("-"), term.startswith("-")) for term in terms)


def _search(given: Mapping[str, str], resource: Resource) -> tuple[str, tuple[str, ...]] | None:
    names = resource.searchable
    if "q_fields" in given:
        names = _known(given["q_fields"].split(","), resource.searchable, "q_fields")
    return (given["q"].casefold(), names) if given.get("q") else None


def _known(names: Sequence[str], known: Sequence[str], where: str) -> tuple[str, ...]:
    for name in names:
        if name not in known:
            raise invalid(f"{where}: a field is unknown.")
    return tuple(names)


def _test(value: str) -> Test:
    """The test of one filter `[op:]value`."""
    name, colon, rest = value.partition(":")
    if colon and name in COMPARISONS:
        compare = COMPARISONS[name]
        return lambda have: compare(_order(have), _order(rest))
    if colon and name in ("in", "nin"):
        wanted = rest.split(",")
        return lambda have: (_text(have) in wanted) == (name == "in")
    if colon and name in ("is", "isn"):
        return lambda have: (_text(have) == rest.lower()) == (name == "is")
    return lambda have: _text(have) == value


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "neq": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def _text(value: object) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _order(value: object) -> tuple[int, int, str]:
    """A key by which numbers in texts compare as numbers and stand before other texts."""
    text = _text(value)
    number = text.isdecimal() and text.isascii() and len(text) < 40
    return (0, int(text), text) if number else (1, 0, text)
