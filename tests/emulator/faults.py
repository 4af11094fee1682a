"""What shall go wrong: faults in a queue, each waiting for the calls that it matches."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

from tests.emulator.call import Call, path_matches

Kind = Literal[
    "status",
    "html",
    "empty",
    "json",
    "redirect",
    "huge",
    "nested",
    "reset",
    "close",
    "stall",
    "refuse",
    "slow",
    "cut",
    "drip",
    "edit",
    "repeat_page",
    "double",
    "meanwhile",
    "garbled",
    "bad_record",
    "record",
]
When = Literal["before", "after", "later"]
Form = Literal["json", "html", "empty", "echo"]
Garble = Literal["half", "bytes", "gzip", "chunk"]

ALTERING = ("cut", "drip", "edit", "repeat_page")
"""Kinds that alter the answer of a call that was carried out: `when` means nothing to them."""

REPLACING = ("status", "html", "empty", "json", "redirect", "huge", "nested", "reset", "close", "garbled", "bad_record")
"""Kinds that answer in place of the call: these alone can have it carried out later."""

MEANWHILE = ("touch", "delete", "rename", "create", "set")
"""What somebody else can do."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that goes wrong, for matching calls number `nth` to `nth + times - 1`.

    Which calls: `method`, `path` (globs; `/v1/hood` may be left out), `query` (a glob over the query
    string as it was sent), `token` (None: any), `kept` (only those on a connection that had a call
    before); `times` None: for ever. `when`: instead of the call (`before`), after it was carried out
    (`after`), or at once, and the call is carried out behind it (`later`). `delay`: seconds to wait
    before what `kind` does; with `later`, before the call is carried out.

    Kinds, with the fields that they read:
    status       an error of `status` (500) in the `form` json, html, empty, or echo: the request's
                 body in the message; `headers`; a `body` replaces the whole
    html         a page as `body` (or one of its own), `status` (200)
    empty        nothing, `status` (200)
    json         `body` as JSON, `status` (200)
    redirect     to `location`, `status` (307)
    huge         valid JSON of `megabytes`, streamed
    nested       valid JSON, `depth` arrays deep
    reset        TCP reset
    close        the connection closed without an answer
    stall        no answer for `delay` seconds (an hour when 0), then closed
    refuse       closed (`before`) or answered (`after`), and new connections refused for `delay`
                 seconds (when 0: until `Emulator.listen`)
    slow         the true answer, `delay` seconds late; `before`: the call is carried out late too
    cut          half of the true answer under the Content-Length of the whole, then closed
    drip         the true answer, `delay` (0.1) seconds between its bytes
    edit         the true answer with `body`, `{"dotted.path": value}`, set and `remove`, dotted
                 paths, left out; list items by number
    repeat_page  page N - 1 for page N
    double       somebody else creates an integration from the same body, before or after
    meanwhile    somebody else does what `body` says, before or after: `touch` and `delete` lists of
                 names, `rename` {name: name}, `create` a list of {name, provider, settings, status},
                 `set` {name: {setting: value}}
    garbled      the true answer's status (201 or 200 when it was not carried out) over a body that
                 can't be read, `garble`: half of the JSON, bytes that are no UTF-8, no gzip though it
                 says so, or a broken chunk
    bad_record   a TLS record that can't be decrypted (without TLS: the same bytes), then closed
    record       nothing: counts and lets the next fault have the call

    Errors: `ValueError` naming the field.
    """

    kind: Kind
    method: str = "*"
    path: str = "*"
    query: str = "*"
    token: str | None = None
    nth: int = 1
    times: int | None = 1
    when: When = "before"
    delay: float = 0.0
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Form = "json"
    body: Any = None
    remove: tuple[str, ...] = ()
    kept: bool = False
    garble: Garble = "half"
    location: str = ""
    megabytes: int = 50
    depth: int = 10_000

    def __post_init__(self) -> None:
        for name, choices in (("kind", Kind), ("when", When), ("form", Form), ("garble", Garble)):
            if getattr(self, name) not in get_args(choices):
                raise ValueError(f"{name}: {getattr(self, name)!r} is not one of {get_args(choices)}")
        if self.nth < 1 or (self.times is not None and self.times < 1) or self.delay < 0:
            raise ValueError("nth and times are at least 1, delay not below 0")
        if self.status is not None and not 200 <= self.status <= 599:
            raise ValueError("status: not from 200 to 599")
        if self.kind == "redirect" and not self.location:
            raise ValueError("location: a redirect needs one")
        if self.when == "later" and self.kind not in REPLACING:
            raise ValueError(f"when: later is for {', '.join(REPLACING)}")
        if self.kind == "meanwhile" and not (isinstance(self.body, Mapping) and set(self.body) <= set(MEANWHILE)):
            raise ValueError(f"body: an object of {', '.join(MEANWHILE)}")
        if self.kind == "edit" and not isinstance(self.body, Mapping | None):
            raise ValueError("body: an edit needs an object of dotted paths")

    @classmethod
    def from_dict(cls, values: object) -> Fault:
        """A fault from JSON, an object of the fields."""
        if not isinstance(values, Mapping):
            raise ValueError("a fault is an object")
        unknown = set(values) - {one.name for one in fields(cls)}
        if unknown or "kind" not in values:
            raise ValueError(f"a fault needs a kind; unknown: {', '.join(sorted(map(str, unknown))) or '-'}")
        try:
            return cls(**{**values, "remove": tuple(values.get("remove", ()))})
        except TypeError:
            raise ValueError("a field of the fault is of the wrong type") from None

    @classmethod
    def limited(cls, retry_after: str | None = None, **matching: Any) -> Fault:
        """A 429, with whatever as Retry-After: `2`, `-1`, a date, `86400`, or None for no header."""
        headers = {} if retry_after is None else {"Retry-After": retry_after}
        return cls(kind="status", status=429, headers=headers, **matching)

    def matches(self, call: Call) -> bool:
        """Whether a call is of those meant."""
        return (
            fnmatchcase(call.method, self.method)
            and path_matches(call.path, self.path)
            and fnmatchcase(call.query_string, self.query)
            and self.token in (None, call.token)
            and (call.number > 1 or not self.kept)
        )

    def label(self) -> str:
        """`kind:when`, for the log."""
        return f"{self.kind}:{self.when}"

    def to_dict(self) -> dict[str, Any]:
        """All fields as JSON values."""
        return asdict(self)


class Planned:
    """A fault in the queue. `seen`: matching calls so far. `hits`: log numbers of those it had."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.seen = 0
        self.hits: list[int] = []

    @property
    def used_up(self) -> bool:
        """Whether it has had all of its calls; never true of one that lasts for ever."""
        return self.fault.times is not None and len(self.hits) >= self.fault.times

    def to_dict(self) -> dict[str, Any]:
        """The fault's fields and the counts."""
        return {**self.fault.to_dict(), "seen": self.seen, "hits": list(self.hits)}


class Faults:
    """The queue. Each call has at most one fault, the first that is due. Safe under concurrent use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[Planned] = []

    def add(self, fault: Fault | None = None, /, **fields: Any) -> Planned:
        """Queue a fault, or one of those fields."""
        planned = Planned(fault or Fault.from_dict(fields))
        with self._lock:
            self._planned.append(planned)
        return planned

    def take(self, call: Call, seq: int) -> Fault | None:
        """The fault for a call of that log number; every matching fault counts the call."""
        taken: Fault | None = None
        with self._lock:
            for one in self._planned:
                if not one.fault.matches(call):
                    continue
                one.seen += 1
                due = one.seen >= one.fault.nth and not one.used_up
                if due and (one.fault.kind == "record" or taken is None):
                    one.hits.append(seq)
                    taken = taken if one.fault.kind == "record" else one.fault
        return taken

    @property
    def planned(self) -> tuple[Planned, ...]:
        """All faults, used up or not."""
        with self._lock:
            return tuple(self._planned)

    def unused(self) -> list[Planned]:
        """Those that have not had all of their calls; of the lasting ones, those that had none."""
        return [one for one in self.planned if not (one.used_up or (one.fault.times is None and one.hits))]

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._planned.clear()
