# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undo the escapes of a text, one step at a time and in every order. Private to this collection.

Those of JSON, programming languages, HTML, URLs and mail, base64 and hexadecimal runs, and bytes listed as numbers.

Pure. Which server wrote a text, in which language and how many times it was escaped on its way, is not known.
"""

from __future__ import annotations

import binascii
import re
from collections import deque
from collections.abc import Iterator

# So many characters are looked at for one text in all, whatever it becomes; each state costs a little of its own.
BUDGET = 100_000
STATE_COST = 100

_BACKSLASH = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,6})\}|U([0-9a-fA-F]{8})|[uU]([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-7]{1,3})|(.))",
    re.DOTALL,
)
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "a": "\a", "\n": ""}
_URL = re.compile(r"%(?:[uU]([0-9a-fA-F]{4})|([0-9a-fA-F]{2}))")
_QUOTED_PRINTABLE = re.compile(r"=(?:\r?\n|([0-9a-fA-F]{2}))")
_UTF8_AS_LATIN1 = re.compile(r"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_TAG = re.compile(r"<[^<>]{1,200}>")
_SPACE = re.compile(r"\s+")
_SURROGATE = re.compile("[\ud800-\udfff]")

# Runs of letters that decode to no text at all are no base64: of others, only what can be read is looked at.
_RUN = re.compile(r"[A-Za-z0-9+/_-]{4,}")
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{8,}")
_READABLE = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]{4,}")
_NUMBER = r"(?:0[xXoObB])?([0-9A-Fa-f]{1,8})"
_NUMBERS = re.compile(rf"{_NUMBER}(?:[^0-9A-Za-z]{{1,3}}{_NUMBER}){{3,}}")
_ONE_NUMBER = re.compile(_NUMBER)
# How the numbers of bytes are written: the base and the digits of each.
_BASES = ((16, range(1, 3)), (10, range(1, 4)), (8, range(3, 4)), (2, range(8, 9)))
_FOR_URLS = str.maketrans("-_", "+/")


class Unending(Exception):
    """There is more to undo than BUDGET allows: what the text holds is not known."""


def states(text: str) -> Iterator[str]:
    """Yield the text, and everything that it becomes when its escapes are undone, until nothing new comes of it.

    :raises Unending: where that would take longer than any message is worth.
    """
    seen = {text}
    pending = deque(seen)
    spent = 0
    while pending:
        state = pending.popleft()
        spent += len(state) + STATE_COST
        if spent > BUDGET:
            raise Unending
        yield state
        for undo in _STEPS:
            found = undo(state)
            if found and found not in seen:
                seen.add(found)
                pending.append(found)


def _without_backslashes(text: str) -> str:
    return _whole(_BACKSLASH.sub(_escaped, text)) if "\\" in text else text


def _escaped(match: re.Match[str]) -> str:
    *hexadecimal, octal, character = match.groups()
    if character is not None:
        return _CONTROLS.get(character, character)
    if octal:
        return chr(int(octal, 8))
    code = int(next(digits for digits in hexadecimal if digits), 16)
    return chr(code) if code <= 0x10FFFF else ""


def _whole(text: str) -> str:
    """The text with the halves of a character that JSON writes as two put together."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _without_entities(text: str) -> str:
    if "&" not in text:
        return text
    import html  # its table of names takes longer to load than most runs need it

    return html.unescape(text)


def _without_percents(text: str) -> str:
    return _whole(_URL.sub(lambda match: chr(int(match[1] or match[2], 16)), text)) if "%" in text else text


def _without_quoted_printable(text: str) -> str:
    if "=" not in text:
        return text
    return _QUOTED_PRINTABLE.sub(lambda match: chr(int(match[1], 16)) if match[1] else "", text)


def _as_utf8(text: str) -> str:
    """Bytes of UTF-8 that were taken for characters, by a server or by a step before, as what they are."""
    if text.isascii():
        return text
    return _UTF8_AS_LATIN1.sub(lambda match: match[0].encode("latin-1").decode("utf-8", "replace"), text)


def _without_tags(text: str) -> str:
    return _TAG.sub("", text) if "<" in text else text


def _decoded_runs(text: str) -> str:
    """What the base64 and hexadecimal runs of a text say, white space in them or not; empty if that is nothing."""
    packed = _SPACE.sub("", text)
    pieces = [piece for run in _RUN.findall(packed) for piece in _of_base64(run.translate(_FOR_URLS))]
    pieces += [piece for run in _HEXADECIMAL.findall(packed) for piece in _of_hexadecimal(run)]
    pieces += [piece for run in _NUMBERS.finditer(text) for piece in _of_numbers(run[0])]
    return " | ".join(dict.fromkeys(pieces))


def _of_base64(run: str) -> Iterator[str]:
    # What stands before it may have letters of the same kind: where it begins is tried.
    for start in range(min(4, len(run) - 1)):
        end = len(run) - (1 if (len(run) - start) % 4 == 1 else 0)
        encoded = run[start:end]
        raw = binascii.a2b_base64(encoded + "=" * (-len(encoded) % 4))
        yield from _readable(raw, whole=start == 0)


def _of_hexadecimal(run: str) -> Iterator[str]:
    for start in range(2):
        yield from _readable(bytes.fromhex(run[start : start + (len(run) - start) // 2 * 2]), whole=False)


def _of_numbers(run: str) -> Iterator[str]:
    numbers = _ONE_NUMBER.findall(run)
    for base, lengths in _BASES:
        yield from _readable(bytes(_byte(number, base, lengths) for number in numbers), whole=False)


def _byte(number: str, base: int, lengths: range) -> int:
    """The byte of a number; what is none parts the text that the others make."""
    try:
        code = int(number, base) if len(number) in lengths else 0
    except ValueError:
        return 0
    return code if code < 256 else 0


def _readable(raw: bytes, whole: bool) -> Iterator[str]:
    if raw.count(0) * 8 > len(raw):
        for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
            yield from _READABLE.findall(raw.decode(encoding, "replace"))
    text = raw.decode("utf-8", "replace")
    if whole and text.isprintable() and "\ufffd" not in text:
        yield text
    else:
        yield from _READABLE.findall(text)


_STEPS = (
    _without_backslashes,
    _without_entities,
    _without_percents,
    _without_quoted_printable,
    _as_utf8,
    _without_tags,
    _decoded_runs,
)
