# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an API shows in place of a secret (reference: a GET may show any mask, `********`, `****1234`, `XXXX`)."""

from __future__ import annotations

import re

_SIGNS = "*•●∙"
_MASK = re.compile(
    rf"(?P<head>[^{_SIGNS}]{{0,8}}?)(?:[{_SIGNS}]{{3,}}|\.{{3,}}|…+)(?P<tail>[^{_SIGNS}]{{0,8}})", re.DOTALL
)
_CROSSES = re.compile(r"(?P<head>)[Xx]{4,}(?P<tail>[0-9A-Za-z]{0,4})")


def visible_ends(shown: str) -> tuple[str, str] | None:
    """The head and tail that a mask leaves readable, or None for a text that is no mask."""
    match = _MASK.fullmatch(shown) or _CROSSES.fullmatch(shown)
    return (match.group("head"), match.group("tail")) if match else None


def is_mask(text: str) -> bool:
    """Whether a text that somebody declares as a secret is a mask copied from a screen.

    Stricter than visible_ends: a real password may well hold a few stars in its middle.
    """
    ends = visible_ends(text)
    return ends is not None and not ends[0] and len(text) >= 3
