# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows what a module on the target is waiting for. Private to this collection.

Ansible shows what a module says only when it has ended, and Hood's limits can make it wait for a minute. So the
module writes a line for each long wait into a file, and the controller shows it meanwhile. That needs a file that
both can reach: with other connections than local, nothing is shown.

If the controller is killed, the worker that waits for a module lives on. So it is ended here, and the module, which
finds nobody who would take its result, writes no more.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ansible import constants
from ansible.utils.display import Display

from ansible_collections.ocamba.hood.plugins.module_utils.task import progress

EVERY = 0.05


@contextmanager
def watched(host: str) -> Iterator[dict[str, str]]:
    """Show the lines of a module; what is yielded belongs into its environment."""
    descriptor, name = tempfile.mkstemp(prefix="ocamba-hood-", dir=constants.DEFAULT_LOCAL_TMP)
    os.close(descriptor)
    ended = threading.Event()
    watch = threading.Thread(target=_watch, args=(Path(name), host, ended, os.getppid()), daemon=True)
    watch.start()
    try:
        yield {progress.VARIABLE: name}
    finally:
        ended.set()
        watch.join()
        Path(name).unlink()


def show(host: str, text: str) -> None:
    """Show a line to the person who watches the run."""
    # Not on stdout, which a callback may fill with JSON.
    Display().display(f"[{host}] {text}", stderr=True)


def _watch(path: Path, host: str, ended: threading.Event, controller: int) -> None:
    shown = 0
    is_last = False
    while not is_last:
        # What was written in the last moments is shown as well.
        is_last = ended.wait(EVERY)
        if os.getppid() != controller:
            os._exit(1)
        lines = path.read_text(encoding="utf-8").splitlines()
        for line in lines[shown:]:
            show(host, line)
        shown = len(lines)
