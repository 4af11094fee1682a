"""Every answer that the documentation leaves open, played both ways."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

import pytest

from tests.emulator import TOKEN, VIBER, Account, Emulator, Limits, VariantError, Variants
from tests.emulator.tests.client import TWILIO_SETTINGS, Client, twilio
from tests.emulator.tests.stepped_clock import SteppedClock


def play(account: Account, **values: Any) -> None:
    """Let the account answer so."""
    account.variants = Variants(**values)


@pytest.mark.parametrize(
    ("how", "shown"),
    [
        ("clear", "the-auth-token"),
        ("masked", "********"),
        ("masked_x", "XXXX"),
        ("masked_tail", "****oken"),
        ("null", None),
        ("absent", ...),
    ],
)
def test_secrets_are_shown_in_every_way(api: Client, account: Account, how: str, shown: object) -> None:
    play(account, secrets=how)
    added = account.add("one", settings=TWILIO_SETTINGS)
    for settings in (api.items()[0]["settings"], api.get(f"/integrations/{added.id}").json()["settings"]):
        assert settings.get("auth_token", ...) == shown
        assert settings["account_sid"] == TWILIO_SETTINGS["account_sid"]
    assert account.one("one").settings["auth_token"] == "the-auth-token"


def test_a_secret_is_shown_otherwise_by_id_and_in_a_201(api: Client, account: Account) -> None:
    play(account, secrets="masked_x", secrets_by_id="clear")
    created = api.create().json()
    assert created["settings"]["auth_token"] == "XXXX"
    assert api.items()[0]["settings"]["auth_token"] == "XXXX"
    assert api.get(f"/integrations/{created['id']}").json()["settings"]["auth_token"] == "the-auth-token"
    play(account, secrets_in_created="clear")
    created = api.create().json()
    assert created["settings"]["auth_token"] == "the-auth-token"
    assert api.get(f"/integrations/{created['id']}").json()["settings"]["auth_token"] == "********"
    play(account, secrets="clear", secrets_by_id="masked")
    assert api.items()[0]["settings"]["auth_token"] == "the-auth-token"
    assert api.get(f"/integrations/{created['id']}").json()["settings"]["auth_token"] == "********"


def test_one_secret_is_left_out_although_the_others_are_shown(api: Client, account: Account) -> None:
    play(account, secret_absent="api_key")
    account.add("one", settings=TWILIO_SETTINGS)
    account.add("two", "mitto", {"api_key": "1234", "sender_name": "A"})
    assert api.items()[0]["settings"]["auth_token"] == "********"
    assert api.items()[1]["settings"] == {"sender_name": "A"}


def test_the_secret_of_an_inactive_one_is_shown_otherwise(api: Client, account: Account) -> None:
    play(account, secrets="clear", secrets_of_inactive="other", mask="not for you")
    account.add("one", settings=TWILIO_SETTINGS)
    added = account.add("two", settings=TWILIO_SETTINGS, status="inactive")
    assert [item["settings"]["auth_token"] for item in api.items()] == ["the-auth-token", "not for you"]
    assert api.get(f"/integrations/{added.id}").json()["settings"]["auth_token"] == "not for you"
    assert account.one("two").settings["auth_token"] == "the-auth-token"


def test_a_short_secret_shows_no_tail(api: Client, account: Account) -> None:
    play(account, secrets="masked_tail")
    account.add("one", "mitto", {"api_key": "1234"})
    account.add("two", "mitto", {"api_key": "12345"})
    assert [item["settings"]["api_key"] for item in api.items()] == ["********", "****2345"]


@pytest.mark.parametrize(("how", "kept"), [("merge", {"sender_name": "me"}), ("replace", {})])
def test_updated_settings_merge_or_replace(api: Client, account: Account, how: str, kept: dict[str, str]) -> None:
    play(account, settings_update=how)
    added = account.add("one", "mitto", {"api_key": "old", "sender_name": "me"})
    assert api.patch(added.id, {"settings": {"api_key": "new"}}).status_code == 204
    assert account.one("one").settings == {"api_key": "new", **kept}


def test_an_update_may_reset_what_it_does_not_name(api: Client, account: Account) -> None:
    play(account, settings_update="put")
    added = account.add("one", "mitto", {"api_key": "old", "sender_name": "me"}, status="inactive")
    assert api.patch(added.id, {"settings": {"api_key": "new"}}).status_code == 204
    assert (account.one("one").settings, account.one("one").status) == ({"api_key": "new"}, "active")
    assert api.patch(added.id, {"name": "two"}).status_code == 204
    assert account.one("two").settings == {}


@pytest.mark.parametrize(("how", "shown"), [("object", {}), ("list", [])])
def test_a_list_may_show_empty_settings_in_place_of_them(api: Client, account: Account, how: str, shown: Any) -> None:
    play(account, settings_in_list=False, settings_left_out=how)
    added = account.add("one", "mitto", {"api_key": "old"})
    assert [item["settings"] for item in api.items()] == [shown]
    assert api.get(f"/integrations/{added.id}").json()["settings"] != shown


@pytest.mark.parametrize(
    ("how", "shown"), [("lower", "a long name of a sender"), ("cut", "A long name of a"), ("absent", None)]
)
def test_a_list_may_show_plain_settings_otherwise(api: Client, account: Account, how: str, shown: str | None) -> None:
    play(account, plain_in_list=how, secrets="clear")
    settings = {"api_key": "Key", "sender_name": "A long name of a sender"}
    added = account.add("one", "mitto", settings)
    (item,) = api.items()
    assert (item["settings"].get("sender_name"), item["settings"]["api_key"]) == (shown, "Key")
    assert api.get(f"/integrations/{added.id}").json()["settings"] == settings


def test_replaced_settings_still_need_what_is_required(api: Client, account: Account) -> None:
    play(account, settings_update="replace")
    added = account.add("one", settings=TWILIO_SETTINGS)
    assert api.patch(added.id, {"settings": {"account_sid": "AC1"}}).status_code == 400
    assert account.one("one").settings == TWILIO_SETTINGS


@pytest.mark.parametrize(("how", "total"), [("number", 1), ("string", "1")])
def test_total_is_a_number_or_a_string(api: Client, account: Account, how: str, total: object) -> None:
    play(account, total=how)
    account.add("one")
    assert api.get().json()["total"] == total


def test_one_integration_comes_bare_or_in_an_envelope(api: Client, account: Account) -> None:
    added = account.add("one")
    bare = api.get(f"/integrations/{added.id}").json()
    play(account, single="envelope")
    assert api.get(f"/integrations/{added.id}").json() == {"total": 1, "items": [bare]}


def test_a_201_has_an_object_an_envelope_or_no_body(api: Client, account: Account) -> None:
    assert api.create(name="a").json()["name"] == "a"
    play(account, created="envelope")
    assert api.create(name="b").json()["items"][0]["name"] == "b"
    play(account, created="empty")
    answer = api.create(name="c")
    assert (answer.status_code, answer.content) == (201, b"")
    assert len(account.integrations) == 3


def test_lists_may_need_the_full_view_for_settings_and_provider(api: Client, account: Account) -> None:
    play(account, view_full_needed=True)
    added = account.add("one")
    assert not {"settings", "provider"} & set(api.items()[0])
    assert {"settings", "provider"} <= set(api.items(view="full")[0])
    assert api.items(fields="settings") == [{"settings": {}}]
    assert "settings" in api.get(f"/integrations/{added.id}").json()
    assert "settings" not in api.get("/providers").json()["items"][0]
    assert "settings" in api.get("/providers", view="full").json()["items"][0]


def test_lists_may_never_show_settings(api: Client, account: Account) -> None:
    play(account, settings_in_list=False)
    added = account.add("one")
    assert "settings" not in api.items(view="full")[0]
    assert api.items(fields="settings") == [{}]
    assert "settings" in api.get(f"/integrations/{added.id}").json()


def test_pages_have_a_largest_and_a_default_size(api: Client, account: Account) -> None:
    play(account, page_cap=3, page_default=2)
    for number in range(5):
        account.add(f"{number}")
    assert len(api.items()) == 2
    assert len(api.items(page="1,50")) == 3
    assert api.names(page="2,50") == ["3", "4"]
    play(account, page_cap=3, page_over_cap="refuse")
    assert api.get(page="1,4").status_code == 400
    assert len(api.items()) == 3


def test_names_may_not_be_searchable(api: Client, account: Account) -> None:
    account.add("one")
    account.add("two", "telegram")
    assert api.names(name="one") == api.names(q="one", q_fields="name") == ["one"]
    play(account, name_search=False)
    assert api.names(name="one") == api.names(q="one", q_fields="name") == ["one", "two"]
    assert api.names(name="one", type="telegram") == ["two"]


@pytest.mark.parametrize("status", [409, 400])
def test_a_second_of_a_name_may_be_refused(api: Client, account: Account, status: int) -> None:
    assert [api.create().status_code for _unused in range(2)] == [201, 201]
    play(account, duplicate_names="refuse", duplicate_status=status)
    assert api.create().status_code == status
    other = account.add("other", settings=TWILIO_SETTINGS)
    assert api.patch(other.id, {"name": "Twilio EU"}).status_code == status
    assert api.patch(other.id, {"name": "other"}).status_code == 204


def test_unknown_settings_are_dropped_or_refused(api: Client, account: Account) -> None:
    settings = {**TWILIO_SETTINGS, "port": "587"}
    added = account.add("one", settings=TWILIO_SETTINGS)
    assert api.create(settings=settings).status_code == 201
    assert api.patch(added.id, {"settings": settings}).status_code == 204
    assert {str(one.settings) for one in account.integrations} == {str(TWILIO_SETTINGS)}
    play(account, unknown_keys="refuse")
    assert api.create(settings=settings).status_code == 400
    assert api.patch(added.id, {"settings": settings}).status_code == 400


@pytest.mark.parametrize(("how", "shown"), [("keep", "+14155552671"), ("strip", "14155552671")])
def test_phone_numbers_come_with_and_without_plus(api: Client, account: Account, how: str, shown: str) -> None:
    play(account, phone_plus=how)
    assert api.create().json()["settings"]["default_phone_number"] == shown


@pytest.mark.parametrize(("how", "shown"), [("keep", ""), ("null", None), ("absent", ...)])
def test_empty_settings_are_shown_in_every_way(api: Client, account: Account, how: str, shown: object) -> None:
    play(account, empty_settings=how)
    account.add("one", "mitto", {"api_key": "a", "sender_name": ""})
    assert api.items()[0]["settings"].get("sender_name", ...) == shown


def test_a_good_validation_is_a_204_or_a_200(api: Client, account: Account) -> None:
    play(account, validate_status=200)
    answer = api.post("/integrations/validate", twilio())
    assert (answer.status_code, bool(answer.json())) == (200, True)


@pytest.mark.parametrize("status", [404, 400])
def test_an_unknown_id_is_a_404_or_a_400(api: Client, account: Account, status: int) -> None:
    play(account, unknown_id=status)
    for answer in (api.get("/integrations/1"), api.patch("1", {"status": "active"})):
        assert (answer.status_code, answer.json()["message"]) == (status, "Unknown integration id.")


def test_providers_are_named_plainly_or_as_the_pages_schemas(api: Client, account: Account) -> None:
    account.add("one", "custom_email")
    play(account, provider_names="schema")
    names = {item["name"] for item in api.get("/providers").json()["items"]}
    assert names == {provider.schema_name for provider in account.providers}
    assert api.items()[0]["provider"]["name"] == "custom_email_provider"
    assert api.get("/providers", name="mitto_sms").json()["total"] == 1


def test_an_integration_may_not_be_effective_until_it_was_tested(api: Client, account: Account) -> None:
    play(account, effective_status="inactive_until_tested")
    assert api.create().json()["effective_status"] == "inactive"
    assert api.post("/test-notification", {"integration": twilio(), "recipient": "1"}).status_code == 204
    assert [item["effective_status"] for item in api.items()] == ["active"]
    account.bad_credentials.add("the-auth-token")
    assert api.post("/integrations/validate", twilio()).status_code == 400
    assert [(item["status"], item["effective_status"]) for item in api.items()] == [("active", "inactive")]


def test_type_may_be_left_out_on_create(api: Client, account: Account) -> None:
    play(account, type_required=False)
    assert api.create(type=...).json()["type"] == "sms"
    assert api.create(type="email").status_code == 400


@pytest.mark.parametrize(("how", "gone"), [("no_message", "message"), ("no_trace_id", "trace_id")])
def test_an_error_may_lack_its_message_or_its_trace_id(api: Client, account: Account, how: str, gone: str) -> None:
    play(account, errors=how)
    assert {"code", "title", "message", "trace_id"} - set(api.create(name="").json()) == {gone}


def test_the_matrix_has_the_defaults_each_deviation_and_some_combinations() -> None:
    matrix = list(Variants.matrix(combined=5, seed=3))
    assert matrix == list(Variants.matrix(combined=5, seed=3))
    assert matrix[0] == Variants()
    single = [one.label() for one in matrix[1:-5]]
    assert len(single) == len(set(single))
    assert all(label.count("=") == 1 for label in single)
    assert {"secrets=clear", "total=string", "view_full_needed=true", "page_cap=5"} <= set(single)
    assert not set(matrix) & set(Variants.deviating())


def test_every_choice_is_in_the_matrix_or_among_the_deviating() -> None:
    every = [*Variants.matrix(combined=0), *Variants.deviating()]
    for name, default in Variants().to_dict().items():
        shown = {getattr(one, name) for one in every}
        kind = get_type_hints(Variants)[name]
        assert set(get_args(kind)) <= shown
        assert shown > {default}


def test_the_deviating_are_each_with_what_they_need_to_show() -> None:
    assert [one.label() for one in Variants.deviating("lag_by_id", "status_filter")] == [
        "list_lag=2,lag_by_id=true",
        "inactive_in_list=false,status_filter=single",
        "inactive_in_list=false,status_filter=first",
        "inactive_in_list=false,status_filter=literal",
        "inactive_in_list=false,status_filter=refused",
        "inactive_in_list=false,status_filter=ignored",
    ]
    labels = [one.label() for one in Variants.deviating()]
    assert len(labels) == len(set(labels))
    assert {one.secrets for one in Variants.deviating("mask")} == {"other"}


@pytest.mark.parametrize("variants", [*Variants.matrix(combined=20), *Variants.deviating()], ids=Variants.label)
def test_the_emulator_stays_usable_under_every_variant(
    emulator: Emulator, clock: SteppedClock, variants: Variants
) -> None:
    account = emulator.account(TOKEN, variants=variants, limits=Limits.off(), providers=[VIBER], clock=clock)
    api = Client(emulator.url)
    assert api.create().status_code == 201
    clock.now += variants.list_lag
    (added,) = account.integrations
    assert api.get(view="full").status_code == 200
    assert api.get(f"/integrations/{added.id}").status_code == 200
    assert api.patch(added.id, {"settings": {**TWILIO_SETTINGS, "auth_token": "new"}}).status_code == 204
    assert account.find(added.id).settings["auth_token"] == "new"
    assert api.post("/integrations/validate", twilio()).status_code == variants.validate_status


def test_variants_come_from_pairs_and_from_json() -> None:
    pairs = ["secrets=clear", "page_cap=20", "view_full_needed=true", "validate_status=200"]
    wanted = Variants(secrets="clear", page_cap=20, view_full_needed=True, validate_status=200)
    assert Variants.from_pairs(pairs) == wanted
    assert Variants.from_dict(wanted.to_dict()) == wanted
    assert Variants.from_pairs(["total=string"], base=wanted).secrets == "clear"
    assert wanted.label() == "secrets=clear,view_full_needed=true,page_cap=20,validate_status=200"
    assert Variants().label() == "default"


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("secrets=hidden", "secrets: 'hidden' is not one of clear, masked"),
        ("secret=clear", "'secret' is not a variant; there are chat_id_type, created, "),
        ("secrets", "write name=value"),
        ("page_cap=0", "page_cap: 0 is not a whole number"),
        ("page_cap=ten", "page_cap: 'ten' is not a whole number"),
        ("view_full_needed=1", "view_full_needed: '1' is not one of true, false"),
        ("validate_status=201", "validate_status: '201' is not one of 204, 200"),
    ],
)
def test_a_wrong_variant_is_reported_with_its_choices(pair: str, message: str) -> None:
    with pytest.raises(VariantError, match=message):
        Variants.from_pairs([pair])


def test_a_wrong_variant_in_json_is_reported_too() -> None:
    for values in ({"page_cap": True}, {"view_full_needed": 1}, {"total": None}, {"validate_status": "200"}):
        with pytest.raises(VariantError, match=next(iter(values))):
            Variants.from_dict(values)
