"""What is made of answers that the emulator does not give."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis import checks
from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis.answers import Facts, Seen
from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis.finding import Finding

MITTO = {"id": "1", "name": "mitto", "type": "sms"}
TELEGRAM = {"id": "2", "name": "telegram", "type": "telegram"}


def a_list(*items: Any, total: Any = None, headers: dict[str, str] | None = None) -> Seen:
    body = {"total": len(items) if total is None else total, "items": list(items)}
    return Seen("GET /integrations", 200, headers or {}, body)


def item(
    number: int, provider: dict[str, str] | None = None, name: str | None = None, **settings: Any
) -> dict[str, Any]:
    return {"id": str(number), "name": name or f"name {number}", "provider": provider or MITTO, "settings": settings}


def found(topic: str, facts: Facts) -> Finding:
    return next(one for one in checks.judge(facts) if one.topic == topic)


def of_items(*items: Any) -> Facts:
    first = a_list(*items)
    return Facts(1000, large=first, first=first, answers=[first])


@pytest.mark.parametrize(
    ("windows", "verdict"),
    [
        ([("10", "1"), ("10", "1")], "second"),
        ([("10", "0")], "second"),
        ([("150", "1")], "minute"),
        ([("150", "59")], "minute"),
        ([("300", "1"), ("300", "60")], "minute"),
        ([("20", "1"), ("20", "0")], "second"),
        ([("20", "1"), ("20", "2")], "minute"),
        ([("10", "61")], "other"),
        ([("10", "1764000000")], "other"),
        ([("10", "1"), (None, None)], "second"),
        ([("many", "1")], "none"),
        ([("10", "-1")], "none"),
        ([("10", "Tue, 24 Nov 2026 03:00:00 GMT")], "none"),
    ],
)
def test_the_window_is_reported_by_what_is_left_of_it(windows: list[tuple[Any, Any]], verdict: str) -> None:
    answers = [
        a_list(headers={} if limit is None else {"X-RateLimit-Limit": limit, "X-RateLimit-Reset": reset})
        for limit, reset in windows
    ]
    assert found("limits", Facts(1000, first=answers[0], answers=answers)).verdict == verdict


@pytest.mark.parametrize(
    ("items", "verdict"),
    [
        ([item(1, api_key="k-1"), item(2, api_key="****")], "mixed"),
        ([item(1, api_key="****"), item(2, api_key="****abcd")], "masked_tail"),
        ([item(1, api_key="****"), item(2), item(3, api_key=None), item(4, api_key="")], "masked"),
        ([item(1, api_key=None), item(2)], "null"),
        ([item(1), item(2, sender_name="x")], "absent"),
        ([item(1, api_key="")], "unknown"),
        ([item(1, api_key=""), item(2, api_key=""), item(3)], "empty"),
        ([item(1, {"id": "3", "name": "viber"}, access_key="x")], "unknown"),
        ([item(1, api_key="same"), item(2, api_key="same")], "clear"),
        ([item(1, api_key="hidden"), item(2, TELEGRAM, auth_token="hidden")], "placeholder"),
        ([item(1, api_key="one"), item(2, TELEGRAM, auth_token="other")], "clear"),
    ],
)
def test_how_secrets_are_shown(items: list[dict[str, Any]], verdict: str) -> None:
    assert found("secrets", of_items(*items)).verdict == verdict


@pytest.mark.parametrize(
    ("names", "verdicts"),
    [
        ([], ("misses", "misses")),
        (["b"], ("misses", "misses")),
        (["a"], ("works", "works")),
        (["a", "a"], ("works", "works")),
        (["ab", "a"], ("loose", "works")),
    ],
)
def test_a_search_is_judged_by_what_it_finds(names: list[str], verdicts: tuple[str, str]) -> None:
    facts = of_items(item(1, name="a"), item(2, name="ab"))
    facts.name, one = "a", a_list(*(item(number, name=name) for number, name in enumerate(names)))
    facts.filter_none = facts.search_none = a_list()
    facts.filter_one = facts.search_one = one
    assert (found("name_filter", facts).verdict, found("name_search", facts).verdict) == verdicts


def test_a_name_that_several_have_is_counted_and_not_reported() -> None:
    reported = found("duplicate_names", of_items(item(1, name="secret plan"), item(2, name="secret plan"), item(3)))
    assert (reported.verdict, reported.answer) == ("exist", "Yes, 1 name.")
    assert "secret plan" not in str(reported)


def test_phone_numbers_and_empty_settings_can_be_shown_in_two_ways() -> None:
    twilio = {"id": "4", "name": "twilio"}
    numbers = ("+14155552671", "14155552671", "0800 FLOWERS")
    shown = [item(number, twilio, default_phone_number=value) for number, value in enumerate(numbers, 5)]
    facts = of_items(*shown, item(3, sender_name=""), item(4, sender_name=None))
    assert (found("phone_plus", facts).verdict, found("empty_settings", facts).verdict) == ("mixed", "mixed")
    assert found("phone_plus", facts).evidence == ("1 of 2 with it",)


def test_settings_that_nothing_shows_are_reported() -> None:
    bare = {"id": "1", "name": "a", "provider": MITTO}
    facts = of_items(bare)
    facts.default = a_list(bare)
    facts.singles = [Seen("GET /integrations/{id}", 200, body=bare)]
    assert found("list_view", facts).verdict == "never"
    assert found("secrets", facts).verdict == "unknown"
    facts.singles = [Seen("GET /integrations/{id}", 200, body={**bare, "settings": []})]
    assert found("list_view", facts).verdict == "by_id_only"


@pytest.mark.parametrize(
    ("size", "total", "verdict", "consequence"),
    [
        (1000, 2500, "granted", "1,000 a page: 3 requests for 2,500 integrations"),
        (100, 101, "clamped", "100 a page: 2 requests for 101 integrations"),
        (100, 100, "unknown", "1 request for 100 integrations"),
        (1000, 1000, "granted", "1 request for 1,000 integrations"),
    ],
)
def test_what_a_page_holds_tells_how_many_are_needed(size: int, total: int, verdict: str, consequence: str) -> None:
    first = a_list(*(item(number) for number in range(size)), total=total)
    reported = found("large_page", Facts(1000, large=first, first=first))
    assert reported.verdict == verdict
    assert consequence in reported.consequence


def test_the_second_page_may_repeat_a_few() -> None:
    facts = of_items(item(1), item(2))
    facts.second = a_list(item(2), item(3), total=4)
    assert found("paging", facts).answer == "Yes, but 1 of its integrations stood on the first as well."


@pytest.mark.parametrize(
    ("name", "verdict"), [("mitto", "plain"), ("mitto_sms", "schema"), ("Mitto SMS", "other"), ("viber", "unknown")]
)
def test_how_providers_are_named(name: str, verdict: str) -> None:
    facts = Facts(1000, provider_pages=[a_list({"id": "1", "name": name, "type": "sms", "settings": []})])
    assert found("provider_names", facts).verdict == verdict


def test_providers_of_another_type_or_taken_for_the_same_are_reported() -> None:
    email = {"id": "1", "name": "twilio", "type": "email", "settings": [{"name": "x"}]}
    same = [{"id": str(number), "name": "mitto", "type": "sms", "settings": []} for number in (2, 3)]
    reported = found("providers", Facts(1000, provider_pages=[a_list(email, *same, total=9)])).evidence
    assert reported == (
        "twilio is not of type sms; settings: x",
        "mitto is not described: no settings are shown for it",
        "mitto is not described: no settings are shown for it",
        "2 providers are taken for mitto: declare provider_id",
        "only 3 of 9 were read",
    )


@pytest.mark.parametrize("total", [True, None, -1, 1.5, "1.5", "", [], 10**9, "9" * 400])
def test_a_total_that_is_none_makes_no_list(total: Any) -> None:
    first = Seen("GET /integrations", 200, body={"total": total, "items": [item(1)]})
    reported = found("api", Facts(1000, large=first, first=first))
    assert (reported.verdict, reported.is_problem) == ("other", True)
    assert "the answer is not a list with its total" in reported.answer


def test_no_word_of_an_account_makes_a_line_too_long() -> None:
    provider = {"id": "1", "name": "x" * 99, "settings": [{"name": "-".join(["key"] * 24), "required": True}]}
    reported = checks.report(checks.judge(Facts(1000, provider_pages=[a_list(provider)])), "0.1.0", 1, 0)
    assert "x" * 50 in reported
    assert max(map(len, reported.splitlines())) <= checks.WIDTH


def test_a_report_of_nothing_still_says_so() -> None:
    reported = checks.judge(Facts(1000))
    assert {one.verdict for one in reported if not one.is_problem} == {"unknown"}
    assert "it was not asked" in checks.report(reported, "0.1.0", 0, 0)
