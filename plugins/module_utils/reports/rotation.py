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
    SECRETS,
    declared_name,
    name_text,
    path_of,
    place_of,
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
    account = _Account(secrets, integrations)
    chosen = account.chosen(_choice(names))
    mistakes = account.mistakes(chosen)
    if mistakes:
        raise HoodError(f"nothing was sent: {'; '.join(mistakes)}")
    return [{"name": name, "entry": account.entry(name)} for name in chosen]


def rotation_mistakes(names: Any, secrets: Any = None, integrations: Any = ()) -> list[str]:
    """Return why `make_rotation` would raise; without secrets, what is wrong with the choice alone."""
    try:
        choice = _choice(names)
        if secrets is None:
            return []
        account = _Account(secrets, integrations)
        return account.mistakes(account.chosen(choice))
    except HoodError as error:
        return [str(error)]


def concerns(names: Any, secrets: Any, integrations: Any = ()) -> bool:
    """Return whether an account has any of the chosen integrations, in its declaration or its secrets.

    One whose variables can't be read may have them: its own rotation reports what is wrong, and no other one's.

    :raises HoodError: where the choice can't be read.
    """
    choice = _choice(names)
    try:
        account = _Account(secrets, integrations)
    except HoodError:
        return True
    if choice is None:
        return bool(account.secrets)
    return not account.declared.keys().isdisjoint(choice) or not account.secrets.keys().isdisjoint(choice)


def _choice(names: Any) -> list[str] | None:
    """The names of a choice; None for all of them."""
    names = parse_json(names)
    return None if isinstance(names, str) and names.strip() == "all" else _listed(names)


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


class _Account:
    """What the variables of an account say of its integrations and their secrets.

    :raises HoodError: where they are not of the kind that they must be.
    """

    def __init__(self, secrets: Any, integrations: Any) -> None:
        secrets, integrations = parse_json(secrets), parse_json(integrations)
        integrations = [] if integrations is None or integrations == "" else integrations
        if not isinstance(integrations, (list, tuple)):
            raise HoodError("ocamba_integrations: must be a list of dictionaries")
        if not is_blank(secrets) and not isinstance(secrets, Mapping):
            raise HoodError(f"{SECRETS}: must be a dictionary of integration names")
        self._entries = [entry for entry in map(parse_json, integrations) if isinstance(entry, dict)]
        # The first entry of each name; what several have is refused.
        self.declared: dict[str, Data] = {}
        for entry in self._entries:
            self.declared.setdefault(declared_name(entry) or "", entry)
        # 360 is "360".
        self.secrets: dict[str, Any] = {}
        self._places: dict[str, str] = {}
        self._wrong: list[str] = []
        for index, (name, own) in enumerate(secrets.items() if isinstance(secrets, Mapping) else ()):
            self._add(name_text(name), own, index)

    def _add(self, name: str | None, own: Any, index: int) -> None:
        place = place_of(name, parse_json(own), index, self.declared)
        if name is None:
            self._wrong.append(f"{place}: its name is not text; put it in quotes")
        elif name in self.secrets:
            self._wrong.append(f"{place}: is there twice, as a number and as text")
        else:
            self.secrets[name], self._places[name] = own, place

    def chosen(self, choice: list[str] | None) -> list[str]:
        """Return the names of a choice."""
        if choice is not None:
            # Who chooses a name has it in a message too.
            self._places.update({name: path_of(name) for name in choice})
            return choice
        every = [name for name in self.secrets if name in self.declared or not self._entries]
        if not every:
            raise HoodError("ocamba_rotate: nothing to rotate, ocamba_secrets has no declared integration")
        return every

    def mistakes(self, chosen: list[str]) -> list[str]:
        """Return what is wrong with the secrets of these names, and with the names of all."""
        mistakes = [mistake for name in chosen for mistake in self._mistakes(name)]
        shared = shared_names(chosen, self._entries)
        return [*self._wrong, *mistakes, *(f"{self._places[name]}: {why}" for name, why in shared.items())]

    def entry(self, name: str) -> Data:
        """Return what gives an integration its new secrets."""
        declared = self.declared.get(name, {})
        address = {key: declared[key] for key in ADDRESS if declared.get(key) not in (None, "")}
        address = address if "id" in address else {"name": name, **address}
        return {**address, "settings": parse_json(self.secrets[name])}

    def _mistakes(self, name: str) -> Iterator[str]:
        place, settings = self._places[name], parse_json(self.secrets.get(name))
        if settings is None or _is_omitted(settings):
            is_shown = place == path_of(name)
            yield f"ocamba_secrets has no settings for {printable(name)}" if is_shown else f"{place}: has no settings"
        elif not isinstance(settings, dict) or not settings:
            yield f"{place}: must be a dictionary of settings"
        else:
            yield from _wrong_settings(place, settings)
            yield from self._absent(name, settings)

    def _absent(self, name: str, settings: Data) -> Iterator[str]:
        """What must be there for a rotation to be one: a secret, of the provider as far as the declaration names it."""
        provider, place = self.declared.get(name, {}).get("provider"), self._places[name]
        known = registry.find(provider) if isinstance(provider, str) else None
        plain = known.plain_names if known else registry.plain_everywhere()
        # A key that the provider does not have is left to the module, which knows what it resembles.
        if all(key in plain for key in settings):
            keys = " or ".join(f"{place}.{key}" for key in known.secret_names) if known else place
            yield (
                f"{keys}: is not there, so there is no secret to write" if known else f"{keys}: has no secret to write"
            )


def _wrong_settings(place: str, settings: Data) -> Iterator[str]:
    for index, (key, value) in enumerate(settings.items()):
        path = key_path(place, key, index, has_value=value is not None)
        if not is_key(key):
            yield f"{path}: {NO_KEY}"
        elif is_blank(value):
            yield f"{path}: is empty"
        elif is_date(value):
            yield f"{path}: {UNQUOTED_DATE}"
        elif _is_omitted(value):
            yield f"{path}: is omitted, so there is no value to write"


def _is_omitted(value: Any) -> bool:
    if isinstance(value, str):
        return value.startswith(_OMITTED)
    return type(value).__name__ in _OMIT_TYPES
