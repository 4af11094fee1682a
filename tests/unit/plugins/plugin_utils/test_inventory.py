"""Patterns of hosts and limits: what runs, and what is refused before it does."""

from __future__ import annotations

from typing import Any

import pytest
from ansible import constants, context
from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.collections import ImmutableDict

from ansible_collections.ocamba.hood.plugins.filter.require_hosts import FilterModule

GROUPS = {"all": ["acme", "beta", "web"], "ungrouped": ["web"], "accounts": ["acme", "beta"], "nobody": []}

require_hosts = FilterModule().filters()["require_hosts"]


@pytest.fixture(autouse=True)
def command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "CLIARGS", ImmutableDict())
    # ansible-test asks core to refuse such patterns before we can.
    monkeypatch.setattr(constants, "HOST_PATTERN_MISMATCH", "warning")


@pytest.mark.parametrize(
    ("pattern", "limit", "wanted"),
    [
        (None, "", "all"),
        ("", None, "all"),
        ("  acme \n", "", "acme"),
        (["acme", "", " beta"], "", "acme,beta"),
        ("accounts:!acme", "", "accounts:!acme"),
        ("accounts:&acme", "acme", "accounts:&acme"),
        ("ac*", "accounts", "ac*"),
        ("~(acme|nosuch)", "", "~(acme|nosuch)"),
        ("accounts[0]", "", "accounts[0]"),
        ("all:!nobody", "", "all:!nobody"),
        ("accounts", ["acme", "beta"], "accounts"),
    ],
)
def test_a_pattern_that_is_a_host_is_returned(pattern: Any, limit: Any, wanted: str) -> None:
    assert require_hosts(pattern, GROUPS, limit) == wanted


@pytest.mark.parametrize(
    ("pattern", "limit", "message"),
    [
        (False, "", "False is no pattern of hosts"),
        (True, "", "True is no pattern of hosts"),
        ([], "", "is no pattern of hosts"),
        ([" ", None], "", "is no pattern of hosts"),
        ("acmee", "", "No host of the inventory matches acmee, in the pattern acmee; did you mean acme?"),
        ("all:!acount", "", "matches !acount, in the pattern all:!acount; did you mean accounts?"),
        ("accounts", "acme,bta", "matches bta, in the pattern accounts within the limit acme,bta; did you mean beta?"),
        ("nosuch,nothing", "", "matches nosuch or nothing"),
        ("beta", "acme", "matches beta within the limit acme: there is nothing to run on"),
        ("nobody", "", "matches nobody: there is nothing to run on"),
        ("accounts:!accounts", "", "there is nothing to run on"),
    ],
)
def test_a_pattern_that_is_no_host_is_refused(pattern: Any, limit: Any, message: str) -> None:
    with pytest.raises(AnsibleFilterError) as failure:
        require_hosts(pattern, GROUPS, limit)
    assert message in str(failure.value)


@pytest.mark.parametrize("option", ["syntax", "listtasks", "listtags"])
def test_where_nothing_runs_no_host_is_needed(option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "CLIARGS", ImmutableDict({option: True}))
    assert require_hosts("nosuch", {}) == "nosuch"
    with pytest.raises(AnsibleFilterError):
        require_hosts(False, {})
