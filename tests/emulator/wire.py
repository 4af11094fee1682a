"""Below HTTP: resets, closed connections, and answers that stop half-way."""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import struct
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from tests.emulator.waits import Released, Waits

WIRE = "emulator_wire"
NUMBER = "emulator_number"


class WireProtocol(H11Protocol):
    """HTTP/1.1 that tells the application of the connection, in `scope["state"]`.

    `emulator_wire` is the connection, `emulator_number` the number of the request on it, from 1.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        app = self.app
        numbers = itertools.count(1)

        async def with_wire(scope: Any, receive: Any, send: Any) -> None:
            scope["state"][WIRE] = transport
            scope["state"][NUMBER] = next(numbers)
            await app(scope, receive, send)

        self.app = with_wire


def reset(transport: asyncio.Transport) -> None:
    """Drop the connection with a TCP reset."""
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def until_disconnected(receive: Receive) -> None:
    """Wait until the connection is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


class Hangup(Response):
    """No answer: the connection is closed, or reset."""

    def __init__(self, by_reset: bool = False) -> None:
        super().__init__()
        self.by_reset = by_reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport: asyncio.Transport = scope["state"][WIRE]
        if self.by_reset:
            reset(transport)
        else:
            transport.close()
        await until_disconnected(receive)


class Raw(Response):
    """Bytes as they are, in place of an answer, then the connection is closed."""

    def __init__(self, raw: bytes, status_code: int) -> None:
        super().__init__(status_code=status_code)
        self.raw = raw

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport: asyncio.Transport = scope["state"][WIRE]
        transport.write(self.raw)
        transport.close()
        await until_disconnected(receive)


class BadRecord(Hangup):
    """A TLS record that nobody can decrypt, past the TLS of the connection, then the connection is closed."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport: asyncio.Transport = scope["state"][WIRE]
        os.write(transport.get_extra_info("socket").fileno(), b"\x17\x03\x03\x00\x30" + os.urandom(48))
        transport.abort()
        await until_disconnected(receive)


class Cut(Response):
    """Half of an answer under the Content-Length of the whole, then the connection is closed."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        whole = bytes(self.body) or b"  "
        self.headers["content-length"] = str(len(whole))
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": whole[: len(whole) // 2], "more_body": True})
        scope["state"][WIRE].close()
        await until_disconnected(receive)


class Drip(Response):
    """An answer, byte by byte, `pause` seconds between two."""

    def __init__(self, response: Response, pause: float, waits: Waits) -> None:
        super().__init__(response.body, response.status_code, dict(response.headers))
        self.pause = pause
        self.waits = waits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport: asyncio.Transport = scope["state"][WIRE]
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        try:
            for byte in bytes(self.body):
                if transport.is_closing():
                    return
                await send({"type": "http.response.body", "body": bytes((byte,)), "more_body": True})
                await self.waits.sleep(self.pause)
        except Released:
            transport.close()
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})
