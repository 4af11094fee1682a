"""Which texts stand in for a secret, and which are one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ocamba.hood.plugins.module_utils.providers.masks import is_mask, visible_ends
from tests.support.strategies import fast


@pytest.mark.parametrize(
    ("shown", "ends"),
    [
        ("********", ("", "")),
        ("****1234", ("", "1234")),
        ("SG.E********", ("SG.E", "")),
        ("sk-1********", ("sk-1", "")),
        ("sk-1****9876", ("sk-1", "9876")),
        ("••••••••", ("", "")),
        ("XXXX", ("", "")),
        ("xxxxxxxx1234", ("", "1234")),
    ],
)
def test_a_mask_leaves_its_ends_readable(shown: str, ends: tuple[str, str]) -> None:
    assert visible_ends(shown) == ends


@pytest.mark.parametrize(
    "shown", ["", "*", "a*b", "Jd4pbV9BtHC6Q9EdymQhZ4aJgZ8AgFi9", "XX", "SG.EGXXXXXX.XXXX", "a.b.c"]
)
def test_a_value_is_no_mask(shown: str) -> None:
    assert visible_ends(shown) is None


@fast
@given(head=st.text("abc123", max_size=4), signs=st.integers(3, 40), tail=st.text("abc123", max_size=4))
def test_stars_between_short_ends_are_a_mask(head: str, signs: int, tail: str) -> None:
    assert visible_ends(head + "*" * signs + tail) == (head, tail)


@fast
@given(text=st.text())
def test_what_is_refused_as_a_mask_is_shown_as_one(text: str) -> None:
    assert not is_mask(text) or visible_ends(text) is not None


@pytest.mark.parametrize("password", ["hunter***2", "a***b", "pa****"])
def test_a_declared_password_may_hold_stars(password: str) -> None:
    assert not is_mask(password)


@pytest.mark.parametrize(
    "text", ["***", "********", "****1234", "•••", "••••ab12", "…1234", "………", "●●●●", "...", "XXXX", "xxxxxxxx"]
)
def test_signs_with_at_most_four_characters_behind_them_are_a_mask(text: str) -> None:
    assert is_mask(text)


@pytest.mark.parametrize(
    "text", ["***Secret", "****12345", "xxxxAB12", "XXXX1", "…Secret", "•••hunter2", "xxx", "*", "a****", "...Secret"]
)
def test_signs_with_more_behind_them_are_a_password(text: str) -> None:
    assert not is_mask(text)


@fast
@given(signs=st.text(st.sampled_from("*•●"), min_size=3, max_size=20), tail=st.text("abc123", max_size=12))
def test_the_fifth_character_makes_a_password_of_a_mask(signs: str, tail: str) -> None:
    assert is_mask(signs + tail) is (len(tail) <= 4)
