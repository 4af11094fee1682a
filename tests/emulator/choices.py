"""The fields of a dataclass as choices: which values a field has, checked, parsed and sampled.

A field is a `Literal`, a `bool`, an `int` of at least 1, a `float` not below 0, or a `str` with
something in it. Metadata: `others`, further values of a field that is no choice; `deviating`, the
values that belong to `deviations` and not to `samples`; `beside`, what other fields must have for
these to mean anything.
"""

from __future__ import annotations

from dataclasses import Field, fields
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints


class VariantError(ValueError):
    """A variant of an unknown name, or with a value that it does not have."""


def choices(owner: type, name: str) -> tuple[Any, ...] | None:
    """The values of a field; None where there is no end of them. Errors: `VariantError`."""
    kind = _kind(owner, name)
    if get_origin(kind) is Literal:
        return get_args(kind)
    return (True, False) if kind is bool else None


def check(owner: type, name: str, value: object) -> None:
    """Refuse a value that a field does not have. Errors: `VariantError`."""
    known = choices(owner, name)
    if known is None:
        wanted, fits = _FREE[_kind(owner, name)]
        if isinstance(value, bool) or not fits(value):
            raise VariantError(f"{name}: {value!r} is not {wanted}")
    elif not any(value is one or (value == one and isinstance(value, bool) == isinstance(one, bool)) for one in known):
        raise VariantError(f"{name}: {value!r} is not one of {', '.join(map(text, known))}")


def parse(owner: type, name: str, given: str) -> object:
    """The value that a text stands for, or the text, which `check` will refuse."""
    known = choices(owner, name)
    if known is not None:
        return next((one for one in known if text(one).lower() == given.lower()), given)
    kind = _kind(owner, name)
    try:
        return given if kind is str else kind(given)
    except ValueError:
        return given


def samples(owner: type, name: str) -> tuple[Any, ...]:
    """The values of a field under which a client reaches what was declared."""
    left_out = _field(owner, name).metadata.get("deviating", ())
    return tuple(value for value in _values(owner, name) if value not in left_out)


def deviations(owner: type, name: str) -> tuple[dict[str, Any], ...]:
    """The other values of a field, each with what it needs beside it."""
    metadata = _field(owner, name).metadata
    return tuple({**metadata.get("beside", {}), name: value} for value in metadata.get("deviating", ()))


def text(value: object) -> str:
    """A value as it is written in `name=value`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


_FREE: dict[Any, tuple[str, Any]] = {
    int: ("a whole number of at least 1", lambda value: isinstance(value, int) and value >= 1),
    float: ("a number of at least 0", lambda value: isinstance(value, (int, float)) and value >= 0),
    str: ("a text", lambda value: isinstance(value, str) and value != ""),
}


@cache
def _kinds(owner: type) -> dict[str, Any]:
    return get_type_hints(owner)


def _kind(owner: type, name: str) -> Any:
    kinds = _kinds(owner)
    if name not in kinds:
        raise VariantError(f"{name!r} is not a variant; there are {', '.join(sorted(kinds))}")
    return kinds[name]


def _field(owner: Any, name: str) -> Field[Any]:
    return next(one for one in fields(owner) if one.name == name)


def _values(owner: type, name: str) -> tuple[Any, ...]:
    known = choices(owner, name)
    if known is not None:
        return known
    one = _field(owner, name)
    return (one.default, *one.metadata.get("others", ()))
