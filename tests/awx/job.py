"""A job as AWX 24 runs it: laid out in a folder of its own, sent through ansible-runner's transmit, worker and process.

In AWX the worker is a container that has the folder at /runner; here it is a process, and /runner is written as the
folder. What AWX does is in its `awx/main/tasks/jobs.py`, `awx/main/tasks/facts.py` and `awx/main/utils/safe_yaml.py`.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ansible_runner
import yaml
from awx_plugins.interfaces._temporary_private_api import EnvVarsType, ManagedCredentialType
from awx_plugins.interfaces._temporary_private_credential_api import Credential
from awx_plugins.interfaces._temporary_private_inject_api import build_safe_env, inject_credential

from tests.support.ansible import Ansible
from tests.tools.collection_tree import ROOT

DATA = ROOT / "extensions" / "awx"
PROJECT = ROOT / "docs" / "example" / "awx"
MOUNT = "/runner"
_COLOUR = re.compile("\x1b\\[[0-9;]*m")


def credential_type() -> ManagedCredentialType:
    """The credential type of this collection, for AWX's injector."""
    data = yaml.safe_load((DATA / "credential_type.yml").read_text(encoding="utf-8"))
    return ManagedCredentialType(
        namespace="ocamba_hood",
        name=data["name"],
        kind=data["kind"],
        managed=False,
        inputs=data["inputs"],
        injectors=data["injectors"],
    )


class _Unsafe(yaml.SafeDumper):
    """AWX tags every string that a user gives at launch."""

    def represent_data(self, data: Any) -> yaml.Node:
        if isinstance(data, str):
            return self.represent_scalar("!unsafe", data)
        return super().represent_data(data)


@dataclass(frozen=True)
class Done:
    """What a finished job leaves: `events` and `environment` are what AWX stores in its database.

    :param status: `successful` or `failed`.
    """

    status: str
    events: list[dict[str, Any]]
    environment: dict[str, str]
    folders: tuple[Path, ...]

    @property
    def stdout(self) -> str:
        """What AWX shows, without colours."""
        return _COLOUR.sub("", "\n".join(event["stdout"] for event in self.events if event.get("stdout")))

    def results(self, task: str) -> dict[str, dict[str, Any]]:
        """The results of a task by host."""
        found = {}
        for event in self.events:
            data = event.get("event_data", {})
            if event["event"] in ("runner_on_ok", "runner_on_failed") and data["task"].endswith(task):
                found[data["host"]] = data["res"]
        return found

    @property
    def artifacts(self) -> dict[str, Any]:
        """What the job hands on to the next ones of a workflow: AWX takes it from the event of the statistics."""
        (event,) = [event for event in self.events if event["event"] == "playbook_on_stats"]
        handed: dict[str, Any] = event["event_data"]["artifact_data"]
        return handed

    def files(self) -> dict[Path, str]:
        """The text of every file that is left."""
        paths = [path for folder in self.folders for path in sorted(folder.rglob("*")) if path.is_file()]
        return {path: path.read_text(encoding="utf-8", errors="replace") for path in paths}


@dataclass
class Job:
    """To be filled in, then run.

    :param facts: of each host, for a job with fact storage; brought up to date when it has run.
    """

    folder: Path
    collections: Path
    identity: int = 1
    environment: EnvVarsType = field(default_factory=dict)
    facts: dict[str, dict[str, Any]] | None = None
    _safe: EnvVarsType = field(default_factory=dict)
    _arguments: list[str] = field(default_factory=list)
    _passwords: dict[str, str] = field(default_factory=dict)
    _inventory: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("env", "inventory"):
            (self.folder / name).mkdir(parents=True)
        shutil.copytree(PROJECT, self.folder / "project")
        (self.folder / "cp").mkdir()
        self.environment |= {
            "ANSIBLE_FORCE_COLOR": "True",
            "ANSIBLE_RETRY_FILES_ENABLED": "False",
            "ANSIBLE_COLLECTIONS_PATH": f"{MOUNT}/requirements_collections:{self.collections}",
            "ANSIBLE_SSH_CONTROL_PATH_DIR": f"{MOUNT}/cp",
            "AWX_PRIVATE_DATA_DIR": str(self.folder),
            "JOB_ID": str(self.identity),
            "INVENTORY_ID": "1",
            "MAX_EVENT_RES": "700000",
        }

    def credential(self, **inputs: str) -> None:
        """Inject a credential of our type."""
        credential = Credential(dict(inputs))
        inject_credential(
            credential_type(), credential, self.environment, self._safe, self._arguments, str(self.folder)
        )

    def vault(self, password: str) -> None:
        """A vault credential: AWX answers the prompt."""
        self._arguments.append("--ask-vault-pass")
        self._passwords[r"Vault password:\s*?$"] = password

    def answers(self, **variables: Any) -> None:
        """Extra variables, as a survey gives them."""
        meta = {"awx_job_id": self.identity, "awx_job_launch_type": "manual", "tower_job_id": self.identity}
        text = yaml.dump({**variables, **meta}, Dumper=_Unsafe, default_flow_style=False)
        self._write("env/extravars", text)

    def inventory(self, data: dict[str, Any], slice_number: int = 1, slice_count: int = 1) -> None:
        """What `ansible-inventory --list --export` gave when the inventory was synchronized, or every n-th host of it.

        AWX takes the hosts by name and cuts that list.
        """
        names = sorted({host for group in data.values() for host in group.get("hosts", [])})
        kept = names[slice_number - 1 :: slice_count]
        cut = {name: {**group} for name, group in data.items() if name != "_meta"}
        for group in cut.values():
            if "hosts" in group:
                group["hosts"] = [host for host in group["hosts"] if host in kept]
        known = data.get("_meta", {}).get("hostvars", {})
        self._inventory = cut
        reported = {**cut, "_meta": {"hostvars": {host: known.get(host, {}) for host in kept}}}
        text = f"#! /usr/bin/env python3\n# -*- coding: utf-8 -*-\nprint({json.dumps(reported)!r})\n"
        self._write("inventory/hosts", text).chmod(0o700)

    def run(self, playbook: str, *arguments: str) -> Done:
        """Run a playbook of the project; AWX calls these three one after the other."""
        self._write(
            "env/cmdline", self._outside(ansible_runner.utils.args2cmdline("-u", "root", *self._all(arguments)))
        )
        self._write("env/settings", json.dumps({"suppress_ansible_output": True, "suppress_output_file": True}))
        environment = {key: self._outside(str(value)) for key, value in self.environment.items()}
        self._lay_out_facts()
        with tempfile.TemporaryFile() as sent:
            ansible_runner.interface.run(
                streamer="transmit",
                _output=sent,
                private_data_dir=str(self.folder),
                ident=self.identity,
                playbook=playbook,
                inventory=str(self.folder / "inventory" / "hosts"),
                passwords=self._passwords,
                suppress_env_files=True,
                envvars=environment,
                fact_cache_type="" if self.facts is None else "jsonfile",
            )
            sent.seek(0)
            return self._processed(self._worked(sent.read()))

    def _lay_out_facts(self) -> None:
        """AWX writes a file for each host of which it knows facts."""
        if self.facts is not None:
            folder = self._facts_in(self.folder)
            folder.mkdir(parents=True)
            for host, facts in self.facts.items():
                (folder / host).write_text(json.dumps(facts), encoding="utf-8")

    def _take_back_facts(self, kept: Path) -> None:
        """A file that is gone means that the facts of the host were cleared."""
        if self.facts is not None:
            names = [host for group in self._inventory.values() for host in group.get("hosts", [])]
            files = {host: self._facts_in(kept) / host for host in names}
            self.facts.update(
                {host: json.loads(file.read_text("utf-8")) if file.exists() else {} for host, file in files.items()}
            )

    def _facts_in(self, folder: Path) -> Path:
        return folder / "artifacts" / str(self.identity) / "fact_cache"

    def _all(self, arguments: Sequence[str]) -> list[str]:
        return [*self._arguments, *arguments]

    def _outside(self, text: str) -> str:
        return text.replace(f"{MOUNT}/", f"{self.folder}/")

    def _write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def _worked(self, sent: bytes) -> bytes:
        """The worker, in the environment that an execution environment has."""
        home = self.folder.with_name(self.folder.name + "-home")
        home.mkdir()
        environment = {
            "PATH": f"{Path(Ansible.interpreter).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "LANG": "C.UTF-8",
        }
        command = [sys.executable, "-m", "ansible_runner", "worker", "--private-data-dir", str(self.folder)]
        worker = subprocess.run(command, input=sent, env=environment, capture_output=True, timeout=300, check=False)
        assert b'"eof": true' in worker.stdout, worker.stderr.decode()
        return worker.stdout

    def _processed(self, worked: bytes) -> Done:
        """Back at the controller, that keeps events, and the environment with what is secret hidden."""
        events: list[dict[str, Any]] = []
        stored: dict[str, str] = {}
        hidden = {**build_safe_env(self.environment), **self._safe}

        def keep_event(event: dict[str, Any]) -> bool:
            events.append(event)
            return True

        def keep_environment(status: dict[str, Any], runner_config: Any) -> None:
            if status["status"] == "starting":
                stored.update(runner_config.env)
                stored.update({key: str(value) for key, value in hidden.items() if key in stored})

        kept = self.folder.with_name(self.folder.name + "-kept")
        kept.mkdir()
        done = ansible_runner.interface.run(
            streamer="process",
            _input=io.BytesIO(worked),
            private_data_dir=str(kept),
            ident=self.identity,
            event_handler=keep_event,
            status_handler=keep_environment,
            quiet=True,
        )
        self._take_back_facts(kept)
        return Done(done.status, events, stored, (self.folder, kept))
