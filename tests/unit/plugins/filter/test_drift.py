"""The filter that makes a report of what the role registered on each host."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.ocamba.hood.plugins.filter.drift_report import FilterModule

TIME = "2026-03-04 05:06:07"
SUMMARY = {"created": 0, "updated": 0, "unchanged": 0, "deactivated": 0, "failed": 0}
SAME: dict[str, Any] = {"changed": False, "summary": SUMMARY, "integrations": [], "unmanaged": []}
HOSTVARS: dict[str, dict[str, Any]] = {
    "acme": {"ocamba_result": SAME},
    "beta": {"ocamba_result": "not a result"},
    "gamma": {},
}

drift_report = FilterModule().filters()["drift_report"]


def test_a_host_without_a_result_was_not_compared() -> None:
    report = drift_report(list(HOSTVARS), HOSTVARS, TIME)
    states = {one["name"]: one["state"] for one in report["accounts"]}
    assert states["acme"] == "same"
    assert states["beta"] == states["gamma"] != "same"


def test_a_result_of_an_earlier_play_does_not_count() -> None:
    report = drift_report(["acme"], HOSTVARS, TIME, "report", [])
    (account,) = report["accounts"]
    assert account["state"] != "same"


@pytest.mark.parametrize(
    ("hosts", "hostvars"), [("acme", HOSTVARS), (None, HOSTVARS), (["acme"], None), (["acme"], [])]
)
def test_what_it_must_be_given(hosts: Any, hostvars: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="must be given a list of hosts, and hostvars"):
        drift_report(hosts, hostvars, TIME)


def test_what_unmanaged_may_be() -> None:
    with pytest.raises(AnsibleFilterError, match="unmanaged must be report or fail"):
        drift_report(["acme"], HOSTVARS, TIME, "deactivate")
