# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The raw options of a task: what may be shown, what is declared, what is wrong. Private to this collection.

ansible-core logs options, returns them as `invocation`, and prints them in its own error messages. So the real entries
are kept aside: of a few core sees a copy without secrets, of many no more than their names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.ocamba.hood.plugins.module_utils.declared import entries as declarations
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import Declaration
from ansible_collections.ocamba.hood.plugins.module_utils.declared.hiding import hide
from ansible_collections.ocamba.hood.plugins.module_utils.declared.intake import without_blanks, wrong_kinds
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import key_path, unknown
from ansible_collections.ocamba.hood.plugins.module_utils.declared.option_checks import ENTRY_OPTIONS
from ansible_collections.ocamba.hood.plugins.module_utils.errors import MissingLibrary, Mistake
from ansible_collections.ocamba.hood.plugins.module_utils.task.argument_specs import Spec, options_of, spec_of_core

# Of more entries than this `invocation` has the names only: core copies, checks and masks every value that it sees,
# which would take longer than all else.
SHOWN = 20


@dataclass
class Taken:
    """What the raw options of a task are.

    :param shown: the options as ansible-core may see them: no secret but that of a `no_log` option.
    :param secrets: what was taken out of them.
    :param missing: the library without which the declaration could not be checked.
    :param warnings: what was mended in the options.
    :param wrong: the options that are left out, as they are of a wrong kind.
    """

    shown: dict[str, Any]
    declaration: Declaration = field(default_factory=Declaration)
    secrets: set[str] = field(default_factory=set)
    missing: MissingLibrary | None = None
    warnings: list[str] = field(default_factory=list)
    wrong: set[str] = field(default_factory=set)

    @property
    def is_refused(self) -> bool:
        """Whether the declaration can't be used."""
        return bool(self.declaration.mistakes) or self.missing is not None


def take(raw: Mapping[str, Any], spec: Spec, environment: Mapping[str, str]) -> Taken:
    """Take the raw options apart.

    :param environment: the environment variables that stand in for options which are not given.
    """
    given = without_blanks(raw, spec)
    mistakes = wrong_kinds(given, spec)
    wrong = {mistake.path for mistake in mistakes}
    known = {name: value for name, value in given.items() if name in spec and name not in wrong}
    taken = Taken(_with_environment(known, spec, environment), wrong=wrong)
    if taken.shown.get("integrations") is not None:
        _take_list(taken)
    elif "settings" in spec:
        _take_single(taken)
    for index, name in enumerate(given):
        if name not in known:
            _hide(taken, {name: given[name]})
        if name not in spec:
            mistakes.append(Mistake(key_path("", name, index), unknown("not an option", name, spec)))
    taken.declaration.mistakes += mistakes
    _trim_token(taken, raw.get("api_token"))
    return taken


def validate(shown: dict[str, Any], spec: Spec) -> tuple[dict[str, Any], str | None]:
    """Return the options with their defaults and types, and what ansible-core finds wrong with them."""
    validated = ArgumentSpecValidator(spec_of_core(spec)).validate(shown)
    return validated.validated_parameters, validated.errors.msg if validated.error_messages else None


def _trim_token(taken: Taken, raw: Any) -> None:
    """Take the white space off that a file or a variable has around a token."""
    token = taken.shown.get("api_token")
    if not isinstance(token, str):
        return
    taken.shown["api_token"] = token.strip()
    is_given = isinstance(raw, str) and raw.strip() == token.strip()
    if token.strip() != (raw if is_given else token):
        taken.warnings.append("api_token: the white space around it was taken off")


def _take_list(taken: Taken) -> None:
    raw = taken.shown["integrations"]
    _read(taken, declarations.read, raw)
    shown = [_hide(taken, entry) for entry in (raw if isinstance(raw, list) else [raw])]
    taken.shown["integrations"] = [] if taken.is_refused or len(shown) > SHOWN else shown


def _take_single(taken: Taken) -> None:
    raw = {name: taken.shown[name] for name in ENTRY_OPTIONS if name in taken.shown}
    shown = _hide(taken, raw)
    _read(taken, declarations.read_single, raw)
    for name in raw:
        if taken.is_refused:
            del taken.shown[name]
        else:
            taken.shown[name] = shown[name]


def _read(taken: Taken, read: Callable[[Any, bool], Declaration], raw: Any) -> None:
    try:
        taken.declaration = read(raw, taken.shown.get("missing") != "refuse")
    except MissingLibrary as error:
        taken.missing = error


def _hide(taken: Taken, value: Any) -> Any:
    shown, secrets = hide(value)
    taken.secrets |= secrets
    return shown


def _with_environment(options: dict[str, Any], spec: Spec, environment: Mapping[str, str]) -> dict[str, Any]:
    """The options, and those that only the environment has."""
    filled = {**options_of(environment, spec), **options}
    for name, option in spec.items():
        if option.get("type") == "path" and isinstance(filled.get(name), str):
            filled[name] = _expand(filled[name], environment)
    return filled


def _expand(path: str, environment: Mapping[str, str]) -> str:
    """Expand variables, and the home folder that they name; core does the rest with the environment of the process."""
    path = re.sub(
        r"\$(?:(\w+)|\{([^}]*)\})",
        lambda match: environment.get(match.group(1) or match.group(2), match.group()),
        path,
        flags=re.ASCII,
    )
    home = environment.get("HOME")
    return home.rstrip("/") + path[1:] if home and (path == "~" or path.startswith("~/")) else path
