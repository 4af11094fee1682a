# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the settings of an entry: as text, by the formats of their provider, each mistake by its key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.declared.intake import parse_json
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import is_misspelling, join, unknown
from ansible_collections.ocamba.hood.plugins.module_utils.errors import Mistake
from ansible_collections.ocamba.hood.plugins.module_utils.providers import schemas
from ansible_collections.ocamba.hood.plugins.module_utils.providers.masks import is_mask
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Provider


@dataclass
class CheckedSettings:
    """Settings as strings, without those that were null. Good for nothing if there are mistakes."""

    settings: dict[str, str] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def check_settings(raw: Any, known: Provider | None, label: str) -> CheckedSettings:
    """Check settings as they were given.

    :param label: how messages name the entry.
    """
    where = join(label, "settings")
    raw = parse_json(raw)
    if not isinstance(raw, dict):
        return CheckedSettings(mistakes=[Mistake(where, "must be a dictionary")])
    result = CheckedSettings()
    given: dict[str, Any] = {}
    for key, value in raw.items():
        if value is None:
            continue
        given[key] = value.rstrip("\r\n") if isinstance(value, str) else value
        if isinstance(value, str) and given[key] != value:
            result.warnings.append(f"{where}.{key}: the newline at its end was taken off")
    wrong = list(_wrong_settings(given, known))
    refused = {key for key, _reason in wrong}
    result.settings, mistakes = schemas.check_settings(
        known, {key: value for key, value in given.items() if key not in refused}
    )
    wrong += [(mistake.path, mistake.reason) for mistake in mistakes]
    result.mistakes = [Mistake(join(where, key), reason) for key, reason in wrong]
    return result


def _wrong_settings(given: dict[str, Any], known: Provider | None) -> Iterator[tuple[str, str]]:
    """Yield misspelt keys, and masks that were copied from a screen."""
    for key, value in given.items():
        if known and key not in known.field_names and is_misspelling(key, known.field_names):
            yield key, unknown(f"not a setting of {known.name}", key, known.field_names)
        elif isinstance(value, str) and is_mask(value) and not (known and key in known.plain_names):
            yield key, "is a mask, not the secret itself"
