"""The state of one account: its providers and integrations, and what the API does to them.

Safe under concurrent use: every call takes the account's lock, and what is handed out are frozen
snapshots.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from tests.emulator.bodies import Draft, check_create, check_required, check_update
from tests.emulator.catalog import BUILT_IN, Provider, Setting
from tests.emulator.errors import Refusal, invalid
from tests.emulator.limits import Clock, Limits, Meter
from tests.emulator.variants import Variants

COMPANY_ID = "6197120"
FIRST_ID = 1161
Access = Literal["granted", "expired", "forbidden"]


@dataclass(frozen=True)
class Integration:
    """One integration as it is stored: settings in clear, times as `YYYY-MM-DD HH:MM:SS` GMT."""

    id: str
    name: str
    type: str
    provider_id: str
    settings: Mapping[str, str]
    status: str
    is_default: bool
    create_time: str
    update_time: str


class Account:
    """One account behind one token.

    `access`: whether its token is good (`granted`), answered with 401 (`expired`) or 403
    (`forbidden`). `bad_credentials`: setting values that the provider's own service refuses on
    validation and test. `notifications`: the bodies of the test notifications that were sent.
    `company_id`: shown with every integration. All may be changed at any time.
    """

    def __init__(
        self,
        token: str,
        *,
        variants: Variants | None = None,
        limits: Limits | None = None,
        providers: Iterable[Provider] = (),
        bad_credentials: Iterable[str] = (),
        access: Access = "granted",
        clock: Clock = time.time,
    ) -> None:
        if access not in get_args(Access):
            raise ValueError(f"access: {access!r} is not one of {', '.join(get_args(Access))}")
        self.token = token
        self.variants = variants or Variants()
        self.bad_credentials = set(bad_credentials)
        self.access: Access = access
        self.company_id = COMPANY_ID
        self.notifications: list[dict[str, Any]] = []
        self._clock = clock
        self._lock = threading.RLock()
        self._providers = {one.id: one for one in BUILT_IN}
        self._integrations: dict[str, Integration] = {}
        self._tested: set[tuple[str, frozenset[tuple[str, str]]]] = set()
        self._listed_from: dict[str, float] = {}
        self._before: dict[str, tuple[float, Integration]] = {}
        self._touched: dict[str, int] = {}
        self._touches = 0
        self._next_id = FIRST_ID
        self.limits = limits or Limits()
        for one in providers:
            self.add_provider(one)

    @property
    def limits(self) -> Limits:
        """The limits; setting them begins new windows."""
        return self.meter.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self.meter = Meter(limits, self._clock)

    # What the API does. Errors of all: `Refusal`.

    def create(self, body: object) -> Integration:
        """Store a new integration from a create body."""
        with self._lock:
            draft = check_create(body, self._providers, self.variants)
            self._check_name(draft.name, None)
            created = self._store(draft.name, draft.provider, draft.settings, draft.status, None)
            self._listed_from[created.id] = self._clock() + self.variants.list_lag
            return created

    def find(self, integration_id: str) -> Integration:
        """The integration of that id, once the variant `lag_by_id` lets it be found."""
        with self._lock:
            lags = self.variants.lag_by_id and not self._is_listed(integration_id)
            if lags or integration_id not in self._integrations:
                raise Refusal(self.variants.unknown_id, "Unknown integration id.")
            return self._integrations[integration_id]

    def look_at(self, integration_id: str) -> Integration:
        """The integration of that id as it is shown by id: with `lag_by_id`, as it was before a change."""
        with self._lock:
            found = self.find(integration_id)
            return self._as_seen(found.id) if self.variants.lag_by_id else found

    def listed(self) -> list[Integration]:
        """The integrations that lists may show by now, under the variants `list_lag` and `list_order`."""
        with self._lock:
            found = [self._as_seen(one.id) for one in self._integrations.values() if self._is_listed(one.id)]
            if self.variants.list_order == "update_time":
                found.sort(key=lambda one: self._touched[one.id], reverse=True)
            return found

    def update(self, integration_id: str, body: object) -> Integration:
        """Set what an update body gives, under the variant `settings_update`."""
        with self._lock:
            current = self.find(integration_id)
            provider = self._providers.get(current.provider_id)
            changes = check_update(body, provider, self.variants)
            if "name" in changes:
                self._check_name(changes["name"], integration_id)
            if "settings" in changes:
                if self.variants.settings_update == "merge":
                    changes["settings"] = {**current.settings, **changes["settings"]}
                if provider is not None:
                    check_required(changes["settings"], provider)
            if self.variants.settings_update == "put":
                changes = {"settings": {}, "status": "active", **changes}
            self._before[integration_id] = (self._clock() + self.variants.update_lag, self._as_seen(integration_id))
            return self.edit(integration_id, **changes)

    def validate(self, body: object) -> Draft:
        """Try a create body's settings with the provider's service."""
        with self._lock:
            draft = check_create(body, self._providers, self.variants)
            fingerprint = _fingerprint(draft.provider.id, draft.settings)
            if self.bad_credentials.intersection(draft.settings.values()):
                self._tested.discard(fingerprint)
                raise Refusal(400, f"{draft.provider.name} refused the credentials: authentication failed.")
            self._tested.add(fingerprint)
            return draft

    def notify(self, body: object) -> None:
        """Send a test message: `{"integration": create body, "recipient": string}`."""
        if not isinstance(body, dict) or set(body) != {"integration", "recipient"}:
            raise invalid("the body must be an object of integration and recipient.")
        if not isinstance(body["recipient"], str) or not body["recipient"]:
            raise invalid("recipient must be a string that is not empty.")
        with self._lock:
            self.validate(body["integration"])
            self.notifications.append(body)

    # What tests do.

    @property
    def integrations(self) -> tuple[Integration, ...]:
        """All integrations, oldest first."""
        with self._lock:
            return tuple(self._integrations.values())

    @property
    def providers(self) -> tuple[Provider, ...]:
        """All providers, by id as a number."""
        with self._lock:
            return tuple(sorted(self._providers.values(), key=lambda one: (len(one.id), one.id)))

    def named(self, name: str) -> list[Integration]:
        """Every integration of exactly that name, oldest first."""
        return [one for one in self.integrations if one.name == name]

    def one(self, name: str) -> Integration:
        """The only integration of that name. Errors: `LookupError` if there are none or several."""
        found = self.named(name)
        if len(found) != 1:
            raise LookupError(f"{len(found)} integrations are named {name!r}")
        return found[0]

    def provider(self, name: str) -> Provider:
        """The provider of that name or schema name. Errors: `LookupError`."""
        for one in self.providers:
            if name in (one.name, one.schema_name):
                return one
        raise LookupError(f"no provider is named {name!r}")

    def add(
        self,
        name: str,
        provider: str = "twilio",
        settings: Mapping[str, str] | None = None,
        status: str = "active",
        id: str | None = None,
    ) -> Integration:
        """Store an integration as it is given, unchecked but for its provider's name and the id.

        Errors: `LookupError` for the provider, `ValueError` for an id that is taken or no number.
        """
        with self._lock:
            return self._store(name, self.provider(provider), dict(settings or {}), status, id)

    def edit(self, integration_id: str, **fields: Any) -> Integration:
        """Change fields of an integration, unchecked, as somebody in the web interface would."""
        with self._lock:
            changed = replace(self._integrations[integration_id], update_time=self._now(), **fields)
            self._integrations[integration_id] = changed
            self._touch(integration_id)
            return changed

    def remove(self, integration_id: str) -> None:
        """Delete an integration; the API has no such call. Errors: `KeyError`."""
        with self._lock:
            del self._integrations[integration_id]

    def add_provider(self, provider: Provider) -> None:
        """Add a provider; one of the same id or name is replaced."""
        with self._lock:
            for one in self.providers:
                if one.name == provider.name:
                    del self._providers[one.id]
            self._providers[provider.id] = provider

    def remove_provider(self, name: str) -> None:
        """Take a provider away; integrations that use it stay. Errors: `LookupError`."""
        with self._lock:
            del self._providers[self.provider(name).id]

    def add_setting(self, provider: str, setting: Setting) -> None:
        """Add a setting to a provider, or replace it, say to make it required or deprecated."""
        with self._lock:
            self.add_provider(self.provider(provider).with_setting(setting))

    def provider_of(self, integration: Integration) -> Provider | None:
        """The provider that an integration uses, if the account still has it."""
        with self._lock:
            return self._providers.get(integration.provider_id)

    def effective_status(self, integration: Integration) -> str:
        """The status under the variant `effective_status`."""
        if self.variants.effective_status == "same":
            return integration.status
        with self._lock:
            tested = _fingerprint(integration.provider_id, integration.settings) in self._tested
        return integration.status if tested else "inactive"

    def _store(
        self, name: str, provider: Provider, settings: dict[str, str], status: str, wanted: str | None
    ) -> Integration:
        integration_id = str(self._next_id) if wanted is None else wanted
        if not integration_id.isdecimal() or integration_id in self._integrations:
            raise ValueError(f"id: {integration_id!r} is taken or not made of digits")
        self._next_id = max(self._next_id, int(integration_id) + 1)
        now = self._now()
        first = not any(one.type == provider.type for one in self._integrations.values())
        stored = Integration(
            id=integration_id,
            name=name,
            type=provider.type,
            provider_id=provider.id,
            settings=settings,
            status=status,
            is_default=first,
            create_time=now,
            update_time=now,
        )
        self._integrations[integration_id] = stored
        self._touch(integration_id)
        return stored

    def _is_listed(self, integration_id: str) -> bool:
        return self._clock() >= self._listed_from.get(integration_id, 0.0)

    def _as_seen(self, integration_id: str) -> Integration:
        """As it was before its last change, while the variant `update_lag` hides that."""
        until, before = self._before.get(integration_id, (0.0, None))
        return before if before is not None and self._clock() < until else self._integrations[integration_id]

    def _touch(self, integration_id: str) -> None:
        """Note that it was written last; times of whole seconds can't tell."""
        self._touches += 1
        self._touched[integration_id] = self._touches

    def _check_name(self, name: str, own_id: str | None) -> None:
        how = self.variants.duplicate_names
        same = str.casefold if how == "refuse_ignoring_case" else str
        taken = any(one.id != own_id and same(one.name) == same(name) for one in self.integrations)
        if taken and how != "allow":
            raise Refusal(self.variants.duplicate_status, "An integration of this name exists.")

    def _now(self) -> str:
        return datetime.fromtimestamp(self._clock(), UTC).strftime("%Y-%m-%d %H:%M:%S")


def _fingerprint(provider_id: str, settings: Mapping[str, str]) -> tuple[str, frozenset[tuple[str, str]]]:
    return provider_id, frozenset(settings.items())
