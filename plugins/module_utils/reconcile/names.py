# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell whether a stored name may be what a server made of a declared one. Private to this collection.

Nothing documents that Hood keeps a name as it is given. Servers trim and fold names, compose or escape their
characters, drop, replace or spell out those that their database can't hold, take out quotes, make words that suit a
URL, and cut what is too long.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from urllib.parse import unquote_plus

# Shorter names are rarely cut, and more often the beginning of another one.
SHORTEST_CUT = 16
# To how many characters names are cut, as far as one can guess.
USUAL_CUTS = frozenset({16, 20, 25, 30, 32, 40, 48, 50, 60, 63, 64, 80})

# For how many names their other forms are kept: each new one is held against all that are there.
REMEMBERED = 4096

# How many characters of a name that may be cut tell it from most others.
_BEGINNING = 8
# What may stand for what was cut off.
_ELLIPSIS = "…."

# What is taken out of a text so that it can do no harm in SQL, or in HTML as well.
_QUOTES = str.maketrans("", "", "\"'`\\")
_HARMFUL = str.maketrans("", "", "\"'`\\<>&;")
_LATIN = re.compile(r"LATIN (?:SMALL|CAPITAL) LETTER ([A-Z]{1,2})(?: WITH .*)?")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_ESCAPE = re.compile(r"\\?u([0-9a-fA-F]{4})")
_TAG = re.compile(r"<[^<>]*>")
_REPLACED = re.compile("([?\N{REPLACEMENT CHARACTER}]+)")


class StoredNames:
    """The names of an account, to be found by a name that a server may have changed into one of them.

    :param longest: the length of the longest name of the account.
    """

    def __init__(self, names: Sequence[str], longest: int) -> None:
        self._names = names
        self._longest = longest
        # What is left to try with every name: what it was made of can't be known from it.
        self._vague: list[int] = []
        self._by_trace: dict[str, list[int]] = {}
        for index, name in enumerate(names):
            folded = _folded(name)
            beginning = folded.rstrip(_ELLIPSIS)[:_BEGINNING]
            if _REPLACED.search(name) or (_may_be_cut(name, longest) and len(beginning) < _BEGINNING):
                self._vague.append(index)
            for trace in {name, folded, _without_tags(folded), beginning, *_undone(name)}:
                self._by_trace.setdefault(trace, []).append(index)

    def forms_of(self, declared: str) -> list[int]:
        """Return the indices of the names that may be the declared one in another form."""
        folded = _folded(declared)
        traces = {folded, _without_tags(folded), folded[:_BEGINNING], *_plain_forms(declared), *_slugs(declared)}
        found = {index for trace in traces for index in self._by_trace.get(trace, ())}.union(self._vague)
        return [index for index in sorted(found) if is_form_of(declared, self._names[index], self._longest)]


def is_form_of(declared: str, stored: str, longest: int) -> bool:
    """Return whether a stored name may be the declared one in another form.

    :param longest: the length of the longest name of the account: what is shorter was cut only if its length is usual.
    """
    wanted, found = _folded(declared), _folded(stored)
    if wanted == found or _without_tags(wanted) == _without_tags(found):
        return True
    if stored in _slugs(declared) or not _undone(stored).isdisjoint(_plain_forms(declared)):
        return True
    if _REPLACED.search(stored) and _matches_replaced(declared, stored):
        return True
    is_shorter = len(stored) < len(declared) and _may_be_cut(stored, longest)
    return is_shorter and wanted.startswith(found.rstrip(_ELLIPSIS))


def same_name(one: str, other: str) -> bool:
    """Return whether two names are the same but for white space and the composition of their characters."""
    return " ".join(unicodedata.normalize("NFC", one).split()) == " ".join(unicodedata.normalize("NFC", other).split())


def _may_be_cut(stored: str, longest: int) -> bool:
    return len(stored) >= SHORTEST_CUT and (len(stored) == longest or len(stored) in USUAL_CUTS)


@lru_cache(REMEMBERED)
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


@lru_cache(REMEMBERED)
def _plain_forms(declared: str) -> frozenset[str]:
    """What may be left of a name: no quotes, its letters without their marks, German ones spelt out, ASCII alone."""
    folded = _folded(declared)
    left = ["".join(map(_base_letter, form)) for form in (folded, folded.translate(_GERMAN))]
    for name in (declared, folded):
        left += [name, name.translate(_QUOTES), name.translate(_HARMFUL)]
        left += [form.encode("ascii", "ignore").decode() for form in (name, unicodedata.normalize("NFKD", name))]
    return frozenset(" ".join(form.casefold().split()) for form in left)


@lru_cache(REMEMBERED)
def _undone(stored: str) -> frozenset[str]:
    """A stored name without what may have been done to it: encoded for a URL or as JSON, quotes doubled or escaped, or
    its bytes read in another encoding."""
    forms = [stored, unquote_plus(stored), stored.translate(_QUOTES)]
    for encoding in ("latin-1", "cp1252"):
        with suppress(UnicodeError):
            forms.append(stored.encode(encoding).decode("utf-8"))
    forms.append(_ESCAPE.sub(lambda found: chr(int(found[1], 16)), stored))
    return frozenset(_folded(form) for form in forms)


def _base_letter(character: str) -> str:
    """A character of ASCII, or the letters that another one is a variety of."""
    named = None if character.isascii() else _LATIN.fullmatch(unicodedata.name(character, ""))
    return named[1].lower() if named else character


@lru_cache(REMEMBERED)
def _slugs(declared: str) -> frozenset[str]:
    """A name as words of small letters and digits, as they stand in addresses of pages."""
    return frozenset(
        re.sub("[^a-z0-9]+", separator, form).strip(separator) for form in _plain_forms(declared) for separator in "-_"
    ) - {""}


def _matches_replaced(declared: str, stored: str) -> bool:
    """Whether `stored` is `declared` with some characters beyond ASCII replaced by signs of replacement.

    One sign stands for one character, for one of its bytes, or for a few characters.
    """
    parts = _REPLACED.split(" ".join(html.unescape(stored).split()))
    pattern = "".join(
        rf"(?:[^\x00-\x7f]|\?){{1,{4 * len(part)}}}" if index % 2 else f"(?i:{re.escape(part)})"
        for index, part in enumerate(parts)
    )
    names = [declared, *(unicodedata.normalize(form, declared) for form in ("NFC", "NFD", "NFKC"))]
    return any(re.fullmatch(pattern, " ".join(name.split(" "))) for name in names)
