# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Name what a user wrote in messages: paths, names and keys, never a value. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.redaction import visible

NAME_LENGTH = 100

# How many names a sentence has.
LISTED = 10

# Of a key that could as well be a value ({api_key:Secret} and {api_key, Secret} are keys to YAML) only the place is
# named. Words of letters with few digits behind them are keys; what is random, long or has other signs may be a secret.
_WORD = r"(?:[A-Z]?[a-z]+(?:[A-Z][a-z]+)*|[A-Z]+)[0-9]{0,2}"
_KEY = re.compile(r"[\w.-]{1,100}")
_PRINTABLE_KEY = re.compile(rf"_?{_WORD}(?:[_-]{_WORD})*")
_LONGEST_KEY = 40
_WORDS_OF_KEYS = frozenset(
    [
        "account",
        "api",
        "auth",
        "client",
        "credential",
        "credentials",
        "host",
        "id",
        "key",
        "login",
        "pass",
        "password",
        "phone",
        "pin",
        "port",
        "secret",
        "sender",
        "sid",
        "token",
        "url",
        "user",
        "username",
    ]
)


def unknown(reason: str, name: str, names: Iterable[str]) -> str:
    """Why a name is refused: with the one that is probably meant, or all that there are."""
    names = list(names)
    close = near(name, names)
    return f"{reason}; did you mean {close}?" if close else f"{reason}; it has {', '.join(names)}"


def near(name: str, names: Iterable[str]) -> str | None:
    """The one of some names that is probably meant; case, white space and Unicode forms count for little."""
    import difflib  # for mistakes only
    import unicodedata

    def folded(text: str) -> str:
        return " ".join(unicodedata.normalize("NFKC", text).casefold().split())

    by_form = {folded(one): one for one in names}
    close = difflib.get_close_matches(folded(name), list(by_form), n=1)
    return by_form[close[0]] if close else None


def suggestion(name: str, names: Iterable[str]) -> str:
    """The end of a message about a name that there is not: the one that is probably meant, if any."""
    close = near(name, names)
    return f"; did you mean {printable(close)}?" if close else ""


def is_misspelling(key: str, names: Iterable[str]) -> bool:
    """Whether a key is so near to a known one that it can only be a slip.

    Hood may add settings at any time, so what is not surely a slip is left to the account's own provider list.
    """
    names = tuple(names)
    # Most keys are right: those need no comparison with each other one.
    return key in names or any(_edits(key, name) <= (2 if len(key) >= 6 else 1) for name in names)


def _edits(one: str, other: str) -> int:
    import difflib

    blocks = difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in blocks if tag != "equal")


def is_key(key: Any) -> bool:
    """Whether a key can be the name of a setting or an option: not one that a missing space after a colon made."""
    return isinstance(key, str) and _KEY.fullmatch(key) is not None


def is_printable_key(key: Any) -> bool:
    """Whether a key surely holds no value, so that a message may name it."""
    return isinstance(key, str) and len(key) <= _LONGEST_KEY and _PRINTABLE_KEY.fullmatch(key) is not None


def key_path(parent: str, key: Any, index: int, has_value: bool = True) -> str:
    """The path of a key: by its name, or by its place (from 0) where the key itself may hold a value.

    :param has_value: whether the key has a value. One without is suspicious: only usual words of it are named.
    """
    is_reported = is_printable_key(key) and (has_value or not _WORDS_OF_KEYS.isdisjoint(re.split("[_-]", key.lower())))
    return join(parent, key) if is_reported else f"{parent}[{index}]"


def label(path: str, name: str | None) -> str:
    if not path:
        return ""
    return f"{path} ({printable(name)})" if name else path


def printable(name: str) -> str:
    """A name for a message: cut, and without characters that would rearrange the line."""
    shown = visible(name, unseen="\N{REPLACEMENT CHARACTER}")
    return shown if len(shown) <= NAME_LENGTH else shown[:40] + "…"


def first_of(texts: Iterable[str]) -> str:
    """The first of some texts, and how many more there are."""
    listed = list(texts)
    more = [f"and {len(listed) - LISTED} more"] if len(listed) > LISTED else []
    return ", ".join(listed[:LISTED] + more)


def join(*parts: str) -> str:
    return ".".join(part for part in parts if part)
