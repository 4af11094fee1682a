"""A server whose every byte the test writes: for what no well-behaved server does."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

OK = b'{"id": "7"}'


def answer(status: int = 201, body: bytes = OK, **headers: str) -> bytes:
    """A whole answer."""
    shown = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Some\r\nContent-Length: {len(body)}\r\n{shown}\r\n".encode() + body


@dataclass
class Request:
    """A request as it came. `number`: on its connection, from 0."""

    method: str
    path: str
    headers: str
    body: Any
    connection: int
    number: int


Script = Callable[[Request, socket.socket], bool]
"""Answers a request; False closes the connection."""


def always(content: bytes, keep: bool = True) -> Script:
    """The same answer to every request."""

    def script(_request: Request, sock: socket.socket) -> bool:
        sock.sendall(content)
        return keep

    return script


@dataclass
class Scripted:
    """Serves each connection by the script, in a thread."""

    script: Script
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> Scripted:
        self._server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.close()

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self._server.getsockname()[1]}"

    def of(self, method: str) -> list[Request]:
        return [one for one in self.requests if one.method == method]

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _address = self._server.accept()
                self.connections += 1
                threading.Thread(target=self._talk, args=(sock, self.connections), daemon=True).start()

    def _talk(self, sock: socket.socket, connection: int) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True)
            with sock, sock.makefile("rb") as stream:
                for number, request in enumerate(_read(stream, connection)):
                    request.number = number
                    self.requests.append(request)
                    if not self.script(request, sock):
                        return


def _read(stream: Any, connection: int) -> Iterator[Request]:
    while line := stream.readline():
        method, path, _version = line.decode("ascii").split()
        headers = ""
        while (header := stream.readline()) not in (b"\r\n", b""):
            headers += header.decode("ascii")
        lengths = [one.partition(":")[2] for one in headers.splitlines() if one.lower().startswith("content-length:")]
        length = int(lengths[0]) if lengths else 0
        body = json.loads(stream.read(length)) if length else None
        yield Request(method, path, headers, body, connection, 0)
