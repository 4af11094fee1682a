"""Runs the real ansible-playbook, as a user does, and gives back what it printed and what its tasks returned."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
MODULE_TASKS = (
    "ocamba.hood.ocamba_integration",
    "ocamba.hood.ocamba_integrations",
    "ocamba.hood.ocamba_test_notification",
)

_PLAY: dict[str, Any] = {
    "name": "Test",
    "hosts": "localhost",
    "connection": "local",
    "gather_facts": False,
    "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
}


@dataclass(frozen=True)
class TaskResult:
    """The result of one task on one host."""

    host: str
    task: str
    outcome: str
    result: dict[str, Any]


@dataclass(frozen=True)
class PlaybookRun:
    """A finished run. `log` is the text of Ansible's log file."""

    rc: int
    stdout: str
    stderr: str
    log: str
    results: list[TaskResult]

    @property
    def output(self) -> str:
        return self.stdout + self.stderr

    def all(self, task: str) -> dict[str, dict[str, Any]]:
        """The results of a task by host."""
        return {one.host: one.result for one in self.results if one.task.endswith(task)}

    def only(self, task: str = "hood") -> dict[str, Any]:
        """The result of the task of that name; there must be just one."""
        found = [one.result for one in self.results if one.task.endswith(task)]
        assert len(found) == 1, self.output
        return found[0]


@dataclass
class Ansible:
    """ansible-playbook with the collection of this checkout, in an environment of its own.

    :param interpreter: the Python whose ansible-core is used; that of OCAMBA_TEST_PYTHON, else this one.
    :param execution: where the tasks run, for those that must not run where they would by themselves.
    """

    collections: Path
    workdir: Path
    environment: dict[str, str] = field(default_factory=dict)
    # Runs start in another folder. A link stays one, as an environment is known by the path of its Python.
    interpreter: str = str(Path(os.environ.get("OCAMBA_TEST_PYTHON", sys.executable)).absolute())
    execution: str | None = None
    _runs: int = 0

    def play(self, *tasks: dict[str, Any], extra: tuple[str, ...] = (), **play: Any) -> PlaybookRun:
        """Run tasks on localhost. Options go through a variables file: since core 2.19 an error prints the lines
        of the playbook around it."""
        variables: dict[str, Any] = {}
        written = [self._by_variables(index, task, variables) for index, task in enumerate(tasks)]
        content = {**_PLAY, **play, "vars": {**_PLAY["vars"], **play.get("vars", {})}, "tasks": written}
        file = self.write("variables.yml", variables)
        return self.playbook(self.write("play.yml", [content]), "-i", "localhost,", "-e", f"@{file}", *extra)

    def _by_variables(self, index: int, task: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        moved = dict(task)
        for module in MODULE_TASKS:
            if module in task:
                moved[module] = {option: f"{{{{ task_{index}_{option} }}}}" for option in task[module]}
                variables.update({f"task_{index}_{option}": value for option, value in task[module].items()})
        return moved

    def write(self, name: str, content: Any) -> str:
        """A YAML file in the working folder; its path."""
        path = self.workdir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return str(path)

    def playbook(self, playbook: str, *arguments: str) -> PlaybookRun:
        """Run a playbook, given by path or as namespace.collection.name."""
        self._runs += 1
        recorded = self.workdir / f"results-{self._runs}.jsonl"
        log = self.workdir / f"ansible-{self._runs}.log"
        process = subprocess.run(
            [str(Path(self.interpreter).parent / "ansible-playbook"), playbook, *arguments, *self._forced()],
            env=self._environment(recorded, log),
            cwd=self.workdir,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        lines = recorded.read_text(encoding="utf-8").splitlines() if recorded.exists() else []
        results = [TaskResult(**json.loads(line)) for line in lines]
        text = log.read_text(encoding="utf-8") if log.exists() else ""
        # Nothing of ours, nor of a test, may stop working on a later core.
        assert "[DEPRECATION WARNING]" not in process.stdout + process.stderr, process.stdout + process.stderr
        return PlaybookRun(process.returncode, process.stdout, process.stderr, text, results)

    def start(self, playbook: str, *arguments: str, stderr: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """The same, not waited for, in a process group of its own."""
        recorded, log = self.workdir / "started.jsonl", self.workdir / "started.log"
        return subprocess.Popen(
            [str(Path(self.interpreter).parent / "ansible-playbook"), playbook, *arguments, *self._forced()],
            env=self._environment(recorded, log),
            cwd=self.workdir,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            start_new_session=True,
        )

    def _forced(self) -> tuple[str, ...]:
        return ("-e", f"ocamba_execution={self.execution}") if self.execution else ()

    def surroundings(self) -> dict[str, str]:
        """The environment of a command that is not run by this object."""
        return self._environment(self.workdir / "results.jsonl", self.workdir / "ansible.log")

    def _environment(self, recorded: Path, log: Path) -> dict[str, str]:
        return {
            "PATH": f"{Path(self.interpreter).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.workdir),
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "recorder",
            "ANSIBLE_LOG_PATH": str(log),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_RETRY_FILES_ENABLED": "0",
            "ANSIBLE_LOCALHOST_WARNING": "0",
            "RECORDER_FILE": str(recorded),
            **self.environment,
        }
