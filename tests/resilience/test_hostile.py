"""Hostile input: only ever a clear refusal or a right plan, never another exception."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.ocamba.hood.plugins.module_utils.api.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import Connection
from ansible_collections.ocamba.hood.plugins.module_utils.api.pacer import Pacer
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import read
from ansible_collections.ocamba.hood.plugins.module_utils.declared.hiding import hide
from ansible_collections.ocamba.hood.plugins.module_utils.errors import HoodError
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile import engine
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Policy
from ansible_collections.ocamba.hood.plugins.module_utils.task import results
from tests.emulator.server import Emulator
from tests.support.entries import seven
from tests.support.runs import TOKEN, Runner, assert_exactly

often = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
texts = st.sampled_from(["twilio", "Twilio EU", "Mitto", "1", "2", "active", "****", "", "../providers", "1?x="])
odd = texts | json_values
keys = st.sampled_from(["auth_token", "account_sid", "api_key", "port", "domain", "x"])
provider_items = st.fixed_dictionaries(
    {},
    optional={
        "id": odd,
        "name": odd,
        "type": odd,
        "settings": st.lists(st.fixed_dictionaries({}, optional={"name": keys | odd, "required": odd}), max_size=4)
        | odd,
    },
)
items = st.fixed_dictionaries(
    {},
    optional={
        "id": odd,
        "name": odd,
        "type": odd,
        "provider_id": odd,
        "provider": provider_items | odd,
        "settings": st.dictionaries(keys, odd, max_size=4) | odd,
        "status": odd,
        "effective_status": odd,
        "is_default": odd,
    },
)
entries = st.fixed_dictionaries(
    {},
    optional={
        "name": odd,
        "id": odd,
        "provider": odd,
        "provider_id": odd,
        "type": odd,
        "status": odd,
        "settings": st.dictionaries(keys, odd, max_size=4) | odd,
        "sttings": odd,
    },
)


@dataclass
class AnsweringClient(HoodClient):
    """Answers with what it was given, instead of asking anybody."""

    answers: dict[str, Any] = field(default_factory=dict)

    def integrations(self) -> list[dict[str, Any]]:
        return list(self.answers["integrations"])

    def filtered_integrations(self, wanted: Mapping[str, str]) -> list[dict[str, Any]] | None:
        return self.integrations()

    def integration(self, integration_id: str) -> dict[str, Any]:
        return dict(self.answers["integration"])

    def providers(self) -> list[dict[str, Any]]:
        return list(self.answers["providers"])


def client(**answers: Any) -> AnsweringClient:
    return AnsweringClient(Connection("http://127.0.0.1:9", TOKEN), Pacer(1), answers=answers)


@often
@given(
    declared=st.lists(entries, max_size=4),
    integrations=st.lists(items, max_size=4),
    integration=items,
    providers=st.lists(provider_items, max_size=4),
    policy=st.sampled_from([Policy(), Policy("always"), Policy(unmanaged="deactivate"), Policy(unmanaged="report")]),
)
def test_any_answer_of_the_api_gives_a_plan_or_a_clear_refusal(
    declared: list[Any], integrations: list[Any], integration: Any, providers: list[Any], policy: Policy
) -> None:
    found = read(declared)
    usable = [] if found.mistakes else found.entries
    # Where the random declaration is refused, a sound one meets the answers.
    usable = usable or read(seven()).entries
    answering = client(integrations=integrations, integration=integration, providers=providers)
    try:
        report = engine.run(engine.Run(usable, answering.connection, policy, check_mode=True), answering)
    except HoodError:
        return
    json.dumps([results.plural(report), results.diffs(report)])
    assert len(results.plural(report)["integrations"]) >= len(usable)


@often
@given(written=json_values | st.text(max_size=60), at=st.sampled_from(["list", "entry", "settings"]))
def test_any_declaration_is_read_or_refused(written: Any, at: str) -> None:
    entry = {"name": "X", "provider": "mitto"}
    whole = {"list": written, "entry": [written], "settings": [{**entry, "settings": written}]}[at]
    found = read(whole)
    assert found.mistakes or all(isinstance(one.settings, dict) for one in found.entries)
    hide(written)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=json_values | st.fixed_dictionaries({"total": odd, "items": st.lists(items, max_size=3)}))
def test_any_body_is_survived_by_the_client(hood: Emulator, body: Any) -> None:
    hood.faults.clear()
    hood.faults.add(method="GET", kind="json", body=body, times=None)
    done = Runner(hood.url, seven(), options={"check_mode": True}).run()
    assert done.report or done.error


@pytest.mark.parametrize(
    "name",
    [
        "{{ 7 * 7 }}",
        "{% raw %}",
        "\u202eright to left",
        "\N{GRINNING FACE}" * 100,
        "a/../b?c=d&e#f",
        "%2e%2e%2f",
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        '"quoted"',
        "a\\b",
        "  spaces  around  ",
        "e\u0301",
    ],
)
def test_an_odd_name_is_created_once(hood: Emulator, name: str) -> None:
    declared = [{**one, "name": name if index == 0 else one["name"]} for index, one in enumerate(seven())]
    runner = Runner(hood.url, declared)
    assert not runner.run().messages
    assert_exactly(hood.account(TOKEN), declared)
    assert not runner.run().changed


@pytest.mark.parametrize("name", ["a\nb", "a\tb", "a\x00b", "\x1b[31m", "a\r", "\x7f", "\u2028", "\ud800"])
def test_a_name_with_control_characters_is_refused(name: str) -> None:
    (mistake,) = read([{**seven()[0], "name": name}]).mistakes
    assert mistake.reason == "must not contain control characters or line breaks"
    assert str(mistake).isprintable()


@pytest.mark.parametrize("identity", ["../providers", "1?x=", "1/validate", "1#", "-1", "1.5", "١", "1 2", "%31", "x"])
def test_an_id_that_is_none_is_refused(identity: str) -> None:
    (mistake,) = read([{"id": identity}]).mistakes
    assert mistake.reason == "must be the digits that Hood shows as the id"


def test_a_name_that_differs_in_white_space_only_is_not_doubled(hood: Emulator) -> None:
    hood.account(TOKEN).add(name="Twilio  EU", provider="twilio", settings={})
    done = Runner(hood.url, seven()).run()
    assert "white space" in done.messages[0]
    assert hood.account(TOKEN).named("Twilio  EU")[0].id in done.messages[0]
    assert not hood.log.writes()


@pytest.mark.parametrize("depth", [50, 10_000, 200_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    nested = "[" * depth + "]" * depth
    assert read(nested).mistakes
    deep: Any = "canary"
    for _level in range(min(depth, 5_000)):
        deep = [deep]
    _shown, secrets = hide({"name": "X", "settings": {"x": deep}})
    assert secrets == {"canary"}
