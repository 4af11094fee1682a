# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is remembered of secrets that Hood hides, between runs. Pure. Private to this collection.

It lies in the host's facts, so it lasts wherever Ansible caches facts. It holds fingerprints, no secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.errors import UNCLEAR
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.compare import NO_EVIDENCE, Comparison, compare
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.fingerprints import FORMAT, LENGTH, Fingerprints
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.outcomes import Outcome

# Of how many other accounts, under other tokens or at other hosts, a host keeps what it remembers.
OTHERS = 99
# Marks a secret that Hood showed as another text just after it was written.
DISGUISED = "~"
# Agrees with no secret: what was sent may be stored, and it may not.
UNKNOWN = "0" * LENGTH

_RECORD = re.compile(rf"[0-9a-f]{{{LENGTH}}}{DISGUISED}?")

Records = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Memory:
    """The secrets of one account as they were last written or taken over.

    :param records: fingerprints by the integration's id and the setting's key.
    :param others: what is remembered of other accounts, by account.
    """

    fingerprints: Fingerprints
    records: Records = field(default_factory=dict)
    others: dict[str, Records] = field(default_factory=dict)

    @classmethod
    def read(cls, fact: Any, fingerprints: Fingerprints) -> Memory:
        """Read what an earlier run remembered. What is malformed, or of another token, host or format, is no memory."""
        accounts = fact.get("accounts") if isinstance(fact, Mapping) and fact.get("format") == FORMAT else None
        known = {
            str(account): records
            for account, content in (accounts.items() if isinstance(accounts, Mapping) else ())
            if re.fullmatch(_RECORD, str(account)) and (records := _records(content))
        }
        records = known.pop(_account(fingerprints), {})
        return cls(fingerprints, records, known)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is remembered of this account."""
        return not self.records

    def recall(self, integration_id: str, key: str, declared: str, seen: Comparison) -> Comparison:
        """Return how a declared secret compares, by what is remembered where what Hood shows can't tell.

        :param seen: how it compares to what Hood shows.
        """
        record = self.records.get(integration_id, {}).get(key)
        is_shown = seen is Comparison.SAME or (seen is Comparison.DIFFERENT and not (record or "").endswith(DISGUISED))
        if record is None or is_shown:
            return seen
        agrees = record.rstrip(DISGUISED) == self._fingerprint(integration_id, key, declared)
        return Comparison.UNCHANGED if agrees else Comparison.CHANGED

    def after(self, outcomes: Iterable[Outcome], is_whole: bool = True, is_part: bool = False) -> dict[str, Any]:
        """Return the fact to remember after a real run.

        What failed keeps its old memory; of what was carried out the declared secrets are remembered. A secret that
        was sent, and is not known to be stored, agrees with none from then on: the next run writes it.

        :param is_whole: whether integrations that are not among the outcomes are forgotten.
        :param is_part: whether an integration may have declared secrets that the outcomes lack.
        """
        records = {} if is_whole else dict(self.records)
        for outcome in outcomes:
            identity = outcome.integration_id
            if identity is None:
                continue
            old = self.records.get(identity, {})
            kept = {**old, **_unknown(outcome)} if _keeps(outcome) else self._remembered(identity, outcome)
            kept = {**old, **kept} if is_part else kept
            records.pop(identity, None)
            if kept:
                records[identity] = kept
        accounts = dict(list(self.others.items())[-OTHERS:])
        accounts[_account(self.fingerprints)] = records
        return {"format": FORMAT, "accounts": {account: content for account, content in accounts.items() if content}}

    def _remembered(self, identity: str, outcome: Outcome) -> dict[str, str]:
        """The records of one integration after what became of it."""
        step, found = outcome.step, {}
        for key in step.entry.secrets:
            value = step.entry.settings[key]
            seen = step.secrets_seen.get(key, Comparison.HIDDEN)
            if outcome.written and "settings" in step.body and outcome.seen is not None:
                shown = (outcome.seen.settings or {}).get(key)
                seen = compare(key, value, shown, step.known, NO_EVIDENCE)
            old = self.records.get(identity, {}).get(key, "")
            is_disguised = seen is Comparison.DIFFERENT or (seen is Comparison.UNCHANGED and old.endswith(DISGUISED))
            # Also one that is shown just now: an account may show a secret once, or by id only, and hide it in lists.
            found[key] = self._fingerprint(identity, key, value) + (DISGUISED if is_disguised else "")
        return found

    def _fingerprint(self, identity: str, key: str, value: str) -> str:
        return self.fingerprints.of("secret", identity, key, value)


def _account(fingerprints: Fingerprints) -> str:
    return fingerprints.of("account")


def _keeps(outcome: Outcome) -> bool:
    """Whether nothing new is surely known of the secrets: it failed, or what was written was not read back."""
    was_sent = outcome.written and "settings" in outcome.step.body
    return bool(outcome.error) or (was_sent and outcome.seen is None)


def _unknown(outcome: Outcome) -> dict[str, str]:
    """The records of secrets that may have been stored, and may not."""
    was_sent = outcome.written or outcome.reason_code == UNCLEAR
    sent = outcome.step.body.get("settings", {}) if was_sent else {}
    return {key: UNKNOWN for key in outcome.step.entry.secrets if key in sent}


def _records(content: Any) -> Records:
    """The well-formed records of a fact."""
    if not isinstance(content, Mapping):
        return {}
    return {
        str(identity): {str(key): str(record) for key, record in settings.items()}
        for identity, settings in content.items()
        if isinstance(settings, Mapping)
        and settings
        and all(isinstance(record, str) and _RECORD.fullmatch(record) for record in settings.values())
    }
