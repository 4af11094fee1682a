# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that another thread can hang up on, and whose answers end in time. Private to this collection."""

from __future__ import annotations

import contextlib
import io
import socket
from http.client import HTTPResponse
from typing import Any, Callable

from ansible_collections.ocamba.hood.plugins.module_utils.api.pacer import countdown


def watching(adapter: type[Any], note: Callable[[Any], None]) -> type[Any]:
    """Return the class of adapters whose connections are noted, before and after they are made, and whose answers end
    in time."""

    def watched(pool: Any) -> Any:
        kind: Any = pool.ConnectionCls
        if not hasattr(kind, "is_watched"):

            class Watched(kind):  # type: ignore[misc]
                is_watched = True
                response_class = DeadlineResponse

                def connect(self) -> None:
                    note(self)
                    super().connect()
                    # Hanging up has no effect before there is a socket.
                    note(self)

            pool.ConnectionCls = Watched
        return pool

    class Watching(adapter):  # type: ignore[misc]
        """The name of the method depends on the version of requests."""

        def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
            return watched(super().get_connection_with_tls_context(*args, **kwargs))

        def get_connection(self, *args: Any, **kwargs: Any) -> Any:
            return watched(super().get_connection(*args, **kwargs))

    return Watching


class DeadlineResponse(HTTPResponse):
    """An answer that as a whole has the time-out of its socket, which begins anew with every byte by itself."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        unbounded: Any = self.fp
        self.fp = io.BufferedReader(_DeadlineReader(sock, unbounded.detach()))


class _DeadlineReader(io.RawIOBase):
    """Reads from a socket until its time-out has passed once."""

    def __init__(self, sock: Any, stream: io.RawIOBase) -> None:
        super().__init__()
        self._sock = sock
        self._stream = stream
        self._timeout: float = sock.gettimeout()
        self._left = countdown(self._timeout)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._left()
        if left <= 0:
            raise socket.timeout
        self._sock.settimeout(left)
        try:
            return self._stream.readinto(buffer)
        finally:
            # The connection may be used again.
            self._sock.settimeout(self._timeout)

    def fileno(self) -> int:
        return self._stream.fileno()

    def close(self) -> None:
        self._stream.close()
        super().close()


def hang_up(connection: Any) -> None:
    """End what a connection is doing, in whichever thread that is."""
    sock = getattr(connection, "sock", None)
    if sock is not None:
        with contextlib.suppress(OSError):
            # Not the method of a TLS socket, which would take away the state that the other thread is reading with.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
