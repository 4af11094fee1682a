# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Join a declaration with the secrets that are kept apart from it, by name. Private to this collection."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.declared.intake import (
    UNQUOTED_DATE,
    is_blank,
    is_date,
    parse_json,
    unquoted_dates,
)
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import (
    first_of,
    is_key,
    key_path,
    printable,
    suggestion,
)
from ansible_collections.ocamba.hood.plugins.module_utils.declared.settings import NO_KEY
from ansible_collections.ocamba.hood.plugins.module_utils.errors import Mistake
from ansible_collections.ocamba.hood.plugins.module_utils.providers.schemas import as_text

SECRETS = "ocamba_secrets"


def merge(integrations: Any, secrets: Any) -> tuple[Any, list[Mistake]]:
    """The entries with the secrets of their names over their settings, and what is wrong with the secrets.

    What is wrong with the entries is left to the module, but for dates, which would make text of the whole list.
    """
    integrations = parse_json(integrations)
    dates = unquoted_dates(integrations)
    if not isinstance(integrations, list):
        return integrations, dates or secrets_by_name(secrets)[1]
    declared = {text for entry in integrations if (text := declared_name(entry)) is not None}
    by_name, mistakes = secrets_by_name(secrets, declared)
    shared = [Mistake(path_of(name), reason) for name, reason in shared_names(by_name, integrations).items()]
    mistakes = [*dates, *mistakes, *_undeclared(parse_json(secrets), declared), *shared]
    return [_merged(entry, by_name) for entry in integrations], mistakes


def secrets_by_name(secrets: Any, declared: Collection[str] = ()) -> tuple[dict[str, dict[str, Any]], list[Mistake]]:
    """The secret settings by the text of each name (360 is "360"), and what is wrong with them; none if blank.

    :param declared: names that messages may show in any case, as the declaration has them.
    """
    secrets = parse_json(secrets)
    if is_blank(secrets):
        return {}, []
    if not isinstance(secrets, Mapping):
        return {}, [Mistake(SECRETS, "must be a dictionary of integration names")]
    found: dict[str, dict[str, Any]] = {}
    mistakes: list[Mistake] = []
    for index, (name, given) in enumerate(secrets.items()):
        text, own = name_text(name), parse_json(given)
        path = place_of(text, own, index, declared)
        if text in found:
            mistakes.append(Mistake(path, "is there twice, as a number and as text"))
        elif is_blank(own):
            continue
        elif not isinstance(own, Mapping):
            mistakes.append(Mistake(path, "must be a dictionary of settings"))
        elif text is not None:
            found[text] = dict(own)
            mistakes += _wrong(path, own)
    return found, mistakes


def name_text(name: Any) -> str | None:
    """A name of YAML as the text that the declaration has; None for what can't be a name."""
    try:
        return as_text(name)
    except ValueError:
        return None


def declared_name(entry: Any) -> str | None:
    """The name of an entry, as text."""
    entry = parse_json(entry)
    return name_text(entry.get("name")) if isinstance(entry, Mapping) else None


def place_of(name: str | None, own: Any, index: int, declared: Collection[str]) -> str:
    """A name with settings below it is one; anything else may be a value that a slip in YAML made a name of."""
    is_name = name in declared or (":" not in (name or ":") and isinstance(own, Mapping))
    if name is None or not is_name:
        return f"{SECRETS}[{index}]"
    return path_of(name)


def path_of(name: str) -> str:
    """The place of the secrets of a name."""
    return f"{SECRETS} ({printable(name)})"


def _wrong(path: str, own: Mapping[Any, Any]) -> Iterator[Mistake]:
    for index, (key, value) in enumerate(own.items()):
        where = key_path(path, key, index, has_value=value is not None)
        if not is_key(key):
            yield Mistake(where, NO_KEY)
        elif value is None:
            yield Mistake(where, "is empty; quote a value that begins with #, or delete the line")
        elif is_date(value):
            yield Mistake(where, UNQUOTED_DATE)


def _undeclared(secrets: Any, declared: Collection[str]) -> Iterator[Mistake]:
    for index, (name, own) in enumerate(secrets.items() if isinstance(secrets, Mapping) else ()):
        text = name_text(name)
        if text in declared:
            continue
        path = place_of(text, parse_json(own), index, ())
        hint = suggestion(text, declared) if text else ""
        if text is None or path.endswith("]"):
            yield Mistake(path, f"no integration of this account has this name{hint}")
        else:
            yield Mistake(SECRETS, f"no integration of this account has the name {printable(text)}{hint}")


def shared_names(names: Collection[str], entries: Sequence[Any]) -> dict[str, str]:
    """Return those of some names that several entries have, each with why its secrets can't be used: written to all of
    these, they would replace those of another integration."""
    places: dict[str, list[str]] = {name: [] for name in names}
    for index, entry in enumerate(entries):
        places.get(declared_name(entry) or "", []).append(f"integrations[{index}]")
    return {
        name: f"{first_of(found)} have this name, so whose secrets these are can't be known: put them into the settings"
        " of each"
        for name, found in places.items()
        if len(found) > 1
    }


def _merged(entry: Any, secrets: Mapping[str, Mapping[str, Any]]) -> Any:
    own = secrets.get(declared_name(entry) or "")
    entry = parse_json(entry)
    if not own or not isinstance(entry, Mapping):
        return entry
    settings = parse_json(entry.get("settings"))
    if not is_blank(settings) and not isinstance(settings, Mapping):
        return entry
    return {**entry, "settings": {**(settings or {}), **own}}
