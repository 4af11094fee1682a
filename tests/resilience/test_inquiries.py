"""The information modules and the test message, in this process: on every variant, on a large account, on faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.errors import NotSent
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry
from ansible_collections.ocamba.hood.plugins.module_utils.reports import inventory_files
from ansible_collections.ocamba.hood.plugins.modules import (
    ocamba_integration_info,
    ocamba_provider_info,
    ocamba_test_notification,
)
from tests.emulator.accounts import Account
from tests.emulator.catalog import VIBER, Setting
from tests.emulator.limits import Limits
from tests.emulator.seed import ODD_VALUES
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.resilience.test_modules import Called
from tests.support import leaks
from tests.support.entries import entry, secrets
from tests.support.runs import TOKEN, Runner

LIST = "/v1/hood/integrations"
PROVIDERS = "/v1/hood/providers"
SEND = "/v1/hood/test-notification"


@pytest.fixture
def call(hood: Emulator, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Called:
    monkeypatch.delenv("OCAMBA_API_TOKEN", raising=False)
    return Called(capsys, hood.url)


def lived_in(hood: Emulator, variants: Variants) -> Account:
    """An account of sixty integrations and a pair of duplicates."""
    account = hood.account(TOKEN, seed=60, variants=variants, limits=Limits.off())
    for number in (1, 2):
        account.add(
            "Duplicate", "mitto", {"api_key": f"secret-of-duplicate-{number}", "sender_name": f"Duplicate {number}"}
        )
    return account


def stored_secrets(account: Account) -> list[str]:
    """All secrets but those that the names or plain settings of others hold as well."""
    found = []
    for one in account.integrations:
        provider = account.provider_of(one)
        known = registry.find(provider.name) if provider else None
        found += [value for key, value in one.settings.items() if known is None or key in known.secret_names]
    return [value for value in found if len(value) > 4 and value not in ODD_VALUES]


def test_what_is_read_is_applied_without_a_change_on_every_variant(
    hood: Emulator, call: Called, record_property: Callable[[str, str], None]
) -> None:
    matrix = Variants.matrix()
    for variants in matrix:
        account = lived_in(hood, variants)
        before = account.integrations
        found = call(ocamba_integration_info)
        assert len(found["declaration"]) == len(found["integrations"]) == 62, variants.label()
        texts = [write("acme", found["integrations"], found["declaration"]) for write in FILES]
        assert not leaks.find(call.printed + "".join(texts), stored_secrets(account)), variants.label()
        done = Runner(hood.url, found["declaration"]).run()
        assert not done.messages, variants.label()
        assert not done.changed, variants.label()
        assert account.integrations == before
        assert not hood.log.writes()
        hood.reset()
    record_property("matrix", f"exports of 62 integrations: {len(matrix)} variants, applied without a change")


FILES = (inventory_files.integrations_file, inventory_files.secrets_file)


def test_a_thousand_integrations_take_the_pages_of_the_list(hood: Emulator, call: Called) -> None:
    hood.account(TOKEN, seed=1000, limits=Limits.off())
    found = call(ocamba_integration_info)
    assert len(found["integrations"]) == 1000
    assert [(one.method, one.path) for one in hood.log] == [("GET", LIST)] * 10
    assert found["api"] == {"requests": 10, "retries": 0, "waited": 0.0}
    hood.log.clear()
    assert len(call(ocamba_integration_info, name="Twilio EU")["integrations"]) == 1
    assert len(list(hood.log)) == 10


def test_only_what_matches_is_read_one_by_one(hood: Emulator, call: Called) -> None:
    account = lived_in(hood, Variants(settings_in_list=False))
    found = call(ocamba_integration_info, provider="mitto_sms", status="inactive")
    wanted = {one.id for one in account.integrations if one.provider_id == "1040" and one.status == "inactive"}
    assert {one["id"] for one in found["integrations"]} == wanted
    assert {one.path for one in hood.log if one.path != LIST} == {f"{LIST}/{one}" for one in wanted}


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({"name": "Duplicate"}, ["1201", "1202"]),
        ({"name": "duplicate"}, []),
        ({"id": "1202"}, ["1202"]),
        ({"id": "1202", "name": "Mitto"}, []),
        ({"provider": "mitto", "name": "Duplicate", "type": "sms", "status": "active"}, ["1201", "1202"]),
        ({"provider": "MITTO_sms", "name": "Mitto"}, ["1200"]),
        ({"provider": "viber"}, ["1203"]),
        ({"type": "viber", "name": ""}, ["1203"]),
        ({"provider": "no such"}, []),
    ],
)
def test_the_filters_match_exactly(hood: Emulator, call: Called, filters: dict[str, str], wanted: list[str]) -> None:
    account = hood.account(TOKEN, variants=Variants(provider_names="schema", name_search=False))
    hood.account(TOKEN).add_provider(VIBER)
    account.add("Mitto", "mitto", {"sender_name": "A"}, id="1200")
    account.add("Duplicate", "mitto", {"sender_name": "A"}, id="1201")
    account.add("Duplicate", "mitto", {"sender_name": "B"}, id="1202")
    account.add("Viber", "viber", {"access_key": "A"}, id="1203")
    found = call(ocamba_integration_info, **filters)
    assert [one["id"] for one in found["integrations"]] == wanted
    # Whatever is asked for, duplicates are known to be duplicates.
    assert [one.get("id", "") for one in found["declaration"]] == [
        one["id"] if one["name"] == "Duplicate" else "" for one in found["integrations"]
    ]


# Each is asked for once: core prints the same warning once in a process.
@pytest.mark.parametrize(
    ("filters", "warning"),
    [
        ({"provider": "mito"}, "provider: there is no provider mito; did you mean mitto?"),
        ({"type": "e-mail"}, "type: there is no type e-mail; did you mean email?"),
        ({"provider": "twilio", "name": "no such"}, None),
        ({"provider": "viber", "type": "viber"}, None),
        ({"type": "telegram"}, None),
    ],
)
def test_what_nothing_can_match_is_warned_of(
    hood: Emulator, call: Called, filters: dict[str, str], warning: str | None
) -> None:
    account = hood.account(TOKEN)
    account.add_provider(VIBER)
    account.add("Viber", "viber", {"access_key": "A"})
    call(ocamba_integration_info, **filters)
    printed = " ".join(call.printed.split())
    if warning:
        assert warning in printed
    else:
        assert not any(f"there is no {option} {wanted}" in printed for option, wanted in filters.items())


@pytest.mark.parametrize(("token", "slip"), [(TOKEN, "mailgunn"), ("", "mailgum")])
def test_a_provider_that_there_is_not_is_warned_of(call: Called, token: str, slip: str) -> None:
    assert call(ocamba_provider_info, api_token=token, provider=slip)["providers"] == []
    assert f"there is no provider {slip}; did you mean mailgun?" in " ".join(call.printed.split())


def test_a_wrong_filter_is_reported_before_any_request(hood: Emulator, call: Called) -> None:
    reported = call(ocamba_integration_info, status="activ", nam="x")["msg"]
    assert "status must be one of" in reported
    assert "nam: not an option; did you mean name?" in reported
    assert not list(hood.log)


def test_a_provider_that_integrations_do_not_show_is_looked_up(hood: Emulator, call: Called) -> None:
    hood.account(TOKEN).add("Mitto", "mitto", {"api_key": "secret-key-1", "sender_name": "A"})
    hood.faults.add(method="GET", path="/integrations", kind="edit", body={"items.0.provider": None}, times=None)
    found = call(ocamba_integration_info, provider="mitto")
    assert found["declaration"] == [
        {"name": "Mitto", "provider": "mitto", "status": "active", "settings": {"sender_name": "A"}}
    ]
    assert [one.path for one in hood.log] == [LIST] * 4 + [PROVIDERS]
    assert not Runner(hood.url, found["declaration"]).run().changed


def test_a_provider_that_the_account_has_no_more_is_declared_by_its_id(hood: Emulator, call: Called) -> None:
    account = hood.account(TOKEN)
    account.add("Mitto", "mitto", {"api_key": "secret-key-1", "sender_name": "A"})
    account.remove_provider("mitto")
    found = call(ocamba_integration_info)
    assert found["declaration"] == [{"name": "Mitto", "provider_id": "1040", "status": "active"}]
    assert [one.path for one in hood.log] == [LIST] * 4 + [PROVIDERS]
    done = Runner(hood.url, found["declaration"]).run()
    assert not done.messages
    assert not hood.log.writes()


@pytest.mark.parametrize("how", ["honoured", "single", "first"])
def test_inactive_ones_that_the_list_hides_are_found(hood: Emulator, call: Called, how: Any) -> None:
    account = hood.account(TOKEN, variants=Variants(inactive_in_list=False, status_filter=how))
    for status in ("active", "inactive"):
        account.add("Mitto", "mitto", {"api_key": "secret-key-1"}, status=status)
    found = call(ocamba_integration_info)
    assert [one["status"] for one in found["integrations"]] == ["active", "inactive"]
    assert all("id" in one for one in found["declaration"])
    assert len(call(ocamba_integration_info, status="inactive")["integrations"]) == 1


def test_names_that_a_declaration_takes_for_one_have_their_ids(hood: Emulator, call: Called) -> None:
    account = hood.account(TOKEN)
    for name in ("Promo", "Promo ", "Caf\u00e9", "Cafe\u0301", "Other"):
        account.add(name, "mitto", {"api_key": "secret-key-1"})
    declared = call(ocamba_integration_info)["declaration"]
    assert [one["name"] for one in declared if "id" not in one] == ["Other"]
    assert not Runner(hood.url, declared).run().messages
    assert not hood.log.writes()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"api_token": True}, "api_token: must be text, as YAML reads"),
        ({"api_token": 123456789}, "api_token: must be text, as YAML reads"),
        ({"max_wait": True}, "max_wait: must be a number, not a boolean"),
        ({"name": True}, "name: must be text, not a boolean"),
        ({"id": False}, "id: must be text, not a boolean"),
    ],
)
def test_a_boolean_is_no_text_and_no_number(
    hood: Emulator, call: Called, options: dict[str, Any], message: str
) -> None:
    assert call(ocamba_integration_info, **options)["msg"].startswith(message)
    assert not list(hood.log)


def test_what_can_not_be_declared_is_warned_of(hood: Emulator, call: Called) -> None:
    hood.account(TOKEN).add("x" * 101, "mitto", {"sender_name": "x"})
    hood.faults.add(method="GET", path="/integrations", kind="edit", body={"items.0.id": "a-1"}, times=None)
    assert call(ocamba_integration_info)["declaration"] == []
    assert "declaration: integration a-1 can't be declared" in " ".join(call.printed.split())


def test_an_error_that_repeats_a_stored_secret_is_reported_without_it(hood: Emulator, call: Called) -> None:
    account = hood.account(TOKEN, variants=Variants(secrets="clear"), limits=Limits.off())
    account.add("Mitto", "mitto", {"api_key": "canary-of-the-account"})
    hood.faults.add(method="GET", path="/integrations", kind="edit", body={"items.0.provider": None}, times=None)
    body = {"code": 403, "message": f"canary-of-the-account and {TOKEN}"}
    hood.faults.add(method="GET", path="/providers", kind="json", status=403, body=body, times=None)
    reported = call(ocamba_integration_info)["msg"]
    assert "Hood answered 403: (Hood's message is left out, as it may hold a secret)" in reported
    assert not leaks.find(call.printed, [TOKEN, "canary-of-the-account"])


def test_without_a_token_the_registry_is_reported_and_nothing_is_asked(hood: Emulator, call: Called) -> None:
    found = call(ocamba_provider_info, api_token=" ")
    assert found["source"] == "registry"
    assert [one["name"] for one in found["providers"]] == sorted(one.name for one in registry.PROVIDERS)
    assert not list(hood.log)
    assert found["api"] == {"requests": 0, "retries": 0, "waited": 0.0}
    twilio = call(ocamba_provider_info, api_token="", provider="twilio_sms")["providers"]
    assert [one["name"] for one in twilio] == ["twilio"]
    token = next(one for one in twilio[0]["settings"] if one["name"] == "auth_token")
    assert token["secret"] is True
    assert token["required"] is token["deprecated"] is token["title"] is None
    assert all(one["meaning"] and one["where"] and one["format"] for one in twilio[0]["settings"])


def test_with_a_token_the_account_is_asked(hood: Emulator, call: Called) -> None:
    account = hood.account(TOKEN, variants=Variants(provider_names="schema"), limits=Limits.off())
    account.add_provider(VIBER)
    account.add_setting("mitto", Setting("region", "Region", required=True, deprecated=True))
    found = call(ocamba_provider_info)
    assert found["source"] == "live"
    by_name = {one["name"]: one for one in found["providers"]}
    assert list(by_name) == sorted(by_name)
    assert {one["name"] for one in found["providers"] if not one["known"]} == {"viber"}
    assert by_name["custom_email"]["account_name"] == "custom_email_provider"
    assert by_name["twilio"]["id"] == "1000"
    twilio = {one["name"]: one for one in by_name["twilio"]["settings"]}
    assert {name for name, one in twilio.items() if one["required"]} == set(twilio)
    assert twilio["account_sid"]["title"] == "Account SID"
    region = next(one for one in by_name["mitto"]["settings"] if one["name"] == "region")
    assert region == {
        "name": "region",
        "title": "Region",
        "required": True,
        "deprecated": True,
        "secret": True,
        "format": "text",
        "meaning": None,
        "where": None,
    }
    assert all(one["secret"] for one in by_name["viber"]["settings"])
    assert [one.path for one in hood.log] == [PROVIDERS]
    assert [one["name"] for one in call(ocamba_provider_info, provider="viber")["providers"]] == ["viber"]


def test_a_provider_that_the_account_does_not_describe_is_reported_from_the_registry(
    hood: Emulator, call: Called
) -> None:
    hood.faults.add(method="GET", path="/providers", kind="edit", remove=("items.0.settings",), times=None)
    found = call(ocamba_provider_info, provider="twilio")["providers"][0]
    assert found["id"] == "1000"
    assert [one["name"] for one in found["settings"]] == list(registry.PROVIDERS[0].field_names)


def trial(**options: Any) -> dict[str, Any]:
    return {**entry("Twilio EU"), "recipient": "+14155550100", **options}


def sent(hood: Emulator) -> list[str]:
    return [one.path for one in hood.log if one.method != "GET"]


def test_a_test_message_is_sent_once_with_everything_that_is_given(hood: Emulator, call: Called) -> None:
    given = entry("Twilio EU")
    reported = call(ocamba_test_notification, **trial())
    assert reported["changed"] is True
    assert reported["notification"] == {
        "name": "Twilio EU",
        "provider": "twilio",
        "provider_id": "1000",
        "type": "sms",
        "recipient": "+14155550100",
        "sent": True,
    }
    body = {
        "name": "Twilio EU",
        "provider_id": "1000",
        "type": "sms",
        "status": "active",
        "settings": given["settings"],
    }
    assert hood.account(TOKEN).notifications == [{"integration": body, "recipient": "+14155550100"}]
    assert [one.path for one in hood.log] == [PROVIDERS, SEND]
    assert not leaks.find(call.printed, secrets([given]))
    assert not hood.account(TOKEN).integrations


def test_check_mode_sends_no_message(hood: Emulator, call: Called) -> None:
    reported = call(ocamba_test_notification, **trial(), check=True)
    assert reported["changed"] is True
    assert reported["notification"]["sent"] is False
    assert [(one.method, one.path) for one in hood.log] == [("GET", PROVIDERS)]


@pytest.mark.parametrize(
    ("options", "messages"),
    [
        ({"settings": {"account_sid": "short"}}, ["settings.account_sid: must be 34 letters"]),
        ({"name": None}, ["name: required"]),
        ({"provider": None}, ["provider: required (or provider_id)"]),
        ({"type": "email"}, ["type: twilio sends sms"]),
        ({"id": "1", "status": "active"}, ["id: not an option", "status: not an option"]),
        ({"recipient": None}, ["recipient: required"]),
        ({"recipient": " "}, ["recipient: required"]),
        *(
            ({"recipient": other}, ["recipient: must be text, as YAML"])
            for other in (0o44712345, 4915112345, 4.9, True)
        ),
    ],
)
def test_mistakes_are_reported_before_any_request(
    hood: Emulator, call: Called, options: dict[str, Any], messages: list[str]
) -> None:
    reported = call(ocamba_test_notification, **trial(**options))["msg"]
    assert all(message in reported for message in messages), reported
    assert not leaks.find(call.printed, secrets([entry("Twilio EU")]))
    assert not list(hood.log)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"settings": {"account_sid": "AC" + "0" * 32}}, "settings.auth_token: required by twilio"),
        ({"provider": "sms-o-matic"}, "the account has no such provider"),
        ({"provider": None, "provider_id": "77"}, "provider_id: the account has no such provider"),
        ({"provider": "mitto", "provider_id": "1000", "settings": {}}, "provider_id 1000 is twilio"),
    ],
)
def test_what_the_account_does_not_take_is_not_sent(
    hood: Emulator, call: Called, options: dict[str, Any], message: str
) -> None:
    for check in (True, False):
        reported = call(ocamba_test_notification, **trial(**options), check=check)
        assert message in reported["msg"]
        assert reported["changed"] is False
    assert not sent(hood)


# A refusal after which the message went out all the same would be a lie of the server's.
FAULTS = [
    (fault, is_open, when)
    for fault, is_open in (
        ({"kind": "status", "status": 400, "form": "echo"}, False),
        ({"kind": "status", "status": 401}, False),
        ({"kind": "status", "status": 429, "headers": {"Retry-After": "1"}}, False),
        ({"kind": "status", "status": 429, "headers": {"Retry-After": "-1"}}, False),
        ({"kind": "redirect", "location": "https://other.example.com/"}, False),
        ({"kind": "status", "status": 500, "form": "echo"}, True),
        ({"kind": "status", "status": 503, "form": "html"}, True),
        ({"kind": "status", "status": 504, "form": "empty"}, True),
        ({"kind": "reset"}, True),
        ({"kind": "close"}, True),
        ({"kind": "stall", "delay": 3}, True),
        ({"kind": "huge", "megabytes": 20}, True),
    )
    for when in (("before", "after") if is_open else ("before",))
]


@pytest.mark.parametrize(("fault", "is_open", "when"), FAULTS)
def test_no_failure_sends_a_message_twice(
    hood: Emulator, call: Called, fault: dict[str, Any], is_open: bool, when: str
) -> None:
    hood.faults.add(method="POST", path="/test-notification", when=when, times=None, **fault)
    reported = call(ocamba_test_notification, **trial(), request_timeout=0.5)
    assert reported["failed"]
    assert sent(hood) == [SEND]
    assert len(hood.account(TOKEN).notifications) <= 1
    assert reported["msg"].startswith("Twilio EU: ")
    assert reported["changed"] is is_open
    assert reported["notification"]["sent"] is (None if is_open else False)
    assert ("it is not known whether the test message was sent" in reported["msg"]) is is_open
    assert ("the test message was not sent" in reported["msg"]) is not is_open
    assert not leaks.find(call.printed, [*secrets([entry("Twilio EU")]), TOKEN])


def test_a_refusal_is_reported_with_status_message_and_trace_id(hood: Emulator, call: Called) -> None:
    hood.account(TOKEN).bad_credentials.add(secrets([entry("Twilio EU")])[0])
    reported = call(ocamba_test_notification, **trial())
    assert "Hood answered 400: Bad request: twilio refused the credentials" in reported["msg"]
    assert "trace_id" in reported["msg"]
    assert reported["notification"]["sent"] is False


def test_a_server_that_is_gone_is_tried_once(hood: Emulator) -> None:
    client = Runner(hood.url, []).client()
    with hood.refusing(), pytest.raises(NotSent):
        client.notify({})
    assert client.usage == {"requests": 1, "retries": 0, "waited": 0.0}
