"""What a user declares is checked before anything else happens: every mistake at once, with its path, never a value."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import (
    Declaration,
    read,
    read_single,
    with_provider,
)
from ansible_collections.ocamba.hood.plugins.module_utils.declared.hiding import hide
from ansible_collections.ocamba.hood.plugins.module_utils.declared.intake import (
    is_blank,
    out_of_range,
    without_blanks,
    wrong_kinds,
)
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import near
from ansible_collections.ocamba.hood.plugins.module_utils.declared.option_checks import ENTRY_OPTIONS
from ansible_collections.ocamba.hood.plugins.module_utils.declared.secrets import merge
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry
from ansible_collections.ocamba.hood.plugins.module_utils.task import argument_specs
from tests.support.strategies import fast, json_like

CANARY = "CANARY-7d1f"

SMTP = {"name": "Shop", "provider": "custom_email"}
TWILIO = {"name": "Twilio EU", "provider": "twilio"}


def _reported(*entries: Any) -> list[str]:
    return [str(mistake) for mistake in read(list(entries)).mistakes]


def _reported_single(**options: Any) -> list[str]:
    return [str(mistake) for mistake in read_single(options).mistakes]


def _paths(*entries: Any) -> list[str]:
    return [mistake.path for mistake in read(list(entries)).mistakes]


def _settings(**settings: Any) -> dict[str, str]:
    result = read([{**SMTP, "settings": settings}])
    assert not result.mistakes
    return result.entries[0].settings


def test_a_misspelt_setting_is_reported_with_its_path_and_the_close_match() -> None:
    entries = [{"name": str(index), "provider": "mitto"} for index in range(3)]
    assert _reported(*entries, {**TWILIO, "settings": {"auth_tokn": CANARY}}) == [
        "integrations[3] (Twilio EU).settings.auth_tokn: not a setting of twilio; did you mean auth_token?"
    ]


def test_all_mistakes_of_all_entries_are_reported_at_once() -> None:
    first = {**SMTP, "status": "on", "settings": {"port": "58 7", "pasword": CANARY}}
    second = {"name": "x" * 101, "provider": "telegram", "settings": {"chat_id": True, "auth_token": "********"}}
    assert sorted(_paths(first, second)) == sorted(
        [
            "integrations[0] (Shop).status",
            "integrations[0] (Shop).settings.port",
            "integrations[0] (Shop).settings.pasword",
            f"integrations[1] ({'x' * 40}…).name",
            f"integrations[1] ({'x' * 40}…).settings.chat_id",
            f"integrations[1] ({'x' * 40}…).settings.auth_token",
        ]
    )


@pytest.mark.parametrize(
    ("port", "reason"),
    [
        (True, "must be text, not a boolean"),
        (587.9, "must be text or a whole number, not a fraction"),
        (587.0, "must be text or a whole number, not a fraction"),
        ("58 7", "must be a port from 1 to 65535"),
        (0, "must be a port from 1 to 65535"),
        (65536, "must be a port from 1 to 65535"),
        ([587], "must be text, not a list"),
        ({"smtp": 587}, "must be text, not a dictionary"),
    ],
)
def test_a_port_that_is_none_is_refused(port: Any, reason: str) -> None:
    (reported,) = _reported({**SMTP, "settings": {"port": port}})
    assert reported.startswith(f"integrations[0] (Shop).settings.port: {reason}")


def test_numbers_become_strings() -> None:
    assert _settings(port=587) == {"port": "587"}
    (entry,) = read([{"name": "Bot", "provider": "telegram", "settings": {"chat_id": -1001234567890}}]).entries
    assert entry.settings == {"chat_id": "-1001234567890"}


@pytest.mark.parametrize("length", [1, 100])
def test_a_name_of_1_to_100_characters_is_accepted(length: int) -> None:
    assert _reported({"name": "漢" * length, "provider": "mitto"}) == []


@pytest.mark.parametrize("name", ["", "x" * 101])
def test_a_name_of_another_length_is_refused(name: str) -> None:
    (reported,) = _reported({"name": name, "provider": "mitto"})
    assert reported.endswith(f".name: must have 1 to 100 characters, has {len(name)}")


@pytest.mark.parametrize("name", ["Shop\nEU", "Shop\x00", "Shop\u2028EU", "Shop\ud800"])
def test_a_name_that_would_break_a_line_is_refused_and_reported_in_one_line(name: str) -> None:
    (reported,) = _reported({"name": name, "provider": "mitto"})
    assert "must not contain control characters or line breaks" in reported
    assert reported.isprintable()


@pytest.mark.parametrize("name", [True, 1.5, ["Shop"], {"Shop": 1}])
def test_a_name_that_is_no_text_is_refused(name: Any) -> None:
    assert _paths({"name": name, "provider": "mitto"}) == ["integrations[0].name"]


def test_two_entries_of_one_name_are_refused() -> None:
    assert _reported(SMTP, TWILIO, SMTP) == ["integrations[2] (Shop).name: the same name as integrations[0]"]


def test_names_that_differ_in_case_are_two() -> None:
    assert _reported(SMTP, {**SMTP, "name": "shop"}) == []


def test_two_entries_of_one_id_are_refused() -> None:
    assert _reported({"id": 7}, {"id": "7", "name": "Shop"}) == [
        "integrations[1] (Shop).id: the same id as integrations[0]"
    ]


def test_duplicates_of_one_name_are_accepted_each_by_its_id() -> None:
    assert _reported({**SMTP, "id": 1}, {**SMTP, "id": 2}) == []


def test_a_name_that_only_one_of_two_entries_addresses_by_id_is_refused() -> None:
    assert _paths({**SMTP, "id": 1}, SMTP) == ["integrations[1] (Shop).name"]


def test_a_type_that_contradicts_the_provider_is_refused() -> None:
    (reported,) = _reported({**TWILIO, "type": "email"})
    assert (
        reported == "integrations[0] (Twilio EU).type: twilio sends sms; leave type out, it follows from the provider"
    )


def test_a_type_that_agrees_is_accepted_and_one_left_out_is_derived() -> None:
    result = read([{**TWILIO, "type": "sms"}, SMTP])
    assert result.mistakes == []
    assert [entry.type for entry in result.entries] == ["sms", "email"]


@pytest.mark.parametrize("option", ["type", "status"])
@pytest.mark.parametrize("value", ["push", "ACTIVE", True, 1, ["active"]])
def test_a_choice_that_is_none_is_refused_with_the_choices(option: str, value: Any) -> None:
    (reported,) = _reported({"name": "Shop", "provider": "vonage", option: value})
    choices = {"type": "sms, email, telegram", "status": "active, inactive"}[option]
    assert reported == f"integrations[0] (Shop).{option}: must be one of {choices}"


@pytest.mark.parametrize("mask", ["********", "****1234", "XXXXXXXX", "••••••••", "***"])
@pytest.mark.parametrize("provider", ["custom_email", "vonage"])
def test_a_mask_is_refused_as_a_secret(provider: str, mask: str) -> None:
    assert _reported({"name": "Shop", "provider": provider, "settings": {"password": mask}}) == [
        "integrations[0] (Shop).settings.password: is a mask, not the secret itself"
    ]


@pytest.mark.parametrize("key", ["password", "username"])
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        *((blank, "is nothing but white space") for blank in (" ", "\n", "\r\n", "\t", "\u200b")),
        ("$ANSIBLE_VAULT;1.1;AES256\n6162", "is still encrypted"),
        *((mask, "has been masked by ansible-core") for mask in ("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "a$REDACTED$")),
    ],
)
def test_what_is_no_value_is_refused(key: str, value: str, reason: str) -> None:
    (reported,) = _reported({"name": "Shop", "provider": "custom_email", "settings": {key: value}})
    assert reported.startswith(f"integrations[0] (Shop).settings.{key}: {reason}")


def test_a_plain_setting_may_look_like_a_mask() -> None:
    assert _settings(default_sender_name="*** Shop ***", username="XXXX")


@pytest.mark.parametrize("secret", ["a***b", "pass****word", "XXXX-and-more", "x", "…"])
def test_a_secret_that_only_holds_the_signs_of_a_mask_is_accepted(secret: str) -> None:
    assert _settings(password=secret) == {"password": secret}


def test_null_counts_as_not_given_and_an_empty_string_clears() -> None:
    assert _settings(port=None, username="", password="") == {"username": "", "password": ""}


@pytest.mark.parametrize("option", ["id", "provider_id", "type", "status", "settings"])
def test_an_option_set_to_null_counts_as_not_given(option: str) -> None:
    assert read([{**SMTP, option: None}]).entries == read([SMTP]).entries


@pytest.mark.parametrize("option", ["id", "provider_id", "type", "status"])
def test_an_option_that_a_survey_left_empty_counts_as_not_given(option: str) -> None:
    assert read([{**SMTP, option: ""}]).entries == read([SMTP]).entries


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_a_newline_at_the_end_of_a_secret_is_taken_off_with_a_warning(end: str) -> None:
    result = read([{**SMTP, "settings": {"password": f"{CANARY}{end}"}}])
    assert result.entries[0].settings == {"password": CANARY}
    (warning,) = result.warnings
    assert warning.startswith("integrations[0] (Shop).settings.password: ")
    assert CANARY not in warning


def test_a_value_that_is_no_text_is_not_said_to_end_in_a_newline() -> None:
    result = read([{**SMTP, "settings": {"port": float("nan")}}])
    assert [mistake.path for mistake in result.mistakes] == ["integrations[0] (Shop).settings.port"]
    assert result.warnings == []


def test_other_white_space_of_a_secret_is_its_own() -> None:
    result = read([{**SMTP, "settings": {"password": "a\n\tb"}}])
    assert result.entries[0].settings == {"password": "a\n\tb"}
    assert result.warnings == []


@pytest.mark.parametrize(
    "ends", [" {}", "{} ", "\ufeff{}", "{}\u200b", "{}\u00a0", "\u3164{}", "\x00{}", "{}\t\n", "{}\u202e"]
)
def test_a_secret_with_something_invisible_at_an_end_is_taken_with_a_warning(ends: str) -> None:
    given = ends.format(CANARY)
    result = read([{**SMTP, "settings": {"password": given, "username": given}}])
    assert result.entries[0].settings["password"] == given.rstrip("\n")
    warnings = [one for one in result.warnings if "begins or ends with" in one]
    assert [one.split(": ")[0] for one in warnings] == ["integrations[0] (Shop).settings.password"]
    assert CANARY not in str(warnings)


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_the_list_may_come_as_json_text(separators: tuple[str, str]) -> None:
    entries = [{**SMTP, "settings": {"port": 587}}, TWILIO]
    assert read("\n" + json.dumps(entries, separators=separators)).entries == read(entries).entries


def test_an_entry_and_its_settings_may_come_as_json_text() -> None:
    entry = {**SMTP, "settings": {"port": 587}}
    assert read([json.dumps(entry)]).entries == read([entry]).entries
    assert read([{**SMTP, "settings": '{"port": 587}'}]).entries == read([entry]).entries


@pytest.mark.parametrize("entries", [None, "x", "[", {"name": "Shop"}, 5, True])
def test_what_is_no_list_is_refused(entries: Any) -> None:
    (mistake,) = read(entries).mistakes
    assert str(mistake) == "integrations: must be a list of dictionaries"


@pytest.mark.parametrize("entry", [None, "x", 5, [], True])
def test_an_entry_that_is_no_dictionary_is_refused(entry: Any) -> None:
    assert _reported(entry) == ["integrations[0]: must be a dictionary"]


@pytest.mark.parametrize("settings", ["x", 5, [], True, "[1]"])
def test_settings_that_are_no_dictionary_are_refused(settings: Any) -> None:
    assert _reported({**SMTP, "settings": settings}) == ["integrations[0] (Shop).settings: must be a dictionary"]


def test_an_option_that_does_not_exist_is_refused_with_the_close_match() -> None:
    assert _reported({**SMTP, "setings": {"password": CANARY}}) == [
        "integrations[0] (Shop).setings: not an option of an integration; did you mean settings?"
    ]


def test_a_setting_beside_the_options_is_reported_where_it_belongs() -> None:
    assert _reported({**SMTP, "password": CANARY}) == [
        "integrations[0] (Shop).password: not an option of an integration; it belongs under settings"
    ]


def test_an_entry_needs_a_name_or_an_id_and_a_provider() -> None:
    assert sorted(_paths({})) == ["integrations[0].name", "integrations[0].provider"]
    assert _reported({"id": 5}) == []
    assert _reported({"name": "Shop", "provider_id": 1000}) == []
    assert _paths({"name": "Shop"}) == ["integrations[0] (Shop).provider"]


@pytest.mark.parametrize("value", ["abc", "-5", "1 2", True, 1.5, "١٢", "5\n"])
def test_an_id_that_is_not_digits_is_refused(value: Any) -> None:
    assert _paths({"id": value}) == ["integrations[0].id"]


@pytest.mark.parametrize("value", [True, 1.5, [], "a\nb", " ", "x" * 101])
def test_a_provider_that_can_be_no_name_is_refused(value: Any) -> None:
    assert _paths({"name": "Shop", "provider": value}) == ["integrations[0] (Shop).provider"]


@pytest.mark.parametrize("name", ["twilio", "twilio_sms", "twilio-integration", "Twilio"])
def test_a_provider_may_be_named_as_the_page_does(name: str) -> None:
    (entry,) = read([{"name": "Shop", "provider": name}]).entries
    assert entry.known is registry.find("twilio")


def test_a_setting_that_is_no_slip_is_left_to_the_account() -> None:
    result = read([{**SMTP, "settings": {"encryption": "tls"}}])
    assert result.mistakes == []
    assert result.entries[0].undocumented == ("encryption",)


def test_a_setting_that_is_no_slip_is_reported_too_where_the_run_is_refused_anyway() -> None:
    assert _paths({**SMTP, "status": "on", "settings": {"encryption": "tls"}}) == [
        "integrations[0] (Shop).status",
        "integrations[0] (Shop).settings.encryption",
    ]


def test_a_setting_with_a_wrong_name_and_a_wrong_value_is_reported_under_one_path() -> None:
    assert set(_paths({**SMTP, "settings": {"pasword": True}})) == {"integrations[0] (Shop).settings.pasword"}


def test_all_settings_of_an_unknown_provider_are_secret() -> None:
    (entry,) = read([{"name": "Shop", "provider": "vonage", "settings": {"port": "1", "region": "eu"}}]).entries
    assert entry.secrets == ("port", "region")


def test_of_a_known_provider_only_the_plain_settings_are_not_secret() -> None:
    settings = {"port": "1", "password": CANARY, "encryption": "tls"}
    (entry,) = read([{**SMTP, "settings": settings}]).entries
    assert entry.secrets == ("password", "encryption")


def test_the_paths_of_the_singular_module_start_at_the_option() -> None:
    assert _reported_single(**SMTP, settings={"pasword": CANARY}, status="on") == [
        "status: must be one of active, inactive",
        "settings.pasword: not a setting of custom_email; did you mean password?",
    ]
    assert _reported_single(provider="mitto") == ["name: required"]


def test_the_singular_module_warns_with_the_path_of_the_option() -> None:
    (warning,) = read_single({**SMTP, "settings": {"password": "x\n"}}).warnings
    assert warning.startswith("settings.password: ")


def test_an_entry_is_checked_again_once_the_account_has_reported_its_provider() -> None:
    (entry,) = read([{"id": 5, "settings": {"port": "58 7", "pasword": CANARY}}]).entries
    _resolved, mistakes = with_provider(entry, registry.find("custom_email"))
    assert sorted(mistake.path for mistake in mistakes) == [
        "integrations[0].settings.pasword",
        "integrations[0].settings.port",
    ]


def _all_texts(result: Declaration) -> str:
    return "\n".join([*map(str, result.mistakes), *result.warnings])


def _with_canaries(value: Any, number: list[int]) -> Any:
    """The same structure with a secret of its own in the place of every text and number."""
    if isinstance(value, dict):
        return {key: _with_canaries(inner, number) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_canaries(inner, number) for inner in value]
    if value is None or isinstance(value, bool):
        return value
    number[0] += 1
    if isinstance(value, int):
        return 7_310_000_000 + number[0]
    if isinstance(value, float):
        return 7_310_000_000.5 + number[0]
    return f"CANARY{number[0]}{value[:4]}"


def _canaries(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [found for inner in value.values() for found in _canaries(inner)]
    if isinstance(value, list):
        return [found for inner in value for found in _canaries(inner)]
    return [] if value is None or isinstance(value, bool) else [str(value)]


SETTING_KEYS = sorted(
    {name for provider in registry.PROVIDERS for name in provider.secret_names}
    | {"auth_tokn", "pasword", "apikey", "extra", "Password"}
)

secret_settings = st.dictionaries(st.sampled_from(SETTING_KEYS), json_like, max_size=4)


@st.composite
def entries_of_secrets(draw: st.DrawFn) -> dict[str, Any]:
    """An entry in which every value is a secret but for the options that are plain by their meaning."""
    secret_places: dict[str, Any] = _with_canaries(
        {
            "settings": draw(secret_settings | json_like),
            **draw(st.dictionaries(st.sampled_from(["setings", "auth_token", "x", "Settings"]), json_like)),
        },
        [0],
    )
    plain_places = {
        "name": draw(st.sampled_from(["Shop", None, ""])),
        "provider": draw(st.sampled_from([None, "", "vonage", *(provider.name for provider in registry.PROVIDERS)])),
        "status": draw(st.sampled_from([None, "active", "on"])),
    }
    return {**plain_places, **secret_places}


@fast
@given(entries=st.lists(entries_of_secrets(), max_size=3), as_json=st.booleans())
def test_no_mistake_and_no_warning_holds_a_value(entries: list[dict[str, Any]], as_json: bool) -> None:
    result = read(json.dumps(entries) if as_json else entries)
    assert "CANARY" not in _all_texts(result)
    assert "731000" not in _all_texts(result)


@fast
@given(entry=entries_of_secrets())
def test_no_mistake_of_the_singular_module_holds_a_value(entry: dict[str, Any]) -> None:
    texts = _all_texts(read_single(entry))
    assert "CANARY" not in texts
    assert "731000" not in texts


@fast
@given(entry=entries_of_secrets())
def test_hide_takes_every_secret_out_and_names_it(entry: dict[str, Any]) -> None:
    before = json.dumps(entry)
    hidden, secrets = hide(entry)
    canaries = _canaries({key: value for key, value in entry.items() if key not in ("name", "provider", "status")})
    assert set(canaries) <= secrets
    assert "CANARY" not in json.dumps(hidden)
    assert "731000" not in json.dumps(hidden)
    assert json.dumps(entry) == before


@fast
@given(entry=entries_of_secrets(), inner=st.booleans())
def test_hide_takes_the_secrets_out_of_json_text(entry: dict[str, Any], inner: bool) -> None:
    text: Any = {**entry, "settings": json.dumps(entry["settings"])} if inner else json.dumps(entry)
    hidden, secrets = hide(text)
    assert "CANARY" not in json.dumps(hidden)
    assert "731000" not in json.dumps(hidden)
    if isinstance(entry["settings"], (dict, list)):
        assert set(_canaries(entry["settings"])) <= secrets


def test_hide_leaves_what_is_surely_plain_readable() -> None:
    entry = {**SMTP, "id": 5, "status": "active", "settings": {"port": 587, "username": "u", "password": CANARY}}
    hidden, secrets = hide(entry)
    shown = {"port": 587, "username": "u", "password": hidden["settings"]["password"]}
    assert hidden == {**SMTP, "id": 5, "status": "active", "settings": shown}
    assert secrets == {CANARY}


@pytest.mark.parametrize("option", ["name", "id", "provider", "provider_id", "type", "status"])
@pytest.mark.parametrize("value", [{"auth_token": CANARY}, [CANARY], [{"x": [CANARY]}]])
def test_hide_takes_out_what_is_nested_where_a_plain_value_belongs(option: str, value: Any) -> None:
    hidden, secrets = hide({**SMTP, option: value})
    assert CANARY not in str(hidden)
    assert secrets == {CANARY}


def test_hide_counts_the_json_text_of_settings_as_a_secret_too() -> None:
    text = json.dumps({"password": CANARY, "port": 587})
    _hidden, secrets = hide({**SMTP, "settings": text})
    assert {CANARY, text} <= secrets


def test_hide_takes_the_settings_of_an_unknown_provider_out_whole() -> None:
    hidden, secrets = hide({"provider": "vonage", "settings": {"port": "4711", "username": CANARY}})
    assert secrets == {"4711", CANARY}
    assert "4711" not in str(hidden)


@pytest.mark.parametrize("text", ['{"settings": {"password": "CANARY"', "CANARY", '["CANARY"', '{"CANARY"}'])
def test_hide_takes_text_that_is_broken_json_out_whole(text: str) -> None:
    for entry in (text, {**SMTP, "settings": text}):
        hidden, secrets = hide(entry)
        assert "CANARY" not in str(hidden)
        assert text in secrets


@fast
@given(value=json_like)
def test_anything_can_be_read(value: Any) -> None:
    for result in (read(value), read([value]), read([{**SMTP, "settings": value}]), read_single({"name": value})):
        assert isinstance(result, Declaration)


OPTION_NAMES = st.sampled_from([*ENTRY_OPTIONS, "extra"])


@fast
@given(entries=st.lists(st.dictionaries(OPTION_NAMES, json_like | st.text(max_size=150)), max_size=3))
def test_an_entry_without_mistakes_is_as_documented(entries: list[dict[str, Any]]) -> None:
    result = read(entries)
    for entry in result.entries if not result.mistakes else ():
        assert entry.id or (entry.name and (entry.provider or entry.provider_id))
        assert entry.name is None or len(entry.name) <= 100
        assert entry.status in (None, "active", "inactive")
        assert all(isinstance(value, str) for value in entry.settings.values())


@fast
@given(value=json_like)
def test_anything_can_be_hidden(value: Any) -> None:
    for entry in (value, {"settings": value}, {"provider": value, "settings": {"port": value}}):
        hide(entry)


def test_deeply_nested_json_text_is_refused_without_an_error() -> None:
    text = "[" * 100_000
    assert read(text).mistakes
    assert hide({**SMTP, "settings": text})[1] == {text}


def test_a_provider_is_asked_for_only_where_something_may_be_created() -> None:
    entry = {"name": "Shop", "settings": {"password": CANARY}}
    assert _reported(entry) == ["integrations[0] (Shop).provider: required (or provider_id)"]
    assert read([entry], needs_provider=False).mistakes == []
    assert read_single(entry, needs_provider=False).mistakes == []
    assert [str(one) for one in read([{}], needs_provider=False).mistakes] == ["integrations[0].name: required"]


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "Bot", "provider": "telegram", "settings": {"chat_id": -100123456789051}},
        {"name": "Bot", "provider": "telegram", "settings": {"auth_token": "1:x", "chat_id": 45296}},
        {"name": "T", "provider": "twilio", "settings": {"default_phone_number": 9671909}},
        {"name": "T", "provider": "twilio", "settings": {"auth_token": 123456}},
        {"name": "V", "provider": "vonage", "settings": {"secret": 0}},
        {"id": "5", "settings": {"chat_id": 5}},
    ],
)
def test_a_number_that_may_have_been_another_text_is_warned_of(entry: dict[str, Any]) -> None:
    (warning,) = read([entry]).warnings
    key = list(entry["settings"])[-1]
    assert f".settings.{key}: " in warning
    assert warning.endswith("quote it")
    assert not any(str(value) in warning for value in entry["settings"].values() if value not in (0, 5))
    quoted = {key: str(value) for key, value in entry["settings"].items()}
    assert read([{**entry, "settings": quoted}]).warnings == []


@pytest.mark.parametrize("chat_id", [-1001234567890, -1_997_852_516_352, -1_000_000_000_001])
def test_the_id_of_a_group_may_be_a_number(chat_id: int) -> None:
    assert read([{"name": "Bot", "provider": "telegram", "settings": {"chat_id": chat_id}}]).warnings == []


def test_a_port_may_be_a_number() -> None:
    assert read([{**SMTP, "settings": {"port": 587}}, {"id": "5", "settings": {"port": 25}}]).warnings == []


@pytest.mark.parametrize("value", ["\ud800", "a\udfffb"])
@pytest.mark.parametrize("key", ["password", "username", "encryption"])
def test_a_setting_that_is_not_valid_unicode_is_refused(key: str, value: str) -> None:
    assert _reported({**SMTP, "settings": {key: value}}) == [
        f"integrations[0] (Shop).settings.{key}: is not valid Unicode"
    ]


SLIPS_IN_YAML = [
    ({"api_key:CANARY": None}, "[0]"),
    ({"api_key:CANARY": "x"}, "[0]"),
    ({"sender_name": "x", "api_key=CANARY": None}, "[1]"),
    ({"CANARY x": None}, "[0]"),
    ({"api_key": None, "CANARYwithoutanything": None}, "[1]"),
    ({"CANARY-7d1f9a": "x"}, "[0]"),
    ({"api_kye": None}, ".api_kye"),
    ({"webhook_url": None}, ".webhook_url"),
]


@pytest.mark.parametrize(("settings", "path"), SLIPS_IN_YAML, ids=str)
def test_a_key_that_may_be_a_value_is_reported_by_its_place(settings: dict[str, Any], path: str) -> None:
    # The status makes the run refuse also what only the account could have known.
    result = read([{"name": "Shop", "provider": "mitto", "status": "on", "settings": settings}])
    assert f"integrations[0] (Shop).settings{path}" in [mistake.path for mistake in result.mistakes]
    assert "CANARY" not in _all_texts(result)


@pytest.mark.parametrize("key", ["api_key:CANARY", "CANARY x", "CANARY=1", "CANARY7d1f9a"])
def test_an_option_that_may_be_a_value_is_reported_by_its_place(key: str) -> None:
    assert _paths({**TWILIO, key: None}) == ["integrations[0] (Twilio EU)[2]"]
    assert "CANARY" not in str(_reported({**TWILIO, key: "x"}))


@pytest.mark.parametrize("key", ["api_key:CANARY", "api_key: CANARY", "CANARY=1"])
def test_hide_takes_a_secret_out_of_a_key(key: str) -> None:
    for entry in ({**TWILIO, key: None}, {**TWILIO, "settings": {key: None}}):
        hidden, secrets = hide(entry)
        assert "CANARY" not in str(hidden)
        assert any("CANARY" in secret for secret in secrets)


def test_a_key_without_a_value_is_a_mistake_where_it_can_not_be_a_setting() -> None:
    (reported,) = _reported({"name": "Shop", "provider": "mitto", "settings": {"api_key": None, "endpoint": None}})
    assert "has no value" in reported
    assert read([{"name": "Shop", "provider": "vonage", "settings": {"endpoint": None}}]).mistakes == []


def test_a_key_without_a_value_is_checked_once_the_provider_is_known() -> None:
    (entry,) = read([{"id": 5, "settings": {"pasword": None, "port": "25"}}]).entries
    _resolved, (mistake,) = with_provider(entry, registry.find("custom_email"))
    assert mistake.path == "integrations[0].settings.pasword"


@pytest.mark.parametrize("other", ["Shop ", " Shop", "Shop\u00a0"])
def test_names_that_differ_in_white_space_at_an_end_are_one(other: str) -> None:
    (reported,) = _reported(SMTP, {**SMTP, "name": other})
    assert reported.endswith(
        ".name: the same name as integrations[0], but for white space at an end or its Unicode form"
    )


def test_names_that_differ_in_their_unicode_form_are_one() -> None:
    assert len(_reported({**SMTP, "name": "Caf\u00e9"}, {**SMTP, "name": "Cafe\u0301"})) == 1


@pytest.mark.parametrize(("written", "meant"), [("twillio", "twilio"), ("Twilo", "twilio"), ("telegarm", "telegram")])
def test_a_provider_misspelt_by_a_letter_is_refused(written: str, meant: str) -> None:
    (reported,) = _reported({"name": "Shop", "provider": written})
    assert reported == f"integrations[0] (Shop).provider: is not the name of a provider; did you mean {meant}?"


@pytest.mark.parametrize("provider", ["twilio2", "twilio_voice", "vonage", "mailjet", "sms", "Brevo"])
def test_another_provider_is_left_to_the_account(provider: str) -> None:
    assert _reported({"name": "Shop", "provider": provider}) == []


def test_a_name_of_white_space_alone_is_refused() -> None:
    (reported,) = _reported({"name": "  ", "provider": "mitto"})
    assert reported.endswith(".name: must not be white space alone")


DATED = {"name": "Dated", "provider": "mitto", "settings": {"api_key": datetime.date(2024, 1, 1)}}


def test_a_date_is_reported_with_its_path_also_in_the_text_that_older_cores_make_of_the_list() -> None:
    path = "integrations[1] (Dated).settings.api_key"
    assert _paths(SMTP, DATED) == [path]
    for text in (str([SMTP, DATED]), f"\n{[SMTP, DATED]} "):
        (reported,) = read(text).mistakes
        assert (reported.path, reported.reason) == (path, "is a date to YAML; put it in quotes")


@pytest.mark.parametrize(
    "text", ["[datetime.", "[" * 5000 + "datetime.", "[{'a': datetime.date(2024,1,1), **{}}]", "datetime."]
)
def test_text_that_only_looks_like_a_dated_list_is_refused(text: str) -> None:
    assert read(text).mistakes


SPEC = argument_specs.plural_spec()
blanks = st.none() | st.text(" \t\r\n", max_size=4)


@fast
@given(options=st.dictionaries(st.sampled_from([*SPEC, "extra"]), blanks | json_like))
def test_blank_options_count_as_not_given(options: dict[str, Any]) -> None:
    taken = without_blanks(options, SPEC)
    assert set(options) - set(taken) == {name for name in options if name in SPEC and is_blank(options[name])}
    assert without_blanks(taken, SPEC) == taken
    assert taken.get("extra") == options.get("extra")


@fast
@given(names=st.lists(st.text(st.sampled_from("ab, é[]{}\"'"), min_size=1).map(str.strip).filter(bool), max_size=4))
def test_a_list_of_names_may_come_as_lines_or_json(names: list[str]) -> None:
    assert without_blanks({"protected": names}, SPEC) == {"protected": names}
    assert without_blanks({"protected": json.dumps(names)}, SPEC) == {"protected": names}
    is_text = names and names[0][0] not in "[{"
    for end in ("\n", "\r\n", "\n\n") if is_text else ():
        assert without_blanks({"protected": end.join(names) + end}, SPEC) == {"protected": names}


def test_the_line_end_that_a_survey_adds_is_taken_off() -> None:
    given = {
        "unmanaged": "report\n",
        "max_wait": " 5\n",
        "validate_certs": "no\n",
        "ca_path": "/x y \n",
        "proxy": "p\n",
    }
    assert without_blanks(given, SPEC) == {
        "unmanaged": "report",
        "max_wait": "5",
        "validate_certs": "no",
        "ca_path": "/x y ",
        "proxy": "p",
    }


def test_the_token_is_left_to_the_connection_which_warns() -> None:
    assert without_blanks({"api_token": "x\n"}, SPEC) == {"api_token": "x\n"}


def test_the_options_of_an_entry_are_not_touched() -> None:
    given = {"name": "Shop ", "settings": {"password": ""}, "id": ""}
    assert without_blanks(given, argument_specs.singular_spec()) == {"name": "Shop ", "settings": {"password": ""}}


@pytest.mark.parametrize("value", [[CANARY], {CANARY: 1}, []])
def test_a_list_in_the_place_of_one_value_is_refused(value: Any) -> None:
    (reported,) = wrong_kinds({"api_token": value, "protected": [CANARY], "extra": value}, SPEC)
    assert reported.path == "api_token"
    assert reported.reason.startswith("must be text, not a ")
    assert wrong_kinds({"name": value}, argument_specs.singular_spec()) == []
    assert [one.path for one in wrong_kinds({"name": value}, argument_specs.integration_info_spec())] == ["name"]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"max_deactivations": -1, "max_wait": -0.5, "parallel_requests": 0, "request_timeout": 0.0}, 4),
        ({"max_wait": float("nan"), "request_timeout": float("nan")}, 2),
        ({"max_wait": float("inf"), "request_timeout": 1e300}, 2),
        ({"max_wait": 1e6, "request_timeout": 1e6}, 0),
        ({"max_deactivations": 0, "max_wait": 0, "parallel_requests": 1, "request_timeout": 0.1}, 0),
        ({}, 0),
    ],
)
def test_numbers_out_of_range_are_refused(options: dict[str, Any], names: int) -> None:
    assert len(out_of_range(options)) == names


def test_a_near_name_is_suggested_whatever_its_case_white_space_or_form() -> None:
    names = ["Twilio EU", "Caf\u00e9", "Mitto"]
    assert [near(name, names) for name in ("twilio eu ", "TwilioEU", "Cafe\u0301", "Mito", "Shop")] == [
        "Twilio EU",
        "Twilio EU",
        "Caf\u00e9",
        "Mitto",
        None,
    ]


secret_keys = st.sampled_from(["api_key", "password", "auth_token", "x"]) | st.text(max_size=6)


@fast
@given(
    integrations=st.lists(st.dictionaries(st.sampled_from(["name", "provider", "settings"]), json_like)) | json_like,
    secrets=st.dictionaries(st.text(max_size=6) | st.integers(), st.dictionaries(secret_keys, json_like) | json_like)
    | json_like,
)
def test_anything_can_be_merged_and_no_value_is_reported(integrations: Any, secrets: Any) -> None:
    merged, mistakes = merge(integrations, _with_canaries(secrets, [0]))
    assert "CANARY" not in "".join(map(str, mistakes))
    assert isinstance(merged, list) is isinstance(integrations, list)


@fast
@given(names=st.lists(st.text("abc 1", min_size=1, max_size=4), unique=True, max_size=4), numbers=st.booleans())
def test_every_secret_arrives_at_the_entry_of_its_name(names: list[str], numbers: bool) -> None:
    def written(name: str) -> Any:
        return int(name) if numbers and name.isascii() and name.isdigit() and str(int(name)) == name else name

    secrets = {written(name): {"api_key": f"of {name}"} for name in names}
    entries = [{"name": name, "settings": {"api_key": "old", "sender_name": "s"}} for name in names]
    merged, mistakes = merge(entries, secrets)
    assert mistakes == []
    assert [one["settings"] for one in merged] == [{"api_key": f"of {n}", "sender_name": "s"} for n in names]
