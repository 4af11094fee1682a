# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one run knows of its account: read, remembered, learnt. Private to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Callable

from ansible_collections.ocamba.hood.plugins.module_utils.api import reader
from ansible_collections.ocamba.hood.plugins.module_utils.api.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.models import Integration, LiveProvider
from ansible_collections.ocamba.hood.plugins.module_utils.api.parallel import in_parallel
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import Declared
from ansible_collections.ocamba.hood.plugins.module_utils.errors import HoodError, TokenRefused
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.compare import Evidence
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.matching import ids_to_read
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.memory import Memory
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.plan import make_plan
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.settings import may_lose
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import CREATED, Plan, Policy, Step
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.unmanaged import undecided_ids


class Session:
    """Reads an account as often as needed, and plans against what was read last.

    :param learn: is given every secret that the account shows, before anything else is done with it.
    :param memory: what is remembered of hidden secrets; None where they are not to be compared by it.
    """

    def __init__(
        self,
        client: HoodClient,
        policy: Policy,
        parallel: int,
        learn: Callable[[Sequence[str]], None],
        memory: Memory | None = None,
    ) -> None:
        self.current: list[Integration] = []
        # The ids that the account had when it was planned last.
        self.before: frozenset[str] = frozenset()
        self.evidence = Evidence()
        self._client = client
        self._policy = policy
        self._parallel = parallel
        self._learn = learn
        self._memory = memory
        self._entries: Sequence[Declared] = ()
        self._live: list[LiveProvider] | None = None
        self._known: dict[str, Integration] = {}
        self._lists_all = True
        self._is_filter_heeded = True
        self._revealed: list[Integration] = []
        # What was read by its id, and of that what the list shows as well, with the keys that its entry declares.
        self._read_by_id: set[str] = set()
        self._by_id: dict[str, tuple[Integration, tuple[str, ...]]] = {}

    @property
    def remembers(self) -> bool:
        """Whether hidden secrets are compared by what is remembered of them."""
        return self._memory is not None

    @property
    def may_hide_inactive(self) -> bool:
        """Whether no inactive integration is listed, and the filter that asks for them was refused or not heeded."""
        return not self._is_filter_heeded and not self._shows_inactive

    @property
    def _shows_inactive(self) -> bool:
        return any(one.status == "inactive" for one in self.current)

    def plan(self, entries: Sequence[Declared]) -> Plan:
        """Read what is needed to plan these entries, and plan them.

        :raises HoodError: where the account can't be read.
        """
        self._entries = entries
        self.read(entries)
        planned = self._make_plan(entries)
        reports = self._policy.unmanaged != "ignore"
        if (planned.mistakes or planned.writes or reports) and self._client.lists_more_than_total():
            self.read(entries)
            planned = self._make_plan(entries)
        # What is not found may be hidden because of its status.
        if (_is_open(planned) or (reports and not self._shows_inactive)) and self._reveal():
            self._add_revealed(entries)
            planned = self._make_plan(entries)
        undecided = undecided_ids(planned.steps, self.current, self._policy)
        if undecided:
            self._read_singly(undecided)
            planned = self._make_plan(entries)
        if planned.needs_providers:
            self._live = reader.read_providers(self._client)
            planned = self._make_plan(entries)
        if self._read_before_update(planned.steps):
            planned = self._make_plan(entries)
        self.before = frozenset(one.id for one in self.current)
        return planned

    def replan(self, steps: Sequence[Step]) -> list[Step]:
        """Plan steps again for the account as it was read last: beside all others, which mean integrations too."""
        again = {step.entry.path: step for step in self._make_plan(self._entries).steps}
        return [again[step.entry.path] for step in steps]

    def read(self, entries: Sequence[Declared]) -> list[Integration]:
        """Read the account anew, with the settings of what these entries mean.

        :raises HoodError: where the account can't be read.
        """

        def select(listed: Sequence[Integration]) -> list[str]:
            ids = ids_to_read(entries, listed)
            self._read_by_id.update(ids)
            return ids

        found = reader.read_integrations(self._client, select, self._known, self._parallel, not self._lists_all)
        self._note(found)
        return found

    def read_until_found(self, entries: Sequence[Declared], names: Iterable[str]) -> list[Integration]:
        """Read the account anew, and what its list may hide as well where it shows none of one of these names.

        :raises HoodError: where the account can't be read.
        """
        wanted = set(names)
        found = self.read(entries)
        if not wanted.issubset(one.name for one in found) and self._client.lists_more_than_total():
            found = self.read(entries)
        if not wanted.issubset(one.name for one in found) and self._lists_all and self._reveal():
            found = self._add_revealed(entries)
        return found

    def read_one(self, integration_id: str) -> Integration:
        """Read one integration by its id.

        :raises HoodError: where it can't be read.
        """
        found = reader.read_one(self._client, integration_id)
        self._learn(reader.stored_secrets([found]))
        return found

    def forget(self, ids: Iterable[str]) -> None:
        """Forget the settings of integrations that were written, so that they are read anew."""
        for identity in ids:
            self._known.pop(identity, None)
            self._by_id.pop(identity, None)

    def prove(self, shown: Iterable[tuple[str, str]], merges: bool | None) -> None:
        """Note what reading back has proved of the account."""
        known = self.evidence.merges
        self.evidence = replace(
            self.evidence, shown=self.evidence.shown | set(shown), merges=known if merges is None else merges
        )

    def reveal(self) -> bool:
        """Look once more for integrations that the list may hide, after its total or because of their status, for the
        rest of the run; return whether there are."""
        return self._client.lists_more_than_total() or (self._lists_all and self._reveal())

    def _make_plan(self, entries: Sequence[Declared]) -> Plan:
        current = [reader.combined(one, *self._by_id[one.id]) if one.id in self._by_id else one for one in self.current]
        if self._memory is None:
            return make_plan(entries, current, self._policy, self._live, self.evidence)
        return make_plan(entries, current, self._policy, self._live, self.evidence, recall=self._memory.recall)

    def _read_before_update(self, steps: Sequence[Step]) -> bool:
        """Read by their ids what only the list has shown and what is to be written together with settings that are not
        declared, as these could be lost; return whether there was any."""
        if self.evidence.merges:
            return False
        doubtful = {
            step.current.id: step.entry.keys
            for step in steps
            if step.current and may_lose(step) and step.current.id not in self._read_by_id
        }

        def read(identity: str) -> Integration | None:
            try:
                return reader.read_one(self._client, identity)
            except TokenRefused:
                raise
            except HoodError:
                # Then the list has to do.
                return None

        found = [one for one in in_parallel(read, list(doubtful), self._parallel) if one is not None]
        self._learn(reader.stored_secrets(found))
        self._read_by_id.update(doubtful)
        self._by_id.update({one.id: (one, doubtful[one.id]) for one in found if one.id in doubtful})
        return bool(found)

    def _reveal(self) -> bool:
        """Whether the list hides integrations of some status; from then on they are asked for as well."""
        listed = {one.id for one in self.current}
        found = reader.list_every_status(self._client, listed)
        self._is_filter_heeded = found.is_heeded
        self._lists_all = all(one.id in listed for one in found.integrations)
        self._revealed = found.integrations
        return not self._lists_all

    def _add_revealed(self, entries: Sequence[Declared]) -> list[Integration]:
        """Add what the list hides to what it shows: read anew, both may show less than was seen once in this run."""
        more = [reader.remembered(one, self._known) for one in self._revealed]
        self.current = reader.together(self.current, more)
        self._read_singly(ids_to_read(entries, self.current))
        return self.current

    def _read_singly(self, ids: Sequence[str]) -> None:
        self._read_by_id.update(ids)
        self._note(reader.read_hidden(self._client, self.current, ids, self._parallel))

    def _note(self, found: list[Integration]) -> None:
        self._learn(reader.stored_secrets(found))
        self._known.update({one.id: one for one in found})
        self.current = found


def _is_open(planned: Plan) -> bool:
    """Whether what the list does not show could make it another plan: it may have a name that is to be given."""
    return bool(planned.mistakes) or any(step.action == CREATED or "name" in step.body for step in planned.steps)
