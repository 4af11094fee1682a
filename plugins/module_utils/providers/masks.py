# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recognise what an API shows in place of a secret. Private to this collection.

A GET may show any mask: `********`, `****1234`, `XXXX`.
"""

from __future__ import annotations

import re

_SIGNS = "*＊∗•●∙·○◦■▪█⬤"
_COVER = rf"(?:[{_SIGNS}]{{3,}}|\.{{3,}}|…+)"
_MASK = re.compile(rf"(?P<head>[^{_SIGNS}]{{0,8}}?){_COVER}(?P<tail>[^{_SIGNS}]{{0,8}})", re.DOTALL)
_CROSSES = re.compile(r"(?P<head>)[Xx]{4,}(?P<tail>[0-9A-Za-z]{0,4})")

# With more than four characters behind its signs a text is rather a password than a mask that shows the end.
_DECLARED_MASK = re.compile(rf"{_COVER}[^{_SIGNS}]{{0,4}}|[Xx]{{4,}}", re.DOTALL)
# What ansible-core puts in place of what it takes for a secret (the second one from 2.22 on).
_CORE_MASKS = ("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "$REDACTED$")

_SHORTEST = 3  # ellipses excepted, each of which stands for more


def visible_ends(shown: str) -> tuple[str, str] | None:
    """The head and tail that a mask leaves readable, or None for a text that is no mask."""
    match = _MASK.fullmatch(shown) or _CROSSES.fullmatch(shown)
    return (match.group("head"), match.group("tail")) if match else None


def is_mask(text: str) -> bool:
    """Whether a text that somebody declares as a secret is a mask copied from a screen.

    Stricter than visible_ends: a real password may well hold a few signs, or begin with some letters x.
    """
    return (len(text) >= _SHORTEST or text.startswith("……")) and _DECLARED_MASK.fullmatch(text) is not None


def holds_core_mask(text: str) -> bool:
    """Whether ansible-core has masked a text, or a part of it."""
    return _CORE_MASKS[0] in text or _CORE_MASKS[1] in text
