"""The environment variables that stand in for options."""

from __future__ import annotations

import pytest
from ansible.module_utils.errors import AnsibleFallbackNotFound

from ansible_collections.ocamba.hood.plugins.module_utils.task.argument_specs import (
    connection_spec,
    from_environment,
    spec_of_core,
)


def test_an_empty_variable_counts_as_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRST", "")
    monkeypatch.setenv("SECOND", "2")
    assert from_environment("FIRST", "SECOND") == "2"
    monkeypatch.delenv("SECOND")
    with pytest.raises(AnsibleFallbackNotFound):
        from_environment("FIRST", "SECOND")


def test_core_fills_in_nothing_and_registers_no_secret() -> None:
    for option in spec_of_core(connection_spec()).values():
        assert "fallback" not in option
        assert not option.get("no_log")
