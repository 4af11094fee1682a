# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account answered to the probes, as it came. Nothing is judged here. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Callable, TypeVar

from ansible_collections.ocamba.hood.plugins.module_utils.api.bodies import count, unwrapped
from ansible_collections.ocamba.hood.plugins.module_utils.api.models import (
    Integration,
    LiveProvider,
    parse_integration,
    parse_provider,
)
from ansible_collections.ocamba.hood.plugins.module_utils.errors import (
    MALFORMED_ANSWER,
    REFUSED,
    TOKEN_REFUSED,
    MalformedAnswer,
)

Parsed = TypeVar("Parsed")


@dataclass(frozen=True)
class Seen:
    """One probe and what came of it.

    :param asked: the request for people, without the names and ids in it.
    :param status: None where there was no answer.
    :param reason: why there is no answer, or none that could be read.
    :param broken_by: the reason code of why it was sent and no answer came; None otherwise.
    """

    asked: str
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    reason: str | None = None
    broken_by: str | None = None

    def __str__(self) -> str:
        """For evidence: the request, its status, and how much came."""
        if self.status is None:
            return f"{self.asked}: no answer"
        if not self.is_success or self.items is None:
            return f"{self.asked}: {self.status}"
        total = "an unreadable total" if self.total is None else f"{self.total:,}"
        return f"{self.asked}: {self.status}, {len(self.items):,} of {total}"

    @property
    def is_broken(self) -> bool:
        return self.broken_by is not None

    @property
    def reason_code(self) -> str:
        """Why nothing can be done with it, of an answer with which that is so."""
        if self.broken_by is not None:
            return self.broken_by
        if self.status == 401:
            return TOKEN_REFUSED
        return REFUSED if self.is_refused else MALFORMED_ANSWER

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_refused(self) -> bool:
        return self.status is not None and not self.is_success

    @property
    def items(self) -> list[Any] | None:
        found = self.body.get("items") if self.is_success and isinstance(self.body, dict) else None
        return found if isinstance(found, list) else None

    @property
    def total(self) -> int | None:
        return count(self.body.get("total")) if isinstance(self.body, dict) else None

    @property
    def is_list(self) -> bool:
        return self.items is not None and self.total is not None

    @property
    def without_list(self) -> str | None:
        """Why no list can be taken from it; None where one can."""
        if self.is_list:
            return None
        if self.is_refused:
            return f"Hood answers {self.status}"
        return self.reason or "the answer is not a list with its total"


INACTIVE = "inactive"
NOT_ASKED = Seen("", reason="it was not asked")


@dataclass
class Facts:
    """Everything that the probes saw.

    :param page_size: the size of the large page that is asked for.
    :param large: the list that this collection asks for first.
    :param first: the first page that it then has: `large`, or where that is refused the one without a size.
    :param name: of the integration that was searched for. For comparing only: it is never shown.
    :param provider_pages: as `first`, with those that follow.
    :param every_status: how many there are with the filter for both statuses, where the list shows no inactive one.
    :param inactive: how many with the filter for inactive ones alone, where that tells no more.
    :param answers: all of the above in the order of asking.
    :param clean: takes the secrets out of what the account calls its providers and their settings.
    """

    page_size: int
    large: Seen = NOT_ASKED
    first: Seen = NOT_ASKED
    second: Seen = NOT_ASKED
    default: Seen = NOT_ASKED
    singles: list[Seen] = field(default_factory=list)
    unknown_id: Seen = NOT_ASKED
    name: str = ""
    filter_none: Seen = NOT_ASKED
    filter_one: Seen = NOT_ASKED
    search_none: Seen = NOT_ASKED
    search_one: Seen = NOT_ASKED
    provider_pages: list[Seen] = field(default_factory=list)
    provider_default: Seen = NOT_ASKED
    every_status: Seen = NOT_ASKED
    inactive: Seen = NOT_ASKED
    answers: list[Seen] = field(default_factory=list)
    clean: Callable[[str], str] = str

    @property
    def items(self) -> list[Any]:
        """The items of the list that were read."""
        return [*(self.first.items or ()), *(self.second.items or ())]

    @property
    def listed(self) -> list[Integration]:
        return readable(self.items)

    @property
    def read_singly(self) -> list[Integration]:
        return readable([unwrapped(seen.body) for seen in self.singles if seen.is_success])

    @property
    def provider_items(self) -> list[Any]:
        return [item for seen in self.provider_pages for item in seen.items or ()]

    @property
    def providers(self) -> list[LiveProvider]:
        return [one for one in map(partial(tried, parse_provider), self.provider_items) if not isinstance(one, str)]


def tried(parse: Callable[[Any], Parsed], item: Any) -> Parsed | str:
    """What an item is, or why it can't be read."""
    try:
        return parse(item)
    except MalformedAnswer as error:
        return str(error)


def readable(items: Sequence[Any]) -> list[Integration]:
    """The items that are integrations."""
    return [one for one in map(partial(tried, parse_integration), items) if not isinstance(one, str)]


def has_settings(item: Any) -> bool:
    """Whether an item shows its settings, be they none. An empty list is how some servers write an empty object."""
    return isinstance(item, dict) and isinstance(item.get("settings"), (dict, list))
