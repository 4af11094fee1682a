# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an answer of Hood says: its JSON, its items, their number, and why it refuses. Private to this collection."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Callable

from ansible_collections.ocamba.hood.plugins.module_utils.errors import MalformedAnswer, Refused, TokenRefused

_HINTS = {
    400: "Check the entry's settings",
    401: "The token is unknown, expired or not yet valid: make a new personal API key in the profile menu of"
    " Ocamba under API Tokens, and update the vault or credential that api_token comes from",
    403: "The token may not do this: check the rights of its user in Ocamba",
    404: "It does not exist in this account; check id and api_token",
    409: "An integration of this name exists already, perhaps in upper or lower case or written a little otherwise:"
    " declare it by its id, or give another name",
    429: "Another client uses up the limits of this account: run again later",
}
_NO_API = "There is no Hood API at this address: check api_url"
_REDIRECT = "Redirects are not followed, as the token would go elsewhere: check api_url"
# A character that is written in two halves, or one of them.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
# How an object says yes or no in other ways than the API's own; texts in small letters.
_SWITCHES = ("valid", "is_valid", "success", "is_success", "successful", "ok", "verified", "validated", "accepted")
_WORDS = ("status", "result", "state")
_FAILED = ("error", "fail", "failed", "failure", "invalid", "rejected", "refused", "denied", "false", "no")
_DONE = ("ok", "success", "successful", "succeeded", "valid", "accepted", "verified", "sent", "true", "yes")
_NO = (False, "false", "0", "no")
_DONE_STATUSES = (200, 201, 204)
_YES = (True, "true", "1", "yes")
_PASSING = "Hood has a passing problem: run again later"

# By these Hood says no; any other status may come from anything between here and Hood, or from Hood in trouble.
REFUSALS = frozenset({400, 401, 403, 404, 405, 409, 410, 413, 414, 415, 422})


@dataclass
class Answer:
    """What a request was answered with. `headers` knows its names in any case.

    :param is_whole: False where the body of an error is larger than is read.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    is_whole: bool = True

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_redirect(self) -> bool:
        return 300 <= self.status < 400

    @property
    def is_hoods(self) -> bool:
        """Whether it can be Hood's own: a gateway answers in HTML or plain text, Hood in JSON, or with no body."""
        return self.is_whole and (not self.body.strip() or isinstance(_parsed_or_none(self.body), dict))

    @property
    def is_refusal(self) -> bool:
        """Whether Hood says no, so that the request surely was not carried out."""
        return self.status in (401, 429) or (self.status in REFUSALS and self.is_hoods)

    def json(self) -> Any:
        """Return the body.

        :raises MalformedAnswer: where it is not JSON.
        """
        return parsed(self.body)


def parsed(body: bytes) -> Any:
    """Return what a body says.

    :raises MalformedAnswer: where it is not JSON.
    """
    try:
        text = body.decode("utf-8")
        found = json.loads(text)
        return _whole_characters(found) if _HALF.search(text) else found
    except (ValueError, RecursionError):
        what = "empty" if not body.strip() else "HTML" if is_html(body) else "not the JSON it should be"
        raise MalformedAnswer(f"Hood's answer is {what}") from None


def _whole_characters(found: Any) -> Any:
    """The same with the replacement character for each half of one, as a name that was cut may end with: no output can
    write it."""
    if isinstance(found, str):
        return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(found, list):
        return [_whole_characters(one) for one in found]
    if isinstance(found, dict):
        return {_whole_characters(key): _whole_characters(one) for key, one in found.items()}
    return found


def is_html(body: bytes) -> bool:
    return body.lstrip()[:1] == b"<"


def unwrapped(found: Any) -> dict[str, Any] | None:
    """Return the object of an answer that is bare on the newest pages of the API and an envelope on older ones."""
    if isinstance(found, dict) and isinstance(found.get("items"), list):
        found = found["items"][0] if len(found["items"]) == 1 else None
    return found if isinstance(found, dict) else None


def count(total: Any) -> int | None:
    """Return a number that some pages of the API write as text; None for anything else."""
    if isinstance(total, str) and re.fullmatch("[0-9]{1,9}", total):
        return int(total)
    return total if isinstance(total, int) and not isinstance(total, bool) and 0 <= total < 10**9 else None


def created_id(body: bytes) -> str | None:
    """Return the id in the answer to a creation; None where it does not tell it."""
    found = (unwrapped(_parsed_or_none(body)) or {}).get("id")
    is_id = isinstance(found, (str, int)) and not isinstance(found, bool)
    return str(found) if is_id and re.fullmatch(r"[\w-]+", str(found)) else None


def refusal(method: str, path: str, answer: Answer, clean: Callable[[str], str] = str) -> Refused:
    """Return the error that an answer is.

    :param clean: makes a text of the server fit to be shown.
    """
    found = _parsed_or_none(answer.body)
    kind = TokenRefused if answer.status == 401 else Refused
    trace = found.get("trace_id") if isinstance(found, dict) else None
    trace_id = clean(trace) if isinstance(trace, str) else None
    return kind(method, path, answer.status, clean(message(found)), trace_id, _hint(method, path, answer.status))


def denial(method: str, path: str, answer: Answer, clean: Callable[[str], str] = str) -> Refused | None:
    """Return the no in the body of a successful answer to a request that writes or tries, if there is one.

    :raises MalformedAnswer: where it is a page of a gateway, which says nothing about the request.
    """
    if is_html(answer.body):
        parsed(answer.body)
    found = _parsed_or_none(answer.body)
    # What was created or updated may be described as not valid yet.
    is_itself = not path.endswith("/validate") and isinstance(found, dict) and _is_integration(unwrapped(found) or {})
    if isinstance(found, dict) and not is_itself and any(map(_says_no, _objects(found))):
        trace = found.get("trace_id")
        trace_id = clean(trace) if isinstance(trace, str) else None
        return Refused(method, path, answer.status, clean(message(found)), trace_id)
    return None


def is_error(body: bytes) -> bool:
    """Return whether a body is an error as the API writes them, with a status as its code."""
    found = _parsed_or_none(body)
    return isinstance(found, dict) and (count(found.get("code")) or 0) >= 400


def _is_integration(found: Mapping[str, Any]) -> bool:
    return "id" in found and ("settings" in found or "name" in found)


def _objects(found: Mapping[str, Any], depth: int = 3) -> Iterator[Mapping[str, Any]]:
    """Yield an object, and those in which an envelope has its answer."""
    yield found
    items = found.get("items")
    parts = [found.get("data"), found.get("result"), found.get("response"), *(items if isinstance(items, list) else ())]
    for part in parts if depth else ():
        if isinstance(part, Mapping):
            yield from _objects(part, depth - 1)


def _says_no(found: Mapping[str, Any]) -> bool:
    """Whether an object is an error, as the API's errors are written, or as gateways write them with a good status."""
    return (
        (count(found.get("code")) or 0) >= 400
        or (count(found.get("status")) or 0) >= 400
        or ("message" in found and _is_word_of_failure(found.get("code")))
        or any(found.get(key) for key in ("error", "errors"))
        or found.get("failed") in _YES
        or any(found.get(key) is False or _word(found.get(key)) in _FAILED for key in _WORDS)
        or any(_word(found.get(key, True)) in _NO for key in _SWITCHES)
    )


def _is_word_of_failure(code: Any) -> bool:
    return isinstance(code, str) and count(code) is None and _word(code) not in _DONE


def may_say_no(answer: Answer) -> bool:
    """Return whether a successful answer has a title and a message and no code, as an error of a gateway may have."""
    found = _parsed_or_none(answer.body)
    parts = _objects(found) if isinstance(found, dict) else ()
    return any("message" in one and "title" in one and "code" not in one and not _says_done(one) for one in parts)


def _word(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


def says_yes(answer: Answer) -> bool:
    """Return whether a successful answer that is no denial says that what was asked for was done: it has no body, is an
    empty object or the integration, or says so. Anything else, or an answer before the work is done, leaves it open."""
    found = _parsed_or_none(answer.body)
    if answer.status == 202 or (found is None and answer.body.strip()):
        return False
    return (
        found is None
        or found is True
        or (isinstance(found, dict) and (not found or any(map(_says_done, _objects(found)))))
    )


def _says_done(found: Mapping[str, Any]) -> bool:
    return (
        "settings" in found
        or _is_integration(found)
        or any(count(found.get(key)) in _DONE_STATUSES for key in ("code", "status"))
        or any(_word(found.get(key)) in _YES for key in _SWITCHES)
        or any(_word(found.get(key)) in _DONE for key in _WORDS)
    )


def message(found: Any) -> str:
    """Return title and message of an error."""
    if not isinstance(found, dict):
        return ""
    texts = [found[key].strip(" .") for key in ("title", "message") if isinstance(found.get(key), str)]
    return ": ".join(text for text in dict.fromkeys(texts) if text)


def _hint(method: str, path: str, status: int) -> str | None:
    if 300 <= status < 400:
        return _REDIRECT
    if status == 404 and not re.search(r"/integrations/(?!validate$)", path):
        return _NO_API
    if status == 400 and method == "GET":
        return None
    return _PASSING if status >= 500 else _HINTS.get(status)


def _parsed_or_none(body: bytes) -> Any:
    try:
        return parsed(body)
    except MalformedAnswer:
        return None
