"""No secret in any file that a run writes, however it ends, and nobody who goes on writing to the account.

Every file counts: those that stay, and copies of those that are removed meanwhile.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.faults import Fault
from tests.emulator.server import Emulator
from tests.support import leaks
from tests.support.ansible import Ansible
from tests.support.entries import TOKEN, entry, secrets, seven
from tests.support.marks import BOTH_WAYS, CONTROLLER_FIRST, first
from tests.support.tasks import many, one

SHIMS = Path(__file__).parent / "shims" / "keeping"
SIGNALS = [signal.SIGKILL, signal.SIGINT, signal.SIGTERM]
INTERRUPTIONS = int(os.environ.get("OCAMBA_INTERRUPTIONS", "1"))

Task = dict[str, Any]


@dataclass
class Disk:
    """All that a run may write to: the home, the temporary folders, the log, the facts."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        for name in ("home", "tmp", "removed"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        return {
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "KEPT_FILES": str(self.folder / "removed"),
            "PYTHONPATH": str(SHIMS),
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "local"),
            "ANSIBLE_REMOTE_TEMP": str(self.folder / "remote"),
            "ANSIBLE_ASYNC_DIR": str(self.folder / "async"),
            "ANSIBLE_CACHE_PLUGIN": "jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(self.folder / "facts"),
            "ANSIBLE_LOG_PATH": str(self.folder / "log"),
        }

    def leaks(self, sought: Iterable[str]) -> list[tuple[str, str]]:
        """The files that hold a secret, and in which form."""
        sought = list(sought)
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        assert files, "what is searched is not where a run writes"
        found = [(path, leaks.find(path.read_bytes().decode("utf-8", "replace"), sought)) for path in files]
        return [(str(path), leak.form) for path, several in found for leak in several]


@pytest.fixture
def disk(ansible: Ansible) -> Iterator[Disk]:
    # Not below tmp_path: core 2.22 has a socket in the temporary folder, and the path of a socket must be short.
    with tempfile.TemporaryDirectory(prefix="hood-") as folder:
        yield used(Disk(Path(folder)), ansible)


def used(disk: Disk, ansible: Ansible) -> Disk:
    """Have a run write there."""
    # The token comes with the variables: what a user has in the environment is in no file of ours anyway.
    del ansible.environment["OCAMBA_API_TOKEN"]
    ansible.environment |= disk.environment
    ansible.environment["PATH"] = os.pathsep.join(
        [str(SHIMS), str(Path(ansible.interpreter).parent), os.environ["PATH"]]
    )
    return disk


def tasks() -> list[Task]:
    """A list, a loop, failures of each kind, and what only looks."""
    wrong = entry("Mitto")
    wrong["settings"]["api_kee"] = wrong["settings"].pop("api_key")
    # By number, as an item of a loop is shown by Ansible itself.
    each = {key: f"{{{{ all[item].{key} }}}}" for key in ("name", "provider", "settings")}
    changed = seven()
    for made in changed:
        made["status"] = "inactive"
    notify = {**entry("Twilio EU"), "recipient": "+14155550100"}
    reported = [
        many(seven()),
        {**one(**each), "loop": list(range(7))},
        {**many(changed, update_secrets="on_change"), "diff": True},
        one(**wrong),
        many([wrong, {"name": "x" * 101}, 7]),
        many(seven(), max_wait=-1),
        *({"name": "info", f"ocamba.hood.ocamba_{name}_info": {}} for name in ("integration", "provider", "account")),
        {"name": "notify", "ocamba.hood.ocamba_test_notification": notify},
        {**many("{{ all }}", unmanaged="report"), "check_mode": True, "diff": True},
    ]
    return [{**task, "name": f"task {number}", "ignore_errors": True} for number, task in enumerate(reported)]


def by_variables(task: Task, variable: str) -> Task:
    """The same task, the values of its options taken from a variable."""
    (module,) = (name for name in task if "ocamba" in name)
    return {**task, module: {key: f"{{{{ {variable}['{module}'].{key} }}}}" for key in task[module]}}


def everything(ansible: Ansible, hood: Emulator, *arguments: str) -> int:
    """Run all tasks; return how many results there were."""
    defaults = {"group/ocamba.hood.hood": {"api_token": "{{ token }}"}}
    # Values come from a file of variables: of a playbook, core shows the lines around a task that fails.
    options = {f"task_{number}": task for number, task in enumerate(tasks())}
    variables = ansible.write("variables.yml", {"all": seven(), "token": TOKEN, **options})
    play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "module_defaults": defaults,
        "tasks": [by_variables(task, f"task_{number}") for number, task in enumerate(tasks())],
    }
    run = ansible.playbook(
        ansible.write("play.yml", [play]), "-i", "localhost,", "-e", f"@{variables}", "-vvv", *arguments
    )
    assert run.rc == 0, run.output
    assert len(hood.account(TOKEN).integrations) == 7
    assert {one.outcome for one in run.results} == {"ok", "failed"}, run.output
    return len(run.results)


@CONTROLLER_FIRST
def test_no_file_holds_a_secret(hood: Emulator, ansible: Ansible, disk: Disk, execution: str) -> None:
    if execution == "controller":
        ansible.environment["ANSIBLE_KEEP_REMOTE_FILES"] = "1"
    assert everything(replace(ansible, execution=execution), hood) == len(tasks())
    assert disk.leaks([*secrets(seven()), TOKEN]) == []
    assert (execution == "target") == any(disk.folder.rglob("*ansible_ocamba*"))


def test_the_file_of_a_job_in_the_background_holds_no_secret(hood: Emulator, ansible: Ansible, disk: Disk) -> None:
    """Which others may read, and which stays until somebody cleans it up."""
    made = {**many("{{ entries }}", api_token="{{ token }}"), "async": 60, "poll": 0, "register": "job"}
    status = {"ansible.builtin.async_status": {"jid": "{{ job.ansible_job_id }}"}}
    until = {"until": "ended.finished | bool", "retries": 60, "delay": 0.5}
    waiting = {"name": "wait", **status, "register": "ended", **until}
    run = ansible.play(
        made, waiting, vars={"entries": seven(), "token": TOKEN}, extra=("-e", "ansible_inject_invocation=true")
    )
    assert run.only("wait")["summary"]["created"] == 7
    written = Disk(disk.folder / "async")
    assert any("created" in path.read_text("utf-8") for path in written.folder.rglob("*") if path.is_file())
    assert written.leaks([*secrets(seven()), TOKEN]) == []


@pytest.mark.slow
@pytest.mark.parametrize("variable", ["ANSIBLE_PIPELINING", "ANSIBLE_KEEP_REMOTE_FILES"])
def test_the_search_finds_the_file_of_a_module_that_may_not_be_piped(
    hood: Emulator, ansible: Ansible, disk: Disk, variable: str
) -> None:
    """As SECURITY.md says: where a user switches it off, or asks for the files."""
    ansible.environment[variable] = "0" if variable == "ANSIBLE_PIPELINING" else "1"
    everything(replace(ansible, execution="target"), hood)
    assert {Path(path).name for path, _form in disk.leaks([TOKEN])} >= {"AnsiballZ_ocamba_integrations.py"}


@BOTH_WAYS
@pytest.mark.parametrize("number", first(1, of=SIGNALS))
@pytest.mark.parametrize("seed", range(INTERRUPTIONS))
def test_an_interrupted_run_leaves_no_secret_and_nobody_who_goes_on(
    hood: Emulator, ansible: Ansible, disk: Disk, *, execution: str, number: signal.Signals, seed: int
) -> None:
    chance = random.Random(f"{seed} {number} {execution}")
    entries = [{**entry("Mitto"), "name": f"Mitto {index}"} for index in range(60)]
    hood.faults.add(Fault(kind="slow", method="POST", delay=0.2, times=None))
    play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "tasks": [many("{{ entries }}", api_token="{{ token }}")],
    }
    variables = ansible.write("variables.yml", {"entries": entries, "token": TOKEN})
    arguments = (ansible.write("play.yml", [play]), "-i", "localhost,", "-e", f"@{variables}", "-vvv")
    ansible = replace(ansible, execution=execution)
    process = ansible.start(*arguments)
    ends_at = chance.randint(1, 30)
    while len(hood.log.writes()) < ends_at and process.poll() is None:
        time.sleep(0.01)
    time.sleep(chance.random() / 5)
    os.killpg(process.pid, number)
    before = len(hood.log.writes())
    process.wait(timeout=30)
    written = resolved(hood)
    # What was under way; a worker whose controller was killed sees it within a moment, in which its module may send
    # as many again.
    assert written - before <= (8 if (execution, number) == ("target", signal.SIGKILL) else 4)
    assert written < len(entries)
    assert disk.leaks([*secrets(entries[:1]), TOKEN]) == []
    hood.faults.clear()
    rerun = ansible.playbook(*arguments)
    assert rerun.only()["summary"]["created"] == len(entries) - written
    assert sorted(one.name for one in hood.account(TOKEN).integrations) == sorted(one["name"] for one in entries)
    assert disk.leaks([*secrets(entries[:1]), TOKEN]) == []


def resolved(hood: Emulator) -> int:
    """How many writes there were, once none came for some time."""
    seen = -1
    while seen != len(hood.log.writes()):
        seen = len(hood.log.writes())
        time.sleep(1.5)
    return seen
