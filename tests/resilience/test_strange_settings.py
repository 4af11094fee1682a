"""Servers that show something else than they store: no stored setting is lost, and no run says more than it knows."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Policy
from ansible_collections.ocamba.hood.plugins.module_utils.task import results
from tests.emulator.awkward import SETTINGS
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.support.entries import SECRET_KEYS, entry, seven
from tests.support.marks import every
from tests.support.runs import TOKEN, Done, Runner, declared_settings

MASKS = [
    *("[FILTERED]", "<hidden>", "REDACTED", "secret", "(set)", "-----", "#####", "████", "xxxx-xxxx"),
    *("********{tail}", "not shown", "••••", "N0t-Sh0wn-4ever"),
]
SHOWN = [
    *(Variants(secrets="other", mask=mask) for mask in MASKS),
    *(Variants(secrets=shown) for shown in ("clear", "masked", "masked_x", "masked_tail", "null", "empty", "absent")),
    *(Variants(plain_shown=shown) for shown in ("masked_email", "html", "cut", "null", "absent")),
    *(Variants(chat_id_type=shown) for shown in ("number", "float")),
    Variants(phone_plus="strip"),
    Variants(settings_in_list=False, secrets_by_id="clear"),
    *Variants.deviating("secret_absent", "secrets_of_inactive"),
    Variants(plain_shown="number"),
]
CHANGES: dict[str, tuple[str, str]] = {
    "Twilio EU": ("account_sid", "AC" + "f" * 32),
    "Mitto": ("sender_name", "Other"),
    "Newsletter": ("port", "2525"),
    "Receipts": ("smtp_username", "Other"),
    "Marketing": ("default_sender_name", "Other & more"),
    "Password resets": ("sender_name", "Other"),
    "Alerts": ("chat_id", "-100999"),
}


def stored(hood: Emulator) -> dict[str, dict[str, str]]:
    return {one.name: dict(one.settings) for one in hood.account(TOKEN).integrations}


def filled(hood: Emulator, variants: Variants, update: str) -> dict[str, dict[str, str]]:
    """An account that has the seven, stored by another hand."""
    variants = Variants.from_dict({**variants.to_dict(), "settings_update": update})
    account = hood.account(TOKEN, variants=variants, limits=Limits.off())
    for one in seven():
        account.add(one["name"], one["provider"], declared_settings(one))
    return stored(hood)


def run_one(hood: Emulator, name: str, settings: dict[str, Any]) -> Done:
    return Runner(hood.url, [{"name": name, "provider": entry(name)["provider"], "settings": settings}]).run()


@pytest.mark.parametrize("with_secret", [False, True])
@pytest.mark.parametrize("update", ["merge", "replace"])
@pytest.mark.parametrize("variants", every(2, of=SHOWN), ids=lambda variants: variants.label())
def test_a_change_of_one_plain_setting_loses_no_other(
    hood: Emulator, variants: Variants, update: str, with_secret: bool
) -> None:
    before = filled(hood, variants, update)
    for name, (key, value) in CHANGES.items():
        secrets = {one: text for one, text in before[name].items() if one in SECRET_KEYS and with_secret}
        done = run_one(hood, name, {**secrets, key: value})
        expected = before[name] if done.messages else {**before[name], key: value}
        assert stored(hood)[name] == expected, done.messages
        for message in done.messages:
            assert "add it to the entry" in message


@pytest.mark.parametrize("update", ["merge", "replace"])
@pytest.mark.parametrize("variants", every(2, of=SHOWN), ids=lambda variants: variants.label())
def test_a_declared_secret_goes_with_a_change_and_nothing_else_is_lost(
    hood: Emulator, variants: Variants, update: str
) -> None:
    before = filled(hood, variants, update)
    for name, (key, value) in CHANGES.items():
        declared = {**declared_settings(entry(name)), key: value}
        done = run_one(hood, name, declared)
        assert not done.messages
        assert stored(hood)[name] == {**before[name], key: value}


def test_where_all_that_is_not_declared_is_shown_as_stored_it_is_sent_along(hood: Emulator) -> None:
    before = filled(hood, Variants(phone_plus="strip"), "replace")
    for name, (key, value) in CHANGES.items():
        secrets = {one: text for one, text in before[name].items() if one in SECRET_KEYS}
        done = run_one(hood, name, {**secrets, key: value})
        assert not done.messages
        assert stored(hood)[name] == {**before[name], key: value}


@pytest.mark.parametrize("variants", every(2, of=SHOWN), ids=lambda variants: variants.label())
def test_a_second_run_changes_nothing_unless_it_is_reported(hood: Emulator, variants: Variants) -> None:
    hood.account(TOKEN, variants=variants, limits=Limits.off())
    assert not Runner(hood.url, seven()).run().messages
    held = stored(hood)
    hood.log.clear()
    second = Runner(hood.url, seven()).run()
    assert not second.messages
    assert stored(hood) == held
    assert second.report is not None
    described = results.plural(second.report)["integrations"]
    written = [one["name"] for one in described if one["action"] != "unchanged"]
    assert len(hood.log.writes()) == len(written)
    if variants.secret_absent == "none" and variants.plain_shown not in ("null", "absent"):
        assert not written
    for one in described:
        if one["action"] != "unchanged":
            assert one["reason_code"] == "stored_differently"
            assert any(one["name"] in warning for warning in second.report.warnings)


def _described(done: Done) -> list[dict[str, Any]]:
    assert done.report is not None
    found: list[dict[str, Any]] = results.plural(done.report)["integrations"]
    return found


@pytest.mark.parametrize("shown", ["clear", "masked", "masked_tail"])
def test_a_secret_that_is_left_out_while_others_are_shown_is_asked_for(hood: Emulator, shown: str) -> None:
    variants = Variants.from_dict({"secrets": shown, "secret_absent": "api_key"})
    before = filled(hood, variants, "replace")
    declared = [one for one in seven() if one["name"] in ("Twilio EU", "Password resets")]
    declared[1]["settings"] = {"domain": "new.example.com"}
    done = Runner(hood.url, declared).run()
    (message,) = done.messages
    assert message.startswith("integrations[1] (Password resets).settings.api_key: Hood does not show the stored value")
    assert done.report is not None
    assert [one.reason_code for one in done.report.outcomes if one.error] == ["unsafe"]
    assert stored(hood) == before


# What stands where a secret is hidden, and is neither a mask nor a word that masks have.
DISGUISES = ("not-available-to-you", "shown in UI only", "encrypted-legacy-value", "enc:AQICAHh9f8s7d6f5")


@pytest.mark.parametrize("update", ["merge", "replace"])
@pytest.mark.parametrize("mask", DISGUISES)
def test_what_stands_in_place_of_a_secret_is_not_stored_because_another_secret_is_shown(
    hood: Emulator, mask: str, update: str
) -> None:
    variants = Variants.from_dict(
        {"secrets": "clear", "secrets_of_inactive": "other", "mask": mask, "settings_update": update}
    )
    account = hood.account(TOKEN, variants=variants, limits=Limits.off())
    proven = entry("Mitto")
    account.add("Mitto", "mitto", declared_settings(proven))
    account.add("Old", "mitto", {"api_key": "mitto-secret-of-the-old", "sender_name": "Example"}, "inactive")
    before = stored(hood)
    settings = {"sender_name": "New"}
    hidden = {"name": "Old", "provider": "mitto", "settings": settings}
    done = Runner(hood.url, [proven, hidden]).run()
    assert stored(hood) == before
    (message,) = done.messages
    assert message.startswith("integrations[1] (Old).settings.api_key: ")
    settings["api_key"] = "mitto-secret-of-the-old"
    assert not Runner(hood.url, [proven, hidden]).run().messages
    assert stored(hood)["Old"] == settings


def test_digits_that_are_shown_as_a_number_are_not_sent_back(hood: Emulator) -> None:
    variants = Variants(plain_shown="number", settings_update="replace")
    account = hood.account(TOKEN, variants=variants, limits=Limits.off())
    stored_settings = {"password": "smtp-secret-one", "username": "00712", "port": "587"}
    account.add("Shop", "custom_email", stored_settings)
    before = stored(hood)
    declared = {"port": "465", "password": "smtp-secret-one"}
    done = Runner(hood.url, [{"name": "Shop", "provider": "custom_email", "settings": declared}]).run()
    (message,) = done.messages
    assert message.startswith("integrations[0] (Shop).settings.username: ")
    assert stored(hood) == before


def test_the_keys_of_secrets_are_those_of_the_registry() -> None:
    assert {key for one in seven() for key in one["settings"]} > set(SECRET_KEYS)


def awkward_entry(form: str) -> tuple[dict[str, Any], str]:
    provider, key, value, _stored = SETTINGS[form]
    declared = next(one for one in seven() if one["provider"] == provider)
    declared["settings"][key] = value
    return declared, key


# Forms that mean the same as what was declared, so that they never count as a difference.
SAME_MEANING = {"trim", "nfd", "punycode", "port_decimal", "phone_spaced"}


@pytest.mark.parametrize("update", ["merge", "replace"])
@pytest.mark.parametrize("form", SETTINGS)
def test_a_value_that_is_stored_in_another_form_is_reported_of_and_nothing_is_lost(
    hood: Emulator, form: str, update: str
) -> None:
    hood.account(
        TOKEN, variants=Variants.from_dict({"stored_form": form, "settings_update": update}), limits=Limits.off()
    )
    declared, key = awkward_entry(form)
    first = Runner(hood.url, [declared]).run()
    held = stored(hood)
    second = Runner(hood.url, [declared]).run()
    assert not first.messages + second.messages
    assert stored(hood) == held
    for done in (first, second):
        assert done.report is not None
        reported = [warning for warning in done.report.warnings if f"settings.{key}" in warning]
        (described,) = results.plural(done.report)["integrations"]
        if form in SAME_MEANING:
            assert not reported
        else:
            assert len(reported) == 1
            assert described["reason_code"] == "stored_differently"
    assert second.changed is (form not in SAME_MEANING)


@pytest.mark.parametrize("form", ["trim", "nfd", "html", "cut_255", "no_emoji"])
def test_a_secret_that_is_stored_in_another_form_is_reported_of(hood: Emulator, form: str) -> None:
    variants = Variants.from_dict({"stored_form": form, "stored_form_of_secrets": True, "secrets": "clear"})
    hood.account(TOKEN, variants=variants, limits=Limits.off())
    declared = entry("Newsletter")
    declared["settings"]["password"] = f"p4ss-Caf\u00e9<&>\U0001f600{'x' * 300} "
    done = Runner(hood.url, [declared]).run()
    assert done.report is not None
    (described,) = results.plural(done.report)["integrations"]
    assert described["reason_code"] == "stored_differently"
    assert described["secrets_compared"] is False
    assert described["secrets_seen"] == {"password": "hidden"}
    assert any("settings.password" in warning for warning in done.report.warnings)
    assert "p4ss" not in str(done.report.warnings)


@pytest.mark.parametrize(
    "variants",
    [
        *Variants.deviating("status_form", "default_form", "default_form_by_id", "type_form", "provider_form"),
        *Variants.deviating("provider_id_form", "id_form", "settings_form", "times", "total"),
    ],
    ids=lambda variants: variants.label(),
)
@pytest.mark.parametrize("status", ["active", "inactive"])
def test_a_form_that_nobody_expects_permits_no_write_and_makes_no_double(
    hood: Emulator, variants: Variants, status: str
) -> None:
    hood.account(TOKEN, variants=variants, limits=Limits.off())
    declared = [{**one, "status": status} for one in seven()]
    for _number in range(3):
        Runner(hood.url, declared).run()
    account = hood.account(TOKEN)
    assert sorted(one.name for one in account.integrations) in ([], sorted(one["name"] for one in declared))
    hood.log.clear()
    last = Runner(hood.url, declared).run()
    assert not hood.log.writes()
    assert not last.changed
    policy = Policy(unmanaged="deactivate", max_deactivations=10)
    Runner(hood.url, declared[:1]).run(policy)
    spared = [one for one in account.integrations if one.is_default and one.name != declared[0]["name"]]
    assert all(one.status == status for one in spared)


@pytest.mark.parametrize("secrets", ["clear", "masked", "absent"])
@pytest.mark.parametrize("update", ["merge", "replace"])
@pytest.mark.parametrize("listed", ["lower", "cut", "absent"])
def test_what_only_a_list_shows_otherwise_is_not_lost(hood: Emulator, listed: str, update: str, secrets: str) -> None:
    variants = Variants.from_dict({"plain_in_list": listed, "settings_update": update, "secrets": secrets})
    account = hood.account(TOKEN, variants=variants, limits=Limits.off())
    settings = {**declared_settings(entry("Newsletter")), "default_sender_name": "The Example Company's News"}
    account.add("Newsletter", "custom_email", settings)
    secret = {key: value for key, value in settings.items() if key in SECRET_KEYS}
    for port in ("2525", "2526"):
        done = run_one(hood, "Newsletter", {"port": port, **secret})
        assert not done.messages
        assert account.one("Newsletter").settings == {**settings, "port": port}
