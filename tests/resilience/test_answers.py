"""What one request can meet, byte by byte: only what surely was not processed is a plain failure of a creation."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from pathlib import Path
from typing import Any, Literal

import pytest
import trustme

from ansible_collections.ocamba.hood.plugins.module_utils.api.client import EVERY_STATUS, HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import Connection
from ansible_collections.ocamba.hood.plugins.module_utils.api.pacer import Pacer
from ansible_collections.ocamba.hood.plugins.module_utils.errors import (
    UNCLEAR,
    HoodError,
    MalformedAnswer,
    NotSent,
    Refused,
    TokenRefused,
    Uncertain,
    WaitTooLong,
)
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.unclear import PATIENCE
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.resilience.scripted import OK, Request, Script, Scripted, always, answer
from tests.support.entries import entry
from tests.support.runs import TOKEN, Runner, SkippedTime, assert_exactly

NAME = {"name": "New"}
UNKNOWN = (402, 406, 408, 418, 421, 425, 451, 499, 501, 505, 507, 511, 520, 521, 522, 523, 524, 525, 526, 530, 599)


def client(url: str, **options: Any) -> HoodClient:
    clock = SkippedTime()
    connection = Connection(url, TOKEN, **{"request_timeout": 5, **options})
    return HoodClient(connection, Pacer(connection.max_wait, 4, clock=clock, sleep=clock.sleep))


def created(script: Script, **options: Any) -> tuple[str | None, Scripted]:
    with Scripted(script) as server:
        return client(server.url, **options).create(NAME), server


def unclear(script: Script, **options: Any) -> Uncertain:
    with Scripted(script) as server, pytest.raises(Uncertain) as failure:
        client(server.url, **options).create(NAME)
    assert len(server.requests) == 1
    assert failure.value.reason_code == "unclear"
    return failure.value


@pytest.mark.parametrize("status", UNKNOWN)
def test_a_creation_after_an_unknown_status_is_unclear(status: int) -> None:
    assert str(status) in str(unclear(always(answer(status, b'{"message": "no"}'))))


@pytest.mark.parametrize("status", UNKNOWN)
@pytest.mark.parametrize("call", ["read", "update"])
def test_an_unknown_status_passes_for_what_can_be_repeated(status: int, call: str) -> None:
    def script(request: Request, sock: socket.socket) -> bool:
        first = request is server.requests[0]
        sock.sendall(answer(status, b"") if first else answer(200))
        return True

    with Scripted(script) as server:
        hood = client(server.url)
        if call == "read":
            assert hood.integration("7") == {"id": "7"}
        else:
            hood.update("7", NAME)
    assert len(server.requests) == 2
    assert hood.usage["retries"] == 1


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 410, 413, 414, 415, 422])
def test_a_page_of_a_gateway_is_no_refusal_of_a_creation(status: int) -> None:
    assert str(status) in str(unclear(always(answer(status, b"<html>Blocked</html>"))))
    with Scripted(always(answer(status, b'{"message": "no"}'))) as server, pytest.raises(Refused) as failure:
        client(server.url).create(NAME)
    assert failure.value.status == status


@pytest.mark.parametrize("status", [303, 304, 307])
def test_an_update_that_is_redirected_may_have_been_carried_out(status: int) -> None:
    with Scripted(always(answer(status, b"", Location="/elsewhere"))) as server, pytest.raises(Uncertain):
        client(server.url).update("7", NAME)
    assert len(server.requests) == 1


def test_a_refused_token_is_one_whoever_says_so() -> None:
    with Scripted(always(answer(401, b"<html>"))) as server, pytest.raises(TokenRefused):
        client(server.url).create(NAME)


@pytest.mark.parametrize("status", [301, 302, 304, 307, 308])
def test_a_creation_that_is_redirected_is_unclear_and_does_not_follow(status: int) -> None:
    assert "Redirects are not followed" in str(unclear(always(answer(status, b"", Location="http://127.0.0.1:9/"))))


def _cut(_request: Request, sock: socket.socket) -> bool:
    sock.sendall(answer(201, OK)[:-4])
    return False


def _huge(_request: Request, sock: socket.socket) -> bool:
    size = 17 * 1024 * 1024
    sock.sendall(f"HTTP/1.1 201 Created\r\nContent-Length: {size}\r\n\r\n".encode() + b" " * size)
    return True


UNREADABLE: dict[str, Script] = {
    "cut": _cut,
    "huge": _huge,
    "no gzip": always(answer(201, b"no gzip", Content_Encoding="gzip")),
    "html": always(answer(201, b"<html>Welcome</html>")),
    "no chunk": always(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", keep=False),
    "no HTTP": always(b"no HTTP at all\r\n\r\n", keep=False),
    "no status": always(b"HTTP/1.1 abc Created\r\n\r\n", keep=False),
    "long header": always(b"HTTP/1.1 201 Created\r\nX: " + b"a" * 100_000, keep=False),
    "many headers": always(b"HTTP/1.1 201 Created\r\n" + b"X: a\r\n" * 200 + b"\r\n", keep=False),
    "end": always(b"", keep=False),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_an_answer_to_a_creation_that_can_not_be_read_leaves_it_unclear(kind: str) -> None:
    assert "ca_path" not in str(unclear(UNREADABLE[kind]))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"id": null}', b"\xff", b"7"])
def test_a_creation_without_a_usable_id_is_a_creation(body: bytes) -> None:
    found, server = created(always(answer(201, body)))
    assert found is None
    assert len(server.requests) == 1


def test_a_silent_server_is_unclear_and_slow() -> None:
    gone = threading.Event()
    assert unclear(lambda _request, _sock: gone.wait(20), request_timeout=0.3).slow
    gone.set()


@pytest.mark.parametrize("when", ["at_once", "when_used_again"])
def test_connections_that_are_not_kept_cost_no_creation(when: str) -> None:
    def script(request: Request, sock: socket.socket) -> bool:
        if request.number:
            return False
        sock.sendall(answer(200 if request.method == "GET" else 201))
        return when == "when_used_again"

    with Scripted(script) as server:
        hood = client(server.url)
        for _round in range(4):
            assert hood.integration("7")
            assert hood.create(NAME) == "7"
            hood.update("7", NAME)
    assert len(server.of("POST")) == 4
    assert {one.number for one in server.of("POST")} == {0}


def test_a_repetition_uses_no_kept_connection() -> None:
    """Otherwise every connection that a run in parallel has kept would cost a try."""
    barrier = threading.Barrier(5)

    def script(request: Request, sock: socket.socket) -> bool:
        if request.number:
            return False
        if request.path.endswith("wait?view=full"):
            barrier.wait(20)
        sock.sendall(answer(200))
        return True

    with Scripted(script) as server:
        hood = client(server.url)
        hood.pacer = Pacer(120, 5, sleep=lambda _seconds: None)
        threads = [threading.Thread(target=hood.integration, args=("wait",)) for _unused in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert hood.integration("7")
    assert hood.usage["retries"] == 1


def test_the_look_before_a_creation_may_reach_another_replica() -> None:
    """A balancer leads each connection to one, and the one that the list came from may lag."""
    with Scripted(always(answer(200, b'{"total": 0, "items": []}'))) as server:
        hood = client(server.url)
        hood.integrations()
        hood.integrations()
        hood.filtered_integrations(EVERY_STATUS)
        hood.integrations()
    first, second, filtered, last = (one.connection for one in server.requests)
    assert first == second == last != filtered


@pytest.fixture
def tls(tmp_path: Path) -> tuple[ssl.SSLContext, str]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return context, str(tmp_path / "ca.pem")


@pytest.mark.parametrize("sent", [b"", answer(201, OK)[:-3], answer(201, OK)[:20]], ids=["nothing", "body", "head"])
def test_a_broken_record_after_a_creation_is_unclear(tls: tuple[ssl.SSLContext, str], sent: bytes) -> None:
    context, ca_path = tls

    def script(_request: Request, sock: socket.socket) -> bool:
        if sent:
            sock.sendall(sent)
        socket.socket.send(sock, b"\x17\x03\x03\x00\x20" + b"x" * 32)
        return False

    with Scripted(script, context) as server, pytest.raises(Uncertain) as failure:
        client(server.url, ca_path=ca_path).create(NAME)
    assert "ca_path" not in str(failure.value)
    assert len(server.requests) == 1


def test_a_certificate_that_is_refused_sends_nothing(tls: tuple[ssl.SSLContext, str]) -> None:
    with Scripted(always(answer()), tls[0]) as server, pytest.raises(NotSent, match="ca_path") as failure:
        client(server.url).create(NAME)
    assert not failure.value.is_passing
    assert not server.requests


def test_a_handshake_that_fails_is_tried_again(tls: tuple[ssl.SSLContext, str]) -> None:
    context, ca_path = tls

    def refuse_first(_sock: Any, _name: Any, _context: Any) -> int | None:
        return ssl.ALERT_DESCRIPTION_INTERNAL_ERROR if server.connections < 3 else None

    context.sni_callback = refuse_first
    with Scripted(always(answer()), context) as server:
        assert client(server.url, ca_path=ca_path).create(NAME) == "7"
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [403, 407, 502, 503])
def test_a_proxy_that_refuses_to_connect_has_sent_nothing(status: int) -> None:
    with Scripted(always(answer(status, b""), keep=False)) as proxy, pytest.raises(NotSent, match="the proxy"):
        client("https://hood.example.com", proxy=proxy.url).create(NAME)
    assert {one.method for one in proxy.requests} == {"CONNECT"}


def test_a_proxy_that_answers_for_the_server_is_unclear() -> None:
    with Scripted(always(answer(502, b"<html>"))) as proxy, pytest.raises(Uncertain, match="502"):
        client("http://127.0.0.1:9", proxy=proxy.url).create(NAME)


def test_nothing_of_the_surroundings_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n", encoding="utf-8")
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NETRC", str(netrc))
    found, server = created(always(answer(201, OK, Set_Cookie="a=b")))
    assert found == "7"
    assert f"Authorization: Bearer {TOKEN}" in server.requests[0].headers


def test_closing_ends_requests_and_waits_at_once() -> None:
    gone = threading.Event()
    reached = threading.Semaphore(0)

    def script(_request: Request, _sock: socket.socket) -> bool:
        reached.release()
        return gone.wait(60)

    ended: list[HoodError] = []
    with Scripted(script) as server:
        hood = HoodClient.open(Connection(server.url, TOKEN, request_timeout=300), 2)

        def call(method: str) -> None:
            try:
                getattr(hood, method)(*({"create": [NAME], "integrations": []}[method]))
            except HoodError as error:
                ended.append(error)

        threads = [threading.Thread(target=call, args=(one,), daemon=True) for one in ("create", "integrations")]
        for thread in threads:
            thread.start()
            reached.acquire(timeout=30)
        hood.close()
        for thread in threads:
            thread.join(30)
        assert sorted(type(error).__name__ for error in ended) == ["NotSent", "Uncertain"]
        with pytest.raises(NotSent):
            hood.create(NAME)
    gone.set()


def test_what_was_still_connecting_is_not_sent_after_closing(monkeypatch: pytest.MonkeyPatch) -> None:
    connecting, closed = threading.Event(), threading.Event()
    resolve = socket.getaddrinfo

    def slow(*arguments: Any) -> Any:
        connecting.set()
        closed.wait(30)
        return resolve(*arguments)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    ended: list[HoodError] = []
    with Scripted(always(answer())) as server:
        hood = client(server.url)

        def create() -> None:
            try:
                hood.create(NAME)
            except HoodError as error:
                ended.append(error)

        thread = threading.Thread(target=create, daemon=True)
        thread.start()
        connecting.wait(30)
        hood.close()
        closed.set()
        thread.join(30)
    assert not server.requests
    assert [type(error) for error in ended] == [NotSent]


def test_a_wait_that_an_error_asks_for_is_reported_with_the_error() -> None:
    body = b'{"code": 503, "title": "Maintenance", "message": "Back soon", "trace_id": "t-1"}'
    with Scripted(always(answer(503, body, Retry_After="300"))) as server, pytest.raises(WaitTooLong) as failure:
        client(server.url).integrations()
    said, asked = str(failure.value).split(". ", 1)
    assert said == "Hood answered 503: Maintenance: Back soon (GET /v1/hood/integrations, trace_id t-1)"
    assert asked.startswith("Hood asks for a wait of 300 s")


def test_a_text_of_the_server_is_cleaned_before_it_is_in_an_error() -> None:
    body = json.dumps({"title": "Bad", "message": "secret-canary", "trace_id": "secret-canary-2"}).encode()
    for status, call in ((400, "create"), (500, "create"), (400, "update"), (503, "notify"), (400, "validate")):
        with Scripted(always(answer(status, body))) as server:
            hood = client(server.url)
            hood.clean = lambda text: text.replace("secret-canary", "(hidden)")
            with pytest.raises(HoodError) as failure:
                getattr(hood, call)(*(["7", NAME] if call == "update" else [NAME]))
        assert "secret-canary" not in str(failure.value)
        assert "(hidden)" in str(failure.value)


def test_a_huge_answer_to_a_reading_is_not_read_again_and_again() -> None:
    with Scripted(_huge) as server, pytest.raises(MalformedAnswer, match="larger than 16 MiB"):
        client(server.url).integration("7")
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [499, 520, 403])
def test_a_creation_that_was_carried_out_all_the_same_is_found(hood: Emulator, status: int) -> None:
    fault = {"kind": "status", "status": status, "form": "html", "when": "after"}
    hood.faults.add(method="POST", path="/integrations", times=1, **fault)
    done = Runner(hood.url, [entry("Mitto")]).run()
    assert not done.messages
    assert done.changed
    assert_exactly(hood.account(TOKEN), [entry("Mitto")])


@pytest.mark.parametrize("path", ["/v1/hood", "/v1/hood/"])
def test_the_url_may_have_the_path_of_the_api(hood: Emulator, path: str) -> None:
    assert not Runner(hood.url + path, [entry("Mitto")]).run().messages


def test_a_url_with_another_path_is_reported_by_its_option(hood: Emulator) -> None:
    done = Runner(f"{hood.url}/api", [entry("Mitto")]).run()
    assert "api_url" in str(done.error)
    assert "check id" not in str(done.error)


def test_an_id_that_was_there_before_is_no_creation(hood: Emulator) -> None:
    account = hood.account(TOKEN)
    held = account.add("Another", "mitto", {"api_key": "another-key", "sender_name": "Another"})
    body = {"id": held.id, "name": "Another"}
    hood.faults.add(method="POST", path="/integrations", times=1, kind="json", body=body)
    done = Runner(hood.url, [entry("Mitto")]).run()
    assert any(f"Hood changed integration {held.id}" in message for message in done.messages)


def test_an_account_whose_empty_list_is_null_can_be_filled(hood: Emulator) -> None:
    hood.account(TOKEN)
    fault = {"kind": "json", "body": {"total": 0, "items": None}}
    hood.faults.add(method="GET", path="/integrations", times=1, **fault)
    done = Runner(hood.url, [entry("Mitto")]).run()
    assert not done.messages
    assert done.changed


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_no_in_other_words_is_looked_for(hood: Emulator, method: str, when: str) -> None:
    account = hood.account(TOKEN)
    if method == "PATCH":
        account.add("Mitto", "mitto", {"api_key": "mitto-secret-AScs8", "sender_name": "Other"})
    hood.faults.add(method=method, path="/integrations*", times=None, kind="json", body={"error": "x"}, when=when)
    done = Runner(hood.url, [entry("Mitto")], clock=SkippedTime()).run()
    (held,) = account.integrations or (None,)
    is_done = held is not None and held.settings == {key: str(one) for key, one in entry("Mitto")["settings"].items()}
    assert is_done == (when == "after")
    assert bool(done.messages) != is_done
    assert len(hood.log.calls(method=method)) == (1 if is_done or method == "PATCH" else 3)


def test_what_was_seen_once_in_a_run_is_not_made_again(hood: Emulator) -> None:
    """The list of a replica that is behind has it no more, when it is read once more."""
    account = hood.account(TOKEN)
    account.add("Mitto", "mitto", {**entry("Mitto")["settings"]}, status="inactive")
    empty = {"kind": "json", "body": {"total": 0, "items": []}}
    hood.faults.add(method="GET", path="/integrations", query="view=full&page=*", times=None, **empty)
    hood.faults.add(method="GET", path="/integrations", query="*status=*", nth=2, times=None, **empty)
    done = Runner(hood.url, [entry("Mitto")], clock=SkippedTime()).run()
    assert not hood.log.calls(method="POST")
    assert done.report


@pytest.mark.parametrize("status", [409, 400])
def test_a_creation_whose_repetition_is_refused_is_looked_for_once_more(status: Literal[409, 400]) -> None:
    """The first try was carried out, and no list shows it until after the second: the name is taken by itself."""
    clock = SkippedTime()
    with Emulator(clock=clock) as hood:
        variants = Variants(list_lag=1.5 * PATIENCE, duplicate_names="refuse", duplicate_status=status)
        account = hood.account(TOKEN, limits=Limits.off(), variants=variants)
        hood.faults.add(method="POST", path="/integrations", times=1, kind="status", status=500, when="after")
        done = Runner(hood.url, [entry("Mitto")], clock=clock).run()
        assert not done.messages
        assert done.changed
        assert len(hood.log.calls(method="POST")) == 2
        assert_exactly(account, [entry("Mitto")])


def test_a_creation_whose_repetition_is_refused_for_good_stays_unclear(hood: Emulator) -> None:
    refused = {"kind": "status", "status": 422, "form": "json"}
    hood.faults.add(method="POST", path="/integrations", nth=2, times=None, **refused)
    hood.faults.add(method="POST", path="/integrations", times=1, kind="status", status=500)
    done = Runner(hood.url, [entry("Mitto")], clock=SkippedTime()).run()
    (message,) = done.messages
    assert "Hood answered 500" in message
    assert "tried again" in message
    assert "Hood answered 422" in message
    assert done.report
    assert done.report.reason_code == UNCLEAR
    assert len(hood.log.calls(method="POST")) == 2
