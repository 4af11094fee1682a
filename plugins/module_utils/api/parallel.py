# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several requests at the same time, in a run that can be ended at any moment. Private to this collection."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Callable, Generic, TypeVar

# More could not be under way at once within the limits that the API documents.
MOST_THREADS = 32

Given = TypeVar("Given")
Got = TypeVar("Got")


def in_parallel(work: Callable[[Given], Got], items: Sequence[Given], parallel: int) -> list[Got]:
    """Return the results in the order of the items.

    Of several errors that of the first item is raised, when nothing is under way any more; what had not begun then is
    not begun. Where the waiting itself is interrupted (a task's time-out, Ctrl-C) nothing is waited for.
    """
    if parallel <= 1 or len(items) <= 1:
        return [work(item) for item in items]
    return _Workers(work, items).run(min(parallel, len(items), MOST_THREADS))


@dataclass(frozen=True)
class _Done(Generic[Got]):
    index: int
    result: list[Got]
    error: BaseException | None


class _Workers(Generic[Given, Got]):
    """Threads of one call. Not an executor of the standard library: the interpreter waits for those when it ends, as
    long as their requests last."""

    def __init__(self, work: Callable[[Given], Got], items: Sequence[Given]) -> None:
        self._work = work
        self._jobs: Iterator[tuple[int, Given]] = iter(list(enumerate(items)))
        self._lock = threading.Lock()
        self._is_ended = False
        self._done: SimpleQueue[_Done[Got] | None] = SimpleQueue()

    def run(self, count: int) -> list[Got]:
        results: dict[int, Got] = {}
        errors: dict[int, BaseException] = {}
        try:
            for _unused in range(count):
                threading.Thread(target=self._serve, daemon=True).start()
            while count:
                done = self._done.get()
                if done is None:
                    count -= 1
                elif done.error is not None:
                    errors[done.index] = done.error
                else:
                    results[done.index] = done.result[0]
        finally:
            self._is_ended = True
        if errors:
            raise errors[min(errors)]
        return [results[index] for index in sorted(results)]

    def _serve(self) -> None:
        while (job := self._next()) is not None:
            index, item = job
            try:
                self._done.put(_Done(index, [self._work(item)], None))
            except BaseException as error:  # noqa: BLE001  # pylint: disable=broad-exception-caught
                # Raised by whoever waits for it.
                self._is_ended = True
                self._done.put(_Done(index, [], error))
        self._done.put(None)

    def _next(self) -> tuple[int, Given] | None:
        with self._lock:
            return None if self._is_ended else next(self._jobs, None)
