# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recognise texts that an API shows in place of a stored value. Private to this collection.

What an API shows instead of a secret is not documented, and no list of masks can be complete. So a text is judged by
what a secret can't be: this decides only whether two values can be compared, never whether one is sent.
"""

from __future__ import annotations

import re

from ansible_collections.ocamba.hood.plugins.module_utils.providers.masks import visible_ends
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Field

# No provider gives out a key or token of fewer characters; a password may have any length.
SHORTEST_KEY = 8
LONGEST_WORD = 12

_BRACKETS = {"[": "]", "(": ")", "<": ">", "{": "}", "«": "»", "‹": "›", "【": "】"}
_MASK_RUN = re.compile(r"[*•●∙·█▒░■]{3,}|\.{3,}|…")
# Any sign that stands for letters, the letters x, or what a digest begins with.
_REPEATED = re.compile(r"([^\w\s])\1{2,}|__{2,}|\.\.|[xX]{4,}|\A(?:sha\d*|md5|bcrypt|hash|enc)[:=$]")
_WORDS = frozenset(
    [
        "configured",
        "confidential",
        "data",
        "defined",
        "empty",
        "encrypted",
        "filtered",
        "given",
        "hidden",
        "is",
        "key",
        "masked",
        "none",
        "not",
        "null",
        "obfuscated",
        "omitted",
        "password",
        "present",
        "private",
        "protected",
        "redacted",
        "removed",
        "secret",
        "sensitive",
        "set",
        "shown",
        "stored",
        "token",
        "undefined",
        "undisclosed",
        "unchanged",
        "value",
        "visible",
    ]
)


def is_mask(text: str) -> bool:
    """Return whether a text can only stand in place of a secret: a mask, a text in brackets, or one sign repeated."""
    text = text.strip()
    if not text:
        return False
    if _covers(text):
        return True
    signs = {sign for sign in text.casefold() if sign.isalnum()}
    return len(signs) == 1 if signs else len(set(text)) <= 2


def _covers(text: str) -> bool:
    """Whether a text is in brackets, or has signs that cover something."""
    is_bracketed = bool(text) and _BRACKETS.get(text[0]) == text[-1]
    return is_bracketed or visible_ends(text) is not None or _MASK_RUN.search(text) is not None


def is_doubtful(text: str, field: Field | None) -> bool:
    """Return whether a text is unlikely to be a secret: a single short word, words such as "not shown", or too short
    or of another format than the provider's keys.

    :param field: the setting, where its provider is known.
    """
    text = text.strip()
    words = re.findall(r"[A-Za-z]+", text)
    if re.fullmatch(rf"[A-Za-z]{{1,{LONGEST_WORD}}}", text) or (
        words and re.fullmatch(r"[A-Za-z _.-]+", text) and all(word.lower() in _WORDS for word in words)
    ):
        return True
    if field is None or field.name == "password":
        return False
    return len(text) < SHORTEST_KEY or not field.format.accepts(text)


def is_plain_mask(text: str) -> bool:
    """Return whether a plain value may be shown in part or not at all, so that it is not to be sent back.

    More is taken for a mask than of a secret: it costs a question where a mask that is overlooked costs the value.
    """
    words = re.findall(r"[A-Za-z]+", text)
    return (
        _covers(text)
        or _REPEATED.search(text) is not None
        or text.startswith("@")
        or text.endswith("@")
        or (
            bool(words)
            and re.fullmatch(r"[A-Za-z _.-]+", text) is not None
            and _WORDS.issuperset(map(str.lower, words))
        )
    )


def plain_ends(text: str, field: Field | None = None) -> tuple[str, str] | None:
    """Return what a mask in a plain value such as `n***@example.com` leaves readable; None for a text without mask.

    :param field: the setting, where its provider is known: in a value with a format one sign is a mask already.
    """
    least = 2 if field is None or field.format.name == "text" else 1
    found = re.fullmatch(
        rf"(?P<head>{_UNMASKED})([*•●∙█]{{{least},}}|…|\.{{3,}})(?P<tail>{_UNMASKED})", text, re.DOTALL
    )
    return (found.group("head"), found.group("tail")) if found else None


_UNMASKED = "[^*•●∙█…]*?"
