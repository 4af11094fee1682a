"""Who watches a run is reported what it waits for, and for how long, while it waits."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from tests.emulator.faults import Fault
from tests.emulator.server import Emulator
from tests.support.ansible import Ansible
from tests.support.entries import TOKEN, entry

REPORTED = "[localhost] waiting 4 s for Hood, which asked for it"


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("ocamba_integration", {key: value for key, value in entry("Mitto").items() if key != "settings"}),
        ("ocamba_integrations", {"integrations": []}),
    ],
)
def test_a_long_wait_is_reported_while_it_lasts(
    hood: Emulator, ansible: Ansible, module: str, options: dict[str, Any]
) -> None:
    hood.account(TOKEN).add("Mitto", "mitto", {"api_key": "k", "sender_name": "s"})
    hood.faults.add(Fault.limited("4", method="GET"))
    task = {f"ocamba.hood.{module}": {**options, "unmanaged": "report"} if "integrations" in options else options}
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}
    python = f"ansible_python_interpreter={ansible.interpreter}"
    playbook = ansible.write("play.yml", [play])
    with ansible.start(playbook, "-i", "localhost,", "-e", python, stderr=subprocess.PIPE) as process:
        assert process.stderr
        sent_when_reported = [len(list(hood.log)) for line in process.stderr if REPORTED in line.decode()]
    assert process.returncode == 0
    assert sent_when_reported == [1]


def test_a_run_in_the_background_goes_on_as_it_did(hood: Emulator, ansible: Ansible) -> None:
    ansible.environment["ANSIBLE_ASYNC_DIR"] = str(ansible.workdir / "async")
    run = ansible.play({"name": "hood", "ocamba.hood.ocamba_integration": entry("Mitto"), "async": 60, "poll": 1})
    assert run.rc == 0, run.output
    assert run.only()["changed"] is True
