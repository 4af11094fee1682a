# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One real test message, sent once. Private to this collection."""

from __future__ import annotations

from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.api import reader
from ansible_collections.ocamba.hood.plugins.module_utils.api.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import Declared
from ansible_collections.ocamba.hood.plugins.module_utils.errors import (
    INVALID,
    UNCLEAR,
    HoodError,
    MalformedAnswer,
    Uncertain,
)
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.plan import make_plan
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Policy
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.task_outcome import TaskOutcome


def send(client: HoodClient, entry: Declared, recipient: str, check_mode: bool) -> TaskOutcome:
    """Let Hood send a message with the settings of an entry, as if it were to be created. At most one POST.

    :raises HoodError: where the providers of the account could not be read.
    """
    if not recipient.strip():
        return TaskOutcome({"changed": False}, ["recipient: required"], reason_code=INVALID)
    step = make_plan([entry], [], Policy(), reader.read_providers(client)).steps[0]
    if step.mistakes or step.provider is None:
        mistakes = [str(mistake) for mistake in step.mistakes]
        return TaskOutcome({"changed": False}, mistakes, reason_code=INVALID)
    reported = {
        "name": step.body["name"],
        "provider": step.known.name if step.known else step.provider.name,
        "provider_id": step.provider.id,
        "type": step.body["type"],
        "recipient": recipient,
        "sent": False,
    }
    failures: list[str] = []
    reason_code = None
    if not check_mode:
        body = {"integration": step.body, "recipient": recipient}
        reported["sent"], failures, reason_code = _send(client, body, entry.label)
    changed = reported["sent"] is not False or check_mode
    result = {"changed": changed, "notification": reported, "api": client.usage}
    return TaskOutcome(result, failures, step.warnings, reason_code)


def _send(client: HoodClient, body: dict[str, Any], label: str) -> tuple[bool | None, list[str], str | None]:
    """Whether the message went out, None where that can't be determined, the failure and its reason code."""
    try:
        client.notify(body)
    except (Uncertain, MalformedAnswer) as error:
        reason = f"{error}. The message may have been sent all the same: look before you run this again"
        return None, [f"{label}: it is not known whether the test message was sent: {reason}"], UNCLEAR
    except HoodError as error:
        return False, [f"{label}: the test message was not sent: {error}"], error.reason_code
    return True, [], None
