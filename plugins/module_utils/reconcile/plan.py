# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a declaration means for an account: declared × current × policy → steps.

Pure: no network, no clock, no Ansible. Check mode shows the very plan that a real run carries out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.api.models import (
    Comparison,
    Integration,
    LiveProvider,
    StoredSettings,
    compare,
    is_readable,
    is_same_provider,
    shows_a_secret,
)
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import (
    Declared,
    missing_secrets,
    not_a_setting,
    with_provider,
)
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import printable
from ansible_collections.ocamba.hood.plugins.module_utils.errors import Mistake
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Provider

CREATED = "created"
UPDATED = "updated"
UNCHANGED = "unchanged"
DEACTIVATED = "deactivated"
FAILED = "failed"
ACTIONS = (CREATED, UPDATED, UNCHANGED, DEACTIVATED, FAILED)


@dataclass(frozen=True)
class Policy:
    """The options that say how far a run may go."""

    update_secrets: str = "on_create"
    missing: str = "create"
    unmanaged: str = "ignore"
    protected: tuple[str, ...] = ()
    deactivate_default: tuple[str, ...] = ()
    max_deactivations: int = 5


@dataclass(frozen=True)
class Step:
    """What is to be done about one integration. `body` is the request's; empty where there is nothing to send.

    `secrets_seen`: how each declared secret compares to what the account showed before the step.
    """

    action: str
    entry: Declared
    current: Integration | None = None
    provider: LiveProvider | None = None
    known: Provider | None = None
    body: dict[str, Any] = field(default_factory=dict)
    changed_fields: tuple[str, ...] = ()
    secrets_written: tuple[str, ...] = ()
    secrets_compared: bool = True
    secrets_seen: dict[str, Comparison] = field(default_factory=dict)
    mistakes: tuple[Mistake, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def is_provider_open(self) -> bool:
        """Whether the integration did not show its provider."""
        return self.current is not None and self.current.provider is None

    @property
    def is_write(self) -> bool:
        return self.action in (CREATED, UPDATED, DEACTIVATED)

    @property
    def settings(self) -> StoredSettings:
        """The settings after the step, as far as they are known."""
        stored = dict(self.current.settings or {}) if self.current else {}
        stored.update(self.body.get("settings", {}))
        return stored

    def shows(self, key: str) -> bool:
        return self.known is not None and key in self.known.plain_names


@dataclass
class Plan:
    """The steps in the declared order, then the deactivations. Nothing may be written if `mistakes` is not empty."""

    steps: list[Step] = field(default_factory=list)
    deactivations: list[Step] = field(default_factory=list)
    unmanaged: list[Integration] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def writes(self) -> list[Step]:
        return [step for step in self.steps + self.deactivations if step.is_write]

    @property
    def needs_providers(self) -> bool:
        """Whether the account's own provider list has to be read before this plan can be trusted."""
        return any(step.action == CREATED or "settings" in step.body or step.is_provider_open for step in self.steps)

    @property
    def warnings(self) -> list[str]:
        return [warning for step in self.steps for warning in step.warnings]


class _Wrong(Exception):
    def __init__(self, *mistakes: Mistake) -> None:
        super().__init__()
        self.mistakes = mistakes


@dataclass(frozen=True)
class _Account:
    """The account as it was read. `providers` is None until they are: only a plan that writes needs them."""

    integrations: Sequence[Integration]
    providers: Sequence[LiveProvider] | None
    by_name: dict[str, list[Integration]]
    by_id: dict[str, Integration]
    shows_secrets: bool


def make_plan(
    entries: Sequence[Declared],
    current: Sequence[Integration],
    policy: Policy,
    live: Sequence[LiveProvider] | None = None,
) -> Plan:
    """Plan a declaration.

    :param live: the account's providers; without them a plan that writes is only good to tell that it writes.
    """
    account = _account(current, live)
    plan = Plan()
    for entry in entries:
        plan.steps.append(_step(entry, account, policy))
    _refuse_shared(plan)
    _refuse_same_names(plan)
    plan.mistakes = [mistake for step in plan.steps for mistake in step.mistakes]
    _plan_unmanaged(plan, account, policy)
    return plan


def refuse_policy(declared: int, policy: Policy) -> list[Mistake]:
    """What needs no account to be refused: demand 21, an empty declaration that would deactivate everything."""
    if policy.unmanaged == "deactivate" and not declared:
        return [Mistake("unmanaged", "deactivate needs at least one declared integration; nothing was sent")]
    return []


def ids_to_read(entries: Sequence[Declared], current: Sequence[Integration]) -> list[str]:
    """The integrations whose settings the list did not show and a declared entry needs for comparing."""
    account = _account(current, None)
    wanted = []
    for entry in entries:
        try:
            found = _identify(entry, account)
        except _Wrong:
            continue
        if found and found.settings is None and entry.settings:
            wanted.append(found.id)
    return wanted


def diff(step: Step) -> dict[str, Any] | None:
    """Before and after of one step for Ansible's diff mode; None where nothing changes. No secret, masked or not."""
    if not step.is_write:
        return None
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name in ("name", "provider", "type", "status"):
        old = getattr(step.current, "provider_name" if name == "provider" else name) if step.current else None
        new = _after(step, name)
        _put(before, after, name, old, new)
    old_settings = dict(step.current.settings or {}) if step.current else {}
    for key in sorted(set(old_settings) | set(step.settings)):
        if step.shows(key):
            _put(before, after, f"settings.{key}", old_settings.get(key), step.settings.get(key))
        elif step.current is None:
            after[f"settings.{key}"] = "(secret, will be set)"
        elif key in step.secrets_written:
            before[f"settings.{key}"] = "(secret)"
            after[f"settings.{key}"] = "(secret, will be updated)"
    shown = step.entry.name or (step.current.name if step.current else "")
    header = printable(shown)
    return {"before": before, "after": after, "before_header": header, "after_header": header}


def _put(before: dict[str, Any], after: dict[str, Any], key: str, old: str | None, new: str | None) -> None:
    if old is not None:
        before[key] = old
    if new is not None:
        after[key] = new


def _after(step: Step, name: str) -> str | None:
    if name == "provider":
        live = step.provider or (step.current.provider if step.current else None)
        return live.name if live else step.entry.provider
    value = step.body.get(name)
    if value is None and step.current:
        value = getattr(step.current, name)
    return value


def _account(current: Sequence[Integration], live: Sequence[LiveProvider] | None) -> _Account:
    by_name: dict[str, list[Integration]] = {}
    for integration in current:
        by_name.setdefault(integration.name, []).append(integration)
    return _Account(
        integrations=current,
        providers=live,
        by_name=by_name,
        by_id={integration.id: integration for integration in current},
        shows_secrets=any(shows_a_secret(integration) for integration in current),
    )


def _step(entry: Declared, account: _Account, policy: Policy) -> Step:
    current = None
    try:
        current = _identify(entry, account)
        if current is None and policy.missing == "refuse":
            raise _Wrong(entry.mistake("the account has no integration of this name, and missing is refuse", "name"))
        live = _live_provider(entry, current, account)
        entry, known = _settled(entry, live)
        entry, warnings = _storable(entry, known, live)
        step = Step(UNCHANGED, entry, current, live, known, warnings=warnings)
        if current is None:
            return _creation(step, account)
        return _comparison(step, current, account, policy)
    except _Wrong as wrong:
        return Step(FAILED, entry, current, mistakes=wrong.mistakes)


def _identify(entry: Declared, account: _Account) -> Integration | None:
    """Rule 3 of the design: by id, else by the exact name, narrowed by provider where it is not unique."""
    if entry.id is not None:
        if entry.id not in account.by_id:
            raise _Wrong(entry.mistake(f"the account has no integration {entry.id}", "id"))
        return account.by_id[entry.id]
    found = account.by_name.get(entry.name or "", [])
    if len(found) > 1:
        found = [one for one in found if _is_of(entry, one, account) is not False] or found
    if len(found) > 1:
        ids = ", ".join(one.id for one in found)
        raise _Wrong(entry.mistake(f"several integrations have this name: {ids}; say which by id", "name"))
    return found[0] if found else None


def _is_of(entry: Declared, integration: Integration, account: _Account) -> bool | None:
    """Whether an integration is of the entry's provider; None as long as it can't be told."""
    if entry.provider_id is not None and integration.provider_id is not None:
        return entry.provider_id == integration.provider_id
    if entry.provider is None:
        return None
    same = is_same_provider(integration, entry.provider)
    if same is None and account.providers is not None and integration.provider_id:
        live = next((live for live in account.providers if live.id == integration.provider_id), None)
        return _is_named(live, entry.provider) if live else None
    return same


def _is_named(live: LiveProvider, name: str) -> bool:
    known = registry.find(name)
    return live.known is known if known else live.name.casefold() == name.casefold()


def _live_provider(entry: Declared, current: Integration | None, account: _Account) -> LiveProvider | None:
    if current is not None:
        if _is_of(entry, current, account) is False:
            raise _Wrong(_another_provider(entry, current))
        listed = [live for live in account.providers or () if live.id == current.provider_id]
        return listed[0] if listed else current.provider
    if account.providers is None:
        return None
    if entry.provider_id is not None:
        found = [live for live in account.providers if live.id == entry.provider_id]
        if found and entry.provider and not _is_named(found[0], entry.provider):
            raise _Wrong(entry.mistake(f"provider_id {entry.provider_id} is {found[0].name}", "provider"))
    else:
        name = entry.provider or ""
        found = [live for live in account.providers if live.name == name]
        found = found or [live for live in account.providers if _is_named(live, name)]
    return _only(entry, found, account.providers)


def _only(entry: Declared, found: list[LiveProvider], all_of_them: Iterable[LiveProvider]) -> LiveProvider:
    option = "provider" if entry.provider_id is None else "provider_id"
    if len(found) > 1:
        ids = ", ".join(f"{live.name} ({live.id})" for live in found)
        raise _Wrong(entry.mistake(f"several providers of the account match: {ids}; use provider_id", option))
    if not found:
        names = ", ".join(sorted(f"{live.name} ({live.id})" for live in all_of_them)) or "none"
        raise _Wrong(entry.mistake(f"the account has no such provider; it has {names}", option))
    return found[0]


def _another_provider(entry: Declared, current: Integration) -> Mistake:
    has = current.provider_name or f"provider_id {current.provider_id}"
    return entry.mistake(
        f"integration {current.id} is of {has}, and the provider of an integration can't be changed; campaigns"
        " use its id, so declare the new one under another name",
        "provider" if entry.provider_id is None else "provider_id",
    )


def _settled(entry: Declared, live: LiveProvider | None) -> tuple[Declared, Provider | None]:
    """The entry checked by the schema of the provider that the account says it is of."""
    known = entry.known or (live.known if live else None)
    entry, mistakes = with_provider(entry, known)
    # As long as the provider of an integration is not known, a type that differs may only mean another provider.
    has_type = live.type if live else None
    if entry.type and has_type and entry.type != has_type:
        mistakes = [*mistakes, entry.mistake(f"this provider sends {has_type}; leave type out", "type")]
    if mistakes:
        raise _Wrong(*mistakes)
    return entry, known


def _storable(entry: Declared, known: Provider | None, live: LiveProvider | None) -> tuple[Declared, tuple[str, ...]]:
    """Without the settings that the account's provider does not have: Hood drops those silently, so that each run
    would find them missing. One that nobody knows is a mistake."""
    if live is None or not live.fields:
        return entry, ()
    foreign = [key for key in entry.settings if key not in live.field_names]
    mistakes = [
        not_a_setting(entry, key, live.name, live.field_names)
        for key in (*foreign, *(key for key in entry.without_value if key not in live.field_names))
        if known is None or key not in known.field_names
    ]
    if mistakes:
        raise _Wrong(*mistakes)
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


def _creation(step: Step, account: _Account) -> Step:
    entry, live = step.entry, step.provider
    _refuse_lookalike(entry, account)
    if live is None:
        return replace(step, action=CREATED, warnings=())
    kind = live.type or entry.type
    if kind is None:
        raise _Wrong(entry.mistake("required: the account does not say what this provider sends", "type"))
    _require(entry, live, entry.settings)
    _require_secrets(entry, live)
    return replace(
        step,
        action=CREATED,
        body={
            "name": entry.name,
            "provider_id": live.id,
            "type": kind,
            "status": entry.status or "active",
            "settings": entry.settings,
        },
        changed_fields=("name", "provider", "type", "status", *(f"settings.{key}" for key in sorted(entry.settings))),
        secrets_written=tuple(sorted(entry.secrets)),
    )


def _require_secrets(entry: Declared, live: LiveProvider) -> None:
    """Refuse an integration that would go live without what its provider calls its secret."""
    missing = [name for name in missing_secrets(entry) if not live.fields or name in live.field_names]
    if missing:
        reason = (
            "must be there to create an active integration; declare it, as an empty string if there is none, or create"
            " it with status: inactive"
        )
        raise _Wrong(*(entry.mistake(reason, "settings", name) for name in missing))


def _refuse_lookalike(entry: Declared, account: _Account) -> None:
    """A server that trims or composes names would never show the declared one, and get a new one every night."""
    wanted = _folded(entry.name or "")
    for name, found in account.by_name.items():
        if _folded(name) == wanted:
            raise _Wrong(
                entry.mistake(
                    f"integration {found[0].id} has a name that differs only in white space or in the composition"
                    " of its characters; declare that very name, or its id",
                    "name",
                )
            )


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


def _comparison(step: Step, current: Integration, account: _Account, policy: Policy) -> Step:
    entry = step.entry
    if entry.settings and current.settings is None:
        raise _Wrong(entry.mistake(f"Hood does not show the settings of integration {current.id}", "settings"))
    compared = _compare_settings(step, account)
    different = [key for key, seen in compared.items() if seen is Comparison.DIFFERENT]
    unknown = [key for key, seen in compared.items() if seen in (Comparison.ALIKE, Comparison.HIDDEN)]
    rewritten = unknown if policy.update_secrets == "always" else []
    body: dict[str, Any] = {}
    if entry.name is not None and entry.name != current.name:
        _refuse_taken(entry, current, account)
        body["name"] = entry.name
    if entry.status is not None and entry.status != current.status:
        body["status"] = entry.status
    changed = [*body, *(f"settings.{key}" for key in sorted(different + rewritten))]
    if different or rewritten:
        body["settings"] = _safe_settings(step, account)
        if step.provider:
            _require(entry, step.provider, body["settings"])
    return replace(
        step,
        action=UPDATED if body else UNCHANGED,
        body=body,
        changed_fields=tuple(changed),
        secrets_written=tuple(sorted(entry.secrets)) if "settings" in body else (),
        secrets_compared=not unknown,
        secrets_seen={key: compared[key] for key in entry.secrets},
        warnings=step.warnings if body else (),
    )


def _compare_settings(step: Step, account: _Account) -> dict[str, Comparison]:
    shown = (step.current.settings if step.current else None) or {}
    return {
        key: compare(key, value, shown.get(key), step.known, account.shows_secrets)
        for key, value in step.entry.settings.items()
    }


def _refuse_taken(entry: Declared, current: Integration, account: _Account) -> None:
    taken = [one.id for one in account.by_name.get(entry.name or "", []) if one.id != current.id]
    if taken:
        reason = (
            f"can't rename integration {current.id}: {', '.join(taken)} has this name already; if that one gets another"
            " name, let it have it in a run before this one"
        )
        raise _Wrong(entry.mistake(reason, "name"))


def _safe_settings(step: Step, account: _Account) -> dict[str, str]:
    """Rule 5 of the design: all that is stored, the declared over it, so that no server can lose a key."""
    entry = step.entry
    shown = (step.current.settings if step.current else None) or {}
    at_risk = [key for key in _possibly_hidden(step, account) if key not in entry.settings]
    if at_risk:
        raise _Wrong(
            *(
                entry.mistake(
                    "Hood does not show the stored value, and this update must not lose it: add it to the entry"
                    " (an empty string if there is none)",
                    "settings",
                    key,
                )
                for key in at_risk
            )
        )
    readable = {key: value for key, value in shown.items() if value is not None and is_readable(key, value, step.known)}
    return {**readable, **entry.settings}


def _possibly_hidden(step: Step, account: _Account) -> list[str]:
    """The settings that may be stored although their value is not shown."""
    shown = (step.current.settings if step.current else None) or {}
    masked = [key for key, value in shown.items() if value is not None and not is_readable(key, value, step.known)]
    if account.shows_secrets:
        return masked
    names = {key for key, value in shown.items() if value is None}
    names |= set(step.known.secret_names if step.known else ())
    names |= set(step.provider.field_names if step.provider else ())
    plain = step.known.plain_names if step.known else ()
    return masked + sorted(name for name in names if shown.get(name) is None and name not in plain)


def _require(entry: Declared, live: LiveProvider, outcome: dict[str, str]) -> None:
    missing = [one.name for one in live.fields if one.required and not outcome.get(one.name)]
    if missing:
        raise _Wrong(*(entry.mistake(f"required by {live.name}", "settings", name) for name in missing))


def _refuse_shared(plan: Plan) -> None:
    claimed: dict[str, Declared] = {}
    for index, step in enumerate(plan.steps):
        if step.current is None:
            continue
        first = claimed.setdefault(step.current.id, step.entry)
        if first is not step.entry and step.action != FAILED:
            mistake = step.entry.mistake(f"means the same integration {step.current.id} as {first.path}")
            plan.steps[index] = replace(step, action=FAILED, body={}, mistakes=(mistake,))


def _refuse_same_names(plan: Plan) -> None:
    """Two entries with ids of their own may have one name, as twins that exist need it: none may be made so."""
    claimed: dict[str, Step] = {}
    for index, step in enumerate(plan.steps):
        name = step.body.get("name") or (step.current.name if step.current else step.entry.name)
        if step.action == FAILED or name is None:
            continue
        first = claimed.setdefault(name, step)
        if first is not step and step.current and ("name" in step.body or "name" in first.body):
            reason = f"can't rename integration {step.current.id}: {first.entry.path} gets this name in the same run"
            mistake = step.entry.mistake(reason, "name")
            plan.steps[index] = replace(step, action=FAILED, body={}, mistakes=(mistake,))


def _plan_unmanaged(plan: Plan, account: _Account, policy: Policy) -> None:
    if policy.unmanaged == "ignore":
        return
    plan.mistakes += refuse_policy(len(plan.steps), policy)
    managed = {step.current.id for step in plan.steps if step.current}
    plan.unmanaged = [one for one in account.integrations if one.id not in managed]
    if policy.unmanaged != "deactivate" or plan.mistakes:
        return
    doomed = [one for one in plan.unmanaged if one.status == "active" and not _is_spared(one, policy)]
    if len(doomed) > policy.max_deactivations:
        plan.mistakes.append(
            Mistake(
                "unmanaged",
                f"{len(doomed)} integrations would be deactivated, max_deactivations allows"
                f" {policy.max_deactivations}; nothing was written",
            )
        )
        return
    plan.deactivations = [_deactivation(one) for one in doomed]


def _is_spared(integration: Integration, policy: Policy) -> bool:
    if integration.name in policy.protected:
        return True
    return integration.is_default and integration.name not in policy.deactivate_default


def _deactivation(integration: Integration) -> Step:
    return Step(
        DEACTIVATED,
        Declared(path="unmanaged", name=integration.name, id=integration.id, known=integration.known),
        integration,
        integration.provider,
        integration.known,
        body={"status": "inactive"},
        changed_fields=("status",),
    )
