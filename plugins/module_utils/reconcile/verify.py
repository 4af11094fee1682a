# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read back what was written: whether it is there, only once, and as it was declared. Private to this collection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ansible_collections.ocamba.hood.plugins.module_utils.api.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.models import Integration, secrets_shown
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import printable
from ansible_collections.ocamba.hood.plugins.module_utils.errors import (
    DOUBLED,
    NOT_CONFIRMED,
    STORED_DIFFERENTLY,
    HoodError,
)
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.compare import Comparison, Evidence, compare, proofs
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.names import is_form_of
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.newcomers import may_be, newcomer, unexplained
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.outcomes import Outcome
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.session import Session
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import CREATED, DEACTIVATED, Step

# For how many seconds a list may lag behind what was written.
LAG = 30.0
# For how many of them, where nothing proves that it lags: it may store what it is given as it was before.
UNPROVEN_LAG = 5.0


def read_back(client: HoodClient, session: Session, outcomes: list[Outcome]) -> list[Outcome]:
    """Return the outcomes with what reading the account once more tells of those that were written.

    A list that lags is read again until it shows every creation and every update, for LAG seconds at most.
    """
    written = [outcome for outcome in outcomes if outcome.written and not outcome.error]
    if not written:
        return outcomes
    try:
        _read_until_shown(client, session, written)
    except HoodError as error:
        return [_unread(outcome, error) for outcome in outcomes]
    check = _Check(session, outcomes)
    checked = [check(outcome) if outcome.written and not outcome.error else outcome for outcome in outcomes]
    _prove(session, checked)
    evidence = replace(session.evidence, listed=secrets_shown(session.current))
    return [_compared(outcome, evidence, session.remembers) for outcome in checked]


def _read_until_shown(client: HoodClient, session: Session, written: Sequence[Outcome]) -> None:
    """Read the account until its list shows every creation, and no update as it was before."""
    limit = min(LAG, client.connection.max_wait)
    waited, pause = 0.0, 0.25
    current = _read_anew(session, written)
    while waited < limit:
        if not _lists_all(written, current):
            # What was created may be hidden, after a total that counts a page, or because of its status.
            if session.reveal():
                current = _read_anew(session, written)
                continue
        elif not _is_lagging(session, written, waited):
            return
        pause = min(2 * pause, limit - waited)
        client.pacer.pause(pause, "Hood's list to show what was written")
        waited += pause
        current = _read_anew(session, written)


def _read_anew(session: Session, written: Sequence[Outcome]) -> list[Integration]:
    session.forget(outcome.integration_id for outcome in written if outcome.integration_id)
    return session.read([outcome.step.entry for outcome in written])


def _is_lagging(session: Session, written: Sequence[Outcome], waited: float) -> bool:
    """Whether the list shows an update as it was before, and may be late with it.

    A server that stores another form may show the same as before for ever: so after a while a reading by id decides.
    """
    by_id = {one.id: one for one in session.current}
    stale = [outcome for outcome in written if is_stale(outcome.step, by_id.get(outcome.integration_id or ""))]
    if waited < UNPROVEN_LAG:
        return bool(stale)
    return any(_newer(session, outcome) for outcome in stale)


def _newer(session: Session, outcome: Outcome) -> Integration | None:
    """The integration as a reading by id shows it, if that shows the update."""
    try:
        seen = session.read_one(outcome.integration_id or "")
    except HoodError:
        return None
    return None if is_stale(outcome.step, seen) else seen


def is_stale(step: Step, seen: Integration | None) -> bool:
    """Return whether an integration is shown as it was before its update, in all that was to change."""
    return seen is not None and bool(_visible(step)) and not has_changed(step, seen)


def has_changed(step: Step, seen: Integration) -> bool:
    """Return whether an integration is shown in another way than before its update: by its time, or by what it was to
    change, as far as that can be seen."""
    before = step.current
    if before is None or seen.update_time != before.update_time:
        return True
    return any(_value(seen, field) != _value(before, field) for field in _visible(step))


def is_shown(step: Step, seen: Integration) -> bool:
    """Return whether an integration is shown as its update was to make it, in all that can be seen of that."""
    visible = _visible(step)
    return bool(visible) and all(_value(seen, field) == _wanted(step, field) for field in visible)


def _visible(step: Step) -> list[str]:
    return [field for field in step.changed_fields if _is_visible(step, field)]


def _is_visible(step: Step, field: str) -> bool:
    """Whether a change of it can be seen: a hidden secret looks the same before and after."""
    key = field.partition("settings.")[2]
    return not key or step.shows(key) or step.secrets_seen.get(key) is Comparison.DIFFERENT


def _value(one: Integration, field: str) -> str | None:
    key = field.partition("settings.")[2]
    return (one.settings or {}).get(key) if key else getattr(one, field)


def _wanted(step: Step, field: str) -> str | None:
    key = field.partition("settings.")[2]
    return step.body.get("settings", {}).get(key) if key else step.body.get(field)


def _lists_all(written: Sequence[Outcome], current: Sequence[Integration]) -> bool:
    ids, names = {one.id for one in current}, {one.name for one in current}
    return all(
        outcome.integration_id in ids if outcome.integration_id else outcome.step.body.get("name") in names
        for outcome in written
        if outcome.step.action != DEACTIVATED
    )


def _unread(outcome: Outcome, error: HoodError) -> Outcome:
    if not outcome.written or outcome.error:
        return outcome
    if outcome.step.action != CREATED:
        return replace(outcome, warnings=(f"{outcome.step.entry.label}: reading it back failed: {error}",))
    return outcome.fail(f"it was written, but reading it back failed: {error}. Run again to be sure", NOT_CONFIRMED)


class _Check:
    """Whether what was written is there, and only once.

    :param outcomes: of the whole run.
    """

    def __init__(self, session: Session, outcomes: Sequence[Outcome]) -> None:
        self._session = session
        self._before = session.before
        self._outcomes = outcomes
        self._by_id: dict[str, Integration] = {}
        self._by_name: dict[str, list[Integration]] = {}
        for one in session.current:
            self._by_id[one.id] = one
            self._by_name.setdefault(one.name, []).append(one)

    def __call__(self, outcome: Outcome) -> Outcome:
        mine = self._by_id.get(outcome.integration_id or "")
        if outcome.step.action == CREATED or "name" in outcome.step.body:
            same = self._same_name(outcome.step)
            if len(same) > 1:
                return replace(outcome, seen=mine).fail(_doubled(same, outcome.attempts > 1), DOUBLED)
            if outcome.step.action == CREATED:
                return self._created(outcome, same[0] if same else None, mine)
        if mine is None and outcome.step.action == DEACTIVATED:
            # A list may leave out inactive ones.
            return outcome
        if mine and is_stale(outcome.step, mine):
            return self._late(outcome, mine)
        return replace(outcome, seen=self._with_settings(outcome, mine)) if mine else self._missing(outcome)

    def _with_settings(self, outcome: Outcome, listed: Integration) -> Integration:
        """The integration with its settings, where it had some before and the list shows none now."""
        before = outcome.step.current
        if before is None or not before.settings or listed.settings is not None:
            return listed
        try:
            return self._session.read_one(listed.id)
        except HoodError:
            return listed

    def _late(self, outcome: Outcome, listed: Integration) -> Outcome:
        """What the list still shows as it was before its update."""
        seen = _newer(self._session, outcome)
        if seen is None:
            return replace(outcome, seen=listed)
        reason = "it was updated, but the account's list does not show it yet; a run before it does writes it again"
        return replace(outcome, seen=seen, warnings=(f"{outcome.step.entry.label}: {reason}",))

    def _same_name(self, step: Step) -> list[Integration]:
        found = self._by_name.get(step.body["name"], [])
        if len(found) > 1 and step.provider:
            found = [one for one in found if one.provider_id in (None, step.provider.id)]
        return found

    def _created(self, outcome: Outcome, named: Integration | None, mine: Integration | None) -> Outcome:
        if named:
            return replace(outcome, integration_id=named.id, seen=named)
        altered = mine or (None if outcome.integration_id else self._altered(outcome.step))
        if altered:
            reason = f"Hood stored {altered.id} under another name, {printable(altered.name)}; declare that very name"
            return replace(outcome, integration_id=altered.id, seen=altered).fail(reason, STORED_DIFFERENTLY)
        return self._missing(outcome)

    def _altered(self, step: Step) -> Integration | None:
        """The new integration whose name Hood may have made of the declared one."""
        longest = max((len(one.name) for one in self._session.current), default=0)
        provider_id = step.provider.id if step.provider else None
        new = unexplained(self._outcomes, self._session.current, self._before)
        alike = [
            one
            for one in new
            if one.provider_id in (None, provider_id) and is_form_of(step.body["name"], one.name, longest)
        ]
        return alike[0] if alike else None

    def _missing(self, outcome: Outcome) -> Outcome:
        """What the list does not show, although it was written."""
        identity, verb = outcome.integration_id, "created" if outcome.step.action == CREATED else "updated"
        if identity is None:
            reason = "Hood accepted it, but the account does not list it, and Hood reported no id"
            found = newcomer(outcome, self._outcomes, self._session.current, self._before)
            advice = may_be(found) if found else "wait a minute before you run again, or it may be made twice"
            return outcome.fail(f"{reason}; {advice}", NOT_CONFIRMED)
        try:
            seen = self._session.read_one(identity)
        except HoodError as error:
            reason = f"it was {verb} with the id {identity}, but Hood neither lists it nor shows it by id: {error}"
            return outcome.fail(reason, NOT_CONFIRMED)
        if outcome.step.action != CREATED:
            return replace(outcome, seen=seen)
        reason = (
            f"it exists with the id {identity}, but the account does not list it yet; wait until it does before you"
            " run again, or declare it by id, or it may be made twice"
        )
        return replace(outcome, seen=seen).fail(reason, NOT_CONFIRMED)


def _doubled(same: Sequence[Integration], was_repeated: bool) -> str:
    made = ", ".join(f"{one.id} (made {one.create_time})" if one.create_time else one.id for one in same)
    if was_repeated:
        who = "It was tried again after an answer that was lost, and Hood carried out both"
    else:
        who = "Somebody else, or an earlier run that was interrupted, made it at the same time"
    return (
        f"it exists twice now: {made}. {who}; deactivate and rename the one that no campaign uses, let only one job at"
        " a time work on an account, and after an interruption wait a minute before the next run"
    )


def _prove(session: Session, outcomes: Sequence[Outcome]) -> None:
    """Note what the account has proved by showing what was written."""
    seen = [(outcome, outcome.seen) for outcome in outcomes if outcome.seen and outcome.written]
    shown = [proof for outcome, one in seen for proof in proofs(one, outcome.step.body.get("settings", {}))]
    merged = [kept for outcome, one in seen if (kept := _has_merged(outcome.step, one)) is not None]
    session.prove(shown, all(merged) if merged else None)


def _has_merged(step: Step, seen: Integration) -> bool | None:
    """Whether an update kept the settings that it did not name; None where it named all that can be set."""
    if step.current is None or step.known is None or "settings" not in step.body:
        return None
    before, after = step.current.settings or {}, seen.settings or {}
    # What the server computes itself is there after any update.
    unnamed = [key for key in step.known.field_names if before.get(key) and key not in step.body["settings"]]
    return all(after.get(key) == before[key] for key in unnamed) if unnamed else None


def _compared(outcome: Outcome, evidence: Evidence, is_remembered: bool) -> Outcome:
    """Hold what was written against what is shown of it. Another form is reported, it is no failure."""
    step, seen = outcome.step, outcome.seen
    if seen is None or outcome.error:
        return outcome
    reset = _reset(step, seen)
    if reset:
        reason = f"with it Hood has reset what was not sent: {', '.join(reset)}; set it right in Ocamba"
        return outcome.fail(reason, STORED_DIFFERENTLY)
    status = step.body.get("status")
    if status is not None and seen.status is not None and seen.status != status:
        reason = f"Hood took the status {status}, and still shows {seen.status}"
        return outcome.fail(reason, NOT_CONFIRMED)
    differing = _settings_differing(step, seen, evidence)
    if step.action != CREATED and "name" in step.body and seen.name != step.body["name"]:
        differing["name"] = seen.name
    if not differing:
        return outcome
    secrets = {key: Comparison.HIDDEN for key in step.entry.secrets if f"settings.{key}" in differing}
    warnings = [_another_form(step, field, shown, is_remembered) for field, shown in differing.items()]
    warnings = [*outcome.warnings, *warnings]
    return replace(outcome, secrets_seen=secrets, reason_code=STORED_DIFFERENTLY, warnings=tuple(warnings))


def _reset(step: Step, seen: Integration) -> list[str]:
    """What an update did not name and is gone since: the status, and settings that were there before."""
    before = step.current
    if before is None:
        return []
    found = []
    if "status" not in step.body and None not in (before.status, seen.status) and before.status != seen.status:
        found.append("status")
    if "settings" not in step.body and before.settings and seen.settings is not None:
        found += [f"settings.{key}" for key, value in before.settings.items() if value and not seen.settings.get(key)]
    return found


def _settings_differing(step: Step, seen: Integration, evidence: Evidence) -> dict[str, str | None]:
    """The settings that are not shown as they were declared, with what is shown; of secrets that is left out."""
    if seen.settings is None or "settings" not in step.body:
        return {}
    return {
        f"settings.{key}": seen.settings.get(key) if step.shows(key) else None
        for key, value in step.entry.settings.items()
        if compare(key, value, seen.settings.get(key), step.known, evidence) is Comparison.DIFFERENT
    }


def _another_form(step: Step, field: str, shown: str | None, is_remembered: bool) -> str:
    if shown is None and not step.shows(field.rpartition(".")[2]):
        reason = "Hood does not show it as it was written: it hides it in a way that can't be recognised, or stores it"
        after = (
            "it is compared by what is remembered" if is_remembered else "it can't be compared, so every run writes it"
        )
        return f"{step.entry.label}: {field}: {reason} in another form. From now on {after}"
    form = "nothing" if shown is None else f'"{printable(shown)}"'
    label = f"{step.entry.label}: {field}"
    if step.current is not None and shown == _value(step.current, field):
        return (
            f"{label}: Hood shows {form}, as before it was written; if it still does in a minute, it stores the new"
            " value in that form: declare that"
        )
    return f"{label}: Hood stores another form than was declared, and shows {form}; declare that"
