# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets kept out of everything that is shown. Private to this collection.

Two kinds of text. Our own may quote a value: the forms that a value takes there are known (as it is, stripped, repr,
JSON, URL and HTML encodings, base64 at any alignment) and are replaced one by one. A foreign one, of Hood or of a
gateway, may have been escaped in any language, any number of times: it is undone instead, and left out as a whole
where anything that it could mean holds a secret.
"""

from __future__ import annotations

import base64
import json
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus

from ansible_collections.ocamba.hood.plugins.module_utils.unescaping import Unending, states

PLACEHOLDER = "********"
LEFT_OUT = "(Hood's message is left out, as it may hold a secret)"

# Shorter values would blank out ordinary text wherever their letters occur: they are only hidden as whole words.
WHOLE_WORD_BELOW = 4
LONGEST_TEXT = 4000

# Of a foreign text so much is shown, and so much looked at; the rest is left out unseen.
LONGEST_FOREIGN = 1000
EXAMINED = 2 * LONGEST_FOREIGN
# So many characters in a row of a secret give it away.
WINDOW = 8

_CUT = " … (cut)"
_URL_ESCAPE = re.compile("%[0-9A-F]{2}")
_BASE64_RUN = re.compile(r"[A-Za-z0-9+/_=%\\-]+")


def _variants(secret: str) -> Iterator[str]:
    yield secret
    yield secret.strip()
    lines = secret.splitlines()
    if len(lines) > 1:
        yield from (line.strip() for line in lines if len(line.strip()) >= WHOLE_WORD_BELOW)


def _json_forms(text: str) -> set[str]:
    """With and without non-ASCII characters, and with slashes escaped as PHP does."""
    plain = {json.dumps(text, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    return plain | {form.replace("/", "\\/") for form in plain}


def _html_forms(text: str) -> Iterator[str]:
    import html  # its table of names takes longer to load than most runs need it

    yield html.escape(text, quote=False)
    escaped = html.escape(text)
    for single, double in (("&#x27;", "&quot;"), ("&#39;", "&#34;"), ("&#39;", "&quot;"), ("&#039;", "&quot;")):
        yield escaped.replace("&#x27;", single).replace("&quot;", double)


def _python_forms(text: str) -> Iterator[str]:
    yield repr(text)[1:-1]
    yield ascii(text)[1:-1]
    yield repr(text.encode("utf-8", "surrogatepass"))[2:-1]
    # Beside both kinds of quotes the single ones are escaped, whatever the text itself holds.
    yield repr("'\"" + text)[4:-1]


def _url_forms(text: str) -> Iterator[str]:
    raw = text.encode("utf-8", "surrogatepass")
    # The last as JavaScript's encodeURIComponent does it.
    for form in (quote(raw, safe=""), quote(raw), quote_plus(raw), quote_plus(raw, safe="/"), quote(raw, safe="!'()*")):
        yield form
        yield _URL_ESCAPE.sub(lambda escape: escape.group().lower(), form)


def _written_forms(secret: str) -> set[str]:
    forms: set[str] = set()
    for text in _variants(secret):
        once = _json_forms(text)
        twice = {form for inner in once for form in _json_forms(inner)}
        forms.update([text], once, twice, _python_forms(text), _html_forms(text), _url_forms(text))
    forms.discard("")
    return forms


def _base64_fragments(secret: str) -> set[str]:
    """The characters that any base64 text holding the secret must contain, for each of the three alignments."""
    fragments: set[str] = set()
    for text in set(_variants(secret)):
        raw = text.encode("utf-8", "surrogatepass")
        for offset in range(3):
            encoded = base64.b64encode(b"\0" * offset + raw).decode("ascii")
            whole = encoded[(offset * 8 + 5) // 6 : ((offset + len(raw)) * 8) // 6]
            fragments.update([whole, whole.replace("+", "-").replace("/", "_")])
            fragments.update([whole.replace("/", "\\/"), quote(whole, safe="")])
    return {fragment for fragment in fragments if len(fragment) >= WHOLE_WORD_BELOW}


class _Index:
    """Texts to be found. By their first characters, so that a search takes as long for thousands as for one."""

    def __init__(self) -> None:
        self._by_start: dict[str, set[str]] = {}
        self._short: set[str] = set()

    def add(self, texts: Iterable[str]) -> None:
        for text in texts:
            if len(text) < WHOLE_WORD_BELOW:
                self._short.add(text)
            else:
                self._by_start.setdefault(text[:WHOLE_WORD_BELOW], set()).add(text)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where they stand in a text; short ones as whole words only."""
        for start in range(len(text) - WHOLE_WORD_BELOW + 1):
            for one in self._by_start.get(text[start : start + WHOLE_WORD_BELOW], ()):
                if text.startswith(one, start):
                    yield start, start + len(one)
        for one in self._short:
            for match in re.finditer(r"(?<!\w)" + re.escape(one) + r"(?!\w)", text):
                yield match.span()


# Left aside when texts are compared: what wrapping, quoting and URLs add, and whatever can't be seen.
_IGNORED = "\"'`+\\\u2018\u2019\u201c\u201d"
_IGNORED_CATEGORIES = ("Cc", "Cf", "Mn", "Zl", "Zp", "Zs")


def _is_ignored(character: str) -> bool:
    return character in _IGNORED or unicodedata.category(character) in _IGNORED_CATEGORIES


_IGNORED_IN_ASCII = {code: None for code in range(128) if _is_ignored(chr(code))}


def _folded(text: str) -> str:
    """The text in one case and one of Unicode's forms."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())


def _squeezed(folded: str) -> str:
    if folded.isascii():
        return folded.translate(_IGNORED_IN_ASCII)
    return "".join(character for character in folded if not _is_ignored(character))


def _spaced(text: str) -> str:
    """The text with spaces for pluses, as a form in a URL has pluses for spaces."""
    return text.replace("+", " ")


def _windows(text: str) -> Iterator[str]:
    return (text[start : start + WINDOW] for start in range(len(text) - WINDOW + 1))


class _Traces:
    """What betrays secrets in a text of which neither case, white space nor quotes can be relied on.

    Of most, any WINDOW characters in a row. What has fewer is looked for as a whole, and as a word.
    """

    def __init__(self) -> None:
        self._windows: set[str] = set()
        self._literal_windows: set[str] = set()
        self._short: set[str] = set()

    def add(self, secret: str) -> None:
        folded = _folded(secret.strip())
        squeezed = _squeezed(folded)
        self._windows.update(_windows(squeezed))
        if squeezed != folded:
            literal = (window for window in _windows(folded) if window.strip())
            self._literal_windows.update(_spaced(window) for window in literal if _squeezed(window) != window)
        if len(squeezed) < WINDOW:
            self._short.add(squeezed or folded)
        lines = (_squeezed(_folded(line)) for line in secret.splitlines()[:-1] + secret.splitlines()[1:])
        self._short.update(line for line in lines if WHOLE_WORD_BELOW <= len(line) < WINDOW)

    def are_in(self, text: str) -> bool:
        """Whether a text holds any of them."""
        folded = _folded(text)
        return (
            not self._windows.isdisjoint(_windows(_squeezed(folded)))
            or (bool(self._literal_windows) and not self._literal_windows.isdisjoint(_windows(_spaced(folded))))
            or (bool(self._short) and self._has_short(folded))
        )

    def _has_short(self, folded: str) -> bool:
        places = [place for place, character in enumerate(folded) if not _is_ignored(character)]
        squeezed = "".join(folded[place] for place in places)
        for length in {len(short) for short in self._short}:
            for start in range(len(squeezed) - length + 1):
                if squeezed[start : start + length] in self._short:
                    before, after = places[start] - 1, places[start + length - 1] + 1
                    if not (_is_of_a_word(folded, before) or _is_of_a_word(folded, after)):
                        return True
        return any(short in folded for short in self._short if not _squeezed(short))


def _is_of_a_word(text: str, place: int) -> bool:
    return 0 <= place < len(text) and (text[place].isalnum() or text[place] == "_")


def visible(text: str, unseen: str | None = None) -> str:
    """A text in which every character can be seen: control characters, marks of direction, line ends, spaces other
    than the common one, and what is no character at all are written as Python's escapes. So it is one line, and may
    stand in HTML and XML once that is escaped.

    :param unseen: what to write for each of them instead.
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else _escape(one) if unseen is None else unseen for one in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


class Redactor:
    """Knows the secrets of one run and keeps them out of everything that is shown. Safe to share between threads."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self._pending: list[str] = []
        self._untraced: list[str] = []
        self._forms = _Index()
        self._fragments = _Index()
        self._traces = _Traces()
        self._lock = threading.RLock()

    def add(self, values: Iterable[str]) -> None:
        """Learn secrets; their forms are only derived when there is text to clean."""
        with self._lock:
            for value in values:
                if value.strip() and value not in self._secrets:
                    self._secrets.add(value)
                    self._pending.append(value)
                    self._untraced.append(value)

    @property
    def secrets(self) -> set[str]:
        """The values that were learnt, as given."""
        return set(self._secrets)

    def text(self, text: str) -> str:
        """The text without any known secret in any form, cut to LONGEST_TEXT characters after that."""
        with self._lock:
            self._derive()
            spans = list(self._forms.spans(text))
            runs = _BASE64_RUN.finditer(text)
            spans.extend(run.span() for run in runs if any(self._fragments.spans(run.group())))
        cleaned = _without(text, sorted(spans)) if spans else text
        return cleaned if len(cleaned) <= LONGEST_TEXT else cleaned[:LONGEST_TEXT] + _CUT

    def foreign(self, text: str) -> str:
        """A text that somebody else wrote, on one line and cut to LONGEST_FOREIGN characters. LEFT_OUT instead where
        it may hold a secret: escaped in any manner, in part, in another case or wrapped; or where nothing is sure.
        """
        examined = text[:EXAMINED]
        with self._lock:
            self._trace()
            try:
                if self._secrets and any(map(self._traces.are_in, states(examined))):
                    return LEFT_OUT
            except Unending:
                return LEFT_OUT
        shown = visible(self.text(examined))
        return shown if len(shown) <= LONGEST_FOREIGN else shown[: LONGEST_FOREIGN - len(_CUT)] + _CUT

    def data(self, value: Any) -> Any:
        """The same for every string in a structure of dicts and lists; keys are left as they are."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.data(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.data(inner) for inner in value]
        return value

    def _trace(self) -> None:
        for secret in self._untraced:
            self._traces.add(secret)
        self._untraced.clear()

    def _derive(self) -> None:
        for secret in self._pending:
            self._forms.add(_written_forms(secret))
            self._fragments.add(_base64_fragments(secret))
        self._pending.clear()


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    kept: list[str] = []
    position = 0
    for start, end in spans:
        if start > position or not kept:
            kept.append(text[position:start])
            kept.append(PLACEHOLDER)
        position = max(position, end)
    kept.append(text[position:])
    return "".join(kept)
