"""What is remembered of hidden secrets: whatever a cache gives back, and whatever became of a run."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ocamba.hood.plugins.module_utils.errors import NOT_CONFIRMED, UNCLEAR
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.compare import Comparison
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.fingerprints import FORMAT, Fingerprints
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.memory import OTHERS, Memory
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.outcomes import Outcome, predict
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.plan import make_plan
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Plan, Policy
from tests.support.strategies import (
    HIDING,
    LIVE,
    VISIBILITIES,
    Raw,
    Server,
    Stored,
    as_entry,
    declared,
    fast,
    json_like,
    secret_values,
)

HOST = "api.ocamba.com:443"
ON_CHANGE = Policy(update_secrets="on_change")
MINE = Fingerprints("token-of-mine", HOST)
SMTP, MITTO = (next(one for one in registry.PROVIDERS if one.name == name) for name in ("custom_email", "mitto"))

Fact = dict[str, Any]
visibilities = st.sampled_from(sorted(VISIBILITIES))


def _server(visibility: str = "masked", *secrets: str) -> Server:
    """Two integrations, both with a secret."""
    password, key = secrets or ("CANARY-stored-password", "CANARY-stored-key")
    stored = [
        Stored("7", "Shop", SMTP, {"port": "25", "username": "u", "password": password}),
        Stored("8", "Texts", MITTO, {"api_key": key, "sender_name": "Example"}),
    ]
    return Server(stored, visibility)


def _entries(server: Server, **secrets: str) -> list[Raw]:
    """A declaration of what is stored, but for these secrets."""
    return [
        as_entry(one, {**one.settings, **{key: value for key, value in secrets.items() if key in one.settings}})
        for one in server.stored
    ]


def _plan(entries: list[Raw], server: Server, fact: Any = None, fingerprints: Fingerprints = MINE) -> Plan:
    memory = Memory.read(fact, fingerprints)
    return make_plan(declared(*entries), server.shown(), ON_CHANGE, LIVE, recall=memory.recall)


def _run(entries: list[Raw], server: Server, fact: Any = None, fingerprints: Fingerprints = MINE) -> tuple[Plan, Fact]:
    """A real run, in which all goes well: the plan, and the fact after it, as a cache gives it back."""
    memory = Memory.read(fact, fingerprints)
    plan = _plan(entries, server, fact, fingerprints)
    server.apply(plan)
    seen = {one.id: one for one in server.shown()}
    outcomes = [
        replace(outcome, written=outcome.step.is_write, seen=seen[outcome.integration_id or ""])
        if outcome.step.is_write
        else outcome
        for outcome in predict(plan)
    ]
    return plan, json.loads(json.dumps(memory.after(outcomes)))


def _records(fact: Fact, fingerprints: Fingerprints = MINE) -> dict[str, dict[str, str]]:
    return Memory.read(fact, fingerprints).records


@fast
@given(visibilities, secret_values, secret_values)
def test_a_changed_secret_is_written_once_however_it_is_shown(visibility: str, old: str, new: str) -> None:
    server = _server(visibility, old, "CANARY-stored-key")
    _taken, fact = _run(_entries(server), server)
    again, fact = _run(_entries(server), server, fact)
    assert not again.writes
    assert all(step.secrets_compared for step in again.steps)
    changed, fact = _run(_entries(server, password=new), server, fact)
    assert [step.current.id for step in changed.writes if step.current] == (["7"] if new != old else [])
    assert server.stored[0].settings["password"] == new
    last, _fact = _run(_entries(server), server, fact)
    assert not last.writes


@fast
@given(st.sampled_from(HIDING))
def test_nothing_remembered_means_taken_over(visibility: str) -> None:
    server = _server(visibility)
    entries = _entries(server, password="CANARY-stored-otherword")
    # The ends that some masks show are those of what is stored.
    plan, fact = _run(entries, server)
    assert not plan.writes
    assert not plan.steps[0].secrets_compared
    assert not _plan(entries, server, fact).writes


@fast
@given(json_like)
def test_whatever_a_cache_gives_back_is_no_memory(fact: Any) -> None:
    assert Memory.read(fact, MINE).is_empty
    assert Memory.read({"format": FORMAT, "accounts": fact}, MINE).is_empty
    assert Memory.read({"format": FORMAT, "accounts": {MINE.of("account"): fact}}, MINE).is_empty


@fast
@given(st.data())
def test_a_fact_that_was_damaged_is_no_memory_of_what_was_damaged(data: st.DataObject) -> None:
    server = _server()
    _done, fact = _run(_entries(server), server)
    whole = json.dumps(fact)
    damaged = whole
    kind = data.draw(st.sampled_from(["cut", "letter", "replaced"]))
    at = data.draw(st.integers(0, len(whole) - 1))
    if kind == "cut":
        damaged = whole[:at]
    elif kind == "letter":
        damaged = whole[:at] + data.draw(st.sampled_from("0af~{}\"':,x\u0000")) + whole[at + 1 :]
    try:
        read = json.loads(damaged)
    except ValueError:
        read = damaged
    if kind == "replaced":
        account = next(iter(fact["accounts"]))
        read = {"format": FORMAT, "accounts": {account: {**fact["accounts"][account], "7": data.draw(json_like)}}}
    memory = Memory.read(read, MINE)
    memory.after(predict(_plan(_entries(server), server, read)))
    written = [step.current.id for step in _plan(_entries(server), server, read).writes if step.current]
    # A record that is well-formed and another can only mean one more update.
    assert set(written) <= {"7", "8"}


@pytest.mark.parametrize("depth", [10, 2000])
def test_a_deep_or_huge_fact_is_no_memory(depth: int) -> None:
    deep: Any = {}
    for _level in range(depth):
        deep = {"format": FORMAT, "accounts": {MINE.of("account"): deep}}
    assert Memory.read(deep, MINE).is_empty
    huge = {"format": FORMAT, "accounts": {MINE.of("account", str(n)): {"7": {"password": "0"}} for n in range(9999)}}
    memory = Memory.read(huge, MINE)
    assert memory.is_empty
    assert len(memory.after([])["accounts"]) <= OTHERS


@pytest.mark.parametrize(
    "other",
    [Fingerprints("another token", HOST), Fingerprints("token-of-mine", "api.ocamba.com:8443")],
    ids=["token", "host"],
)
def test_what_is_of_another_token_or_host_is_no_memory_and_is_kept_for_that(other: Fingerprints) -> None:
    server = _server()
    _first, fact = _run(_entries(server), server)
    assert _records(fact, other) == {}
    plan, both = _run(_entries(server, password="CANARY-new"), server, fact, other)
    assert not plan.writes
    assert _records(both) == _records(fact)
    assert set(_records(both, other)) == {"7", "8"}
    assert not set(_texts(_records(both, other))) & set(_texts(_records(both)))


def test_only_so_many_other_accounts_are_kept() -> None:
    server, fact = _server(), None
    for number in range(2 * OTHERS):
        _done, fact = _run(_entries(server), server, fact, Fingerprints(f"token {number}", HOST))
    _done, fact = _run(_entries(server), server, fact)
    assert len(fact["accounts"]) == OTHERS + 1
    assert set(_records(fact)) == {"7", "8"}
    assert _records(fact, Fingerprints(f"token {2 * OTHERS - 1}", HOST))


@pytest.mark.parametrize("format_", [0, 2, "1", None, [1], {}])
def test_what_is_of_another_format_is_no_memory(format_: Any) -> None:
    server = _server()
    _done, fact = _run(_entries(server), server)
    assert Memory.read({**fact, "format": format_}, MINE).is_empty


@fast
@given(visibilities, secret_values, secret_values)
def test_a_fact_holds_fingerprints_and_nothing_else(visibility: str, password: str, key: str) -> None:
    server = _server(visibility, password, key)
    _done, fact = _run(_entries(server), server)
    reported = json.dumps(fact, ensure_ascii=False)
    assert password not in reported
    assert key not in reported
    assert set(fact) == {"format", "accounts"}
    assert all(
        len(text.rstrip("~")) == 32 and set(text.rstrip("~")) <= set("0123456789abcdef")
        for text in _texts(fact["accounts"])
    )


def test_equal_secrets_have_unlike_fingerprints() -> None:
    """Whoever reads the cache does not even learn which integrations share a secret."""
    server = _server("masked", "CANARY-shared", "CANARY-shared")
    _done, fact = _run(_entries(server), server)
    records = _texts(_records(fact))
    assert len(records) == len(set(records)) == 2


def test_what_failed_keeps_its_memory_and_what_is_not_declared_is_forgotten() -> None:
    server = _server()
    _done, fact = _run(_entries(server), server)
    memory = Memory.read(fact, MINE)
    outcomes = predict(_plan(_entries(server, password="CANARY-new", api_key="CANARY-new"), server, fact))
    failing = [outcome.fail("it failed", "failed") for outcome in outcomes]
    assert memory.after(failing) == fact
    assert set(Memory.read(memory.after(failing[:1]), MINE).records) == {"7"}
    assert memory.after([]) == {"format": FORMAT, "accounts": {}}
    parts = {"7": {"port": "25"}, "8": {"sender_name": "Example"}}
    no_secret = [as_entry(one, parts[one.id]) for one in server.stored]
    assert _run(no_secret, server, fact)[1]["accounts"] == {}


@pytest.mark.parametrize("remembered", [True, False])
@pytest.mark.parametrize("how", ["unread", "not confirmed", "unclear"])
def test_what_may_be_stored_is_written_again_even_where_the_old_secret_is_declared(how: str, remembered: bool) -> None:
    """Otherwise a vault that is set back would count as unchanged while Hood has the new secret."""
    server = _server("masked", "CANARY-old-password", "CANARY-old-key")
    old = _entries(server)
    _done, fact = _run(old, server) if remembered else (None, {})
    always = Policy(update_secrets="always")
    new = _entries(server, password="CANARY-new", api_key="CANARY-new")
    plan = make_plan(declared(*new), server.shown(), always, LIVE)
    outcomes = {
        "unread": [replace(outcome, written=True) for outcome in predict(plan)],
        "not confirmed": [replace(outcome, written=True).fail("it", NOT_CONFIRMED) for outcome in predict(plan)],
        "unclear": [outcome.fail("it", UNCLEAR) for outcome in predict(plan)],
    }[how]
    server.apply(plan)
    fact = json.loads(json.dumps(Memory.read(fact, MINE).after(outcomes)))
    set_back, fact = _run(old, server, fact)
    assert [step.current.id for step in set_back.writes if step.current] == ["7", "8"]
    assert server.stored[0].settings["password"] == "CANARY-old-password"
    assert not _run(old, server, fact)[0].writes


def test_a_run_for_a_part_forgets_nothing_else() -> None:
    server = _server()
    _done, fact = _run(_entries(server), server)
    memory = Memory.read(fact, MINE)
    part = predict(_plan(_entries(server)[:1], server, fact))
    assert memory.after(part, is_whole=False) == fact
    only_port = predict(_plan([as_entry(server.stored[0], {"port": "25"})], server, fact))
    assert set(Memory.read(memory.after(only_port, is_whole=False), MINE).records) == {"8"}
    assert memory.after(only_port, is_whole=False, is_part=True) == fact


def test_an_integration_that_was_made_anew_is_remembered_by_its_new_id() -> None:
    server = _server()
    _done, fact = _run(_entries(server), server)
    server.stored[0] = replace(server.stored[0], id="9")
    plan, fact = _run(_entries(server), server, fact)
    assert not plan.writes
    assert plan.steps[0].secrets_seen == {"password": Comparison.HIDDEN}
    assert set(_records(fact)) == {"8", "9"}


def _texts(value: Any) -> list[str]:
    """The texts that are values."""
    return [text for inner in value.values() for text in _texts(inner)] if isinstance(value, dict) else [value]


def test_an_outcome_without_an_id_is_not_remembered() -> None:
    server = _server()
    plan = _plan(_entries(server), server)
    assert Memory.read(None, MINE).after([Outcome(plan.steps[0])]) == {"format": FORMAT, "accounts": {}}
