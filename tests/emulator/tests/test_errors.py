"""Tokens that are refused, bodies that are refused, and what the errors look like."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.emulator import TOKEN, VIBER, Account, Emulator, Setting
from tests.emulator.tests.client import TWILIO_SETTINGS, Client, twilio

UNAUTHORIZED = {"code": 401, "title": "Unauthorized.", "message": "Unauthorized.", "trace_id": "{}"}
CALLS = [
    ("GET", "/v1/hood/integrations"),
    ("POST", "/v1/hood/integrations"),
    ("GET", "/v1/hood/integrations/1161"),
    ("PATCH", "/v1/hood/integrations/1161"),
    ("POST", "/v1/hood/integrations/validate"),
    ("POST", "/v1/hood/test-notification"),
    ("GET", "/v1/hood/providers"),
    ("POST", "/v2/ocamba/personal-api-keys/validate"),
]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_every_call_answers_an_unknown_token_with_the_documented_401(api: Client, method: str, path: str) -> None:
    answer = Client(api.url, "unknown").send(method, path)
    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


@pytest.mark.parametrize("header", [None, TOKEN, f"Basic {TOKEN}", "Bearer", "Bearer "])
def test_anything_but_a_bearer_token_is_a_401(api: Client, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = Client(api.url, None).send("GET", "/v1/hood/integrations", headers=headers)
    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


def test_an_expired_token_is_a_401(api: Client, account: Account) -> None:
    account.access = "expired"
    assert api.get().json() == UNAUTHORIZED


def test_a_forbidden_token_is_a_403(api: Client, account: Account) -> None:
    account.access = "forbidden"
    assert api.get().status_code == 403


def test_errors_have_code_title_message_and_trace_id(api: Client) -> None:
    body = api.create(name="").json()
    assert set(body) == {"code", "title", "message", "trace_id"}
    assert (body["code"], body["title"]) == (400, "Bad request.")
    assert body["message"].startswith("The request is not valid.")
    assert UUID(body["trace_id"])


def test_unknown_paths_are_404(api: Client) -> None:
    for path in (
        "/",
        "/v1/hood",
        "/v1/hood/integrations/",
        "/v1/hood/integrations/1/2",
        "/v2/hood/integrations",
    ):
        answer = api.send("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (404, 404)


@pytest.mark.parametrize("method", ["DELETE", "PUT", "POST"])
def test_no_call_deletes_or_replaces_an_integration(api: Client, account: Account, method: str) -> None:
    added = account.add("one")
    answer = api.send(method, f"/v1/hood/integrations/{added.id}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PATCH")
    assert answer.json()["code"] == 405
    assert account.integrations == (added,)


@pytest.mark.parametrize("name", ["name", "provider_id", "settings", "status", "type"])
def test_create_requires_every_documented_field(api: Client, account: Account, name: str) -> None:
    answer = api.create(**{name: ...})
    assert answer.status_code == 400
    assert f"{name} is required" in answer.json()["message"]
    assert account.integrations == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"name": 5},
        {"name": None},
        {"provider_id": 1000},
        {"provider_id": "999"},
        {"provider_id": None},
        {"type": "email"},
        {"type": "fax"},
        {"type": None},
        {"status": "on"},
        {"status": True},
        {"status": ["active"]},
        {"settings": None},
        {"settings": []},
        {"settings": {**TWILIO_SETTINGS, "auth_token": None}},
        {"settings": {**TWILIO_SETTINGS, "default_phone_number": 14155552671}},
        {"settings": {**TWILIO_SETTINGS, "auth_token": ""}},
        {"settings": {"account_sid": "AC"}},
        {"is_default": True},
        {"id": "1"},
    ],
    ids=str,
)
def test_create_and_validate_refuse_what_is_not_valid(api: Client, account: Account, fields: dict[str, Any]) -> None:
    for path in ("/integrations", "/integrations/validate"):
        assert api.post(path, twilio(**fields)).status_code == 400
    assert account.integrations == ()


@pytest.mark.parametrize("name", ["x", "x" * 100, "📨" * 100, "a/b?c#d%2F", "'; --", "\u0000"])
def test_names_of_1_to_100_characters_are_taken_as_they_are(api: Client, account: Account, name: str) -> None:
    assert api.create(name=name).status_code == 201
    assert account.one(name).name == name
    assert api.items()[0]["name"] == name


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        {"name": ""},
        {"status": "deleted"},
        {"settings": {"auth_token": 1}},
        {"settings": {"auth_token": ""}},
        {"settings": "text"},
        {"provider_id": "1040"},
        {"type": "sms"},
        {"is_default": True},
        {"name": "ok", "id": "1"},
    ],
    ids=str,
)
def test_update_refuses_what_is_not_valid(api: Client, account: Account, body: object) -> None:
    added = account.add("one", settings=TWILIO_SETTINGS)
    assert api.patch(added.id, body).status_code == 400
    assert account.integrations == (added,)


def test_a_setting_that_became_required_is_enforced_on_the_outcome(api: Client, account: Account) -> None:
    added = account.add("one", "mitto", {"api_key": "a"})
    account.add_setting("mitto", Setting("sender_name", required=True))
    assert api.patch(added.id, {"settings": {"api_key": "b"}}).status_code == 400
    assert api.patch(added.id, {"settings": {"sender_name": "me"}}).status_code == 204
    assert account.one("one").settings == {"api_key": "a", "sender_name": "me"}


def test_a_provider_that_no_page_names_has_its_own_type(api: Client, account: Account) -> None:
    account.add_provider(VIBER)
    body = twilio(provider_id=VIBER.id, type="viber", settings={"access_key": "k"})
    assert api.post("/integrations", body).status_code == 201
    assert api.items()[0]["settings"] == {"access_key": "********"}


@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"],
)
def test_writes_need_the_content_type_of_json(api: Client, account: Account, content_type: str | None) -> None:
    added = account.add("one")
    headers = {} if content_type is None else {"Content-Type": content_type}
    for method, path in (("POST", ""), ("PATCH", f"/{added.id}"), ("POST", "/validate")):
        answer = api.send(method, f"/v1/hood/integrations{path}", data=b'{"status":"inactive"}', headers=headers)
        assert answer.status_code == 400
    assert account.integrations == (added,)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[" * 20_000, b'"\xff"', b'{"name": NaN}', b'{"name": "\\ud800"}'], ids=repr
)
def test_a_body_that_is_no_json_is_a_400(api: Client, content: bytes) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    answer = api.send("POST", "/v1/hood/integrations", data=content, headers=headers)
    assert answer.status_code == 400


def test_no_error_repeats_a_value(api: Client) -> None:
    for fields in (
        {"status": "canary"},
        {"provider_id": "canary"},
        {"type": "canary"},
        {"name": "canary" * 50},
    ):
        assert "canary" not in api.create(**fields).text


def test_a_token_is_good_for_its_own_account_only(emulator: Emulator, api: Client, account: Account) -> None:
    account.add("mine")
    emulator.account("other").add("theirs")
    assert api.names() == ["mine"]
    assert Client(api.url, "other").names() == ["theirs"]
