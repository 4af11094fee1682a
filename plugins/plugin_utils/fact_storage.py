# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps a fact where AWX looks for the facts of a host. Private to this collection.

AWX hands the facts of each host to a job in a file of the host's name, and takes them back from it (its
`awx/main/tasks/facts.py`). From ansible-core 2.19 on, the fact cache prefixes the names of its files, so neither finds
what the other wrote, and AWX forgets the facts after each job. There a fact of ours is read from and written to the
file that AWX knows, in the form that core had up to 2.18.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# ansible-runner tells by it where it collects what a run leaves.
ARTIFACTS = "AWX_ISOLATED_DATA_DIR"
# AWX tells by it where it laid out the job.
OF_AWX = "AWX_PRIVATE_DATA_DIR"
PREFIXED_SINCE = (2, 19)


@dataclass(frozen=True)
class FactStorage:
    """Where Ansible caches facts.

    :param plugin: the name of the cache plugin.
    :param location: the connection that the plugin was given.
    :param core: major and minor version of ansible-core.
    """

    plugin: str
    location: str
    core: tuple[int, int]
    environment: Mapping[str, str]

    @property
    def why_forgotten(self) -> str | None:
        """Why the facts of this run end with it, if so."""
        if self.is_memory:
            return "facts are not cached here"
        if self._is_of_runner and OF_AWX not in self.environment:
            return "ansible-runner caches facts for each run apart"
        return None

    def read(self, host: str, fact: str) -> Any:
        """Return a fact from the file of the host; None if it has none, or is no file that Ansible or this wrote."""
        path = self._path(host)
        return _facts(path).get(fact) if path else None

    def write(self, host: str, fact: str, value: Any) -> None:
        """Put a fact into the file of the host, beside the others.

        :raises OSError: if that can't be done.
        """
        path = self._path(host)
        if not path:
            return
        text = json.dumps({**_facts(path), fact: value})
        descriptor, name = tempfile.mkstemp(prefix=".ocamba-hood-", dir=path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink()
            raise

    @property
    def is_memory(self) -> bool:
        """Whether facts are not cached at all."""
        return self._name == "memory"

    @property
    def _name(self) -> str:
        return self.plugin.rpartition(".")[2]

    @property
    def _is_of_runner(self) -> bool:
        artifacts = self.environment.get(ARTIFACTS)
        is_file = self._name == "jsonfile" and bool(artifacts) and bool(self.location)
        return is_file and Path(str(artifacts)).resolve() in Path(self.location).resolve().parents

    def _path(self, host: str) -> Path | None:
        """The file of a host, where core does not keep it itself."""
        is_needed = self.core >= PREFIXED_SINCE and self._is_of_runner and Path(self.location).is_dir()
        is_name = host == Path(host).name and host not in ("", "..")
        return Path(self.location) / host if is_needed and is_name else None


def _facts(path: Path) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}
