"""Answers that come before the call is carried out, that nobody can read, and other people's deeds."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.emulator import TOKEN, Account, Emulator, Fault, Limits
from tests.emulator.tests.client import TWILIO_SETTINGS, Client, twilio, wait_until

CREATE = {"method": "POST", "path": "/integrations"}

UNLOVED = [425, 499, 501, 505, 507, 511, *range(520, 527), 599]
"""Statuses that no page of Hood's names."""


def create_or_none(api: Client) -> int | None:
    """The status of a creation; None where there was no answer."""
    try:
        return api.create().status_code
    except requests.ConnectionError:
        return None


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("status", UNLOVED)
def test_any_status_comes_before_and_after_the_commit(
    api: Client, emulator: Emulator, account: Account, status: int, when: str
) -> None:
    emulator.faults.add(Fault.from_dict({"kind": "status", "status": status, "when": when, **CREATE}))
    assert api.create().status_code == status
    assert len(account.integrations) == (when == "after")


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"kind": "status", "status": 500}, 500),
        ({"kind": "status", "status": 502, "form": "html"}, 502),
        ({"kind": "status", "status": 503, "form": "empty"}, 503),
        ({"kind": "reset"}, None),
        ({"kind": "close"}, None),
    ],
)
def test_an_answer_may_come_before_the_commit(
    api: Client, emulator: Emulator, account: Account, fault: dict[str, Any], status: int | None
) -> None:
    emulator.faults.add(Fault.from_dict({**CREATE, **fault, "when": "later", "delay": 0.3}))
    assert create_or_none(api) == status
    assert (account.integrations, emulator.pending) == ((), 1)
    wait_until(lambda: not emulator.pending)
    assert len(account.named("Twilio EU")) == 1
    (entry,) = emulator.log
    assert (entry.status, entry.fault) == (status, f"{fault['kind']}:later")


def test_what_is_to_come_later_is_forgotten_with_the_rest(api: Client, emulator: Emulator) -> None:
    emulator.faults.add(kind="close", when="later", delay=60.0, **CREATE)
    assert create_or_none(api) is None
    emulator.reset()
    wait_until(lambda: not emulator.pending)
    assert emulator.account().integrations == ()


def test_only_a_fault_that_answers_can_have_the_call_carried_out_later() -> None:
    with pytest.raises(ValueError, match="later is for status, "):
        Fault(kind="slow", when="later")


@pytest.mark.parametrize("garble", ["half", "bytes", "gzip", "chunk"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_201_may_have_a_body_that_nobody_can_read(
    api: Client, emulator: Emulator, account: Account, garble: Any, when: Any
) -> None:
    emulator.faults.add(kind="garbled", garble=garble, when=when, **CREATE)
    with pytest.raises((requests.RequestException, ValueError)):
        json.loads(api.create().content)
    assert len(account.integrations) == (when == "after")
    assert emulator.log.entries[0].status == 201


def test_a_201_may_be_huge(api: Client, emulator: Emulator, account: Account) -> None:
    emulator.faults.add(kind="huge", megabytes=17, when="after", **CREATE)
    answer = api.create()
    assert answer.status_code == 201
    assert len(answer.content) > 17 * (1 << 20)
    assert len(account.integrations) == 1


def test_a_kept_connection_is_closed_before_its_second_request_is_read(emulator: Emulator, account: Account) -> None:
    emulator.faults.add(kind="close", kept=True, times=None)
    kept = http.client.HTTPConnection(emulator.url.removeprefix("http://"), timeout=10)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    kept.request("GET", "/v1/hood/integrations", headers=headers)
    assert kept.getresponse().read() == b'{"total":0,"items":[]}'
    kept.request("GET", "/v1/hood/integrations", headers=headers)
    with pytest.raises(http.client.RemoteDisconnected):
        kept.getresponse()
    kept.close()
    assert [Client(emulator.url).create().status_code for _unused in range(2)] == [201, 201]
    assert len(account.integrations) == 2


def test_pages_shift_while_they_are_read(api: Client, emulator: Emulator, account: Account) -> None:
    for name in "abcd":
        account.add(name)
    emulator.faults.add(kind="meanwhile", when="after", query="page=1*", body={"delete": ["a"], "touch": ["b"]})
    assert [api.names(page="1,2"), api.names(page="2,2")] == [["a", "b"], ["d"]]


def test_somebody_else_creates_and_renames(api: Client, emulator: Emulator, account: Account) -> None:
    added = account.add("one", settings=TWILIO_SETTINGS)
    deeds = {"create": [{"name": "New", "provider": "mitto"}], "rename": {"one": "two"}}
    emulator.faults.add(kind="meanwhile", method="PATCH", body=deeds)
    assert api.patch(added.id, {"name": "New"}).status_code == 204
    assert [one.name for one in account.integrations] == ["New", "New"]
    emulator.faults.add(kind="meanwhile", body={"rename": {"New": "Old"}})
    assert api.names() == ["Old", "Old"]


def test_somebody_else_edits_between_reading_and_writing(api: Client, emulator: Emulator, account: Account) -> None:
    added = account.add("one", settings=TWILIO_SETTINGS)
    emulator.faults.add(kind="meanwhile", method="PATCH", body={"set": {"one": {"default_phone_number": "+1"}}})
    assert api.patch(added.id, {"status": "inactive"}).status_code == 204
    assert account.one("one").settings == {**TWILIO_SETTINGS, "default_phone_number": "+1"}


@pytest.mark.parametrize("body", [None, [], {"destroy": []}], ids=str)
def test_somebody_else_does_nothing_unheard_of(body: object) -> None:
    with pytest.raises(ValueError, match="touch, delete, rename, create, set"):
        Fault(kind="meanwhile", body=body)


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[Emulator, str]]:
    """An emulator that speaks TLS, and the path of its authority."""
    trustme = pytest.importorskip("trustme")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    cert = authority.issue_cert("127.0.0.1")
    cert.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    cert.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    with Emulator(certfile=tmp_path / "cert.pem", keyfile=tmp_path / "key.pem", limits=Limits.off()) as emulator:
        yield emulator, str(tmp_path / "ca.pem")


def test_a_tls_record_breaks_after_the_commit(secure: tuple[Emulator, str]) -> None:
    emulator, authority = secure
    account = emulator.account()
    api = Client(emulator.url)
    assert api.post("/integrations", twilio(name="good"), verify=authority).status_code == 201
    emulator.faults.add(kind="bad_record", when="after", **CREATE)
    with pytest.raises(requests.exceptions.SSLError, match=r"(?i)bad.record.mac"):
        api.post("/integrations", twilio(), verify=authority)
    assert len(account.named("Twilio EU")) == 1


def test_a_broken_record_without_tls_is_no_http(api: Client, emulator: Emulator, account: Account) -> None:
    emulator.faults.add(kind="bad_record", when="after", **CREATE)
    with pytest.raises(requests.ConnectionError):
        api.create()
    assert len(account.integrations) == 1
