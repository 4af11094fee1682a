# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the secrets out of entries before anything is logged. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.declared.intake import parse_json
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import is_key
from ansible_collections.ocamba.hood.plugins.module_utils.declared.option_checks import ENTRY_OPTIONS
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry
from ansible_collections.ocamba.hood.plugins.module_utils.redaction import PLACEHOLDER


def hide(entry: Any) -> tuple[Any, set[str]]:
    """A copy of a raw entry that may be logged, and the secrets that were taken out of it.

    Whatever is not surely plain is a secret: misspelt keys, wrong nesting and unknown options included.
    """
    secrets: set[str] = set()
    entry = parse_json(entry)
    if not isinstance(entry, dict):
        return _hide_value(entry, secrets), secrets
    plain = _plain_keys(entry)
    hidden: dict[str, Any] = {}
    for index, (key, value) in enumerate(entry.items()):
        shown = _hide_key(key, index, secrets)
        if key == "settings":
            hidden[shown] = _hide_settings(parse_json(value), plain, secrets)
        elif key in ENTRY_OPTIONS and not isinstance(value, (dict, list)):
            hidden[shown] = value
        else:
            hidden[shown] = _hide_value(value, secrets)
    if isinstance(entry.get("settings"), str):
        secrets.add(entry["settings"])
    return hidden, secrets


def _plain_keys(entry: dict[str, Any]) -> frozenset[str]:
    provider = entry.get("provider")
    if not isinstance(provider, str) or not provider:
        return registry.plain_everywhere() if provider in (None, "") else frozenset()
    known = registry.find(provider)
    return frozenset(known.plain_names) if known else frozenset()


def _hide_settings(settings: Any, plain: frozenset[str], secrets: set[str]) -> Any:
    if not isinstance(settings, dict):
        return _hide_value(settings, secrets)
    return {
        _hide_key(key, index, secrets): (
            value if key in plain and not isinstance(value, (dict, list)) else _hide_value(value, secrets)
        )
        for index, (key, value) in enumerate(settings.items())
    }


def _hide_key(key: Any, index: int, secrets: set[str]) -> str:
    """A key for a log; of {api_key:Secret}, where the key holds the value, the place alone."""
    if is_key(key):
        return str(key)
    text = str(key)
    secrets.add(text)
    # Of "api_key:Secret" the part behind the colon is the secret.
    secrets.update(part for part in re.split(r"[:=,\s]+", text)[1:] if part)
    return f"[{index}]"


def _hide_value(value: Any, secrets: set[str]) -> Any:
    if value is None or isinstance(value, bool):
        return value
    secrets.update(_leaves(value))
    return PLACEHOLDER


def _leaves(value: Any) -> Iterator[str]:
    pending = [value]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending.extend(value.values())
        elif isinstance(value, (list, tuple)):
            pending.extend(value)
        elif value is not None and not isinstance(value, bool):
            yield str(value)
