# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What came of a task. Private to this collection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TaskOutcome:
    """What a task returns, before it is redacted.

    :param result: the task's own return values. They hold no secret.
    :param failures: one text for each thing that went wrong; empty after a good run.
    :param warnings: what the user should know though it is no failure.
    :param reason_code: why the task failed, one of errors.REASONS.
    """

    result: dict[str, Any]
    failures: Sequence[str] = ()
    warnings: Sequence[str] = ()
    reason_code: str | None = None
