"""The guides are carried out as they stand."""

from __future__ import annotations

import pytest

from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.support import guides, leaks
from tests.support.ansible import Ansible
from tests.tools.collection_tree import ROOT

GUIDES = ROOT / "docs" / "guides"
TOKEN = "the-personal-API-key-from-the-profile-menu"


@pytest.mark.slow
def test_the_guide_to_rotating_secrets(hood: Emulator, alone: Ansible) -> None:
    account = hood.account(TOKEN, limits=Limits.off())
    runs = guides.follow(GUIDES / "rotating-secrets.md", alone)
    assert [run.rc for run in runs] == [0] * 4
    assert account.one("Mitto").settings == {"api_key": "the-second-api-key", "sender_name": "Example"}
    assert account.one("Twilio EU").settings["auth_token"] == "the-second-auth-token"
    assert not [run for run in runs if "the-second" in run.output + run.log or "the-first" in run.output + run.log]


@pytest.mark.slow
def test_the_guide_to_policies(hood: Emulator, alone: Ansible) -> None:
    account = hood.account(TOKEN, limits=Limits.off())
    twilio = {"account_sid": "AC0123456789abcdef0123456789abcdef", "default_phone_number": "+14155552671"}
    account.add("Twilio EU", "twilio", {**twilio, "auth_token": "the-auth-token"})
    account.add("Mailings", "sendgrid", {"api_key": "k", "default_sender_email": "a@example.com"})
    for name in ("Old Mandrill", "Black Friday"):
        account.add(name, "mandrill", {"api_key": "k"})
    account.bad_credentials.add("123456:a-token-that-was-revoked")
    runs = guides.follow(GUIDES / "policies.md", alone)
    assert [run.rc == 0 for run in runs] == [True, True, False]
    assert {one.id: (one.name, one.status) for one in account.integrations} == {
        "1161": ("Twilio EU", "active"),
        "1162": ("Newsletter", "active"),
        "1163": ("Old Mandrill", "inactive"),
        "1164": ("Black Friday", "active"),
    }
    assert "that-was-revoked" not in runs[-1].output + runs[-1].log


@pytest.mark.slow
def test_the_guide_to_changed_secrets(hood: Emulator, alone: Ansible) -> None:
    account = hood.account(TOKEN, limits=Limits.off())
    runs = guides.follow(GUIDES / "changed-secrets.md", alone)
    assert [run.rc for run in runs] == [0] * 5
    assert account.one("Mitto").settings == {"api_key": "the-second-api-key", "sender_name": "Example"}
    assert [call.method for call in hood.log.writes()] == ["POST", "PATCH"]
    assert not [run for run in runs if "facts are not cached" in run.output]
    facts = "".join(path.read_text("utf-8") for path in (alone.workdir / ".ansible" / "facts").iterdir())
    assert "ocamba_hood" in facts
    searched = facts + "".join(run.output + run.log for run in runs)
    assert not leaks.find(searched, ["the-first-api-key", "the-second-api-key", TOKEN])


@pytest.mark.slow
def test_the_guide_to_approved_plans(hood: Emulator, alone: Ansible) -> None:
    account = hood.account(TOKEN, limits=Limits.off())
    runs = guides.follow(GUIDES / "approved-plans.md", alone)
    assert [run.rc == 0 for run in runs] == [True, True, False]
    assert account.one("Mitto").settings == {"api_key": "the-first-api-key", "sender_name": "Example"}
    assert [call.method for call in hood.log.writes()] == ["POST"]
