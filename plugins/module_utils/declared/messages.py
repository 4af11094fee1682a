# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Name what a user wrote in messages: paths, names and keys, never a value."""

from __future__ import annotations

from collections.abc import Iterable

NAME_LENGTH = 100


def unknown(reason: str, key: str, names: Iterable[str]) -> str:
    """Why a key is refused: with the one that is probably meant, or all that there are."""
    import difflib  # for mistakes only

    close = difflib.get_close_matches(key, list(names), n=1)
    return f"{reason}; did you mean {close[0]}?" if close else f"{reason}; it has {', '.join(names)}"


def is_misspelling(key: str, names: Iterable[str]) -> bool:
    """Whether a key is so near to a known one that it can only be a slip.

    Hood may add settings at any time, so what is not surely a slip is left to the account's own provider list.
    """
    return any(_edits(key, name) <= (2 if len(key) >= 6 else 1) for name in names)


def _edits(one: str, other: str) -> int:
    import difflib

    blocks = difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in blocks if tag != "equal")


def label(path: str, name: str | None) -> str:
    if not path:
        return ""
    return f"{path} ({printable(name)})" if name else path


def printable(name: str) -> str:
    """A name for a message: cut, and without characters that would rearrange the line."""
    shown = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name)
    return shown if len(shown) <= NAME_LENGTH else shown[:40] + "…"


def join(*parts: str) -> str:
    return ".".join(part for part in parts if part)
