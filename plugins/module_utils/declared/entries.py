# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the entries that the user declares; report mistakes by path, without a value. Private to this collection."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.declared.intake import is_blank, parse_json, unquoted_dates
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import (
    is_key,
    join,
    key_path,
    label,
    unknown,
)
from ansible_collections.ocamba.hood.plugins.module_utils.declared.option_checks import CHECKS, ENTRY_OPTIONS
from ansible_collections.ocamba.hood.plugins.module_utils.declared.settings import NO_KEY, check_settings
from ansible_collections.ocamba.hood.plugins.module_utils.errors import Mistake
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Provider

_OPTIONAL_WHEN_EMPTY = frozenset(("id", "provider", "provider_id", "type", "status", "settings"))


@dataclass(frozen=True)
class Declared:
    """One checked entry. `settings` holds strings only; what was null is not in it, but in `keys`."""

    path: str
    name: str | None = None
    id: str | None = None
    provider: str | None = None
    provider_id: str | None = None
    type: str | None = None
    status: str | None = None
    settings: dict[str, str] = field(default_factory=dict)
    known: Provider | None = None
    keys: tuple[str, ...] = field(default=(), compare=False)

    @property
    def label(self) -> str:
        """How messages name the entry."""
        shown = self.name if self.name is not None else f"id {self.id}"
        return f"{self.path} ({shown})" if self.path else shown

    def mistake(self, reason: str, *path: str) -> Mistake:
        return Mistake(join(label(self.path, self.name), *path) or self.label, reason)

    def setting_path(self, key: str) -> str:
        """The path of a setting for a message."""
        index = self.keys.index(key) if key in self.keys else len(self.keys)
        return key_path(
            join(label(self.path, self.name), "settings"), key, index, has_value=self.settings.get(key) is not None
        )

    def is_secret(self, key: str) -> bool:
        """Whether a setting must not be shown. For a provider that the registry does not know, all of them."""
        return self.known is None or key not in self.known.plain_names

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(key for key in self.settings if self.is_secret(key))

    @property
    def without_value(self) -> tuple[str, ...]:
        """Settings that were given as null, which counts as not given."""
        return tuple(key for key in self.keys if key not in self.settings)

    @property
    def undocumented(self) -> tuple[str, ...]:
        """Settings that only the account's own provider can know."""
        if self.known is None:
            return ()
        return tuple(key for key in self.settings if key not in self.known.field_names)


@dataclass
class Declaration:
    """All that was read of the user's entries: usable only if `mistakes` is empty."""

    entries: list[Declared] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add(self, other: Declaration) -> None:
        self.entries += other.entries
        self.mistakes += other.mistakes
        self.warnings += other.warnings


def read(entries: Any, needs_provider: bool = True) -> Declaration:
    """Check the list of the plural module; paths are `integrations[n] (name).…`.

    :param needs_provider: whether an entry may have to be created, which takes a provider.
    """
    entries = parse_json(entries)
    if not isinstance(entries, list):
        dates = unquoted_dates(entries)
        return Declaration(mistakes=dates or [Mistake("integrations", "must be a list of dictionaries")])
    result = Declaration()
    for index, entry in enumerate(entries):
        result.add(_read_entry(entry, f"integrations[{index}]", needs_provider))
    result.mistakes += _doubles(result.entries)
    return _with_undocumented(result)


def read_single(entry: dict[str, Any], needs_provider: bool = True) -> Declaration:
    """Check the entry whose options are the module's own; paths start at the option."""
    return _with_undocumented(_read_entry(entry, "", needs_provider))


def with_provider(entry: Declared, known: Provider | None) -> tuple[Declared, list[Mistake]]:
    """Check the settings of an entry once more, now that an account has shown which provider it means."""
    if known is None or known is entry.known:
        return entry, []
    given = {key: entry.settings.get(key) for key in entry.keys or entry.settings}
    checked = check_settings(given, known, label(entry.path, entry.name))
    return replace(entry, settings=checked.settings, known=known), checked.mistakes


def not_a_setting(entry: Declared, key: str, provider: str, names: Iterable[str]) -> Mistake:
    return Mistake(entry.setting_path(key), unknown(f"not a setting of {provider}", key, names))


def missing_secrets(entry: Declared) -> list[str]:
    """The secrets of its provider that an entry to be created would be active without.

    An empty string says that there is none.
    """
    if entry.status == "inactive" or entry.known is None:
        return []
    return [name for name in entry.known.secret_names if name not in entry.settings]


def _read_entry(raw: Any, path: str, needs_provider: bool) -> Declaration:
    """Check one entry; the result holds it, unless it is no dictionary."""
    raw = parse_json(raw)
    if not isinstance(raw, dict):
        return Declaration(mistakes=[Mistake(path, "must be a dictionary")])
    given = {key: value for key, value in raw.items() if not _is_left_out(key, value)}
    name = given.get("name") if isinstance(given.get("name"), str) else None
    where = label(path, name)
    mistakes = _unknown_options(raw, where)
    options, refused = _check_options(given)
    known = registry.find(options["provider"]) if options["provider"] else None
    wrong = [*refused, *_contradictions(given, options["type"], known, needs_provider)]
    mistakes += [Mistake(join(where, option), reason) for option, reason in wrong]
    checked = check_settings(given.get("settings", {}), known, where, is_named=bool(given.get("provider")))
    entry = Declared(
        path=path,
        name=options["name"],
        id=options["id"],
        provider=options["provider"],
        provider_id=options["provider_id"],
        type=options["type"] or (known.type if known else None),
        status=options["status"],
        settings=checked.settings,
        known=known,
        keys=checked.keys,
    )
    return Declaration([entry], mistakes + checked.mistakes, checked.warnings)


def _unknown_options(raw: dict[Any, Any], where: str) -> list[Mistake]:
    """The keys of an entry that are no options of it; one that can be no name, or has no value, by its place."""
    return [
        Mistake(key_path(where, key, index, has_value=value is not None), _misplaced(key) if is_key(key) else NO_KEY)
        for index, (key, value) in enumerate(raw.items())
        if key not in ENTRY_OPTIONS
    ]


def _check_options(given: dict[str, Any]) -> tuple[dict[str, str | None], list[tuple[str, str]]]:
    """Check the options but for the settings: as text, None for those that are absent or wrong, and what is wrong."""
    options: dict[str, str | None] = {}
    wrong = []
    for option, check in CHECKS.items():
        options[option] = None
        if option in given:
            try:
                options[option] = check(given[option])
            except ValueError as error:
                wrong.append((option, str(error)))
    return options, wrong


def _contradictions(
    given: dict[str, Any], kind: str | None, known: Provider | None, needs_provider: bool
) -> Iterator[tuple[str, str]]:
    if "name" not in given and "id" not in given:
        yield "name", "required"
    if needs_provider and not {"provider", "provider_id", "id"} & set(given):
        yield "provider", "required (or provider_id)"
    if known and kind and kind != known.type:
        yield "type", f"{known.name} sends {known.type}; leave type out, it follows from the provider"


def _is_left_out(key: str, value: Any) -> bool:
    return value is None or (is_blank(value) and key in _OPTIONAL_WHEN_EMPTY)


def _misplaced(key: str) -> str:
    if any(provider.field(key) for provider in registry.PROVIDERS):
        return "not an option of an integration; it belongs under settings"
    return unknown("not an option of an integration", key, ENTRY_OPTIONS)


def _with_undocumented(result: Declaration) -> Declaration:
    """Where the run is refused anyway, add the settings that only the account could have known."""
    if result.mistakes:
        paths = {mistake.path for mistake in result.mistakes}
        for entry in result.entries:
            for key in entry.undocumented:
                mistake = not_a_setting(entry, key, entry.known.name, entry.known.field_names) if entry.known else None
                if mistake and mistake.path not in paths:
                    result.mistakes.append(mistake)
    return result


def comparable(name: str) -> str:
    """Return a name as a server may store it that trims or composes names: it takes two of the same for one."""
    return unicodedata.normalize("NFC", name).strip()


def _doubles(entries: list[Declared]) -> Iterator[Mistake]:
    ids: dict[str, Declared] = {}
    names: dict[str, Declared] = {}
    for entry in entries:
        if entry.id is not None and entry.id in ids:
            yield entry.mistake(f"the same id as {ids[entry.id].path}", "id")
        elif entry.id is not None:
            ids[entry.id] = entry
        if entry.name is None:
            continue
        first = names.setdefault(comparable(entry.name), entry)
        # Duplicates that exist in the account can be declared, each by its own id.
        if first is not entry and (first.id is None or entry.id is None):
            but = "" if first.name == entry.name else ", but for white space at an end or its Unicode form"
            yield entry.mistake(f"the same name as {first.path}{but}", "name")
