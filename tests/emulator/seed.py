"""Made-up integrations, the same for the same seed."""

from __future__ import annotations

import random
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.emulator.accounts import Account, Integration
from tests.emulator.catalog import BUILT_IN, VIBER, Provider, Setting

ODD_NAMES = (
    "Twilio EU",
    "in:a,b",
    "name with / and %2F and ?q=1&x=#",
    "Überweisung ¬ žćčđš",
    "短信 📨",
    "'; DROP TABLE integrations; --",
    'double "quotes" and \\backslashes\\',
    "{{ not_a_variable }}",
    " spaces around ",
    "null",
    "0",
    "validate",
    "e\u0301 is not \u00e9",
    "L" * 90,
    "{% if %} {# is no template #}",
    "key: value # no comment",
    "!vault it is not",
    "- yes",
    "100% 'single' `back`",
)
"""Names that are awkward in a URL, in YAML, in a template or in a comparison."""

ODD_VALUES = (
    "{{ not_a_variable }}",
    " # no: 'comment' ",
    '!vault \\"it\\" is not',
    "two\nlines",
    "",
    "********",
    "短信",
)
"""Values of settings that take any text, awkward in the same places, or for what masks secrets."""

CLICKED = {"default_phone_number": "0800 FLOWERS", "port": "submission", "chat_id": "the team"}
"""What a form took years ago, and a stricter eye would not."""


@dataclass(frozen=True)
class Sown:
    """One integration to be."""

    name: str
    provider: str
    settings: dict[str, str]
    status: str


def sow(count: int, seed: int = 1, providers: Sequence[Provider] = (*BUILT_IN, VIBER)) -> list[Sown]:
    """`count` integrations in turn over the providers, every name once.

    Every third is inactive, every ninth lacks the settings that its provider does not require. Every fifth has a
    text that is awkward, every seventh a value that its form should not have taken, every eleventh no secret.
    """
    chance = random.Random(seed)
    sown = []
    for number in range(count):
        provider = providers[number % len(providers)]
        bare = number % 9 == 8
        settings = {one.name: _value(one, chance) for one in provider.settings if one.required or not bare}
        if provider.type == "telegram" and "auth_token" in settings:
            settings["auth_token"] = f"{chance.randrange(10**9)}:{settings['auth_token']}"
        settings.update(_oddities(number, provider, settings))
        status = "inactive" if number % 3 == 2 else "active"
        sown.append(Sown(_name(number), provider.name, settings, status))
    return sown


def fill(account: Account, count: int, seed: int = 1) -> list[Integration]:
    """Add `count` made-up integrations to an account, and the provider viber if it has none."""
    if all(one.name != VIBER.name for one in account.providers):
        account.add_provider(VIBER)
    return [
        account.add(one.name, one.provider, one.settings, one.status) for one in sow(count, seed, account.providers)
    ]


def _oddities(number: int, provider: Provider, settings: Mapping[str, str]) -> dict[str, str]:
    odd: dict[str, str] = {}
    texts = [name for name in settings if name.endswith("_name")]
    if number % 5 == 4 and texts:
        odd[texts[-1]] = ODD_VALUES[number // 5 % len(ODD_VALUES)]
    if number % 7 == 6:
        odd.update({name: CLICKED[name] for name in settings if name in CLICKED})
    if number % 11 == 10:
        odd.update({one.name: "" for one in provider.settings if one.secret and one.name in settings})
    return odd


def _name(number: int) -> str:
    odd = ODD_NAMES[number % len(ODD_NAMES)]
    lap = number // len(ODD_NAMES)
    return f"{odd} {lap}" if lap else odd


def _value(setting: Setting, chance: random.Random) -> str:
    letters = "".join(chance.choices(string.ascii_letters + string.digits, k=32))
    if setting.secret:
        return letters
    known = {
        "account_sid": f"AC{letters}",
        "default_phone_number": f"+1415555{chance.randrange(10_000):04d}",
        "port": str(chance.choice((25, 465, 587))),
        "chat_id": str(-chance.randrange(10**9)),
    }
    if setting.name in known:
        return known[setting.name]
    if "email" in setting.name:
        return f"{letters[:8].lower()}@example.com"
    if "domain" in setting.name:
        return f"{letters[:8].lower()}.example.com"
    return f"{setting.name} {letters[:6]}"
