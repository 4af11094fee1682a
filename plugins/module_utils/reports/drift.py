# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drift report: how every account compares to its declaration, as plain data. Private to this collection.

Pure. Made of the results of ocamba_integrations in check and diff mode, which hold no secret. Page, JSON and JUnit XML
are the same structure, written out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import first_of
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.compare import Comparison
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import CREATED, DEACTIVATED, FAILED, UPDATED
from ansible_collections.ocamba.hood.plugins.module_utils.redaction import visible

SAME = "same"
DIFFERS = "differs"
STATES = (SAME, DIFFERS, FAILED)
WRITES = (CREATED, UPDATED, DEACTIVATED)

HIDDEN = "(secret)"
HIDDEN_WRITTEN = "(secret, would be written)"
# Hood does not show it, and it is another one than is remembered.
HIDDEN_CHANGED = "(another secret than was last written, would be written)"

NOT_COMPARED = "It was not compared in this run"
NO_RESULT = "It was not compared: the task failed before the module ran; the output of the run for this host says why"


_SETTING = "settings."
# In a message that lists several things, the first line is a heading and the others begin so.
_ITEM = "- "

Data = dict[str, Any]


def make_report(results: Mapping[str, Any], time: str, fail_on_unmanaged: bool = False) -> Data:
    """The report, accounts by name and integrations in the declared order.

    :param results: what ocamba_integrations returned for each account; one without `integrations` counts as failed.
    :param time: when the accounts were read, as `YYYY-MM-DDTHH:MM:SSZ`.
    :param fail_on_unmanaged: whether an integration that is not declared is a difference.
    """
    accounts = [_account(name, results[name], fail_on_unmanaged) for name in sorted(results)]
    return {
        "time": visible(time),
        "ok": bool(accounts) and all(account["state"] == SAME for account in accounts),
        "message": _message(accounts),
        "fail_on_unmanaged": fail_on_unmanaged,
        "summary": {
            "accounts": len(accounts),
            **{state: sum(account["state"] == state for account in accounts) for state in STATES},
            "integrations": sum(len(account["integrations"]) for account in accounts),
            "differences": sum(account["differences"] for account in accounts),
            "unmanaged": sum(len(account["unmanaged"]) for account in accounts),
        },
        "accounts": accounts,
    }


def _account(name: str, result: Any, fail_on_unmanaged: bool) -> Data:
    result = result if _is_result(result) else {}
    integrations = [_integration(one, shown) for one, shown in _with_diffs(result)]
    doomed = {one["id"] for one in integrations if one["action"] == DEACTIVATED}
    unmanaged = [
        {"id": _text(one.get("id")), "name": _text(one.get("name"))}
        for one in result.get("unmanaged") or ()
        if _text(one.get("id")) not in doomed
    ]
    errors = list(_errors(result))
    differences = sum(one["state"] == DIFFERS for one in integrations)
    unmanaged_counts = bool(unmanaged) and fail_on_unmanaged
    is_failed = errors or any(one["state"] == FAILED for one in integrations)
    state = DIFFERS if differences or unmanaged_counts else SAME
    return {
        "name": visible(name),
        "state": FAILED if is_failed else state,
        "differences": differences,
        "integrations": integrations,
        "unmanaged": unmanaged,
        "unmanaged_counts": unmanaged_counts,
        "warnings": [visible(str(warning)) for warning in result.get("warnings") or ()],
        "errors": errors,
    }


def _is_result(result: Any) -> bool:
    """Whether it has the form of a result of the module, be that of a failure."""
    listed = result.get("integrations", []) if isinstance(result, Mapping) else None
    return isinstance(listed, (list, tuple)) and all(isinstance(one, Mapping) for one in listed)


def _errors(result: Mapping[str, Any]) -> list[str]:
    """Return why the account could not be compared; nothing if it was."""
    if "integrations" in result and not result.get("failed"):
        return []
    if not result.get("reason_code"):
        # Core's own message may quote what stands around a variable, secrets included, so it is not repeated.
        return [NO_RESULT] if result.get("failed") or result.get("unreachable") else [NOT_COMPARED]
    lines = [line for line in str(result.get("msg") or "").splitlines() if line.strip()]
    if len(lines) > 1 and all(line.startswith(_ITEM) for line in lines[1:]):
        lines = [line[len(_ITEM) :] for line in lines[1:]]
    return [visible(line) for line in lines] or [visible(str(result["reason_code"]))]


def _with_diffs(result: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Each integration with its part of the diff, which has one for each that would be written, in the same order."""
    parts = iter(result.get("diff") or ())
    for described in result.get("integrations") or ():
        yield described, next(parts, {}) if described.get("action") in WRITES else {}


def _integration(described: Mapping[str, Any], shown: Mapping[str, Any]) -> Data:
    action = str(described.get("action"))
    error = _text(described.get("error"))
    changed = [str(field) for field in described.get("changed_fields") or ()]
    secrets = [str(key) for key in described.get("secrets_written") or ()]
    seen = described.get("secrets_seen") or {}
    remembered = [key for key in secrets if seen.get(key) == Comparison.CHANGED.value]
    return {
        "name": _text(described.get("name")) or "(no name)",
        "id": _text(described.get("id")),
        "provider": _text(described.get("provider")),
        "action": action,
        "state": FAILED if action == FAILED else DIFFERS if action in WRITES else SAME,
        "changes": [_change(field, shown, secrets, remembered, action) for field in changed],
        "secrets_sent_along": [visible(key) for key in secrets if f"{_SETTING}{key}" not in changed],
        "secrets_compared": described.get("secrets_compared") is not False,
        "error": error,
    }


def _change(
    field: str, shown: Mapping[str, Any], secrets: Sequence[str], remembered: Sequence[str], action: str
) -> Data:
    key = field[len(_SETTING) :] if field.startswith(_SETTING) else ""
    secret = key in secrets
    if secret:
        before: str | None = None if action == CREATED else HIDDEN
        after: str | None = HIDDEN_CHANGED if key in remembered else HIDDEN_WRITTEN
    else:
        before, after = (_text((shown.get(side) or {}).get(field)) for side in ("before", "after"))
    return {"field": visible(field), "secret": secret, "before": before, "after": after}


def _text(value: Any) -> str | None:
    return None if value is None else visible(str(value))


def _message(accounts: Sequence[Data]) -> str:
    if not accounts:
        return "no account was compared"
    differing = [account for account in accounts if account["state"] == DIFFERS]
    failed = [account for account in accounts if account["state"] == FAILED]
    total = _count(len(accounts), "account")
    reported = []
    if differing:
        verb = "differs" if len(differing) == 1 else "differ"
        reported.append(f"{len(differing)} of {total} {verb}: {first_of(map(_how_much, differing))}")
    if failed:
        names = first_of(account["name"] for account in failed)
        reported.append(f"{len(failed)} of {total} could not be compared: {names}")
    if not reported:
        integrations = _count(sum(len(account["integrations"]) for account in accounts), "integration")
        unmanaged = sum(len(account["unmanaged"]) for account in accounts)
        besides = f", {unmanaged} not declared" if unmanaged else ""
        verb = "is" if len(accounts) == 1 else "are"
        reported.append(f"{total} {verb} as declared ({integrations}{besides})")
    return "; ".join(reported)


def _how_much(account: Data) -> str:
    counts = []
    if account["differences"]:
        counts.append(_count(account["differences"], "integration"))
    if account["unmanaged_counts"]:
        counts.append(f"{len(account['unmanaged'])} not declared")
    return f"{account['name']} ({', '.join(counts)})"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
