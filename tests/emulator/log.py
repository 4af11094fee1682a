"""What was asked of the emulator, in order. Safe under concurrent use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.emulator.call import Call, path_matches
from tests.emulator.limits import Clock

READS = ("GET", "HEAD", "OPTIONS")
REPORTED_HEADERS = ("user-agent", "accept", "accept-encoding", "content-type", "host", "connection")


@dataclass
class LogEntry:
    """One request.

    `time`: seconds since the epoch. `path`: as it was sent. `query`: decoded, the last of each name.
    `body`: the parsed JSON, else text, else None. `status`: None while unanswered and for those that
    never are. `fault`: `kind:when` of the fault that was applied. `headers`: those of interest, with
    `authorization` as `present` or `absent`. `client`: `host:port`, one for each connection.
    `in_flight`: requests of the same token under way when this one began, itself counted.
    """

    seq: int
    time: float
    token: str | None
    method: str
    path: str
    query: dict[str, str]
    body: object
    client: str
    in_flight: int
    headers: dict[str, str] = field(default_factory=dict)
    status: int | None = None
    fault: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """All fields as JSON values."""
        return asdict(self)


class Log:
    """The requests of one emulator; control calls are not among them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: list[LogEntry] = []
        self._under_way: dict[str | None, int] = {}
        self._count = 0
        self.on_end: Callable[[LogEntry], None] | None = None
        """Called in the server's thread whenever a request has ended, answered or not."""

    def begin(self, call: Call) -> LogEntry:
        """Record a request that has arrived."""
        headers = {name: call.headers[name] for name in REPORTED_HEADERS if name in call.headers}
        headers["authorization"] = "present" if "authorization" in call.headers else "absent"
        with self._lock:
            self._count += 1
            under_way = self._under_way.get(call.token, 0) + 1
            self._under_way[call.token] = under_way
            entry = LogEntry(
                seq=self._count,
                time=self._clock(),
                token=call.token,
                method=call.method,
                path=call.path,
                query=dict(call.query),
                body=call.reported_body(),
                client=call.client,
                in_flight=under_way,
                headers=headers,
            )
            self._entries.append(entry)
        return entry

    def end(self, entry: LogEntry) -> None:
        """Record that a request is not under way any more."""
        with self._lock:
            self._under_way[entry.token] -= 1
        if self.on_end is not None:
            self.on_end(entry)

    @property
    def entries(self) -> tuple[LogEntry, ...]:
        """All requests so far."""
        with self._lock:
            return tuple(self._entries)

    def calls(self, method: str | None = None, path: str = "*", token: str | None = None) -> list[LogEntry]:
        """The requests of that method, path (a glob, `/v1/hood` may be left out) and token."""
        return [
            one
            for one in self.entries
            if method in (None, one.method) and token in (None, one.token) and path_matches(one.path, path)
        ]

    def writes(self) -> list[LogEntry]:
        """Every request that does not merely read, in order."""
        return [one for one in self.entries if one.method not in READS]

    def clear(self) -> None:
        """Forget all requests; the numbers go on."""
        with self._lock:
            self._entries.clear()

    def __iter__(self) -> Iterator[LogEntry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)
