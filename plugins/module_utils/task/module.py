# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task as a module on a target: AnsibleModule around it. Private to this collection.

What core logs, returns as `invocation` and prints in its own messages are the options as the task shows them.
"""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ocamba.hood.plugins.module_utils.task import core_masking, progress
from ansible_collections.ocamba.hood.plugins.module_utils.task.argument_specs import spec_of_core
from ansible_collections.ocamba.hood.plugins.module_utils.task.secrets import SecretKeeper
from ansible_collections.ocamba.hood.plugins.module_utils.task.task import FACT_OPTION, Definition, Task


class TaskModule(AnsibleModule):  # type: ignore[misc]
    """The base of every module of the collection."""

    params: dict[str, Any]
    no_log_values: set[str]
    _task: Task

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        super().__init__(spec_of_core(definition.spec), supports_check_mode=True)

    def run(self) -> NoReturn:
        """Run the task, and end the module with its result."""
        result = self._task.run()
        self.params.update(self._task.shown)
        for warning in result.pop("warnings", ()):
            self.warn(warning)
        secrets = self._task.secrets
        core_masking.end_core_masking(self, self._definition.spec, secrets.connection, secrets.clean_data)
        if result.pop("failed", False):
            super().fail_json(**result)
        super().exit_json(**result)
        raise SystemExit(1)

    def fail_json(self, msg: str, **kwargs: Any) -> NoReturn:
        """End the module as failed. What core says of the options is said by the task, together with all else."""
        task = getattr(self, "_task", None)
        if task is not None and task.is_refused and not kwargs:
            self.run()
        super().fail_json(msg=task.secrets.clean(msg) if task else str(msg), **kwargs)
        raise SystemExit(1)

    def log(self, msg: str, log_args: Mapping[str, Any] | None = None) -> None:
        """Log a text of core's to the system, without any secret."""
        clean = self._task.secrets.clean
        super().log(clean(msg), log_args={name: clean(value) for name, value in (log_args or {}).items()})

    def _load_params(self) -> None:
        super()._load_params()
        fact = self.params.pop(FACT_OPTION, None)
        own = {name: value for name, value in self.params.items() if name.startswith("_ansible_")}
        self._task = Task(
            self._definition,
            {name: value for name, value in self.params.items() if name not in own},
            os.environ,
            check_mode=own.get("_ansible_check_mode", False),
            diff=own.get("_ansible_diff", False),
            fact=fact,
            tell=progress.tell,
            before_request=go_on,
            # Core is given no secret here: it would write them in clear into the output of the module.
            secrets=SecretKeeper(register=None),
        )
        self.params = {**own, **core_masking.without_no_log(self._task.given, self._definition.spec)}
        self.no_log_values.update(self._task.secrets.declared)


def go_on() -> None:
    """Return if somebody is there to take the result: who was left alone, as the controller was killed, must not write
    any more. With a connection that keeps the pipe open this can't be known."""
    try:
        stdout = sys.stdout.fileno()
    except (AttributeError, OSError, ValueError):
        return
    watched = select.poll()
    watched.register(stdout, 0)
    if any(event & select.POLLERR for _file, event in watched.poll(0)):
        os._exit(1)


def run_module(definition: Definition) -> NoReturn:
    """Run a module of the collection."""
    TaskModule(definition).run()
