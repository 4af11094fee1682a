# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells the person who watches a run what a module is waiting for.

Ansible shows what a module says only when it has ended, and Hood's limits can make it wait for a minute. So the
module writes a line for each long wait into a file, and the controller shows it meanwhile. That needs a file that
both can reach: with other connections than local, nothing is told.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.ocamba.hood.plugins.module_utils.task import progress

EVERY = 0.5


class WatchedAction(ActionBase):  # type: ignore[misc]
    """Runs the module of the same name, and shows the waits that it tells of."""

    _supports_async = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        name, background = self._task.action, self._task.async_val
        if background or self._connection.transport != "local":
            return {**result, **self._execute_module(name, task_vars=task_vars, wrap_async=background)}
        host = (task_vars or {}).get("inventory_hostname", "")
        with self._watched(host) as path:
            self._task.environment = [*(self._task.environment or []), {progress.VARIABLE: str(path)}]
            return {**result, **self._execute_module(name, task_vars=task_vars)}

    @contextmanager
    def _watched(self, host: str) -> Iterator[Path]:
        descriptor, name = tempfile.mkstemp(prefix="ocamba-hood-", dir=constants.DEFAULT_LOCAL_TMP)
        os.close(descriptor)
        ended = threading.Event()
        watch = threading.Thread(target=_watch, args=(Path(name), host, ended), daemon=True)
        watch.start()
        try:
            yield Path(name)
        finally:
            ended.set()
            watch.join()
            Path(name).unlink()


def _watch(path: Path, host: str, ended: threading.Event) -> None:
    shown = 0
    while not ended.wait(EVERY):
        lines = path.read_text(encoding="utf-8").splitlines()
        for line in lines[shown:]:
            # Not to stdout, which a callback may fill with JSON.
            Display().display(f"[{host}] {line}", stderr=True)
        shown = len(lines)
