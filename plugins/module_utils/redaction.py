# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every form that a secret can take, removed from text and from data.

ansible-core masks only the raw value; the forms here are the ones that demand 1 of the users names:
stripped, repr, JSON, URL and HTML encodings, base64 at any alignment.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus

PLACEHOLDER = "********"

# Shorter values would blank out ordinary text wherever their letters occur: they are only hidden as whole words.
WHOLE_WORD_BELOW = 4
LONGEST_TEXT = 4000

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
        yield re.sub("%[0-9A-F]{2}", lambda escape: escape.group().lower(), form)


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


class Redactor:
    """Knows the secrets of one run and removes them from everything that is shown."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self._pending: list[str] = []
        self._forms = _Index()
        self._fragments = _Index()

    def add(self, values: Iterable[str]) -> None:
        """Learn secrets; their forms are only derived when there is text to clean."""
        for value in values:
            if value.strip() and value not in self._secrets:
                self._secrets.add(value)
                self._pending.append(value)

    @property
    def secrets(self) -> set[str]:
        """The values that were learnt, as given."""
        return set(self._secrets)

    def text(self, text: str) -> str:
        """The text without any known secret in any form, cut to LONGEST_TEXT characters after that."""
        self._derive()
        spans = list(self._forms.spans(text))
        runs = _BASE64_RUN.finditer(text)
        spans.extend(run.span() for run in runs if any(self._fragments.spans(run.group())))
        cleaned = _without(text, sorted(spans)) if spans else text
        return cleaned if len(cleaned) <= LONGEST_TEXT else cleaned[:LONGEST_TEXT] + " … (cut)"

    def data(self, value: Any) -> Any:
        """The same for every string in a structure of dicts and lists; keys are left as they are."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.data(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.data(inner) for inner in value]
        return value

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
