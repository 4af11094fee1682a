"""Answers before they become responses, so that a fault can still alter them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from tests.emulator.errors import Refusal, error_body
from tests.emulator.variants import Variants

JSON_TYPE = "application/json"


@dataclass(frozen=True)
class Answer:
    """A status, a JSON body (None: none at all) and headers."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """The body as bytes."""
        if self.body is None:
            return b""
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")

    def response(self) -> Response:
        """The response that carries it."""
        media_type = None if self.body is None else JSON_TYPE
        return Response(self.content(), self.status, dict(self.headers), media_type)


def envelope(variants: Variants, total: int, items: Sequence[Any]) -> dict[str, Any]:
    """`{"total", "items"}` under the variant `total`."""
    if variants.total == "absent":
        return {"items": list(items)}
    shown: dict[str, Any] = {
        "number": total,
        "string": str(total),
        "page": len(items),
        "fewer": max(0, min(total, len(items) - 1)),
        "null": None,
        "word": "many",
    }
    return {"total": shown[variants.total], "items": list(items)}


def refused(refusal: Refusal, parts: str = "full") -> Answer:
    """The answer to a refused request; `parts` is the variant `errors`."""
    return Answer(refusal.status, error_body(refusal.status, refusal.message, parts), dict(refusal.headers))
