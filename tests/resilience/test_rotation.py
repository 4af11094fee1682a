"""A rotation against every answer that the Hood API may give: it changes the chosen secrets and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.filter.rotation import rotation
from ansible_collections.ocamba.hood.plugins.filter.rotation_report import rotation_report
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import read
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile import engine
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Policy
from ansible_collections.ocamba.hood.plugins.module_utils.task import results
from tests.emulator.accounts import Account
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.support.entries import SECRET_KEYS, seven
from tests.support.runs import TOKEN, Runner, declared_settings

READ_BACK = {"clear": "confirmed", "masked_tail": "confirmed by its end"}


def secrets_of(entries: list[dict[str, Any]], prefix: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for one in entries:
        key = next(key for key in SECRET_KEYS if key in one["settings"])
        found[one["name"]] = {key: prefix + one["settings"][key]}
    return found


def rotate(hood: Emulator, secrets: dict[str, Any], check_mode: bool = False) -> dict[str, Any]:
    """What the module of the playbook does, and returns."""
    entries = [one["entry"] for one in rotation("all", secrets)]
    declared = read(entries, needs_provider=False)
    assert not declared.mistakes
    client = Runner(hood.url, []).client()
    asked = engine.Run(
        declared.entries,
        client.connection,
        policy=Policy(update_secrets="always", missing="refuse"),
        validate_credentials=True,
        check_mode=check_mode,
        parallel_requests=4,
    )
    return results.plural(engine.run(asked, client))


def stored(account: Account) -> dict[str, Any]:
    """What is not given is sent as Hood shows it: where that is a phone number without its plus, so is it then."""

    def settings(one: Any) -> dict[str, str]:
        taken_off = "+" if account.variants.phone_plus == "strip" else ""
        return {
            key: value.lstrip(taken_off) if key.endswith("_number") else value for key, value in one.settings.items()
        }

    return {one.id: (one.name, one.status, one.provider_id, settings(one)) for one in account.integrations}


@pytest.mark.parametrize("variants", Variants.matrix(), ids=Variants.label)
def test_a_rotation_changes_only_the_secrets(hood: Emulator, variants: Variants) -> None:
    account = hood.account(TOKEN, variants=variants, limits=Limits.off())
    for one in seven():
        account.add(name=one["name"], provider=one["provider"], settings=declared_settings(one), status="inactive")
    new = secrets_of(seven(), "1")
    before = stored(account)

    announced = rotate(hood, new, check_mode=True)
    assert {call.method for call in hood.log} == {"GET"}
    written = rotate(hood, new)
    assert announced["summary"] == written["summary"] == {**dict.fromkeys(written["summary"], 0), "updated": 7}
    assert {one["credentials"] for one in written["integrations"]} == {"accepted"}
    assert stored(account) == {
        identity: (name, *others, {**settings, **new[name]}) for identity, (name, *others, settings) in before.items()
    }
    report = rotation_report(written, list(new), rotate(hood, new, check_mode=True))
    assert not report["failed"], report["lines"]
    readings = {one["reading_back"] for one in report["integrations"]}
    assert readings == {READ_BACK.get(variants.secrets, "hidden")}
    assert len(hood.log.calls(method="PATCH")) == 7


def test_a_rotation_creates_nothing_and_names_all_that_are_missing(hood: Emulator) -> None:
    account = hood.account(TOKEN)
    account.add(name="Mitto", provider="mitto", settings=declared_settings(seven()[1]))
    before = stored(account)
    done = rotate(hood, secrets_of(seven(), "1"))
    errors = {one["name"]: one["error"] for one in done["integrations"]}
    assert "not written" in errors.pop("Mitto")
    assert all("has no integration of this name" in error for error in errors.values())
    assert len(errors) == 6
    assert stored(account) == before
    assert not hood.log.writes()


def test_a_hidden_setting_that_is_not_given_is_asked_for_and_nothing_is_tried(hood: Emulator) -> None:
    """What can't be read can't be sent along: neither to be tried nor to be written."""
    from tests.emulator.catalog import VIBER

    account = hood.account(TOKEN)
    account.add_provider(VIBER)
    settings = {setting.name: f"viber-{setting.name}" for setting in VIBER.settings}
    account.variants = Variants(secrets="absent")
    account.add(name="Viber", provider=VIBER.name, settings=settings)
    hidden = [setting.name for setting in VIBER.settings if setting.secret]
    shown = [name for name in settings if name not in hidden]
    before = stored(account)
    done = rotate(hood, {"Viber": {shown[0]: "another"}})
    assert f"settings.{hidden[0]}: Hood does not show the stored value" in done["integrations"][0]["error"]
    assert stored(account) == before
    assert not hood.log.calls(method="POST")
