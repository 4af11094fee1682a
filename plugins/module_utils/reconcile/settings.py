# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a step: checked, compared, and made safe to send. Private to this collection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Callable

from ansible_collections.ocamba.hood.plugins.module_utils.api.models import Integration, LiveProvider
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import (
    Declared,
    missing_secrets,
    not_a_setting,
    with_provider,
)
from ansible_collections.ocamba.hood.plugins.module_utils.errors import UNSAFE, Mistake
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Provider
from ansible_collections.ocamba.hood.plugins.module_utils.providers.placeholders import is_mask
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.compare import (
    Comparison,
    Evidence,
    compare,
    reads_as_stored,
)
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import UPDATED, Rejected, Step

# Compares a secret by what is remembered: the integration's id, the key, the declared value, how it compares so far.
Recall = Callable[[str, str, str, Comparison], Comparison]


def check(entry: Declared, live: LiveProvider | None) -> tuple[Declared, Provider | None]:
    """Check an entry by the schema of the provider that the account says it is of.

    :raises Rejected: with all that is wrong with it.
    """
    known = entry.known or (live.known if live else None)
    entry, mistakes = with_provider(entry, known)
    # As long as the provider of an integration is not known, a type that differs may only mean another provider.
    has_type = live.type if live else None
    if entry.type and has_type and entry.type != has_type:
        mistakes = [*mistakes, entry.mistake(f"this provider sends {has_type}; leave type out", "type")]
    if mistakes:
        raise Rejected(*mistakes)
    return entry, known


def leave_out_foreign(
    entry: Declared, known: Provider | None, live: LiveProvider | None
) -> tuple[Declared, tuple[str, ...]]:
    """Leave out the settings that the account's provider does not have, and return the warnings about that.

    Hood drops those silently, so that each run would find them missing.

    :raises Rejected: for a setting that neither the account nor the registry knows, and for a secret, without which
        nothing can be sent.
    """
    if live is None or not live.fields:
        return entry, ()
    foreign = [key for key in entry.settings if key not in live.field_names]
    mistakes = [
        not_a_setting(entry, key, live.name, live.field_names)
        for key in (*foreign, *(key for key in entry.without_value if key not in live.field_names))
        if known is None or key not in known.field_names
    ]
    secret = [key for key in foreign if known is not None and key in known.secret_names]
    mistakes += [entry.mistake(f"the account's {live.name} does not have it", "settings", key) for key in secret]
    if mistakes:
        raise Rejected(*mistakes)
    warnings = [
        f"{entry.label}: settings.{key} is left out, the account's {live.name} does not have it" for key in foreign
    ]
    warnings += [
        f"{entry.label}: settings.{one.name} is deprecated by the account's {live.name}"
        for one in live.fields
        if one.deprecated and one.name in entry.settings
    ]
    kept = {key: value for key, value in entry.settings.items() if key not in foreign}
    return replace(entry, settings=kept), tuple(warnings)


def require(entry: Declared, live: LiveProvider, outcome: dict[str, str]) -> None:
    """Enforce what the account's provider requires on the outcome of a write.

    :raises Rejected: with the settings that are missing.
    """
    missing = [one.name for one in live.fields if one.required and not outcome.get(one.name)]
    if missing:
        raise Rejected(*(entry.mistake(f"required by {live.name}", "settings", name) for name in missing))


def require_secrets(entry: Declared, live: LiveProvider) -> None:
    """Refuse to create an integration that would go live without what its provider calls its secret.

    :raises Rejected: with the secrets that are missing.
    """
    missing = [name for name in missing_secrets(entry) if not live.fields or name in live.field_names]
    if missing:
        reason = (
            "must be there to create an active integration; declare it, as an empty string if there is none, or create"
            " it with status: inactive"
        )
        raise Rejected(*(entry.mistake(reason, "settings", name) for name in missing))


def may_lose(step: Step) -> bool:
    """Return whether an update names some settings of an integration and not all that its provider has, or is refused
    as it could lose some."""
    if step.reason_code == UNSAFE:
        return True
    names = step.known.field_names if step.known else ()
    is_partial = step.known is None or any(name not in step.entry.settings for name in names)
    return step.action == UPDATED and "settings" in step.body and is_partial


def compare_all(step: Step, evidence: Evidence, recall: Recall) -> dict[str, Comparison]:
    """Compare every declared setting with what the account shows.

    :param recall: compares a secret anew by what is remembered of it.
    """
    current, entry = step.current, step.entry
    shown = (current.settings if current else None) or {}
    compared = {key: compare(key, value, shown.get(key), step.known, evidence) for key, value in entry.settings.items()}
    if current is not None:
        for key in entry.secrets:
            compared[key] = recall(current.id, key, entry.settings[key], compared[key])
    return compared


def to_send(step: Step, evidence: Evidence) -> dict[str, str]:
    """Return the settings to send, so that neither a merging nor a replacing server loses one.

    Sent is what is declared, and beside it what is surely read as it is stored, unless the account is known to merge.
    A secret that is not declared is never sent: that an account shows one as it is proves nothing of another, which it
    may show as a placeholder or a ciphertext.

    :raises Rejected: with each stored setting that could be lost.
    """
    declared = step.entry.settings
    if evidence.merges or step.current is None:
        return dict(declared)
    readable: dict[str, str] = {}
    at_risk: list[Mistake] = []
    for key in _stored_keys(step, step.current, evidence):
        value = (step.current.settings or {}).get(key)
        if key in declared:
            continue
        if value is not None and _is_readable(key, value, step):
            readable[key] = _as_documented(key, value, step, evidence)
        else:
            at_risk.append(_at_risk(step, key, value))
    if at_risk:
        raise Rejected(*at_risk, reason_code=UNSAFE)
    return {**readable, **declared}


def outcome_of(step: Step, sent: dict[str, str]) -> dict[str, str]:
    """Return the settings that are stored after a write on a merging server, as far as they are known."""
    shown = (step.current.settings if step.current else None) or {}
    return {**{key: value for key, value in shown.items() if value is not None}, **sent}


def _is_readable(key: str, value: str, step: Step) -> bool:
    current, known = step.current, step.known
    if current is not None and key in current.untextual:
        return False
    field = known.field(key) if known else None
    if field is None or field.secret:
        return False
    # A text of digits that is shown as a number may have lost its leading zeros.
    is_number = current is not None and key in current.numbers
    return reads_as_stored(value, field) and (field.format.is_number or not is_number)


def _as_documented(key: str, value: str, step: Step, evidence: Evidence) -> str:
    """A value in the form that the API documents, unless the account is known to show that form.

    A phone number that is shown without + may be stored with it.
    """
    field = step.known.field(key) if step.known else None
    if step.known is None or field is None or (step.known.name, key) in evidence.documented:
        return value
    return field.format.documented(value)


def _stored_keys(step: Step, current: Integration, evidence: Evidence) -> Iterable[str]:
    """The settings that are stored, or may be although their value is not shown, in the order of the answer."""
    shown, known, live = current.settings or {}, step.known, step.provider
    settable = {*(live.field_names if live else ()), *(known.field_names if known else ())}
    # What the provider's own description lacks can't be set: it is not lost either.
    is_described = live is not None and bool(live.fields)
    plain = known.plain_names if known else ()
    for key, value in shown.items():
        if (value or (value == "" and key in plain)) and (key in settable or not is_described):
            yield key
    yield from (key for key in sorted(current.untextual) if not shown.get(key))
    hidden_plain = _hidden_plain(current, known, live, evidence)
    for key in sorted({*shown, *settable}):
        if shown.get(key) or key in current.untextual:
            continue
        if key in hidden_plain or (key not in plain and not evidence.lists(known, key)):
            yield key


def _hidden_plain(
    current: Integration, known: Provider | None, live: LiveProvider | None, evidence: Evidence
) -> frozenset[str]:
    """The plain settings that may be stored although the answer leaves them out, as nothing but that explains it:
    the provider requires them, or the account shows no plain setting of any integration."""
    plain, shown = (known.plain_names if known else ()), current.settings or {}
    missing = frozenset(key for key in plain if shown.get(key) is None)
    if not evidence.lists_plain:
        return missing
    required = {one.name for one in (live.fields if live else ()) if one.required}
    return missing & required


def _at_risk(step: Step, key: str, value: str | None) -> Mistake:
    is_plain = step.known is not None and key in step.known.plain_names
    if value is not None and (is_plain or not is_mask(value)):
        reason = "what Hood shows may not be the stored value itself, and this update must not change it"
    else:
        reason = "Hood does not show the stored value, and this update must not lose it"
    return step.entry.mistake(f"{reason}: add it to the entry (an empty string if there is none)", "settings", key)
