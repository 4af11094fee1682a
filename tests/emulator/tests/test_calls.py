"""The calls and what they answer when all is well."""

from __future__ import annotations

from tests.emulator import TOKEN, Account
from tests.emulator.tests.client import TWILIO_SETTINGS, Client, twilio

ITEM_FIELDS = {
    "id",
    "company_id",
    "name",
    "type",
    "provider_id",
    "provider",
    "settings",
    "status",
    "effective_status",
    "is_default",
    "create_time",
    "update_time",
}


def test_create_answers_201_and_stores_what_was_sent(api: Client, account: Account) -> None:
    answer = api.create()
    assert answer.status_code == 201
    stored = account.one("Twilio EU")
    assert (stored.settings, stored.status, stored.type) == (TWILIO_SETTINGS, "active", "sms")
    assert answer.json()["id"] == stored.id


def test_ids_are_increasing_digits_in_strings(api: Client) -> None:
    ids = [api.create(name=name).json()["id"] for name in "abc"]
    assert ids == sorted(ids, key=int)
    assert len(set(ids)) == 3


def test_list_answers_200_and_an_envelope_of_total_and_items(api: Client, account: Account) -> None:
    account.add("one")
    account.add("two")
    answer = api.get()
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"total", "items"}
    assert answer.json()["total"] == 2


def test_an_item_has_the_documented_fields(api: Client, account: Account) -> None:
    added = account.add("one", settings=TWILIO_SETTINGS)
    item = api.get(f"/integrations/{added.id}").json()
    assert set(item) == ITEM_FIELDS
    assert item == api.items()[0]
    assert item["provider"]["settings"][0] == {
        "title": "Account SID",
        "name": "account_sid",
        "type": "string",
        "required": True,
        "deprecated": False,
    }
    assert set(item["provider"]) == {"id", "type", "name", "logo", "settings"}


def test_times_are_gmt_without_a_zone(api: Client, account: Account) -> None:
    account.edit(account.add("one").id, create_time="2026-01-02 03:04:05")
    assert api.items()[0]["create_time"] == "2026-01-02 03:04:05"
    assert len(api.items()[0]["update_time"]) == 19


def test_update_answers_204_without_a_body(api: Client, account: Account) -> None:
    added = account.add("one", settings=TWILIO_SETTINGS)
    answer = api.patch(added.id, {"status": "inactive"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert account.one("one").status == "inactive"


def test_update_leaves_what_is_not_passed(api: Client, account: Account) -> None:
    added = account.add("one", settings=TWILIO_SETTINGS, status="inactive")
    api.patch(added.id, {"name": "two"})
    changed = account.one("two")
    assert (changed.id, changed.status, changed.settings) == (added.id, "inactive", TWILIO_SETTINGS)


def test_validate_answers_204_and_stores_nothing(api: Client, account: Account) -> None:
    assert api.post("/integrations/validate", twilio()).status_code == 204
    assert account.integrations == ()


def test_validate_answers_400_with_the_providers_reason(api: Client, account: Account) -> None:
    account.bad_credentials.add("the-auth-token")
    answer = api.post("/integrations/validate", twilio())
    assert answer.status_code == 400
    assert "twilio refused the credentials" in answer.json()["message"]
    assert "the-auth-token" not in answer.text


def test_a_test_notification_answers_204_and_is_kept(api: Client, account: Account) -> None:
    body = {"integration": twilio(), "recipient": "+38163000000"}
    assert api.post("/test-notification", body).status_code == 204
    assert account.notifications == [body]


def test_a_test_notification_takes_a_body_not_an_id(api: Client, account: Account) -> None:
    added = account.add("one")
    for integration in (added.id, {"id": added.id}):
        body = {"integration": integration, "recipient": "+38163000000"}
        assert api.post("/test-notification", body).status_code == 400
    assert account.notifications == []


def test_a_test_notification_needs_a_recipient(api: Client) -> None:
    bodies: list[object] = [{"integration": twilio()}, {"integration": twilio(), "recipient": ""}, []]
    for body in bodies:
        assert api.post("/test-notification", body).status_code == 400


def test_providers_are_listed_with_twilio_as_1000_and_required_settings(api: Client) -> None:
    providers = {item["name"]: item for item in api.get("/providers").json()["items"]}
    assert set(providers) == {
        "twilio",
        "mitto",
        "custom_email",
        "mandrill",
        "sendgrid",
        "mailgun",
        "telegram",
    }
    assert (providers["twilio"]["id"], providers["twilio"]["type"]) == ("1000", "sms")
    assert all(one["required"] for one in providers["twilio"]["settings"])


def test_a_good_token_is_validated_with_204(api: Client) -> None:
    answer = api.send("POST", "/v2/ocamba/personal-api-keys/validate")
    assert (answer.status_code, answer.content) == (204, b"")


def test_accounts_know_nothing_of_each_other(api: Client, account: Account) -> None:
    other = Client(api.url, "another token")
    account.add("one")
    assert TOKEN != "another token"
    assert other.get().status_code == 401


def test_the_first_of_a_type_is_the_default(api: Client, account: Account) -> None:
    for name, provider in (("a", "twilio"), ("b", "mitto"), ("c", "telegram")):
        account.add(name, provider)
    assert [item["is_default"] for item in api.items()] == [True, False, True]


def test_an_integration_outlives_its_provider(api: Client, account: Account) -> None:
    added = account.add("one", "mitto", {"api_key": "secret", "sender_name": "me"})
    account.remove_provider("mitto")
    item = api.items()[0]
    assert item["provider"] is None
    assert set(item["settings"].values()) == {"********"}
    assert api.patch(added.id, {"settings": {"sender_name": "you"}}).status_code == 204


def test_ids_are_taken_decoded_and_never_as_another_route(api: Client, account: Account) -> None:
    account.add("one")
    for path in (
        "..%2Fproviders",
        "%2e%2e%2fproviders",
        "1161%2F",
        "1161%3Fview=full",
        "validate",
        "%31161%20",
    ):
        answer = api.send("GET", f"/v1/hood/integrations/{path}")
        assert (answer.status_code, answer.json()["message"]) == (404, "Unknown integration id.")
    assert api.get("/integrations/%31161").json()["name"] == "one"
