# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong, each with what a person needs to act on it. Private to this collection.

The texts may carry whatever a server said; only a task shows them, after redaction (see task/task.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

# Why something was not done, or not as it was asked for: the values of `reason_code`, a closed list.
INVALID = "invalid"
UNSAFE = "unsafe"
HELD_BACK = "held_back"
REFUSED = "refused"
TOKEN_REFUSED = "token_refused"  # noqa: S105
CREDENTIALS_REFUSED = "credentials_refused"
CREDENTIALS_UNTRIED = "credentials_untried"
UNCLEAR = "unclear"
DOUBLED = "doubled"
NOT_CONFIRMED = "not_confirmed"
STORED_DIFFERENTLY = "stored_differently"
UNREACHABLE = "unreachable"
LIMITED = "limited"
MALFORMED_ANSWER = "malformed_answer"
MISSING_LIBRARY = "missing_library"
INTERNAL_ERROR = "internal_error"
PLAN_CHANGED = "plan_changed"
ENTRIES_FAILED = "entries_failed"

REASONS = {
    INVALID: "what was declared or asked for is a mistake",
    UNSAFE: "the update could lose a stored setting that can't be read",
    HELD_BACK: "nothing is known to be wrong with it; it was not written because of something else",
    REFUSED: "Hood refused it",
    TOKEN_REFUSED: "Hood refused the token",
    CREDENTIALS_REFUSED: "the provider refused its settings",
    CREDENTIALS_UNTRIED: "its settings could not be tried with the provider",
    UNCLEAR: "it is not known whether it was written",
    DOUBLED: "it exists more than once in the account",
    NOT_CONFIRMED: "it was written, and could not be read back as written",
    STORED_DIFFERENTLY: "it was written, and Hood stores a declared value in another form",
    UNREACHABLE: "no answer came from Hood",
    LIMITED: "Hood asks for a longer wait than max_wait allows",
    MALFORMED_ANSWER: "Hood's answer is not what its API documents",
    MISSING_LIBRARY: "a Python library is missing",
    INTERNAL_ERROR: "a defect of the collection",
    PLAN_CHANGED: "the plan is another than the one that was approved",
    ENTRIES_FAILED: "some entries failed; each has a reason_code of its own",
}


@dataclass(frozen=True)
class Mistake:
    """One thing wrong with what the user wrote: the path of the value (indices from 0) and why, never a value."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


def listed(messages: Sequence[str], longest: int) -> str:
    """All messages in one: as many as there is space for, each whole, and how many more there are.

    :param longest: how many characters there is space for.
    """
    if len(messages) == 1:
        return messages[0]
    lines = [f"{len(messages)} things are wrong:"]
    space = longest - len(lines[0]) - len(_more(len(messages))) - 1
    for index, message in enumerate(messages):
        space -= len(message) + 3
        if space < 0 and index:
            return "\n".join([*lines, _more(len(messages) - index)])
        lines.append(f"- {message}")
    return "\n".join(lines)


def _more(count: int) -> str:
    return f"- and {count} more"


class HoodError(Exception):
    """A failure that is understood; its text is for the user, `reason_code` for what comes after."""

    reason_code: ClassVar[str] = INTERNAL_ERROR


class MissingLibrary(HoodError):
    """A Python library that the collection needs can't be imported."""

    reason_code = MISSING_LIBRARY

    def __init__(self, library: str, reason: str) -> None:
        super().__init__(f"{library}: {reason}")
        self.library = library


class InvalidOptions(HoodError):
    """Options of a task that can't be meant."""

    reason_code = INVALID


class NotSent(HoodError):
    """No connection came about: the request surely was not processed.

    :param is_passing: whether another try may do better.
    """

    reason_code = UNREACHABLE

    def __init__(self, text: str, is_passing: bool = True) -> None:
        super().__init__(text)
        self.is_passing = is_passing


class Uncertain(HoodError):
    """The request went out and no usable answer came back: it may or may not have been processed."""

    reason_code = UNCLEAR

    def __init__(self, text: str, slow: bool = False) -> None:
        super().__init__(text)
        self.slow = slow


class MalformedAnswer(HoodError):
    """A successful status with a body that is not what the API documents."""

    reason_code = MALFORMED_ANSWER


class WaitTooLong(HoodError):
    """The wait that a limit or a retry asks for is longer than max_wait."""

    reason_code = LIMITED


@dataclass
class Refused(HoodError):
    """Hood answered with an error status."""

    reason_code = REFUSED

    method: str
    path: str
    status: int
    message: str
    trace_id: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        said = f": {self.message}" if self.message else ""
        trace = f", trace_id {self.trace_id}" if self.trace_id else ""
        hint = f". {self.hint}" if self.hint else ""
        return f"Hood answered {self.status}{said} ({self.method} {self.path}{trace}){hint}"


class TokenRefused(Refused):
    """401: no request with this token can succeed, so the run stops."""

    reason_code = TOKEN_REFUSED
