# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the options of an entry other than its settings. Private to this collection."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import NAME_LENGTH
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry, schemas

STATUSES = ("active", "inactive")
ENTRY_OPTIONS = ("name", "id", "provider", "provider_id", "type", "status", "settings")

_PROVIDER = re.compile(r"[\w][\w .&+-]{0,99}")


def _check_name(value: Any) -> str:
    name = schemas.as_text(value)
    if not 1 <= len(name) <= NAME_LENGTH:
        raise ValueError(f"must have 1 to {NAME_LENGTH} characters, has {len(name)}")
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in name):
        raise ValueError("must not contain control characters or line breaks")
    if not name.strip():
        raise ValueError("must not be white space alone")
    return name


def _check_id(value: Any) -> str:
    text = schemas.as_text(value)
    if not re.fullmatch("[0-9]+", text):
        raise ValueError("must be the digits that Hood shows as the id")
    return text


def _check_provider(value: Any) -> str:
    text = schemas.as_text(value)
    if not _PROVIDER.fullmatch(text):
        raise ValueError("must be the name of a provider")
    meant = registry.meant(text)
    if meant:
        raise ValueError(f"is not the name of a provider; did you mean {meant.name}?")
    return text


def _check_provider_id(value: Any) -> str:
    text = schemas.as_text(value)
    if not re.fullmatch(r"[\w-]{1,64}", text, re.ASCII):
        raise ValueError("must be the id of a provider as GET /providers shows it")
    return text


def _check_type(value: Any) -> str:
    return _one_of(value, registry.TYPES)


def _check_status(value: Any) -> str:
    return _one_of(value, STATUSES)


def _one_of(value: Any, choices: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"must be one of {', '.join(choices)}")
    return value


CHECKS = {
    "name": _check_name,
    "id": _check_id,
    "provider": _check_provider,
    "provider_id": _check_provider_id,
    "type": _check_type,
    "status": _check_status,
}


def accepts(option: str, value: Any) -> bool:
    """Whether an option of an entry (other than its settings) may have this value."""
    try:
        CHECKS[option](value)
    except ValueError:
        return False
    return True
