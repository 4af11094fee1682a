"""Secrets that Hood hides are remembered: a value that changed in the vault is written, once."""

from __future__ import annotations

import copy
import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.task.task import FACT_OPTION
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.support.ansible import Ansible, PlaybookRun
from tests.support.entries import TOKEN, secrets, seven
from tests.support.marks import BOTH_WAYS, CONTROLLER_FIRST, first

APPLY = "Apply the declared integrations"


@pytest.fixture
def cache(ansible: Ansible, tmp_path: Path) -> Path:
    """A fact cache that lasts."""
    folder = tmp_path / "facts"
    # A module in the background has the HOME of the test, what looks for it later has not.
    ansible.environment["ANSIBLE_ASYNC_DIR"] = str(tmp_path / "background")
    ansible.environment.update(ANSIBLE_CACHE_PLUGIN="jsonfile", ANSIBLE_CACHE_PLUGIN_CONNECTION=str(folder))
    return folder


def apply(
    ansible: Ansible, hood: Emulator, entries: list[dict[str, Any]], *extra: str, **variables: Any
) -> PlaybookRun:
    host = {"ocamba_api_token": TOKEN, "ocamba_api_url": hood.url, "ocamba_update_secrets": "on_change", **variables}
    inventory = ansible.write("inventory.yml", {"all": {"hosts": {"acme": {**host, "ocamba_integrations": entries}}}})
    return ansible.playbook("ocamba.hood.apply", "-i", inventory, *extra)


def changed(name: str) -> list[dict[str, Any]]:
    entries = seven()
    declared = next(one for one in entries if one["name"] == name)
    declared["settings"]["api_key"] = "a-new-secret-of-mitto"
    return entries


SHOWN = ["masked", "absent", "null", "masked_tail", "clear"]
WAYS = ["controller", "target"]


@pytest.mark.parametrize(("shown", "execution"), first(1, of=product(SHOWN, WAYS)))
def test_a_secret_that_changed_in_the_vault_is_written_once(
    hood: Emulator, ansible: Ansible, cache: Path, execution: str, shown: str
) -> None:
    account = hood.account(TOKEN, variants=Variants.from_dict({"secrets": shown}), limits=Limits.off())
    way = {"ocamba_execution": execution}
    assert apply(ansible, hood, seven(), **way).only(APPLY)["summary"]["created"] == 7
    hood.log.clear()
    second = apply(ansible, hood, seven(), **way).only(APPLY)
    assert not second["changed"]
    assert all(one["secrets_compared"] for one in second["integrations"])
    assert not hood.log.writes()

    checked = apply(ansible, hood, changed("Mitto"), "--check", **way).only(APPLY)
    assert [one["changed_fields"] for one in checked["integrations"] if one["action"] == "updated"] == [
        ["settings.api_key"]
    ]
    third = apply(ansible, hood, changed("Mitto"), **way).only(APPLY)
    assert third["summary"]["updated"] == 1
    seen = next(one for one in third["integrations"] if one["name"] == "Mitto")["secrets_seen"]
    assert seen == {"api_key": "different" if shown in ("clear", "masked_tail") else "changed"}
    assert account.one("Mitto").settings["api_key"] == "a-new-secret-of-mitto"
    assert len(hood.log.writes()) == 1
    assert not apply(ansible, hood, changed("Mitto"), **way).only(APPLY)["changed"]
    facts = "".join(path.read_text("utf-8") for path in cache.iterdir())
    assert not [secret for secret in [*secrets(seven()), TOKEN, "a-new-secret-of-mitto"] if secret in facts]


@pytest.mark.parametrize("policy", first(1, of=["on_change ", "on_change\n"]), ids=repr)
@CONTROLLER_FIRST
def test_white_space_around_the_policy_loses_no_memory(
    hood: Emulator, ansible: Ansible, cache: Path, execution: str, policy: str
) -> None:
    hood.account(TOKEN, variants=Variants(secrets="masked"), limits=Limits.off())
    variables = {"ocamba_execution": execution, "ocamba_update_secrets": policy}
    assert apply(ansible, hood, seven(), **variables).only(APPLY)["summary"]["created"] == 7
    assert remembered(cache)
    assert apply(ansible, hood, changed("Mitto"), **variables).only(APPLY)["summary"]["updated"] == 1


def test_what_is_not_remembered_is_taken_over_with_one_warning(hood: Emulator, ansible: Ansible, cache: Path) -> None:
    assert cache
    assert apply(ansible, hood, seven(), ocamba_update_secrets="on_create").rc == 0
    hood.log.clear()
    run = apply(ansible, hood, changed("Mitto"))
    assert not run.only(APPLY)["changed"]
    assert run.output.count("nothing is remembered yet of the secrets of") == 1
    assert not hood.log.writes()
    again = apply(ansible, hood, changed("Mitto"))
    assert "nothing is remembered" not in again.output
    assert not again.only(APPLY)["changed"]
    assert apply(ansible, hood, seven()).only(APPLY)["summary"]["updated"] == 1


def test_without_a_cache_that_lasts_it_is_said_once(hood: Emulator, ansible: Ansible) -> None:
    for policy in ("on_change", "on_change\n"):
        run = apply(ansible, hood, seven(), ocamba_update_secrets=policy)
        assert run.rc == 0
        assert run.output.count("facts are not cached here") == 1


def test_nothing_is_remembered_for_whoever_does_not_ask_for_it(hood: Emulator, ansible: Ansible, cache: Path) -> None:
    result = apply(ansible, hood, seven(), ocamba_update_secrets="on_create").only(APPLY)
    assert "ansible_facts" not in result
    assert not cache.exists() or not list(cache.iterdir())


def remembered(cache: Path) -> dict[str, Any]:
    """What is remembered of the accounts of the one host. Since core 2.19 it is a text of JSON in a file s1_acme."""
    (file,) = cache.glob("*acme")
    content = json.loads(file.read_text("utf-8"))
    facts = json.loads(content["__payload__"]) if "__payload__" in content else content
    found: dict[str, Any] = facts["ocamba_hood"]["accounts"]
    return found


def play(ansible: Ansible, *tasks: dict[str, Any], **variables: Any) -> PlaybookRun:
    """Run tasks on the host acme."""
    content = {
        "name": "Test",
        "hosts": "all",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}", **variables},
        "tasks": list(tasks),
    }
    return ansible.playbook(ansible.write("play.yml", [content]), "-i", "acme,", "-vvv")


def one_by_one(entries: list[dict[str, Any]], **keywords: Any) -> dict[str, Any]:
    """A task of the singular module, in a loop."""
    options = {name: f"{{{{ item.{name} }}}}" for name in ("name", "provider", "settings")}
    loop = {"loop": entries, "loop_control": {"label": "{{ item.name }}"}}
    return {
        "name": "each",
        "ocamba.hood.ocamba_integration": {**options, "update_secrets": "on_change"},
        **loop,
        **keywords,
    }


def only_changed(run: PlaybookRun, task: str = "each") -> list[str]:
    return [one["integration"]["name"] for one in run.only(task)["results"] if one["changed"]]


@CONTROLLER_FIRST
def test_a_loop_over_the_singular_module_remembers_all_items(
    hood: Emulator, ansible: Ansible, cache: Path, execution: str
) -> None:
    ansible.execution = execution
    assert len(only_changed(play(ansible, one_by_one(seven())))) == 7
    assert len(remembered(cache)) == 1
    hood.log.clear()
    assert only_changed(play(ansible, one_by_one(seven()))) == []
    assert only_changed(play(ansible, one_by_one(changed("Mitto")))) == ["Mitto"]
    assert only_changed(play(ansible, one_by_one(changed("Mitto")))) == []
    assert len(hood.log.writes()) == 1
    # A part of them keeps the memory of the others.
    assert only_changed(play(ansible, one_by_one(seven()[:1]))) == []
    assert only_changed(play(ansible, one_by_one(seven()))) == ["Mitto"]


def test_several_accounts_of_one_host_are_remembered_apart(hood: Emulator, ansible: Ansible, cache: Path) -> None:
    tokens = ["token-of-the-first", "token-of-the-second"]
    for token in tokens:
        hood.account(token, limits=Limits.off())

    def apply_both(second: list[dict[str, Any]]) -> list[bool]:
        tasks = [
            {
                "name": f"account {token}",
                "ocamba.hood.ocamba_integrations": {
                    "api_token": token,
                    "integrations": entries,
                    "update_secrets": "on_change",
                },
            }
            for token, entries in zip(tokens, (seven(), second))
        ]
        run = play(ansible, *tasks)
        assert run.rc == 0, run.output
        return [run.only(f"account {token}")["changed"] for token in tokens]

    assert apply_both(seven()) == [True, True]
    assert apply_both(seven()) == [False, False]
    assert apply_both(changed("Mitto")) == [False, True]
    assert apply_both(changed("Mitto")) == [False, False]
    assert len(remembered(cache)) == 2


@pytest.mark.parametrize("keywords", [{}, {"delegate_facts": True}], ids=["host", "delegate"])
def test_a_delegated_task_remembers(hood: Emulator, ansible: Ansible, cache: Path, keywords: dict[str, Any]) -> None:
    assert cache
    task = {
        "name": "hood",
        "ocamba.hood.ocamba_integrations": {"integrations": "{{ entries }}", "update_secrets": "on_change"},
        "delegate_to": "localhost",
        **keywords,
    }

    def is_changed(entries: list[dict[str, Any]]) -> bool:
        run = play(ansible, task, entries=entries)
        assert run.rc == 0, run.output
        return bool(run.only()["changed"])

    assert [is_changed(entries) for entries in (seven(), seven(), changed("Mitto"), changed("Mitto"))] == [
        True,
        False,
        True,
        False,
    ]
    assert len(hood.log.calls(method="PATCH")) == 1


def test_a_loop_over_hosts_that_get_the_facts_remembers_each(hood: Emulator, ansible: Ansible, cache: Path) -> None:
    assert cache
    names = ["acme", "beta", "gamma"]
    for name in names:
        hood.account(f"token-of-{name}", limits=Limits.off())
    inventory = ansible.write(
        "inventory.yml", {"all": {"hosts": {name: {"ansible_connection": "local"} for name in names}}}
    )
    task = {
        "ocamba.hood.ocamba_integrations": {
            "api_token": "token-of-{{ item }}",
            "integrations": "{{ entries }}",
            "update_secrets": "on_change",
        },
        "loop": names,
        "delegate_to": "{{ item }}",
        "delegate_facts": True,
    }
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}
    file = ansible.write("play.yml", [play])
    for entries, written in ((seven(), 21), (seven(), 0), (changed("Mitto"), 3), (changed("Mitto"), 0)):
        hood.log.clear()
        variables = ansible.write("entries.yml", {"entries": entries})
        run = ansible.playbook(file, "-i", inventory, "-e", f"@{variables}")
        assert run.rc == 0, run.output
        assert len(hood.log.writes()) == written


@pytest.mark.slow
@pytest.mark.parametrize("poll", [0, 1])
def test_a_task_in_the_background_remembers(hood: Emulator, ansible: Ansible, cache: Path, poll: int) -> None:
    assert cache
    hood_task = {
        "name": "hood",
        "ocamba.hood.ocamba_integrations": {"integrations": "{{ entries }}", "update_secrets": "on_change"},
        "async": 60,
        "poll": poll,
        "register": "started",
    }
    wait = {
        "name": "waited for",
        "ansible.builtin.async_status": {"jid": "{{ started.ansible_job_id }}"},
        "register": "ended",
        "until": "ended is finished",
        "retries": 100,
        "delay": 0.2,
    }

    def run(entries: list[dict[str, Any]]) -> bool:
        done = play(ansible, *([hood_task] if poll else [hood_task, wait]), entries=entries)
        assert done.rc == 0, done.output
        reported = done.output + done.log + "".join(json.dumps(one.result.get("invocation")) for one in done.results)
        assert FACT_OPTION not in reported
        assert not [secret for secret in [*secrets(entries), TOKEN] if secret in reported]
        return bool(done.only("hood" if poll else "waited for")["changed"])

    assert [run(entries) for entries in (seven(), seven(), changed("Mitto"), changed("Mitto"))] == [
        True,
        False,
        True,
        False,
    ]


@CONTROLLER_FIRST
def test_how_the_memory_is_handed_over_is_seen_nowhere(
    hood: Emulator, ansible: Ansible, cache: Path, execution: str, tmp_path: Path
) -> None:
    ansible.environment.update(ANSIBLE_INJECT_INVOCATION="1")
    task = {
        "name": "hood",
        "ocamba.hood.ocamba_integrations": {"integrations": seven(), "update_secrets": "on_change"},
    }
    ansible.execution = execution
    for _run in range(2):
        run = play(ansible, task)
    assert not run.only()["changed"]
    assert set(run.only()["invocation"]["module_args"]) >= {"update_secrets", "integrations"}
    recorded = "".join(path.read_text() for path in tmp_path.glob("results-*.jsonl"))
    assert FACT_OPTION not in run.output + run.log + recorded
    assert cache


@BOTH_WAYS
def test_nobody_can_give_the_memory_as_an_option(hood: Emulator, ansible: Ansible, execution: str) -> None:
    ansible.execution = execution
    task = {"name": "hood", "ocamba.hood.ocamba_integrations": {"integrations": seven(), FACT_OPTION: {"format": 1}}}
    run = play(ansible, task)
    assert run.rc != 0
    assert run.only()["reason_code"] == "invalid"
    assert not hood.log.writes()


@CONTROLLER_FIRST
def test_what_was_written_is_remembered_although_another_integration_failed(
    hood: Emulator, ansible: Ansible, cache: Path, execution: str
) -> None:
    """Ansible drops the facts of a task that failed."""
    assert cache
    way = {"ocamba_execution": execution}
    assert apply(ansible, hood, seven(), **way).rc == 0
    refused = hood.account(TOKEN).one("Twilio EU").id
    hood.faults.add(kind="status", status=400, method="PATCH", path=f"*/{refused}", times=None)
    entries = changed("Mitto")
    entries[0]["settings"]["auth_token"] = "a-new-secret-of-twilio"
    first = apply(ansible, hood, entries, **way)
    assert first.rc != 0
    assert first.only(APPLY)["summary"]["updated"] == 1
    hood.log.clear()
    again = apply(ansible, hood, entries, **way).only(APPLY)
    assert [one["action"] for one in again["integrations"]].count("unchanged") == 6, again["integrations"]
    assert {call.path.rpartition("/")[2] for call in hood.log.calls(method="PATCH")} == {refused}
    hood.faults.clear()
    assert apply(ansible, hood, entries, **way).only(APPLY)["summary"]["updated"] == 1
    assert not apply(ansible, hood, entries, **way).only(APPLY)["changed"]


def test_a_rotation_refreshes_the_memory(hood: Emulator, ansible: Ansible, cache: Path) -> None:
    account = hood.account(TOKEN)
    assert apply(ansible, hood, seven()).rc == 0
    key = {"Mitto": {"api_key": "a-new-secret-of-mitto"}}
    host = {"ocamba_api_token": TOKEN, "ocamba_api_url": hood.url, "ocamba_secrets": key, "ocamba_rotate": ["Mitto"]}
    inventory = ansible.write("rotate.yml", {"all": {"hosts": {"acme": host}}})
    assert ansible.playbook("ocamba.hood.rotate_secrets", "-i", inventory).rc == 0
    assert account.one("Mitto").settings["api_key"] == "a-new-secret-of-mitto"
    hood.log.clear()
    result = apply(ansible, hood, changed("Mitto")).only(APPLY)
    assert not result["changed"]
    assert all(one["secrets_compared"] for one in result["integrations"])
    assert not hood.log.writes()
    assert apply(ansible, hood, seven()).only(APPLY)["summary"]["updated"] == 1
    assert "a-new-secret" not in "".join(path.read_text() for path in cache.iterdir())


@CONTROLLER_FIRST
def test_what_on_create_sends_is_remembered_where_anything_is(
    hood: Emulator, ansible: Ansible, cache: Path, execution: str
) -> None:
    """Otherwise a vault that is set back afterwards counts as unchanged, while Hood has the other secret."""
    account = hood.account(TOKEN)
    way = {"ocamba_execution": execution}
    assert apply(ansible, hood, seven(), **way).rc == 0
    renamed = changed("Mitto")
    next(one for one in renamed if one["name"] == "Mitto")["settings"]["sender_name"] = "Other"
    assert apply(ansible, hood, renamed, ocamba_update_secrets="on_create", **way).rc == 0
    assert account.one("Mitto").settings["api_key"] == "a-new-secret-of-mitto"
    before = copy.deepcopy(renamed)
    next(one for one in before if one["name"] == "Mitto")["settings"]["api_key"] = secret_of(seven(), "Mitto")
    assert apply(ansible, hood, before, **way).only(APPLY)["summary"]["updated"] == 1
    assert account.one("Mitto").settings["api_key"] == secret_of(seven(), "Mitto")
    assert "a-new-secret" not in "".join(path.read_text() for path in cache.iterdir())


def secret_of(entries: list[dict[str, Any]], name: str) -> str:
    return str(next(one for one in entries if one["name"] == name)["settings"]["api_key"])


def test_a_rotation_begins_no_memory(hood: Emulator, ansible: Ansible, cache: Path) -> None:
    assert apply(ansible, hood, seven(), ocamba_update_secrets="on_create").rc == 0
    key = {"Mitto": {"api_key": "a-new-secret-of-mitto"}}
    host = {"ocamba_api_token": TOKEN, "ocamba_api_url": hood.url, "ocamba_secrets": key, "ocamba_rotate": ["Mitto"]}
    inventory = ansible.write("rotate.yml", {"all": {"hosts": {"acme": host}}})
    assert ansible.playbook("ocamba.hood.rotate_secrets", "-i", inventory).rc == 0
    assert not cache.exists() or "ocamba_hood" not in "".join(path.read_text() for path in cache.iterdir())


@pytest.mark.parametrize("shown", first(1, of=["masked", "absent"]))
def test_drift_and_check_mode_tell_of_a_changed_secret(
    hood: Emulator, ansible: Ansible, cache: Path, shown: str, tmp_path: Path
) -> None:
    hood.account(TOKEN, variants=Variants.from_dict({"secrets": shown}), limits=Limits.off())
    assert apply(ansible, hood, seven()).rc == 0
    hood.log.clear()
    before = {path.name: path.read_text() for path in cache.iterdir()}
    checked = apply(ansible, hood, changed("Mitto"), "--check", "--diff")
    mitto = next(one for one in checked.only(APPLY)["integrations"] if one["name"] == "Mitto")
    assert mitto["secrets_seen"] == {"api_key": "changed"}
    assert mitto["changed_fields"] == ["settings.api_key"]
    assert '"settings.api_key": "(secret, will be updated)"' in checked.output

    inventory = str(tmp_path / "inventory.yml")
    drift = ansible.playbook("ocamba.hood.drift", "-i", inventory)
    assert drift.rc != 0
    report = json.loads((tmp_path / "drift-report" / "drift.json").read_text())
    found = next(one for one in report["accounts"][0]["integrations"] if one["name"] == "Mitto")
    assert found["state"] == "differs"
    assert [(one["field"], one["secret"], one["after"]) for one in found["changes"]] == [
        ("settings.api_key", True, "(another secret than was last written, would be written)")
    ]
    for name in ("drift.html", "drift.xml"):
        assert "another secret than was last written" in (tmp_path / "drift-report" / name).read_text()
    assert not hood.log.writes()
    # Nothing that only looks remembers.
    assert before == {path.name: path.read_text() for path in cache.iterdir()}
