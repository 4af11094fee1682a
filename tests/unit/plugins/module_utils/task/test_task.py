"""A task without Ansible around it: options and an environment in, a dictionary out."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.errors import INTERNAL_ERROR, INVALID, UNREACHABLE
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.task_outcome import TaskOutcome
from ansible_collections.ocamba.hood.plugins.module_utils.task.apply import INTEGRATION, INTEGRATIONS
from ansible_collections.ocamba.hood.plugins.module_utils.task.argument_specs import connection_spec, singular_spec
from ansible_collections.ocamba.hood.plugins.module_utils.task.intake import take, validate
from ansible_collections.ocamba.hood.plugins.module_utils.task.task import Definition, Task

ENTRY = {"name": "Mitto", "provider": "mitto", "settings": {"api_key": "s3cret-of-mitto", "sender_name": "s"}}
NOWHERE = {"api_token": "t0ken-of-nobody", "api_url": "http://127.0.0.1:9", "max_wait": 1}


def test_what_may_be_shown_holds_no_secret_of_the_declaration() -> None:
    taken = take({**ENTRY, "unknown": {"a": "s3cret-of-nothing"}}, singular_spec(), {})
    assert "s3cret" not in str(taken.shown)
    assert taken.secrets == {"s3cret-of-mitto", "s3cret-of-nothing"}
    assert str(taken.declaration.mistakes[0]).startswith("unknown: not an option")


@pytest.mark.parametrize(
    ("given", "environment", "token"),
    [
        ({}, {"OCAMBA_API_TOKEN": "a"}, "a"),
        ({"api_token": ""}, {"OCAMBA_API_TOKEN": "a"}, "a"),
        ({"api_token": "b"}, {"OCAMBA_API_TOKEN": "a"}, "b"),
        ({}, {"OCAMBA_API_TOKEN": ""}, None),
        ({"api_token": " b\n"}, {}, "b"),
    ],
)
def test_the_environment_stands_in_for_an_option(
    given: dict[str, Any], environment: dict[str, str], token: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCAMBA_API_TOKEN", "of the process, which does not count")
    options, refusal = validate(take(given, connection_spec(), environment).shown, connection_spec())
    assert (options["api_token"], refusal) == (token, None)


def test_the_home_folder_is_that_of_the_environment() -> None:
    environment = {"HOME": "/home/of/task", "CERTS": "certs"}
    shown = take({"ca_path": "~/$CERTS/${CERTS}/$OTHER/ca.pem"}, connection_spec(), environment).shown
    assert shown["ca_path"] == "/home/of/task/certs/certs/$OTHER/ca.pem"


def test_every_mistake_is_reported_together() -> None:
    result = Task(INTEGRATIONS, {"integrations": [7], "max_deactivations": "many", "nothing": 1}, {}).run()
    assert (result["failed"], result["reason_code"]) == (True, INVALID)
    assert [part in result["msg"] for part in ("max_deactivations", "integrations[0]: must be", "nothing: not an")] == [
        True
    ] * 3


def test_a_failure_has_its_reason() -> None:
    result = Task(INTEGRATION, {**ENTRY, **NOWHERE}, {}).run()
    assert (result["failed"], result["reason_code"]) == (True, UNREACHABLE)


def test_a_defect_is_a_result_without_values_and_an_interruption_is_none() -> None:
    def crash(task: Task) -> TaskOutcome:
        raise KeyError(task.options["api_token"])

    def interrupt(task: Task) -> TaskOutcome:
        task.client()
        raise KeyboardInterrupt

    result = Task(Definition(connection_spec(), crash), NOWHERE, {}).run()
    assert result["reason_code"] == INTERNAL_ERROR
    assert "t0ken" not in str(result)
    with pytest.raises(KeyboardInterrupt):
        Task(Definition(connection_spec(), interrupt), NOWHERE, {}).run()


def test_what_is_reported_and_warned_of_is_clean() -> None:
    heard: list[str] = []

    def talk(task: Task) -> TaskOutcome:
        task.client()
        task.tell(f"waiting for {task.options['api_token']}")
        return TaskOutcome({}, warnings=["one t0ken-of-nobody", "one t0ken-of-nobody"])

    result = Task(Definition(connection_spec(), talk), NOWHERE, {}, tell=heard.append).run()
    assert heard == ["waiting for ********"]
    assert result["warnings"] == ["one ********"]
