"""What Ansible does around a task: environments, strategies, batches, delegation, time limits, an interruption."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.faults import Fault
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.resilience.tls import Authority, Proxy
from tests.support.ansible import Ansible, PlaybookRun
from tests.support.entries import TOKEN, entry, seven
from tests.support.marks import BOTH_WAYS, CONTROLLER_FIRST, first
from tests.support.tasks import many, one

STRATEGIES = ("linear", "free", "host_pinned")
HERE = "ocamba.hood runs in the controller's process"

Task = dict[str, Any]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def secure(authority: Authority) -> Iterator[Emulator]:
    with Emulator(**authority.issue("127.0.0.1"), limits=Limits.off()) as running:
        running.account(TOKEN)
        yield running


def look(name: str, **more: Any) -> Task:
    return {"name": name, "ocamba.hood.ocamba_integration_info": {}, "ignore_errors": True, **more}


@CONTROLLER_FIRST
def test_the_bundle_and_the_proxy_of_a_play_and_a_block(
    secure: Emulator, ansible: Ansible, authority: Authority, execution: str
) -> None:
    """Of a play, a block and a task, the innermost counts; none of them stays behind."""
    ansible.environment |= {"OCAMBA_API_URL": secure.url, "OCAMBA_MAX_WAIT": "1"}
    trusting = {"REQUESTS_CA_BUNDLE": authority.path}
    with Proxy() as proxy:
        through = {"https_proxy": f"http://{proxy.address}", "no_proxy": ""}
        tasks = [
            look("play"),
            {
                "block": [
                    look("block"),
                    look("task", environment={"https_proxy": "http://127.0.0.1:9"}),
                    look("past it", environment={"no_proxy": "127.0.0.1"}),
                ],
                "environment": through,
            },
            look("untrusting", environment={"REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": ""}),
            look("after"),
        ]
        ansible = replace(ansible, execution=execution)
        run = ansible.play(*tasks, environment=trusting)
        heads = len(proxy.heads)
        bare = ansible.play(look("bare"))
    assert heads == run.only("block")["api"]["requests"]
    for name in ("play", "block", "past it", "after"):
        assert run.only(name)["integrations"] == [], name
    assert "the proxy for 127.0.0.1" in run.only("task")["msg"]
    assert "TLS with 127.0.0.1" in run.only("untrusting")["msg"]
    assert "TLS with 127.0.0.1" in bare.only("bare")["msg"]


class Accounts:
    """Hosts with an account each, and a play over all of them."""

    def __init__(self, hood: Emulator, ansible: Ansible, count: int) -> None:
        self.hood = hood
        self.ansible = ansible
        self.tokens = [f"T0ken-of-host-{number:02d}" for number in range(count)]
        for token in self.tokens:
            hood.account(token, limits=Limits.off())
        hosts = {f"account{number:02d}": {"token": token} for number, token in enumerate(self.tokens)}
        python = {"ansible_python_interpreter": "{{ ansible_playbook_python }}", "mine": seven()[:2]}
        self.inventory = ansible.write("inventory.yml", {"all": {"hosts": hosts, "vars": python}})

    def apply(self, *arguments: str, task: Task | None = None, **play: Any) -> PlaybookRun:
        work = {**many("{{ mine }}", api_token="{{ token }}"), **(task or {})}
        content = {"hosts": "all", "connection": "local", "gather_facts": False, "tasks": [work], **play}
        run = self.ansible.playbook(self.ansible.write("play.yml", [content]), "-i", self.inventory, *arguments)
        assert run.rc == 0, run.output
        for token in self.tokens:
            assert {one.name for one in self.hood.account(token).integrations} == {"Twilio EU", "Mitto"}
            assert len(self.hood.account(token).integrations) == 2
        return run

    def order(self) -> list[str]:
        """The tokens in the order of the requests, each run of the same once."""
        return [token for token, _requests in itertools.groupby(str(sent.token) for sent in self.hood.log)]


@pytest.mark.parametrize("strategy", first(1, of=STRATEGIES))
@CONTROLLER_FIRST
def test_thirty_forks(hood: Emulator, ansible: Ansible, execution: str, strategy: str) -> None:
    count = 30 if execution == "controller" else 6
    accounts = Accounts(hood, replace(ansible, execution=execution), count)
    run = accounts.apply("--forks", "30", "-vvv", strategy=f"ansible.builtin.{strategy}")
    assert run.output.count(HERE) == (count if execution == "controller" else 0)
    assert [one.result["summary"]["created"] for one in run.results] == [2] * count


@CONTROLLER_FIRST
def test_throttle_has_one_account_at_a_time(hood: Emulator, ansible: Ansible, execution: str) -> None:
    accounts = Accounts(hood, replace(ansible, execution=execution), 5)
    accounts.apply("--forks", "5", task={"throttle": 1})
    assert sorted(accounts.order()) == accounts.tokens


@CONTROLLER_FIRST
def test_serial_ends_a_batch_before_the_next(hood: Emulator, ansible: Ansible, execution: str) -> None:
    accounts = Accounts(hood, replace(ansible, execution=execution), 6)
    accounts.apply("--forks", "6", serial=2)
    order = accounts.order()
    batches = [set(accounts.tokens[at : at + 2]) for at in (0, 2, 4)]
    assert [batch for batch, _tokens in itertools.groupby(order, lambda token: accounts.tokens.index(token) // 2)] == [
        *range(len(batches))
    ]


def test_a_delegate_that_is_not_local_gets_a_module(hood: Emulator, ansible: Ansible) -> None:
    ansible.environment["ANSIBLE_CONNECTION_PLUGINS"] = str(Path(__file__).parent / "connection_plugins")
    python = {"ansible_python_interpreter": ansible.interpreter}
    hosts = {"own": {"ansible_connection": "local", **python}, "far": {"ansible_connection": "elsewhere", **python}}
    inventory = ansible.write("inventory.yml", {"all": {"hosts": hosts}})
    tasks = [
        {**one(**entry("Mitto")), "delegate_to": "far"},
        {**one(**entry("Alerts")), "name": "looped", "delegate_to": "{{ item }}", "loop": ["far", "own"]},
    ]
    content = [{"hosts": "own", "gather_facts": False, "tasks": tasks, "environment": {"OCAMBA_API_TOKEN": TOKEN}}]
    run = ansible.playbook(ansible.write("play.yml", content), "-i", inventory, "-vvv")
    assert run.rc == 0, run.output
    assert run.only()["changed"] is True
    assert [one["changed"] for one in run.only("looped")["results"]] == [True, False]
    assert run.output.count("ocamba.hood runs as a module, as the connection is elsewhere") == 2
    assert run.output.count(HERE) == 1
    # Such a connection pipes the module as well: no folder for it was made.
    assert "AnsiballZ" not in run.output


@pytest.mark.parametrize("setting", [{"vars": {"ansible_pipelining": False}}, {"become": True}])
def test_what_a_user_says_of_pipelining_counts(hood: Emulator, ansible: Ansible, setting: Task) -> None:
    """With become it stays as it is by default, off: a sudo that wants a terminal takes no pipe."""
    run = replace(ansible, execution="target").play({**one(**entry("Mitto")), **setting}, extra=("-vvv",))
    assert "AnsiballZ_ocamba_integration.py" in run.output


@BOTH_WAYS
def test_ctrl_c_ends_cleanly(hood: Emulator, ansible: Ansible, execution: str) -> None:
    hood.faults.add(Fault(kind="slow", method="POST", delay=0.2, times=None))
    entries = [{**entry("Mitto"), "name": f"Mitto {index}"} for index in range(60)]
    python = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "vars": python}
    play["tasks"] = [many("{{ entries }}")]
    arguments = ["-i", "localhost,", "-e", "@" + ansible.write("variables.yml", {"entries": entries})]
    playbook = ansible.write("play.yml", [play])
    process = replace(ansible, execution=execution).start(playbook, *arguments, stderr=subprocess.PIPE)
    while len(hood.log.writes()) < 5 and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    _stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 99
    assert b"User interrupted execution" in stderr
    assert b"Traceback" not in stderr
    assert b"internal error" not in stderr


@BOTH_WAYS
@pytest.mark.parametrize("delay", first(1, of=[0.7, 40]))
def test_a_time_limit_during_creations_doubles_nothing(
    hood: Emulator, ansible: Ansible, execution: str, delay: float
) -> None:
    """Whether they are carried out while nobody waits any more, or never."""
    hood.faults.add(Fault(kind="slow" if delay < 1 else "stall", method="POST", delay=delay, times=None))
    entries = [{**entry("Mitto"), "name": f"Mitto {index}"} for index in range(40)]
    limited = {**many(entries, request_timeout=60), "timeout": 3, "ignore_errors": True}
    ansible = replace(ansible, execution=execution)
    # Cores word it differently, and not all say `timedout`: what counts is that it failed without a result of ours.
    (ended,) = ansible.play(limited).results
    assert ended.outcome == "failed"
    assert "integrations" not in ended.result
    time.sleep(1)
    made = {one.name for one in hood.account(TOKEN).integrations}
    assert len(hood.log.writes()) < len(entries)
    hood.faults.clear()
    again = ansible.play(many(entries)).only()
    assert again["summary"]["created"] == len(entries) - len(made)
    assert sorted(one.name for one in hood.account(TOKEN).integrations) == sorted(one["name"] for one in entries)
