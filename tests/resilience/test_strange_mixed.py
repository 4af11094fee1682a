"""Several strange things at once, by chance: nothing is there twice, and every run that ends well is true."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest

from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.resilience.strange import CREATE, LateCommits, Trial
from tests.resilience.test_strange_servers import FIRST, UNREADABLE
from tests.support.entries import seven
from tests.support.marks import every
from tests.support.runs import mixed

SEEDS = int(os.environ.get("OCAMBA_STRANGE", "120"))
CHOICES: dict[str, tuple[Any, ...]] = {
    "list_lag": (0, 0, 2, 5),
    "update_lag": (0, 0, 2, 4),
    "lag_by_id": (False, True),
    "inactive_in_list": (True, False),
    "list_order": ("id", "update_time"),
    "sort": ("honoured", "refused", "ignored"),
    "page_cap": (100, 5),
    "page_over_cap": ("clamp", "refuse"),
    "created": ("object", "envelope", "empty"),
    "single": ("bare", "envelope"),
    "settings_in_list": (True, True, False),
    "view_full_needed": (False, True),
    "settings_update": ("merge", "replace"),
    "secrets": ("clear", "masked", "masked_tail", "absent", "empty"),
    "times": ("gmt", "absent"),
    "total": ("number", "string"),
    "duplicate_names": ("allow", "refuse"),
    "status_form": ("word", "upper"),
}
HIT: dict[str, dict[str, Any]] = {
    **{name: {**fault, "when": "after"} for name, fault in UNREADABLE.items() if fault["kind"] not in ("cut", "edit")},
    "500 after": {"kind": "status", "when": "after"},
    "reset before": {"kind": "reset"},
}


def chosen(chance: random.Random) -> Variants:
    values = {name: chance.choice(options) for name, options in CHOICES.items()}
    if not values["settings_in_list"]:
        # What a reading by id shows can hide that the list is late with a change, which the next run then repeats.
        values["update_lag"] = 0
    return Variants(**values)


@pytest.mark.parametrize("seed", every(2, of=range(SEEDS)))
def test_several_strange_things_at_once(hood: Emulator, seed: int) -> None:
    chance = random.Random(seed)
    trial = Trial(hood, seven(), chosen(chance), {"parallel": chance.choice([1, 4])})
    if chance.random() < 0.7:
        trial.entries = mixed(trial.account)
    for one in trial.entries:
        if chance.random() < 0.4:
            one["status"] = "inactive"
            for held in trial.account.named(one["name"]):
                trial.account.edit(held.id, status="inactive")
    if chance.random() < 0.5:
        LateCommits(hood, trial.account, trial.clock, chance.choice([0.5, 2, 6]))
        hood.faults.add(**CREATE, **chance.choice(list(FIRST.values())), times=chance.choice([1, 2, None]))
    else:
        hood.faults.add(**CREATE, **chance.choice(list(HIT.values())), times=chance.choice([1, 2]))
    for method in ("GET", "PATCH"):
        hood.faults.add(
            method=method, kind="status", status=chance.choice([500, 502, 520, 499]), nth=chance.randint(1, 9)
        )
    done = trial.run()
    assert not done.messages
    hood.faults.clear()
    trial.three()
