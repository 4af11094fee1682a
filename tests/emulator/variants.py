"""Every answer that the documentation of the Hood API leaves open, as one field each.

A field is a choice between answers that the real service might give. The defaults are the
likeliest ones; nothing here was tried against the live service.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints


class VariantError(ValueError):
    """A variant of an unknown name, or with a value that it does not have."""


@dataclass(frozen=True)
class Variants:
    """How this account's Hood answers where the documentation says nothing or two things.

    Errors: `VariantError` from every constructor, naming the field and its choices.
    """

    secrets: Literal["clear", "masked", "masked_x", "masked_tail", "null", "absent"] = "masked"
    """How a secret setting is shown: as it is, `********`, `XXXX`, `****` and its last four
    characters (all masked if it has four or fewer), null, or its key left out. An empty secret is
    never masked."""

    settings_update: Literal["merge", "replace"] = "merge"
    """PATCH `settings`: the given keys are set, or they become the whole of the settings."""

    total: Literal["number", "string"] = "number"
    """The JSON type of `total` in lists."""

    single: Literal["bare", "envelope"] = "bare"
    """GET by id: the object, or `{"total": 1, "items": [object]}`."""

    created: Literal["object", "envelope", "empty"] = "object"
    """The body of a 201."""

    view_full_needed: bool = False
    """Lists show `settings` and an integration's `provider` only with `view=full` or `fields`."""

    settings_in_list: bool = True
    """False: no list shows an integration's settings, whatever is asked for."""

    page_cap: int = field(default=100, metadata={"others": (5,)})
    """The largest page, in items."""

    page_default: int = field(default=20, metadata={"others": (3,)})
    """The size of a page when none is asked for, in items; never above `page_cap`."""

    page_over_cap: Literal["clamp", "refuse"] = "clamp"
    """A larger page than the cap: the cap is served, or 400."""

    name_search: bool = True
    """False: `q`, `q_fields` and filters on `name` are ignored."""

    duplicate_names: Literal["allow", "refuse"] = "allow"
    """A second integration of the same name, by creation or renaming."""

    duplicate_status: Literal[409, 400] = 409
    """The status of that refusal."""

    unknown_keys: Literal["drop", "refuse"] = "drop"
    """Settings keys that the provider does not have, on create and update. Dropping on update is
    documented."""

    phone_plus: Literal["keep", "strip"] = "keep"
    """Whether `default_phone_number` is shown with its leading `+`."""

    empty_settings: Literal["keep", "null", "absent"] = "keep"
    """How a setting that holds an empty string is shown."""

    validate_status: Literal[204, 200] = 204
    """What a good validation answers; 200 comes with a small object."""

    unknown_id: Literal[404, 400] = 404
    """The status for an id that the account does not have."""

    provider_names: Literal["plain", "schema"] = "plain"
    """Names of providers: `custom_email`, `mitto`, or as the page's schemas: `custom_email_provider`,
    `mitto_sms`. `twilio` alone is documented: with `schema` it is `twilio_sms`."""

    effective_status: Literal["same", "inactive_until_tested"] = "same"
    """Follows `status`, or stays inactive until the same settings passed a validation or a test."""

    type_required: bool = True
    """Whether a creation without `type` is refused."""

    errors: Literal["full", "no_message", "no_trace_id"] = "full"
    """What an error body holds; both parts may be missing."""

    def __post_init__(self) -> None:
        for one in fields(self):
            _check(one.name, getattr(self, one.name))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], base: Variants | None = None) -> Variants:
        """Variants from JSON values over `base` (the defaults when None)."""
        for name in values:
            _choices(name)
        return replace(base or cls(), **values)

    @classmethod
    def from_pairs(cls, pairs: Iterable[str], base: Variants | None = None) -> Variants:
        """Variants from texts such as `secrets=clear` and `page_cap=20` over `base`."""
        values: dict[str, Any] = {}
        for pair in pairs:
            name, equals, text = pair.partition("=")
            if not equals:
                raise VariantError(f"{pair!r} is not a variant: write name=value")
            values[name.strip()] = _parse(name.strip(), text.strip())
        return cls.from_dict(values, base)

    def to_dict(self) -> dict[str, Any]:
        """All fields as JSON values."""
        return asdict(self)

    def label(self) -> str:
        """The deviations from the defaults as `name=value,…`, or `default`: an id for a test."""
        usual = Variants()
        found = [
            f"{one.name}={_text(getattr(self, one.name))}"
            for one in fields(self)
            if getattr(self, one.name) != getattr(usual, one.name)
        ]
        return ",".join(found) or "default"

    @classmethod
    def matrix(cls, combined: int = 8, seed: int = 1) -> tuple[Variants, ...]:
        """The defaults, each single deviation from them, then `combined` random ones of that seed."""
        usual = cls()
        single = [
            replace(usual, **{one.name: value})
            for one in fields(cls)
            for value in _samples(one.name)
            if value != getattr(usual, one.name)
        ]
        chance = random.Random(seed)
        mixed = [
            cls(**{one.name: chance.choice(_samples(one.name)) for one in fields(cls)}) for _unused in range(combined)
        ]
        return (usual, *single, *mixed)


@cache
def _types() -> dict[str, Any]:
    return get_type_hints(Variants)


def _choices(name: str) -> tuple[Any, ...] | None:
    """The values of a field; None for a whole number of at least 1."""
    if name not in _types():
        raise VariantError(f"{name!r} is not a variant; there are {', '.join(sorted(_types()))}")
    kind = _types()[name]
    if get_origin(kind) is Literal:
        return get_args(kind)
    return (True, False) if kind is bool else None


def _check(name: str, value: object) -> None:
    choices = _choices(name)
    if choices is None:
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise VariantError(f"{name}: {value!r} is not a whole number of at least 1")
    elif not any(
        value is one or (value == one and isinstance(value, bool) == isinstance(one, bool)) for one in choices
    ):
        raise VariantError(f"{name}: {value!r} is not one of {', '.join(map(_text, choices))}")


def _parse(name: str, text: str) -> object:
    choices = _choices(name)
    if choices is None:
        return int(text) if text.isdecimal() else text
    return next((one for one in choices if _text(one) == text.lower()), text)


def _samples(name: str) -> tuple[Any, ...]:
    choices = _choices(name)
    if choices is not None:
        return choices
    one = next(one for one in fields(Variants) if one.name == name)
    return (one.default, *one.metadata["others"])


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
