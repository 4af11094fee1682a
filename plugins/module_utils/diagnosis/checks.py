# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the answers to the probes mean. Pure. Private to this collection.

Each question has an answer, what it rests on, and what this collection will do about it.

A finding is meant to be shown to strangers. It is made of the texts here, of numbers, and of what the account calls
its providers and their settings: never of a value, a name or an id of an integration.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis import (
    check_lists,
    check_providers,
    check_service,
    check_settings,
)
from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis.answers import Facts
from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis.finding import UNKNOWN, Finding

WIDTH = 100

# What a reading can't show, and what this collection does so that it does not matter.
ONLY_BY_WRITING = (
    (
        "Whether an update with some of the settings keeps the others: plain ones that surely read as they are stored"
        " are sent along, and an update that could lose a secret is refused."
    ),
    "What a creation answers: an object, an envelope and nothing at all are understood.",
    "Whether a second integration of a name is refused: the name is looked for first, and what has it is adopted.",
    "What becomes of settings that the provider does not have: they are refused before anything is written.",
    "How long lists take to show what was written: they are read again until they do, for up to 30 seconds.",
    "How many requests may run at once: a 429 with Retry-After -1 halves their number.",
)


# In the order in which a person wants to know.
QUESTIONS = (
    check_service.api,
    check_service.token,
    check_service.limit_headers,
    check_service.readable,
    check_providers.providers_known,
    check_providers.provider_names,
    check_providers.provider_view,
    check_settings.secrets,
    check_lists.list_view,
    check_lists.large_page,
    check_lists.default_page,
    check_lists.paging,
    check_lists.total,
    check_lists.name_filter,
    check_lists.name_search,
    check_lists.duplicate_names,
    check_lists.inactive,
    check_lists.by_id,
    check_settings.single,
    check_settings.phone_plus,
    check_settings.empty_settings,
    check_settings.effective_status,
    check_service.unknown_id,
    check_service.errors,
)


def judge(facts: Facts) -> tuple[Finding, ...]:
    """The finding to each question."""
    return tuple(question(facts) for question in QUESTIONS)


def report(findings: Sequence[Finding], version: str, requests: int, retries: int) -> str:
    """The findings as plain text, no line longer than WIDTH."""
    can = "can't" if any(found.is_problem for found in findings) else "can"
    lines = [
        f"Check of an Ocamba Hood account by ocamba.hood {version}: it {can} work with this account.",
        f"Requests sent: {requests}, all of them GET; repetitions among them: {retries}.",
        "No secret and no name or id of an integration is in this report.",
        "Marked with ! is what keeps it from working, with ? what could not be determined.",
    ]
    for group in _grouped(findings):
        lines.append("")
        for found in group:
            mark = "!" if found.is_problem else "?" if found.verdict == UNKNOWN else " "
            lines.append(f"{mark} {found.question} [{found.verdict}]")
        lines += _reported(group[0])
    lines += ["", "  What only a write would show, and how it is met:"]
    for line in ONLY_BY_WRITING:
        lines += _wrapped("  - ", line)
    return "\n".join(lines) + "\n"


def _grouped(findings: Sequence[Finding]) -> list[list[Finding]]:
    """The findings one by one, save that those which can't be determined for the same reason stand together."""
    groups: dict[str, list[Finding]] = {}
    for found in findings:
        is_bare = found.verdict == UNKNOWN and not found.evidence and not found.consequence
        groups.setdefault(found.answer if is_bare else found.topic, []).append(found)
    return list(groups.values())


def _reported(found: Finding) -> list[str]:
    lines = _wrapped("  ", found.answer)
    for line in found.evidence:
        lines += _wrapped("  seen: ", line)
    return lines + _wrapped("  so:   ", found.consequence)


def _wrapped(lead: str, text: str) -> list[str]:
    lines = textwrap.wrap(text, WIDTH - len(lead), break_on_hyphens=False)
    return [f"{' ' * len(lead) if index else lead}{line}" for index, line in enumerate(lines)]
