# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rotation report: what became of each integration that was to get new secrets. Pure. Private to this collection.

Made of results of ocamba_integrations, which hold no secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import printable
from ansible_collections.ocamba.hood.plugins.module_utils.errors import (
    DOUBLED,
    INTERNAL_ERROR,
    NOT_CONFIRMED,
    REFUSED,
    STORED_DIFFERENTLY,
    TOKEN_REFUSED,
    UNCLEAR,
)
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import UPDATED

Data = dict[str, Any]

ROTATED = "rotated"
ANNOUNCED = "would be rotated"
UNCHANGED = "unchanged"
NOT_WRITTEN = "not written"
FAILED = "failed"

CONFIRMED = "confirmed"
END_CONFIRMED = "confirmed by its end"
HIDDEN = "hidden"
DIFFERS = "differs"
READING_FAILED = "failed"

NOT_SEEN = "whether it was written can't be seen, as Hood does not show it"
READ_BACK = {
    None: "",
    CONFIRMED: "confirmed, Hood shows the new value",
    END_CONFIRMED: "confirmed by the end that Hood shows of it",
    HIDDEN: "written, Hood does not show it",
    DIFFERS: "but Hood shows another value",
    READING_FAILED: "but it could not be read back",
}


# Without a reason_code: what core adds where a module crashed, was ended or lost, so that nobody knows how far it came.
_CRASHED = ("module_stdout", "exception", "timedout", "unreachable", "parsed")
# Reasons of a failure with which the secret may be stored nevertheless.
_OPEN = (UNCLEAR, DOUBLED, NOT_CONFIRMED, STORED_DIFFERENTLY, INTERNAL_ERROR)
_REFUSED = (REFUSED, TOKEN_REFUSED)


def make_rotation_report(
    written: Data, names: Sequence[str], read_back: Data | None = None, check_mode: bool = False
) -> Data:
    """Return what became of each integration, as data and as sentences.

    :param written: the result of the task that wrote; it says itself whether that ran in check mode.
    :param read_back: the result of reading the same entries once more, in check mode.
    """
    described = written.get("integrations") or []
    seen = (read_back or {}).get("integrations") or []
    is_read = bool(read_back) and not (read_back or {}).get("skipped")
    is_announced = check_mode or bool(written.get("check_mode"))
    report = []
    for index, name in enumerate(names):
        if index >= len(described):
            report.append(_without_outcome(name, written))
            continue
        one = _described(name, described[index], is_announced)
        # What was refused is not stored, whatever Hood shows of it.
        if is_read and (one["outcome"] == ROTATED or (one["outcome"] == FAILED and one["written"] is None)):
            one["reading_back"] = _reading(seen[index]) if index < len(seen) else READING_FAILED
        report.append(one)
    return {
        "integrations": report,
        "lines": [_line(one) for one in report],
        "summary": _summary(report),
        "failed": any(_is_wrong(one) for one in report),
    }


def _without_outcome(name: str, written: Data) -> Data:
    """The run ended before there was a plan, or it crashed, and then nobody knows how far it came."""
    code = written.get("reason_code")
    if code:
        is_open, reason = code in _OPEN, str(written.get("msg"))
    else:
        # Core's own message may quote what stands around a variable, so it is not repeated here.
        is_open = any(key in written for key in _CRASHED)
        reason = "the task ended without a result of the module; the output of the run says why"
    is_written = None if is_open else False
    return _entry(name, FAILED if is_open else NOT_WRITTEN, reason=reason, reason_code=code, written=is_written)


def _described(name: str, one: Data, check_mode: bool) -> Data:
    known = {"id": one.get("id"), "reason_code": one.get("reason_code")}
    if one.get("error"):
        held_back = bool(one.get("held_back"))
        is_accepted = one.get("credentials") == "accepted"
        reason = str(one["error"]) + ("; its own were accepted" if held_back and is_accepted else "")
        # What was accepted and failed nevertheless failed while it was written; by a refusal nothing is stored.
        may_be_stored = known["reason_code"] in _OPEN or (is_accepted and known["reason_code"] not in _REFUSED)
        is_open = not held_back and may_be_stored
        outcome = NOT_WRITTEN if held_back else FAILED
        return _entry(name, outcome, reason=reason, held_back=held_back, written=None if is_open else False, **known)
    if one.get("action") == UPDATED:
        outcome = ANNOUNCED if check_mode else ROTATED
        return _entry(name, outcome, secrets=_keys(one), written=outcome == ROTATED, **known)
    return _entry(name, UNCHANGED, reason="it had this value already", **known)


def _entry(name: str, outcome: str, **known: Any) -> Data:
    blank: Data = {
        "name": name,
        "id": None,
        "outcome": outcome,
        "written": False,
        "secrets": [],
        "reading_back": None,
        "reason": None,
        "reason_code": None,
        "held_back": False,
    }
    return {**blank, **known}


def _reading(one: Data) -> str:
    """What the second reading says. What it would write again and is not merely hidden differs."""
    if one.get("error"):
        return READING_FAILED
    seen = one.get("secrets_seen") or {}
    if any(seen.get(key, "different") == "different" for key in _keys(one)):
        return DIFFERS
    if "hidden" in seen.values():
        return HIDDEN
    return END_CONFIRMED if "alike" in seen.values() else CONFIRMED


def _keys(one: Data) -> list[str]:
    return [field[len("settings.") :] for field in one.get("changed_fields") or []]


def _is_wrong(one: Data) -> bool:
    return one["outcome"] in (FAILED, NOT_WRITTEN) or one["reading_back"] in (DIFFERS, READING_FAILED)


def _line(one: Data) -> str:
    what = str(one["outcome"])
    if one["secrets"]:
        what += f" ({', '.join(one['secrets'])})"
    # The reason of what was held back says itself that it was not written.
    is_unseen = one["outcome"] == FAILED and one["reading_back"] == HIDDEN
    read_back = NOT_SEEN if is_unseen else READ_BACK[one["reading_back"]]
    reported = ["" if one["held_back"] else what, one["reason"], read_back]
    shown = printable(one["name"]) + (f" (id {one['id']})" if one["id"] else "")
    return f"{shown}: " + ": ".join(part for part in reported if part)


def _summary(report: list[Data]) -> str:
    by_outcome = {
        outcome: [printable(one["name"]) for one in report if one["outcome"] == outcome]
        for outcome in (ROTATED, ANNOUNCED, UNCHANGED, NOT_WRITTEN, FAILED)
    }
    counts = ", ".join(f"{len(names)} {outcome}" for outcome, names in by_outcome.items() if names)
    left = by_outcome[FAILED] + by_outcome[NOT_WRITTEN]
    again = "run it again with the same choice; keep the old secrets valid at the providers until a run ends well"
    if left and all(one["written"] is False for one in report):
        return f"{counts}. Nothing was written, the old secrets are still in use. Correct what failed and run it again"
    if left:
        done = f"the new secrets of {', '.join(by_outcome[ROTATED]) or 'none'} are written, those of {', '.join(left)}"
        return f"{counts}. It stopped midway: {done} are not, or not surely. See to what failed, and {again}"
    if any(_is_wrong(one) for one in report):
        return f"{counts}. Hood does not show what was written: {again}"
    return counts
