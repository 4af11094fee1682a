"""The forms in which an item's own fields are shown, under an account's variants."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from tests.emulator.variants import Variants

ABSENT = object()
"""A value that is not shown, with its key."""

TYPE_NUMBERS = {"sms": 1, "email": 2, "telegram": 3}

Form = Callable[[Any], Any]


def in_their_forms(item: Mapping[str, Any], variants: Variants) -> dict[str, Any]:
    """An item with each field in the form that the variants give it, without those that are not shown."""
    forms = _forms(variants)
    shown = {name: forms[name](value) if name in forms else value for name, value in item.items()}
    return {name: value for name, value in shown.items() if value is not ABSENT}


def _forms(variants: Variants) -> dict[str, Form]:
    status, time = STATUS[variants.status_form], TIME[variants.times]
    return {
        "status": status,
        "effective_status": status,
        "create_time": time,
        "update_time": time,
        "is_default": DEFAULT[variants.default_form],
        "type": TYPE[variants.type_form],
        "provider": PROVIDER[variants.provider_form],
        "provider_id": PROVIDER_ID[variants.provider_id_form],
        "id": ID[variants.id_form],
        "settings": SETTINGS[variants.settings_form],
    }


def _same(value: Any) -> Any:
    return value


def _null(value: Any) -> Any:
    return None


def _absent(value: Any) -> Any:
    return ABSENT


def _epoch(value: str) -> int:
    return int(datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp())


STATUS: dict[str, Form] = {
    "word": _same,
    "upper": str.upper,
    "number": lambda value: int(value == "active"),
}
TIME: dict[str, Form] = {
    "gmt": _same,
    "iso": lambda value: f"{value.replace(' ', 'T')}Z",
    "epoch": _epoch,
    "absent": _absent,
}
DEFAULT: dict[str, Form] = {
    "boolean": _same,
    "absent": _absent,
    "null": _null,
    "yes": lambda value: "yes" if value else "no",
    "number": lambda value: 2 if value else 0,
    "list": lambda value: ["sending"] if value else [],
}
TYPE: dict[str, Form] = {
    "word": _same,
    "upper": str.upper,
    "number": lambda value: TYPE_NUMBERS.get(value, 9),
    "null": _null,
    "absent": _absent,
}
PROVIDER: dict[str, Form] = {
    "object": _same,
    "name": lambda value: value and value["name"],
    "list": lambda value: [value],
    "null": _null,
    "absent": _absent,
}
PROVIDER_ID: dict[str, Form] = {
    "string": _same,
    "number": int,
    "null": _null,
    "absent": _absent,
}
ID: dict[str, Form] = {
    "string": _same,
    "number": int,
}
SETTINGS: dict[str, Form] = {
    "object": _same,
    "list": lambda value: [{"name": name, "value": one} for name, one in value.items()],
    "text": json.dumps,
    "null": _null,
}
