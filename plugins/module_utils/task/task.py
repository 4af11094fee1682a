# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task from its raw options to its result, whoever runs it: no Ansible class, no exit. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Callable

from ansible_collections.ocamba.hood.plugins.module_utils.api.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import Connection
from ansible_collections.ocamba.hood.plugins.module_utils.api.pacer import keep_quiet
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import Declaration
from ansible_collections.ocamba.hood.plugins.module_utils.declared.intake import out_of_range
from ansible_collections.ocamba.hood.plugins.module_utils.errors import ENTRIES_FAILED, INVALID, InvalidOptions, listed
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.task_outcome import TaskOutcome
from ansible_collections.ocamba.hood.plugins.module_utils.redaction import LONGEST_TEXT
from ansible_collections.ocamba.hood.plugins.module_utils.task import core_masking, intake
from ansible_collections.ocamba.hood.plugins.module_utils.task.argument_specs import Spec, connection_spec
from ansible_collections.ocamba.hood.plugins.module_utils.task.failures import attempt
from ansible_collections.ocamba.hood.plugins.module_utils.task.secrets import SecretKeeper

# The name of the fact, below ansible_facts, in which the modules remember; and of the option that hands it to a target.
FACT = "ocamba_hood"
FACT_OPTION = "_ocamba_hood_fact"


@dataclass(frozen=True)
class Definition:
    """What one module of the collection is.

    :param work: does it, once the options are known to be good.
    """

    spec: Spec
    work: Callable[[Task], TaskOutcome]


class Task:
    """One task.

    `given` are its options without the secrets of the declaration, `options` the same with types and defaults.

    :param raw: the options as they were given, plain values only.
    :param environment: the environment variables that count for it.
    :param tell: is called with a text when a long wait begins, in texts without secrets.
    :param fact: what an earlier run remembered of hidden secrets, from the host's facts.
    :param before_request: is called before each request; it does not return where nothing more may be sent.
    """

    def __init__(
        self,
        definition: Definition,
        raw: Mapping[str, Any],
        environment: Mapping[str, str],
        *,
        check_mode: bool = False,
        diff: bool = False,
        fact: Any = None,
        tell: Callable[[str], None] = keep_quiet,
        before_request: Callable[[], None] = lambda: None,
        secrets: SecretKeeper | None = None,
    ) -> None:
        self.check_mode = check_mode
        self.diff = diff
        self.fact = fact
        self.declaration = Declaration()
        self.given: dict[str, Any] = {}
        self.options: dict[str, Any] = {}
        self.secrets = secrets or SecretKeeper()
        self._definition = definition
        self._environment = environment
        self._tell = tell
        self._before_request = before_request
        self._warnings: list[str] = []
        self._clients: list[HoodClient] = []
        outcome = attempt(lambda: self._take(raw))
        self._refusal = outcome if outcome.failures else None

    @property
    def is_refused(self) -> bool:
        """Whether its options are such that it can't begin."""
        return self._refusal is not None

    @property
    def spec(self) -> Spec:
        return self._definition.spec

    @property
    def shown(self) -> dict[str, Any]:
        """The options as they may be logged, those that are `no_log` excepted."""
        entries = self.declaration.entries
        if "integrations" in self.options and len(entries) > intake.SHOWN:
            return {**self.options, "integrations": [entry.label for entry in entries]}
        return dict(self.options)

    @property
    def has_token(self) -> bool:
        return bool(self.options["api_token"])

    def run(self) -> dict[str, Any]:
        """Do it. Return the result, with `failed`, `msg` and `reason_code` where something went wrong, and with
        `warnings`."""
        outcome = self._refusal or self._work()
        result = self.secrets.clean_result({"changed": False, **outcome.result} if outcome.result else {})
        if outcome.failures:
            result["failed"] = True
            result["msg"] = self.secrets.clean(listed(list(outcome.failures), LONGEST_TEXT))
            result["reason_code"] = outcome.reason_code or ENTRIES_FAILED
        warnings = dict.fromkeys(self.secrets.clean(text) for text in [*self._warnings, *outcome.warnings])
        if warnings:
            result["warnings"] = list(warnings)
        return result

    def connection(self) -> Connection:
        """Return the connection that the options ask for.

        :raises InvalidOptions: where they are wrong.
        """
        options = {name: self.options[name] for name in connection_spec()}
        options["api_token"] = options["api_token"] or ""
        options["api_url"] = options["api_url"].rstrip("/")
        connection = Connection(**options, environment=self._environment)
        self.secrets.learn_connection(connection.secrets)
        mistakes = connection.check()
        mistakes += map(str, out_of_range(self.options))
        if mistakes:
            raise InvalidOptions(listed(mistakes, LONGEST_TEXT))
        return connection

    def client(self, parallel: int = 1) -> HoodClient:
        """Return a client for the account of the connection options."""
        client = HoodClient.open(self.connection(), parallel, self.tell, self.secrets.foreign)
        client.before_request = self._before_request
        self._clients.append(client)
        return client

    def tell(self, text: str) -> None:
        """Let the person who watches know something while the task is at work."""
        self._tell(self.secrets.clean(text))

    def _work(self) -> TaskOutcome:
        try:
            return attempt(lambda: self._definition.work(self))
        finally:
            # Also where a time-out or an interruption ends the task: nothing may wait or send any more.
            for client in self._clients:
                client.close()

    def _take(self, raw: Mapping[str, Any]) -> TaskOutcome:
        """Take the options; the outcome has the failures that keep the task from beginning."""
        spec = self._definition.spec
        taken = intake.take(raw, spec, self._environment)
        self.secrets.learn_declared(taken.secrets)
        self.secrets.learn_connection(core_masking.connection_secrets(taken.shown, spec))
        if taken.missing is not None:
            raise taken.missing
        self.given = dict(taken.shown)
        # One of a wrong kind is not to be missed as well.
        checked = {**spec, **{name: {**spec[name], "required": False} for name in taken.wrong if name in spec}}
        self.options, refusal = intake.validate(taken.shown, checked)
        self.declaration = taken.declaration
        mistakes = [str(mistake) for mistake in self.declaration.mistakes]
        if refusal is None and not mistakes:
            self._warnings += [*taken.warnings, *self.declaration.warnings]
        return TaskOutcome({}, [*([refusal] if refusal else []), *mistakes], reason_code=INVALID)
