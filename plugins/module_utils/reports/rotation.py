# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the entries of a rotation from the chosen names and their new secrets. Pure. Private to this collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.declared.intake import (
    UNQUOTED_DATE,
    is_blank,
    is_date,
    parse_json,
)
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import is_key, key_path, printable
from ansible_collections.ocamba.hood.plugins.module_utils.declared.secrets import (
    declared_name,
    name_text,
    path_of,
    shared_names,
)
from ansible_collections.ocamba.hood.plugins.module_utils.declared.settings import NO_KEY
from ansible_collections.ocamba.hood.plugins.module_utils.errors import HoodError
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry

Data = dict[str, Any]

# What addresses an integration. The name is left out beside an id, or the integration would be renamed.
ADDRESS = ("id", "provider", "provider_id")

# What `default(omit)` leaves in a nested value: a text before ansible-core 2.19, later an object of its own type.
_OMITTED = "__omit_place_holder__"
_OMIT_TYPES = frozenset(("OmitType", "_OmitType"))


def make_rotation(names: Any, secrets: Any, integrations: Any = ()) -> list[Data]:
    """Return each chosen name with its entry; all mistakes are reported at once, none with a value.

    :raises HoodError: where a name or a secret is missing, or not usable.
    """
    declared, by_name = _entries(integrations), _by_name(secrets)
    chosen = _chosen(names, by_name, declared)
    mistakes = _all_mistakes(chosen, by_name, declared)
    if mistakes:
        raise HoodError(f"nothing was sent: {'; '.join(mistakes)}")
    return [
        {"name": name, "entry": {**_address(name, declared), "settings": parse_json(by_name[name])}} for name in chosen
    ]


def rotation_mistakes(names: Any, secrets: Any = None, integrations: Any = ()) -> list[str]:
    """Return why `make_rotation` would raise; without secrets, what is wrong with the choice alone."""
    try:
        if secrets is None:
            _choice(names)
            return []
        declared, by_name = _entries(integrations), _by_name(secrets)
        return _all_mistakes(_chosen(names, by_name, declared), by_name, declared)
    except HoodError as error:
        return [str(error)]


def concerns(names: Any, secrets: Any, integrations: Any = ()) -> bool:
    """Return whether an account has any of the chosen integrations, in its declaration or its secrets.

    One whose variables can't be read may have them: its own rotation reports what is wrong, and no other one's.

    :raises HoodError: where the choice can't be read.
    """
    chosen = _choice(names)
    try:
        declared, by_name = _entries(integrations), _by_name(secrets)
    except HoodError:
        return True
    if chosen is None:
        return bool(by_name)
    return not {declared_name(entry) for entry in declared}.union(by_name).isdisjoint(chosen)


def _choice(names: Any) -> list[str] | None:
    """The names of a choice; None for all of them."""
    names = parse_json(names)
    return None if isinstance(names, str) and names.strip() == "all" else _listed(names)


def _by_name(secrets: Any) -> dict[str, Any]:
    """The secrets by the text of each name: 360 is "360"."""
    secrets = parse_json(secrets)
    if is_blank(secrets):
        return {}
    if not isinstance(secrets, Mapping):
        raise HoodError("ocamba_secrets: must be a dictionary of integration names")
    return {text: own for name, own in secrets.items() if (text := name_text(name)) is not None}


def _entries(integrations: Any) -> list[Data]:
    integrations = parse_json(integrations)
    if integrations is None or integrations == "":
        return []
    if not isinstance(integrations, (list, tuple)):
        raise HoodError("ocamba_integrations: must be a list of dictionaries")
    return [entry for entry in map(parse_json, integrations) if isinstance(entry, dict)]


def _chosen(names: Any, secrets: dict[str, Any], declared: list[Data]) -> list[str]:
    chosen = _choice(names)
    if chosen is not None:
        return chosen
    known = [declared_name(entry) for entry in declared]
    every = [name for name in secrets if name in known or not declared]
    if not every:
        raise HoodError("ocamba_rotate: nothing to rotate, ocamba_secrets has no declared integration")
    return every


def _listed(names: Any) -> list[str]:
    if isinstance(names, str) and names.strip() and names.lstrip()[0] not in "[{":
        # One name, or one a line, as a survey gives them.
        names = [line.strip() for line in names.splitlines() if line.strip()]
    texts = [name_text(name) for name in names] if isinstance(names, (list, tuple)) else []
    if not texts or not all(texts):
        raise HoodError(
            "ocamba_rotate: must be a list of integration names that is not empty, also as JSON text, or the word all"
        )
    return [text for text in dict.fromkeys(texts) if text]


def _all_mistakes(chosen: list[str], secrets: Data, declared: list[Data]) -> list[str]:
    mistakes = [mistake for name in chosen for mistake in _mistakes(name, secrets.get(name), declared)]
    return mistakes + [f"{path_of(one)}: {why}" for one, why in shared_names(chosen, declared).items()]


def _mistakes(name: str, settings: Any, declared: list[Data]) -> Iterator[str]:
    shown, settings = printable(name), parse_json(settings)
    if settings is None or _is_omitted(settings):
        yield f"ocamba_secrets has no settings for {shown}"
    elif not isinstance(settings, dict) or not settings:
        yield f"{path_of(name)}: must be a dictionary of settings"
    else:
        for index, (key, value) in enumerate(settings.items()):
            path = key_path(path_of(name), key, index, has_value=value is not None)
            if not is_key(key):
                yield f"{path}: {NO_KEY}"
            elif is_blank(value):
                yield f"{path}: is empty"
            elif is_date(value):
                yield f"{path}: {UNQUOTED_DATE}"
            elif _is_omitted(value):
                yield f"{path}: is omitted, so there is no value to write"
        yield from _absent(name, settings, declared)


def _absent(name: str, settings: Data, declared: list[Data]) -> Iterator[str]:
    """What must be there for a rotation to be one: a secret, of the provider as far as the declaration names that."""
    provider = _named(name, declared).get("provider")
    known = registry.find(provider) if isinstance(provider, str) else None
    plain = known.plain_names if known else registry.plain_everywhere()
    # A key that the provider does not have is left to the module, which knows what it resembles.
    if all(key in plain for key in settings):
        where = path_of(name)
        keys = " or ".join(f"{where}.{key}" for key in known.secret_names) if known else where
        yield f"{keys}: is not there, so there is no secret to write" if known else f"{keys}: has no secret to write"


def _is_omitted(value: Any) -> bool:
    if isinstance(value, str):
        return value.startswith(_OMITTED)
    return type(value).__name__ in _OMIT_TYPES


def _address(name: str, declared: list[Data]) -> Data:
    entry = _named(name, declared)
    address = {key: entry[key] for key in ADDRESS if entry.get(key) not in (None, "")}
    return address if "id" in address else {"name": name, **address}


def _named(name: str, declared: list[Data]) -> Data:
    return next((entry for entry in declared if declared_name(entry) == name), {})
