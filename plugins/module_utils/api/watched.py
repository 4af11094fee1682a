# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that another thread can hang up on, and whose answers begin in time. Private to this collection."""

from __future__ import annotations

import contextlib
import socket
from http.client import HTTPException
from typing import Any, Callable

# Calls the second argument after so many seconds unless the block ends before; what is yielded tells whether it did.
Alarm = Callable[[float, Callable[[], None]], contextlib.AbstractContextManager[Callable[[], bool]]]
# The same with its seconds.
Timed = Callable[[Callable[[], None]], contextlib.AbstractContextManager[Callable[[], bool]]]


def watching(adapter: type[Any], note: Callable[[Any], None], timed: Timed) -> type[Any]:
    """Return the class of adapters whose connections are noted when they are opened.

    :param timed: hangs up where the headers of an answer do not end in time.
    """

    def watched(pool: Any) -> Any:
        kind: Any = pool.ConnectionCls
        if not hasattr(kind, "is_watched"):

            class Watched(kind):  # type: ignore[misc]
                is_watched = True

                def connect(self) -> None:
                    note(self)
                    super().connect()

                def getresponse(self, *args: Any, **kwargs: Any) -> Any:
                    with timed(lambda: hang_up(self)) as is_late:
                        return _unless_late(lambda: super(Watched, self).getresponse(*args, **kwargs), is_late)

            pool.ConnectionCls = Watched
        return pool

    class Watching(adapter):  # type: ignore[misc]
        """The name of the method depends on the version of requests."""

        def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
            return watched(super().get_connection_with_tls_context(*args, **kwargs))

        def get_connection(self, *args: Any, **kwargs: Any) -> Any:
            return watched(super().get_connection(*args, **kwargs))

    return Watching


def hang_up(connection: Any) -> None:
    """End what a connection is doing, in whichever thread that is."""
    sock = getattr(connection, "sock", None)
    if sock is not None:
        with contextlib.suppress(OSError):
            # Not the method of a TLS socket, which would take away the state that the other thread is reading with.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _unless_late(read: Callable[[], Any], is_late: Callable[[], bool]) -> Any:
    """Return the head of an answer. One that was hung up on can look like one that ended.

    :raises socket.timeout: where it was.
    """
    head = None
    try:
        head = read()
    except (OSError, HTTPException):
        if not is_late():
            raise
    if is_late():
        if head is not None:
            head.close()
        raise socket.timeout
    return head
