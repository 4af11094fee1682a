"""What a plan promises, for whatever is stored and declared, and each rule of the design by an example of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ocamba.hood.plugins.module_utils.api.models import (
    Integration,
    LiveProvider,
    parse_integration,
    parse_provider,
)
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import Declared, read
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Provider
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.compare import Evidence
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.diff import diff
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.matching import ids_to_read
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.plan import make_plan
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import (
    CREATED,
    DEACTIVATED,
    FAILED,
    UNCHANGED,
    UPDATED,
    Plan,
    Policy,
    Step,
)
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.unmanaged import undecided_ids
from tests.support.strategies import (
    LIVE,
    VISIBILITIES,
    WITNESS,
    Raw,
    Server,
    Stored,
    as_entry,
    declared,
    fast,
    live_item,
    respelt,
    scenes,
    settings_of,
    steps_by_name,
    stored_accounts,
    without_failures,
)

Scene = tuple[list[Stored], list[Raw]]

ALWAYS = Policy(update_secrets="always")
DEACTIVATE = Policy(unmanaged="deactivate")

visibilities = st.sampled_from(sorted(VISIBILITIES))


def _known(name: str) -> Provider:
    found = registry.find(name)
    assert found is not None
    return found


TWILIO, SMTP, MITTO = _known("twilio"), _known("custom_email"), _known("mitto")
SMTP_SETTINGS = {"port": "25", "username": "u", "password": "CANARY-stored"}


def _smtp(name: str = "Shop", integration_id: str = "7", **options: Any) -> Stored:
    return Stored(integration_id, name, SMTP, dict(SMTP_SETTINGS), **options)


def _entry(name: str = "Shop", provider: str = "custom_email", **options: Any) -> Raw:
    return {"name": name, "provider": provider, **options}


def _plan(
    entries: list[Raw],
    server: Server | None = None,
    policy: Policy | None = None,
    live: tuple[LiveProvider, ...] | None = LIVE,
) -> Plan:
    return make_plan(declared(*entries), (server or Server()).shown(), policy or Policy(), live)


def _feasible(entries: list[Raw], server: Server, policy: Policy | None = None) -> Plan:
    """The plan of those entries that can be carried out."""
    current, policy, feasible = server.shown(), policy or Policy(), declared(*entries)
    # What is left out may have been what proved that another one is safe to write.
    while (plan := make_plan(feasible, current, policy, LIVE)).mistakes:
        left = without_failures(feasible, plan)
        assert len(left) < len(feasible), plan.mistakes
        feasible = left
    return plan


def _entries(plan: Plan) -> list[Declared]:
    return [step.entry for step in plan.steps]


def _actions(plan: Plan) -> list[str]:
    return [step.action for step in plan.steps]


def _reported(plan: Plan) -> str:
    """The one mistake of a plan that writes nothing."""
    (mistake,) = plan.mistakes
    assert [step.action for step in plan.steps if step.mistakes] == [FAILED]
    return str(mistake)


def _canonical(one: Stored) -> dict[str, str]:
    """What is stored, in the spelling in which it is compared; an empty setting is one that is not there."""
    fields = {field.name: field for field in one.provider.fields}
    settings = {f"settings.{key}": fields[key].format.canonical(value) for key, value in one.settings.items() if value}
    return {"status": one.status, "name": one.name, **settings}


def _differences(before: Stored, after: Stored) -> set[str]:
    old, new = _canonical(before), _canonical(after)
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


@fast
@given(data=st.data(), account=stored_accounts(), visibility=visibilities)
def test_the_plan_of_what_is_there_already_is_empty(
    data: st.DataObject, account: list[Stored], visibility: str
) -> None:
    entries = []
    for one in account:
        keys = data.draw(st.sets(st.sampled_from(sorted(one.settings)))) if one.settings else set()
        settings = {key: one.settings[key] for key in keys}
        entries.append(as_entry(one, data.draw(st.sampled_from([settings, respelt(one.provider, settings)]))))
    plan = _plan(entries, Server(account, visibility))
    assert _actions(plan) == [UNCHANGED] * len(account)
    assert plan.writes == []
    assert not plan.needs_providers


@fast
@given(account=stored_accounts())
def test_always_writes_nothing_where_the_secrets_are_shown_and_the_same(account: list[Stored]) -> None:
    plan = _plan([as_entry(one) for one in account], Server(account), ALWAYS)
    assert plan.writes == []
    assert all(step.secrets_compared for step in plan.steps)


@fast
@given(scene=scenes(), visibility=visibilities, merges=st.booleans())
def test_the_plan_after_applying_is_empty(scene: Scene, visibility: str, merges: bool) -> None:
    account, entries = scene
    server = Server(account, visibility, merges)
    first = _feasible(entries, server)
    server.apply(first)
    # What was written may be the first to prove that secrets are shown: the same run then catches up.
    late = make_plan(_entries(first), server.shown(), Policy(), LIVE)
    open_ones = {step.entry.name for step in first.steps if step.action == UNCHANGED and not step.secrets_compared}
    assert {step.entry.name for step in late.writes} <= open_ones
    server.apply(late)
    again = make_plan(_entries(first), server.shown(), Policy(), LIVE)
    assert (again.mistakes, again.writes) == ([], [])


@fast
@given(scene=scenes(), visibility=visibilities)
def test_an_account_that_shows_no_secret_at_first_is_resolved_after_one_more_run(scene: Scene, visibility: str) -> None:
    account, entries = scene
    server = Server(account[:-1], visibility)
    server.apply(first := _feasible(entries, server))
    server.apply(make_plan(_entries(first), server.shown(), Policy(), LIVE))
    again = make_plan(_entries(first), server.shown(), Policy(), LIVE)
    assert (again.mistakes, again.writes) == ([], [])


@fast
@given(scene=scenes(), merges=st.booleans())
def test_the_plan_after_applying_always_is_empty_where_secrets_are_shown(scene: Scene, merges: bool) -> None:
    account, entries = scene
    server = Server(account, "clear", merges)
    first = _feasible(entries, server, ALWAYS)
    server.apply(first)
    again = make_plan(_entries(first), server.shown(), ALWAYS, LIVE)
    assert (again.mistakes, again.writes) == ([], [])


@fast
@given(data=st.data(), scene=scenes(), visibility=visibilities)
def test_the_order_of_the_input_does_not_matter(data: st.DataObject, scene: Scene, visibility: str) -> None:
    account, entries = scene
    straight = _plan(entries, Server(account, visibility))
    mixed = _plan(data.draw(st.permutations(entries)), Server(list(data.draw(st.permutations(account))), visibility))

    def essence(plan: Plan) -> dict[str, Any]:
        return {
            name: (step.action, step.body, step.changed_fields, [mistake.reason for mistake in step.mistakes])
            for name, step in steps_by_name(plan).items()
        }

    assert essence(mixed) == essence(straight)


@fast
@given(scene=scenes(), merges=st.booleans(), update_secrets=st.sampled_from(["on_create", "always"]))
def test_the_prediction_equals_the_outcome(scene: Scene, merges: bool, update_secrets: str) -> None:
    account, entries = scene
    server = Server(list(account), "clear", merges)
    # One that is declared as it is shown proves that the others are shown as they are.
    entries = [*entries, as_entry(WITNESS)]
    plan = _feasible(entries, server, Policy(update_secrets))
    server.apply(plan)
    before = {one.name: one for one in account}
    after = {one.name: one for one in server.stored}
    predicted = steps_by_name(plan)
    for name in before.keys() | after.keys():
        step = predicted.get(name)
        if name not in before:
            assert step is not None
            assert step.action == CREATED
            assert {field for field in step.changed_fields if field.startswith("settings.")} == {
                f"settings.{key}" for key in after[name].settings
            }
        else:
            changed = _differences(before[name], after[name])
            assert changed == set(step.changed_fields if step else ())
            assert (UPDATED if changed else UNCHANGED) == (step.action if step else UNCHANGED)
        if step is not None and step.is_write:
            assert {key: value for key, value in step.settings.items() if value} == {
                key: value for key, value in after[name].settings.items() if value
            }


@fast
@given(scene=scenes(), visibility=visibilities, update_secrets=st.sampled_from(["on_create", "always"]))
def test_what_changes_is_reported_even_where_secrets_are_hidden(
    scene: Scene, visibility: str, update_secrets: str
) -> None:
    account, entries = scene
    server = Server(list(account), visibility)
    plan = _feasible(entries, server, Policy(update_secrets))
    server.apply(plan)
    after = {one.name: one for one in server.stored}
    for step in plan.steps:
        old = next((one for one in account if one.name == step.entry.name), None)
        if old is not None:
            reported = {*step.changed_fields, *(f"settings.{key}" for key in step.secrets_written)}
            assert _differences(old, after[old.name]) <= reported


@fast
@given(
    scene=scenes(),
    visibility=visibilities,
    merges=st.booleans(),
    update_secrets=st.sampled_from(["on_create", "always"]),
)
def test_no_stored_setting_is_lost_and_every_declared_one_arrives(
    scene: Scene, visibility: str, merges: bool, update_secrets: str
) -> None:
    account, entries = scene
    server = Server(list(account), visibility, merges)
    plan = _feasible(entries, server, Policy(update_secrets))
    server.apply(plan)
    after = {one.name: one.settings for one in server.stored}
    for step in plan.steps:
        assert step.entry.name is not None
        stored = after[step.entry.name]
        before = next((one.settings for one in account if one.name == step.entry.name), {})
        kept = {key: value for key, value in before.items() if key not in step.entry.settings}
        assert {key: _without_plus(stored.get(key)) for key in kept} == {
            key: _without_plus(value) for key, value in kept.items()
        }
        if "settings" in step.body:
            assert {key: stored.get(key) for key in step.entry.settings} == step.entry.settings


def _without_plus(value: str | None) -> str | None:
    """A number without + is sent with it where the account shows none with it: both are the same number."""
    return value.removeprefix("+") if value else value


@fast
@given(scene=scenes(), visibility=visibilities)
def test_always_writes_every_declared_secret_that_could_not_be_compared(scene: Scene, visibility: str) -> None:
    account, entries = scene
    server = Server(list(account), visibility)
    server.apply(plan := _feasible(entries, server, ALWAYS))
    stored = {one.name: one.settings for one in server.stored}
    for step in plan.steps:
        for key in step.entry.secrets:
            assert stored[step.entry.name or ""].get(key, "") == step.entry.settings[key]


@fast
@given(scene=scenes(), visibility=visibilities, update_secrets=st.sampled_from(["on_create", "always"]))
def test_a_diff_holds_no_secret_and_no_mask(scene: Scene, visibility: str, update_secrets: str) -> None:
    account, entries = scene
    plan = _plan(entries, Server(account, visibility), Policy(update_secrets))
    texts = json.dumps([diff(step) for step in plan.steps], ensure_ascii=False)
    assert "CANARY" not in texts
    assert "****" not in texts
    assert "XXXX" not in texts


@fast
@given(scene=scenes())
def test_only_what_changes_has_a_diff_and_its_ends_differ(scene: Scene) -> None:
    account, entries = scene
    for step in _feasible(entries, Server(account)).steps:
        shown = diff(step)
        assert (shown is None) == (step.action == UNCHANGED)
        if shown is not None:
            assert shown["before"] != shown["after"]


@fast
@given(scene=scenes(), visibility=visibilities)
def test_no_mistake_and_no_warning_of_a_plan_holds_a_secret(scene: Scene, visibility: str) -> None:
    account, entries = scene
    plan = _plan(entries, Server(account, visibility))
    assert "CANARY" not in "\n".join([*map(str, plan.mistakes), *plan.warnings])


def test_a_diff_shows_plain_values_and_of_secrets_only_that_they_are_set() -> None:
    entry = _entry(settings={"port": "587", "password": "CANARY-new"})
    (updated,) = _plan([entry], Server([_smtp()])).steps
    shown = diff(updated)
    assert shown is not None
    assert (shown["before"]["settings.port"], shown["after"]["settings.port"]) == ("25", "587")
    assert shown["before"]["settings.username"] == shown["after"]["settings.username"] == "u"
    assert shown["before"]["settings.password"] != shown["after"]["settings.password"]
    (created,) = _plan([entry]).steps
    shown = diff(created)
    assert shown is not None
    assert shown["before"] == {}
    assert shown["after"]["settings.port"] == "587"
    assert "settings.password" in shown["after"]
    assert "CANARY" not in str(shown)


def test_a_diff_does_not_speak_of_a_secret_that_stays() -> None:
    (step,) = _plan([_entry(status="inactive")], Server([_smtp()])).steps
    shown = diff(step)
    assert shown is not None
    assert "settings.password" not in {**shown["before"], **shown["after"]}


def test_a_diff_of_an_unknown_provider_shows_no_setting() -> None:
    live = (parse_provider({"id": "9", "name": "vonage", "type": "sms", "settings": [{"name": "region"}]}),)
    (step,) = _plan([_entry(provider="vonage", settings={"region": "CANARY"})], live=live).steps
    assert step.action == CREATED
    assert "CANARY" not in str(diff(step))


def test_a_new_integration_is_created_with_all_that_hood_requires() -> None:
    (step,) = _plan([_entry(settings={"port": "587", "password": "CANARY"})]).steps
    assert step.action == CREATED
    assert step.body == {
        "name": "Shop",
        "provider_id": next(live.id for live in LIVE if live.name == "custom_email"),
        "type": "email",
        "status": "active",
        "settings": {"port": "587", "password": "CANARY"},
    }
    assert step.secrets_written == ("password",)


def test_a_status_left_out_is_active_on_creation_and_untouched_afterwards() -> None:
    (created,) = _plan([_entry(status="inactive")]).steps
    assert created.body["status"] == "inactive"
    (untouched,) = _plan([_entry()], Server([_smtp(status="inactive")])).steps
    assert untouched.action == UNCHANGED
    (changed,) = _plan([_entry(status="active")], Server([_smtp(status="inactive")])).steps
    assert (changed.body, changed.changed_fields) == ({"status": "active"}, ("status",))


def test_a_changed_port_is_one_update_that_names_it_alone() -> None:
    (step,) = _plan([_entry(settings={"port": "587", "password": "CANARY-stored"})], Server([_smtp()])).steps
    assert step.action == UPDATED
    assert step.changed_fields == ("settings.port",)
    assert step.body == {"settings": {**SMTP_SETTINGS, "port": "587"}}


def test_a_setting_that_is_shown_as_null_is_not_sent() -> None:
    current = parse_integration(
        {"id": "7", "name": "Shop", "provider": live_item(SMTP), "settings": {**SMTP_SETTINGS, "sending_domain": None}}
    )
    settings = {"port": "587", "password": "CANARY-stored"}
    (step,) = make_plan(declared(_entry(settings=settings)), [current], Policy(), LIVE).steps
    assert step.body == {"settings": {**SMTP_SETTINGS, "port": "587"}}


def test_a_plan_without_the_providers_still_tells_that_it_writes() -> None:
    plan = _plan([_entry()], live=None)
    assert _actions(plan) == [CREATED]
    assert plan.needs_providers
    assert not _plan([_entry(status="inactive")], Server([_smtp()]), live=None).needs_providers


def test_several_of_a_name_are_refused_with_all_ids() -> None:
    reported = _reported(_plan([_entry()], Server([_smtp(integration_id="7"), _smtp(integration_id="8")])))
    assert reported.startswith("integrations[0] (Shop).name: ")
    assert "7, 8" in reported


def test_several_of_a_name_are_narrowed_by_the_provider() -> None:
    server = Server([_smtp(integration_id="7"), Stored("8", "Shop", MITTO, {})])
    by_provider = _plan([_entry(provider="mitto")], server).steps[0].current
    by_provider_id = _plan([{"name": "Shop", "provider_id": LIVE[1].id}], server).steps[0].current
    assert by_provider is not None
    assert by_provider_id is not None
    assert by_provider.id == by_provider_id.id == "8"


def test_several_of_a_name_and_none_of_the_provider_are_refused() -> None:
    server = Server([_smtp(integration_id="7"), _smtp(integration_id="8")])
    plan = _plan([_entry(provider="mitto")], server)
    assert "7, 8" in _reported(plan)
    assert plan.writes == []


def test_an_id_addresses_one_of_several() -> None:
    server = Server([_smtp(integration_id="7"), _smtp(integration_id="8")])
    (step,) = _plan([_entry(id="8")], server).steps
    assert step.action == UNCHANGED
    assert step.current is not None
    assert step.current.id == "8"


def test_an_id_with_another_name_renames() -> None:
    (step,) = _plan([_entry(id="7", name="New")], Server([_smtp()])).steps
    assert (step.action, step.body, step.changed_fields) == (UPDATED, {"name": "New"}, ("name",))


def test_an_id_alone_keeps_the_name() -> None:
    (step,) = _plan([{"id": "7", "settings": {"port": "587", "password": "CANARY-stored"}}], Server([_smtp()])).steps
    assert set(step.body) == {"settings"}


def test_an_id_that_the_account_does_not_have_is_refused() -> None:
    plan = _plan([_entry(id="9")], Server([_smtp()]))
    assert _reported(plan) == "integrations[0] (Shop).id: the account has no integration 9"


def test_renaming_onto_a_name_that_is_taken_is_refused() -> None:
    server = Server([_smtp(), _smtp("Other", "8")])
    reported = _reported(_plan([_entry(id="7", name="Other")], server))
    assert reported.startswith("integrations[0] (Other).name: ")
    assert "8" in reported


def test_renaming_changes_only_the_white_space_of_its_own_name() -> None:
    (step,) = _plan([_entry(id="7", name="My Shop")], Server([_smtp("My  Shop")])).steps
    assert step.body == {"name": "My Shop"}


def test_two_entries_that_mean_the_same_integration_are_refused() -> None:
    plan = _plan([_entry(), {"id": "7", "status": "inactive"}], Server([_smtp()]))
    assert "7" in _reported(plan)
    assert plan.steps[1].body == {}


def test_another_provider_than_stored_is_refused() -> None:
    reported = _reported(_plan([_entry(provider="mitto")], Server([_smtp()])))
    assert reported.startswith("integrations[0] (Shop).provider: ")
    assert "custom_email" in reported


def test_another_provider_id_than_stored_is_refused() -> None:
    reported = _reported(_plan([{"name": "Shop", "provider_id": LIVE[0].id}], Server([_smtp()])))
    assert reported.startswith("integrations[0] (Shop).provider_id: ")


def test_a_provider_id_that_contradicts_the_provider_is_refused() -> None:
    reported = _reported(_plan([_entry(provider_id=LIVE[0].id)]))
    assert reported.startswith("integrations[0] (Shop).provider: ")
    assert "twilio" in reported


def test_a_type_that_contradicts_what_the_account_says_is_refused() -> None:
    (mistake,) = _plan([{"id": "7", "type": "sms"}], Server([_smtp()])).mistakes
    assert mistake.path == "integrations[0].type"


def test_a_provider_that_the_account_does_not_have_is_refused_with_those_it_has() -> None:
    reported = _reported(_plan([_entry(provider="vonage")]))
    assert all(live.name in reported for live in LIVE)


def test_several_providers_of_the_declared_name_are_refused() -> None:
    duplicates = tuple(parse_provider({**live_item(SMTP), "id": number}) for number in ("1", "2"))
    reported = _reported(_plan([_entry()], live=duplicates))
    assert "1" in reported
    assert "2" in reported
    assert _actions(_plan([{"name": "Shop", "provider_id": "2", "status": "inactive"}], live=duplicates)) == [CREATED]


def test_an_entry_by_id_without_provider_is_checked_by_that_of_the_account() -> None:
    plan = _plan([{"id": "7", "settings": {"pasword": "CANARY"}}], Server([_smtp()]))
    reported = _reported(plan)
    assert "did you mean password?" in reported
    assert "CANARY" not in reported


@pytest.mark.parametrize("visibility", ["masked", "masked with a tail", "null", "left out", "crossed out"])
@pytest.mark.parametrize("merges", [True, False])
def test_a_stored_secret_that_can_not_be_read_is_asked_for_before_other_settings_change(
    visibility: str, merges: bool
) -> None:
    server = Server([_smtp()], visibility, merges)
    reported = _reported(_plan([_entry(settings={"port": "587"})], server))
    assert reported.startswith("integrations[0] (Shop).settings.password: ")
    server.apply(_plan([_entry(settings={"port": "587", "password": "CANARY-new"})], server))
    assert server.stored[0].settings == {**SMTP_SETTINGS, "port": "587", "password": "CANARY-new"}


@pytest.mark.parametrize("visibility", sorted(VISIBILITIES))
def test_a_change_beside_the_settings_needs_no_secret(visibility: str) -> None:
    (step,) = _plan([_entry(status="inactive", settings={"port": "25"})], Server([_smtp()], visibility)).steps
    assert step.body == {"status": "inactive"}


@pytest.mark.parametrize("visibility", ["masked", "crossed out", "null", "left out"])
def test_a_hidden_secret_is_left_on_create_written_always_and_reported_of_either_way(visibility: str) -> None:
    server = Server([_smtp()], visibility)
    entry = _entry(settings={"password": "CANARY-new"})
    (left,) = _plan([entry], server).steps
    assert (left.action, left.secrets_compared, left.secrets_written) == (UNCHANGED, False, ())
    (written,) = _plan([entry], server, ALWAYS).steps
    assert (written.action, written.secrets_compared) == (UPDATED, False)
    assert written.changed_fields == ("settings.password",)
    assert written.secrets_written == ("password",)


def test_a_secret_with_another_tail_is_written_on_create_too() -> None:
    server = Server([_smtp()], "masked with a tail")
    (step,) = _plan([_entry(settings={"password": "CANARY-other"})], server).steps
    assert step.action == UPDATED
    assert step.changed_fields == ("settings.password",)


def test_a_secret_that_is_shown_is_compared() -> None:
    server = Server([_smtp()])
    (same,) = _plan([_entry(settings={"password": "CANARY-stored"})], server, ALWAYS).steps
    (other,) = _plan([_entry(settings={"password": "CANARY-other"})], server).steps
    assert (same.action, same.secrets_compared) == (UNCHANGED, True)
    assert (other.action, other.secrets_compared, other.secrets_written) == (UPDATED, True, ("password",))


def _requiring(*required: str) -> tuple[LiveProvider, ...]:
    return (parse_provider(live_item(SMTP, required=required)),)


def test_a_required_setting_is_asked_for_on_creation() -> None:
    reported = _reported(_plan([_entry(settings={"password": "CANARY"})], live=_requiring("port", "password")))
    assert reported == "integrations[0] (Shop).settings.port: required by custom_email"


def test_a_required_setting_that_is_stored_need_not_be_declared() -> None:
    settings = {"username": "v", "password": "CANARY-stored"}
    plan = _plan([_entry(settings=settings)], Server([_smtp()]), live=_requiring("port", "password"))
    assert _actions(plan) == [UPDATED]


def test_a_required_setting_can_not_be_cleared() -> None:
    settings = {"port": "", "password": "CANARY-stored"}
    reported = _reported(_plan([_entry(settings=settings)], Server([_smtp()]), live=_requiring("port")))
    assert reported == "integrations[0] (Shop).settings.port: required by custom_email"


def test_a_required_setting_does_not_disturb_where_nothing_is_written() -> None:
    stored = Stored("7", "Shop", SMTP, {"username": "u"})
    plan = _plan([_entry(settings={"username": "u"})], Server([stored]), live=_requiring("port"))
    assert (_actions(plan), plan.mistakes) == ([UNCHANGED], [])


def test_a_deprecated_setting_warns_where_it_is_written() -> None:
    live = (parse_provider(live_item(SMTP, deprecated=("username",))),)
    (warning,) = _plan([_entry(settings={"username": "CANARY", "password": "x"})], live=live).warnings
    assert "settings.username" in warning
    assert "deprecated" in warning
    assert "CANARY" not in warning


def _live_smtp(*names: str) -> tuple[LiveProvider, ...]:
    return (parse_provider({**live_item(SMTP), "settings": [{"name": name} for name in names]}),)


def test_a_setting_that_only_the_account_knows_is_accepted() -> None:
    settings = {"encryption": "CANARY", "password": ""}
    (step,) = _plan([_entry(settings=settings)], live=_live_smtp(*SMTP.field_names, "encryption")).steps
    assert step.body["settings"] == settings
    assert step.secrets_written == ("encryption", "password")
    assert "CANARY" not in str(diff(step))


def test_a_setting_that_nobody_knows_is_refused_with_the_close_match() -> None:
    reported = _reported(
        _plan([_entry(settings={"encription": "CANARY"})], live=_live_smtp(*SMTP.field_names, "encryption"))
    )
    assert reported == (
        "integrations[0] (Shop).settings.encription: not a setting of custom_email; did you mean encryption?"
    )


def test_a_setting_that_the_account_lacks_is_left_out_with_a_warning() -> None:
    plan = _plan(
        [_entry(settings={"port": "587", "username": "u", "password": ""})], live=_live_smtp("port", "password")
    )
    assert plan.steps[0].body["settings"] == {"port": "587", "password": ""}
    (warning,) = plan.warnings
    assert "settings.username" in warning


def test_a_setting_that_the_account_lacks_does_not_flap() -> None:
    item = {
        "id": "7",
        "name": "Shop",
        "type": "email",
        "status": "active",
        "provider_id": "1002",
        "provider": {**live_item(SMTP), "settings": [{"name": "port"}]},
        "settings": {"port": "587"},
    }
    entries = declared(_entry(settings={"port": "587", "username": "u"}))
    for live in (None, _live_smtp("port")):
        plan = make_plan(entries, [parse_integration(item)], Policy(), live)
        assert _actions(plan) == [UNCHANGED]


def test_an_account_that_describes_no_settings_takes_those_of_the_page() -> None:
    (step,) = _plan([_entry(settings={"port": "587", "password": ""})], live=_live_smtp()).steps
    assert step.body["settings"] == {"port": "587", "password": ""}


def test_a_provider_that_the_registry_does_not_know_works_through_its_descriptor() -> None:
    item = {
        "id": "9",
        "name": "vonage",
        "type": "sms",
        "settings": [{"name": "key", "required": True}, {"name": "from"}],
    }
    live = (parse_provider(item),)
    reported = _reported(_plan([_entry(provider="vonage", settings={"from": "x"})], live=live))
    assert reported == "integrations[0] (Shop).settings.key: required by vonage"
    (step,) = _plan([_entry(provider="vonage", settings={"from": "x", "key": "y"})], live=live).steps
    assert (step.action, step.body["type"], step.body["provider_id"]) == (CREATED, "sms", "9")
    assert step.secrets_written == ("from", "key")


@pytest.mark.parametrize("name", ["twilio_sms", "twilio", "Twilio"])
@pytest.mark.parametrize("written", ["twilio_sms", "twilio"])
def test_a_provider_is_found_under_whichever_of_its_names_the_account_has(name: str, written: str) -> None:
    live = (parse_provider({**live_item(TWILIO), "name": name}),)
    assert _actions(_plan([_entry(provider=written, status="inactive")], live=live)) == [CREATED]


@pytest.mark.parametrize("stored", ["Shop EU ", " Shop EU", "Shop  EU", "Shop\u00a0EU"])
def test_a_creation_is_refused_beside_a_name_that_only_differs_in_white_space(stored: str) -> None:
    reported = _reported(_plan([_entry("Shop EU")], Server([_smtp(stored)])))
    assert "7" in reported


def test_a_creation_is_refused_beside_a_name_of_the_same_composed_characters() -> None:
    assert "7" in _reported(_plan([_entry("Caf\u00e9")], Server([_smtp("Cafe\u0301")])))


@pytest.mark.parametrize(
    ("declared_name", "stored"),
    [
        ("Shop", "shop"),
        ("Tom & Jerry", "Tom &amp; Jerry"),
        ("Tom & Jerry", "Tom &amp;amp; Jerry"),
        ("Shop 😀 EU", "Shop  EU"),
        ("Shop\u200b EU", "Shop EU"),
        ("Ｓｈｏｐ", "Shop"),
        ("Shop <b>EU</b>", "Shop EU"),
        ("Shop 漢字", "Shop ??"),
        ("Shop 漢字", "Shop ?"),
        ("A name that is longer than twenty characters", "A name that is longe"),
    ],
)
def test_a_creation_is_refused_beside_a_name_that_hood_may_have_made_of_it(declared_name: str, stored: str) -> None:
    reported = _reported(_plan([_entry(declared_name, status="inactive")], Server([_smtp(stored)])))
    assert "integration 7" in reported


def test_a_name_that_another_entry_means_is_another_one() -> None:
    entries = [_entry("Newsletter Germany 2", status="inactive"), _entry("Newsletter Germany")]
    plan = _plan(entries, Server([_smtp("Newsletter Germany")]))
    assert _actions(plan) == [CREATED, UNCHANGED]


def test_a_name_is_not_cut_where_a_longer_one_is_stored() -> None:
    server = Server([_smtp("Newsletter Germany"), _smtp("A name that is longer than this", "8")])
    assert _actions(_plan([_entry("Newsletter Germany 2", status="inactive")], server)) == [CREATED]


def test_an_integration_of_another_provider_may_have_such_a_name() -> None:
    server = Server([Stored("7", "Shop", MITTO, {})])
    assert _actions(_plan([_entry("SHOP", status="inactive")], server)) == [CREATED]


@pytest.mark.parametrize(
    "options", [{}, {"settings": {"port": "25"}}, {"status": "active"}, {"settings": {"password": None}}]
)
def test_an_active_integration_is_not_created_without_its_secret(options: Raw) -> None:
    reported = _reported(_plan([_entry("New", **options)]))
    assert reported.startswith("integrations[0] (New).settings.password: must be there to create an active integration")


@pytest.mark.parametrize(
    "options", [{"status": "inactive"}, {"settings": {"password": ""}}, {"settings": {"password": "x"}}]
)
def test_an_integration_without_its_secret_is_created_inactive_or_if_there_is_none(options: Raw) -> None:
    assert _actions(_plan([_entry("New", **options)])) == [CREATED]


def test_a_secret_is_asked_for_only_where_the_provider_of_the_account_has_it() -> None:
    assert _actions(_plan([_entry("New")], live=_live_smtp("port"))) == [CREATED]
    assert _actions(_plan([_entry("Shop")], Server([_smtp("Shop")]))) == [UNCHANGED]


def test_the_secret_of_a_provider_that_only_its_id_names_is_asked_for_too() -> None:
    reported = _reported(_plan([{"name": "New", "provider_id": LIVE[0].id}]))
    assert reported.startswith("integrations[0] (New).settings.auth_token: must be there")


def test_a_key_without_a_value_that_the_account_does_not_know_is_refused() -> None:
    live = (parse_provider({**live_item(SMTP), "name": "vonage", "type": "sms"}),)
    entry = {"name": "New", "provider": "vonage", "settings": {"password": "x", "CANARY": None}}
    reported = _reported(_plan([entry], live=live))
    assert reported.startswith("integrations[0] (New).settings[1]: not a setting of vonage")
    assert "CANARY" not in reported


def test_settings_that_the_list_hides_are_read_one_by_one_and_only_where_they_are_declared() -> None:
    def bare(number: str, name: str) -> Integration:
        return parse_integration({"id": number, "name": name, "provider": live_item(SMTP), "status": "active"})

    current = [bare("1", "A"), bare("2", "B"), bare("3", "C"), bare("4", "D"), bare("5", "D")]
    entries = declared(
        _entry("A", settings={"port": "587"}), _entry("B"), _entry("D", settings={"port": "1"}), _entry("E")
    )
    assert ids_to_read(entries, current) == ["1"]
    reported = _reported(make_plan(entries[:1], current, Policy(), LIVE))
    assert reported.startswith("integrations[0] (A).settings: ")


def _deactivated(plan: Plan) -> list[str]:
    for step in plan.deactivations:
        assert step.action == DEACTIVATED
        assert step.body == {"status": "inactive"}
    return [step.current.id for step in plan.deactivations if step.current]


OTHERS = [_smtp(f"Other {number}", str(100 + number)) for number in range(1, 6)]


def test_unmanaged_integrations_are_ignored_unless_asked_for() -> None:
    plan = _plan([_entry()], Server([_smtp(), *OTHERS]))
    assert (plan.unmanaged, plan.deactivations) == ([], [])


def test_unmanaged_integrations_are_reported_and_left() -> None:
    plan = _plan([_entry()], Server([_smtp(), *OTHERS]), Policy(unmanaged="report"))
    assert [one.id for one in plan.unmanaged] == ["101", "102", "103", "104", "105"]
    assert plan.writes == []


def test_unmanaged_integrations_are_deactivated() -> None:
    plan = _plan([_entry()], Server([_smtp(), *OTHERS]), DEACTIVATE)
    assert _deactivated(plan) == ["101", "102", "103", "104", "105"]


def test_protected_default_and_inactive_integrations_are_never_deactivated() -> None:
    spared = [
        _smtp("Protected", "201"),
        _smtp("Default", "202", is_default=True),
        _smtp("Inactive", "203", status="inactive"),
    ]
    policy = Policy(unmanaged="deactivate", protected=("Protected", "Shop"))
    plan = _plan([_entry()], Server([_smtp(), *spared, OTHERS[0]]), policy)
    assert _deactivated(plan) == ["101"]
    assert [one.id for one in plan.unmanaged] == ["201", "202", "203", "101"]


@pytest.mark.parametrize(("allowed", "count"), [(5, 5), (4, 0), (0, 0)])
def test_too_many_deactivations_refuse_the_whole_plan(allowed: int, count: int) -> None:
    policy = Policy(unmanaged="deactivate", max_deactivations=allowed)
    plan = _plan([_entry(status="inactive")], Server([_smtp(), *OTHERS]), policy)
    assert len(plan.deactivations) == count
    assert bool(plan.mistakes) is (count == 0)
    if plan.mistakes:
        assert "5 integrations" in str(plan.mistakes[0])


def test_nothing_is_deactivated_beside_a_mistake() -> None:
    plan = _plan([_entry(id="9")], Server(list(OTHERS)), DEACTIVATE)
    assert plan.mistakes
    assert plan.deactivations == []


def test_nothing_is_deactivated_for_an_empty_declaration() -> None:
    plan = _plan([], Server(list(OTHERS)), DEACTIVATE)
    assert plan.deactivations == []
    assert [one.id for one in plan.unmanaged] == ["101", "102", "103", "104", "105"]


def test_a_renamed_integration_is_not_unmanaged() -> None:
    plan = _plan([_entry(id="101", name="New")], Server([OTHERS[0]]), DEACTIVATE)
    assert (plan.unmanaged, plan.deactivations) == ([], [])


@fast
@given(scene=scenes(), allowed=st.integers(0, 5))
def test_deactivations_spare_all_that_is_declared_and_keep_to_the_limit(scene: Scene, allowed: int) -> None:
    account, entries = scene
    plan = _plan(entries, Server(account), Policy(unmanaged="deactivate", max_deactivations=allowed))
    doomed = [step.current.name for step in plan.deactivations if step.current]
    assert not set(doomed) & {entry["name"] for entry in entries}
    assert len(doomed) <= allowed
    assert not (doomed and (plan.mistakes or not entries))


@fast
@given(data=st.data(), visibility=visibilities)
def test_one_wrong_entry_does_not_change_the_steps_of_the_others(data: st.DataObject, visibility: str) -> None:
    account, entries = data.draw(scenes())
    server = Server(account, visibility)
    alone = _plan(entries, server)
    beside = _plan([*entries, {"id": "999999", "settings": data.draw(settings_of(MITTO))}], server)
    assert beside.mistakes
    assert [_essence(step) for step in beside.steps[:-1]] == [_essence(step) for step in alone.steps]


def _essence(step: Step) -> tuple[Any, ...]:
    return step.action, step.body, step.changed_fields, step.mistakes


def test_a_default_integration_is_deactivated_only_where_it_is_named() -> None:
    spared = [_smtp("Default", "202", is_default=True), _smtp("Another default", "203", is_default=True)]
    server = Server([_smtp(), *spared])
    named = Policy(unmanaged="deactivate", deactivate_default=("Default", "Shop"))
    assert _deactivated(_plan([_entry()], server, named)) == ["202"]
    protected = Policy(unmanaged="deactivate", deactivate_default=("Default",), protected=("Default",))
    assert _deactivated(_plan([_entry()], server, protected)) == []


@pytest.mark.parametrize("option", ["protected", "deactivate_default"])
@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("other 1", "did you mean Other 1?"),
        ("Other 1 ", "did you mean Other 1?"),
        ("101", "It is the id of an integration: give its name, Other 1"),
        ("Othr 1", "did you mean Other 1?"),
        ("Nobody", "it has "),
    ],
)
def test_a_name_of_the_policy_that_the_account_lacks_refuses_the_whole_plan(option: str, name: str, hint: str) -> None:
    names = {option: ("Other 2", name)}
    policy = replace(
        DEACTIVATE,
        protected=names.get("protected", ()),
        deactivate_default=names.get("deactivate_default", ()),
    )
    plan = _plan([_entry(status="inactive")], Server([_smtp(), *OTHERS]), policy)
    (mistake,) = plan.mistakes
    assert mistake.path == f"{option}[1]"
    assert hint in mistake.reason
    assert plan.deactivations == []


def test_a_protected_name_that_is_only_declared_is_no_slip() -> None:
    policy = Policy(unmanaged="deactivate", protected=("New",))
    assert not _plan([_entry("New", settings={"password": "x"})], Server(list(OTHERS)), policy).mistakes


@pytest.mark.parametrize("unknown", [{"is_default": None}, {"is_default": "yes"}, {"status": "paused"}])
def test_what_is_not_known_permits_no_deactivation(unknown: Raw) -> None:
    item = {"id": "7", "name": "Shop", "provider": live_item(SMTP), "status": "active", "is_default": False, **unknown}
    entries = declared(_entry("Other 1"))
    current = [parse_integration(item), *Server([OTHERS[0]]).shown()]
    plan = make_plan(entries, current, DEACTIVATE, LIVE)
    (mistake,) = plan.mistakes
    assert "(id 7)" in mistake.reason
    assert plan.deactivations == []
    assert undecided_ids(plan.steps, current, DEACTIVATE) == ["7"]
    protected = Policy(unmanaged="deactivate", protected=("Shop",))
    assert not make_plan(entries, current, protected, LIVE).mistakes


def test_a_status_in_an_unknown_form_is_left_and_reported_of() -> None:
    item = {"id": "7", "name": "Shop", "provider": live_item(SMTP), "status": "paused", "settings": {}}
    plan = make_plan(declared(_entry(status="active")), [parse_integration(item)], Policy(), LIVE)
    assert _actions(plan) == [UNCHANGED]
    assert "unknown form" in plan.warnings[0]


UNREADABLE = [
    *("[FILTERED]", "<hidden>", "REDACTED", "secret", "(set)", "-----", "xxxx-xxxx", "********ab12cd34ef"),
    *("p4ss-word-in-clear", "5f4dcc3b5aa765d61d8327deb882cf99"),
]


@pytest.mark.parametrize("shown", UNREADABLE)
def test_a_secret_that_is_not_declared_is_never_sent(shown: str) -> None:
    item = {"id": "7", "name": "Shop", "provider": live_item(SMTP), "settings": {"port": "25", "password": shown}}
    (step,) = make_plan(declared(_entry(settings={"port": "587"})), [parse_integration(item)], Policy(), LIVE).steps
    assert step.action == FAILED
    assert step.reason_code == "unsafe"
    assert str(step.mistakes[0]).startswith("integrations[0] (Shop).settings.password: ")
    assert len(step.mistakes) == 1


@pytest.mark.parametrize("shown", ["p4ss-word-in-clear", "not-available-to-you", "enc:AQICAHh9f8s7", "CANARY-other-1"])
def test_the_proof_of_one_secret_is_no_proof_of_another_of_its_kind(shown: str) -> None:
    server = Server([_smtp(), Stored("8", "Other", SMTP, {"password": "CANARY-other-1"})])
    server.stored[0].settings["password"] = shown
    entries = declared(_entry(settings={"port": "587"}), _entry("Other", settings={"password": "CANARY-other-1"}))
    refused, _same = make_plan(entries, server.shown(), Policy(), LIVE).steps
    assert (refused.action, refused.reason_code, refused.body) == (FAILED, "unsafe", {})
    assert refused.mistakes[0].path == "integrations[0] (Shop).settings.password"
    merging, _same = make_plan(entries, server.shown(), Policy(), LIVE, Evidence(merges=True)).steps
    assert merging.body == {"settings": {"port": "587"}}


MITTO_ITEM = {"id": "7", "name": "Texts", "provider": live_item(MITTO), "settings": {"sender_name": "Example"}}
TWILIO_ITEM = {"id": "8", "name": "A", "provider": live_item(TWILIO), "settings": {"auth_token": "********"}}


@pytest.mark.parametrize("hidden", [{}, {"api_key": None}, {"api_key": ""}])
def test_that_the_secret_of_one_provider_is_shown_tells_nothing_of_another_one(hidden: Raw) -> None:
    mitto = {**MITTO_ITEM, "settings": {"sender_name": "Example", **hidden}}
    current = [parse_integration(mitto), parse_integration(TWILIO_ITEM)]
    entries = declared(_entry("Texts", "mitto", settings={"sender_name": "New"}))
    (refused,) = make_plan(entries, current, Policy(), LIVE).steps
    assert (refused.action, refused.reason_code) == (FAILED, "unsafe")
    assert [mistake.path for mistake in refused.mistakes] == ["integrations[0] (Texts).settings.api_key"]


def test_a_secret_that_another_integration_of_its_provider_shows_is_not_stored_where_it_is_missing() -> None:
    other = {**MITTO_ITEM, "id": "9", "name": "Other", "settings": {"api_key": "********"}}
    current = [parse_integration(MITTO_ITEM), parse_integration(other)]
    plain = declared(_entry("Texts", "mitto", settings={"sender_name": "New"}))
    assert make_plan(plain, current, Policy(), LIVE).steps[0].body == {"settings": {"sender_name": "New"}}
    secret = declared(_entry("Texts", "mitto", settings={"api_key": "CANARY-key-of-mitto"}))
    (step,) = make_plan(secret, current, Policy(), LIVE).steps
    assert step.changed_fields == ("settings.api_key",)


@pytest.mark.parametrize("hidden", [{}, {"api_key": None}])
def test_a_setting_that_is_not_known_and_is_shown_is_no_proof_that_secrets_are_listed(hidden: Raw) -> None:
    settings = {"sender_name": "Example", "region": "eu", **hidden}
    entries = declared(_entry("Texts", "mitto", settings={"sender_name": "Example", "api_key": "CANARY-of-mitto"}))
    (step,) = make_plan(entries, [parse_integration({**MITTO_ITEM, "settings": settings})], Policy(), LIVE).steps
    assert (step.action, step.secrets_compared) == (UNCHANGED, False)


def test_a_new_setting_of_a_provider_that_nothing_shows_is_not_at_risk_where_secrets_are_shown() -> None:
    described = live_item(TWILIO)
    described["settings"].append({"name": "region", "type": "string", "required": False, "deprecated": False})
    item = {
        **TWILIO_ITEM,
        "provider": described,
        "settings": {"auth_token": "********", "account_sid": "AC" + "a" * 32},
    }
    settings = {"auth_token": "CANARY-of-twilio", "account_sid": "AC" + "b" * 32}
    current = [parse_integration(item)]
    (step,) = make_plan(declared(_entry("A", "twilio", settings=settings)), current, Policy(), None).steps
    assert step.body == {"settings": settings}


@pytest.mark.parametrize(("others", "action"), [(0, "updated"), (1, "unchanged"), (3, "unchanged")])
def test_an_account_whose_secrets_are_all_empty_hides_them(others: int, action: str) -> None:
    """Of a single one it can't be known: it may have been created without a secret."""
    shown = {"sender_name": "Example", "api_key": ""}
    items = [
        {**MITTO_ITEM, "id": str(number), "name": f"Text {number}", "settings": shown} for number in range(1 + others)
    ]
    current = [parse_integration(item) for item in items]
    entries = declared(_entry("Text 0", "mitto", settings={"api_key": "a-secret-of-mitto"}))
    (step,) = make_plan(entries, current, Policy(), LIVE).steps
    assert (step.action, step.secrets_compared) == (action, action == "updated")
    (tried,) = make_plan(entries, [*current, parse_integration(TWILIO_ITEM)], Policy(), LIVE).steps
    assert tried.action == "updated"


def test_an_account_that_is_known_to_merge_gets_only_what_is_declared() -> None:
    server = Server([_smtp()], "masked")
    entries = declared(_entry(settings={"port": "587"}))
    (step,) = make_plan(entries, server.shown(), Policy(), LIVE, Evidence(merges=True)).steps
    assert step.body == {"settings": {"port": "587"}}


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("default_sender_email", "n***@example.com"),
        ("default_sender_name", "Tom &amp; Jerry"),
        ("default_sender_name", "Example Ne…"),
        ("port", 587.5),
        ("username", ["u"]),
        ("username", True),
    ],
)
def test_a_plain_setting_that_is_not_surely_shown_as_stored_is_asked_for(key: str, shown: Any) -> None:
    settings = {"sending_domain": "example.com", "password": "x", key: shown}
    item = {"id": "7", "name": "Shop", "provider": live_item(SMTP), "settings": settings}
    entries = declared(_entry(settings={"sending_domain": "example.org", "password": "y"}))
    reported = _reported(make_plan(entries, [parse_integration(item)], Policy(), LIVE))
    assert reported.startswith(f"integrations[0] (Shop).settings.{key}: ")


@pytest.mark.parametrize(
    ("shown", "sent"), [("14155552671", "+14155552671"), ("+14155552671", "+14155552671"), ("72345", "72345")]
)
def test_a_phone_number_is_sent_in_the_documented_form(shown: str, sent: str) -> None:
    settings = {"account_sid": "AC" + "0" * 32, "auth_token": "x", "default_phone_number": shown}
    item = {"id": "7", "name": "Shop", "provider": live_item(TWILIO), "settings": settings}
    entries = declared(_entry(provider="twilio", settings={"auth_token": "CANARY-new-1"}))
    (step,) = make_plan(entries, [parse_integration(item)], ALWAYS, LIVE).steps
    assert step.body["settings"]["default_phone_number"] == sent
    other = {**item, "id": "8", "name": "Other", "settings": {"default_phone_number": "+14155550100"}}
    current = [parse_integration(item), parse_integration(other)]
    (step,) = make_plan(entries, current, ALWAYS, LIVE).steps
    assert step.body["settings"]["default_phone_number"] == shown


def test_what_a_provider_requires_and_nothing_shows_may_be_stored() -> None:
    settings = {"username": "u", "password": "x"}
    item = {"id": "7", "name": "Shop", "provider": live_item(SMTP, required=("port",)), "settings": settings}
    entries = declared(_entry(settings={"username": "v", "password": "y"}))
    reported = _reported(make_plan(entries, [parse_integration(item)], Policy(), _requiring("port")))
    assert reported.startswith("integrations[0] (Shop).settings.port: ")


def test_where_no_plain_setting_is_shown_all_may_be_stored() -> None:
    item = {"id": "7", "name": "Shop", "provider": live_item(SMTP), "settings": {"password": "x", "port": None}}
    entries = declared(_entry(settings={"port": "587", "password": "y"}))
    plan = make_plan(entries, [parse_integration(item)], Policy(), LIVE)
    assert {mistake.path.rpartition(".")[2] for mistake in plan.mistakes} == set(SMTP.plain_names) - {"port"}


def test_an_integration_whose_provider_can_not_be_reported_is_not_written() -> None:
    item = {"id": "7", "name": "Shop", "status": "active", "settings": {}}
    plan = make_plan(declared(_entry(status="inactive")), [parse_integration(item)], Policy(), LIVE)
    assert (plan.steps[0].action, plan.steps[0].reason_code) == (FAILED, "unsafe")


def test_a_default_that_is_named_counts_towards_the_limit() -> None:
    server = Server([_smtp(), _smtp("Default", "202", is_default=True)])
    policy = Policy(unmanaged="deactivate", deactivate_default=("Default",), max_deactivations=0)
    plan = _plan([_entry(status="inactive")], server, policy)
    assert "1 integrations would be deactivated" in str(plan.mistakes[0])


REFUSE = Policy(missing="refuse")


def test_what_is_missing_is_refused_by_name_where_nothing_may_be_created() -> None:
    entries = [_entry("Gone"), _entry(settings={"port": "587", "password": "CANARY"}), _entry("Lost")]
    plan = _plan(entries, Server([_smtp()]), REFUSE)
    assert [mistake.path for mistake in plan.mistakes] == [
        "integrations[0] (Gone).name",
        "integrations[2] (Lost).name",
    ]
    assert _actions(plan) == [FAILED, UPDATED, FAILED]


def _nameless(*entries: Raw) -> list[Declared]:
    result = read(list(entries), needs_provider=False)
    assert not result.mistakes
    return result.entries


def test_an_entry_without_a_provider_takes_that_of_the_account() -> None:
    entries = _nameless({"name": "Shop", "settings": {"password": "CANARY-new"}})
    plan = make_plan(entries, Server([_smtp()], "masked").shown(), Policy("always", "refuse"), LIVE)
    assert plan.steps[0].body == {"settings": {**SMTP_SETTINGS, "password": "CANARY-new"}}
    wrong = _nameless({"name": "Shop", "settings": {"pasword": "CANARY-new"}})
    reported = _reported(make_plan(wrong, Server([_smtp()], "masked").shown(), REFUSE, LIVE))
    assert reported.endswith("not a setting of custom_email; did you mean password?")


@fast
@given(scene=scenes(), visibility=visibilities, update_secrets=st.sampled_from(["on_create", "always"]))
def test_nothing_is_ever_created_where_the_missing_are_refused(
    scene: Scene, visibility: str, update_secrets: str
) -> None:
    account, entries = scene
    plan = _plan(entries, Server(account, visibility), Policy(update_secrets, "refuse"))
    assert CREATED not in _actions(plan)
    present = {one.name for one in account}
    assert {entry["name"] for entry in entries} - present == {
        step.entry.name for step in plan.steps if step.current is None
    }


@pytest.mark.parametrize(
    ("visibility", "seen"),
    [("clear", "same"), ("masked", "hidden"), ("masked with a tail", "alike"), ("left out", "hidden")],
)
def test_it_is_reported_how_much_could_be_seen_of_a_secret(visibility: str, seen: str) -> None:
    server = Server([_smtp()], visibility)
    (step,) = _plan([_entry(settings={"password": "CANARY-stored", "port": "25"})], server).steps
    assert {key: one.value for key, one in step.secrets_seen.items()} == {"password": seen}


def test_a_swap_of_two_names_is_refused() -> None:
    server = Server([_smtp("One", "7"), _smtp("Two", "8")])
    plan = _plan([_entry("Two", id="7"), _entry("One", id="8")], server)
    first, second = map(str, plan.mistakes)
    assert "can't rename integration 7: 8 has this name already" in first
    assert "can't rename integration 8: 7 has this name already" in second
    assert plan.writes == []


def test_a_name_that_another_one_gives_up_in_the_same_run_is_still_taken() -> None:
    server = Server([_smtp("One", "7"), _smtp("Two", "8")])
    plan = _plan([_entry("Two", id="7"), _entry("Three", id="8")], server)
    assert "let it have it in a run before this one" in str(plan.mistakes[0])
    assert _actions(plan) == [FAILED, UPDATED]


def test_two_integrations_can_not_be_renamed_to_one_name() -> None:
    server = Server([_smtp("One", "7"), _smtp("Two", "8")])
    reported = _reported(_plan([_entry("New", id="7"), _entry("New", id="8")], server))
    assert reported == (
        "integrations[1] (New).name: can't rename integration 8: integrations[0] gets this name in the same run"
    )


def test_duplicates_that_exist_are_left_as_they_are() -> None:
    server = Server([_smtp("Duplicate", "7"), _smtp("Duplicate", "8")])
    entries = [_entry("Duplicate", id="7", status="inactive"), _entry("Duplicate", id="8")]
    assert _actions(_plan(entries, server)) == [UPDATED, UNCHANGED]


def test_a_name_that_is_given_up_can_not_be_taken_by_a_creation_in_the_same_run() -> None:
    reported = _reported(_plan([_entry("New", id="7"), _entry("Shop")], Server([_smtp()])))
    assert reported == "integrations[1] (Shop): means the same integration 7 as integrations[0]"


def test_a_rename_onto_the_name_of_a_creation_is_refused_before_the_account_is_read() -> None:
    result = read([_entry("New", id="7"), _entry("New")])
    assert [str(mistake) for mistake in result.mistakes] == [
        "integrations[1] (New).name: the same name as integrations[0]"
    ]


@fast
@given(data=st.data(), account=stored_accounts())
def test_no_run_makes_two_integrations_of_one_name(data: st.DataObject, account: list[Stored]) -> None:
    wanted = st.sampled_from([*(one.name for one in account), "New", "Newer"])
    entries = [{"id": one.id, "name": data.draw(wanted)} for one in account]
    result = read(entries)
    assert not result.mistakes
    server = Server(list(account))
    plan = make_plan(result.entries, server.shown(), Policy(), LIVE)
    if not plan.mistakes:
        server.apply(plan)
    names = [one.name for one in server.stored]
    assert len(set(names)) == len(names)
    assert {one.id for one in server.stored} == {one.id for one in account}
