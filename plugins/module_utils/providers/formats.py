# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The formats of provider settings. Private to this collection.

A format never refuses what the provider itself accepts: where the rule is not public and certain it is lenient.
An empty string is no concern of a format: it clears a setting.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Callable


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _as_it_is(text: str) -> str:
    return text


@dataclass(frozen=True)
class Format:
    """What a value must look like, how that is said, and the form in which two values are compared.

    `documented`: the form in which the API documents a value that it may show in another one. `of_digits`: a value of
    digits is text, not a quantity, so that YAML's numbers can change it (0123, 1_000, 12:30). `is_unmistakable`:
    whether a number nevertheless can only be meant as its digits. `is_number`: a JSON number says what is stored, as no
    leading zero of a text can be missing from it.
    """

    name: str
    expects: str
    accepts: Callable[[str], bool]
    canonical: Callable[[str], str] = _composed
    of_digits: bool = False
    documented: Callable[[str], str] = _as_it_is
    is_unmistakable: Callable[[int], bool] = lambda _number: False
    is_number: bool = False


_HOST = re.compile(r"(?!.{254})[\w-]{1,63}(\.[\w-]{1,63})*\.?")
# Before the last @: quoted text (RFC 5321) and characters that need no quotes.
_LOCAL_PART = re.compile(r'(?:"(?:[^"\\\r\n]|\\[^\r\n])*"|[^\s\x00-\x1f\x7f"(),:;<>@\[\\\]])+')
_ADDRESS_LITERAL = re.compile(r"\[(IPv6:)?[0-9A-Fa-f.:]+\]")
_PORT = re.compile(r"[0-9]{1,5}")
_WHOLE_NUMBER = re.compile(r"([+-]?)([0-9]+)\.0")
_EXPONENT = re.compile(r"([+-]?)([0-9])(?:\.([0-9]+))?[eE]\+?([0-9]{1,2})")
_SEPARATORS = re.compile(r"[\s.()/‐-―−-]+")


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


def _is_host(text: str) -> bool:
    return _HOST.fullmatch(text) is not None


def _is_email(text: str) -> bool:
    local, _at, domain = text.rpartition("@")
    is_domain = _is_host(domain) or _ADDRESS_LITERAL.fullmatch(domain) is not None
    return len(text) <= 320 and _LOCAL_PART.fullmatch(local) is not None and is_domain


def _is_port(text: str) -> bool:
    return _PORT.fullmatch(text) is not None and 1 <= int(text) <= 65535


def _integer(text: str) -> str:
    """Write a whole number in digits, also one that somebody made a float of: 587.0, -1.00123e+12."""
    whole = _WHOLE_NUMBER.fullmatch(text)
    if whole:
        return whole.group(1) + whole.group(2)
    scientific = _EXPONENT.fullmatch(text)
    if scientific:
        sign, first, fraction, exponent = scientific.groups()
        fraction = (fraction or "").rstrip("0")
        if len(fraction) <= int(exponent):
            return sign + first + fraction.ljust(int(exponent), "0")
    return text


def _port_canonical(text: str) -> str:
    return _integer(text).lstrip("0") or text


def _phone_canonical(text: str) -> str:
    """Digits alone, whatever separates them; anything else, such as the name of a sender, as it is."""
    digits = _SEPARATORS.sub("", _integer(text.strip()))
    return digits.lstrip("+") if _PHONE.fullmatch(digits) else _composed(text)


def _host_canonical(text: str) -> str:
    return ".".join(_label_canonical(label) for label in text.rstrip(".").split("."))


def _label_canonical(label: str) -> str:
    """A label of a domain in lower-case Unicode. By punycode alone: IDNA 2003, which Python has, makes ss of ß."""
    label = _composed(_composed(label).lower())
    if not label.startswith("xn--") or not label.isascii():
        return label
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label
    is_sound = not decoded.isascii() and "." not in decoded and decoded == _composed(_composed(decoded).lower())
    return decoded if is_sound else label


def _email_canonical(text: str) -> str:
    local, at, domain = text.rpartition("@")
    return f"{_composed(local)}{at}{_host_canonical(domain)}"


_PHONE = re.compile(r"\+?[0-9]+")
_PHONE_WITHOUT_PLUS = re.compile(r"[1-9][0-9]{6,14}")


def _phone_documented(text: str) -> str:
    """The form of the API's documentation, with +; shorter numbers are codes, which have none."""
    return f"+{text}" if _PHONE_WITHOUT_PLUS.fullmatch(text) else text


_E164 = r"\+?[1-9][0-9]{1,14}"

TEXT = Format("text", "text", lambda _text: True)
# A name, or a phone number.
SENDER = Format("text", "text", lambda _text: True, of_digits=True)

TWILIO_SID = Format(
    "twilio_sid",
    "34 letters and digits that start with AC",
    _matches(r"AC[0-9A-Za-z]{32}"),
)

PHONE_NUMBER = Format(
    "phone_number",
    "a phone number in E.164 form such as +14155552671 (the + may be left out)",
    _matches(_E164),
    _phone_canonical,
    of_digits=True,
    documented=_phone_documented,
    is_number=True,
)

# https://www.twilio.com/docs/glossary/what-alphanumeric-sender-id, and the SIDs of messaging services.
TWILIO_SENDER = Format(
    "twilio_sender",
    "a phone number in E.164 form such as +14155552671 (the + may be left out), a sender name of 1 to 11 letters,"
    " digits, spaces and + - _ & with a letter among them, or a messaging service (MG and 32 hexadecimal digits)",
    _matches(_E164 + r"|(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11}|MG[0-9A-Fa-f]{32}"),
    _phone_canonical,
    of_digits=True,
    documented=_phone_documented,
    is_number=True,
)

EMAIL = Format("email", "an e-mail address", _is_email, _email_canonical)

HOST = Format(
    "host",
    "a host or domain name without scheme, path or port",
    _is_host,
    _host_canonical,
)

PORT = Format("port", "a port from 1 to 65535", _is_port, _port_canonical, is_number=True)

TELEGRAM_TOKEN = Format(
    "telegram_token",
    "a bot token as BotFather gives it: digits, a colon, and the secret part",
    _matches(r"[0-9]+:\S.*"),
)

# The ids of groups and channels are these 13 digits (https://core.telegram.org/api/bots/ids); what YAML makes of a text
# with leading zeros, colons or an underscore too many is no id of theirs.
_GROUPS = range(-1_997_852_516_352, -1_000_000_000_000)

# The Bot API also takes the @name of a public channel.
TELEGRAM_CHAT = Format(
    "telegram_chat",
    "digits (negative for a group), or @channelname",
    _matches(r"-?[0-9]+|@[A-Za-z][A-Za-z0-9_]*"),
    _integer,
    of_digits=True,
    is_unmistakable=_GROUPS.__contains__,
    is_number=True,
)
