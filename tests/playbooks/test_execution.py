"""A task runs in the controller's own process or as a module on the target, and means the same."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.faults import Fault
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.support import leaks
from tests.support.ansible import Ansible
from tests.support.entries import TOKEN, entry, secrets, seven
from tests.support.marks import BOTH_WAYS, CONTROLLER_FIRST, first
from tests.support.tasks import many, one

HERE = "ocamba.hood runs in the controller's process"
THERE = "ocamba.hood runs as a module, as "
OTHER = "token-of-another-account-Kx42"
MODULE = "ocamba.hood.ocamba_integration"

Task = dict[str, Any]


def named(name: str, task: Task) -> Task:
    return {**task, "name": name, "ignore_errors": True}


def info(module: str, **options: Any) -> Task:
    return {"name": module, f"ocamba.hood.ocamba_{module}": options}


def random_entries(seed: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    entries = []
    for number in range(chance.randint(1, 9)):
        made = chance.choice(seven())
        made["name"] = f"{made['name']} {number}"
        made["status"] = chance.choice(["active", "inactive", None])
        if chance.random() < 0.1:
            made["settings"].pop(chance.choice(sorted(made["settings"])))
        entries.append(made)
    return entries


def everything() -> list[Task]:
    """Every module, good and bad."""
    alone = {key: value for key, value in entry("Mitto").items() if key != "settings"}
    changed = entry("Newsletter") | {"status": "inactive"}
    changed["settings"]["port"] = "25"
    wrong = entry("Twilio EU")
    wrong["settings"]["auth_tokn"] = wrong["settings"].pop("auth_token")
    cases = [
        {**many(seven()), "check_mode": True, "diff": True},
        {**many(seven()), "diff": True},
        many(seven()),
        {**one(**changed), "diff": True},
        one(**alone),
        one(**wrong, unknown={"a": "b"}),
        many([wrong, {"name": "x" * 101}, 7]),
        many("no list"),
        many(seven(), max_deactivations="many"),
        many(seven(), api_url="ftp://x", max_wait=-1),
        many([], unmanaged="deactivate"),
        many(seven()[:5], unmanaged="deactivate"),
        many([{**made, "name": f"{made['name']} {number}"} for number in range(4) for made in seven()]),
        *(many(random_entries(seed)) for seed in range(4)),
    ]
    asked = [
        info("integration_info"),
        info("integration_info", provider="twilio", status="broken"),
        info("provider_info", provider="mailgun"),
        info("provider_info", api_token=""),
        info("account_info"),
        {"ocamba.hood.ocamba_test_notification": {**entry("Twilio EU"), "recipient": "+14155550100"}},
        {"ocamba.hood.ocamba_test_notification": {"name": "x", "provider": "twilio"}},
    ]
    return [named(f"task {number}", task) for number, task in enumerate([*cases, *asked])]


def reported(hood: Emulator, ansible: Ansible, tasks: list[Task]) -> tuple[Any, Any, Any]:
    """Results, requests and the account after everything was run."""
    hood.reset()
    account = hood.account(TOKEN, limits=Limits.off())
    # One request at a time: the ids of a run depend on the order.
    run = ansible.play(*tasks, module_defaults={"ocamba.hood.ocamba_integrations": {"parallel_requests": 1}})
    results = {one.task: (one.outcome, one.result) for one in run.results}
    for _outcome, result in results.values():
        result.get("api", {}).pop("waited", None)
        # Core's own remark on the failure of a module.
        result.pop("exception", None)
    requests = [
        (sent.token, sent.method, sent.path, sent.query, sent.body, sent.headers["accept"]) for sent in hood.log
    ]
    held = [(one.id, one.name, one.status, dict(one.settings)) for one in account.integrations]
    return json.loads(re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "then", json.dumps(results))), requests, held


@pytest.mark.parametrize("step", first(1, of=[3, 1]), ids=lambda step: f"every {step}")
def test_both_ways_return_send_and_leave_the_same(hood: Emulator, ansible: Ansible, step: int) -> None:
    ansible.environment["ANSIBLE_INJECT_INVOCATION"] = "1"
    tasks = everything()[::step]
    here = reported(hood, replace(ansible, execution="controller"), tasks)
    there = reported(hood, replace(ansible, execution="target"), tasks)
    assert len(here[0]) == len(tasks)
    for task, result in there[0].items():
        assert here[0][task] == result, task
    assert here[1:] == there[1:]
    assert leaks.find(str(here[0]), [*secrets(seven()), TOKEN]) == []


@pytest.mark.parametrize(
    ("task", "reason"),
    first(
        3,
        of=[
            ({"become": True}, "become is asked for"),
            ({"delegate_to": "elsewhere"}, "the connection is ssh"),
            ({"vars": {"ocamba_execution": "{{ 'tar' ~ 'get' }}"}}, "ocamba_execution is target"),
            ({"async": 30, "poll": 1}, "async is asked for"),
            ({"connection": "ssh", "vars": {"ansible_host": "127.0.0.1", "ansible_port": 9}}, "the connection is ssh"),
            ({"vars": {"ocamba_execution": "target"}}, "ocamba_execution is target"),
        ],
    ),
)
def test_what_can_not_run_in_the_controller_runs_on_the_target(
    hood: Emulator, ansible: Ansible, task: Task, reason: str
) -> None:
    ansible.environment |= {"ANSIBLE_ASYNC_DIR": str(ansible.workdir / "async"), "ANSIBLE_SSH_ARGS": ""}
    elsewhere = {"name": "a", "ansible.builtin.add_host": {"name": "elsewhere", "ansible_host": "127.0.0.1"}}
    run = ansible.play(
        {
            "ansible.builtin.add_host": {"name": "elsewhere", "ansible_host": "127.0.0.1", "ansible_port": 9},
            "name": "a",
        },
        {**one(**entry("Mitto")), **task},
        extra=("-vvv",),
        connection="local" if "delegate_to" not in task else "ssh",
    )
    assert THERE + reason in run.output
    assert HERE not in run.output
    forced = {**task, "vars": {**task.get("vars", {}), "ocamba_execution": "controller"}}
    if not reason.startswith("ocamba_execution"):
        sent = len(list(hood.log))
        run = ansible.play(
            elsewhere,
            {**one(**entry("Mitto")), **forced},
            connection="local" if "delegate_to" not in task else "ssh",
        )
        assert f"ocamba_execution: can't be controller, as {reason}" in str(run.results[-1].result)
        assert len(list(hood.log)) == sent


def test_a_delegate_with_a_local_connection_is_the_controller(hood: Emulator, ansible: Ansible) -> None:
    delegate = {"delegate_to": "localhost", "vars": {"ansible_python_interpreter": "/nowhere/python"}}
    inventory = ansible.write("hosts.yml", {"all": {"hosts": {"far": {"ansible_host": "192.0.2.1"}}}})
    content = [{"hosts": "far", "gather_facts": False, "tasks": [{"name": "hood", MODULE: entry("Mitto"), **delegate}]}]
    run = ansible.playbook(ansible.write("play.yml", content), "-i", inventory, "-vvv")
    assert run.only()["changed"] is True
    assert HERE in run.output


def test_an_unknown_place_is_refused_by_name(hood: Emulator, ansible: Ansible) -> None:
    run = ansible.play({**one(**entry("Mitto")), "vars": {"ocamba_execution": "here"}})
    assert run.only()["msg"] == "ocamba_execution: must be one of auto, controller, target, not here"
    assert not list(hood.log)


def test_a_controller_without_libraries_says_so_if_it_is_asked_for(
    hood: Emulator, ansible: Ansible, tmp_path: Path
) -> None:
    (tmp_path / "shims").mkdir()
    (tmp_path / "shims" / "voluptuous.py").write_text("raise ImportError('gone')\n", encoding="utf-8")
    ansible.environment["PYTHONPATH"] = str(tmp_path / "shims")
    assert THERE + "voluptuous can't be imported by" in ansible.play(one(**entry("Mitto")), extra=("-vvv",)).output
    shown = replace(ansible, execution="controller").play(one(**entry("Mitto"))).only()["msg"]
    assert shown.startswith("ocamba_execution: can't be controller, as voluptuous can't be imported by ")
    assert not list(hood.log)


@CONTROLLER_FIRST
def test_the_environment_of_a_task_is_its_own(hood: Emulator, ansible: Ansible, execution: str) -> None:
    other = hood.account(OTHER, limits=Limits.off())
    other.add("Other", "mitto", {"api_key": "k", "sender_name": "s"})
    read = info("integration_info")
    tasks = [
        {**read, "environment": {"OCAMBA_API_TOKEN": OTHER}, "name": "other"},
        {**read, "name": "own"},
        {
            **read,
            "name": "loop",
            "loop": [OTHER, "", OTHER, TOKEN],
            "environment": [{"OCAMBA_API_TOKEN": "{{ item }}"}, {"OCAMBA_MAX_WAIT": 3}],
            "ignore_errors": True,
        },
        {**read, "name": "proxy", "environment": {"https_proxy": "{{ a_proxy }}"}},
        {
            **info("integration_info", api_url="https://127.0.0.1:1", max_wait=1),
            "name": "proxied",
            "environment": {"https_proxy": "{{ a_proxy }}"},
            "ignore_errors": True,
        },
    ]
    run = replace(ansible, execution=execution).play(
        *tasks,
        environment={"OCAMBA_REQUEST_TIMEOUT": "20"},
        vars={"a_proxy": "http://u:p4ss-of-proxy@127.0.0.1:9"},
    )
    assert [len(run.only(name)["integrations"]) for name in ("other", "own", "proxy")] == [1, 0, 0]
    looped = run.only("loop")["results"]
    # An empty variable counts as not given.
    assert ["msg" in one for one in looped] == [False, True, False, False]
    assert "api_token: required" in looped[1]["msg"]
    assert [len(one["integrations"]) for one in looped if "msg" not in one] == [1, 1, 0]
    assert "the proxy for 127.0.0.1:1" in run.only("proxied")["msg"]
    assert "p4ss-of-proxy" not in run.output


@CONTROLLER_FIRST
def test_what_ansible_does_around_a_task(hood: Emulator, ansible: Ansible, execution: str) -> None:
    """Defaults of modules and groups, check mode and diff of a play, no_log, rescue, retries, loops, omit."""
    nested = {**entry("Mitto"), "status": "{{ omit }}", "type": "{{ nothing | default(omit) }}"}
    each = {key: f"{{{{ all[item].{key} }}}}" for key in ("name", "provider", "settings")}
    silent = entry("Alerts") | {"no_such_option": "s3cret-of-nothing"}
    tasks: list[Task] = [
        {
            "name": "retried",
            MODULE: entry("Mitto"),
            "register": "done",
            "until": "done is succeeded",
            "retries": 4,
            "delay": 0,
        },
        {"name": "omitted", "ocamba.hood.ocamba_integrations": {"integrations": [nested], "api_url": "{{ omit }}"}},
        {"name": "by defaults", MODULE: {"settings": entry("Mitto")["settings"]}},
        {"name": "looped", MODULE: each, "loop": list(range(7))},
        {"name": "silent", MODULE: silent, "no_log": True, "ignore_errors": True},
        {"name": "block", "block": [{"name": "bad", MODULE: {"name": "only a name", "provider": "twilio", "id": "x"}}],
         "rescue": [{"name": "rescued", "ansible.builtin.debug": {"msg": "{{ ansible_failed_result.reason_code }}"}}]},
    ]  # fmt: skip
    defaults = {
        MODULE: {"name": "Mitto", "provider": "mitto"},
        "group/ocamba.hood.hood": {"max_wait": 2, "api_token": TOKEN},
    }
    del ansible.environment["OCAMBA_API_TOKEN"]
    content = [
        {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "module_defaults": defaults,
            "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}", "all": seven()},
            "strategy": "ansible.builtin.free",
            "tasks": tasks,
        },
    ]
    playbook = ansible.write("play.yml", content)
    forced = replace(ansible, execution=execution)
    checked = forced.playbook(playbook, "-i", "localhost,", "--check", "--diff", "--skip-tags", "never")
    assert [sent.method for sent in hood.log.writes()] == []
    assert "(secret, will be set)" in checked.output
    hood.faults.add(Fault(kind="status", status=403, method="GET", times=2))
    run = forced.playbook(playbook, "-i", "localhost,", "-vvv")
    assert run.only("retried")["attempts"] == 3
    assert [run.only(name)["changed"] for name in ("omitted", "by defaults", "looped")] == [False, False, True]
    assert [one["changed"] for one in run.only("looped")["results"]] == [True, False, *[True] * 5]
    assert "s3cret-of-nothing" not in run.output + run.log
    assert "censored" in run.only("silent")
    assert run.only("rescued")["msg"] == "invalid"
    assert leaks.find(run.output, [*secrets(seven()), TOKEN]) == []


@CONTROLLER_FIRST
def test_vaulted_values_are_taken_as_they_are(hood: Emulator, ansible: Ansible, tmp_path: Path, execution: str) -> None:
    (tmp_path / "password").write_text("the password\n", encoding="utf-8")
    secret = "v4ulted-sécret"

    def vaulted(text: str) -> str:
        command = [str(Path(ansible.interpreter).parent / "ansible-vault"), "encrypt_string", "--vault-password-file"]
        done = subprocess.run(
            [*command, str(tmp_path / "password"), text], env=ansible.surroundings(), capture_output=True, check=True
        )
        return done.stdout.decode().replace("\n", "\n                  ")

    playbook = tmp_path / "vaulted.yml"
    playbook.write_text(
        f"""
- hosts: localhost
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{{{ ansible_playbook_python }}}}"
    the_token: {vaulted(TOKEN)}
  tasks:
    - name: inline
      ocamba.hood.ocamba_integrations:
        api_token: "{{{{ the_token }}}}"
        integrations:
          - name: Mitto
            provider: mitto
            settings:
              sender_name: Example
              api_key: {vaulted(secret)}
    - name: raw
      ocamba.hood.ocamba_integration_info:
        api_token: {vaulted(TOKEN)}
""",
        encoding="utf-8",
    )
    del ansible.environment["OCAMBA_API_TOKEN"]
    run = replace(ansible, execution=execution).playbook(
        str(playbook), "-i", "localhost,", "--vault-password-file", str(tmp_path / "password"), "-vvv"
    )
    assert run.rc == 0, run.output
    assert hood.account(TOKEN).one("Mitto").settings["api_key"] == secret
    assert len(run.only("raw")["integrations"]) == 1
    assert leaks.find(run.output, [secret, TOKEN]) == []


@BOTH_WAYS
def test_what_an_account_holds_is_no_template(hood: Emulator, ansible: Ansible, execution: str) -> None:
    name = "{{ 6 * 7 }} {% raw %}"
    hood.account(TOKEN).add(name, "mitto", {"api_key": "k", "sender_name": "s"})
    run = replace(ansible, execution=execution).play(
        {**info("integration_info"), "register": "found"},
        {"name": "said", "ansible.builtin.debug": {"msg": "{{ found.integrations[0].name }}"}},
    )
    assert run.only("said")["msg"] == name


@pytest.mark.parametrize("kind", ["stall", "limit"])
def test_a_time_limit_ends_a_task_whatever_it_waits_for(hood: Emulator, ansible: Ansible, kind: str) -> None:
    if kind == "stall":
        hood.faults.add(Fault(kind="stall", method="POST", delay=40, times=None))
    else:
        hood.faults.add(Fault.limited("40", method="POST"))
    began = len(list(hood.log))
    run = ansible.play(
        {**many(seven()), "timeout": 1, "ignore_errors": True},
        {"name": "next", **{key: value for key, value in info("integration_info").items() if key != "name"}},
    )
    assert run.results[0].outcome == "failed"
    assert "next" in run.results[-1].task
    # The next task did not wait for what was under way, and nothing more was sent for the first.
    under_way = [sent.status for sent in hood.log if sent.method == "POST"]
    sent = [one.method for one in list(hood.log)[began:]]
    assert sent[-1] == "GET"
    assert len(under_way) <= 4
    assert kind != "stall" or None in under_way


def files_of(folder: Path) -> str:
    return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file())


@CONTROLLER_FIRST
def test_nothing_is_written_to_any_disk(hood: Emulator, ansible: Ansible, tmp_path: Path, execution: str) -> None:
    kept = tmp_path / "kept"
    del ansible.environment["OCAMBA_API_TOKEN"]
    ansible.environment |= {
        "ANSIBLE_KEEP_REMOTE_FILES": "1",
        "ANSIBLE_LOCAL_TEMP": str(kept / "local"),
        "ANSIBLE_REMOTE_TEMP": str(kept / "remote"),
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(kept / "facts"),
        "ANSIBLE_LOG_PATH": str(kept / "log"),
    }
    kept.mkdir()
    wrong = entry("Mitto")
    wrong["settings"]["api_kee"] = wrong["settings"].pop("api_key")
    # An item of a loop is shown by Ansible itself.
    each = {key: f"{{{{ all[item].{key} }}}}" for key in ("name", "provider", "settings")}
    tasks = [
        many(seven(), api_token=TOKEN),
        {**named("looped", one(**each, api_token=TOKEN)), "loop": list(range(7))},
        named("failed", one(**wrong, api_token=TOKEN)),
        named("info", info("integration_info", api_token="{{ token }}")),
    ]  # fmt: skip
    run = replace(ansible, execution=execution).play(*tasks, vars={"all": seven(), "token": TOKEN}, extra=("-vvv",))
    assert run.only()["changed"] is True
    found = leaks.find(files_of(kept), [*secrets(seven()), TOKEN])
    if execution == "controller":
        assert found == []
        assert not list(kept.rglob("AnsiballZ*"))
    else:
        assert list(kept.rglob("AnsiballZ*")), "what is searched is not where a module is kept"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_controller_that_is_ended_leaves_nobody_who_goes_on(
    hood: Emulator, ansible: Ansible, tmp_path: Path, number: signal.Signals
) -> None:
    entries = [{**entry("Mitto"), "name": f"Mitto {index}"} for index in range(60)]
    hood.faults.add(Fault(kind="slow", method="POST", delay=0.2, times=None))
    file = ansible.write("variables.yml", {"entries": entries})
    task = {"name": "hood", "ocamba.hood.ocamba_integrations": {"integrations": "{{ entries }}"}}
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}
    process = ansible.start(ansible.write("play.yml", [play]), "-i", "localhost,", "-e", f"@{file}")
    while len(hood.log.writes()) < 6 and process.poll() is None:
        time.sleep(0.01)
    # The controller alone: where workers have sessions of their own, a group has nobody else.
    os.kill(process.pid, number)
    process.wait(timeout=30)
    before = len(hood.log.writes())
    time.sleep(2)
    assert len(hood.log.writes()) - before <= 4
    assert before < len(entries)
    assert files_of(tmp_path / ".ansible").count(TOKEN) == 0
    assert len({one.name for one in hood.account(TOKEN).integrations}) == len(hood.account(TOKEN).integrations)


def test_many_hosts_at_once_keep_apart(hood: Emulator, ansible: Ansible) -> None:
    hosts = {}
    for number in range(12):
        token = f"T0ken-of-host-{number}"
        hood.account(token, limits=Limits.off(), variants=Variants(secrets="clear"))
        hosts[f"account{number}"] = {
            "ocamba_token": token,
            "mine": [{**one, "name": f"{one['name']} {number}"} for one in seven()],
        }
    inventory = ansible.write("inventory.yml", {"all": {"hosts": hosts}})
    task = {
        "name": "hood",
        "ocamba.hood.ocamba_integrations": {"integrations": "{{ mine }}", "api_token": "{{ ocamba_token }}"},
    }
    content = [
        {"hosts": "all", "connection": "local", "gather_facts": False, "strategy": "host_pinned", "tasks": [task]}
    ]  # fmt: skip
    run = ansible.playbook(ansible.write("play.yml", content), "-i", inventory, "--forks", "12", "-vvv")
    assert run.output.count(HERE) == len(hosts)
    for number in range(12):
        assert run.all("hood")[f"account{number}"]["summary"]["created"] == 7
        held = hood.account(f"T0ken-of-host-{number}").integrations
        assert {one.name.rpartition(" ")[2] for one in held} == {str(number)}


def test_the_inventory_s_interpreter_does_not_matter_here(hood: Emulator, ansible: Ansible) -> None:
    run = ansible.play(one(**entry("Mitto")), vars={"ansible_python_interpreter": "/nowhere/python"})
    assert run.only()["changed"] is True


def test_what_stays_of_a_run_in_this_process() -> None:
    """Actions are loaded into the controller once: that starts no thread and reads no environment."""
    action = "ansible_collections.ocamba.hood.plugins.action.ocamba_integrations"
    code = f"import threading, importlib; importlib.import_module('{action}'); print(threading.active_count())"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
