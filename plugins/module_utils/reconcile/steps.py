# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a plan, and the options that say how far it may go. Private to this collection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.api.models import Integration, LiveProvider, StoredSettings
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import Declared
from ansible_collections.ocamba.hood.plugins.module_utils.errors import INVALID, Mistake
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Provider
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.compare import Comparison

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

    `secrets_seen`: how each declared secret compares to what the account showed before the step. `reason_code`: why
    the step failed.
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
    reason_code: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def is_provider_open(self) -> bool:
        """Whether the integration did not show its provider."""
        return self.current is not None and self.current.provider is None

    @property
    def is_write(self) -> bool:
        """Whether the step sends anything."""
        return self.action in (CREATED, UPDATED, DEACTIVATED)

    @property
    def settings(self) -> StoredSettings:
        """The settings after the step, as far as they are known."""
        stored = dict(self.current.settings or {}) if self.current else {}
        stored.update(self.body.get("settings", {}))
        return stored

    def shows(self, key: str) -> bool:
        """Return whether the value of a setting may be shown."""
        return self.known is not None and key in self.known.plain_names


@dataclass
class Plan:
    """The steps in the declared order, then the deactivations. Nothing may be written if `mistakes` is not empty."""

    steps: list[Step] = field(default_factory=list)
    deactivations: list[Step] = field(default_factory=list)
    unmanaged: list[Integration] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def writes(self) -> list[Step]:
        """The steps that send something."""
        return [step for step in self.steps + self.deactivations if step.is_write]

    @property
    def needs_providers(self) -> bool:
        """Whether the account's own provider list has to be read before this plan can be trusted."""
        return any(step.action == CREATED or "settings" in step.body or step.is_provider_open for step in self.steps)

    @property
    def warnings(self) -> list[str]:
        """What a person should know of the steps, and of the plan as a whole."""
        return [warning for step in self.steps for warning in step.warnings] + self.notes


class Rejected(Exception):
    """An entry that can't be carried out, with what is wrong with it."""

    def __init__(self, *mistakes: Mistake, reason_code: str = INVALID) -> None:
        super().__init__()
        self.mistakes = mistakes
        self.reason_code = reason_code


@dataclass(frozen=True)
class Account:
    """An account as it was read. `providers` is None until they are: only a plan that writes needs them."""

    integrations: Sequence[Integration]
    providers: Sequence[LiveProvider] | None
    by_name: dict[str, list[Integration]]
    by_id: dict[str, Integration]

    @classmethod
    def of(cls, current: Sequence[Integration], providers: Sequence[LiveProvider] | None) -> Account:
        """Index what was read."""
        by_name: dict[str, list[Integration]] = {}
        for integration in current:
            by_name.setdefault(integration.name, []).append(integration)
        return cls(current, providers, by_name, {integration.id: integration for integration in current})
