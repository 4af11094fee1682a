"""Which plan was approved for a host."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.plan_id import is_plan_id
from ansible_collections.ocamba.hood.plugins.module_utils.reports.approval import expected_plan


@pytest.mark.parametrize("plans", [{}, ["acme"], "no json", {"beta": "short"}, {"acme": "0" * 32}, {"beta": None}])
def test_where_nothing_was_approved_the_id_is_none_that_a_module_takes(plans: Any) -> None:
    found = expected_plan(plans, "beta")
    assert found["mistakes"]
    assert found["plan_id"].strip()
    assert not is_plan_id(found["plan_id"])


@pytest.mark.parametrize("plans", [None, "", " "])
def test_where_no_approval_is_needed_there_is_no_id(plans: Any) -> None:
    assert expected_plan(plans, "beta") == {"plan_id": "", "mistakes": []}
