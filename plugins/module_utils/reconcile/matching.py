# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the integration and the provider that an entry means. Private to this collection.

Pure: nothing is read or written here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ansible_collections.ocamba.hood.plugins.module_utils.api.models import Integration, LiveProvider, is_same_provider
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import Declared
from ansible_collections.ocamba.hood.plugins.module_utils.errors import Mistake
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.names import StoredNames
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Account, Rejected


def identify(entry: Declared, account: Account) -> Integration | None:
    """Find the integration that an entry means: by id, or by exact name; if several share the name, by provider.

    :raises Rejected: where the id does not exist, or several integrations match.
    """
    if entry.id is not None:
        if entry.id not in account.by_id:
            raise Rejected(entry.mistake(f"the account has no integration {entry.id}", "id"))
        return account.by_id[entry.id]
    found = account.by_name.get(entry.name or "", [])
    if len(found) > 1:
        found = [one for one in found if is_of_provider(entry, one, account) is not False] or found
    if len(found) > 1:
        made = ", ".join(f"{one.id} (made {one.create_time})" if one.create_time else one.id for one in found)
        raise Rejected(entry.mistake(f"several integrations have this name: {made}; say which by id", "name"))
    return found[0] if found else None


def ids_to_read(entries: Sequence[Declared], current: Sequence[Integration]) -> list[str]:
    """Return the integrations whose settings the list did not show and a declared entry needs for comparing."""
    account = Account.of(current, None)
    wanted = []
    for entry in entries:
        try:
            found = identify(entry, account)
        except Rejected:
            continue
        if found and found.settings is None and entry.settings:
            wanted.append(found.id)
    return wanted


def is_of_provider(entry: Declared, integration: Integration, account: Account) -> bool | None:
    """Return whether an integration is of the entry's provider; None as long as it can't be determined."""
    if entry.provider_id is not None and integration.provider_id is not None:
        return entry.provider_id == integration.provider_id
    if entry.provider is None:
        return None
    same = is_same_provider(integration, entry.provider)
    if same is None and account.providers is not None and integration.provider_id:
        live = next((live for live in account.providers if live.id == integration.provider_id), None)
        return live.is_named(entry.provider) if live else None
    return same


def provider_of(entry: Declared, current: Integration | None, account: Account) -> LiveProvider | None:
    """Return the account's own provider of an entry; None as long as the providers are not read.

    :raises Rejected: where the account has no such provider, or several, or the integration is of another.
    """
    if current is not None:
        if is_of_provider(entry, current, account) is False:
            raise Rejected(_another_provider(entry, current))
        listed = [live for live in account.providers or () if live.id == current.provider_id]
        return listed[0] if listed else current.provider
    if account.providers is None:
        return None
    if entry.provider_id is not None:
        found = [live for live in account.providers if live.id == entry.provider_id]
        if found and entry.provider and not found[0].is_named(entry.provider):
            raise Rejected(entry.mistake(f"provider_id {entry.provider_id} is {found[0].name}", "provider"))
    else:
        name = entry.provider or ""
        found = [live for live in account.providers if live.name == name]
        found = found or [live for live in account.providers if live.is_named(name)]
    return _one_provider(entry, found, account.providers)


class Unclaimed:
    """The integrations of an account that no entry means.

    :param claimed: the ids of the others.
    """

    def __init__(self, account: Account, claimed: Collection[str]) -> None:
        longest = max((len(one.name) for one in account.integrations), default=0)
        self._account = account
        self._integrations = [one for one in account.integrations if one.id not in claimed]
        self._names = StoredNames([one.name for one in self._integrations], longest)

    def refuse_altered_name(self, entry: Declared) -> None:
        """Refuse to create an integration whose name a server may have stored in another form before.

        A server that alters names would never show the declared one, so that each run would make another integration.

        :raises Rejected: with the id of the integration that has such a name.
        """
        for index in self._names.forms_of(entry.name or ""):
            one = self._integrations[index]
            if is_of_provider(entry, one, self._account) is not False:
                reason = (
                    f"integration {one.id} has a name that Hood may have made of this one (it differs in white space,"
                    " case, composition, or in what was escaped, replaced, left out or cut); declare its very name, or"
                    " its id. If it is another one, declare it as well"
                )
                raise Rejected(entry.mistake(reason, "name"))


def refuse_taken_name(entry: Declared, current: Integration, account: Account) -> None:
    """Refuse to give an integration a name that another one has.

    :raises Rejected: with the ids of those that have it.
    """
    taken = [one.id for one in account.by_name.get(entry.name or "", []) if one.id != current.id]
    if taken:
        reason = (
            f"can't rename integration {current.id}: {', '.join(taken)} has this name already; if that one gets another"
            " name, let it have it in a run before this one"
        )
        raise Rejected(entry.mistake(reason, "name"))


def _one_provider(entry: Declared, found: list[LiveProvider], everyone: Iterable[LiveProvider]) -> LiveProvider:
    option = "provider" if entry.provider_id is None else "provider_id"
    if len(found) > 1:
        ids = ", ".join(f"{live.name} ({live.id})" for live in found)
        raise Rejected(entry.mistake(f"several providers of the account match: {ids}; use provider_id", option))
    if not found:
        names = ", ".join(sorted(f"{live.name} ({live.id})" for live in everyone)) or "none"
        raise Rejected(entry.mistake(f"the account has no such provider; it has {names}", option))
    return found[0]


def _another_provider(entry: Declared, current: Integration) -> Mistake:
    has = current.provider_name or f"provider_id {current.provider_id}"
    return entry.mistake(
        f"integration {current.id} is of {has}, and the provider of an integration can't be changed; campaigns"
        " use its id, so declare the new one under another name",
        "provider" if entry.provider_id is None else "provider_id",
    )
