"""What the answers of Hood say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.api import bodies
from ansible_collections.ocamba.hood.plugins.module_utils.api.bodies import Answer
from ansible_collections.ocamba.hood.plugins.module_utils.api.pages import Pages, Unsettled
from ansible_collections.ocamba.hood.plugins.module_utils.errors import MalformedAnswer, Refused, TokenRefused

LIST = "/v1/hood/integrations"
WRONG: list[Any] = [True, -1, "-1", 1.0, None, "", 10**9, "9" * 10, "\u0661", [], "7 "]


@pytest.mark.parametrize(
    ("found", "item"),
    [
        ({"id": "1"}, {"id": "1"}),
        ({"total": 1, "items": [{"id": "1"}]}, {"id": "1"}),
        ({"total": 2, "items": [{"id": "1"}, {"id": "2"}]}, None),
        ({"total": 0, "items": []}, None),
        ({"items": [7]}, None),
        ([], None),
        (None, None),
    ],
)
def test_an_object_is_bare_or_in_an_envelope(found: Any, item: Any) -> None:
    assert bodies.unwrapped(found) == item


@pytest.mark.parametrize(
    ("total", "number"),
    [
        *((0, 0), (7, 7), ("7", 7), ("007", 7)),
        *[(wrong, None) for wrong in WRONG],
    ],
)
def test_a_total_is_a_number_also_as_text(total: Any, number: int | None) -> None:
    assert bodies.count(total) == number


@pytest.mark.parametrize(
    ("body", "identity"),
    [
        (b'{"id": "12"}', "12"),
        (b'{"total": 1, "items": [{"id": 12}]}', "12"),
        (b"", None),
        (b"{", None),
        (b'{"id": "../x"}', None),
        (b'{"id": true}', None),
        (b"7", None),
    ],
)
def test_the_id_of_what_was_created(body: bytes, identity: str | None) -> None:
    assert bodies.created_id(body) == identity


def refused(status: int, path: str = LIST, **said: Any) -> Refused:
    return bodies.refusal("GET", path, Answer(status, {}, json.dumps(said).encode()), str.upper)


def test_what_the_server_says_is_cleaned_and_our_own_words_are_not() -> None:
    error = refused(400, title="Bad.", message="a secret", trace_id="t-1")
    assert str(error) == f"Hood answered 400: BAD: A SECRET (GET {LIST}, trace_id T-1)"
    assert error.reason_code == "refused"


@pytest.mark.parametrize(("method", "is_about"), [("GET", False), ("POST", True), ("PATCH", True)])
def test_settings_are_to_be_checked_where_some_were_sent(method: str, is_about: bool) -> None:
    error = bodies.refusal(method, LIST, Answer(400, {}, b"{}"))
    assert ("Check the entry's settings" in str(error)) == is_about


def test_a_refused_token_is_its_own_error() -> None:
    assert isinstance(refused(401), TokenRefused)
    assert refused(401).reason_code == "token_refused"


@pytest.mark.parametrize(
    ("path", "option"),
    [
        (LIST, "api_url"),
        ("/v1/hood/providers", "api_url"),
        (f"{LIST}/validate", "api_url"),
        (f"{LIST}/12", "check id"),
    ],
)
def test_what_is_not_found_says_where_to_look(path: str, option: str) -> None:
    assert option in str(refused(404, path))


def test_a_conflict_does_not_say_to_run_again() -> None:
    assert "run again" not in str(refused(409))
    assert "exists already" in str(refused(409))


NO = [
    *({"valid": False}, {"is_valid": False}, {"success": False, "message": "x"}, {"success": 0}, {"valid": "false"}),
    *({"code": "400", "message": "x"}, {"error": "x"}, {"errors": [{"message": "x"}]}, {"status": "error"}),
    *({"data": {"valid": False}}, {"result": {"status": "failed"}}, {"items": [{"valid": False}], "total": 1}),
    *({"valid": "False"}, {"status": "ERROR"}, {"status": False}, {"status": 400}, {"result": "rejected"}),
    *({"verified": False}, {"failed": True}, {"response": {"success": False}}, {"code": "invalid", "message": "no"}),
    {"id": "7", "name": "A", "valid": False},
]
# Nobody knows what these say.
OPEN = [{"title": "Bad request.", "message": "x"}, {"title": "Success.", "message": "x"}, {"message": "x"}, {"a": 1}]


@pytest.mark.parametrize("said", NO, ids=str)
def test_a_validation_may_say_no_with_a_good_status(said: Any) -> None:
    answer = Answer(200, {}, json.dumps(said).encode())
    assert isinstance(bodies.denial("POST", f"{LIST}/validate", answer), Refused)
    assert not bodies.says_yes(answer) or "id" in said


def test_an_integration_is_no_denial_whatever_it_says_of_itself() -> None:
    for more in ({"valid": False}, {"status": "failed"}, {"errors": ["x"]}, {"ok": 0}):
        answer = Answer(201, {}, json.dumps({"id": "7", "name": "A", **more}).encode())
        assert bodies.denial("POST", LIST, answer) is None


@pytest.mark.parametrize(
    ("status", "body", "is_yes"),
    [
        *((200, body, True) for body in (b"", b"{}", b'{"valid": true}', b"true", b'{"status": "OK"}')),
        *((200, body, True) for body in (b'{"data": {"success": 1}}', b'{"name": "A", "settings": {}}')),
        *((200, body, False) for body in (b"false", b"[]", b"Invalid credentials", b"0", b'{"status": "pending"}')),
        *((200, body, False) for body in (b'{"message": "Authentication failed"}', b'{"login_required": true}')),
        *((204, b"", True), (202, b"", False), (202, b'{"job": 7}', False)),
    ],
)
def test_what_leaves_it_open_is_no_yes(status: int, body: bytes, is_yes: bool) -> None:
    assert bodies.says_yes(Answer(status, {}, body)) is is_yes


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"valid": true}', b'{"status": "active", "error": null}', b"[", b"null"]
)
def test_a_validation_that_does_not_say_no_is_none(body: bytes) -> None:
    assert bodies.denial("POST", LIST, Answer(200, {}, body)) is None


@pytest.mark.parametrize("half", ["\\ud83d", "\\uDE00", "\\ude00\\ud83d"])
def test_half_a_character_is_replaced(half: str) -> None:
    found = bodies.parsed(f'{{"items": [{{"name": "A {half}", "other": "\\ud83d\\ude00"}}], "total": 1}}'.encode())
    name = found["items"][0]["name"]
    assert name.rstrip("\N{REPLACEMENT CHARACTER}") == "A "
    assert found["items"][0]["other"] == "\N{GRINNING FACE}"
    assert found["total"] == 1
    name.encode("utf-8")


def test_a_page_of_a_gateway_is_no_validation() -> None:
    with pytest.raises(MalformedAnswer, match="HTML"):
        bodies.denial("POST", LIST, Answer(200, {}, b"<html>"))


def items(*ids: int) -> list[dict[str, Any]]:
    return [{"id": str(one)} for one in ids]


def test_pages_are_put_together() -> None:
    pages = Pages(LIST, 3)
    pages.add(items(1, 2), 3)
    assert not pages.is_complete
    pages.add(items(3), 3)
    assert pages.is_complete
    assert pages.items == items(1, 2, 3)


@pytest.mark.parametrize(
    ("second", "total", "why"),
    [
        (items(2, 3), 4, "repeat: 2 of 4"),
        (items(3), 5, "change while they are read"),
        (items(3, 4, 5), 4, "change while they are read"),
        (items(), 4, "end before their own total: 2 of 4"),
    ],
)
def test_pages_that_do_not_fit_together_are_no_list(second: list[Any], total: int, why: str) -> None:
    pages = Pages(LIST, 4)
    pages.add(items(1, 2), 4)
    with pytest.raises(Unsettled, match=why):
        pages.add(second, total)


@pytest.mark.parametrize("key", ["data", "items"])
def test_an_answer_may_be_nested_as_deeply_as_json_allows(key: str) -> None:
    start, end = {"data": ('{"data": ', "}"), "items": ('{"items": [', "]}")}[key]
    body = (start * 400 + '{"error": "x"}' + end * 400).encode()
    assert bodies.denial("POST", LIST, Answer(201, {}, body)) is None
    assert not bodies.says_yes(Answer(200, {}, body))


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_a_no_in_an_envelope_is_one(depth: int) -> None:
    body = ('{"data": ' * depth + '{"error": "x"}' + "}" * depth).encode()
    assert bodies.denial("POST", LIST, Answer(201, {}, body))


@pytest.mark.parametrize("said", OPEN, ids=str)
def test_an_answer_without_a_code_says_neither_yes_nor_no(said: Any) -> None:
    answer = Answer(200, {}, json.dumps(said).encode())
    assert bodies.denial("POST", f"{LIST}/validate", answer) is None
    assert not bodies.says_yes(answer)
    assert bodies.may_say_no(answer) == ("title" in said)


@pytest.mark.parametrize("code", [200, "200", 201, "OK", 204])
def test_a_success_in_the_form_of_an_error_is_a_yes(code: Any) -> None:
    answer = Answer(200, {}, json.dumps({"code": code, "title": "Success.", "message": "x"}).encode())
    assert bodies.denial("POST", f"{LIST}/validate", answer) is None
    assert bodies.says_yes(answer) == (code != "OK")
    assert not bodies.may_say_no(answer)
