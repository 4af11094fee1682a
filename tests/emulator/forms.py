"""Other forms of a text: how a server stores a name or a setting, and how it shows what it stores."""

from __future__ import annotations

import hashlib
import html
import json
import re
import unicodedata
from collections.abc import Callable
from urllib.parse import quote_plus

Form = Callable[[str], str]

EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
SHOWN_LENGTH = 12
"""The characters of a setting that is shown shortened."""


def mask_text(pattern: str, secret: str) -> str:
    """A mask; `{tail}` in it becomes ten characters that look random and differ from secret to secret."""
    return pattern.replace("{tail}", hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()[:10])


def name_form(form: str, name: str) -> str:
    """A name as the variant `name_form` stores it."""
    return NAMES[form](name)


def stored_form(form: str, key: str, value: str) -> str:
    """A setting as the variant `stored_form` stores it."""
    if form in KEYED:
        fits, change = KEYED[form]
        return change(value) if fits(key) and value else value
    return VALUES[form](value)


def plain_form(form: str, value: str) -> str:
    """A setting that is no secret as the variant `plain_shown` shows it."""
    return PLAIN[form](value)


def _same(text: str) -> str:
    return text


def _cut(length: int) -> Form:
    return lambda text: text[:length]


def _normal(form: str) -> Form:
    return lambda text: unicodedata.normalize(form, text)  # type: ignore[arg-type]


def _without_wide(text: str) -> str:
    """Without what takes four bytes in UTF-8, as emoji do."""
    return "".join(sign for sign in text if ord(sign) < 0x10000)


def _without_invisible(text: str) -> str:
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def _without_tags(text: str) -> str:
    return re.sub(r"<[^>]*>", "", text)


def _latin_1(text: str) -> str:
    return text.encode("latin-1", "replace").decode("latin-1")


def _one_space(text: str) -> str:
    return re.sub(r"[ \t]+", " ", text)


def _ascii(text: str) -> str:
    """What is left without the rest; a text of which nothing is left stays."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii") or text


def _slug(text: str) -> str:
    """Words of small letters and digits; what has none stays."""
    return re.sub("[^a-z0-9]+", "-", _ascii(text).lower()).strip("-") or text


def _without_quotes(text: str) -> str:
    return re.sub("[\"'`]", "", text)


def _with_slashes(text: str) -> str:
    return re.sub(r"([\"'\\])", r"\\\1", text)


def _as_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _mojibake(text: str) -> str:
    """UTF-8 that was read as Latin-1."""
    return text.encode("utf-8", "replace").decode("latin-1")


def _crlf(text: str) -> str:
    return re.sub(r"\r?\n", "\r\n", text)


def _lower_email(text: str) -> str:
    return text.lower() if EMAIL.fullmatch(text) else text


def _masked_email(text: str) -> str:
    """`n***@example.com`."""
    if not EMAIL.fullmatch(text):
        return text
    local, at, domain = text.rpartition("@")
    return f"{local[0]}***{at}{domain}"


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}..."


def _punycode(text: str) -> str:
    local, at, domain = text.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return text


def _decimal(text: str) -> str:
    return f"{text}.0" if text.isdecimal() else text


def _spaced_phone(text: str) -> str:
    """`+1 415-555-2671` for `+14155552671`."""
    match = re.fullmatch(r"\+?(\d{1,3})(\d{3})(\d{3})(\d{4})", text)
    return "+{} {}-{}-{}".format(*match.groups()) if match else text


NAMES: dict[str, Form] = {
    "same": _same,
    "html": html.escape,
    "lower": str.lower,
    "cut_20": _cut(20),
    "cut_64": _cut(64),
    "no_4byte": _without_wide,
    "no_zero_width": _without_invisible,
    "nfkc": _normal("NFKC"),
    "no_tags": _without_tags,
    "latin1": _latin_1,
    "trim": str.strip,
    "nfd": _normal("NFD"),
    "spaces": _one_space,
    "slug": _slug,
    "ascii": _ascii,
    "no_quotes": _without_quotes,
    "slashes": _with_slashes,
    "url": quote_plus,
    "json": _as_json,
    "mojibake": _mojibake,
    "prefixed": "acme: {}".format,
}

VALUES: dict[str, Form] = {
    "same": _same,
    "spaces": _one_space,
    "trim": str.strip,
    "lower_email": _lower_email,
    "nfd": _normal("NFD"),
    "html": html.escape,
    "cut_255": _cut(255),
    "crlf": _crlf,
    "no_emoji": _without_wide,
}

KEYED: dict[str, tuple[Callable[[str], bool], Form]] = {
    "punycode": (lambda key: "domain" in key or "email" in key, _punycode),
    "port_decimal": (lambda key: key == "port", _decimal),
    "phone_spaced": (lambda key: key.endswith("phone_number"), _spaced_phone),
}
"""Forms of some settings alone: which keys, and what becomes of their values."""

PLAIN: dict[str, Form] = {
    "same": _same,
    "masked_email": _masked_email,
    "html": html.escape,
    "cut": _shortened,
}
