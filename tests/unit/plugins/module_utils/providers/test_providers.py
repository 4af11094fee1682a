"""The registry says of each provider what the page "Create Integration" says, and its formats are fair."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ocamba.hood.plugins.module_utils.providers import formats, registry, schemas
from ansible_collections.ocamba.hood.plugins.module_utils.providers.formats import Format
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Field, Provider
from tests.support.strategies import fast

# name: (schema on the page, type, plain keys, secret keys), as the reference of the API has them.
PAGE: dict[str, tuple[str, str, set[str], set[str]]] = {
    "twilio": ("twilio_sms", "sms", {"account_sid", "default_phone_number"}, {"auth_token"}),
    "mitto": ("mitto_sms", "sms", {"sender_name"}, {"api_key"}),
    "custom_email": (
        "custom_email_provider",
        "email",
        {"default_sender_email", "default_sender_name", "username", "port", "sending_domain"},
        {"password"},
    ),
    "mandrill": (
        "mandrill_email",
        "email",
        {"default_sender_email", "default_sender_name", "default_reply_to_email", "smtp_username"},
        {"api_key"},
    ),
    "sendgrid": (
        "sendgrid_email",
        "email",
        {"default_sender_email", "default_sender_name", "default_reply_to_email"},
        {"api_key"},
    ),
    "mailgun": ("mailgun_email", "email", {"domain", "sender_email", "sender_name"}, {"api_key"}),
    "telegram": ("telegram", "telegram", {"chat_id"}, {"auth_token"}),
}

# Every example that the page gives; its e-mail addresses are blanked out there.
EXAMPLES: dict[str, dict[str, str]] = {
    "twilio": {
        "account_sid": "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
        "auth_token": "Jd4pbV9BtHC6Q9EdymQhZ4aJgZ8AgFi9",
        "default_phone_number": "+14155552671",
    },
    "custom_email": {
        "default_sender_name": "John Doe",
        "password": "yourExamplePassword123",
        "port": "587",
        "sending_domain": "ex.example.com",
    },
    "mandrill": {
        "api_key": "ad-79XXXXXXXXXXXXXXXXXXXXXX",
        "default_sender_name": "John Doe",
        "smtp_username": "exampleName",
    },
    "sendgrid": {
        "api_key": "SG.EGXXXXXXXXXXXXXXXXXXXXXXX.XXXXXXXXXXXXXXXXXXXXXXXXX",
        "default_sender_name": "John Doe",
    },
    "mitto": {"api_key": "AScs8XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX", "sender_name": "Ocamba Integration"},
    "mailgun": {
        "api_key": "563cXXXXXXXXXXXXXXXXXXXXX-XXXXXXXXX-XXXXXXXXX",
        "domain": "sandboxXXXXXXXXXXXXXXXXXXXXXXXXX.mailgun.org",
        "sender_name": "John Doe",
    },
    "telegram": {"auth_token": "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11", "chat_id": "8171131924"},
}

ALL_FIELDS = [
    pytest.param(provider, field, id=f"{provider.name}.{field.name}")
    for provider in registry.PROVIDERS
    for field in provider.fields
]
FORMATS = [value for value in vars(formats).values() if isinstance(value, Format)]


def _named(name: str) -> Provider:
    return next(provider for provider in registry.PROVIDERS if provider.name == name)


def test_the_registry_holds_the_seven_providers_of_the_page() -> None:
    assert sorted(provider.name for provider in registry.PROVIDERS) == sorted(PAGE)


@pytest.mark.parametrize("name", PAGE)
def test_a_provider_is_what_the_page_says(name: str) -> None:
    provider = _named(name)
    assert (provider.schema, provider.type, set(provider.plain_names), set(provider.secret_names)) == PAGE[name]


@pytest.mark.parametrize("provider", registry.PROVIDERS, ids=lambda provider: provider.name)
def test_no_setting_is_declared_twice(provider: Provider) -> None:
    assert len(set(provider.field_names)) == len(provider.fields)


@pytest.mark.parametrize(("provider", "field"), ALL_FIELDS)
def test_every_setting_says_what_it_is_for_and_where_it_comes_from(provider: Provider, field: Field) -> None:
    assert provider.title
    for text in (field.meaning, field.source):
        assert len(text.split()) >= 2
        assert text.endswith(".")
        assert "TODO" not in text


@pytest.mark.parametrize("provider", registry.PROVIDERS, ids=lambda provider: provider.name)
def test_every_setting_has_an_example_that_is_accepted(provider: Provider) -> None:
    examples = {field.name: field.example for field in provider.fields}
    assert all(examples.values())
    assert schemas.check_settings(provider, dict(examples)) == (examples, [])
    assert provider.console is None or provider.console.startswith("https://")


@pytest.mark.parametrize("name", PAGE)
def test_a_provider_is_found_by_its_name_its_schema_and_what_the_page_calls_its_settings(name: str) -> None:
    provider = _named(name)
    hyphenated = f"{name.replace('_', '-')}-integration"
    for written in (name, provider.schema, hyphenated, name.upper(), f" {name} "):
        assert registry.find(written) is provider, written


@pytest.mark.parametrize(
    "name", ["", " ", "sms", "email", "integration", "twilio2", "twilio_voice", "vonage", "_", "漢"]
)
def test_another_name_finds_nothing(name: str) -> None:
    assert registry.find(name) is None


@fast
@given(st.text(max_size=30))
def test_any_text_can_be_looked_for(name: str) -> None:
    assert registry.find(name) is None or registry.find(name) in registry.PROVIDERS


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("twilio", "twilio_sms", True),
        ("twilio-integration", "Twilio", True),
        ("twilio", "mitto", False),
        ("twilio", "vonage", False),
        ("vonage", "twilio", False),
        ("Vonage", "vonage", True),
        ("vonage", "vonage_sms", False),
    ],
)
def test_two_names_mean_the_same_provider(one: str, other: str, same: bool) -> None:
    assert registry.same_provider(one, other) is same


def test_a_key_that_is_secret_anywhere_is_not_plain_everywhere() -> None:
    assert registry.plain_everywhere() == {key for page in PAGE.values() for key in page[2]}
    assert not registry.plain_everywhere() & {"auth_token", "api_key", "password"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_the_page_are_accepted_as_they_are(name: str) -> None:
    assert schemas.check_settings(_named(name), dict(EXAMPLES[name])) == (EXAMPLES[name], [])


@pytest.mark.parametrize(
    ("format_", "values"),
    [
        (formats.TWILIO_SID, ["AC" + "0" * 32, "AC0123456789abcdefABCDEF0123456789"]),
        (formats.PHONE_NUMBER, ["+14155552671", "14155552671", "+381631234567", "12345"]),
        (
            formats.TWILIO_SENDER,
            ["+14155552671", "12345", "ACME Shop", "A", "R+D - A_B&C", "0800FLOWERS", "MG" + "0aF1" * 8],
        ),
        (formats.EMAIL, ['"a@b"@example.com', '"a b"@example.com', "a@[192.0.2.1]", "a+b/c=d@x.y"]),
        (formats.EMAIL, ["john@example.com", "J.D+tag@EX-ample.co.uk", "häns@exämple.de", "o'neil@example.com"]),
        (formats.HOST, ["ex.example.com", "localhost", "mail_1.example.com", "xn--exmple-cua.de", "example.com."]),
        (formats.PORT, ["1", "25", "587", "65535"]),
        (formats.TELEGRAM_TOKEN, ["123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11", "1:x"]),
        (formats.TELEGRAM_CHAT, ["8171131924", "-1001234567890", "@a_channel"]),
        (formats.TEXT, ["anything", " \n", "漢", "587"]),
    ],
    ids=lambda value: value.name if isinstance(value, Format) else "",
)
def test_what_a_provider_accepts_is_accepted(format_: Format, values: list[str]) -> None:
    assert [value for value in values if not format_.accepts(value)] == []


@pytest.mark.parametrize(
    ("format_", "values"),
    [
        (
            formats.TWILIO_SID,
            ["AC" + "0" * 31, "AC" + "0" * 33, "SK" + "0" * 32, "AC" + "é" * 32, "AC" + "0" * 31 + "\n"],
        ),
        (
            formats.PHONE_NUMBER,
            ["+", "+0155552671", "+1 415 555", "(415)", "+1234567890123456", "١٢٣٤٥", "++14155552671"],
        ),
        (
            formats.EMAIL,
            ["a@x,b@x", "a@x;b@x", "mailto:a@x", "a@@x", "a@b@x", "<a@x>", "A <a@x>", '"a@x', 'a"b@x', "a(b)@x"],
        ),
        (
            formats.TWILIO_SENDER,
            [
                "ACME Shop Ltd",
                "+1 415 555",
                "MG" + "0" * 31,
                "MG" + "g" * 32,
                "ÄCME",
                "ACME!",
                "Shop\n",
                "+",
                " ",
                "&-&",
            ],
        ),
        (
            formats.EMAIL,
            ["john", "john@", "@example.com", "jo hn@example.com", "john@exam ple.com", "john@example.com\n"],
        ),
        (
            formats.HOST,
            ["https://example.com", "example.com:25", "example.com/x", "a b", "a..b", "a@b", "x" * 64 + ".com"],
        ),
        (formats.PORT, ["0", "65536", "-1", "58 7", "587.0", "smtp", "٥٨٧", "587\n", " 587"]),
        (formats.TELEGRAM_TOKEN, ["ABC-DEF", "123456", "123456:", "abc:def", ":x", "123456: x"]),
        (formats.TELEGRAM_CHAT, ["--1", "1 2", "chat", "@", "1.5", "-"]),
    ],
    ids=lambda value: value.name if isinstance(value, Format) else "",
)
def test_what_can_not_be_meant_is_refused(format_: Format, values: list[str]) -> None:
    assert [value for value in values if format_.accepts(value)] == []


@pytest.mark.parametrize(
    ("format_", "one", "other"),
    [
        (formats.PHONE_NUMBER, "+14155552671", "14155552671"),
        (formats.EMAIL, "John@EXAMPLE.com", "John@example.COM"),
        (formats.HOST, "Ex.Example.com", "ex.example.com."),
        (formats.PORT, "0587", "587"),
        (formats.PORT, "587.0", "587"),
        (formats.PHONE_NUMBER, "+1 415-555-2671", "14155552671"),
        (formats.TWILIO_SENDER, "+1 (415) 555.2671", "+14155552671"),
        (formats.TWILIO_SENDER, "1.4155552671e+10", "+14155552671"),
        (formats.TELEGRAM_CHAT, "-1001234567890.0", "-1001234567890"),
        (formats.TELEGRAM_CHAT, "-1.00123456789e+12", "-1001234567890"),
        (formats.EMAIL, "j@xn--exmple-cua.de", "j@EXÄMPLE.de"),
        (formats.HOST, "xn--exmple-cua.de", "exa\u0308mple.de."),
        (formats.TEXT, "Caf\u00e9", "Cafe\u0301"),
    ],
)
def test_two_spellings_of_one_value_have_one_canonical_form(format_: Format, one: str, other: str) -> None:
    assert format_.canonical(one) == format_.canonical(other)


@pytest.mark.parametrize(
    ("format_", "one", "other"),
    [
        (formats.PHONE_NUMBER, "+14155552671", "14155552672"),
        (formats.EMAIL, "John@example.com", "john@example.com"),
        (formats.TEXT, "Shop", "shop"),
        (formats.TELEGRAM_CHAT, "-100", "100"),
        (formats.PORT, "587", "5870"),
        (formats.HOST, "straße.de", "strasse.de"),
        (formats.HOST, "xn--.de", "de"),
        (formats.TWILIO_SENDER, "ACME Shop", "ACMEShop"),
        (formats.TELEGRAM_CHAT, "-1.001e+3", "-1002"),
        (formats.TELEGRAM_CHAT, "1.0012e+3", "1001"),
        (formats.PHONE_NUMBER, "+1.415.555.2671", "+1.415.555.2672"),
    ],
)
def test_two_values_have_two_canonical_forms(format_: Format, one: str, other: str) -> None:
    assert format_.canonical(one) != format_.canonical(other)


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
@fast
@given(text=st.text(max_size=20) | st.text(st.sampled_from("+0123456789.@aB-İΣ"), max_size=20))
def test_a_canonical_form_is_its_own(format_: Format, text: str) -> None:
    canonical = format_.canonical(text)
    assert format_.canonical(canonical) == canonical


@pytest.mark.parametrize("name", PAGE)
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (True, "boolean"),
        (587.9, "fraction"),
        (["x"], "list"),
        ({"x": "y"}, "dictionary"),
    ],
)
def test_what_is_no_text_is_refused_for_every_setting(name: str, value: Any, reason: str) -> None:
    provider = _named(name)
    settings, mistakes = schemas.check_settings(provider, dict.fromkeys(provider.field_names, value))
    assert settings == {}
    assert sorted(mistake.path for mistake in mistakes) == sorted(provider.field_names)
    assert all(reason in mistake.reason for mistake in mistakes)


def test_whole_numbers_become_strings() -> None:
    assert schemas.check_settings(_named("custom_email"), {"port": 587}) == ({"port": "587"}, [])
    assert schemas.check_settings(_named("telegram"), {"chat_id": -1001234567890}) == (
        {"chat_id": "-1001234567890"},
        [],
    )


@pytest.mark.parametrize("name", PAGE)
def test_an_empty_string_clears_any_setting(name: str) -> None:
    provider = _named(name)
    cleared = dict.fromkeys(provider.field_names, "")
    assert schemas.check_settings(provider, cleared) == (cleared, [])


def test_settings_of_a_provider_nobody_knows_are_checked_as_text() -> None:
    settings, mistakes = schemas.check_settings(None, {"api_secret": 5, "region": True})
    assert settings == {}
    assert [mistake.path for mistake in mistakes] == ["region"]
    assert schemas.check_settings(None, {"api_secret": 5}) == ({"api_secret": "5"}, [])


@pytest.mark.parametrize(
    "value", [datetime.date(2024, 1, 1), datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)]
)
def test_a_date_is_refused_as_one(value: Any) -> None:
    _settings, (mistake,) = schemas.check_settings(_named("mitto"), {"api_key": value})
    assert "date; put it in quotes" in mistake.reason


def test_a_secret_has_no_other_form() -> None:
    secret, plain = _named("mitto").field("api_key"), _named("mitto").field("sender_name")
    assert secret
    assert plain
    assert secret.canonical("Cafe\u0301") == "Cafe\u0301"
    assert plain.canonical("Cafe\u0301") == "Caf\u00e9"


@pytest.mark.parametrize(("other", "kind", "same"), [("twilio_sms", "sms", True), ("twilio_sms", "email", False)])
def test_a_provider_of_another_type_is_another_one(other: str, kind: str, same: bool) -> None:
    assert registry.same_provider("twilio", other, kind) is same


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("twillio", "twilio"),
        ("Twilo", "twilio"),
        ("twiloi", "twilio"),
        ("sendgird", "sendgrid"),
        ("custom_emial", "custom_email"),
        ("mandril", "mandrill"),
        ("twilio_smss", "twilio"),
    ],
)
def test_a_name_that_is_one_letter_off_can_only_be_a_slip(written: str, meant: str) -> None:
    assert registry.meant(written) is _named(meant)


@pytest.mark.parametrize("name", ["twilio", "twilio2", "2twilio", "twilio_voice", "tw", "", "mailjet", "telegr", "漢"])
def test_a_name_that_may_be_another_provider_is_no_slip(name: str) -> None:
    assert registry.meant(name) is None


@fast
@given(st.text(max_size=20))
def test_a_slip_is_never_the_name_of_a_provider(name: str) -> None:
    assert registry.meant(name) is None or registry.find(name) is None
