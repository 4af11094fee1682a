# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell whether a stored name may be what a server made of a declared one. Private to this collection.

Nothing documents that Hood keeps a name as it is given. Servers trim and fold names, compose or escape their
characters, drop or replace those that their database can't hold, and cut what is too long.
"""

from __future__ import annotations

import html
import re
import unicodedata

# Shorter names are rarely cut, and more often the beginning of another one.
SHORTEST_CUT = 16

_TAG = re.compile(r"<[^<>]*>")
_REPLACED = re.compile("[?\N{REPLACEMENT CHARACTER}]")


def is_form_of(declared: str, stored: str, longest: int) -> bool:
    """Return whether a stored name may be the declared one in another form.

    :param longest: the length of the longest name of the account: what is shorter was not cut.
    """
    wanted, found = _folded(declared), _folded(stored)
    if wanted == found or _without_tags(wanted) == _without_tags(found):
        return True
    if _REPLACED.search(stored) and _matches_replaced(wanted, found):
        return True
    shortened = found.rstrip("….")
    is_cut = len(stored) == longest >= SHORTEST_CUT and len(stored) < len(declared)
    return is_cut and wanted.startswith(shortened)


def same_name(one: str, other: str) -> bool:
    """Return whether two names are the same but for white space and the composition of their characters."""
    return " ".join(unicodedata.normalize("NFC", one).split()) == " ".join(unicodedata.normalize("NFC", other).split())


def _folded(name: str) -> str:
    """A name without all that servers change: escapes, composition, case, invisible and astral characters, space."""
    for _step in range(3):
        name = html.unescape(name)
    name = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    kept = "".join(" " if one.isspace() else one for one in name if one.isspace() or not _is_dropped(one))
    return " ".join(kept.split())


def _is_dropped(character: str) -> bool:
    """Whether a server may drop a character: an astral, an invisible or a control character."""
    is_selector = "\ufe00" <= character <= "\ufe0f"
    return ord(character) > 0xFFFF or is_selector or unicodedata.category(character) in ("Cc", "Cf", "Cs")


def _without_tags(folded: str) -> str:
    return " ".join(_TAG.sub("", folded).split())


def _matches_replaced(wanted: str, found: str) -> bool:
    """Whether `found` is `wanted` with some characters beyond ASCII replaced by signs of replacement."""
    pattern = "".join(r"[^\x00-\x7f]{0,4}" if _REPLACED.match(one) else re.escape(one) for one in found)
    return re.fullmatch(pattern, wanted, re.DOTALL) is not None
