# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the settings of an entry, by the formats of their provider. Private to this collection."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.declared.intake import parse_json
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import (
    is_key,
    is_misspelling,
    join,
    key_path,
    unknown,
)
from ansible_collections.ocamba.hood.plugins.module_utils.errors import Mistake
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry, schemas
from ansible_collections.ocamba.hood.plugins.module_utils.providers.formats import Format
from ansible_collections.ocamba.hood.plugins.module_utils.providers.masks import holds_core_mask, is_mask
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Provider

NO_KEY = "is not the name of a setting; is a space missing after a colon?"
NO_VALUE = "is not a setting that is known here, and has no value; is a space missing after a colon?"
_ENCRYPTED = "is still encrypted: mark it with !vault, or let Ansible decrypt the file that it is in"
# Invisible, though letters or signs by their category: the fillers of Hangul, and the blank of Braille.
_INVISIBLE = frozenset("\u115f\u1160\u2800\u3164\uffa0")


@dataclass
class CheckedSettings:
    """Settings as strings, without those that were null. Good for nothing if there are mistakes.

    `keys`: all that were given, in their order.
    """

    settings: dict[str, str] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Setting:
    path: str
    value: Any
    is_secret: bool
    formats: tuple[Format, ...]

    @property
    def may_be_another_text(self) -> bool:
        """Whether this is a number that YAML may have made of another text than its digits."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            return False
        of_digits = [one for one in self.formats if one.of_digits]
        return self.is_secret or any(not one.is_unmistakable(self.value) for one in of_digits)


def check_settings(raw: Any, known: Provider | None, label: str, is_named: bool = False) -> CheckedSettings:
    """Check settings as they were given.

    :param label: how messages name the entry.
    :param is_named: whether the entry names a provider; of one that is not known all settings are secret.
    """
    where = join(label, "settings")
    raw = parse_json(raw)
    if not isinstance(raw, dict):
        return CheckedSettings(mistakes=[Mistake(where, "must be a dictionary")])
    result = CheckedSettings(keys=tuple(key for key in raw if isinstance(key, str)))
    given: dict[str, _Setting] = {}
    for index, (key, value) in enumerate(raw.items()):
        refusal = _refuse_key(key, value, known)
        is_near = known is not None and isinstance(key, str) and is_misspelling(key, known.field_names)
        path = key_path(where, key, index, has_value=value is not None or is_near)
        if refusal:
            result.mistakes.append(Mistake(path, refusal))
        elif value is not None:
            text = (value.rstrip("\r\n") or value) if isinstance(value, str) else value
            given[key] = _Setting(path, text, *_kind(key, known, is_named))
            result.warnings += _odd(given[key], was_cut=text is not value and text != value)
    wrong = {key: reason for key, one in given.items() if (reason := _refuse_value(one))}
    result.settings, mistakes = schemas.check_settings(
        known, {key: one.value for key, one in given.items() if key not in wrong}
    )
    wrong.update((mistake.path, mistake.reason) for mistake in mistakes)
    result.mistakes += [Mistake(given[key].path, reason) for key, reason in wrong.items()]
    return result


def _kind(key: str, known: Provider | None, is_named: bool) -> tuple[bool, tuple[Format, ...]]:
    """Whether a setting is secret, and the formats that it may have."""
    if known is None and is_named:
        return True, ()
    fields = [provider.field(key) for provider in ([known] if known else registry.PROVIDERS)]
    is_plain = key in (known.plain_names if known else registry.plain_everywhere())
    return not is_plain, tuple(one.format for one in fields if one)


def _refuse_key(key: Any, value: Any, known: Provider | None) -> str | None:
    if not is_key(key):
        return NO_KEY
    if known is None or key in known.field_names:
        return None
    if is_misspelling(key, known.field_names):
        return unknown(f"not a setting of {known.name}", key, known.field_names)
    return NO_VALUE if value is None else None


def _refuse_value(setting: _Setting) -> str | None:
    text = setting.value
    if not isinstance(text, str):
        return None
    reasons = {
        "is not valid Unicode": not _is_unicode(text),
        "is nothing but white space; an empty string clears it": bool(text) and all(map(_is_invisible, text)),
        _ENCRYPTED: text.startswith("$ANSIBLE_VAULT;"),
        "is a mask, not the secret itself": setting.is_secret and is_mask(text),
        "has been masked by ansible-core, so it is not the value itself": holds_core_mask(text),
    }
    return next((reason for reason, applies in reasons.items() if applies), None)


def _is_unicode(text: str) -> bool:
    """Whether it holds no half of a surrogate pair."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _odd(setting: _Setting, was_cut: bool) -> Iterator[str]:
    """Warn of what is probably not meant, though it can be."""
    if was_cut:
        yield f"{setting.path}: the newline at its end was taken off"
    if setting.may_be_another_text:
        yield f"{setting.path}: came as a number, and YAML reads 0123, 1_000, 12:30 and +5 as other numbers: quote it"
    text = setting.value if isinstance(setting.value, str) and setting.is_secret else ""
    if text and (_is_invisible(text[0]) or _is_invisible(text[-1])):
        yield f"{setting.path}: begins or ends with white space or an invisible character; it is taken as it is"


def _is_invisible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cf") or character in _INVISIBLE
