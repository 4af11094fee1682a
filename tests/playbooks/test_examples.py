"""Every example of the documentation, as it stands there, is run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.ocamba.hood.plugins.filter import inventory_file, with_secrets
from ansible_collections.ocamba.hood.plugins.modules import (
    ocamba_account_info,
    ocamba_integration,
    ocamba_integration_info,
    ocamba_integrations,
    ocamba_provider_info,
    ocamba_test_notification,
)
from tests.emulator.server import Emulator
from tests.support import quick_start
from tests.support.ansible import Ansible
from tests.support.entries import TOKEN, secrets, seven
from tests.tools.collection_tree import ROOT

EXAMPLE = ROOT / "docs" / "example"
DOCUMENTED = {
    "ocamba_account_info": ocamba_account_info.EXAMPLES,
    "ocamba_integration": ocamba_integration.EXAMPLES,
    "ocamba_integrations": ocamba_integrations.EXAMPLES,
    "with_secrets": with_secrets.EXAMPLES,
    "ocamba_test_notification": ocamba_test_notification.EXAMPLES,
}
READING = {
    "ocamba_integration_info": ocamba_integration_info.EXAMPLES,
    "ocamba_provider_info": ocamba_provider_info.EXAMPLES,
    "inventory_file": inventory_file.EXAMPLES,
}
VALUES = {
    "ocamba_api_token": TOKEN,
    "twilio_account_sid": "AC0123456789abcdef0123456789abcdef",
    "vault_twilio_auth_token": "twilio-secret",
    "vault_newsletter_password": "smtp-secret",
    "vault_telegram_bot_token": "123456:telegram-secret",
    "vault_mailgun_api_key": "mailgun-secret",
    "vault_sendgrid_api_key": "sendgrid-secret",
    "ocamba_integrations": [{**entry, "settings": dict(entry["settings"])} for entry in seven()],
    "ocamba_secrets": {"Mitto": {"api_key": "another-mitto-secret"}},
}


def playable(examples: str) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = yaml.safe_load(examples)
    return tasks


@pytest.mark.parametrize("name", DOCUMENTED)
def test_the_examples_of_the_documentation_work(hood: Emulator, ansible: Ansible, name: str) -> None:
    del ansible.environment["OCAMBA_API_TOKEN"]
    run = ansible.play(*playable(DOCUMENTED[name]), vars=VALUES)
    assert run.rc == 0, run.output
    assert "WARNING" not in run.output
    assert len(run.results) == len(playable(DOCUMENTED[name]))
    assert bool(hood.log.writes()) is not name.endswith("_info")


def test_the_examples_that_read_write_nothing(hood: Emulator, ansible: Ansible, tmp_path: Path) -> None:
    """All of them in one run: what one registers is not read by the next."""
    del ansible.environment["OCAMBA_API_TOKEN"]
    account = hood.account(TOKEN)
    for entry in seven():
        account.add(entry["name"], entry["provider"], {key: str(value) for key, value in entry["settings"].items()})
    tasks = [task for examples in READING.values() for task in playable(examples)]
    run = ansible.play(*tasks, vars=VALUES)
    assert run.rc == 0, run.output
    assert "WARNING" not in run.output
    assert len(run.results) == len(tasks)
    assert not hood.log.writes()
    assert yaml.safe_load((tmp_path / "integrations.yml").read_text(encoding="utf-8"))["ocamba_integrations"]
    assert not [secret for secret in secrets(seven()) if secret in run.output]


def test_the_example_inventory_is_applied_and_then_unchanged(hood: Emulator, ansible: Ansible) -> None:
    for account in ("eu-7Qk2", "us-9Xw4"):
        hood.account(f"demo-token-of-acme-{account}")
    del ansible.environment["OCAMBA_API_TOKEN"]
    arguments = ("-i", str(EXAMPLE / "inventory"), "--vault-password-file", str(EXAMPLE / "demo-vault-password.txt"))
    first = ansible.playbook("ocamba.hood.apply", *arguments, "--diff")
    assert first.rc == 0, first.output
    assert "WARNING" not in first.output
    created = {host: result["summary"]["created"] for host, result in first.all("integrations").items()}
    assert created == {"acme_eu": 7, "acme_us": 2}
    hood.log.clear()
    second = ansible.playbook("ocamba.hood.apply", *arguments)
    assert not [host for host, result in second.all("integrations").items() if result["changed"]]
    assert [call.method for call in hood.log] == ["GET", "GET"]


def test_the_project_for_awx_works_without_awx(hood: Emulator, ansible: Ansible) -> None:
    """Its secrets are single vaulted values, in dictionaries and beside them."""
    for account in ("eu-7Qk2", "us-9Xw4"):
        hood.account(f"demo-token-of-acme-{account}")
    del ansible.environment["OCAMBA_API_TOKEN"]
    arguments = ("--vault-password-file", str(EXAMPLE / "demo-vault-password.txt"))
    project = EXAMPLE / "awx"
    run = ansible.playbook(str(project / "playbooks/apply.yml"), "-i", str(project / "inventory"), *arguments)
    assert run.rc == 0, run.output
    assert "WARNING" not in run.output
    created = {host: result["summary"]["created"] for host, result in run.all("integrations").items()}
    assert created == {"acme_eu": 2, "acme_us": 1}
    assert hood.account("demo-token-of-acme-eu-7Qk2").one("Newsletter").settings["password"].startswith('demo "quoted"')


def test_the_quick_start_of_the_readme_works(hood: Emulator, ansible: Ansible, tmp_path: Path) -> None:
    hood.account(quick_start.write(tmp_path))
    for expected in (True, False):
        run = ansible.playbook("ocamba.hood.apply", "-i", "inventory.yml", "--diff")
        assert run.rc == 0, run.output
        assert run.all("integrations")["acme"]["changed"] is expected
    assert not [secret for secret in secrets(seven()) if secret in run.output]
