"""Accounts at their beginning, where little can be known yet."""

from __future__ import annotations

import pytest

from tests.emulator.choices import samples
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.support.entries import seven
from tests.support.runs import TOKEN, Runner, assert_exactly

SHOWN = samples(Variants, "secrets")


@pytest.mark.parametrize("secrets", SHOWN)
def test_the_second_run_changes_nothing_where_the_first_gave_the_proof(hood: Emulator, secrets: str) -> None:
    """Before the first run nothing tells whether the missing secret is hidden or not stored; after it, it may."""
    variants = Variants.from_dict({"secrets": secrets})
    account = hood.account(TOKEN, limits=Limits.off(), variants=variants)
    account.add(name="Mitto", provider="mitto", settings={"sender_name": "Example"})
    runner = Runner(hood.url, seven())
    assert not runner.run().messages
    if secrets not in ("absent", "null"):
        assert_exactly(account, seven())
    hood.log.clear()
    assert not runner.run().changed
    assert [call.method for call in hood.log] == ["GET"]


def test_a_secret_that_is_surely_not_stored_is_written_whatever_the_policy(hood: Emulator) -> None:
    account = hood.account(TOKEN)
    runner = Runner(hood.url, seven())
    runner.run()
    mitto = account.one("Mitto")
    account.edit(mitto.id, settings={"sender_name": "Example"})
    assert runner.run().changed
    assert_exactly(account, seven())
