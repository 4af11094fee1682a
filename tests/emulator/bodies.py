"""Strict checks of what a client sends to create, validate, test or update an integration.

What they return is as it will be stored, under the variants `name_form` and `stored_form`. Every
error is a `Refusal` with 400 that names the field and never a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.emulator.catalog import Provider
from tests.emulator.errors import invalid
from tests.emulator.forms import name_form, stored_form
from tests.emulator.variants import Variants

TYPES = ("sms", "email", "telegram")
STATUSES = ("active", "inactive")
CREATE_FIELDS = ("name", "provider_id", "settings", "status", "type")
UPDATE_FIELDS = ("name", "settings", "status")


@dataclass(frozen=True)
class Draft:
    """A creation that was found good."""

    name: str
    provider: Provider
    settings: dict[str, str]
    status: str


def check_create(body: object, providers: Mapping[str, Provider], variants: Variants) -> Draft:
    """A create body against the providers by id. Everything documented as required is."""
    values = _object(body, CREATE_FIELDS)
    for one in CREATE_FIELDS:
        if one not in values and (one != "type" or variants.type_required):
            raise invalid(f"{one} is required.")
    provider = _provider(values["provider_id"], providers)
    if "type" in values:
        _check_type(values["type"], provider)
    settings = _settings(values["settings"], provider, variants)
    check_required(settings, provider)
    name = name_form(variants.name_form, _name(values["name"]))
    return Draft(name, provider, _stored(settings, provider, variants), _status(values["status"]))


def check_update(body: object, provider: Provider | None, variants: Variants) -> dict[str, Any]:
    """An update body: at least one of `name`, `settings`, `status`. Returned are those given.

    `provider` is None for an integration whose provider the account has no longer: its settings
    are then taken as they are.
    """
    values = _object(body, UPDATE_FIELDS)
    if not values:
        raise invalid("at least one field is required.")
    changes: dict[str, Any] = {}
    if "name" in values:
        changes["name"] = name_form(variants.name_form, _name(values["name"]))
    if "status" in values:
        changes["status"] = _status(values["status"])
    if "settings" in values:
        changes["settings"] = _stored(_settings(values["settings"], provider, variants), provider, variants)
    return changes


def check_required(settings: Mapping[str, str], provider: Provider) -> None:
    """Every setting that the descriptor requires is there and not empty (the latter is assumed)."""
    for one in provider.settings:
        if one.required and not settings.get(one.name):
            raise invalid(f"settings.{one.name} is required.")


def _object(body: object, known: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise invalid("the body must be an object.")
    unknown = sorted(set(body) - set(known))
    if unknown:
        raise invalid(f"unknown fields: {', '.join(unknown)}.")
    return body


def _name(value: object) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= 100:
        raise invalid("name must be a string of 1 to 100 characters.")
    return value


def _status(value: object) -> str:
    if not isinstance(value, str) or value not in STATUSES:
        raise invalid(f"status must be one of {', '.join(STATUSES)}.")
    return value


def _provider(value: object, providers: Mapping[str, Provider]) -> Provider:
    if not isinstance(value, str) or value not in providers:
        raise invalid("provider_id must be the id of a provider, as a string.")
    return providers[value]


def _check_type(value: object, provider: Provider) -> None:
    if value not in (*TYPES, provider.type):
        raise invalid(f"type must be one of {', '.join(TYPES)}.")
    if value != provider.type:
        raise invalid("type does not match the provider.")


def _settings(value: object, provider: Provider | None, variants: Variants) -> dict[str, str]:
    if not isinstance(value, dict):
        raise invalid("settings must be an object.")
    for key, one in value.items():
        if not isinstance(one, str):
            raise invalid(f"settings.{key} must be a string.")
    if provider is None:
        return dict(value)
    unknown = sorted(key for key in value if provider.setting(key) is None)
    if unknown and variants.unknown_keys == "refuse":
        raise invalid(f"unknown settings: {', '.join(unknown)}.")
    return {key: one for key, one in value.items() if key not in unknown}


def _stored(settings: Mapping[str, str], provider: Provider | None, variants: Variants) -> dict[str, str]:
    """Settings in the form in which they are stored."""

    def stored(key: str, value: str) -> str:
        secret = provider is None or provider.is_secret(key)
        if secret and not variants.stored_form_of_secrets:
            return value
        return stored_form(variants.stored_form, key, value)

    return {key: stored(key, value) for key, value in settings.items()}
