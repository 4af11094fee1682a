# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What came to an account while it was written to, under a name that nobody declares. Private to this collection.

A server can change a name in ways that can't be known from it, so such an integration may be one that was created.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ansible_collections.ocamba.hood.plugins.module_utils.api.models import Integration
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import printable
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.outcomes import Outcome


def unexplained(
    outcomes: Sequence[Outcome], current: Sequence[Integration], before: Collection[str]
) -> Iterator[Integration]:
    """Yield the integrations that are new, and that no outcome has made or is about by name.

    :param outcomes: of the whole run.
    :param before: the ids that the account had before.
    """
    made = {one.integration_id for one in outcomes}
    names = {one.step.body.get("name") for one in outcomes}
    for one in current:
        if not (one.id in before or one.id in made or one.name in names):
            yield one


def newcomer(
    outcome: Outcome, outcomes: Sequence[Outcome], current: Sequence[Integration], before: Collection[str]
) -> Integration | None:
    """Return the first unexplained integration that may be what this creation made, if there is one."""
    providers = (None, outcome.step.provider.id) if outcome.step.provider else None
    new = unexplained(outcomes, current, before)
    return next((one for one in new if providers is None or one.provider_id in providers), None)


def may_be(found: Integration) -> str:
    """Return what to say of it."""
    return (
        f"integration {found.id} is new there, with the name {printable(found.name)}, and may be it; declare that"
        " very name, or its id, if it is"
    )
