# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible's diff mode shows of a step. Private to this collection."""

from __future__ import annotations

from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import printable
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Step


def diff(step: Step) -> dict[str, Any] | None:
    """Return before and after of one step; None where nothing changes. No secret is in it, masked or not."""
    if not step.is_write:
        return None
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name in ("name", "provider", "type", "status"):
        old = getattr(step.current, "provider_name" if name == "provider" else name) if step.current else None
        _enter(before, after, name, old, _value_after(step, name))
    old_settings = dict(step.current.settings or {}) if step.current else {}
    for key in sorted(set(old_settings) | set(step.settings)):
        if step.shows(key):
            _enter(before, after, f"settings.{key}", old_settings.get(key), step.settings.get(key))
        elif step.current is None:
            after[f"settings.{key}"] = "(secret, will be set)"
        elif key in step.secrets_written:
            before[f"settings.{key}"] = "(secret)"
            after[f"settings.{key}"] = "(secret, will be updated)"
    header = printable(step.entry.name or (step.current.name if step.current else ""))
    return {"before": before, "after": after, "before_header": header, "after_header": header}


def _enter(before: dict[str, Any], after: dict[str, Any], key: str, old: str | None, new: str | None) -> None:
    if old is not None:
        before[key] = old
    if new is not None:
        after[key] = new


def _value_after(step: Step, name: str) -> str | None:
    """The value of an option after the step."""
    if name == "provider":
        live = step.provider or (step.current.provider if step.current else None)
        return live.name if live else step.entry.provider
    value: str | None = step.body.get(name)
    return getattr(step.current, name) if value is None and step.current else value
