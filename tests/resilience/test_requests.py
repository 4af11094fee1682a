"""The fewest requests that the job can be done with."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.reconcile import plan, session
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Plan
from ansible_collections.ocamba.hood.plugins.module_utils.task.apply import INTEGRATIONS
from ansible_collections.ocamba.hood.plugins.module_utils.task.task import Task
from tests.benchmarks.contenders import declared
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.support.runs import TOKEN, Runner, declared_settings


def run(
    hood: Emulator, held: list[dict[str, Any]], wanted: list[dict[str, Any]], variants: Variants | None = None
) -> Counter[str]:
    """The requests of a run by what they are."""
    account = hood.account(TOKEN, limits=Limits.off(), variants=variants or Variants())
    for entry in held:
        account.add(entry["name"], entry["provider"], declared_settings(entry))
    done = Runner(hood.url, wanted).run()
    assert not done.messages
    return Counter(_kind(call.method, call.path) for call in hood.log)


def _kind(method: str, path: str) -> str:
    package = path.removeprefix("/v1/hood/").split("/")
    return f"{method} {package[0]}" + ("/id" if len(package) > 1 else "")


@pytest.mark.parametrize(("count", "cap"), [(1, 100), (100, 100), (101, 100), (200, 100), (45, 20), (200, 1000)])
def test_nothing_to_change_takes_the_pages_of_the_list_alone(hood: Emulator, count: int, cap: int) -> None:
    entries = declared(count)
    assert run(hood, entries, entries, Variants(page_cap=cap)) == {"GET integrations": math.ceil(count / cap)}


def test_creations_take_the_list_five_times_the_providers_once_and_themselves(hood: Emulator) -> None:
    """Before the first creation, what the list may hide is asked for in three ways; after the last it is read back."""
    requests = run(hood, declared(5), declared(30))
    assert requests == {"GET integrations": 5, "GET providers": 1, "POST integrations": 25}


def test_updates_are_read_back_at_once(hood: Emulator) -> None:
    wanted = declared(30)
    held = declared(30)
    for entry in held[:14:2]:
        plain = [key for key in entry["settings"] if "name" in key or key in ("default_phone_number", "chat_id")]
        entry["settings"][plain[0]] = "12345678"
    requests = run(hood, held, wanted)
    assert requests == {"GET integrations": 3, "GET providers": 1, "PATCH integrations/id": 7}


def test_hidden_settings_are_read_once_and_of_declared_entries_only(hood: Emulator) -> None:
    entries = declared(60)
    requests = run(hood, entries[:50], [*entries[:20], entries[59]], Variants(settings_in_list=False))
    assert requests == {
        "GET integrations": 5,
        "GET integrations/id": 20 + 1,
        "GET providers": 1,
        "POST integrations": 1,
    }


def test_what_is_read_back_is_planned_once_however_many_entries_there_are(
    hood: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans: list[int] = []
    make_plan = plan.make_plan

    def counted(*arguments: Any) -> Plan:
        plans.append(len(arguments[0]))
        return make_plan(*arguments)

    monkeypatch.setattr(session, "make_plan", counted)
    entries = declared(100)
    run(hood, entries[:99], entries)
    assert len(plans) <= 4


def test_a_process_that_runs_many_tasks_keeps_no_connection(hood: Emulator) -> None:
    """As the items of a loop in Ansible's own process; a process may have a thousand open files."""
    options = {"integrations": declared(1), "api_token": TOKEN, "api_url": hood.url}
    open_files = []
    for _number in range(20):
        task = Task(INTEGRATIONS, options, {}, check_mode=True, diff=False)
        assert "failed" not in task.run()
        open_files.append(len(list(Path("/proc/self/fd").iterdir())))
    assert open_files[-1] - open_files[0] < 10
