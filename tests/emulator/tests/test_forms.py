"""What is shown or stored in another form than what was sent: each form, through the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator import Account, Variants, awkward
from tests.emulator.forms import KEYED, NAMES, VALUES
from tests.emulator.tests.client import TWILIO_SETTINGS, Client, twilio
from tests.emulator.tests.stepped_clock import SteppedClock


@pytest.fixture
def account(account: Account, clock: SteppedClock) -> Account:
    """The account, with a clock that stands still."""
    account._clock = clock
    return account


SMTP = {
    "default_sender_email": "News@Example.com",
    "default_sender_name": "Caf\u00e9  <&> \U0001f600\nnews ",
    "password": "S3  cret<\u00e9",
    "port": "587",
    "sending_domain": "b\u00fccher.example",
}


def smtp(**settings: str) -> dict[str, Any]:
    """A good create body of an e-mail server."""
    return twilio(name="SMTP", provider_id="2017", type="email", settings={**SMTP, **settings})


@pytest.mark.parametrize("text", ["[FILTERED]", "<hidden>", "(set)", "████", "what ever you like"])
def test_a_secret_may_be_shown_as_any_text(api: Client, account: Account, text: str) -> None:
    account.variants = Variants.from_pairs(["secrets=other", f"mask={text}"])
    account.add("one", settings=TWILIO_SETTINGS)
    assert api.items()[0]["settings"]["auth_token"] == text
    assert account.one("one").settings["auth_token"] == "the-auth-token"


def test_a_mask_may_have_a_tail_that_is_no_part_of_the_secret(api: Client, account: Account) -> None:
    account.variants = Variants(secrets="other", mask="********{tail}")
    for secret in ("a-secret", "a-secret", "another"):
        account.add(secret, "mitto", {"api_key": secret})
    first, same, other = (item["settings"]["api_key"] for item in api.items())
    assert first == same != other
    assert (first[:8], len(first)) == ("********", 18)
    assert set(first[8:]) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("how", "email", "name"),
    [
        ("masked_email", "N***@Example.com", SMTP["default_sender_name"]),
        ("html", "News@Example.com", "Caf\u00e9  &lt;&amp;&gt; \U0001f600\nnews "),
        ("cut", "News@Example...", "Caf\u00e9  <&> \U0001f600\n..."),
        ("null", None, None),
        ("absent", ..., ...),
    ],
)
def test_plain_settings_may_be_shown_changed(
    api: Client, account: Account, how: str, email: object, name: object
) -> None:
    account.variants = Variants.from_dict({"plain_shown": how, "secrets": "clear"})
    added = account.add("one", "custom_email", SMTP)
    for item in (api.items()[0], api.get(f"/integrations/{added.id}").json()):
        shown = item["settings"]
        assert (shown.get("default_sender_email", ...), shown.get("default_sender_name", ...)) == (email, name)
        assert shown["password"] == SMTP["password"]
    assert account.one("one").settings == SMTP


@pytest.mark.parametrize(("how", "shown"), [("string", "-100123"), ("number", -100123), ("float", -100123.0)])
def test_a_chat_id_has_any_type(api: Client, account: Account, how: str, shown: object) -> None:
    account.variants = Variants.from_dict({"chat_id_type": how})
    account.add("one", "telegram", {"auth_token": "1:a", "chat_id": "-100123"})
    found = api.items()[0]["settings"]["chat_id"]
    assert (found, type(found)) == (shown, type(shown))


def test_plain_settings_of_digits_may_be_shown_as_numbers(api: Client, account: Account) -> None:
    account.variants = Variants(plain_shown="number")
    account.add("one", "custom_email", {**SMTP, "username": "00712"})
    settings = api.items()[0]["settings"]
    assert (settings["username"], settings["port"]) == (712, 587)
    assert settings["sending_domain"] == SMTP["sending_domain"]


@pytest.mark.parametrize("form", sorted(awkward.SETTINGS))
def test_a_setting_may_be_stored_in_another_form(api: Client, account: Account, form: str) -> None:
    provider, key, sent, stored = awkward.SETTINGS[form]
    account.variants = Variants.from_dict({"stored_form": form})
    body = twilio() if provider == "twilio" else smtp()
    body["settings"][key] = sent
    created = api.post("/integrations", body).json()
    assert created["settings"][key] == stored == account.one(body["name"]).settings[key]
    account.edit(created["id"], settings=body["settings"])
    assert api.patch(created["id"], {"settings": body["settings"]}).status_code == 204
    kept = account.one(body["name"]).settings
    assert kept[key] == stored
    assert kept.get("password") == body["settings"].get("password")


def test_every_form_has_something_that_it_changes() -> None:
    assert set(awkward.NAMES) == set(NAMES) - {"same"}
    assert set(awkward.SETTINGS) == {*VALUES, *KEYED} - {"same"}


def test_secrets_may_be_stored_in_that_form_too(api: Client, account: Account) -> None:
    account.variants = Variants(stored_form="html", stored_form_of_secrets=True)
    api.post("/integrations", smtp())
    assert account.one("SMTP").settings["password"] == "S3  cret&lt;\u00e9"


@pytest.mark.parametrize("form", sorted(awkward.NAMES))
def test_a_name_may_be_stored_in_another_form(api: Client, account: Account, form: str) -> None:
    sent, stored = awkward.NAMES[form]
    account.variants = Variants.from_dict({"name_form": form, "duplicate_names": "refuse"})
    created = api.create(name=sent).json()
    assert created["name"] == stored
    assert api.names() == [stored]
    assert api.create(name=sent).status_code == 409
    other = api.create(name="other").json()
    assert api.patch(other["id"], {"name": sent}).status_code == 409
    account.remove(created["id"])
    assert api.patch(other["id"], {"name": sent}).status_code == 204
    assert api.names() == [stored]


@pytest.mark.parametrize(
    ("variant", "field", "shown"),
    [
        ("status_form=upper", "status", ["ACTIVE", "INACTIVE"]),
        ("status_form=number", "status", [1, 0]),
        ("status_form=number", "effective_status", [1, 0]),
        ("default_form=absent", "is_default", [..., ...]),
        ("default_form=null", "is_default", [None, None]),
        ("default_form=yes", "is_default", ["yes", "no"]),
        ("default_form=number", "is_default", [2, 0]),
        ("default_form=list", "is_default", [["sending"], []]),
        ("type_form=upper", "type", ["SMS", "SMS"]),
        ("type_form=number", "type", [1, 1]),
        ("type_form=null", "type", [None, None]),
        ("type_form=absent", "type", [..., ...]),
        ("provider_form=name", "provider", ["mitto", "mitto"]),
        ("provider_form=null", "provider", [None, None]),
        ("provider_form=absent", "provider", [..., ...]),
        ("provider_id_form=number", "provider_id", [1040, 1040]),
        ("provider_id_form=null", "provider_id", [None, None]),
        ("provider_id_form=absent", "provider_id", [..., ...]),
        ("id_form=number", "id", [1161, 1162]),
        ("settings_form=null", "settings", [None, None]),
        ("settings_form=text", "settings", ['{"sender_name": "me"}'] * 2),
        ("settings_form=list", "settings", [[{"name": "sender_name", "value": "me"}]] * 2),
        ("times=gmt", "create_time", ["2027-01-15 08:00:00"] * 2),
        ("times=iso", "create_time", ["2027-01-15T08:00:00Z"] * 2),
        ("times=epoch", "update_time", [1_800_000_000] * 2),
        ("times=absent", "create_time", [..., ...]),
    ],
)
def test_a_field_may_be_shown_in_another_form(
    api: Client, account: Account, variant: str, field: str, shown: list[object]
) -> None:
    account.variants = Variants.from_pairs([variant])
    settings = {"sender_name": "me"}
    added = [account.add("one", "mitto", settings), account.add("two", "mitto", settings, "inactive")]
    assert [item.get(field, ...) for item in api.items()] == shown
    assert [api.get(f"/integrations/{one.id}").json().get(field, ...) for one in added] == shown
    assert api.names(status="active") == ["one"]


def test_the_provider_may_come_in_a_list(api: Client, account: Account) -> None:
    account.variants = Variants(provider_form="list")
    account.add("one")
    assert [one["name"] for one in api.items()[0]["provider"]] == ["twilio"]


def test_the_unknown_form_of_the_default_may_be_the_lists_alone(api: Client, account: Account) -> None:
    account.variants = Variants(default_form="yes", default_form_by_id=False)
    added = account.add("one")
    assert api.items()[0]["is_default"] == "yes"
    assert api.get(f"/integrations/{added.id}").json()["is_default"] is True


@pytest.mark.parametrize(("how", "total"), [("fewer", 1), ("null", None), ("absent", ...), ("word", "many")])
def test_a_total_may_be_anything(api: Client, account: Account, how: str, total: object) -> None:
    account.variants = Variants.from_dict({"total": how})
    for name in "abc":
        account.add(name)
    assert api.get(page="1,2").json().get("total", ...) == total
