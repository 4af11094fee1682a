"""The query language of lists."""

from __future__ import annotations

import pytest

from tests.emulator import Account
from tests.emulator.tests.client import Client


@pytest.fixture(autouse=True)
def five(account: Account) -> None:
    """Five integrations, ids 8 to 12."""
    account.add("Delta", "twilio", id="8")
    account.add("alpha", "mitto", status="inactive", id="9")
    account.add("Bravo", "custom_email", {"port": "587"}, id="10")
    account.add("EU: main, all", "telegram", id="11")
    account.add("alpha", "sendgrid", status="inactive", id="12")


def test_page_takes_a_number_from_1_and_a_size(api: Client) -> None:
    assert api.names(page="1,2") == ["Delta", "alpha"]
    assert api.names(page="3,2") == ["alpha"]


def test_total_counts_all_matches_and_not_the_page(api: Client) -> None:
    assert api.get(page="2,2").json()["total"] == 5
    assert api.get(page="1,1", status="inactive").json()["total"] == 2


def test_a_page_after_the_last_is_empty(api: Client) -> None:
    assert api.get(page="9,2").json() == {"total": 5, "items": []}


@pytest.mark.parametrize("page", ["0", "-1", "x", "1,", "1,0", "1,x", "1,2,3", "", "1.5", "٣"])
def test_a_page_that_is_none_is_a_400(api: Client, page: str) -> None:
    assert api.get(page=page).status_code == 400


def test_the_size_of_a_page_is_up_to_the_resource_when_it_is_not_given(api: Client, account: Account) -> None:
    for number in range(30):
        account.add(f"more {number}")
    assert len(api.items()) == account.variants.page_default
    assert len(api.items(page="2")) == 35 - account.variants.page_default


def test_fields_chooses_and_wins_over_view(api: Client) -> None:
    assert api.items(fields="id,name", view="full", page="1,1") == [{"id": "8", "name": "Delta"}]


def test_fields_work_on_one_integration_too(api: Client) -> None:
    assert api.get("/integrations/8", fields="name").json() == {"name": "Delta"}


def test_sort_takes_several_fields_and_a_minus_for_descending(api: Client) -> None:
    assert api.names(sort="name,-id")[:2] == ["Bravo", "Delta"]
    ids = [item["id"] for item in api.items(sort="name,-id")]
    assert ids.index("12") < ids.index("9")


def test_ids_sort_and_compare_as_numbers(api: Client) -> None:
    assert [item["id"] for item in api.items(sort="-id")] == ["12", "11", "10", "9", "8"]
    assert [item["id"] for item in api.items(id="gte:10")] == ["10", "11", "12"]


def test_q_finds_substrings(api: Client) -> None:
    assert api.names(q="LPH") == ["alpha", "alpha"]
    assert api.names(q="e", q_fields="name") == ["Delta", "EU: main, all"]


def test_not_every_field_is_searchable(api: Client) -> None:
    assert api.get(q="1", q_fields="settings").status_code == 400


@pytest.mark.parametrize(
    ("name", "value", "ids"),
    [
        ("type", "sms", ["8", "9"]),
        ("type", "in:email,telegram", ["10", "11", "12"]),
        ("status", "in:active,inactive", ["8", "9", "10", "11", "12"]),
        ("status", "nin:active", ["9", "12"]),
        ("name", "alpha", ["9", "12"]),
        ("name", "eq:alpha", ["9", "12"]),
        ("name", "ALPHA", []),
        ("name", "neq:alpha", ["8", "10", "11"]),
        ("name", "EU: main, all", ["11"]),
        ("name", "eq:EU: main, all", ["11"]),
        ("id", "gt:10", ["11", "12"]),
        ("id", "lt:9", ["8"]),
        ("id", "lte:9", ["8", "9"]),
        ("provider_id", "1000", ["8"]),
        ("is_default", "is:true", ["8", "10", "11"]),
        ("is_default", "isn:true", ["9", "12"]),
        ("name", "is:null", []),
    ],
)
def test_filters_are_a_field_an_operator_and_a_value(api: Client, name: str, value: str, ids: list[str]) -> None:
    assert [item["id"] for item in api.items(**{name: value})] == ids


def test_filters_are_anded(api: Client) -> None:
    assert [item["id"] for item in api.items(name="alpha", type="email")] == ["12"]
    both = api.send("GET", "/v1/hood/integrations?id=gt:8&id=lt:10")
    assert [item["id"] for item in both.json()["items"]] == ["9"]


@pytest.mark.parametrize(
    "query",
    [{"view": "all"}, {"fields": "secret"}, {"sort": "settings"}, {"nothing": "1"}, {"settings": "1"}],
)
def test_unknown_names_are_a_400(api: Client, query: dict[str, str]) -> None:
    assert api.get(**query).status_code == 400


def test_providers_have_the_same_query_language(api: Client) -> None:
    answer = api.get("/providers", type="email", fields="name", sort="-name", page="1,2").json()
    assert answer == {"total": 4, "items": [{"name": "sendgrid"}, {"name": "mandrill"}]}
    assert api.get("/providers", name="twilio").json()["items"][0]["id"] == "1000"
