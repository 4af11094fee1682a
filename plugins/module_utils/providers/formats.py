# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The formats of provider settings.

A format never refuses what the provider itself accepts: where the rule is not public and certain it is lenient.
An empty string is no concern of a format: it clears a setting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable


def _as_is(text: str) -> str:
    return text


@dataclass(frozen=True)
class Format:
    """What a value must look like, how that is told, and the form in which two values are compared."""

    name: str
    expects: str
    accepts: Callable[[str], bool]
    canonical: Callable[[str], str] = _as_is


_HOST = re.compile(r"(?!.{254})[\w-]{1,63}(\.[\w-]{1,63})*\.?")


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


def _is_host(text: str) -> bool:
    return _HOST.fullmatch(text) is not None


def _is_email(text: str) -> bool:
    local, at, domain = text.rpartition("@")
    return bool(local and at) and len(text) <= 320 and not re.search(r"\s", local) and _is_host(domain)


def _is_port(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,5}", text) is not None and 1 <= int(text) <= 65535


def _email_canonical(text: str) -> str:
    local, at, domain = text.rpartition("@")
    return f"{local}{at}{domain.lower()}"


TEXT = Format("text", "text", lambda _text: True)

TWILIO_SID = Format(
    "twilio_sid",
    "34 letters and digits that start with AC",
    _matches(r"AC[0-9A-Za-z]{32}"),
)

PHONE_NUMBER = Format(
    "phone_number",
    "a phone number in E.164 form such as +14155552671 (the + may be left out)",
    _matches(r"\+?[1-9][0-9]{1,14}"),
    lambda text: text.lstrip("+"),
)

EMAIL = Format("email", "an e-mail address", _is_email, _email_canonical)

HOST = Format(
    "host",
    "a host or domain name without scheme, path or port",
    _is_host,
    lambda text: text.rstrip(".").lower(),
)

PORT = Format("port", "a port from 1 to 65535", _is_port, lambda text: text.lstrip("0") or text)

TELEGRAM_TOKEN = Format(
    "telegram_token",
    "a bot token as BotFather gives it: digits, a colon, and the secret part",
    _matches(r"[0-9]+:\S.*"),
)

# The Bot API also takes the @name of a public channel.
TELEGRAM_CHAT = Format(
    "telegram_chat",
    "digits (negative for a group), or @channelname",
    _matches(r"-?[0-9]+|@[A-Za-z][A-Za-z0-9_]*"),
)
