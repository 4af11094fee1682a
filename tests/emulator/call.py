"""One request, read and taken apart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request

from tests.emulator.errors import invalid
from tests.emulator.wire import NUMBER

API_ROOT = "/v1/hood"


@dataclass(frozen=True)
class Call:
    """A request to the API. `path` is as it was sent, still percent-encoded; `headers` in lower case.

    `number` counts the requests of its connection from 1.
    """

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    client: str
    number: int = 1

    @classmethod
    async def read(cls, request: Request) -> Call:
        """The call of a request. Errors: `starlette.requests.ClientDisconnect`."""
        scope = request.scope
        client = request.client
        return cls(
            method=request.method,
            path=scope["raw_path"].decode("latin-1"),
            query_string=scope["query_string"].decode("latin-1"),
            headers=dict(request.headers),
            body=await request.body(),
            client=f"{client.host}:{client.port}" if client else "",
            number=scope["state"][NUMBER],
        )

    @property
    def segments(self) -> tuple[str, ...]:
        """The decoded parts of the path: an encoded slash does not divide."""
        return tuple(unquote(part) for part in self.path.split("/")[1:])

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        """The decoded pairs of the query."""
        return parse_qsl(self.query_string, keep_blank_values=True)

    @property
    def token(self) -> str | None:
        """The bearer token, if one was sent."""
        scheme, _unused, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" and token.strip() else None

    def json(self) -> object:
        """The JSON that a write must carry. Errors: `Refusal` with 400, also for its Content-Type.

        Lone surrogates, which JSON can escape but no UTF-8 can hold, are refused as well.
        """
        media_type, _unused, parameters = self.headers.get("content-type", "").partition(";")
        if media_type.strip().lower() != "application/json":
            raise invalid("Content-Type must be application/json.")
        if parameters.strip().lower() not in ("", "charset=utf-8", 'charset="utf-8"'):
            raise invalid("the body must be UTF-8.")
        try:
            value = json.loads(self.body.decode("utf-8"), parse_constant=_refuse_constant)
            json.dumps(value, ensure_ascii=False).encode("utf-8")
            return value
        except (ValueError, RecursionError):
            raise invalid("the body is not JSON.") from None

    def reported_body(self) -> object:
        """The body for the log: JSON, else text; None if there is none."""
        if not self.body:
            return None
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return self.body.decode("utf-8", "replace")


def path_matches(path: str, pattern: str) -> bool:
    """Whether a path, or what follows `/v1/hood` in it, matches a glob (`*` crosses slashes)."""
    return fnmatchcase(path, pattern) or fnmatchcase(path.removeprefix(API_ROOT), pattern)


def _refuse_constant(name: str) -> object:
    raise ValueError(name)
