"""The drift report: the same findings in every form, whatever the account's names and values are made of."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ocamba.hood.plugins.module_utils.api.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import Connection
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile import steps
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.engine import Report
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.outcomes import predict
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.plan import make_plan
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Policy
from ansible_collections.ocamba.hood.plugins.module_utils.redaction import visible
from ansible_collections.ocamba.hood.plugins.module_utils.reports.drift import (
    NO_RESULT,
    NOT_COMPARED,
    make_report,
)
from ansible_collections.ocamba.hood.plugins.module_utils.task import results
from tests.support.reports import (
    TEMPLATES,
    check_html,
    findings_of_junit,
    findings_of_page,
    findings_of_report,
    read_html,
    rendered,
)
from tests.support.strategies import LIVE, Server, declared, fast, scenes

TIME = "2026-11-24T05:00:00Z"
HOSTILE = (
    "<script>alert(1)</script>",
    "\" ' & &amp; ]]> <!-- --> {{ 1 }} {% x %}",
    "\u202egnol\u202c \u200f\u2066",
    "two\nlines\r\n\ttab\x00\x1b[31m\x85\u2028",
    "\ud800 \ufffe \U000e0041",
    " space ",
    "",
    "(not set)",
)

# A key stands before a colon in the JUnit XML.
keys = (st.sampled_from(HOSTILE) | st.text(max_size=12)).map(lambda text: text.replace(":", ""))
texts = st.sampled_from(HOSTILE) | st.text(max_size=12)


def described(name: str, action: str, **more: Any) -> dict[str, Any]:
    """An integration of a result of ocamba_integrations."""
    blank = {"id": "1", "provider": "mitto", "changed_fields": [], "secrets_written": [], "secrets_compared": True}
    return {"name": name, "action": action, "error": None, **blank, **more}


@st.composite
def account_results(draw: st.DrawFn) -> dict[str, Any]:
    """What may be registered for an account, all of its texts hostile."""
    if draw(st.sampled_from([False, False, True])):
        return {"failed": True, "msg": draw(texts)}
    integrations, diffs = [], []
    for index, action in enumerate(draw(st.lists(st.sampled_from(steps.ACTIONS), max_size=3))):
        is_write = action in (steps.CREATED, steps.UPDATED, steps.DEACTIVATED)
        name = f"{index} {draw(texts)}"
        fields = {f"settings.{key}": draw(texts) for key in draw(st.lists(keys, max_size=2, unique_by=visible))}
        integrations.append(
            described(
                name,
                action,
                changed_fields=[*fields, "settings.secret"] if is_write else [],
                secrets_written=["secret"] if is_write else [],
                secrets_compared=draw(st.booleans()),
                error=draw(texts) if action == steps.FAILED else None,
            )
        )
        if is_write:
            diffs.append({"before": {key: draw(texts) for key in fields if draw(st.booleans())}, "after": fields})
    unmanaged = [{"id": str(100 + index), "name": name} for index, name in enumerate(draw(st.lists(texts, max_size=2)))]
    warnings = draw(st.lists(texts, max_size=2))
    return {"integrations": integrations, "diff": diffs, "unmanaged": unmanaged, "warnings": warnings}


reports = st.builds(
    lambda accounts, fail: make_report(accounts, TIME, fail),
    st.lists(st.tuples(texts, account_results()), max_size=3, unique_by=lambda one: visible(one[0])).map(dict),
    st.booleans(),
)


@given(texts)
def test_every_character_of_a_report_can_be_seen(text: str) -> None:
    assert visible(text).isprintable()
    assert visible(visible(text)) == visible(text)
    assert not text.isprintable() or visible(text) == text
    assert visible(text).encode("unicode_escape").isascii()


@fast
@given(reports)
def test_the_page_is_safe_and_sane_and_says_what_the_report_says(report: dict[str, Any]) -> None:
    page = rendered("drift.html.j2", report)
    check_html(page)
    text = read_html(page).text
    assert report["message"] in text
    for account in report["accounts"]:
        assert all(error in text for error in account["errors"])
        assert all(warning in text for warning in account["warnings"])
        assert all(one["name"] in text for one in account["unmanaged"])


@fast
@given(reports)
def test_page_json_and_junit_xml_agree(report: dict[str, Any]) -> None:
    findings = findings_of_report(json.loads(json.dumps(report)))
    assert findings_of_page(rendered("drift.html.j2", report)) == findings
    junit = rendered("drift.xml.j2", report)
    reported = findings_of_junit(junit)
    assert {name: state for name, (state, _changes) in reported.items()} == {
        name: state for name, (state, _changes) in findings.items()
    }
    assert [list(changes) for _state, changes in reported.values()] == [
        list(changes) for _state, changes in findings.values()
    ]
    is_bad = [case for case in ET.fromstring(junit.encode()).iter("testcase") if len(case)]
    assert report["ok"] is (bool(report["accounts"]) and not is_bad)


@fast
@given(scenes(), st.sampled_from(["clear", "masked", "masked with a tail"]))
def test_it_tells_what_the_plan_would_write_and_no_secret(scene: Any, visibility: str) -> None:
    account, entries = scene
    current = Server(account, visibility).shown()
    planned = make_plan(declared(*entries), current, Policy(unmanaged="report"), LIVE)
    client = HoodClient.open(Connection("token", "https://localhost"))
    comparison = Report(planned, predict(planned), client, check_mode=True)
    result = {**results.plural(comparison), "diff": results.diffs(comparison)}
    if comparison.failures:
        result.update(failed=True, msg="\n".join(comparison.failures))
    report = make_report({"acme": result}, TIME)
    (reported,) = report["accounts"]
    assert (reported["state"] == "failed") is bool(planned.mistakes)
    for one, step in zip(reported["integrations"], planned.steps):
        if one["state"] != "failed":
            assert one["state"] == ("differs" if step.is_write else "same")
            assert [change["field"] for change in one["changes"]] == list(step.changed_fields)
            assert all(change["before"] != change["after"] for change in one["changes"] if not change["secret"])
    for form in (json.dumps(report, ensure_ascii=False), rendered("drift.html.j2", report)):
        assert "CANARY" not in form


def test_a_secret_that_only_goes_along_is_no_difference() -> None:
    one = described("Mitto", "updated", changed_fields=["settings.api_key"], secrets_written=["api_key", "other"])
    (account,) = make_report({"acme": {"integrations": [one], "diff": [{}]}}, TIME)["accounts"]
    (reported,) = account["integrations"]
    assert reported["changes"] == [
        {"field": "settings.api_key", "secret": True, "before": "(secret)", "after": "(secret, would be written)"}
    ]
    assert reported["secrets_sent_along"] == ["other"]


def test_the_order_of_the_accounts_does_not_matter() -> None:
    accounts = {name: {"integrations": [described("Mitto", "unchanged")]} for name in "bca"}
    assert make_report(accounts, TIME) == make_report(dict(sorted(accounts.items())), TIME)
    assert [account["name"] for account in make_report(accounts, TIME)["accounts"]] == ["a", "b", "c"]


GOOD = {"integrations": [described("Mitto", "unchanged")], "unmanaged": [{"id": "7", "name": "Old"}]}
BAD = {"integrations": [described("Mitto", "updated", changed_fields=["status"])], "diff": [{}]}
REFUSED = {"failed": True, "msg": "Hood answered 401"}


@pytest.mark.parametrize(
    ("accounts", "fail", "message"),
    [
        ({}, False, "no account was compared"),
        ({"a": GOOD}, False, "1 account is as declared (1 integration, 1 not declared)"),
        ({"a": GOOD, "b": {"integrations": []}}, True, "1 of 2 accounts differs: a (1 not declared)"),
        ({"a": BAD, "b": GOOD, "c": BAD}, False, "2 of 3 accounts differ: a (1 integration), c (1 integration)"),
        ({"a": BAD, "b": REFUSED}, False, "1 of 2 accounts differs: a (1 integration); 1 of 2 accounts could not"),
        ({f"{number:02}": REFUSED for number in range(12)}, False, "08, 09, and 2 more"),
    ],
)
def test_the_message(accounts: dict[str, Any], fail: bool, message: str) -> None:
    report = make_report(accounts, TIME, fail)
    assert message in report["message"]
    assert report["ok"] is (accounts == {"a": GOOD} and not fail)


@pytest.mark.parametrize(
    ("result", "errors"),
    [
        (None, [NOT_COMPARED]),
        ({}, [NOT_COMPARED]),
        ({"skipped": True}, [NOT_COMPARED]),
        *(({"integrations": wrong}, [NOT_COMPARED]) for wrong in (None, "text", ["text"], {"name": "Mitto"})),
        ({"failed": True, "msg": "2 things are wrong:\n- one\n- two", "reason_code": "invalid"}, ["one", "two"]),
        ({"failed": True, "msg": "one:\n- two\nthree", "reason_code": "refused"}, ["one:", "- two", "three"]),
        ({"failed": True, "msg": "", "reason_code": "unreachable"}, ["unreachable"]),
        ({"unreachable": True, "msg": "CANARY"}, [NO_RESULT]),
        # What core says where it could not even run the module may quote a secret.
        ({"failed": True, "msg": "undefined variable. {'a': 'CANARY'}"}, [NO_RESULT]),
        ({"failed": True, "msg": "[{'auth_token': 'CANARY'}]: 'vault_b' is undefined."}, [NO_RESULT]),
    ],
)
def test_an_account_that_could_not_be_compared_says_why(result: Any, errors: list[str]) -> None:
    (account,) = make_report({"acme": result}, TIME)["accounts"]
    assert (account["state"], account["errors"]) == ("failed", errors)


def test_what_would_be_deactivated_is_not_reported_twice() -> None:
    result = {
        "integrations": [described("Old", "deactivated", id="7", changed_fields=["status"])],
        "diff": [{"before": {"status": "active"}, "after": {"status": "inactive"}}],
        "unmanaged": [{"id": "7", "name": "Old"}, {"id": "8", "name": "Kept"}],
    }
    (account,) = make_report({"acme": result}, TIME)["accounts"]
    assert [one["name"] for one in account["unmanaged"]] == ["Kept"]
    assert account["integrations"][0]["changes"] == [
        {"field": "status", "secret": False, "before": "active", "after": "inactive"}
    ]


@pytest.mark.parametrize("name", ["drift.html.j2", "drift.xml.j2"])
def test_every_value_in_a_template_is_escaped(name: str) -> None:
    values = re.findall(r"{{(.*?)}}", (TEMPLATES / name).read_text(encoding="utf-8"), re.DOTALL)
    assert len(values) > 15
    assert not [value for value in values if not value.endswith("| e ")]
