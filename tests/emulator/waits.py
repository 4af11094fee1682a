"""Waiting that can be ended at once, so that a stalled request never holds up a stop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine


class Released(Exception):
    """A wait that was ended before its time."""


class Waits:
    """The waits of one server. All methods belong to the thread of its event loop."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[bool]] = set()
        self._closed = False

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds`. Errors: `Released`."""
        if self._closed:
            raise Released
        if seconds <= 0:
            return
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = loop.create_future()
        timer = loop.call_later(seconds, _resolve, future, True)
        self._waiting.add(future)
        try:
            if not await future:
                raise Released
        finally:
            timer.cancel()
            self._waiting.discard(future)

    def release(self) -> None:
        """End all waits."""
        for future in tuple(self._waiting):
            _resolve(future, False)

    def close(self) -> None:
        """End all waits, and every later one as it begins."""
        self._closed = True
        self.release()


class Behind:
    """What goes on behind an answer that was given. `begin` belongs to the thread of the event loop."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[None, None, None]) -> None:
        """Do it, and let nobody wait for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def __len__(self) -> int:
        return len(self._tasks)


def _resolve(future: asyncio.Future[bool], value: bool) -> None:
    if not future.done():
        future.set_result(value)
