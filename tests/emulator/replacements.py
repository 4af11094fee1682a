"""What a fault answers in place of the true answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from starlette.responses import Response, StreamingResponse

from tests.emulator.answers import JSON_TYPE, Answer
from tests.emulator.call import Call
from tests.emulator.errors import TITLES, error_body
from tests.emulator.faults import Fault
from tests.emulator.wire import BadRecord, Hangup, Raw

PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1><hr>gateway</body></html>\n"
MEGABYTE = 1024 * 1024


def _status(fault: Fault, call: Call, true: Answer | None) -> Response:
    status = fault.status or 500
    if status in (204, 205, 304) or fault.form == "empty":
        return Response(b"", status, dict(fault.headers))
    if fault.body is not None:
        return Answer(status, fault.body, fault.headers).response()
    title = TITLES.get(status, "Error.")
    if fault.form == "html":
        return Response(PAGE.format(f"{status} {title}"), status, dict(fault.headers), "text/html")
    message = title
    if fault.form == "echo":
        message = f"The request is not valid: {call.body.decode('utf-8', 'replace')}"
    return Answer(status, error_body(status, message), fault.headers).response()


def _html(fault: Fault, call: Call, true: Answer | None) -> Response:
    page = fault.body if isinstance(fault.body, str) else PAGE.format("Please sign in")
    return Response(page, _status_of(fault, true), dict(fault.headers), "text/html")


def _empty(fault: Fault, call: Call, true: Answer | None) -> Response:
    return Response(b"", _status_of(fault, true), dict(fault.headers), JSON_TYPE)


def _json(fault: Fault, call: Call, true: Answer | None) -> Response:
    content = json.dumps(fault.body).encode()
    return Response(content, _status_of(fault, true), dict(fault.headers), JSON_TYPE)


def _redirect(fault: Fault, call: Call, true: Answer | None) -> Response:
    return Response(b"", fault.status or 307, {**fault.headers, "Location": fault.location})


def _huge(fault: Fault, call: Call, true: Answer | None) -> Response:
    def chunks() -> Iterator[bytes]:
        yield b'{"total":1,"items":[{"id":"1","name":"'
        for _unused in range(fault.megabytes):
            yield b"x" * MEGABYTE
        yield b'"}]}'

    return StreamingResponse(chunks(), _status_of(fault, true), dict(fault.headers), JSON_TYPE)


def _nested(fault: Fault, call: Call, true: Answer | None) -> Response:
    content = b'{"total":1,"items":' + b"[" * fault.depth + b"]" * fault.depth + b"}"
    return Response(content, _status_of(fault, true), dict(fault.headers), JSON_TYPE)


def _garbled(fault: Fault, call: Call, true: Answer | None) -> Response:
    status = _status_of(fault, true) if true is not None else (fault.status or (201 if call.method == "POST" else 200))
    whole = true.content() if true is not None and true.body is not None else b'{"id":"1161","name":"a name"}'
    if fault.garble == "chunk":
        head = f"HTTP/1.1 {status} OK\r\nContent-Type: {JSON_TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n"
        return Raw(head.encode() + b"no size\r\n" + whole, status)
    bodies = {"half": whole[: len(whole) // 2], "bytes": b'{"id":"\xff\xfe\x80"}', "gzip": whole}
    headers = {**fault.headers, **({"Content-Encoding": "gzip"} if fault.garble == "gzip" else {})}
    return Response(bodies[fault.garble], status, headers, JSON_TYPE)


def _bad_record(fault: Fault, call: Call, true: Answer | None) -> Response:
    return BadRecord()


def _reset(fault: Fault, call: Call, true: Answer | None) -> Response:
    return Hangup(by_reset=True)


def _close(fault: Fault, call: Call, true: Answer | None) -> Response:
    return Hangup()


def _status_of(fault: Fault, true: Answer | None) -> int:
    """The status of a fault, else that of the true answer if it allows a body, else 200."""
    if fault.status is not None:
        return fault.status
    return true.status if true is not None and true.status != 204 else 200


REPLACEMENTS: dict[str, Callable[[Fault, Call, Answer | None], Response]] = {
    "status": _status,
    "html": _html,
    "empty": _empty,
    "json": _json,
    "redirect": _redirect,
    "huge": _huge,
    "nested": _nested,
    "reset": _reset,
    "close": _close,
    "garbled": _garbled,
    "bad_record": _bad_record,
}
"""By kind: from the fault, the call and the true answer, None if the call was not carried out."""
