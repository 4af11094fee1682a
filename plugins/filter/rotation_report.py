# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells what became of a rotation. Made of results of the module, which hold no secret."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable

from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import printable

DOCUMENTATION = r"""
name: rotation_report
short_description: Tell what became of a rotation of secrets
version_added: 0.2.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - Sums up what M(ocamba.hood.ocamba_integrations) returned for the entries that P(ocamba.hood.rotation#filter) made,
    and what reading them back showed.
positional: names, read_back, check_mode
options:
  _input:
    description: The registered result of the task that wrote the secrets.
    type: dict
    required: true
  names:
    description: The names of the integrations, in the order of the entries.
    type: list
    elements: str
    required: true
  read_back:
    description:
      - The registered result of the same task once more, in check mode. A task that was skipped stands for
        no reading.
    type: dict
    default: {}
  check_mode:
    description: Whether the first task ran in check mode as well.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Tell what became of a rotation
  ansible.builtin.debug:
    msg: "{{ (written | ocamba.hood.rotation_report(['Mitto'], read)).lines }}"
  vars:
    written: {integrations: [{action: updated, id: "1161", changed_fields: [settings.api_key]}]}
    read: {integrations: [{action: unchanged, secrets_seen: {api_key: same}}]}
"""

RETURN = r"""
_value:
  description: The report.
  type: dict
  contains:
    integrations:
      description: For each integration what became of it.
      type: list
      elements: dict
      contains:
        name:
          description: The name.
          type: str
        id:
          description: The id, null where the integration was not found.
          type: str
        outcome:
          description: One of V(rotated), V(would be rotated), V(unchanged), V(not written) and V(failed).
          type: str
        written:
          description: Whether it was written; null where that is not known.
          type: bool
        secrets:
          description: The keys of the secrets that were written.
          type: list
          elements: str
        reading_back:
          description: One of V(confirmed), V(confirmed by its end), V(hidden), V(differs) and V(failed), or null.
          type: str
        reason:
          description: Why it was not written.
          type: str
    lines:
      description: The same, each as a sentence.
      type: list
      elements: str
    summary:
      description: What came of it as a whole, and what to do.
      type: str
    failed:
      description: Whether something did not come about.
      type: bool
"""

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

READ_BACK = {
    None: "",
    CONFIRMED: "confirmed, Hood shows the new value",
    END_CONFIRMED: "confirmed by the end that Hood shows of it",
    HIDDEN: "written, Hood does not show it",
    DIFFERS: "but Hood shows another value",
    READING_FAILED: "but it could not be read back",
}


def rotation_report(
    written: dict[str, Any], names: Sequence[str], read_back: dict[str, Any] | None = None, check_mode: bool = False
) -> dict[str, Any]:
    """What became of each, as data and as sentences."""
    described = written.get("integrations") or []
    seen = (read_back or {}).get("integrations") or []
    is_read = bool(read_back) and not (read_back or {}).get("skipped")
    report = []
    for index, name in enumerate(names):
        if index >= len(described):
            report.append(_untold(name, written))
            continue
        one = _described(name, described[index], check_mode)
        if is_read and one["outcome"] in (ROTATED, FAILED):
            one["reading_back"] = _reading(seen[index]) if index < len(seen) else READING_FAILED
        report.append(one)
    return {
        "integrations": report,
        "lines": [_line(one) for one in report],
        "summary": _summary(report),
        "failed": any(_is_wrong(one) for one in report),
    }


def _untold(name: str, written: dict[str, Any]) -> dict[str, Any]:
    """The run ended before there was a plan, or it crashed, and then nobody knows how far it came."""
    message = str(written.get("msg") or "the task gave no result")
    crashed = "module_stdout" in written or "exception" in written or message.startswith("internal error")
    if crashed:
        return {**_entry(name, None, FAILED, [], message), "written": None}
    return _entry(name, None, NOT_WRITTEN, [], message)


def _described(name: str, one: dict[str, Any], check_mode: bool) -> dict[str, Any]:
    if one.get("error"):
        outcome = NOT_WRITTEN if one.get("held_back") else FAILED
        reason = str(one["error"])
        if one.get("held_back") and one.get("credentials") == "accepted":
            reason += "; its own were accepted"
        # What was accepted and failed nevertheless failed while it was written.
        is_open = outcome == FAILED and one.get("credentials") == "accepted"
        return {**_entry(name, one.get("id"), outcome, [], reason), "written": None if is_open else False}
    if one.get("action") == "updated":
        return _entry(name, one.get("id"), ANNOUNCED if check_mode else ROTATED, _keys(one), None)
    return _entry(name, one.get("id"), UNCHANGED, [], "it had this value already")


def _entry(name: str, integration_id: Any, outcome: str, secrets: list[str], reason: str | None) -> dict[str, Any]:
    return {
        "name": name,
        "id": integration_id,
        "outcome": outcome,
        "written": outcome == ROTATED,
        "secrets": secrets,
        "reading_back": None,
        "reason": reason,
    }


def _reading(one: dict[str, Any]) -> str:
    """What the second reading says. What it would write again and is not merely hidden differs."""
    if one.get("error"):
        return READING_FAILED
    seen = one.get("secrets_seen") or {}
    if any(seen.get(key, "different") == "different" for key in _keys(one)):
        return DIFFERS
    if "hidden" in seen.values():
        return HIDDEN
    return END_CONFIRMED if "alike" in seen.values() else CONFIRMED


def _keys(one: dict[str, Any]) -> list[str]:
    return [field[len("settings.") :] for field in one.get("changed_fields") or []]


def _is_wrong(one: dict[str, Any]) -> bool:
    return one["outcome"] in (FAILED, NOT_WRITTEN) or one["reading_back"] in (DIFFERS, READING_FAILED)


def _line(one: dict[str, Any]) -> str:
    what = str(one["outcome"])
    if one["secrets"]:
        what += f" ({', '.join(one['secrets'])})"
    told = [what, one["reason"] and one["reason"].replace("not written, ", "", 1), READ_BACK[one["reading_back"]]]
    shown = printable(one["name"]) + (f" (id {one['id']})" if one["id"] else "")
    return f"{shown}: " + ": ".join(part for part in told if part)


def _summary(report: list[dict[str, Any]]) -> str:
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


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rotation_report": rotation_report}
