"""Names that a server may have changed are found again, among thousands as well as one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ocamba.hood.plugins.module_utils.reconcile import names
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.names import StoredNames, is_form_of
from tests.emulator import forms

NAMES = st.text(alphabet="aAbB \t1\u00e4\u00df\u0301\U0001f600'\"<>&;%\\/?+-_.\u2026\ufffd", max_size=40)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str]:
    """A name, and what a server makes of it, or what has nothing to do with it."""
    declared = draw(NAMES)
    form = draw(st.sampled_from(sorted(forms.NAMES)))
    cut = st.integers(0, 40).map(lambda end: declared[:end])
    return declared, draw(st.one_of(NAMES, st.just(forms.NAMES[form](declared)), cut))


@given(st.lists(pairs(), min_size=1, max_size=8))
def test_the_index_finds_what_comparing_one_by_one_does(found: list[tuple[str, str]]) -> None:
    stored = [name for _declared, name in found]
    longest = max(map(len, stored))
    index = StoredNames(stored, longest)
    for declared, _name in found:
        expected = [place for place, name in enumerate(stored) if is_form_of(declared, name, longest)]
        assert index.forms_of(declared) == expected


def test_names_that_have_nothing_in_common_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def counted(declared: str, stored: str, longest: int) -> bool:
        compared.append(stored)
        return is_form_of(declared, stored, longest)

    monkeypatch.setattr(names, "is_form_of", counted)
    index = StoredNames([f"Integration {number} of the account" for number in range(1000)], 40)
    assert not any(index.forms_of(f"Campaign {number}") for number in range(1000))
    assert not compared
