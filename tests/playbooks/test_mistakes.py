"""Bad input: every mistake reported with its path and no value, before any request."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.server import Emulator
from tests.support.ansible import Ansible
from tests.support.entries import TOKEN, entry, secrets, seven
from tests.support.marks import first
from tests.support.tasks import many, one


def refused(ansible: Ansible, hood: Emulator, *tasks: dict[str, Any]) -> str:
    """The message of a task that must fail without a request."""
    run = ansible.play(*tasks)
    assert run.rc != 0
    assert not list(hood.log)
    assert not [secret for secret in secrets(seven()) if secret in run.output + run.log]
    return str(run.only()["msg"])


def test_four_mistakes_in_two_entries_are_four_messages(hood: Emulator, ansible: Ansible) -> None:
    declared = seven()
    twilio, newsletter = declared[0], declared[2]
    twilio["settings"]["auth_tokn"] = twilio["settings"].pop("auth_token")
    twilio["settings"]["account_sid"] = "AC-NOT-A-SID-canary"
    newsletter["settings"]["port"] = "99999"
    newsletter["status"] = "activ-canary"
    message = refused(ansible, hood, many(declared))
    assert len([line for line in message.splitlines() if line.startswith("- integrations[")]) == 4
    assert (
        "integrations[0] (Twilio EU).settings.auth_tokn: not a setting of twilio; did you mean auth_token?" in message
    )
    assert "integrations[0] (Twilio EU).settings.account_sid: " in message
    assert "integrations[2] (Newsletter).settings.port: must be a port" in message
    assert "integrations[2] (Newsletter).status: must be one of active, inactive" in message
    assert "canary" not in message
    assert "99999" not in message


@pytest.mark.parametrize(
    ("key", "value"),
    first(
        3,
        of=[
            ("port", True),
            ("port", 587.9),
            ("port", "58 7"),
            ("port", 0),
            ("default_sender_name", False),
            ("default_sender_name", ["a"]),
            ("password", "****"),
            ("password", "********1234"),
            ("password", 1.5),
        ],
    ),
)
def test_a_setting_of_the_wrong_kind_is_refused(hood: Emulator, ansible: Ansible, key: str, value: Any) -> None:
    declared = entry("Newsletter")
    declared["settings"][key] = value
    assert refused(ansible, hood, one(**declared)).startswith(f"settings.{key}: ")


def test_a_name_of_101_characters_is_refused_and_one_of_100_is_not(hood: Emulator, ansible: Ansible) -> None:
    assert "name: must have 1 to 100 characters" in refused(ansible, hood, one(**{**entry("Mitto"), "name": "ä" * 101}))
    assert ansible.play(one(**{**entry("Mitto"), "name": "ä" * 100})).only()["changed"] is True


def test_two_entries_of_one_name_are_refused(hood: Emulator, ansible: Ansible) -> None:
    message = refused(ansible, hood, many([*seven(), entry("Mitto")]))
    assert message == "integrations[7] (Mitto).name: the same name as integrations[1]"


def test_a_type_that_contradicts_the_provider_is_refused(hood: Emulator, ansible: Ansible) -> None:
    message = refused(ansible, hood, one(**entry("Mitto"), type="email"))
    assert message.startswith("type: mitto sends sms")


@pytest.mark.parametrize(
    "wrong",
    first(
        3,
        of=[
            {"name": "Mitto", "provider": "mitto", "settings": "api_key=mitto-secret-AScs8"},
            {"name": "Mitto", "provider": "mitto", "settings": {"settings": {"api_key": "mitto-secret-AScs8"}}},
            {"name": "Mitto", "provider": "mitto", "api_key": "mitto-secret-AScs8"},
            {"name": {"api_key": "mitto-secret-AScs8"}, "provider": "mitto"},
            {"name": "Mitto", "provider": ["mitto-secret-AScs8"], "settings": {}},
            {"name": "Mitto", "provider": "mitto", "settings": ["mitto-secret-AScs8"]},
            {"name": "Mitto", "settings": {"api_key": "mitto-secret-AScs8"}},
            {"provider": "mitto", "settings": {"api_key": "mitto-secret-AScs8"}},
            "mitto-secret-AScs8",
            ["mitto-secret-AScs8"],
            7,
        ],
    ),
)
def test_an_entry_of_the_wrong_shape_is_refused(hood: Emulator, ansible: Ansible, wrong: Any) -> None:
    assert refused(ansible, hood, many([wrong])).startswith("integrations[0]")


def test_an_unknown_option_is_refused_with_the_other_mistakes(hood: Emulator, ansible: Ansible) -> None:
    message = refused(ansible, hood, one(**entry("Mitto"), stauts="active", type="email"))
    assert "stauts" in message
    assert "type: mitto sends sms" in message


def test_numbers_and_json_text_are_accepted(hood: Emulator, ansible: Ansible) -> None:
    result = ansible.play(many(json.dumps(seven()))).only()
    assert result["summary"]["created"] == 7
    account = hood.account(TOKEN)
    assert account.one("Newsletter").settings["port"] == "587"
    assert account.one("Alerts").settings["chat_id"] == "-1001234567890"


def test_a_trailing_newline_is_taken_off_with_a_warning(hood: Emulator, ansible: Ansible) -> None:
    declared = entry("Mitto")
    declared["settings"]["api_key"] += "\n"
    run = ansible.play(one(**declared))
    assert "settings.api_key: the newline at its end was taken off" in run.output
    assert hood.account(TOKEN).one("Mitto").settings["api_key"] == "mitto-secret-AScs8"
    assert ansible.play(one(**declared)).only()["changed"] is False


def test_null_is_not_given_and_an_empty_string_clears(hood: Emulator, ansible: Ansible) -> None:
    ansible.play(one(**entry("Newsletter")))
    left_out = entry("Newsletter")
    left_out["settings"]["default_sender_name"] = None
    assert ansible.play(one(**left_out)).only()["changed"] is False
    cleared = entry("Newsletter")
    cleared["settings"]["default_sender_name"] = ""
    assert ansible.play(one(**cleared)).only()["integration"]["changed_fields"] == ["settings.default_sender_name"]
    assert hood.account(TOKEN).one("Newsletter").settings["default_sender_name"] == ""


def test_a_setting_that_nobody_knows_is_refused_before_any_write(hood: Emulator, ansible: Ansible) -> None:
    declared = entry("Mitto")
    declared["settings"]["webhook_url"] = "https://example.com/canary"
    run = ansible.play(one(**declared))
    assert run.only()["msg"].startswith("settings.webhook_url: not a setting of mitto")
    assert not hood.log.writes()
    assert "canary" not in run.output


@pytest.mark.parametrize(
    ("settings", "path"),
    [({"api_key:canary-secret": None}, "settings[0]"), ({"sender_name": "x", "canary7secret": None}, "settings[1]")],
    ids=["colon", "comma"],
)
def test_a_key_that_may_be_a_value_is_never_printed(
    hood: Emulator, ansible: Ansible, settings: dict[str, Any], path: str
) -> None:
    declared = {"name": "Mitto", "provider": "mitto", "settings": settings}
    for task, start in ((one(**declared), ""), (many([declared]), "integrations[0] (Mitto).")):
        run = ansible.play(task, extra=("-vvv",))
        assert run.only()["msg"].startswith(f"{start}{path}: ")
        assert "canary" not in run.output + run.log
    assert not list(hood.log)


def test_a_number_in_the_place_of_a_text_of_digits_is_warned_of(hood: Emulator, ansible: Ansible) -> None:
    alerts = entry("Alerts")
    alerts["settings"]["chat_id"] = 45296
    run = ansible.play(one(**alerts))
    assert "settings.chat_id: came as a number" in run.output
    assert run.output.count("quote it") >= 1
    alerts["settings"]["chat_id"] = "45296"
    assert "quote it" not in ansible.play(one(**alerts)).output


@pytest.mark.parametrize("sender", first(1, of=["MG" + "0aF1" * 8, "ACME Shop", "+14155552671"]))
def test_whatever_twilio_takes_as_a_sender_is_taken(hood: Emulator, ansible: Ansible, sender: str) -> None:
    declared = entry("Twilio EU")
    declared["settings"]["default_phone_number"] = sender
    assert ansible.play(one(**declared)).only()["changed"] is True
    assert ansible.play(one(**declared)).only()["changed"] is False


@pytest.mark.parametrize("password", first(1, of=["***Secret", "xxxxAB12"]))
def test_a_password_that_begins_like_a_mask_is_taken(hood: Emulator, ansible: Ansible, password: str) -> None:
    declared = entry("Newsletter")
    declared["settings"]["password"] = password
    assert ansible.play(one(**declared)).only()["changed"] is True
    assert hood.account(TOKEN).one("Newsletter").settings["password"] == password


def test_a_misspelt_provider_and_an_odd_address_are_reported_before_anything_is_sent(
    hood: Emulator, ansible: Ansible
) -> None:
    wrong = {**entry("Mitto"), "provider": "mito"}
    receipts = entry("Receipts")
    receipts["settings"]["default_sender_email"] = "a@example.com,b@example.com"
    message = refused(ansible, hood, many([wrong, receipts, {**entry("Marketing"), "name": "Mitto "}]))
    assert "integrations[0] (Mitto).provider: is not the name of a provider; did you mean mitto?" in message
    assert "integrations[1] (Receipts).settings.default_sender_email: must be an e-mail address" in message
    assert "integrations[2] (Mitto ).name: the same name as integrations[0], but for white space" in message


def test_a_secret_with_an_invisible_end_is_warned_of_and_one_that_is_no_unicode_is_refused(
    hood: Emulator, ansible: Ansible
) -> None:
    declared = entry("Mitto")
    declared["settings"]["api_key"] = "\ufeffcanary-secret"
    run = ansible.play(one(**declared))
    assert "settings.api_key: begins or ends with white space or an invisible character" in " ".join(run.output.split())
    assert "canary-secret" not in run.output + run.log
    declared["settings"]["api_key"] = "canary-\ud800secret"
    run = ansible.play(many(json.dumps([declared])))
    assert run.only()["msg"] == "integrations[0] (Mitto).settings.api_key: is not valid Unicode"
    assert "canary" not in run.output + run.log
