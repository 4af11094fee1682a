# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a finding is, and what all of them are made with. Private to this collection."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis.answers import Facts, Seen

UNKNOWN = "unknown"
REPORT_IT = "Please report it with this text."
NO_INTEGRATIONS = "the account has no integrations"


@dataclass(frozen=True)
class Finding:
    """The answer to one question.

    :param verdict: the answer in a word; UNKNOWN where it could not be determined.
    :param evidence: what it rests on, a line each.
    :param consequence: what this collection therefore does, or what a person should.
    :param reason_code: why the collection can't work with this; None where it can.
    """

    topic: str
    question: str
    verdict: str
    answer: str
    evidence: tuple[str, ...] = ()
    consequence: str = ""
    reason_code: str | None = None

    @property
    def is_problem(self) -> bool:
        """Whether this keeps the collection from working."""
        return self.reason_code is not None


def undetermined(
    topic: str, question: str, reason: str, *evidence: str, consequence: str = "", reason_code: str | None = None
) -> Finding:
    answer = f"Could not be determined, because {reason}."
    return Finding(topic, question, UNKNOWN, answer, evidence, consequence, reason_code)


def without_list(facts: Facts, seen: Seen) -> str | None:
    """Why a list can't be judged; None where it can."""
    return seen.without_list if facts.first.is_list else "the integrations could not be listed"


def evidence_of(*answers: Seen) -> tuple[str, ...]:
    return tuple(str(seen) for seen in answers if seen.asked)


def pages_of(total: int, size: int) -> int:
    return max(1, -(-total // size)) if size else 1


def plural(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
