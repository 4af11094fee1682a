"""What is found about an account is what its emulator was set to be, and looking at it leaves no trace."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.ocamba.hood.plugins.module_utils import errors
from ansible_collections.ocamba.hood.plugins.module_utils.api.bodies import Answer
from ansible_collections.ocamba.hood.plugins.module_utils.api.client import HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import Connection
from ansible_collections.ocamba.hood.plugins.module_utils.api.pacer import Pacer
from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis import checks, probes
from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis.finding import Finding
from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis.probes import Examination
from ansible_collections.ocamba.hood.plugins.module_utils.errors import HoodError, NotSent
from ansible_collections.ocamba.hood.plugins.modules import ocamba_account_info
from tests.emulator.accounts import Account
from tests.emulator.catalog import BUILT_IN, Setting
from tests.emulator.faults import Fault
from tests.emulator.limits import Limits
from tests.emulator.seed import fill
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.resilience.test_hostile import items, json_values, odd, provider_items
from tests.resilience.test_modules import Called
from tests.support import leaks
from tests.support.runs import TOKEN, Runner

COUNT = 121
SECRETS = {
    "clear": "clear",
    "masked": "masked",
    "masked_x": "masked",
    "masked_tail": "masked_tail",
    "null": "null",
    "empty": "empty",
    "absent": "absent",
}


def account_of(hood: Emulator, **options: Any) -> Account:
    """An account of many integrations, whose names and values could not stand in a report by chance."""
    account = hood.account(TOKEN, **{"limits": Limits.off(), **options})
    account.add("name-0", "mitto", {"api_key": "secret-of-name-0", "sender_name": ""})
    fill(account, COUNT - 1)
    for number, one in enumerate(account.integrations):
        account.edit(one.id, name=f"name-{number} {one.name}")
    return account


def examine(hood: Emulator) -> Examination:
    return probes.examine(Runner(hood.url, []).client(), learn=lambda _secrets: None, clean=str)


def verdicts(examination: Examination) -> dict[str, str]:
    return {found.topic: found.verdict for found in examination.findings}


def of_topic(examination: Examination, topic: str) -> Finding:
    return next(found for found in examination.findings if found.topic == topic)


def expected(variants: Variants) -> dict[str, set[str]]:
    """What is to be found of an account of these variants, as account_of fills it."""
    truth = {
        "api": "answers",
        "token": "good",
        "limits": "none",
        "readable": "yes",
        "providers": "differ",
        "provider_names": variants.provider_names,
        "provider_view": "needed" if variants.view_full_needed else "not_needed",
        "secrets": SECRETS[variants.secrets],
        "list_view": "needed" if variants.view_full_needed else "not_needed",
        "large_page": {"clamp": "clamped", "refuse": "refused"}[variants.page_over_cap],
        "default_page": str(min(variants.page_default, variants.page_cap)),
        "paging": "follows",
        "total": variants.total,
        "name_filter": "works" if variants.name_search else "ignored",
        "name_search": "works" if variants.name_search else "ignored",
        "duplicate_names": "none_seen",
        "inactive": "shown",
        "by_id": "same",
        "single": variants.single,
        "phone_plus": {"keep": "with", "strip": "without"}[variants.phone_plus],
        "empty_settings": {"keep": "empty", "null": "null", "absent": "unknown"}[variants.empty_settings],
        "effective_status": "same" if variants.effective_status == "same" else "differs",
        "unknown_id": str(variants.unknown_id),
        "errors": variants.errors,
    }
    if not variants.settings_in_list:
        truth["list_view"] = "by_id_only"
    found = {topic: {verdict} for topic, verdict in truth.items()}
    if not variants.settings_in_list:
        # Only some are read by id, and they need not have such a setting.
        found["phone_plus"].add("unknown")
        found["empty_settings"].add("unknown")
    return found


def assert_harmless(hood: Emulator, account: Account, examination: Examination) -> None:
    """Only readings were sent, and nothing of the account is reported."""
    assert {call.method for call in hood.log} == {"GET"}
    reported = json.dumps([examination.report, [vars(found) for found in examination.findings]], ensure_ascii=False)
    values = {value for one in account.integrations for value in one.settings.values() if len(value.strip("*")) > 4}
    for one in account.integrations:
        assert one.name not in reported
        assert one.id not in reported
    assert not leaks.find(reported, [*values, TOKEN, account.company_id])
    assert all(len(line) <= checks.WIDTH for line in examination.report.splitlines())


@pytest.mark.parametrize("variants", Variants.matrix(), ids=Variants.label)
def test_every_variant_is_reported_rightly(hood: Emulator, variants: Variants) -> None:
    account = account_of(hood, variants=variants)
    examination = examine(hood)
    reported, truth = verdicts(examination), expected(variants)
    assert set(reported) == set(truth)
    assert {topic: verdict for topic, verdict in reported.items() if verdict not in truth[topic]} == {}
    assert not examination.problems
    assert len(list(hood.log)) == examination.api["requests"] <= 17
    assert_harmless(hood, account, examination)
    refused = 100 if variants.page_cap >= 100 else variants.page_default
    size = min(variants.page_cap, 1000 if variants.page_over_cap == "clamp" else refused)
    assert f"{size} a page: {-(-COUNT // size)} requests" in of_topic(examination, "large_page").consequence


@pytest.mark.parametrize("headers", ["second", "minute", "none"])
def test_the_window_of_the_limit_headers_is_reported(hood: Emulator, headers: Any) -> None:
    account_of(hood, limits=Limits(headers=headers))
    found = of_topic(examine(hood), "limits")
    assert found.verdict == headers
    limit = {"second": "Limit 10", "minute": "Limit 150", "none": "on 0 of"}[headers]
    assert limit in " ".join(found.evidence)


def test_a_small_account_takes_twelve_requests(hood: Emulator) -> None:
    account = hood.account(TOKEN)
    account.add("Twilio EU", "twilio", {"auth_token": "s"})
    examination = examine(hood)
    assert examination.api["requests"] == 12
    assert verdicts(examination)["providers"] == "as_known"
    assert "all 1 came in one page" in of_topic(examination, "large_page").answer


def test_an_empty_account_leaves_open_what_only_integrations_show(hood: Emulator) -> None:
    examination = examine(hood)
    reported = verdicts(examination)
    unknown = {topic for topic, verdict in reported.items() if verdict == "unknown"}
    integrations = "large_page default_page paging list_view name_filter name_search duplicate_names secrets single"
    settings_of_them = "phone_plus empty_settings effective_status inactive by_id"
    assert unknown == {*integrations.split(), *settings_of_them.split()}
    assert "because the account has no integrations" in of_topic(examination, "secrets").answer
    assert examination.problems == []
    assert reported["providers"] == "as_known"
    assert reported["unknown_id"] == "404"


@pytest.mark.parametrize(
    ("variants", "status", "verdict"),
    [
        ({}, "inactive", "shown"),
        ({}, "active", "unknown"),
        ({"inactive_in_list": False}, "inactive", "hidden"),
        ({"inactive_in_list": False}, "active", "unknown"),
        ({"inactive_in_list": False, "status_filter": "refused"}, "inactive", "refused"),
        ({"inactive_in_list": False, "status_filter": "ignored"}, "inactive", "ignored"),
        ({"status_filter": "refused"}, "active", "refused"),
        ({"status_filter": "ignored"}, "active", "ignored"),
        ({"status_filter": "refused"}, "inactive", "shown"),
    ],
)
def test_a_list_that_hides_inactive_ones_is_reported(
    hood: Emulator, variants: dict[str, Any], status: str, verdict: str
) -> None:
    account = hood.account(TOKEN, variants=Variants(**variants), limits=Limits.off())
    for number in range(5):
        one = account.add(f"name-{number}", "mitto", {"api_key": f"secret-of-{number}"})
        account.edit(one.id, status=status if number < 2 else "active", name=f"name-{number} {one.id}")
    examination = examine(hood)
    found = of_topic(examination, "inactive")
    assert (found.verdict, found.is_problem) == (verdict, False)
    assert ("2 more" in found.answer) is (verdict == "hidden")
    assert examination.api["requests"] <= 12
    assert_harmless(hood, account, examination)


@pytest.mark.parametrize("change", [{"name": "name-of-now"}, {"status": "inactive"}, {}])
@pytest.mark.parametrize("lag", [0, 1000])
def test_a_list_that_shows_less_than_a_reading_by_id_is_reported(
    hood: Emulator, change: dict[str, str], lag: int
) -> None:
    account = hood.account(TOKEN, variants=Variants(update_lag=lag), limits=Limits.off())
    one = account.add("name-of-before", "mitto", {"api_key": "secret-of-one"})
    if change:
        account.update(one.id, change)
    examination = examine(hood)
    found = of_topic(examination, "by_id")
    assert found.verdict == ("differs" if lag and change else "same")
    assert all(name in found.answer for name in change if lag)
    assert_harmless(hood, account, examination)


@pytest.mark.parametrize(("access", "verdict", "requests"), [("expired", "refused", 1), ("forbidden", "forbidden", 2)])
def test_why_a_token_is_refused_is_reported(hood: Emulator, access: Any, verdict: str, requests: int) -> None:
    account = account_of(hood, access=access)
    examination = examine(hood)
    found = of_topic(examination, "token")
    assert (found.verdict, found.is_problem) == (verdict, True)
    assert len(list(hood.log)) == requests
    assert examination.problems == [f"{found.answer} {found.consequence}"]
    assert "personal API key" in found.consequence or "rights" in found.consequence
    assert verdicts(examination)["secrets"] == "unknown"
    assert examination.report.count("Could not be determined, because the integrations could not be listed.") == 1
    assert_harmless(hood, account, examination)


@pytest.mark.parametrize(
    ("access", "fault", "reason_code"),
    [
        ("expired", None, errors.TOKEN_REFUSED),
        ("forbidden", None, errors.REFUSED),
        ("granted", {"kind": "reset"}, errors.UNREACHABLE),
        ("granted", {"kind": "reset", "nth": 3}, errors.UNREACHABLE),
        ("granted", {"kind": "status", "status": 500}, errors.REFUSED),
        ("granted", {"kind": "status", "status": 429, "headers": {"Retry-After": "3600"}}, errors.LIMITED),
        ("granted", {"kind": "html"}, errors.MALFORMED_ANSWER),
        ("granted", {"kind": "status", "status": 403, "path": "/providers"}, errors.REFUSED),
        ("granted", {"kind": "status", "status": 404, "path": "/providers"}, errors.REFUSED),
        ("granted", None, None),
    ],
)
def test_a_playbook_can_decide_by_the_kind_of_failure(
    hood: Emulator, access: Any, fault: dict[str, Any] | None, reason_code: str | None
) -> None:
    account_of(hood, access=access)
    if fault:
        hood.faults.add(**{"nth": 1, **fault}, times=None)
    examination = examine(hood)
    assert examination.outcome.reason_code == reason_code
    reasons = {found["reason_code"] for found in examination.result["findings"] if found["is_problem"]}
    assert reasons == ({reason_code} if reason_code else set())


def test_a_token_that_may_not_list_providers_is_reported(hood: Emulator) -> None:
    account_of(hood)
    hood.faults.add(kind="status", status=403, path="/providers", times=None)
    examination = examine(hood)
    assert "may not list providers" in of_topic(examination, "token").answer
    assert verdicts(examination)["secrets"] == "masked"
    assert len(examination.problems) == 1


def test_providers_are_set_beside_the_registry(hood: Emulator) -> None:
    account = account_of(hood)
    account.remove_provider("sendgrid")
    account.add_setting("mitto", Setting("route", required=True))
    account.add_setting("mailgun", Setting("domain", deprecated=True))
    account.add_setting("telegram", Setting("silent", type="boolean"))
    lacking = next(one for one in BUILT_IN if one.name == "mandrill")
    account.add_provider(type(lacking)(lacking.id, lacking.name, lacking.type, lacking.settings[:-1]))
    found = of_topic(examine(hood), "providers")
    assert found.verdict == "differ"
    assert [line for line in found.evidence if "twilio" not in line] == [
        "mitto has the new setting route",
        "mandrill lacks the setting smtp_username",
        "mailgun deprecates the setting domain",
        "telegram has the new setting silent",
        "viber is not known; settings: access_key, service_name",
        "1 setting described as of type boolean",
        "not in this account: sendgrid",
        "mitto requires route",
        "viber requires access_key",
    ]
    assert "twilio requires account_sid, auth_token, default_phone_number" in found.evidence
    assert found.answer == "7 providers; 7 differences."


@pytest.mark.parametrize("status", [400, 403, 404, 422, 500])
@pytest.mark.parametrize(
    ("topic", "matching", "verdict"),
    [
        ("large_page", {"path": "/integrations", "query": "*page=1%2C1000*"}, None),
        ("default_page", {"path": "/integrations", "query": ""}, "unknown"),
        ("paging", {"path": "/integrations", "query": "page=2*"}, "unknown"),
        ("single", {"path": "/integrations/[!0]*"}, "other"),
        ("unknown_id", {"path": "/integrations/0"}, None),
        ("name_filter", {"path": "/integrations", "query": "name=*"}, "refused"),
        ("name_search", {"path": "/integrations", "query": "q=*"}, "refused"),
        ("provider_view", {"path": "/providers", "query": ""}, "unknown"),
    ],
)
def test_a_refused_probe_is_an_answer(
    hood: Emulator, status: int, topic: str, matching: dict[str, str], verdict: str | None
) -> None:
    account = account_of(hood)
    fault = hood.faults.add(kind="status", status=status, times=None, **matching)
    examination = examine(hood)
    assert not hood.faults.unused(), fault
    found = of_topic(examination, topic)
    if topic == "large_page":
        verdict = "refused" if status in (400, 422) else "unknown"
        assert bool(examination.problems) is (status not in (400, 422))
    else:
        assert not examination.problems
    assert found.verdict == (verdict or str(status))
    assert str(status) in f"{found.answer} {found.evidence} {examination.problems}"
    assert_harmless(hood, account, examination)


@pytest.mark.parametrize("nth", [1, 2, 3, 6, 9])
def test_where_no_answer_comes_nothing_more_is_asked(hood: Emulator, nth: int) -> None:
    account = account_of(hood)
    hood.faults.add(kind="reset", nth=nth, times=None)
    examination = examine(hood)
    api = of_topic(examination, "api")
    assert api.verdict == ("unreachable" if nth == 1 else "breaks")
    assert "broke before the answer was complete" in examination.problems[0]
    assert len(list(hood.log)) == nth - 1 + 4
    assert_harmless(hood, account, examination)


@pytest.mark.parametrize(
    ("fault", "topic", "verdict"),
    [
        ({"kind": "html"}, "api", "other"),
        ({"kind": "redirect", "location": "/elsewhere"}, "api", "other"),
        ({"kind": "status", "status": 404}, "api", "other"),
        ({"kind": "status", "status": 503}, "api", "failing"),
        ({"kind": "huge", "megabytes": 20}, "api", "other"),
        ({"kind": "html", "path": "/providers"}, "providers", "unknown"),
        ({"kind": "status", "path": "/providers"}, "providers", "unknown"),
        ({"kind": "repeat_page", "query": "page=2*"}, "paging", "repeats"),
        ({"kind": "edit", "query": "page=2*", "body": {"items": []}}, "paging", "ends"),
        ({"kind": "edit", "query": "page=1*", "remove": ("items.0.id",)}, "readable", "no"),
        ({"kind": "edit", "path": "/providers", "remove": ("items.0.name",)}, "readable", "no"),
        ({"kind": "edit", "path": "/integrations", "query": "", "body": {"total": 20}}, "total", "inconsistent"),
    ],
    ids=str,
)
def test_what_keeps_the_collection_from_working_is_a_problem(
    hood: Emulator, fault: dict[str, Any], topic: str, verdict: str
) -> None:
    account = account_of(hood)
    hood.faults.add(**{"method": "GET", "times": None, **fault})
    examination = examine(hood)
    found = of_topic(examination, topic)
    assert (found.verdict, found.is_problem) == (verdict, True)
    assert f"{found.answer} {found.consequence}" in examination.problems
    assert f"! {found.question} [{verdict}]" in examination.report
    assert_harmless(hood, account, examination)


def test_passing_failures_are_repeated_as_in_any_run(hood: Emulator) -> None:
    account_of(hood)
    hood.faults.add(Fault.limited("1"))
    hood.faults.add(kind="status", status=503, nth=3)
    examination = examine(hood)
    assert examination.api["retries"] == 2
    assert examination.api["waited"] > 0
    assert "repetitions among them: 2." in examination.report
    assert not examination.problems


@pytest.mark.parametrize("name", ["a,b", "in:a,b", "ü", "x" * 90, "0"])
def test_odd_names_alone_are_searched_for_as_well(hood: Emulator, name: str) -> None:
    hood.account(TOKEN).add(name, "twilio", {"auth_token": "s"})
    assert verdicts(examine(hood))["name_filter"] == "works"


def test_names_are_only_sent_where_they_can_be_searched(hood: Emulator) -> None:
    account = account_of(hood, variants=Variants(name_search=False))
    examination = examine(hood)
    assert examination.api["requests"] == 9
    names = {one.name for one in account.integrations}
    assert not [call for call in hood.log for value in call.query.values() if value.removeprefix("eq:") in names]


def test_every_question_stands_in_the_report_once(hood: Emulator) -> None:
    examination = examine(hood)
    topics = [found.topic for found in examination.findings]
    assert len(topics) == len(set(topics)) == len(checks.QUESTIONS)
    for found in examination.findings:
        assert examination.report.count(f"{found.question} [{found.verdict}]") == 1


def test_the_module_returns_and_fails(hood: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    call = Called(capsys, hood.url)
    account = account_of(hood, variants=Variants(secrets="clear"))
    for check in (False, True):
        result = call(ocamba_account_info, check=check)
        assert (result["changed"], result["usable"]) == (False, True)
        assert result["api"]["requests"] == 11
        assert result["report"].startswith("Check of an Ocamba Hood account")
    account.access = "expired"
    result = call(ocamba_account_info)
    assert result["failed"]
    assert result["msg"].startswith("No: Hood answers 401.")
    assert (result["usable"], result["api"]["requests"]) == (False, 1)
    assert "[refused]" in result["report"]
    assert "api_url: must be https" in call(ocamba_account_info, api_url="http://hood.example.com")["msg"]


def test_a_secret_in_the_name_of_a_provider_is_taken_out(hood: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    account = hood.account(TOKEN, variants=Variants(secrets="clear"))
    account.add("Mitto", "mitto", {"api_key": "canary-of-mitto"})
    account.add_provider(type(BUILT_IN[0])("7", "sms canary-of-mitto", "sms", (Setting("canary-of-mitto"),)))
    call = Called(capsys, hood.url)
    result = call(ocamba_account_info)
    assert "sms ******** is not known; settings: ********" in str(result["findings"])
    assert "canary-of-mitto" not in call.printed


named = st.fixed_dictionaries(
    {"id": st.integers(0, 9).map(str), "name": st.sampled_from(["twilio", "mitto", "a", "\ud800", "x" * 300])},
    optional={
        "type": odd,
        "provider": provider_items | st.just({"id": "1", "name": "mitto"}),
        "settings": st.dictionaries(st.sampled_from(["api_key", "sender_name", "default_phone_number"]), odd)
        | st.lists(st.fixed_dictionaries({}, optional={"name": odd, "type": odd, "required": odd}), max_size=3),
        "status": odd,
        "effective_status": odd,
    },
)


def test_a_total_that_counts_a_page_is_no_reason_against_the_account(hood: Emulator) -> None:
    account = hood.account(TOKEN, limits=Limits.off(), variants=Variants(total="page"))
    for number in range(150):
        account.add(f"Name {number}", "mitto", {"api_key": "a"})
    examination = examine(hood)
    assert of_topic(examination, "total").verdict == "of_page"
    assert of_topic(examination, "total").reason_code is None


listed = st.fixed_dictionaries({"total": st.integers(-1, 2000), "items": st.lists(named, max_size=5)})
envelopes = st.fixed_dictionaries(
    {}, optional={"total": odd, "items": st.lists(items | provider_items | odd, max_size=4) | odd}
)
bodies = listed | listed | listed | named | envelopes | json_values
headers = st.dictionaries(
    st.sampled_from(["X-RateLimit-Limit", "X-RateLimit-Reset", "X-RateLimit-Remaining", "Retry-After"]),
    st.text(max_size=12) | st.integers().map(str),
    max_size=4,
)
raw = bodies.map(lambda body: json.dumps(body).encode()) | st.binary(max_size=20)
statuses = st.sampled_from([200, 200, 200, 200, 204, 301, 400, 401, 403, 404, 422, 429, 500])
answers = st.builds(Answer, statuses, headers, raw) | st.sampled_from([NotSent("no connection"), HoodError("x")])


@dataclass
class AnsweringClient(HoodClient):
    """Gives the answers in turn, and the last again and again."""

    answers: Sequence[Answer | HoodError] = field(default_factory=list)

    def observe(self, path: str, query: dict[str, str]) -> Answer:
        answer = self.answers[min(self.counters.requests, len(self.answers) - 1)]
        self.counters.requests += 1
        if isinstance(answer, HoodError):
            raise answer
        return answer


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(given_answers=st.lists(answers, min_size=1, max_size=8))
def test_any_answers_give_a_report(given_answers: list[Answer | HoodError]) -> None:
    client = AnsweringClient(Connection("http://127.0.0.1:9", TOKEN), Pacer(1), answers=given_answers)
    examination = probes.examine(client, learn=lambda _secrets: None, clean=str)
    assert len(examination.findings) == len(checks.QUESTIONS)
    assert all(len(line) <= checks.WIDTH and line.isprintable() for line in examination.report.splitlines())
    json.dumps([vars(found) for found in examination.findings]).encode()
    examination.report.encode()
    assert client.counters.requests <= 40
