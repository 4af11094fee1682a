# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies what Ansible gives an action to plain values. Private to this collection.

The values in an action are subclasses with tags, containers that template what they hold when it is asked for, and, up
to ansible-core 2.18, vaulted values that are no strings. A module gets what JSON makes of them; so does a task here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date, time
from typing import Any, Callable

from ansible_collections.ocamba.hood.plugins.plugin_utils.core import VERSION


def plain(value: Any) -> Any:
    """Return a copy of plain dictionaries, lists, strings, numbers and booleans."""
    if value is None or _is_vaulted(value):
        return None if value is None else _text(value)
    copy = next((copy for kind, copy in _COPIES if isinstance(value, kind)), _text)
    return copy(value)


def no_template(text: str) -> Any:
    """Return a text that Ansible never takes for a template."""
    if VERSION >= (2, 19):
        # There a text is only one if it is marked so, and a copy has no marks.
        return _text(text)
    from ansible.utils.unsafe_proxy import wrap_var

    return wrap_var(_text(text))


def untemplated(text: str) -> str:
    """Return a text in which Ansible finds no template: up to 2.18 it evaluates facts once more where they are used."""
    for sign in ("{{", "{%", "{#"):
        text = text.replace(sign, " ".join(sign))
    return text


def _text(value: Any) -> str:
    # Not str() alone, which a subclass of str may answer with itself.
    return str.__str__(str(value))


def _mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {_key(key): plain(inner) for key, inner in value.items()}


def _key(key: Any) -> str:
    """A key as JSON has it."""
    if isinstance(key, bool):
        return "true" if key else "false"
    return "null" if key is None else _text(key)


def _is_vaulted(value: Any) -> bool:
    """Whether it is AnsibleVaultEncryptedUnicode, a sequence of the characters of its decrypted text."""
    return hasattr(value, "_ciphertext")


_COPIES: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (bool, bool),
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
    (Mapping, _mapping),
    ((date, time), lambda value: _text(value.isoformat())),
    (bytes, lambda value: bytes(value).decode("utf-8", "surrogateescape")),
    ((Sequence, Set), lambda value: [plain(inner) for inner in value]),
)
