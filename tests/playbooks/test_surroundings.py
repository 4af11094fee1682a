"""What surrounds a playbook: the hosts that it would run on, and what inventory and ansible.cfg say of connections."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.emulator.server import Emulator
from tests.support.ansible import Ansible, PlaybookRun
from tests.support.entries import entry
from tests.support.marks import first

PLAYBOOKS = ("apply", "check_account", "drift", "export", "rotate_secrets")
MITTO = entry("Mitto")
ACCOUNT: dict[str, Any] = {
    "ocamba_integrations": [{**MITTO, "settings": {"sender_name": "Example"}}],
    "ocamba_secrets": {"Mitto": {"api_key": "canary-of-mitto"}},
    "ocamba_rotate": "Mitto",
}


def run_on(ansible: Ansible, playbook: str, *arguments: str) -> PlaybookRun:
    groups = {"accounts": {"hosts": {"acme": ACCOUNT, "beta": ACCOUNT}}, "nobody": {"hosts": {}}}
    inventory = ansible.write("inventory.yml", {"all": {"children": groups}})
    return ansible.playbook(f"ocamba.hood.{playbook}", "-i", inventory, *arguments)


def assert_refused(run: PlaybookRun, hood: Emulator, *names: str) -> None:
    assert run.rc != 0, run.output
    (line,) = [line for line in run.output.splitlines() if "No host of the inventory matches" in line][:1]
    assert all(name in line for name in names), line
    assert not list(hood.log)


@pytest.mark.parametrize("playbook", first(2, of=PLAYBOOKS))
def test_a_run_over_no_host_fails_and_names_the_pattern(hood: Emulator, ansible: Ansible, playbook: str) -> None:
    assert_refused(run_on(ansible, playbook, "-e", "ocamba_hosts=acme-eu"), hood, "acme-eu")
    limited = run_on(ansible, playbook, "-e", "ocamba_hosts=acme-eu", "--limit", "acme")
    assert_refused(limited, hood, "acme-eu", "acme")


@pytest.mark.parametrize(
    ("arguments", "names"),
    first(
        2,
        of=[
            (("-e", "ocamba_hosts=nobody"), ["nobody"]),
            (("-e", '{"ocamba_hosts": ["acme-eu", "acme-us"]}'), ["acme-eu,acme-us"]),
            (("-e", "ocamba_hosts=beta", "--limit", "acme"), ["beta", "the limit acme"]),
            (("-e", "ocamba_hosts=accounts:!acme", "--limit", "acme"), ["accounts:!acme", "the limit acme"]),
            (("-e", "ocamba_hosts=localhost", "--limit", "acme"), ["localhost", "the limit acme"]),
        ],
    ),
)
def test_each_way_to_no_host_is_refused(
    hood: Emulator, ansible: Ansible, arguments: tuple[str, ...], names: list[str]
) -> None:
    assert_refused(run_on(ansible, "apply", *arguments), hood, *names)


@pytest.mark.parametrize(
    ("arguments", "names"),
    first(
        3,
        of=[
            (("-e", "ocamba_hosts=acme,bta"), ["bta", "acme,bta", "did you mean beta?"]),
            (("-e", "ocamba_hosts=accounts:!bta"), ["!bta", "accounts:!bta", "did you mean beta?"]),
            (("-e", "ocamba_hosts=acme:&acounts"), ["&acounts", "did you mean accounts?"]),
            (("-e", "ocamba_hosts=all:!~gamma.*"), ["!~gamma.*"]),
            (("-e", '{"ocamba_hosts": ["acme", "bta"]}'), ["bta", "acme,bta"]),
            (("--limit", "acme,bta"), ["bta", "the limit acme,bta"]),
            (("--limit", "all:!bta"), ["!bta", "the limit all:!bta"]),
        ],
    ),
)
def test_a_slip_in_a_part_of_the_pattern_or_the_limit_is_refused(
    hood: Emulator, ansible: Ansible, arguments: tuple[str, ...], names: list[str]
) -> None:
    """ansible-core only warns of it, and runs on what was to be excluded, or not on all that was meant."""
    assert_refused(run_on(ansible, "apply", *arguments), hood, *names)


@pytest.mark.parametrize("value", first(2, of=[[""], "{{ nosuch }}", False, True, [], "{{ groups['nobody'] }}"]))
def test_a_pattern_that_is_none_does_not_mean_all(hood: Emulator, ansible: Ansible, value: Any) -> None:
    file = ansible.write("hosts.json.yml", {"ocamba_hosts": value})
    run = run_on(ansible, "apply", "-e", f"@{file}")
    assert run.rc != 0, run.output
    assert "is no pattern of hosts" in run.output or "nosuch" in run.output
    assert not list(hood.log)


def test_without_an_inventory_there_is_no_account(hood: Emulator, ansible: Ansible) -> None:
    file = ansible.write("variables.yml", ACCOUNT)
    assert_refused(ansible.playbook("ocamba.hood.apply", "-e", f"@{file}"), hood, "all")
    assert ansible.playbook("ocamba.hood.apply", "--syntax-check").rc == 0


@pytest.mark.parametrize(
    "pattern",
    first(3, of=[" acme, beta ", None, "accounts:&acme", "~ac.*", "acme\n", "", "acc*", "all:!nobody", "accounts[0]"]),
)
def test_a_pattern_that_is_a_host_runs_there(hood: Emulator, ansible: Ansible, pattern: str | None) -> None:
    file = ansible.write("hosts.json.yml", {"ocamba_hosts": pattern})
    run = run_on(ansible, "apply", "-e", f"@{file}", "--check")
    assert run.rc == 0, run.output
    assert "acme" in run.all("Apply the declared integrations")


def test_a_limit_may_be_a_file_of_hosts(hood: Emulator, ansible: Ansible) -> None:
    file = ansible.workdir / "apply.retry"
    file.write_text("acme\n")
    run = run_on(ansible, "apply", "--limit", f"@{file}", "--check")
    assert run.rc == 0, run.output
    assert list(run.all("Apply the declared integrations")) == ["acme"]


@pytest.mark.parametrize("playbook", first(2, of=PLAYBOOKS))
def test_connection_and_become_are_not_those_of_the_inventory(
    hood: Emulator, ansible: Ansible, tmp_path: Path, playbook: str
) -> None:
    ansible.environment["ANSIBLE_BECOME"] = "1"
    ansible.environment["ANSIBLE_TRANSPORT"] = "ssh"
    surroundings = {
        "ansible_become": True,
        "ansible_become_exe": "/bin/false",
        "ansible_connection": "ssh",
        "ansible_host": "127.0.0.1",
        "ansible_port": 1,
    }
    hood.account(ansible.environment["OCAMBA_API_TOKEN"]).add(
        "Mitto", "mitto", {"api_key": "canary-of-mitto", "sender_name": "Example"}
    )
    # localhost as well, as tasks are delegated to it.
    hosts = {"all": {"hosts": {"acme": ACCOUNT, "localhost": {}}, "vars": surroundings}}
    inventory = ansible.write("inventory.yml", hosts)
    run = ansible.playbook(f"ocamba.hood.{playbook}", "-i", inventory, "-e", "ocamba_hosts=acme")
    assert run.rc == 0, run.output
