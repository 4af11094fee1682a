"""How an account's integrations look from outside, under its variants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.emulator.accounts import Account, Integration
from tests.emulator.catalog import Provider

MASKS = {"masked": "********", "masked_x": "XXXX"}


FIELDS = (
    "id",
    "company_id",
    "name",
    "type",
    "provider_id",
    "provider",
    "settings",
    "status",
    "effective_status",
    "is_default",
    "create_time",
    "update_time",
)
"""The fields of an item, as the documentation orders them."""

SCALARS = tuple(name for name in FIELDS if name not in ("provider", "settings"))
"""The fields by which lists are filtered and sorted."""


def show(account: Account, integration: Integration) -> dict[str, Any]:
    """The whole item, as GET by id shows it; `provider` is null if the account has it no longer."""
    variants = account.variants
    provider = account.provider_of(integration)
    values = {
        **scalars(account, integration),
        "provider": provider.show(variants.provider_names) if provider else None,
        "settings": show_settings(account, integration.settings, provider),
    }
    return {name: values[name] for name in FIELDS}


def scalars(account: Account, integration: Integration) -> dict[str, Any]:
    """The item's `SCALARS`."""
    computed = {
        "company_id": account.company_id,
        "effective_status": account.effective_status(integration),
    }
    return {name: computed[name] if name in computed else getattr(integration, name) for name in SCALARS}


def show_settings(account: Account, settings: Mapping[str, str], provider: Provider | None) -> dict[str, str | None]:
    """Settings under the variants `secrets`, `empty_settings` and `phone_plus`."""
    variants = account.variants
    shown: dict[str, str | None] = {}
    for key, value in settings.items():
        if provider is None or provider.is_secret(key):
            if variants.secrets != "absent":
                shown[key] = mask(value, variants.secrets)
        elif not value and variants.empty_settings != "keep":
            if variants.empty_settings == "null":
                shown[key] = None
        elif key == "default_phone_number" and variants.phone_plus == "strip":
            shown[key] = value.removeprefix("+")
        else:
            shown[key] = value
    return shown


def mask(value: str, how: str) -> str | None:
    """A secret under the variant `secrets`, save `absent`."""
    if how == "null":
        return None
    if how == "clear" or not value:
        return value
    if how == "masked_tail" and len(value) > 4:
        return "****" + value[-4:]
    return MASKS.get(how, MASKS["masked"])
