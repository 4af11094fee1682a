# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The providers that this collection knows without asking an account. Private to this collection.

To add one: a file with its declaration beside the others, and its name in PROVIDERS.
"""

from __future__ import annotations

import functools
import re

from ansible_collections.ocamba.hood.plugins.module_utils.providers.custom_email import CUSTOM_EMAIL
from ansible_collections.ocamba.hood.plugins.module_utils.providers.mailgun import MAILGUN
from ansible_collections.ocamba.hood.plugins.module_utils.providers.mandrill import MANDRILL
from ansible_collections.ocamba.hood.plugins.module_utils.providers.mitto import MITTO
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Provider
from ansible_collections.ocamba.hood.plugins.module_utils.providers.sendgrid import SENDGRID
from ansible_collections.ocamba.hood.plugins.module_utils.providers.telegram import TELEGRAM
from ansible_collections.ocamba.hood.plugins.module_utils.providers.twilio import TWILIO

PROVIDERS: tuple[Provider, ...] = (TWILIO, MITTO, CUSTOM_EMAIL, MANDRILL, SENDGRID, MAILGUN, TELEGRAM)

TYPES: tuple[str, ...] = ("sms", "email", "telegram")

# Of shorter words one letter may make another word.
SHORTEST_SLIP = 4

# Only twilio's name in an account is documented; the page calls the others `mandrill_email`,
# `custom-email-integration` and so on, so what the account calls them is recognised in any of these manners.
_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")
_SUFFIX = re.compile(r"_(integration|provider|sms|email)$")


@functools.lru_cache(maxsize=1024)  # asked several times for each integration
def find(name: str) -> Provider | None:
    """The declaration for a provider's name as a user or an account writes it, or None for an unknown one."""
    wanted = _BETWEEN_WORDS.sub("_", name.strip().lower()).strip("_")
    while True:
        for provider in PROVIDERS:
            if wanted in (provider.name, provider.schema):
                return provider
        shorter = _SUFFIX.sub("", wanted)
        if shorter == wanted:
            return None
        wanted = shorter


def same_provider(name: str, other: str, kind: str | None = None) -> bool:
    """Whether two names mean the same provider.

    :param kind: what an account says that `other` sends; a provider that sends something else is another one.
    """
    known = find(name)
    if known is not None:
        return known is find(other) and kind in (None, known.type)
    return name.casefold() == other.casefold()


def meant(name: str) -> Provider | None:
    """The provider of whose name this can only be a slip: one letter wrong, missing, too many, or two exchanged.

    Not of a digit or a further word: Hood may offer twilio2 or twilio_voice at any time.
    """
    wanted = _BETWEEN_WORDS.sub("", name.lower())
    if find(name) is not None or len(wanted) < SHORTEST_SLIP:
        return None
    for provider in PROVIDERS:
        for known in (provider.name, provider.schema):
            if _is_one_letter_off(wanted, known.replace("_", "")):
                return provider
    return None


def _is_one_letter_off(one: str, other: str) -> bool:
    start = next((at for at, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
    one, other = one[start:], other[start:]
    changed = {one[:1] + other[:1]: one[1:] == other[1:], one[:1]: one[1:] == other, other[:1]: other[1:] == one}
    if any(same and letters.isalpha() for letters, same in changed.items()):
        return True
    return one[:2] == other[:2][::-1] and len(one[:2]) == 2 and one[:2].isalpha() and one[2:] == other[2:]


def plain_everywhere() -> frozenset[str]:
    """The settings that are plain in every provider that has them: all that may be shown while
    it is not yet known which provider an entry means."""
    secret = {name for provider in PROVIDERS for name in provider.secret_names}
    return frozenset(name for provider in PROVIDERS for name in provider.plain_names) - secret
