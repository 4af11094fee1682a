# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an integration and a provider are in the API, as read from its answers. Private to this collection.

A form that nobody expects is read as unknown (None), and unknown never counts as the value that permits a write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable, Optional

from ansible_collections.ocamba.hood.plugins.module_utils.errors import MalformedAnswer
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Provider

StoredSettings = dict[str, Optional[str]]

_STATUS_FORMS = {
    "active": ("active", "1", "enabled"),
    "inactive": ("inactive", "0", "disabled"),
}

_ID = re.compile(r"[A-Za-z0-9_-]+")
_TIME = re.compile(r"[0-9]{4}(-[0-9]{2}){2} [0-9]{2}(:[0-9]{2}){2}")


@dataclass(frozen=True)
class LiveField:
    """A setting as the account's own provider describes it."""

    name: str
    required: bool
    deprecated: bool
    title: str | None = None


@dataclass(frozen=True)
class LiveProvider:
    """A provider of the account. `fields` is empty where the account does not describe it."""

    id: str
    name: str
    type: str | None
    fields: tuple[LiveField, ...]

    @property
    def known(self) -> Provider | None:
        known = registry.find(self.name)
        return known if known and self.type in (None, known.type) else None

    @property
    def field_names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    def is_named(self, name: str) -> bool:
        """Whether it is the provider of that name, in any manner of writing."""
        return registry.same_provider(name, self.name, self.type)


@dataclass(frozen=True)
class Integration:
    """An integration of the account.

    `settings` is None where the answer did not show any. `status` and `is_default` are None where the answer has them
    in no known form, or not at all. `untextual` names the settings whose value is neither a text nor a whole number:
    what is stored can't be read from it; `numbers` names those that are shown as whole numbers. The times are
    `YYYY-MM-DD HH:MM:SS`, GMT.
    """

    id: str
    name: str
    provider_id: str | None
    provider: LiveProvider | None
    type: str | None
    status: str | None
    effective_status: str | None
    is_default: bool | None
    settings: StoredSettings | None
    create_time: str | None = None
    update_time: str | None = None
    untextual: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    @property
    def provider_name(self) -> str | None:
        return self.provider.name if self.provider else None

    @property
    def known(self) -> Provider | None:
        return self.provider.known if self.provider else None


def parse_integration(item: Any) -> Integration:
    """An item of a list, or the object of a single reading.

    :raises MalformedAnswer: where what identifies it is missing or of another kind.
    """
    item = _mapping(item, "an integration")
    provider = item.get("provider")
    live = parse_provider(provider) if isinstance(provider, Mapping) and provider.get("name") else None
    return Integration(
        id=_identifier(item.get("id"), "an integration"),
        name=_name(item.get("name"), "an integration"),
        provider_id=_optional_text(item.get("provider_id")) or (live.id if live else None),
        provider=live,
        type=_lower(item.get("type")) or (live.type if live else None),
        status=_status(item.get("status")),
        effective_status=_status(item.get("effective_status")) or _optional_text(item.get("effective_status")),
        is_default=_flag(item.get("is_default")),
        settings=_settings(item.get("settings")),
        create_time=_time(item.get("create_time")),
        update_time=_time(item.get("update_time")),
        untextual=_untextual(item.get("settings")),
        numbers=_numbers(item.get("settings")),
    )


def parse_provider(item: Any) -> LiveProvider:
    """A provider as GET /providers and the items of integrations show it."""
    item = _mapping(item, "a provider")
    described = item.get("settings")
    fields = tuple(
        LiveField(
            str(field["name"]),
            field.get("required") is True,
            field.get("deprecated") is True,
            _optional_text(field.get("title")),
        )
        for field in (described if isinstance(described, list) else [])
        if isinstance(field, Mapping) and field.get("name")
    )
    return LiveProvider(
        id=_identifier(item.get("id"), "a provider"),
        name=_name(item.get("name"), "a provider"),
        type=_lower(item.get("type")),
        fields=fields,
    )


def is_same_provider(integration: Integration, name: str) -> bool | None:
    """Whether an integration is of the provider of that name; None where the answer did not say."""
    return integration.provider.is_named(name) if integration.provider else None


def shows_a_secret(integration: Integration) -> bool:
    """Whether one of its secrets is shown, masked or not."""
    return bool(secrets_shown([integration]))


def secrets_shown(integrations: Iterable[Integration]) -> frozenset[tuple[str, str]]:
    """Provider names and keys of the secrets that are shown, masked or not.

    Of one that is shown somewhere this server does not hide the others by leaving them out: where it is missing, it is
    not stored. Of other keys and providers that tells nothing: servers may list each in its own way.
    """
    return frozenset(
        (one.known.name, key)
        for one in integrations
        if one.known is not None
        for key in one.known.secret_names
        if (one.settings or {}).get(key)
    )


def blanks_secrets(integrations: Sequence[Integration]) -> bool:
    """Whether several integrations show an empty text as a secret, and none shows another: it hides what is stored.

    A single one may have been created without a secret.
    """
    empty = sum(
        any((one.settings or {}).get(key) == "" for key in (one.known.secret_names if one.known else ()))
        for one in integrations
    )
    return empty > 1 and not secrets_shown(integrations)


def _mapping(item: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(item, Mapping):
        raise MalformedAnswer(f"{what} in Hood's answer is not an object")
    return item


def _identifier(value: Any, what: str) -> str:
    text = _optional_text(value)
    if text is None or not _ID.fullmatch(text):
        raise MalformedAnswer(f"{what} in Hood's answer has no usable id")
    return text


def _name(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise MalformedAnswer(f"{what} in Hood's answer has no name")
    return value


def _optional_text(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return str(value) or None


def _lower(value: Any) -> str | None:
    text = _optional_text(value)
    return text.strip().lower() if text else None


def _status(value: Any) -> str | None:
    """A status in any of the forms in which an API may write the two documented ones; None for any other."""
    text = str(value).strip().lower() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    return next((status for status, forms in _STATUS_FORMS.items() if text in forms), None)


def _flag(value: Any) -> bool | None:
    text = str(value).strip().lower() if isinstance(value, (str, int)) else ""
    return {"true": True, "1": True, "false": False, "0": False}.get(text)


def _time(value: Any) -> str | None:
    return value if isinstance(value, str) and _TIME.fullmatch(value) else None


def _settings(value: Any) -> StoredSettings | None:
    # An empty list is how some servers write an empty object.
    if value == []:
        return {}
    if not isinstance(value, Mapping):
        return None
    return {str(key): _stored(inner) for key, inner in value.items()}


def _stored(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else None


def _untextual(value: Any) -> frozenset[str]:
    return _keys(value, lambda inner: not (inner is None or isinstance(inner, str) or _is_whole_number(inner)))


def _numbers(value: Any) -> frozenset[str]:
    return _keys(value, _is_whole_number)


def _is_whole_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _keys(settings: Any, wanted: Callable[[Any], bool]) -> frozenset[str]:
    """The keys of the settings whose values are wanted."""
    if not isinstance(settings, Mapping):
        return frozenset()
    return frozenset(str(key) for key, value in settings.items() if wanted(value))
