"""Secrets in a mapping of their own: to which entry they belong, and what is wrong with them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.declared.secrets import merge

MITTO: dict[str, Any] = {"name": "Mitto", "provider": "mitto", "settings": {"sender_name": "Example"}}
KEY = {"api_key": "canary-of-mitto"}


def mistakes(integrations: Any, secrets: Any) -> list[str]:
    return [str(mistake) for mistake in merge(integrations, secrets)[1]]


@pytest.mark.parametrize("as_json", [False, True])
def test_secrets_are_merged_into_the_settings_of_the_entry_of_the_name(as_json: bool) -> None:
    number = {**MITTO, "name": 360, "settings": None}
    given: Any = {"Mitto": json.dumps(KEY) if as_json else KEY, "360": KEY}
    entries = merge([MITTO, number], json.dumps(given) if as_json else given)
    assert entries == (
        [{**MITTO, "settings": {**MITTO["settings"], **KEY}}, {**number, "settings": KEY}],
        [],
    )


@pytest.mark.parametrize("secrets", [None, "", {}, {"Mitto": None}, {"Mitto": " "}])
def test_what_is_blank_is_no_secret(secrets: Any) -> None:
    assert merge([MITTO], secrets) == ([MITTO], [])


@pytest.mark.parametrize("entry", [7, None, "text", {**MITTO, "settings": "text"}, {**MITTO, "settings": [1]}])
def test_an_entry_that_is_none_is_left_to_the_module(entry: Any) -> None:
    assert merge([entry, MITTO], {"Mitto": KEY})[0][0] == entry


@pytest.mark.parametrize(
    ("secrets", "expected"),
    [
        ([KEY], ["ocamba_secrets: must be a dictionary of integration names"]),
        ("canary", ["ocamba_secrets: must be a dictionary of integration names"]),
        ({"Mitto": "canary"}, ["ocamba_secrets (Mitto): must be a dictionary of settings"]),
        ({"Mitto": {"api_key": None}}, ["ocamba_secrets (Mitto).api_key: is empty; quote a value"]),
        ({"Mitto": {"api_key": date(2026, 1, 2)}}, ["ocamba_secrets (Mitto).api_key: is a date to YAML"]),
        ({"Mito": KEY}, ["ocamba_secrets: no integration of this account has the name Mito; did you mean Mitto?"]),
        ({"Mitto:canary": None}, ["ocamba_secrets[0]: no integration of this account has this name"]),
        ({(1, 2): KEY}, ["ocamba_secrets[0]: no integration of this account has this name"]),
    ],
)
def test_a_mistake_is_named_by_its_place_without_a_value(secrets: Any, expected: list[str]) -> None:
    found = mistakes([MITTO], secrets)
    assert [one[: len(wanted)] for one, wanted in zip(found, expected)] == expected
    assert len(found) == len(expected)
    assert "canary" not in str(found)


def test_a_name_that_is_there_as_number_and_text_is_a_mistake() -> None:
    found = mistakes([{**MITTO, "name": "360"}], {360: KEY, "360": KEY})
    assert found == ["ocamba_secrets (360): is there twice, as a number and as text"]


def test_without_a_list_the_secrets_are_looked_at_alone() -> None:
    assert merge("text", [KEY]) == ("text", merge([MITTO], [KEY])[1])


def test_secrets_of_a_name_that_several_entries_have_are_refused() -> None:
    entries = [{"name": "Mitto", "id": "1"}, {"name": "Other"}, {"name": "Mitto", "id": "2"}]
    found = mistakes(entries, {"Mitto": KEY, "Other": KEY})
    assert [one.partition(" have this name")[0] for one in found] == [
        "ocamba_secrets (Mitto): integrations[0], integrations[2]"
    ]
    assert mistakes(entries, {"Other": KEY}) == []
