"""How an account's integrations look from outside, under its variants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.emulator.accounts import Account, Integration
from tests.emulator.catalog import Provider
from tests.emulator.fields import ABSENT, in_their_forms
from tests.emulator.forms import mask_text, plain_form
from tests.emulator.variants import Variants

HIDDEN = {"absent": ABSENT, "null": None, "empty": ""}
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


def show(account: Account, integration: Integration, variants: Variants) -> dict[str, Any]:
    """The whole item under some variants; `provider` is null if the account has it no longer."""
    provider = account.provider_of(integration)
    values = {
        **scalars(account, integration),
        "provider": provider.show(variants.provider_names) if provider else None,
        "settings": show_settings(integration.settings, provider, of_status(integration.status, variants)),
    }
    return in_their_forms({name: values[name] for name in FIELDS}, variants)


def by_id(variants: Variants) -> Variants:
    """The variants of GET by id, where those of the account are of its lists."""
    return replace(
        variants,
        secrets=variants.secrets if variants.secrets_by_id == "same" else variants.secrets_by_id,
        default_form=variants.default_form if variants.default_form_by_id else "boolean",
    )


def in_created(variants: Variants) -> Variants:
    """The variants of a 201, where those of the account are of its lists."""
    return replace(
        variants,
        secrets=variants.secrets if variants.secrets_in_created == "same" else variants.secrets_in_created,
        default_form=variants.default_form if variants.default_form_by_id else "boolean",
    )


def of_status(status: str, variants: Variants) -> Variants:
    """The variants of an integration of that status, where those of the account are of the others."""
    if status == "active" or variants.secrets_of_inactive == "same":
        return variants
    return replace(variants, secrets=variants.secrets_of_inactive)


def scalars(account: Account, integration: Integration) -> dict[str, Any]:
    """The item's `SCALARS`, in the documented forms: by these lists are filtered and sorted."""
    computed = {
        "company_id": account.company_id,
        "effective_status": account.effective_status(integration),
    }
    return {name: computed[name] if name in computed else getattr(integration, name) for name in SCALARS}


def show_settings(settings: Mapping[str, str], provider: Provider | None, variants: Variants) -> dict[str, Any]:
    """Settings under the variants `secrets`, `secret_absent`, `mask`, and those of plain settings."""
    shown: dict[str, Any] = {}
    for key, value in settings.items():
        if provider is None or provider.is_secret(key):
            shown[key] = ABSENT if key == variants.secret_absent else mask(value, variants)
        else:
            shown[key] = show_plain(key, value, variants)
    return {key: value for key, value in shown.items() if value is not ABSENT}


def mask(value: str, variants: Variants) -> Any:
    """A secret under the variants `secrets` and `mask`; `ABSENT` for none at all."""
    how = variants.secrets
    if how in HIDDEN:
        return HIDDEN[how]
    if how == "clear" or not value:
        return value
    if how == "other":
        return mask_text(variants.mask, value)
    if how == "masked_tail" and len(value) > 4:
        return "****" + value[-4:]
    return MASKS.get(how, MASKS["masked"])


def show_plain(key: str, value: str, variants: Variants) -> Any:
    """A plain setting under `empty_settings`, `phone_plus`, `chat_id_type` and `plain_shown`."""
    if not value:
        return {"keep": value, "null": None, "absent": ABSENT}[variants.empty_settings]
    if variants.plain_shown in ("null", "absent"):
        return None if variants.plain_shown == "null" else ABSENT
    if key == "default_phone_number" and variants.phone_plus == "strip":
        return value.removeprefix("+")
    if key == "chat_id" and variants.chat_id_type != "string" and value.removeprefix("-").isdecimal():
        return int(value) if variants.chat_id_type == "number" else float(value)
    if variants.plain_shown == "number":
        return int(value) if value.isdecimal() else value
    return plain_form(variants.plain_shown, value)
