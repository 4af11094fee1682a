"""Errors as the Hood API words them: `{"code", "title", "message", "trace_id"}`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

TITLES = {
    400: "Bad request.",
    401: "Unauthorized.",
    403: "Forbidden.",
    404: "Not found.",
    405: "Method not allowed.",
    409: "Conflict.",
    422: "Unprocessable entity.",
    429: "Too many requests.",
    500: "Internal server error.",
    502: "Bad gateway.",
    503: "Service unavailable.",
    504: "Gateway timeout.",
}


class Refusal(Exception):
    """A request that is answered with an error: its status, message and extra headers."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})


def invalid(detail: str) -> Refusal:
    """The documented 400, with what is wrong; `detail` names fields, never values."""
    return Refusal(400, f"The request is not valid. {detail}")


def unauthorized() -> Refusal:
    """The documented 401."""
    return Refusal(401, "Unauthorized.")


def error_body(status: int, message: str, parts: str = "full") -> dict[str, Any]:
    """The JSON of an error; `parts` is the variant `errors`. A 401 has the documented `{}` as trace."""
    body: dict[str, Any] = {"code": status, "title": TITLES.get(status, "Error.")}
    if parts != "no_message":
        body["message"] = message
    if parts != "no_trace_id":
        body["trace_id"] = "{}" if status == 401 else str(uuid.uuid4())
    return body
