# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a provider as a voluptuous schema. The only module that knows voluptuous. Private to this collection.

Its own messages print values (voluptuous 0.16: humanize_error, Equal, Literal, NotIn), so every text here is ours.
"""

from __future__ import annotations

import datetime
from typing import Any, Callable

from ansible_collections.ocamba.hood.plugins.module_utils.errors import MissingLibrary, Mistake
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Field, Provider

Settings = dict[str, str]

_compiled: dict[str | None, Callable[[Any], Settings]] = {}


def as_text(value: Any) -> str:
    """A scalar of YAML as the string that the API takes.

    :raises ValueError: for what has no one string form; the text says why, without the value.
    """
    if isinstance(value, bool):
        raise ValueError("must be text, not a boolean; put it in quotes if it is meant as text")
    if isinstance(value, float):
        raise ValueError("must be text or a whole number, not a fraction")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return value
    if isinstance(value, (datetime.date, datetime.time)):
        raise ValueError("must be text, and YAML takes this for a date; put it in quotes")
    raise ValueError(f"must be text, not a {'dictionary' if isinstance(value, dict) else 'list'}")


def check_settings(provider: Provider | None, settings: dict[str, Any]) -> tuple[Settings, list[Mistake]]:
    """The settings as strings, and what is wrong with them; paths start at the setting's key.

    Keys that the provider does not have are checked as text only: whether the account knows them is not decided here.
    """
    schema = _schema(provider)
    import voluptuous

    try:
        return schema(settings), []
    except voluptuous.MultipleInvalid as invalid:
        mistakes = [Mistake(".".join(str(part) for part in error.path), error.msg) for error in invalid.errors]
        return {}, mistakes


def _schema(provider: Provider | None) -> Callable[[Any], Settings]:
    key = provider.name if provider else None
    if key not in _compiled:
        _compiled[key] = _compile(provider.fields if provider else ())
    return _compiled[key]


def _compile(fields: tuple[Field, ...]) -> Callable[[Any], Settings]:
    try:
        import voluptuous
    except ImportError as error:
        raise MissingLibrary("voluptuous", str(error)) from error

    def text(value: Any) -> str:
        try:
            return as_text(value)
        except ValueError as error:
            raise voluptuous.Invalid(str(error)) from None

    def formatted(field: Field) -> Callable[[Any], str]:
        def check(value: Any) -> str:
            written = text(value)
            if written and not field.format.accepts(written):
                raise voluptuous.Invalid(f"must be {field.format.expects}")
            return written

        return check

    # A key without a marker is optional; markers would take most of the time of compiling.
    rules: dict[Any, Any] = {field.name: formatted(field) for field in fields}
    rules[voluptuous.Extra] = text
    compiled: Callable[[Any], Settings] = voluptuous.Schema(rules)
    return compiled
