"""Many mistakes in one message: none in half, and how many are left out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ocamba.hood.plugins.module_utils.errors import listed
from tests.support.strategies import fast


def test_one_is_reported_as_it_is() -> None:
    assert listed(["port: must be a number"], 10) == "port: must be a number"


def test_several_are_listed() -> None:
    assert listed(["a: wrong", "b: wrong"], 100) == "2 things are wrong:\n- a: wrong\n- b: wrong"


@fast
@given(
    messages=st.lists(st.text(st.sampled_from("abc: "), min_size=1, max_size=90), min_size=2, max_size=80),
    longest=st.integers(130, 2000),
)
def test_what_does_not_fit_is_counted_and_nothing_is_cut(messages: list[str], longest: int) -> None:
    reported = listed(messages, longest)
    heading, *lines = reported.split("\n")
    assert heading == f"{len(messages)} things are wrong:"
    assert len(reported) <= longest
    more = re.fullmatch("- and ([0-9]+) more", lines[-1])
    shown = lines[:-1] if more else lines
    assert shown == [f"- {message}" for message in messages[: len(shown)]]
    assert len(shown) + (int(more[1]) if more else 0) == len(messages)


@pytest.mark.parametrize("count", [2, 50])
def test_one_that_is_too_long_by_itself_is_reported_all_the_same(count: int) -> None:
    reported = listed(["x" * 500] * count, 100)
    assert reported.startswith(f"{count} things are wrong:\n- {'x' * 500}\n- and {count - 1} more")
