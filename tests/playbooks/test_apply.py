"""The main job: what is declared gets there, once, and stays."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.support.ansible import Ansible
from tests.support.entries import TOKEN, entry, secrets, seven
from tests.support.tasks import many, one


def methods(hood: Emulator) -> list[str]:
    return [call.method for call in hood.log]


def test_seven_are_created_and_the_second_run_only_reads(hood: Emulator, ansible: Ansible) -> None:
    first = ansible.play(many(seven())).only()
    assert first["changed"] is True
    assert first["summary"] == {"created": 7, "updated": 0, "unchanged": 0, "deactivated": 0, "failed": 0}
    assert methods(hood).count("POST") == 7
    hood.log.clear()

    second = ansible.play(many(seven())).only()
    assert second["changed"] is False
    assert second["summary"]["unchanged"] == 7
    assert methods(hood) == ["GET"]
    assert second["api"]["requests"] == 1


def test_what_is_returned_has_every_documented_key_and_no_secret(hood: Emulator, ansible: Ansible) -> None:
    result = ansible.play(many(seven())).only()
    for returned, declared in zip(result["integrations"], seven(), strict=True):
        stored = hood.account(TOKEN).one(declared["name"])
        assert returned["id"] == stored.id
        assert returned["action"] == "created"
        assert returned["name"] == declared["name"]
        assert returned["provider"] == declared["provider"]
        assert returned["provider_id"] == stored.provider_id
        assert returned["status"] == "active"
        assert returned["error"] is None
        assert returned["secrets_compared"] is True
        assert len(returned["secrets_written"]) == 1
        plain = {key: str(value) for key, value in declared["settings"].items()}
        del plain[returned["secrets_written"][0]]
        assert returned["settings"] == plain
    assert not [secret for secret in secrets(seven()) if secret in str(result)]


def test_the_singular_module_does_the_same_for_one(hood: Emulator, ansible: Ansible) -> None:
    created = ansible.play(one(**entry("Newsletter"))).only()
    assert created["changed"] is True
    assert created["integration"]["action"] == "created"
    again = ansible.play(one(**entry("Newsletter"))).only()
    assert again["changed"] is False
    assert again["integration"]["id"] == created["integration"]["id"]
    assert hood.account(TOKEN).one("Newsletter").settings["port"] == "587"


@pytest.mark.parametrize("server", ["merge", "replace"])
def test_a_changed_port_is_one_patch_that_loses_nothing(hood: Emulator, ansible: Ansible, server: Any) -> None:
    account = hood.account(TOKEN, variants=Variants(settings_update=server), limits=Limits.off())
    ansible.play(many(seven()))
    before = dict(account.one("Newsletter").settings)
    hood.log.clear()

    declared = seven()
    declared[2]["settings"]["port"] = 2525
    result = ansible.play(many(declared), extra=("--diff",))
    assert [call.method for call in hood.log.writes()] == ["PATCH"]
    assert account.one("Newsletter").settings == {**before, "port": "2525"}
    returned = result.only()["integrations"][2]
    assert returned["action"] == "updated"
    assert returned["changed_fields"] == ["settings.port"]
    assert '"settings.port": "587"' in result.stdout
    assert '"settings.port": "2525"' in result.stdout


def test_check_mode_announces_the_creations_and_sends_only_reads(hood: Emulator, ansible: Ansible) -> None:
    run = ansible.play(many(seven()), extra=("--check", "--diff"))
    predicted = run.only()
    assert set(methods(hood)) == {"GET"}
    assert predicted["changed"] is True
    assert predicted["summary"]["created"] == 7
    assert {returned["id"] for returned in predicted["integrations"]} == {None}
    assert '"settings.port": "587"' in run.stdout
    assert '"settings.password": "(secret, will be set)"' in run.stdout
    assert not [secret for secret in secrets(seven()) if secret in run.output + run.log]

    done = ansible.play(many(seven())).only()
    assert set(done) - {"diff"} == set(predicted) - {"diff"}
    # Which integration becomes the default is for Hood to say.
    unforeseeable = {"id": None, "is_default": None}
    for was, is_now in zip(predicted["integrations"], done["integrations"], strict=True):
        assert {**was, **unforeseeable} == {**is_now, **unforeseeable}


def test_unchanged_shows_no_diff(ansible: Ansible) -> None:
    ansible.play(many(seven()))
    assert ansible.play(many(seven()), extra=("--diff",)).only()["diff"] == []


def test_the_one_on_the_last_page_is_found(hood: Emulator, ansible: Ansible) -> None:
    account = hood.account(TOKEN, variants=Variants(page_cap=20), limits=Limits.off())
    ansible.play(many([entry("Mitto")]))
    mitto = account.one("Mitto")
    account.remove(mitto.id)
    for number in range(44):
        account.add(name=f"Other {number}", provider="telegram", settings={"auth_token": "1:a", "chat_id": "1"})
    account.add(name="Mitto", provider="mitto", settings=dict(mitto.settings))
    hood.log.clear()

    result = ansible.play(many([entry("Mitto")])).only()
    assert result["changed"] is False
    assert methods(hood) == ["GET"] * 3
    assert len(account.integrations) == 45


def test_two_of_the_name_are_refused_with_both_ids(hood: Emulator, ansible: Ansible) -> None:
    account = hood.account(TOKEN)
    duplicates = [account.add(name="Mitto", provider="mitto", settings={"api_key": "a"}) for _duplicate in range(2)]
    run = ansible.play(many(seven()))
    assert run.rc != 0
    message = run.only()["msg"]
    assert all(duplicate.id in message for duplicate in duplicates)
    assert not hood.log.writes()


def test_an_integration_of_another_provider_is_left_alone(hood: Emulator, ansible: Ansible) -> None:
    account = hood.account(TOKEN)
    account.add(name="Mitto", provider="telegram", settings={"auth_token": "1:a", "chat_id": "1"})
    run = ansible.play(many(seven()))
    assert "can't be changed" in run.only()["msg"]
    assert not hood.log.writes()


def test_an_id_renames_in_place(hood: Emulator, ansible: Ansible) -> None:
    ansible.play(many(seven()))
    account = hood.account(TOKEN)
    identity = account.one("Mitto").id
    result = ansible.play(one(id=int(identity), name="Mitto EU")).only()
    assert result["integration"]["changed_fields"] == ["name"]
    assert account.one("Mitto EU").id == identity
    assert ansible.play(one(id=identity, name="Mitto EU")).only()["changed"] is False


def test_a_rotated_secret_is_written_by_always_and_only_reported_by_on_create(hood: Emulator, ansible: Ansible) -> None:
    account = hood.account(TOKEN)
    ansible.play(many(seven()))
    hood.log.clear()
    rotated = entry("Mitto")
    rotated["settings"]["api_key"] = "mitto-rotated"

    kept = ansible.play(one(**rotated)).only()
    assert kept["changed"] is False
    assert kept["integration"]["secrets_compared"] is False
    assert not hood.log.writes()

    written = ansible.play(one(**rotated, update_secrets="always")).only()
    assert written["integration"]["changed_fields"] == ["settings.api_key"]
    assert written["integration"]["secrets_written"] == ["api_key"]
    assert [call.method for call in hood.log.writes()] == ["PATCH"]
    assert account.one("Mitto").settings["api_key"] == "mitto-rotated"


def test_a_secret_that_can_not_be_read_must_be_declared_for_an_update(hood: Emulator, ansible: Ansible) -> None:
    ansible.play(many(seven()))
    hood.log.clear()
    declared = entry("Newsletter")
    del declared["settings"]["password"]
    assert ansible.play(one(**declared)).only()["changed"] is False
    declared["settings"]["port"] = 25
    run = ansible.play(one(**declared))
    assert "settings.password: Hood does not show the stored value" in run.only()["msg"]
    assert not hood.log.writes()


def test_one_refused_creation_does_not_stop_the_others(hood: Emulator, ansible: Ansible) -> None:
    hood.faults.add(method="POST", path="*/integrations", kind="status", status=400, times=1)
    run = ansible.play(many(seven(), parallel_requests=1))
    result = run.only()
    assert run.rc != 0
    assert result["changed"] is True
    assert [returned["action"] for returned in result["integrations"]].count("failed") == 1
    assert len(hood.account(TOKEN).integrations) == 6
    assert "POST" in result["msg"]
    assert ansible.play(many(seven())).only()["summary"]["created"] == 1


def test_a_refused_token_stops_at_once(hood: Emulator, ansible: Ansible) -> None:
    hood.faults.add(method="POST", path="*/integrations", kind="status", status=401, times=100)
    run = ansible.play(many(seven(), parallel_requests=1))
    assert run.rc != 0
    assert len(hood.log.writes()) == 1


def test_unmanaged_are_deactivated_last_and_within_limits(hood: Emulator, ansible: Ansible) -> None:
    account = hood.account(TOKEN)
    for number in range(4):
        account.add(name=f"Old {number}", provider="mitto", settings={"api_key": "a", "sender_name": "b"})
    assert account.one("Old 0").is_default
    reported = ansible.play(many(seven(), unmanaged="report")).only()
    assert [one["name"] for one in reported["unmanaged"]] == ["Old 0", "Old 1", "Old 2", "Old 3"]

    refused = ansible.play(many(seven(), unmanaged="deactivate", max_deactivations=1))
    assert refused.rc != 0
    assert {one.status for one in account.integrations} == {"active"}

    done = ansible.play(many(seven(), unmanaged="deactivate", protected='["Old 1"]')).only()
    assert done["summary"]["deactivated"] == 2
    statuses = [account.one(f"Old {number}").status for number in range(4)]
    assert statuses == ["active", "active", "inactive", "inactive"]
    assert ansible.play(many(seven(), unmanaged="deactivate", protected=["Old 1"])).only()["changed"] is False


def test_an_empty_declaration_deactivates_nothing(hood: Emulator, ansible: Ansible) -> None:
    hood.account(TOKEN).add(name="Other", provider="mitto", settings={"api_key": "a"})
    hood.account(TOKEN).add(name="Another", provider="mitto", settings={"api_key": "a"})
    run = ansible.play(many([], unmanaged="deactivate"))
    assert run.only()["msg"].startswith("unmanaged: deactivate needs at least one declared integration")
    assert not list(hood.log)


def test_credentials_are_tried_before_anything_is_written(hood: Emulator, ansible: Ansible) -> None:
    hood.account(TOKEN).bad_credentials.add("mitto-secret-AScs8")
    run = ansible.play(many(seven(), validate_credentials=True))
    assert "do not work" in run.only()["msg"]
    assert not hood.account(TOKEN).integrations
    assert "mitto-secret-AScs8" not in run.output
