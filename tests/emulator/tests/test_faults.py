"""Everything that can go wrong, really going wrong on the wire."""

from __future__ import annotations

import errno
import http.client
import io
import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.emulator import TOKEN, Account, Emulator, Fault, Limits
from tests.emulator.tests.client import TWILIO_SETTINGS, Client, twilio, wait_until

CREATE = {"method": "POST", "path": "/integrations"}


def raw_post(emulator: Emulator) -> socket.socket:
    """A connection on which a good creation was sent, and nothing read yet."""
    address = urlsplit(emulator.url)
    body = json.dumps(twilio()).encode()
    head = (
        f"POST /v1/hood/integrations HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {TOKEN}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection = socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=10)
    connection.sendall(head.encode() + body)
    return connection


def read_all(connection: socket.socket) -> bytes:
    """What comes until the other side ends."""
    with connection:
        return b"".join(iter(lambda: connection.recv(65536), b""))


BROKEN = [
    {"kind": "reset"},
    {"kind": "close"},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 502, "form": "html"},
    {"kind": "status", "status": 503, "form": "empty"},
    {"kind": "status", "status": 504},
    {"kind": "status", "status": 400, "form": "echo"},
    {"kind": "html"},
    {"kind": "empty"},
    {"kind": "json", "body": {"items": None}},
    {"kind": "redirect", "location": "http://127.0.0.1:9/"},
    {"kind": "huge", "megabytes": 1},
    {"kind": "nested"},
    {"kind": "stall", "delay": 0.01},
]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", BROKEN, ids=lambda fault: "-".join(map(str, fault.values()))[:30])
def test_every_replacing_fault_strikes_before_and_after_the_commit(
    api: Client, emulator: Emulator, account: Account, fault: dict[str, Any], when: str
) -> None:
    emulator.faults.add(Fault.from_dict({**CREATE, **fault, "when": when}))
    try:
        status: int | None = api.create().status_code
    except requests.ConnectionError:
        status = None
    assert len(account.integrations) == (1 if when == "after" else 0)
    entry = emulator.log.entries[0]
    assert (entry.fault, entry.status) == (f"{fault['kind']}:{when}", status)
    assert api.create().status_code == 201


def test_a_reset_is_a_real_reset(emulator: Emulator, account: Account) -> None:
    emulator.faults.add(kind="reset", when="after")
    connection = raw_post(emulator)
    with pytest.raises(ConnectionResetError) as caught:
        read_all(connection)
    assert caught.value.errno == errno.ECONNRESET
    assert len(account.integrations) == 1


def test_a_close_ends_in_order_and_without_a_byte(emulator: Emulator, account: Account) -> None:
    emulator.faults.add(kind="close")
    assert read_all(raw_post(emulator)) == b""
    assert account.integrations == ()


def test_a_cut_body_is_shorter_than_its_content_length(emulator: Emulator, account: Account) -> None:
    emulator.faults.add(kind="cut")
    head, _unused, body = read_all(raw_post(emulator)).partition(b"\r\n\r\n")
    headers = http.client.parse_headers(io.BytesIO(head.partition(b"\r\n")[2] + b"\r\n\r\n"))
    assert head.startswith(b"HTTP/1.1 201 ")
    assert 0 < len(body) < int(headers["content-length"])
    assert len(account.integrations) == 1


def test_a_cut_answer_without_a_body_promises_one(api: Client, emulator: Emulator, account: Account) -> None:
    added = account.add("one", settings=TWILIO_SETTINGS)
    emulator.faults.add(kind="cut", method="PATCH")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        api.patch(added.id, {"status": "inactive"})
    assert account.one("one").status == "inactive"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_stalled_call_is_never_answered(api: Client, emulator: Emulator, account: Account, when: Any) -> None:
    emulator.faults.add(kind="stall", when=when)
    with pytest.raises(requests.ReadTimeout):
        api.post("/integrations", twilio(), timeout=0.2)
    assert len(account.integrations) == (when == "after")
    assert emulator.log.entries[0].status is None


def test_a_slow_call_may_be_carried_out_after_the_client_has_gone(
    api: Client, emulator: Emulator, account: Account
) -> None:
    emulator.faults.add(kind="slow", delay=0.3)
    with pytest.raises(requests.ReadTimeout):
        api.post("/integrations", twilio(), timeout=0.05)
    wait_until(lambda: account.named("Twilio EU"))


def test_a_slow_call_is_answered_truly(api: Client, emulator: Emulator) -> None:
    emulator.faults.add(kind="slow", when="after", delay=0.01)
    assert api.create().json()["name"] == "Twilio EU"


def test_a_dripping_answer_is_true_and_never_pauses_for_long(api: Client, emulator: Emulator) -> None:
    emulator.faults.add(kind="drip", delay=0.001)
    assert api.get().json() == {"total": 0, "items": []}


def test_refused_is_a_refused_connection(api: Client, emulator: Emulator, account: Account) -> None:
    emulator.faults.add(kind="refuse", when="after", **CREATE)
    assert api.create().status_code == 201
    with pytest.raises(requests.ConnectionError, match="refused"):
        api.get()
    emulator.listen()
    assert api.names() == ["Twilio EU"]
    emulator.faults.add(kind="refuse", **CREATE)
    with pytest.raises(requests.ConnectionError):
        api.create(name="two")
    with pytest.raises(requests.ConnectionError, match="refused"):
        api.create(name="three")
    emulator.listen()
    assert len(account.integrations) == 1


def test_refusing_ends_by_itself(api: Client, emulator: Emulator) -> None:
    def refused() -> bool:
        try:
            return api.get().status_code != 200
        except requests.ConnectionError:
            return True

    emulator.faults.add(kind="refuse", when="after", delay=0.05)
    assert api.get().status_code == 200
    assert not all(refused() for _unused in range(1000))


@pytest.mark.parametrize("wait", ["2", "-1", None, "Wed, 21 Oct 2026 07:28:00 GMT", "86400"])
def test_a_429_carries_any_retry_after(api: Client, emulator: Emulator, wait: str | None) -> None:
    emulator.account(TOKEN).limits = Limits()
    emulator.faults.add(Fault.limited(wait))
    answer = api.get()
    assert (answer.status_code, answer.headers.get("Retry-After")) == (429, wait)
    assert "X-RateLimit-Limit" not in answer.headers


def test_an_echoing_error_repeats_the_request_in_its_message(api: Client, emulator: Emulator) -> None:
    emulator.faults.add(kind="status", status=400, form="echo")
    body = api.create(name='with "quotes"').json()
    assert body["code"] == 400
    assert json.loads(body["message"].partition(": ")[2]) == twilio(name='with "quotes"')


def test_a_gateway_answers_html(api: Client, emulator: Emulator) -> None:
    emulator.faults.add(kind="status", status=502, form="html")
    answer = api.get()
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert answer.text.startswith("<html>")


def test_an_empty_answer_is_empty(api: Client, emulator: Emulator) -> None:
    emulator.faults.add(kind="empty")
    answer = api.get()
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("body", [{"items": None}, {"total": None, "items": []}, [], None, "text", 5], ids=repr)
def test_any_json_can_stand_for_the_answer(api: Client, emulator: Emulator, body: object) -> None:
    emulator.faults.add(kind="json", body=body)
    assert api.get().json() == body


def test_a_true_answer_can_be_edited(api: Client, emulator: Emulator, account: Account) -> None:
    account.add("one")
    account.add("two")
    emulator.faults.add(
        kind="edit", body={"total": None, "items.1.id": 5, "no.such": 1}, remove=("items.0.name", "items.9")
    )
    answer = api.get().json()
    assert answer["total"] is None
    assert "name" not in answer["items"][0]
    assert (answer["items"][1]["id"], answer["items"][1]["name"]) == (5, "two")
    assert "name" in api.items()[0]


def test_a_page_is_served_twice(api: Client, emulator: Emulator, account: Account) -> None:
    for number in range(6):
        account.add(f"{number}")
    emulator.faults.add(kind="repeat_page", query="page=2*", times=None)
    pages = [api.names(page=f"{number},2") for number in (1, 2, 3)]
    assert pages == [["0", "1"], ["0", "1"], ["4", "5"]]


def test_a_redirect_points_where_it_is_reported(api: Client, emulator: Emulator) -> None:
    emulator.faults.add(kind="redirect", location="http://elsewhere.invalid/x", status=302)
    answer = api.get()
    assert (answer.status_code, answer.headers["location"]) == (302, "http://elsewhere.invalid/x")


def test_a_huge_answer_is_as_large_as_asked_for(api: Client, emulator: Emulator) -> None:
    emulator.faults.add(kind="huge", megabytes=50)
    size = 0
    with api.send("GET", "/v1/hood/integrations", stream=True) as answer:
        for chunk in answer.iter_content(1 << 20):
            size += len(chunk)
    assert size > 50 * (1 << 20)


def test_a_nested_answer_is_too_deep_for_a_plain_parser(api: Client, emulator: Emulator) -> None:
    emulator.faults.add(kind="nested", depth=100_000)
    with pytest.raises(RecursionError):
        api.get().json()


@pytest.mark.parametrize("when", ["before", "after"])
def test_two_at_once_leave_a_double(api: Client, emulator: Emulator, account: Account, when: Any) -> None:
    emulator.faults.add(kind="double", when=when, **CREATE)
    mine = api.create().json()["id"]
    ids = [one.id for one in account.named("Twilio EU")]
    assert ids.index(mine) == (1 if when == "before" else 0)
    assert len(ids) == 2


def test_a_double_is_not_made_from_a_bad_body(api: Client, emulator: Emulator, account: Account) -> None:
    emulator.faults.add(kind="double", **CREATE)
    assert api.create(status="on").status_code == 400
    assert account.integrations == ()


def test_faults_strike_from_the_nth_call_for_so_many_times(api: Client, emulator: Emulator) -> None:
    emulator.faults.add(kind="status", status=503, nth=2, times=2)
    assert [api.get().status_code for _unused in range(5)] == [200, 503, 503, 200, 200]


def test_faults_strike_one_after_the_other(api: Client, emulator: Emulator) -> None:
    emulator.faults.add(kind="status", status=500)
    emulator.faults.add(kind="status", status=502)
    assert [api.get().status_code for _unused in range(3)] == [500, 502, 200]


def test_faults_strike_matching_calls_only(api: Client, emulator: Emulator, account: Account) -> None:
    added = account.add("one")
    emulator.account("other")
    for matching in ({"method": "PATCH"}, {"path": "/integrations/*"}, {"query": "page=2*"}, {"token": "other"}):
        emulator.faults.clear()
        emulator.faults.add(kind="status", status=503, times=None, **matching)
        assert api.get(page="1,2").status_code == 200
    assert Client(emulator.url, "other").get().status_code == 503
    emulator.faults.clear()
    emulator.faults.add(kind="status", status=503, path=f"/v1/hood/integrations/{added.id}")
    assert api.get(f"/integrations/{added.id}").status_code == 503


def test_a_recording_fault_counts_and_lets_the_call_pass(api: Client, emulator: Emulator) -> None:
    planned = emulator.faults.add(kind="record", method="GET", times=None)
    struck = emulator.faults.add(kind="status", status=503, nth=2)
    assert [api.get().status_code for _unused in range(3)] == [200, 503, 200]
    seqs = [entry.seq for entry in emulator.log]
    assert planned.hits == seqs
    assert struck.hits == [seqs[1]]


def test_faults_that_never_struck_are_reported(api: Client, emulator: Emulator) -> None:
    emulator.faults.add(kind="status", method="GET", times=None)
    never = emulator.faults.add(kind="status", method="POST", nth=2)
    api.get()
    api.get()
    assert emulator.faults.unused() == [never]


@pytest.mark.parametrize(
    "values",
    [
        {},
        [],
        {"kind": "explode"},
        {"kind": "status", "when": "during"},
        {"kind": "status", "form": "xml"},
        {"kind": "status", "status": 99},
        {"kind": "status", "nth": 0},
        {"kind": "status", "times": 0},
        {"kind": "status", "delay": "1"},
        {"kind": "redirect"},
        {"kind": "edit", "body": []},
        {"kind": "edit", "body": "x"},
        {"kind": "status", "method_": "GET"},
    ],
    ids=str,
)
def test_a_fault_that_is_none_is_refused(values: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Fault.from_dict(values)
