# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which variables can't be evaluated, by their places alone. Private to this collection.

Core's message about a value that it can't evaluate quotes it, and that value may be a password with a brace in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError, AnsibleUndefinedVariable
from jinja2 import Environment, TemplateError, TemplateSyntaxError

from ansible_collections.ocamba.hood.plugins.module_utils.declared.intake import is_blank
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import printable
from ansible_collections.ocamba.hood.plugins.plugin_utils.plain import untemplated

# What evaluating a template can end with: of filters and lookups, nearly anything.
NOT_EVALUABLE = (
    *(AnsibleError, TemplateError, ArithmeticError, AssertionError, AttributeError, LookupError, OSError),
    *(RuntimeError, TypeError, ValueError),
)

UNDEFINED = "uses a variable that is not defined"
FAILED = "could not be evaluated, as a lookup, filter or test in it failed"
NOT_EVALUATED = (
    "is taken for a template, and can't be evaluated as one; if that is what the value is, mark it with !unsafe"
)
MISSING = "is required"

_TEMPLATES = ("{{", "{%", "{#")
# A key that may be shown. Anything else may be a value that slipped into the place of a key.
_KEY = re.compile(r"[A-Za-z_][\w-]{0,63}", re.ASCII)
# The variables of which the first keys are names of integrations.
_BY_NAME = ("ocamba_secrets",)


def find_mistakes(
    names: Sequence[str],
    variables: Mapping[str, Any],
    template: Callable[[Any], Any],
    required: Sequence[str] = (),
) -> list[str]:
    """Return what is wrong with the variables, each with its place and never a value.

    :param variables: not evaluated yet.
    :param template: evaluates a value, or raises an error of Ansible.
    """
    found = [f"{name}: {MISSING}" for name in required if is_blank(variables.get(name))]
    for name in names:
        found += [f"{place}: {reason}" for place, reason in _examine(name, variables.get(name), template, name)]
    return [untemplated(mistake) for mistake in found]


def _examine(place: str, value: Any, template: Callable[[Any], Any], root: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        reason = _evaluate(value, template) if any(sign in value for sign in _TEMPLATES) else None
        if reason:
            yield place, reason
    elif isinstance(value, Mapping):
        for number, key in enumerate(value):
            if place == root and root in _BY_NAME:
                step = f" ({printable(str(key))})"
            else:
                step = f".{key}" if _KEY.fullmatch(str(key)) else f".(key {number})"
            yield from _examine(place + step, value[key], template, root)
    elif isinstance(value, (list, tuple)):
        for number, one in enumerate(value):
            yield from _examine(f"{place}[{number}]{_label(one)}", one, template, root)


def _label(entry: Any) -> str:
    name = entry.get("name") if isinstance(entry, Mapping) else None
    is_plain = isinstance(name, str) and not any(sign in name for sign in _TEMPLATES)
    return f" ({printable(str(name))})" if is_plain else ""


def _evaluate(value: str, template: Callable[[Any], Any]) -> str | None:
    try:
        # In a list, as a value that is omitted may only be part of something.
        template([value])
    except AnsibleUndefinedVariable:
        return UNDEFINED
    except NOT_EVALUABLE as error:
        return f"{FAILED} ({_cause(error)})" if _is_template(value) else NOT_EVALUATED
    return None


def _is_template(value: str) -> bool:
    try:
        Environment(autoescape=True).parse(value)
    except TemplateSyntaxError:
        return False
    return True


def _cause(error: BaseException) -> str:
    """The name of the error at the beginning of a chain. Its text may hold what was looked up."""
    while error.__cause__ or getattr(error, "orig_exc", None):
        error = error.__cause__ or error.orig_exc  # type: ignore[attr-defined]
    return type(error).__name__
