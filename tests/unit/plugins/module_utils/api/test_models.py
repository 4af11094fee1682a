"""What the API shows of an integration is read without surprises and compared without flapping."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ocamba.hood.plugins.module_utils.api.models import (
    LiveField,
    is_same_provider,
    parse_integration,
    parse_provider,
)
from ansible_collections.ocamba.hood.plugins.module_utils.errors import MalformedAnswer
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Provider
from ansible_collections.ocamba.hood.plugins.module_utils.providers.placeholders import is_mask
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.compare import (
    Comparison,
    Evidence,
    compare,
    is_proof,
    reads_as_stored,
)
from tests.support.strategies import HIDING, VISIBILITIES, fast, json_like, respelt, secret_values, settings_of

ITEM: dict[str, Any] = {
    "id": "1161",
    "company_id": "6197120",
    "name": "Example Integration",
    "type": "sms",
    "provider_id": "1000",
    "provider": {
        "id": "1000",
        "type": "sms",
        "name": "twilio",
        "logo": "https://example.com/logo.png",
        "settings": [
            {"title": "Account SID", "name": "account_sid", "type": "string", "required": True, "deprecated": False},
            {"title": "Old", "name": "old", "type": "string", "required": False, "deprecated": True},
        ],
    },
    "settings": {"account_sid": "AC1", "auth_token": None},
    "status": "active",
    "effective_status": "inactive",
    "is_default": True,
    "create_time": "2024-01-01 00:00:00",
}

SAME, DIFFERENT = Comparison.SAME, Comparison.DIFFERENT
ALIKE, HIDDEN = Comparison.ALIKE, Comparison.HIDDEN


def _known(name: str) -> Provider:
    found = registry.find(name)
    assert found is not None
    return found


def _compare(provider: str, key: str, declared: str, shown: str | None, unset: bool = False) -> Comparison:
    evidence = Evidence(listed=frozenset([(provider, key)] if unset else []))
    return compare(key, declared, shown, registry.find(provider), evidence)


def test_an_item_of_the_documentation_is_read() -> None:
    one = parse_integration(ITEM)
    assert (one.id, one.name, one.type, one.provider_id, one.provider_name) == (
        "1161",
        "Example Integration",
        "sms",
        "1000",
        "twilio",
    )
    assert (one.status, one.effective_status, one.is_default) == ("active", "inactive", True)
    assert one.settings == {"account_sid": "AC1", "auth_token": None}
    assert one.known is _known("twilio")


def test_a_provider_is_read_with_the_descriptors_of_its_settings() -> None:
    live = parse_provider(ITEM["provider"])
    assert (live.id, live.name, live.type) == ("1000", "twilio", "sms")
    assert live.fields == (LiveField("account_sid", True, False, "Account SID"), LiveField("old", False, True, "Old"))


@pytest.mark.parametrize("missing", ["company_id", "type", "provider_id", "status", "effective_status", "is_default"])
def test_what_does_not_identify_an_integration_may_be_missing(missing: str) -> None:
    one = parse_integration({key: value for key, value in ITEM.items() if key != missing})
    assert (one.id, one.name, one.settings) == ("1161", "Example Integration", ITEM["settings"])


@pytest.mark.parametrize("key", ["type", "status", "effective_status"])
@pytest.mark.parametrize("value", ["", None, True, [], 1.5])
def test_what_says_nothing_counts_as_missing(key: str, value: Any) -> None:
    item = {**ITEM, key: value, "provider": None}
    assert getattr(parse_integration(item), key) is None


def test_a_bare_item_is_read() -> None:
    one = parse_integration({"id": 5, "name": "Bare"})
    assert (one.id, one.name) == ("5", "Bare")
    assert (one.provider_id, one.provider, one.type, one.status, one.settings) == (None, None, None, None, None)
    assert not one.is_default


def test_type_and_provider_id_follow_from_the_provider_where_they_are_missing() -> None:
    one = parse_integration({"id": "5", "name": "Bare", "provider": ITEM["provider"]})
    assert (one.provider_id, one.type) == ("1000", "sms")


@pytest.mark.parametrize("key", ["id", "name"])
@pytest.mark.parametrize("value", [None, "", True, [], {}, 1.5])
def test_without_a_usable_id_or_name_the_answer_is_malformed(key: str, value: Any) -> None:
    with pytest.raises(MalformedAnswer):
        parse_integration({**ITEM, key: value})
    with pytest.raises(MalformedAnswer):
        parse_provider({**ITEM["provider"], key: value})


@pytest.mark.parametrize("value", ["../5", "a b", "5?x=1", "5\n"])
def test_an_id_that_would_change_a_request_path_is_malformed(value: str) -> None:
    with pytest.raises(MalformedAnswer):
        parse_integration({**ITEM, "id": value})


@pytest.mark.parametrize("item", [None, [], "x", 5, True])
def test_what_is_no_object_is_malformed(item: Any) -> None:
    with pytest.raises(MalformedAnswer):
        parse_integration(item)
    with pytest.raises(MalformedAnswer):
        parse_provider(item)


@pytest.mark.parametrize(
    ("shown", "read"),
    [
        ({"port": 587, "chat_id": -100}, {"port": "587", "chat_id": "-100"}),
        ({"a": "", "b": None}, {"a": "", "b": None}),
        ({"a": True}, {"a": "true"}),
        ({}, {}),
        ([], {}),
        (None, None),
        ("x", None),
    ],
)
def test_settings_are_read_as_strings(shown: Any, read: Any) -> None:
    assert parse_integration({**ITEM, "settings": shown}).settings == read


@fast
@given(item=json_like)
def test_any_json_is_read_or_malformed(item: Any) -> None:
    for parse in (parse_integration, parse_provider):
        with contextlib.suppress(MalformedAnswer):
            parse(item)


@fast
@given(changes=st.dictionaries(st.sampled_from(sorted(ITEM)), json_like, max_size=4), provider=json_like)
def test_an_item_with_odd_parts_is_read_or_malformed(changes: dict[str, Any], provider: Any) -> None:
    for item in (ITEM | changes, ITEM | {"provider": provider}, ITEM | {"provider": ITEM["provider"] | changes}):
        try:
            one = parse_integration(item)
        except MalformedAnswer:
            continue
        assert isinstance(one.id, str)
        assert all(value is None or isinstance(value, str) for value in (one.settings or {}).values())


@pytest.mark.parametrize(
    ("account_name", "declared_name", "same"),
    [
        ("twilio", "twilio_sms", True),
        ("twilio_sms", "twilio", True),
        ("mitto", "twilio", False),
        ("vonage", "twilio", False),
        ("vonage", "Vonage", True),
        ("vonage", "bird", False),
    ],
)
def test_the_provider_of_an_integration_is_recognised(account_name: str, declared_name: str, same: bool) -> None:
    one = parse_integration({"id": "1", "name": "x", "provider": {"id": "9", "name": account_name}})
    assert is_same_provider(one, declared_name) is same


def test_an_integration_that_does_not_show_its_provider_is_of_an_unknown_one() -> None:
    assert is_same_provider(parse_integration({"id": "1", "name": "x"}), "twilio") is None


def test_a_provider_of_a_known_name_and_another_type_is_not_the_known_one() -> None:
    assert parse_provider({"id": "9", "name": "twilio", "type": "email"}).known is None


@pytest.mark.parametrize(
    ("provider", "key", "declared", "shown"),
    [
        ("custom_email", "port", "587", "587"),
        ("custom_email", "port", "587", "0587"),
        ("twilio", "default_phone_number", "+14155552671", "14155552671"),
        ("twilio", "default_phone_number", "14155552671", "+14155552671"),
        ("custom_email", "sending_domain", "Ex.Example.com", "ex.example.com"),
        ("custom_email", "default_sender_email", "john@EXAMPLE.com", "john@example.com"),
        ("custom_email", "default_sender_name", "John Doe", "John Doe "),
        ("custom_email", "username", "", None),
        ("custom_email", "username", "", ""),
        ("custom_email", "password", "", ""),
        ("custom_email", "password", "CANARY", "CANARY"),
        ("vonage", "region", "eu", "eu"),
    ],
)
def test_two_spellings_of_one_value_are_the_same(provider: str, key: str, declared: str, shown: str | None) -> None:
    assert _compare(provider, key, declared, shown) is SAME


@pytest.mark.parametrize(
    ("provider", "key", "declared", "shown"),
    [
        ("custom_email", "port", "587", "25"),
        ("custom_email", "port", "587", None),
        ("custom_email", "port", "587", ""),
        ("custom_email", "port", "", "587"),
        ("custom_email", "default_sender_email", "John@example.com", "john@example.com"),
        ("custom_email", "default_sender_name", "Shop", "shop"),
        ("telegram", "chat_id", "-100", "100"),
        ("custom_email", "password", "CANARY-1", "canary-1"),
        ("custom_email", "password", "CANARY-1", "CANARY-1 "),
        ("custom_email", "password", "CANARY-1 ", "CANARY-1"),
        ("custom_email", "password", "CANARY", ""),
        ("custom_email", "password", "", "CANARY"),
        ("vonage", "region", "eu-1", "EU-1"),
        ("twilio", "default_phone_number", "", "+14155552671"),
    ],
)
def test_two_values_are_different(provider: str, key: str, declared: str, shown: str | None) -> None:
    assert _compare(provider, key, declared, shown) is DIFFERENT


@pytest.mark.parametrize("shown", ["********", "****1234", "pass****", "XXXX", "XXXX1234", "••••", None])
def test_a_hidden_secret_that_may_be_the_declared_one_is_not_called_different(shown: str | None) -> None:
    expected = ALIKE if shown and shown.strip("*X•") else HIDDEN
    assert _compare("custom_email", "password", "password1234", shown) is expected
    assert _compare("vonage", "any", "password1234", shown) is expected


@pytest.mark.parametrize("shown", ["****9999", "XXXX9999", "hunt****", "hunt****1234"])
def test_a_mask_with_other_ends_is_different(shown: str) -> None:
    assert _compare("custom_email", "password", "password1234", shown) is DIFFERENT


@pytest.mark.parametrize("shown", ["********", "****1234", "CANARY"])
def test_clearing_what_is_stored_is_different(shown: str) -> None:
    assert _compare("custom_email", "password", "", shown) is DIFFERENT


def test_a_missing_secret_of_a_server_that_shows_secrets_is_not_stored() -> None:
    assert _compare("custom_email", "password", "CANARY", None, unset=True) is DIFFERENT
    assert _compare("custom_email", "password", "", None, unset=True) is SAME


@fast
@given(data=st.data(), provider=st.sampled_from(registry.PROVIDERS))
def test_settings_written_by_another_hand_are_the_same(data: st.DataObject, provider: Provider) -> None:
    settings = data.draw(settings_of(provider))
    other = respelt(provider, settings)
    for key in settings:
        assert compare(key, settings[key], other[key], provider) is SAME


@fast
@given(secret=secret_values, visibility=st.sampled_from(HIDING))
def test_a_secret_is_never_different_from_what_is_shown_of_itself(secret: str, visibility: str) -> None:
    shown = VISIBILITIES[visibility](secret)
    assert _compare("mitto", "api_key", secret, shown if isinstance(shown, str) else None) in (ALIKE, HIDDEN)


@fast
@given(secret=secret_values, visibility=st.sampled_from(HIDING))
def test_a_mask_is_recognised(secret: str, visibility: str) -> None:
    shown = VISIBILITIES[visibility](secret)
    assert shown is None or not isinstance(shown, str) or is_mask(shown)


PLACEHOLDERS = [
    *(
        "[FILTERED]",
        "<hidden>",
        "(set)",
        "-----",
        "#####",
        "████",
        "xxxx-xxxx",
        "********ab12cd34ef",
        "…",
        "{redacted}",
    ),
    *("REDACTED", "secret", "hidden", "not shown", "Not_Set", "••••••", "======"),
]


@pytest.mark.parametrize("shown", PLACEHOLDERS)
def test_a_text_that_can_not_be_a_secret_hides_it(shown: str) -> None:
    for provider, key in (("custom_email", "password"), ("mitto", "api_key"), ("vonage", "any")):
        assert _compare(provider, key, "p4ss-word-1234", shown) is HIDDEN


@pytest.mark.parametrize("shown", ["ab1", "AScs8XX"])
def test_a_text_that_is_too_short_for_a_key_hides_it(shown: str) -> None:
    assert _compare("mitto", "api_key", "AScs8XXXXXXXX", shown) is HIDDEN
    assert _compare("custom_email", "password", "AScs8XXXXXXXX", shown) is DIFFERENT


def test_a_text_in_another_format_than_the_secret_hides_it() -> None:
    assert _compare("telegram", "auth_token", "123456:ABC-DEF", "0f1e2d3c4b5a69788796a5b4c3d2e1f0") is HIDDEN


def test_a_text_that_several_integrations_show_hides_their_secrets() -> None:
    evidence = Evidence(shared=frozenset(["n0t-Sh0wn"]))
    assert compare("password", "p4ss-word-1234", "n0t-Sh0wn", registry.find("custom_email"), evidence) is HIDDEN


def test_where_an_account_shows_secrets_another_text_is_another_secret() -> None:
    evidence = Evidence(shown=frozenset([("mitto", "api_key")]), shared=frozenset(["n0t-Sh0wn"]))
    for shown in ("n0t-Sh0wn", "hidden"):
        assert compare("password", "p4ss-word-1234", shown, registry.find("custom_email"), evidence) is DIFFERENT
    assert compare("password", "p4ss-word-1234", "[FILTERED]", registry.find("custom_email"), evidence) is HIDDEN


@pytest.mark.parametrize("declared", ["hidden", "****", "[set]", "short", ""])
def test_what_any_account_could_show_proves_nothing(declared: str) -> None:
    assert not is_proof(declared, declared, _known("mitto").field("api_key"))


def test_a_key_that_is_shown_as_declared_is_a_proof() -> None:
    assert is_proof("AScs8-key-1234", "AScs8-key-1234", _known("mitto").field("api_key"))


@pytest.mark.parametrize(
    ("provider", "key", "shown"),
    [
        ("twilio", "account_sid", "AC****"),
        ("twilio", "account_sid", "AC0123456789abcdef"),
        ("custom_email", "default_sender_email", "n***@example.com"),
        ("custom_email", "default_sender_email", "n*@example.com"),
        ("custom_email", "default_sender_name", "Tom &amp; Jerry"),
        ("custom_email", "default_sender_name", "Tom &#39;"),
        ("custom_email", "default_sender_name", "Example Ne…"),
        ("custom_email", "default_sender_name", "Example Ne..."),
        ("custom_email", "default_sender_name", "Example "),
        ("custom_email", "default_sender_name", "Cafe\u0301"),
        ("custom_email", "default_sender_name", "x" * 255),
        ("telegram", "chat_id", "-1.00123e12"),
        ("custom_email", "default_sender_name", "*** Shop ***"),
        ("mitto", "sender_name", "XXXX"),
        *(
            ("custom_email", "username", masked)
            for masked in (
                *(
                    "[FILTERED]",
                    "<hidden>",
                    "(hidden)",
                    "REDACTED",
                    "set",
                    "None",
                    "not shown",
                    "#####",
                    "____",
                    "xxxx",
                ),
                *("ma○○○○@example.com", "ma..@example.com", "m***y@e***.com", "xxxx@example.com", "mailrelay@"),
                *("@example.com", "sha256:0a1b2c", "m•••y", "████"),
            )
        ),
        ("twilio", "default_phone_number", "xxxxxxx2671"),
        ("custom_email", "default_sender_email", "n___@example.com"),
    ],
)
def test_a_plain_value_that_may_be_shown_otherwise_than_it_is_stored(provider: str, key: str, shown: str) -> None:
    field = _known(provider).field(key)
    assert field is not None
    assert not reads_as_stored(shown, field)


@pytest.mark.parametrize(
    ("provider", "key", "shown"),
    [
        ("twilio", "default_phone_number", "+14155552671"),
        ("custom_email", "default_sender_name", "Tom & Jerry's"),
        ("custom_email", "default_sender_name", "Hidden Valley"),
        ("custom_email", "username", "u"),
        ("telegram", "chat_id", "7777"),
        ("custom_email", "port", "587"),
        ("custom_email", "username", ""),
    ],
)
def test_a_plain_value_that_is_surely_shown_as_it_is_stored(provider: str, key: str, shown: str) -> None:
    field = _known(provider).field(key)
    assert field is not None
    assert reads_as_stored(shown, field)


@pytest.mark.parametrize("shown", ["n***@example.com", "n•••m", "news@ex…"])
def test_a_plain_value_that_is_masked_is_not_different_where_its_ends_agree(shown: str) -> None:
    assert _compare("custom_email", "default_sender_email", "news@example.com", shown) is ALIKE
    assert _compare("custom_email", "default_sender_email", "other@example.org", shown) is DIFFERENT
    assert _compare("custom_email", "default_sender_email", "news@example.com", "*****") is HIDDEN


@pytest.mark.parametrize(
    ("shown", "read"),
    [("ACTIVE", "active"), (1, "active"), (True, None), ("0", "inactive"), (2, None), ("paused", None), ([], None)],
)
def test_a_status_in_a_known_form_is_read_and_any_other_is_unknown(shown: Any, read: str | None) -> None:
    assert parse_integration({"id": "1", "name": "x", "status": shown}).status == read


@pytest.mark.parametrize(
    ("shown", "read"), [(True, True), (0, False), ("true", True), ("yes", None), (2, None), ([], None), (None, None)]
)
def test_a_default_in_a_known_form_is_read_and_any_other_is_unknown(shown: Any, read: bool | None) -> None:
    assert parse_integration({"id": "1", "name": "x", "is_default": shown}).is_default is read
    assert parse_integration({"id": "1", "name": "x"}).is_default is None
