"""The transport, as far as no account is needed: what is missing, what was ended, what does not end."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from collections.abc import Iterator

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import Connection
from ansible_collections.ocamba.hood.plugins.module_utils.api.transport import Transport
from ansible_collections.ocamba.hood.plugins.module_utils.errors import MissingLibrary, NotSent, Uncertain

NOWHERE = Connection("http://127.0.0.1:9", "a-token")


@pytest.mark.parametrize("is_fresh", [False, True])
def test_nothing_is_sent_once_the_run_was_ended(is_fresh: bool) -> None:
    transport = Transport(NOWHERE)
    transport.close()
    with pytest.raises(NotSent, match="the run was ended") as failure:
        transport.send("GET", "/", None, None, is_fresh)
    assert not failure.value.is_passing


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(MissingLibrary) as failure:
        Transport(NOWHERE).send("GET", "/", None, None)
    assert failure.value.library == "requests"


@contextlib.contextmanager
def trickling(pause: float, ends: bool) -> Iterator[str]:
    """Give the URL of a server whose answer takes ten of these pauses in seconds, and then ends or never comes to its
    end."""
    over = threading.Event()

    def answer() -> None:
        connection, _peer = listening.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            for number in range(10 if ends else 10_000):
                over.wait(pause)
                connection.sendall(f"X-Number: {number}\r\n".encode("ascii"))
            connection.sendall(b"Content-Length: 2\r\n\r\n{}")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize("body", [None, {"name": "A"}])
def test_headers_that_trickle_in_without_end_end_at_the_time_out(body: dict[str, str] | None) -> None:
    with trickling(pause=0.05, ends=False) as url:
        transport = Transport(Connection(url, "a-token", request_timeout=0.2))
        with pytest.raises(Uncertain, match="within request_timeout") as failure, contextlib.closing(transport):
            transport.send("POST" if body else "GET", "/", None, body)
    assert failure.value.slow


def test_headers_that_come_slowly_are_read() -> None:
    with trickling(pause=0.01, ends=True) as url:
        transport = Transport(Connection(url, "a-token", request_timeout=30))
        with contextlib.closing(transport):
            assert transport.send("GET", "/", None, None).json() == {}
