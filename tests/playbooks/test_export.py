"""From an account that people have clicked together to files, and back: nothing changes, and no secret is written.

Each variant of the API is an account of its own, and each account a host.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.ocamba.hood.plugins.module_utils.providers import masks, registry
from ansible_collections.ocamba.hood.plugins.module_utils.reports import inventory_files
from tests.emulator.accounts import Account
from tests.emulator.limits import Limits
from tests.emulator.seed import ODD_VALUES
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.support import leaks
from tests.support.ansible import Ansible, PlaybookRun
from tests.support.entries import TOKEN, entry, secrets, seven

VARIANTS = {
    "clear": Variants(secrets="clear"),
    "hidden": Variants(secrets="absent", empty_settings="absent", provider_names="schema", view_full_needed=True),
}


class Loader(yaml.SafeLoader):
    """YAML with Ansible's tag."""


def _text(loader: Loader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


Loader.add_constructor("!unsafe", _text)


def accounts(hood: Emulator) -> dict[str, Account]:
    """Sixty integrations in each account, and a pair of duplicates."""
    found = {}
    for name, variants in VARIANTS.items():
        account = hood.account(f"token-of-{name}", seed=60, variants=variants, limits=Limits.off())
        for number in (1, 2):
            account.add(
                "Duplicate", "mitto", {"api_key": f"secret-of-duplicate-{number}", "sender_name": f"Duplicate {number}"}
            )
        found[name] = account
    return found


def secret_values(account: Account) -> dict[str, dict[str, str]]:
    """By name of the integration and key. What the collection does not know is a secret."""
    found: dict[str, dict[str, str]] = {}
    for one in account.integrations:
        provider = account.provider_of(one)
        known = registry.find(provider.name) if provider else None
        kept = {key: value for key, value in one.settings.items() if known is None or key in known.secret_names}
        found[one.name] = kept
    return found


def canaries(found: dict[str, Account]) -> list[str]:
    """The secrets that nothing else holds as well."""
    values = [value for one in found.values() for kept in secret_values(one).values() for value in kept.values()]
    return [value for value in set(values) if len(value) > 4 and value not in ODD_VALUES]


def written(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.yml"))}


def fill_in(folder: Path, account: Account) -> None:
    """What the user does with the skeleton: a value for each variable, and no line for what is no secret."""
    stored = secret_values(account)
    skeleton = folder / "secrets.yml"
    content = yaml.load(skeleton.read_text(encoding="utf-8"), Loader)["ocamba_secrets"]
    lines = []
    for name, keys in content.items():
        for key, reference in keys.items():
            variable = re.fullmatch(r"\{\{ (vault_\w+) \}\}", reference)
            assert variable
            value = stored[name][key]
            given = "A-value-of-its-own" if masks.is_mask(value) else value
            lines.append(f"{variable.group(1)}: {inventory_files.scalar(given)}")
    (folder / "vault.yml").write_text("\n".join(lines), encoding="utf-8")


def changed(run: PlaybookRun) -> dict[tuple[str, str], bool]:
    return {(one.host, one.task): bool(one.result.get("changed")) for one in run.results}


def test_an_export_is_applied_without_a_change_and_holds_no_secret(
    hood: Emulator, ansible: Ansible, tmp_path: Path
) -> None:
    found = accounts(hood)
    hosts = {name: {"ocamba_api_token": account.token} for name, account in found.items()}
    hosts_file = ansible.write("inventory/hosts.yml", {"all": {"hosts": hosts}})
    folder = tmp_path / "inventory"
    arguments = ("-i", hosts_file, "-e", "ocamba_export_dir=inventory", "--forks", "2")
    before = found["hidden"].integrations

    announced = ansible.playbook("ocamba.hood.export", *arguments, "--check", "--diff")
    assert announced.rc == 0, announced.output
    assert list(written(folder)) == ["hosts.yml"]

    first = ansible.playbook("ocamba.hood.export", *arguments, "--diff")
    assert first.rc == 0, first.output
    assert "WARNING" not in first.output
    assert changed(announced) == changed(first)
    files = written(folder)
    assert sorted(files) == sorted(
        ["hosts.yml", *(f"host_vars/{name}/{file}.yml" for name in found for file in ("integrations", "secrets"))]
    )
    for name in found:
        assert (folder / f"host_vars/{name}/integrations.yml").stat().st_mode & 0o777 == 0o640
        assert (folder / f"host_vars/{name}/secrets.yml").stat().st_mode & 0o777 == 0o600
        declared = yaml.load(files[f"host_vars/{name}/integrations.yml"], Loader)["ocamba_integrations"]
        assert sorted(one["name"] for one in declared) == sorted(one.name for one in found[name].integrations)
    texts = "".join(content.decode("utf-8") for file, content in files.items() if file != "hosts.yml")
    recorded = json.dumps([one.result for one in [*first.results, *announced.results]])
    assert not leaks.find(texts + first.output + first.log + announced.output + recorded, canaries(found))

    # One user fills in the skeleton, the other wants Hood to keep the secrets.
    fill_in(folder / "host_vars/clear", found["clear"])
    edited = folder / "host_vars/hidden/secrets.yml"
    edited.write_text("ocamba_secrets: {}\n", encoding="utf-8")
    second = ansible.playbook("ocamba.hood.export", *arguments)
    assert not any(changed(second).values()), second.output
    assert {name: content for name, content in written(folder).items() if name in files} == {
        **files,
        "host_vars/hidden/secrets.yml": b"ocamba_secrets: {}\n",
    }
    assert "was there before and is left as it is" in second.output

    assert not hood.log.writes()
    applied = ansible.playbook("ocamba.hood.apply", "-i", hosts_file, "--forks", "2")
    assert applied.rc == 0, applied.output
    assert "WARNING" not in applied.output
    summaries = {host: result["summary"] for host, result in applied.all("integrations").items()}
    assert summaries["hidden"] == {"created": 0, "updated": 0, "unchanged": 62, "deactivated": 0, "failed": 0}
    assert not leaks.find(applied.output + applied.log, canaries(found))
    # A value that looks like a mask can't be declared as a secret: fill_in has given those another.
    masked = [name for name, kept in secret_values(found["clear"]).items() if any(map(masks.is_mask, kept.values()))]
    assert summaries["clear"]["updated"] == len(masked)
    assert summaries["clear"]["unchanged"] == 62 - len(masked)
    assert found["hidden"].integrations == before


def test_an_account_that_can_not_be_read_leaves_its_files_and_stops_no_other(
    hood: Emulator, ansible: Ansible, tmp_path: Path
) -> None:
    hood.account("token-of-good").add("Mitto", "mitto", {"api_key": "secret-of-mitto", "sender_name": "A"})
    hood.account("token-of-bad", access="expired")
    hosts = {name: {"ocamba_api_token": f"token-of-{name}"} for name in ("bad", "good")}
    kept = tmp_path / "export/host_vars/bad/integrations.yml"
    kept.parent.mkdir(parents=True)
    kept.write_text("ocamba_integrations: []\n", encoding="utf-8")
    run = ansible.playbook("ocamba.hood.export", "-i", ansible.write("hosts.yml", {"all": {"hosts": hosts}}))
    assert run.rc != 0
    assert kept.read_text(encoding="utf-8") == "ocamba_integrations: []\n"
    assert (tmp_path / "export/host_vars/good/integrations.yml").exists()
    assert "401" in run.all("Read the account")["bad"]["msg"]


def test_a_file_that_a_folder_would_switch_off_is_not_touched(hood: Emulator, ansible: Ansible, tmp_path: Path) -> None:
    names = ("as_yml", "as_yaml", "as_json", "as_nothing", "has_both", "free")
    for name in names:
        hood.account(f"token-of-{name}").add("Mitto", "mitto", {"api_key": "secret-of-mitto", "sender_name": "A"})
    variables = tmp_path / "host_vars"
    files = {"as_yml": "as_yml.yml", "as_yaml": "as_yaml.yaml", "as_json": "as_json.json", "as_nothing": "as_nothing"}
    for name, file in files.items():
        ansible.write(f"host_vars/{file}", {"ocamba_api_token": f"token-of-{name}"})
    ansible.write("host_vars/has_both.yml", {"ocamba_api_token": "token-of-has_both"})
    ansible.write("host_vars/has_both/main.yml", {"ocamba_api_token": "token-of-has_both"})
    ansible.write("host_vars/free/main.yml", {"ocamba_api_token": "token-of-free"})
    before = {path for path in variables.rglob("*") if "free" not in str(path)}
    inventory = ansible.write("hosts.yml", {"all": {"hosts": {name: {} for name in names}}})
    for arguments in (["--check"], []):
        run = ansible.playbook("ocamba.hood.export", "-i", inventory, "-e", "ocamba_export_dir=.", *arguments)
        assert run.rc != 0
        failed = {one.host: one.result["msg"] for one in run.results if one.outcome == "failed"}
        assert set(failed) == set(names) - {"free"}
        assert all(str(variables / file) in failed[name] for name, file in files.items())
        assert {path for path in variables.rglob("*") if "free" not in str(path)} == before
    assert {call.token for call in hood.log} == {"token-of-free"}
    assert (variables / "free/integrations.yml").exists()


def test_nothing_is_written_beside_a_file_of_the_same_variables(
    hood: Emulator, ansible: Ansible, tmp_path: Path
) -> None:
    hosts: dict[str, dict[str, Any]] = {"declared": {"ocamba_integrations": []}, "secret": {}, "again": {}, "new": {}}
    hosts["secret"]["ocamba_secrets"] = {"Mitto": {"api_key": "a-secret-of-mitto"}}
    for name, variables in hosts.items():
        hood.account(f"token-of-{name}").add("Mitto", "mitto", {"api_key": "secret-of-mitto", "sender_name": "A"})
        ansible.write(f"host_vars/{name}/main.yml", {"ocamba_api_token": f"token-of-{name}", **variables})
    ansible.write("host_vars/again/integrations.yml", {"ocamba_integrations": []})
    inventory = ansible.write("hosts.yml", {"all": {"hosts": {name: {} for name in hosts}}})
    for arguments in (["--check"], []):
        run = ansible.playbook("ocamba.hood.export", "-i", inventory, "-e", "ocamba_export_dir=' . '", *arguments)
        assert [one.host for one in run.results if one.outcome == "failed"] == ["declared"]
        message = run.all("Refuse to write a declaration beside another one")["declared"]["msg"]
        assert f"ocamba_integrations is in {tmp_path}/host_vars/declared/main.yml" in message
        assert f"the secrets stay in {tmp_path}/host_vars/secret/main.yml" in run.output
        assert "a-secret-of-mitto" not in run.output + run.log
    written = {str(path.relative_to(tmp_path / "host_vars")) for path in (tmp_path / "host_vars").rglob("*.yml")}
    made = {f"{name}/{file}.yml" for name in ("again", "new") for file in ("main", "integrations", "secrets")}
    assert written == {*made, "declared/main.yml", "secret/main.yml", "secret/integrations.yml"}


def test_a_file_that_can_not_be_read_is_named_and_not_quoted(hood: Emulator, ansible: Ansible, tmp_path: Path) -> None:
    hood.account(TOKEN)
    hosts = {"acme": {"ocamba_api_token": TOKEN}}
    broken = tmp_path / "export/host_vars/acme/vault.yml"
    broken.parent.mkdir(parents=True)
    broken.write_text("ocamba_secrets:\n  Mitto:\n    api_key: canary-of-mitto: x\n  - wrong", encoding="utf-8")
    run = ansible.playbook("ocamba.hood.export", "-i", ansible.write("hosts.yml", {"all": {"hosts": hosts}}), "-vvv")
    assert run.rc != 0
    assert f"{broken} can't be read" in " ".join(run.output.split())
    assert "canary" not in run.output + run.log
    assert not list(hood.log)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["--check", "play"])
def test_check_mode_says_what_would_be_written(hood: Emulator, ansible: Ansible, tmp_path: Path, where: str) -> None:
    account = hood.account(TOKEN)
    account.add("Mitto", "mitto", {"api_key": "secret-of-mitto", "sender_name": "A"})
    files = tmp_path / "export/host_vars/acme"
    connection = {"ocamba_api_token": TOKEN, "ocamba_api_url": hood.url}
    inventory = ansible.write("hosts.yml", {"all": {"hosts": {"acme": connection}}})
    role = {"ansible.builtin.import_role": {"name": "ocamba.hood.ocamba", "tasks_from": "export"}}
    python = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    play: dict[str, Any] = {
        "hosts": "acme",
        "connection": "local",
        "gather_facts": False,
        "check_mode": True,
        "vars": python,
    }
    play["tasks"] = [role]
    checked = [ansible.write("play.yml", [play])] if where == "play" else ["ocamba.hood.export", "--check"]

    def reported(*arguments: str) -> str:
        run = ansible.playbook(*arguments, "-i", inventory)
        assert run.rc == 0, run.output
        return str(run.all("Tell what is there now")["acme"]["msg"])

    text = reported(*checked)
    assert "1 integrations would be written in" in text
    assert "would be a skeleton" in text
    assert not files.exists()
    text = reported("ocamba.hood.export")
    assert "1 integrations are in" in text
    assert "is a skeleton" in text
    before = (files / "integrations.yml").read_text(encoding="utf-8")
    assert "1 integrations are in" in reported(*checked)
    account.add("Other", "mitto", {"api_key": "secret-of-other", "sender_name": "B"})
    text = reported(*checked)
    assert "2 integrations would be written in" in text
    assert "was there before" in text
    assert (files / "integrations.yml").read_text(encoding="utf-8") == before


def test_looking_and_trying_leave_the_account_alone_and_show_no_secret(hood: Emulator, ansible: Ansible) -> None:
    account = hood.account(TOKEN, variants=Variants(secrets="clear"), limits=Limits.off())
    for one in seven():
        account.add(one["name"], one["provider"], {key: str(value) for key, value in one["settings"].items()})
    trial = {key: value for key, value in entry("Twilio EU").items() if key != "id"}
    sender = "ocamba.hood.ocamba_test_notification"
    hood.faults.add(method="POST", path="/test-notification", nth=2, kind="status", status=400, form="echo")
    refused: dict[str, Any] = {"name": "refused", "ignore_errors": True}
    run = ansible.play(
        {"name": "integrations", "ocamba.hood.ocamba_integration_info": {"type": "sms"}},
        {"name": "providers", "ocamba.hood.ocamba_provider_info": {"provider": "telegram"}},
        {"name": "announced", "check_mode": True, sender: {**trial, "recipient": "+14155550100"}},
        {"name": "sent", sender: {**trial, "recipient": "+14155550100"}},
        {**refused, sender: {**trial, "recipient": "+14155550101"}},
        extra=("-vvv", "--diff"),
    )
    assert run.rc == 0, run.output
    assert [one["name"] for one in run.only("integrations")["integrations"]] == ["Mitto", "Twilio EU"]
    assert run.only("providers")["source"] == "live"
    assert run.only("announced")["changed"]
    assert run.only("sent")["notification"]["sent"] is True
    assert "Hood answered 400" in run.only("refused")["msg"]
    assert [one["recipient"] for one in account.notifications] == ["+14155550100"]
    assert [one.path.rsplit("/", 1)[-1] for one in hood.log.writes()] == ["test-notification"] * 2
    recorded = json.dumps([one.result for one in run.results])
    assert not leaks.find(run.output + run.log + recorded, [*secrets(seven()), TOKEN])


def test_a_thousand_integrations_take_only_the_pages_of_the_list(hood: Emulator, ansible: Ansible) -> None:
    hood.account(TOKEN, seed=1000, limits=Limits.off())
    run = ansible.play({"name": "hood", "ocamba.hood.ocamba_integration_info": {}})
    assert len(run.only()["declaration"]) == 1000
    assert run.only()["api"]["requests"] == 10
    assert [(one.method, one.path) for one in hood.log] == [("GET", "/v1/hood/integrations")] * 10
