"""The id of a plan: the same for the same plan only."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.fingerprints import Fingerprints
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.plan import make_plan
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.plan_id import describe, is_plan_id, plan_id
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Plan, Policy, Step
from tests.support.strategies import LIVE, Raw, Server, Stored, declared, fast, scenes, without_failures

MINE = Fingerprints("token-of-mine", "api.ocamba.com:443")
DEACTIVATE = Policy(unmanaged="deactivate", max_deactivations=100)

Scene = tuple[list[Stored], list[Raw]]


def _plan(account: list[Stored], entries: list[Raw], policy: Policy = DEACTIVATE) -> Plan:
    """The plan of those entries that can be carried out."""
    current, everything = Server(account).shown(), declared(*entries)
    possible = without_failures(everything, make_plan(everything, current, policy, LIVE))
    return make_plan(possible, current, policy, LIVE)


def _turned(entry: Raw) -> Raw:
    """The same entry, its keys in another order."""
    settings = dict(reversed(list((entry.get("settings") or {}).items())))
    return dict(reversed([*entry.items(), *([("settings", settings)] if "settings" in entry else [])]))


@fast
@given(scenes(), st.randoms(use_true_random=False))
def test_equal_plans_have_equal_ids_whatever_the_order(scene: Scene, chance: Any) -> None:
    account, entries = scene
    found = plan_id(_plan(account, entries), MINE)
    assert is_plan_id(found)
    assert found == plan_id(_plan(account, entries), MINE)
    pages, list_ = list(account), [_turned(entry) for entry in entries]
    chance.shuffle(pages)
    chance.shuffle(list_)
    assert found == plan_id(_plan(pages, list_), MINE)


@fast
@given(scenes(), scenes())
def test_other_plans_have_other_ids(one: Scene, other: Scene) -> None:
    plans = _plan(*one), _plan(*other)
    assert (plan_id(plans[0], MINE) == plan_id(plans[1], MINE)) == (_written(plans[0]) == _written(plans[1]))


@fast
@given(scenes(), st.data())
def test_any_other_action_target_field_or_value_is_another_plan(scene: Scene, data: st.DataObject) -> None:
    plan = _plan(*scene)
    assume(plan.writes)
    found = plan_id(plan, MINE)
    step = data.draw(st.sampled_from(plan.writes))
    altered = [replace(step, action="another"), replace(step, changed_fields=(*step.changed_fields, "settings.more"))]
    if step.current:
        altered.append(replace(step, current=replace(step.current, id="another")))
    else:
        altered.append(replace(step, entry=replace(step.entry, name="another")))
    altered += [replace(step, body=body) for body in _other_bodies(step.body)]
    for other in altered:
        steps = [other if one is step else one for one in plan.steps]
        deactivations = [other if one is step else one for one in plan.deactivations]
        assert plan_id(Plan(steps, deactivations), MINE) != found, other
    left = [one for one in plan.writes if one is not step]
    assert plan_id(Plan(left), MINE) != found


def _other_bodies(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The body with each of its values, also of its settings, another one, and with one key less."""
    settings = body.get("settings", {})
    others = [{**body, key: "another"} for key in body if key != "settings"]
    others += [{key: value for key, value in body.items() if key != left} for left in body]
    others += [{**body, "settings": {**settings, key: f"{value}+"}} for key, value in settings.items()]
    return others + [
        {**body, "settings": {key: value for key, value in settings.items() if key != left}} for left in settings
    ]


@fast
@given(scenes())
def test_another_account_has_another_id_of_the_same_plan(scene: Scene) -> None:
    plan = _plan(*scene)
    ids = {
        plan_id(plan, made)
        for made in (
            MINE,
            Fingerprints("another token", "api.ocamba.com:443"),
            Fingerprints("token-of-mine", "127.0.0.1:8443"),
        )
    }
    assert len(ids) == 3


@fast
@given(scenes())
def test_what_is_not_written_is_no_part_of_a_plan(scene: Scene) -> None:
    plan = _plan(*scene)
    assert plan_id(Plan(plan.writes), MINE) == plan_id(plan, MINE)
    assert not plan.writes or plan_id(Plan(), MINE) != plan_id(plan, MINE)
    assert is_plan_id(plan_id(Plan(), MINE))


@fast
@given(scenes())
def test_what_is_said_of_a_plan_has_no_value(scene: Scene) -> None:
    plan = _plan(*scene)
    assert len(describe(plan)) == len(plan.writes)
    assert "CANARY" not in "".join(describe(plan)) + plan_id(plan, MINE)


def test_what_can_be_the_id_of_a_plan() -> None:
    assert is_plan_id("0123456789abcdef" * 2)
    wrong = ("", "0" * 31, "0" * 33, f" {'0' * 32}", f"{'0' * 32}\n", "A" * 32, "g" * 32)
    assert not [text for text in wrong if is_plan_id(text)]


def _written(plan: Plan) -> list[str]:
    """All that a plan would do, reported in full."""

    def reported(step: Step) -> str:
        target = step.current.id if step.current else step.entry.name
        what = [step.action, target, bool(step.current), sorted(step.changed_fields), step.body]
        return json.dumps(what, sort_keys=True)

    return sorted(map(reported, plan.writes))
