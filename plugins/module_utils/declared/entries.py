# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user declares: entries as YAML gives them, checked, every mistake told with its path and no value."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.errors import Mistake
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry, schemas
from ansible_collections.ocamba.hood.plugins.module_utils.providers.masks import is_mask
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Provider
from ansible_collections.ocamba.hood.plugins.module_utils.redaction import PLACEHOLDER, visible

STATUSES = ("active", "inactive")
ENTRY_OPTIONS = ("name", "id", "provider", "provider_id", "type", "status", "settings")
NAME_LENGTH = 100
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
        return Mistake(_join(_label(self.path, self.name), *path) or self.label, reason)

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


def parse_json(value: Any) -> Any:
    """A list or dictionary that came as JSON text (a survey, -e on a command line); anything else unchanged."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def read(entries: Any, needs_provider: bool = True) -> Declaration:
    """Check the list of the plural module; paths are `integrations[n] (name).…`.

    :param needs_provider: whether an entry may have to be created, which takes a provider.
    """
    result = Declaration()
    entries = parse_json(entries)
    if not isinstance(entries, list):
        result.mistakes.append(Mistake("integrations", "must be a list of dictionaries"))
        return result
    for index, entry in enumerate(entries):
        _read_entry(entry, f"integrations[{index}]", result, needs_provider)
    result.mistakes += _doubles(result.entries)
    return _settle(result)


def read_single(entry: dict[str, Any], needs_provider: bool = True) -> Declaration:
    """Check the entry whose options are the module's own; paths start at the option."""
    result = Declaration()
    _read_entry(entry, "", result, needs_provider)
    return _settle(result)


def with_provider(entry: Declared, known: Provider | None) -> tuple[Declared, list[Mistake]]:
    """The entry, its settings checked once more now that an account has told which provider it means."""
    if known is None or known is entry.known:
        return entry, []
    result = Declaration()
    settings = _checked_settings(dict(entry.settings), known, entry.path, entry.name, result)
    settled = replace(entry, settings=settings, known=known)
    return settled, result.mistakes


def accepts(option: str, value: Any) -> bool:
    """Whether an option of an entry (other than its settings) may have this value."""
    try:
        _CHECKS[option](value)
    except ValueError:
        return False
    return True


def not_a_setting(entry: Declared, key: str, provider: str, names: Iterable[str]) -> Mistake:
    return entry.mistake(unknown(f"not a setting of {provider}", key, names), "settings", key)


def unknown(reason: str, key: str, names: Iterable[str]) -> str:
    """Why a key is refused: with the one that is probably meant, or all that there are."""
    import difflib  # for mistakes only

    close = difflib.get_close_matches(key, list(names), n=1)
    return f"{reason}; did you mean {close[0]}?" if close else f"{reason}; it has {', '.join(names)}"


def hide(entry: Any) -> tuple[Any, set[str]]:
    """A copy of a raw entry that may be logged, and the secrets that were taken out of it.

    Whatever is not surely plain is a secret: misspelt keys, wrong nesting and unknown options included.
    """
    secrets: set[str] = set()
    entry = parse_json(entry)
    if not isinstance(entry, dict):
        return _hide_value(entry, secrets), secrets
    plain = _plain_keys(entry)
    hidden: dict[str, Any] = {}
    for key, value in entry.items():
        if key == "settings":
            hidden[key] = _hide_settings(parse_json(value), plain, secrets)
        elif key in ENTRY_OPTIONS and not isinstance(value, (dict, list)):
            hidden[key] = value
        else:
            hidden[key] = _hide_value(value, secrets)
    if isinstance(entry.get("settings"), str):
        secrets.add(entry["settings"])
    return hidden, secrets


def _plain_keys(entry: dict[str, Any]) -> frozenset[str]:
    provider = entry.get("provider")
    if not isinstance(provider, str) or not provider:
        return registry.plain_everywhere() if provider in (None, "") else frozenset()
    known = registry.find(provider)
    return frozenset(known.plain_names) if known else frozenset()


def _hide_settings(settings: Any, plain: frozenset[str], secrets: set[str]) -> Any:
    if not isinstance(settings, dict):
        return _hide_value(settings, secrets)
    return {
        key: value if key in plain and not isinstance(value, (dict, list)) else _hide_value(value, secrets)
        for key, value in settings.items()
    }


def _hide_value(value: Any, secrets: set[str]) -> Any:
    if value is None or isinstance(value, bool):
        return value
    secrets.update(_leaves(value))
    return PLACEHOLDER


def _leaves(value: Any) -> Iterator[str]:
    pending = [value]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending.extend(value.values())
        elif isinstance(value, (list, tuple)):
            pending.extend(value)
        elif value is not None and not isinstance(value, bool):
            yield str(value)


def _read_entry(raw: Any, path: str, result: Declaration, needs_provider: bool) -> None:
    raw = parse_json(raw)
    if not isinstance(raw, dict):
        result.mistakes.append(Mistake(path, "must be a dictionary"))
        return
    given = {key: value for key, value in raw.items() if not _is_left_out(key, value)}
    name = given.get("name") if isinstance(given.get("name"), str) else None
    label = _label(path, name)

    def wrong(option: str, reason: str) -> None:
        result.mistakes.append(Mistake(_join(label, option), reason))

    for key in given:
        if key not in ENTRY_OPTIONS:
            wrong(key, _misplaced(key))
    options: dict[str, str | None] = {}
    for option, check in _CHECKS.items():
        options[option] = None
        if option in given:
            try:
                options[option] = check(given[option])
            except ValueError as error:
                wrong(option, str(error))
    known = registry.find(options["provider"]) if options["provider"] else None
    for option, reason in _contradictions(given, options["type"], known, needs_provider):
        wrong(option, reason)
    settings = _checked_settings(given.get("settings", {}), known, path, name, result)
    result.entries.append(
        Declared(
            path=path,
            name=options["name"],
            id=options["id"],
            provider=options["provider"],
            provider_id=options["provider_id"],
            type=options["type"] or (known.type if known else None),
            status=options["status"],
            settings=settings,
            known=known,
        )
    )


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


def _checked_settings(
    raw: Any, known: Provider | None, path: str, name: str | None, result: Declaration
) -> dict[str, str]:
    where = _join(_label(path, name), "settings")
    raw = parse_json(raw)
    if not isinstance(raw, dict):
        result.mistakes.append(Mistake(where, "must be a dictionary"))
        return {}
    given: dict[str, Any] = {}
    for key, value in raw.items():
        if value is None:
            continue
        given[key] = value.rstrip("\r\n") if isinstance(value, str) else value
        if isinstance(value, str) and given[key] != value:
            result.warnings.append(f"{where}.{key}: the newline at its end was taken off")
    wrong = list(_wrong_settings(given, known))
    told = {key for key, _reason in wrong}
    settings, mistakes = schemas.check_settings(known, {key: given[key] for key in given if key not in told})
    wrong += [(mistake.path, mistake.reason) for mistake in mistakes]
    result.mistakes += [Mistake(_join(where, key), reason) for key, reason in wrong]
    return settings


def _wrong_settings(given: dict[str, Any], known: Provider | None) -> Iterator[tuple[str, str]]:
    """Slips in keys, and masks that were copied from a screen."""
    for key, value in given.items():
        if known and key not in known.field_names and _is_misspelling(key, known.field_names):
            yield key, unknown(f"not a setting of {known.name}", key, known.field_names)
        elif isinstance(value, str) and is_mask(value) and not (known and key in known.plain_names):
            yield key, "is a mask, not the secret itself"


def _settle(result: Declaration) -> Declaration:
    """Where the run is refused anyway, tell of the settings too that only the account could have known."""
    if result.mistakes:
        told = {mistake.path for mistake in result.mistakes}
        for entry in result.entries:
            for key in entry.undocumented:
                mistake = not_a_setting(entry, key, entry.known.name, entry.known.field_names) if entry.known else None
                if mistake and mistake.path not in told:
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


def _check_name(value: Any) -> str:
    name = schemas.as_text(value)
    if not 1 <= len(name) <= NAME_LENGTH:
        raise ValueError(f"must have 1 to {NAME_LENGTH} characters, has {len(name)}")
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in name):
        raise ValueError("must not contain control characters or line breaks")
    return name


def _check_id(value: Any) -> str:
    text = schemas.as_text(value)
    if not re.fullmatch("[0-9]+", text):
        raise ValueError("must be the digits that Hood shows as the id")
    return text


def _check_provider(value: Any) -> str:
    text = schemas.as_text(value)
    if not re.fullmatch(r"[\w][\w .&+-]{0,99}", text):
        raise ValueError("must be the name of a provider")
    return text


def _check_provider_id(value: Any) -> str:
    text = schemas.as_text(value)
    if not re.fullmatch(r"[\w-]{1,64}", text, re.ASCII):
        raise ValueError("must be the id of a provider as GET /providers shows it")
    return text


def _check_type(value: Any) -> str:
    return _one_of(value, registry.TYPES)


def _check_status(value: Any) -> str:
    return _one_of(value, STATUSES)


def _one_of(value: Any, choices: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"must be one of {', '.join(choices)}")
    return value


_CHECKS = {
    "name": _check_name,
    "id": _check_id,
    "provider": _check_provider,
    "provider_id": _check_provider_id,
    "type": _check_type,
    "status": _check_status,
}


def _label(path: str, name: str | None) -> str:
    if not path:
        return ""
    return f"{path} ({printable(name)})" if name else path


def printable(name: str) -> str:
    """A name for a message: cut, and without characters that would rearrange the line."""
    shown = visible(name, unseen="\N{REPLACEMENT CHARACTER}")
    return shown if len(shown) <= NAME_LENGTH else shown[:40] + "…"


def _join(*parts: str) -> str:
    return ".".join(part for part in parts if part)


def _misplaced(key: str) -> str:
    if any(provider.field(key) for provider in registry.PROVIDERS):
        return "not an option of an integration; it belongs under settings"
    return unknown("not an option of an integration", key, ENTRY_OPTIONS)


def _is_misspelling(key: str, names: Iterable[str]) -> bool:
    """Whether a key is so near to a known one that it can only be a slip.

    Hood may add settings at any time, so what is not surely a slip is left to the account's own provider list.
    """
    return any(_edits(key, name) <= (2 if len(key) >= 6 else 1) for name in names)


def _edits(one: str, other: str) -> int:
    import difflib

    blocks = difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in blocks if tag != "equal")
