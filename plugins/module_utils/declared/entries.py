# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the entries that the user declares, and tell every mistake with its path and no value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.declared.intake import parse_json
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import join, label, unknown
from ansible_collections.ocamba.hood.plugins.module_utils.declared.option_checks import CHECKS, ENTRY_OPTIONS
from ansible_collections.ocamba.hood.plugins.module_utils.declared.settings import check_settings
from ansible_collections.ocamba.hood.plugins.module_utils.errors import Mistake
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Provider

_OPTIONAL_WHEN_EMPTY = frozenset(("id", "provider", "provider_id", "type", "status"))


@dataclass(frozen=True)
class Declared:
    """One checked entry. `settings` holds strings only; what was null is not in it."""

    path: str
    name: str | None = None
    id: str | None = None
    provider: str | None = None
    provider_id: str | None = None
    type: str | None = None
    status: str | None = None
    settings: dict[str, str] = field(default_factory=dict)
    known: Provider | None = None

    @property
    def label(self) -> str:
        """How messages name the entry."""
        shown = self.name if self.name is not None else f"id {self.id}"
        return f"{self.path} ({shown})" if self.path else shown

    def mistake(self, reason: str, *path: str) -> Mistake:
        return Mistake(join(label(self.path, self.name), *path) or self.label, reason)

    def is_secret(self, key: str) -> bool:
        """Whether a setting must not be shown. For a provider that the registry does not know, all of them."""
        return self.known is None or key not in self.known.plain_names

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(key for key in self.settings if self.is_secret(key))

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
        return Declaration(mistakes=[Mistake("integrations", "must be a list of dictionaries")])
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
    checked = check_settings(dict(entry.settings), known, label(entry.path, entry.name))
    return replace(entry, settings=checked.settings, known=known), checked.mistakes


def not_a_setting(entry: Declared, key: str, provider: str, names: Iterable[str]) -> Mistake:
    return entry.mistake(unknown(f"not a setting of {provider}", key, names), "settings", key)


def _read_entry(raw: Any, path: str, needs_provider: bool) -> Declaration:
    """Check one entry; the result holds it, unless it is no dictionary."""
    raw = parse_json(raw)
    if not isinstance(raw, dict):
        return Declaration(mistakes=[Mistake(path, "must be a dictionary")])
    given = {key: value for key, value in raw.items() if not _is_left_out(key, value)}
    name = given.get("name") if isinstance(given.get("name"), str) else None
    where = label(path, name)
    wrong = [(key, _misplaced(key)) for key in given if key not in ENTRY_OPTIONS]
    options, refused = _check_options(given)
    known = registry.find(options["provider"]) if options["provider"] else None
    wrong += [*refused, *_contradictions(given, options["type"], known, needs_provider)]
    checked = check_settings(given.get("settings", {}), known, where)
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
    )
    mistakes = [Mistake(join(where, option), reason) for option, reason in wrong]
    return Declaration([entry], mistakes + checked.mistakes, checked.warnings)


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
    return value is None or (value == "" and key in _OPTIONAL_WHEN_EMPTY)


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
        first = names.setdefault(entry.name, entry)
        # Twins that exist in the account can be declared, each by its own id.
        if first is not entry and (first.id is None or entry.id is None):
            yield entry.mistake(f"the same name as {first.path}", "name")
