"""Look for secrets in text, in every form that they take in output. Shares no code with the redactor."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

USERS = ("api", "apikey", "user", "news@example.com", "Bearer")


@dataclass(frozen=True)
class Leak:
    """A form of a secret in a text, and what stands around it."""

    secret: str
    form: str
    context: str


def forms(secret: str) -> Iterator[tuple[str, str]]:
    """The name and the text of each form; of forms that are the same, the first."""
    seen = set()
    for name, form in _forms(secret):
        if form not in seen:
            seen.add(form)
            yield name, form


def _forms(secret: str) -> Iterator[tuple[str, str]]:
    for text in (secret, secret.strip()):
        yield "raw", text
        yield "repr", repr(text)[1:-1]
        yield "ascii", ascii(text)[1:-1]
        yield "bytes", repr(text.encode())[2:-1]
        yield "json", json.dumps(text)[1:-1]
        yield "json unicode", json.dumps(text, ensure_ascii=False)[1:-1]
        yield "json with escaped slashes", json.dumps(text)[1:-1].replace("/", "\\/")
        yield "json in json", json.dumps(json.dumps(text))[3:-3]
        yield "html", html.escape(text)
        for name, encode in (("url", quote), ("url form", quote_plus)):
            yield name, encode(text, safe="")
            yield f"{name}, slashes kept", encode(text, safe="/")
            yield f"{name}, lower case", _lower_escapes(encode(text, safe=""))
        yield "base64", base64.b64encode(text.encode()).decode().rstrip("=")
        yield "base64 url", base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        for user in USERS:
            pair = base64.b64encode(f"{user}:{text}".encode()).decode().rstrip("=")
            yield f"base64 of {user}:", pair


def _lower_escapes(text: str) -> str:
    parts = text.split("%")
    return "%".join([parts[0], *(part[:2].lower() + part[2:] for part in parts[1:])])


def find(text: str, secrets: Iterable[str]) -> list[Leak]:
    """Every form of every secret that the text holds."""
    found = []
    for secret in secrets:
        for name, form in forms(secret):
            position = text.find(form)
            if position >= 0:
                found.append(Leak(secret, name, text[max(0, position - 80) : position + len(form) + 40]))
    return found
