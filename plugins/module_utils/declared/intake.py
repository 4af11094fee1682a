# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take options as YAML, JSON, a survey or a command line give them. Private to this collection."""

from __future__ import annotations

import ast
import datetime
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import key_path, label
from ansible_collections.ocamba.hood.plugins.module_utils.declared.option_checks import ENTRY_OPTIONS
from ansible_collections.ocamba.hood.plugins.module_utils.errors import Mistake

_NUMBERS_AND_SWITCHES = ("int", "float", "bool")
_SCALARS = ("str", "path", *_NUMBERS_AND_SWITCHES)
# How the text of a certificate or key begins.
_PEM = "-----BEGIN"
# What is sent at once, so that a warning would come too late.
_NO_NUMBER = ("recipient", "api_token")
# Longer ones, in seconds, are more than the system takes, or than anybody waits.
MOST_SECONDS = 1_000_000

UNQUOTED_DATE = "is a date to YAML; put it in quotes"
_ENTRIES = "integrations"


def parse_json(value: Any) -> Any:
    """A list or dictionary that came as JSON text (a survey, -e on a command line); anything else unchanged."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def is_blank(value: Any) -> bool:
    """Whether a value counts as not given: null, an empty text, white space."""
    return value is None or (isinstance(value, str) and not value.strip())


def without_blanks(options: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a module without those that are blank, and the others without what a survey adds to them.

    The one place where blanks are dropped. A list may be JSON text or text with one item a line; the line end of a text
    is taken off. Settings and entries are not touched: in them an empty string clears. Nor is the token, which the
    connection trims with a warning. A required text stays, for the module to ask for it in its own words.
    """
    return {
        name: _trimmed(value, spec[name]) if name in spec and name != "api_token" else value
        for name, value in options.items()
        if name not in spec or not is_blank(value) or _must_be_there(spec[name])
    }


def _must_be_there(option: Mapping[str, Any]) -> bool:
    return bool(option.get("required")) and option.get("type", "str") in _SCALARS


def _trimmed(value: Any, option: Mapping[str, Any]) -> Any:
    kind = option.get("type", "str")
    if kind == "list" and option.get("elements") != "dict":
        return as_lines(value)
    if kind == "list":
        return parse_json(value)
    if not isinstance(value, str) or kind not in _SCALARS:
        return value
    return value.strip() if kind in _NUMBERS_AND_SWITCHES or "choices" in option else value.rstrip("\r\n")


def as_lines(value: Any) -> Any:
    """A list of names as it was given, as JSON text, or as text with one a line (names may hold commas).

    Blank lines are left out. The blank items of a list stay, for `wrong_kinds` to refuse.
    """
    value = parse_json(value)
    if isinstance(value, str):
        return [line.strip() for line in value.splitlines() if line.strip()]
    return value


def wrong_kinds(options: Mapping[str, Any], spec: Mapping[str, Any]) -> list[Mistake]:
    """The options that take one value and were given a list or dictionary, which core would write out as text, the
    paths that are the content of a file, which core would show, and blank items of lists.

    Not the options of an entry: reading it tells those with its other mistakes.
    """
    own = [name for name in options if name in spec and not ("settings" in spec and name in ENTRY_OPTIONS)]
    reasons = {name: _wrong_kind(name, options[name], spec[name].get("type", "str")) for name in own}
    mistakes = [Mistake(name, reason) for name, reason in reasons.items() if reason]
    lists = [name for name in own if spec[name].get("elements") == "str"]
    return [*mistakes, *(mistake for name in lists for mistake in _blanks(name, options[name]))]


def _blanks(name: str, items: Any) -> Iterator[Mistake]:
    for index, one in enumerate(items if isinstance(items, (list, tuple)) else ()):
        if is_blank(one):
            yield Mistake(f"{name}[{index}]", "is empty; quote a name that begins with #")


def _wrong_kind(name: str, value: Any, kind: str) -> str | None:
    if kind in _SCALARS and isinstance(value, (Mapping, list, tuple)):
        return f"must be text, not a {'dictionary' if isinstance(value, Mapping) else 'list'}"
    if kind == "int" and isinstance(value, float) and not math.isfinite(value):
        return "must be a whole number"
    if name in _NO_NUMBER and value is not None and not isinstance(value, str):
        return "must be text, as YAML reads 0123, 1_000, 12:30 and +5 as other numbers: put it in quotes"
    if kind in _SCALARS and kind != "bool" and isinstance(value, bool):
        return "must be a number, not a boolean" if kind in _NUMBERS_AND_SWITCHES else "must be text, not a boolean"
    if kind == "path" and isinstance(value, str) and ("\n" in value.strip() or value.strip().startswith(_PEM)):
        return "must be the path of a file, not what is in it"
    return None


def out_of_range(options: Mapping[str, Any]) -> list[Mistake]:
    """The numbers among the options of a module that make no sense."""
    above_zero, from_zero = ("request_timeout", "parallel_requests"), ("max_wait", "max_deactivations")
    seconds = ("request_timeout", "max_wait")
    return [
        *(Mistake(name, "must be more than 0") for name in above_zero if options.get(name, 1) <= 0),
        *(Mistake(name, "must not be negative") for name in from_zero if options.get(name, 0) < 0),
        *(
            Mistake(name, f"must be at most {MOST_SECONDS}")
            for name in seconds
            if options.get(name, 0) > MOST_SECONDS or math.isnan(options.get(name, 0))
        ),
    ]


def unquoted_dates(entries: Any) -> list[Mistake]:
    """The dates in entries. Up to core 2.18 one makes text in Python's notation of the whole list."""
    if isinstance(entries, str) and "datetime." in entries:
        try:
            entries = _from_python(ast.parse(entries.strip(), mode="eval").body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return []
    if not isinstance(entries, (list, tuple)):
        return []
    return [
        Mistake(path, UNQUOTED_DATE)
        for index, entry in enumerate(entries)
        for path in _dates(entry, f"{_ENTRIES}[{index}]")
    ]


def is_date(value: Any) -> bool:
    """Return whether YAML made a date or time of a value."""
    return isinstance(value, (datetime.date, datetime.time))


def _from_python(node: ast.AST) -> Any:
    """Lists, dictionaries and texts of an expression; a call in it is a date."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.List, ast.Tuple)):
        return [_from_python(one) for one in node.elts]
    if isinstance(node, ast.Dict):
        return {_from_python(key): _from_python(one) for key, one in zip(node.keys, node.values) if key is not None}
    return datetime.date.min if isinstance(node, ast.Call) else None


def _dates(value: Any, path: str) -> list[str]:
    if is_date(value):
        return [path]
    if isinstance(value, Mapping):
        name = value.get("name")
        where = label(path, name if isinstance(name, str) else None)
        return [found for index, key in enumerate(value) for found in _dates(value[key], key_path(where, key, index))]
    if isinstance(value, (list, tuple)):
        return [found for index, one in enumerate(value) for found in _dates(one, f"{path}[{index}]")]
    return []
