# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the declaration of a provider is made of. Private to this collection.

Everything else about a provider follows from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ansible_collections.ocamba.hood.plugins.module_utils.providers.formats import TEXT, Format


@dataclass(frozen=True)
class Field:
    """One setting: its key in the API, what it is for, where a person finds its value, and what that looks like."""

    name: str
    meaning: str
    source: str
    example: str = ""
    format: Format = TEXT
    secret: bool = False

    def canonical(self, value: str) -> str:
        """The form in which two values are compared. A secret has none: it is compared to the letter."""
        return value if self.secret else self.format.canonical(value)


@dataclass(frozen=True)
class Provider:
    """A message provider; `schema` is its name on Hood's page "Create Integration", `console` where people sign in."""

    name: str
    schema: str
    type: str
    title: str
    fields: tuple[Field, ...]
    console: str | None = None

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)

    @cached_property
    def field_names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @cached_property
    def plain_names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields if not field.secret)

    @cached_property
    def secret_names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields if field.secret)
