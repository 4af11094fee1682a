"""Secrets that Hood hides are remembered: a value that changed in the vault is written, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.front_door.ansible import Ansible, PlaybookRun
from tests.front_door.entries import TOKEN, secrets, seven

APPLY = "Apply the declared integrations"


@pytest.fixture
def cache(ansible: Ansible, tmp_path: Path) -> Path:
    """A fact cache that lasts."""
    folder = tmp_path / "facts"
    ansible.environment.update(ANSIBLE_CACHE_PLUGIN="jsonfile", ANSIBLE_CACHE_PLUGIN_CONNECTION=str(folder))
    return folder


def apply(
    ansible: Ansible, hood: Emulator, entries: list[dict[str, Any]], *extra: str, **variables: Any
) -> PlaybookRun:
    host = {"ocamba_api_token": TOKEN, "ocamba_api_url": hood.url, "ocamba_update_secrets": "on_change", **variables}
    inventory = ansible.write("inventory.yml", {"all": {"hosts": {"acme": {**host, "ocamba_integrations": entries}}}})
    return ansible.playbook("ocamba.hood.apply", "-i", inventory, *extra)


def changed(name: str) -> list[dict[str, Any]]:
    entries = seven()
    declared = next(one for one in entries if one["name"] == name)
    declared["settings"]["api_key"] = "a-new-secret-of-mitto"
    return entries


@pytest.mark.parametrize("execution", ["controller", "target"])
@pytest.mark.parametrize("shown", ["masked", "absent", "null", "masked_tail", "clear"])
def test_a_secret_that_changed_in_the_vault_is_written_once(
    hood: Emulator, ansible: Ansible, cache: Path, execution: str, shown: str
) -> None:
    account = hood.account(TOKEN, variants=Variants.from_dict({"secrets": shown}), limits=Limits.off())
    way = {"ocamba_execution": execution}
    assert apply(ansible, hood, seven(), **way).only(APPLY)["summary"]["created"] == 7
    hood.log.clear()
    second = apply(ansible, hood, seven(), **way).only(APPLY)
    assert not second["changed"]
    assert all(one["secrets_compared"] for one in second["integrations"])
    assert not hood.log.writes()

    checked = apply(ansible, hood, changed("Mitto"), "--check", **way).only(APPLY)
    assert [one["changed_fields"] for one in checked["integrations"] if one["action"] == "updated"] == [
        ["settings.api_key"]
    ]
    third = apply(ansible, hood, changed("Mitto"), **way).only(APPLY)
    assert third["summary"]["updated"] == 1
    seen = next(one for one in third["integrations"] if one["name"] == "Mitto")["secrets_seen"]
    assert seen == {"api_key": "different" if shown in ("clear", "masked_tail") else "changed"}
    assert account.one("Mitto").settings["api_key"] == "a-new-secret-of-mitto"
    assert len(hood.log.writes()) == 1
    assert not apply(ansible, hood, changed("Mitto"), **way).only(APPLY)["changed"]
    facts = "".join(path.read_text("utf-8") for path in cache.iterdir())
    assert not [secret for secret in [*secrets(seven()), TOKEN, "a-new-secret-of-mitto"] if secret in facts]


def test_what_is_not_remembered_is_taken_over_with_one_warning(hood: Emulator, ansible: Ansible, cache: Path) -> None:
    assert cache
    assert apply(ansible, hood, seven(), ocamba_update_secrets="on_create").rc == 0
    hood.log.clear()
    run = apply(ansible, hood, changed("Mitto"))
    assert not run.only(APPLY)["changed"]
    assert run.output.count("nothing is remembered yet of the secrets of") == 1
    assert not hood.log.writes()
    again = apply(ansible, hood, changed("Mitto"))
    assert "nothing is remembered" not in again.output
    assert not again.only(APPLY)["changed"]
    assert apply(ansible, hood, seven()).only(APPLY)["summary"]["updated"] == 1


def test_without_a_cache_that_lasts_it_is_said_once(hood: Emulator, ansible: Ansible) -> None:
    run = apply(ansible, hood, seven())
    assert run.rc == 0
    assert run.output.count("facts are not cached here") == 1


def test_nothing_is_remembered_for_whoever_does_not_ask_for_it(hood: Emulator, ansible: Ansible, cache: Path) -> None:
    result = apply(ansible, hood, seven(), ocamba_update_secrets="on_create").only(APPLY)
    assert "ansible_facts" not in result
    assert not cache.exists() or not list(cache.iterdir())
