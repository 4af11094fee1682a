# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secrets of one task: what is learnt, what is cleaned, what core is given. Private to this collection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Callable

from ansible_collections.ocamba.hood.plugins.module_utils.redaction import WHOLE_WORD_BELOW, Redactor

try:
    from ansible.module_utils.secrets import register_secrets
except ImportError:  # ansible-core before 2.22
    register_secrets = None

CORE_KNOWS_SECRETS = register_secrets is not None


class SecretKeeper:
    """Knows the secrets of one task.

    :param register: tells ansible-core of secrets, so that it masks them wherever it shows something itself. Not to be
        done in the process of a module, which would hand them on to the controller in clear, within its output.
    """

    def __init__(self, register: Callable[[Iterable[str]], None] | None = register_secrets) -> None:
        self._register = register
        self._redactor = Redactor()
        self.declared: set[str] = set()
        self.connection: set[str] = set()

    def learn(self, secrets: Iterable[str]) -> None:
        """Clean every message of these from now on."""
        self._redactor.add(secrets)

    def learn_declared(self, secrets: Iterable[str]) -> None:
        """Learn secrets of the task's own options, and tell ansible-core of them.

        Core masks what it knows wherever the letters occur, ids and names included: not for very short values.
        """
        secrets = list(secrets)
        self.learn(secrets)
        values = [secret for secret in secrets if len(secret.strip()) >= WHOLE_WORD_BELOW]
        self.declared.update(values)
        if self._register is not None and values:
            self._register(values)

    def learn_connection(self, secrets: Iterable[str]) -> None:
        """Learn the token and the credentials of a proxy."""
        secrets = list(secrets)
        self.connection.update(secrets)
        self.learn_declared(secrets)

    def clean(self, text: Any) -> str:
        """Return a text without any known secret, in any form."""
        return self._redactor.text(str(text))

    def clean_data(self, value: Any) -> Any:
        """Clean every text in data of any depth."""
        return self._redactor.data(value)

    def foreign(self, text: str) -> str:
        """Return a text of the server, or a remark in its place where it may hold a secret in whatever form."""
        return self._redactor.foreign(text)

    def clean_result(self, result: dict[str, Any]) -> dict[str, Any]:
        """Clean the free texts of a result. The rest is made of plain values only (see results)."""
        for described in [*result.get("integrations", ()), result.get("integration")]:
            if described and described.get("error"):
                described["error"] = self.clean(described["error"])
        for provider in result.get("providers", ()):
            self._clean_provider(provider)
        return result

    def _clean_provider(self, provider: dict[str, Any]) -> None:
        """What the account calls a provider that is not known here, and its settings, is a text of Hood's."""
        for described, key in [(provider, "account_name"), *((one, "title") for one in provider["settings"])]:
            described[key] = self.foreign(described[key]) if described[key] else None
        if not provider["known"]:
            provider["name"] = self.foreign(provider["name"])
