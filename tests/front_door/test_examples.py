"""Every example of the documentation, as it stands there, is run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.ocamba.hood.plugins.filter import with_secrets
from ansible_collections.ocamba.hood.plugins.modules import ocamba_integration, ocamba_integrations
from tests.emulator.server import Emulator
from tests.front_door.ansible import Ansible
from tests.front_door.entries import TOKEN, secrets, seven
from tests.tools.collection_tree import ROOT

EXAMPLE = ROOT / "docs" / "example"
DOCUMENTED = {
    "ocamba_integration": ocamba_integration.EXAMPLES,
    "ocamba_integrations": ocamba_integrations.EXAMPLES,
    "with_secrets": with_secrets.EXAMPLES,
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
    assert hood.log.writes()


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


def test_the_quick_start_of_the_readme_works(hood: Emulator, ansible: Ansible, tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n# ([\w./]+)\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    files = dict(blocks)
    assert {"inventory.yml", "host_vars/acme/integrations.yml", "host_vars/acme/vault.yml"} <= set(files)
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    vault = yaml.safe_load(files["host_vars/acme/vault.yml"])
    hood.account(vault["ocamba_api_token"])
    for expected in (True, False):
        run = ansible.playbook("ocamba.hood.apply", "-i", "inventory.yml", "--diff")
        assert run.rc == 0, run.output
        assert run.all("integrations")["acme"]["changed"] is expected
    assert not [secret for secret in secrets(seven()) if secret in run.output]
