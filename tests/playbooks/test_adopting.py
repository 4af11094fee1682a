"""The guide from a clicked-together account to Git: its files, its commands and what it shows, in its own order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.emulator.accounts import Account
from tests.emulator.server import Emulator
from tests.support import guides, leaks
from tests.support.ansible import Ansible
from tests.tools.collection_tree import ROOT

GUIDE = ROOT / "docs" / "guides" / "adopting.md"
OLD_SECRETS = ["stored-smtp-password", "stored-mandrill-key", "stored-twilio-token"]


def clicked_together(account: Account) -> None:
    password, key, token = OLD_SECRETS
    sid, number = "AC0123456789abcdef0123456789abcdef", "+14155552671"
    account.add("Twilio EU", "twilio", {"account_sid": sid, "auth_token": token, "default_phone_number": number})
    sender = {"default_sender_email": "news@example.com"}
    smtp = {"username": "news@example.com", "port": "25", "sending_domain": "example.com", "password": password}
    account.add("Newsletter", "custom_email", {**sender, "default_sender_name": "Example News", **smtp})
    account.add("Old newsletter", "mandrill", {**sender, "api_key": key}, status="inactive")


@pytest.fixture
def account(hood: Emulator, ansible: Ansible) -> Account:
    del ansible.environment["OCAMBA_API_TOKEN"]
    account = hood.account("the-personal-API-key-from-the-profile-menu")
    clicked_together(account)
    return account


@pytest.mark.slow
def test_the_guide_does_what_it_says(hood: Emulator, ansible: Ansible, account: Account, tmp_path: Path) -> None:
    outputs = guides.carry_out(GUIDE, ansible)
    assert len(outputs) == 5
    _encrypted, _exported, adopted, taken_over, changed = outputs
    assert "changed=0" in adopted
    assert "changed=0" in taken_over
    assert [call.method for call in hood.log.writes()] == ["PATCH"]
    assert changed.count("changed=1") == 2
    assert account.one("Newsletter").settings["port"] == "587"
    assert account.one("Newsletter").settings["password"] == "the-password-of-the-SMTP-account"
    committed = guides.shell(ansible, "git log -p --all")
    assert "submission on port 587" in committed
    texts = committed + "".join(outputs) + (tmp_path / "ansible.log").read_text(encoding="utf-8")
    assert not leaks.find(texts, [*OLD_SECRETS, account.token, "the-password-of-the-SMTP-account"])
