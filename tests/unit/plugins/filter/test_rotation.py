"""What a rotation hands to the module, and what it tells afterwards. Pure."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given

from ansible_collections.ocamba.hood.plugins.filter.rotation import rotation
from ansible_collections.ocamba.hood.plugins.filter.rotation_report import rotation_report
from ansible_collections.ocamba.hood.plugins.module_utils.reports.rotation import concerns, make_rotation
from tests.support.strategies import fast, json_like

SECRETS = {"Mitto": {"api_key": "CANARY-1"}, "Shop": {"password": "CANARY-2"}}
DECLARED = [
    {"name": "Mitto", "provider": "mitto", "status": "inactive", "type": "sms", "settings": {"sender_name": "x"}},
    {"name": "Shop", "id": 7, "provider": "custom_email", "provider_id": "", "settings": {"port": 25}},
]


def _entries(*arguments: Any) -> list[dict[str, Any]]:
    return [one["entry"] for one in rotation(*arguments)]


def _refusal(*arguments: Any) -> str:
    with pytest.raises(AnsibleFilterError) as refused:
        rotation(*arguments)
    assert "CANARY" not in str(refused.value)
    return str(refused.value)


def test_an_entry_has_an_address_and_the_secrets_and_nothing_that_would_change() -> None:
    assert _entries(["Mitto", "Shop"], SECRETS, DECLARED) == [
        {"name": "Mitto", "provider": "mitto", "settings": SECRETS["Mitto"]},
        {"id": 7, "provider": "custom_email", "settings": SECRETS["Shop"]},
    ]
    assert _entries(["Shop"], SECRETS) == [{"name": "Shop", "settings": SECRETS["Shop"]}]


@pytest.mark.parametrize("names", [["Mitto", "Shop", "Mitto"], '["Mitto", "Shop"]', "all"])
def test_names_may_be_a_list_json_text_or_the_word_all(names: Any) -> None:
    assert [one["name"] for one in rotation(names, json.dumps(SECRETS), json.dumps(DECLARED))] == ["Mitto", "Shop"]


def test_all_means_what_has_secrets_and_is_declared() -> None:
    secrets = {**SECRETS, "Of another account": {"api_key": "CANARY"}}
    assert [one["name"] for one in rotation("all", secrets, DECLARED)] == ["Mitto", "Shop"]
    assert [one["name"] for one in rotation("all", secrets)] == list(secrets)
    assert "nothing to rotate" in _refusal("all", secrets, [{"name": "Alerts"}])


def test_a_list_with_the_word_all_means_the_integration_of_that_name() -> None:
    assert "no settings for all" in _refusal(["all"], SECRETS)


def test_secrets_of_a_name_that_several_entries_have_are_refused() -> None:
    duplicates = [*DECLARED, {"name": "Mitto", "id": 2}]
    assert "ocamba_secrets (Mitto): integrations[0], integrations[2] have this name" in _refusal(
        "Mitto", SECRETS, duplicates
    )
    assert _entries("Shop", SECRETS, duplicates)


@pytest.mark.parametrize("names", [[], "", " ", None, 7, {}, "[]", '["Mitto"', [""], [7.5], [["Mitto"]]])
def test_anything_else_than_names_is_refused(names: Any) -> None:
    assert _refusal(names, SECRETS, DECLARED).startswith("ocamba_rotate: must be a list of integration names")


def test_everything_that_is_wrong_with_the_secrets_is_reported_at_once() -> None:
    secrets = {"A": "CANARY", "B": {"api_key": "", "other": None, "good": "CANARY"}, "C": {}}
    reported = _refusal(["A", "B", "C", "D"], secrets)
    assert reported == (
        "nothing was sent: ocamba_secrets (A): must be a dictionary of settings; ocamba_secrets (B).api_key: is empty;"
        " ocamba_secrets (B)[1]: is empty; ocamba_secrets (C): must be a dictionary of settings;"
        " ocamba_secrets has no settings for D"
    )


class OmitType:
    """As ansible-core from 2.19 on hands it to a filter."""


@pytest.mark.parametrize("omitted", [OmitType(), "__omit_place_holder__0123456789abcdef"], ids=["object", "text"])
def test_a_secret_that_is_omitted_is_refused_by_its_key(omitted: Any) -> None:
    secrets = {"Mitto": {"api_key": omitted, "sender_name": "x"}}
    assert "ocamba_secrets (Mitto).api_key: is omitted" in _refusal(["Mitto"], secrets)
    assert "no settings for Mitto" in _refusal(["Mitto"], {"Mitto": omitted})


def test_a_secret_that_is_not_there_is_refused_by_its_key() -> None:
    reported = _refusal(["Mitto"], {"Mitto": {"sender_name": "x"}}, DECLARED)
    assert "ocamba_secrets (Mitto).api_key: is not there" in reported
    assert "ocamba_secrets (Other): has no secret to write" in _refusal(
        ["Other"], {"Other": {"sender_name": "x"}}, DECLARED
    )
    by_id = [{"name": "Mitto", "id": 7}]
    assert "has no secret to write" in _refusal(["Mitto"], {"Mitto": {"sender_name": "x"}}, by_id)
    assert rotation(["Other"], {"Other": {"a_key_of_an_account": "x"}}, DECLARED)


@pytest.mark.parametrize("value", [" ", "\n", "\t\n"])
def test_white_space_is_no_secret(value: str) -> None:
    assert "ocamba_secrets (Mitto).api_key: is empty" in _refusal(["Mitto"], {"Mitto": {"api_key": value}})


def test_a_date_is_no_secret() -> None:
    assert "ocamba_secrets (Mitto).api_key: is a date to YAML" in _refusal(
        ["Mitto"], {"Mitto": {"api_key": date(2026, 1, 2)}}
    )


def test_names_may_come_one_a_line() -> None:
    assert [one["name"] for one in rotation(" Mitto\n\nShop\n", SECRETS, DECLARED)] == ["Mitto", "Shop"]
    assert [one["name"] for one in rotation(" Mitto ", SECRETS, DECLARED)] == ["Mitto"]


@fast
@given(secrets=json_like, declared=json_like, names=json_like)
def test_nothing_that_is_handed_in_makes_it_crash(secrets: Any, declared: Any, names: Any) -> None:
    try:
        entries = rotation(names, secrets, declared)
    except AnsibleFilterError:
        return
    assert entries
    assert all(set(one["entry"]) <= {"name", "id", "provider", "provider_id", "settings"} for one in entries)


def _one(action: str = "updated", **more: Any) -> dict[str, Any]:
    changed = ["settings.api_key"] if action == "updated" else []
    return {"action": action, "id": "7", "changed_fields": changed, **more}


def _failed(error: str, credentials: str | None = None, held_back: bool = False) -> dict[str, Any]:
    return _one("failed", error=error, credentials=credentials, held_back=held_back)


def _report(
    *described: dict[str, Any], read: list[dict[str, Any]] | None = None, check: bool = False
) -> dict[str, Any]:
    names = [f"N{number}" for number in range(len(described))]
    read_back = {"skipped": True} if read is None else {"integrations": read}
    return rotation_report({"integrations": list(described)}, names, read_back, check)


@pytest.mark.parametrize(
    ("seen", "action", "reading", "failed"),
    [
        ("same", "unchanged", "confirmed", False),
        ("alike", "updated", "confirmed by its end", False),
        ("hidden", "updated", "hidden", False),
        ("different", "updated", "differs", True),
    ],
)
def test_reading_back_tells_what_hood_shows(seen: str, action: str, reading: str, failed: bool) -> None:
    report = _report(_one(), read=[_one(action, secrets_seen={"api_key": seen})])
    (one,) = report["integrations"]
    assert (one["outcome"], one["reading_back"], one["written"], report["failed"]) == ("rotated", reading, True, failed)


def test_a_plain_setting_that_differs_when_it_is_read_back_is_reported() -> None:
    read = _one(changed_fields=["settings.username"], secrets_seen={"api_key": "same"})
    assert _report(_one(), read=[read])["integrations"][0]["reading_back"] == "differs"


def test_a_reading_that_failed_is_reported() -> None:
    report = rotation_report({"integrations": [_one()]}, ["N0"], {"msg": "no answer"})
    assert report["lines"] == ["N0 (id 7): rotated (api_key): but it could not be read back"]
    assert report["failed"]
    assert "run it again" in report["summary"]


@pytest.mark.parametrize(
    ("written", "names", "read_back"),
    [("text", ["Mitto"], None), (None, [], None), ({}, "Mitto", None), ({}, [], "text")],
)
def test_a_report_of_something_else_is_refused(written: Any, names: Any, read_back: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="rotation_report: "):
        rotation_report(written, names, read_back)


@pytest.mark.parametrize(
    ("code", "written", "said"),
    [
        ("refused", False, ""),
        ("token_refused", False, ""),
        ("unclear", None, "whether it was written can't be seen"),
    ],
)
def test_what_failed_is_not_said_to_be_written(code: str, written: bool | None, said: str) -> None:
    failed = {**_failed("no", credentials="accepted"), "reason_code": code}
    read = [{"secrets_seen": {"api_key": "hidden"}, "changed_fields": ["settings.api_key"]}]
    report = _report(failed, read=read)
    assert report["integrations"][0]["written"] is written
    assert said in report["lines"][0]
    assert ": written" not in report["lines"][0]


def test_check_mode_announces() -> None:
    report = _report(_one(), _one("unchanged"), check=True)
    assert [one["outcome"] for one in report["integrations"]] == ["would be rotated", "unchanged"]
    assert [one["written"] for one in report["integrations"]] == [False, False]
    assert (report["failed"], report["summary"]) == (False, "1 would be rotated, 1 unchanged")


def test_a_result_says_itself_that_it_is_of_check_mode() -> None:
    report = rotation_report({"integrations": [_one()], "check_mode": True}, ["N0"], {"skipped": True})
    assert report["integrations"][0]["outcome"] == "would be rotated"


def test_what_core_says_is_not_repeated() -> None:
    report = rotation_report({"msg": "CANARY is undefined", "failed": True}, ["A"], {"skipped": True})
    assert "CANARY" not in str(report)


def test_a_refused_candidate_means_that_nothing_was_written() -> None:
    held_back = _failed("not written, as it is", "accepted", held_back=True)
    report = _report(_failed("its settings do not work", "refused"), held_back)
    assert report["lines"] == [
        "N0 (id 7): failed: its settings do not work",
        "N1 (id 7): not written, as it is; its own were accepted",
    ]
    assert report["failed"]
    assert "Nothing was written" in report["summary"]


def test_a_failed_write_is_midway_even_if_no_other_was_written() -> None:
    report = _report(_failed("updating it failed", "accepted"))
    assert report["integrations"][0]["written"] is None
    assert (
        "It stopped midway: the new secrets of none are written, those of N0 are not, or not surely"
        in report["summary"]
    )


@pytest.mark.parametrize(
    ("result", "outcome", "written"),
    [
        ({"msg": "Hood answered 401", "reason_code": "token_refused"}, "not written", False),
        ({"msg": "a mistake", "reason_code": "invalid", "exception": "…"}, "not written", False),
        ({}, "not written", False),
        ({"msg": "'auth_token' is undefined"}, "not written", False),
        ({"msg": "a defect", "reason_code": "internal_error"}, "failed", None),
        ({"msg": "no answer", "reason_code": "unclear"}, "failed", None),
        ({"msg": "Timed out", "timedout": {"period": 1}}, "failed", None),
        ({"msg": "MODULE FAILURE", "module_stdout": ""}, "failed", None),
        ({"msg": "crashed", "exception": "…"}, "failed", None),
    ],
)
def test_a_run_that_reported_nothing_is_only_called_unwritten_where_that_is_sure(
    result: dict[str, Any], outcome: str, written: bool | None
) -> None:
    report = rotation_report(result, ["A"], {"skipped": True})
    (one,) = report["integrations"]
    assert (one["outcome"], one["written"]) == (outcome, written)
    assert ("Nothing was written" in report["summary"]) is (written is False)


def test_names_that_are_numbers_to_yaml_are_chosen_as_text() -> None:
    (one,) = make_rotation([360], {360: {"api_key": "CANARY"}}, [{"name": 360, "provider": "mitto"}])
    assert one == {"name": "360", "entry": {"name": "360", "provider": "mitto", "settings": {"api_key": "CANARY"}}}


def test_a_key_that_holds_what_looks_like_a_value_is_named_by_its_place() -> None:
    reported = _refusal(["Mitto"], {"Mitto": {"api_key:CANARY": None}}, [])
    assert "ocamba_secrets (Mitto)[0]: " in reported
    assert "CANARY" not in reported


@pytest.mark.parametrize(
    ("names", "secrets", "entries", "is_concerned"),
    [
        ("all", {"Mitto": {}}, [], True),
        ("all", {}, [{"name": "Mitto"}], False),
        (["Mitto"], {"Mitto": {}}, [], True),
        ("Mitto\nShop", None, [{"name": "Shop"}], True),
        ([360], {360: {}}, [], True),
        (["Mitto"], {"Shop": {}}, [{"name": "Shop"}], False),
        (["Mitto"], "Shop=x", [], True),
        ("all", {}, {"name": "Shop"}, True),
    ],
)
def test_an_account_is_concerned_that_has_a_chosen_name(
    names: Any, secrets: Any, entries: Any, is_concerned: bool
) -> None:
    assert concerns(names, secrets, entries) is is_concerned
