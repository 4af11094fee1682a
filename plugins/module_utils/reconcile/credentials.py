# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let Hood try settings with the providers. Writes nothing. Private to this collection."""

from __future__ import annotations

from ansible_collections.ocamba.hood.plugins.module_utils.api.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.parallel import in_parallel
from ansible_collections.ocamba.hood.plugins.module_utils.errors import HoodError, Refused, TokenRefused
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.outcomes import ACCEPTED, REFUSED, UNTRIED, Verdict
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Plan, Step


def validate(plan: Plan, client: HoodClient, parallel: int) -> dict[int, Verdict]:
    """Return what Hood says of the settings that are to be written, by the index of the step.

    :raises TokenRefused: where no request with this token can succeed.
    """
    indexed = [(index, step) for index, step in enumerate(plan.steps) if "settings" in step.body]
    verdicts = in_parallel(lambda pair: try_settings(pair[1], client), indexed, parallel)
    return {index: verdict for (index, _step), verdict in zip(indexed, verdicts)}


def try_settings(step: Step, client: HoodClient) -> Verdict:
    """Let Hood try the settings of one step with the provider.

    Only a plain no is a refusal: what a gateway or a limit answers says nothing about the settings.

    :raises TokenRefused: where no request with this token can succeed.
    """
    current = step.current
    body = {
        "name": step.body.get("name") or (current.name if current else ""),
        "provider_id": step.provider.id if step.provider else (current.provider_id if current else None),
        "type": step.body.get("type") or (current.type if current else None),
        "status": step.body.get("status") or (current.status if current else None) or "active",
        "settings": step.body["settings"],
    }
    try:
        client.validate(body)
    except TokenRefused:
        raise
    except HoodError as error:
        if isinstance(error, Refused) and (error.status in (400, 422) or error.status < 300):
            return Verdict(REFUSED, f"its settings do not work: {error}")
        return Verdict(UNTRIED, f"its settings could not be tried: {error}")
    return Verdict(ACCEPTED)
