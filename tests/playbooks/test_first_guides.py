"""The guides that a newcomer reads are carried out as they stand, and the examples of the providers are applied."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.resilience.test_limits import create
from tests.support import guides
from tests.support.ansible import Ansible
from tests.tools import markdown, pictures, provider_pages
from tests.tools.collection_tree import ROOT

GUIDES = ROOT / "docs" / "guides"
TOKEN = "the-personal-API-key-from-the-profile-menu"
SECRETS = ["the-token-from-BotFather", "the-password-of-the-SMTP-account", "the-mitto-key", "an-expired-key"]
SMTP = {"default_sender_email": "news@example.com", "default_sender_name": "Example News", "port": "25"}


def test_the_quick_start_and_the_three_ways_in_which_it_fails(hood: Emulator, alone: Ansible) -> None:
    account = hood.account(TOKEN, limits=Limits.off())
    runs = guides.follow(GUIDES / "quick-start.md", alone)
    assert [run.rc == 0 for run in runs] == [True, True, False, False, False]
    assert {one.name: one.status for one in account.integrations} == {"Alerts": "active", "Newsletter": "active"}
    assert [call.method for call in hood.log.writes()] == ["POST", "POST"]
    assert not [secret for secret in SECRETS for run in runs if secret in run.output + run.log]


def test_the_guide_to_check_and_diff(hood: Emulator, alone: Ansible) -> None:
    account = hood.account(TOKEN, limits=Limits.off())
    smtp = {"username": "news@example.com", "password": "old", "sending_domain": "example.com"}
    account.add("Newsletter", "custom_email", {**SMTP, **smtp})
    (run,) = guides.follow(GUIDES / "check-and-diff.md", alone)
    assert run.rc == 0
    assert not hood.log.writes()


def test_the_guide_to_secrets(hood: Emulator, alone: Ansible) -> None:
    account = hood.account("the-token-of-acme", limits=Limits.off())
    alone.environment.update({"ACME_TOKEN": account.token, "ACME_MITTO_KEY": "the-mitto-key"})
    (run,) = guides.follow(GUIDES / "secrets.md", alone)
    assert run.rc == 0, run.output
    assert account.one("Mitto").settings["api_key"] == "the-mitto-key"
    assert not [secret for secret in (*SECRETS, account.token) if secret in run.output + run.log]


def test_the_examples_of_all_providers_are_applied(hood: Emulator, alone: Ansible) -> None:
    """Each page is a file for the same account: here they are joined, so that one run does."""
    variables: dict[str, Any] = {"ocamba_integrations": [], "ocamba_secrets": {}}
    for path, text in provider_pages.pages().items():
        files = [yaml.safe_load(block) for block in markdown.blocks(text, "yaml")]
        if path != provider_pages.INDEX:
            declared, vault, inventory = files
            variables["ocamba_integrations"] += declared["ocamba_integrations"]
            variables["ocamba_secrets"].update(vault["ocamba_secrets"])
            variables["ocamba_api_token"] = vault["ocamba_api_token"]
            alone.write("inventory.yml", inventory)
    alone.write("host_vars/acme/all.yml", variables)
    account = hood.account(TOKEN, limits=Limits.off())
    run = alone.playbook("ocamba.hood.apply", "-i", "inventory.yml", "--diff")
    assert run.rc == 0, run.output
    assert "WARNING" not in run.output
    assert len(account.integrations) == len(provider_pages.pages()) - 1
    secrets = [secret for settings in variables["ocamba_secrets"].values() for secret in settings.values()]
    assert not [secret for secret in secrets if secret in run.output + run.log]


@pytest.mark.slow
def test_the_guide_to_the_emulator(ansible: Ansible, tmp_path: Path) -> None:
    text = (GUIDES / "emulator.md").read_text(encoding="utf-8")
    (play,), (script,) = markdown.blocks(text, "yaml"), markdown.blocks(text, "python")
    (tmp_path / "play.yml").write_text(play, encoding="utf-8")
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
        "ANSIBLE_COLLECTIONS_PATH": str(ansible.collections),
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
    }
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_guide_to_limits_says_what_many_creations_take(hood: Emulator) -> None:
    guide = (GUIDES / "limits-and-scale.md").read_text(encoding="utf-8")
    report = create(hood, 400, Limits(), 1)
    requests = report.api["requests"]
    assert f"400 creations are {requests} requests" in guide
    assert 120 <= report.api["waited"] <= 140
    assert "2 minutes and some 10 seconds at best" in guide


@pytest.mark.slow
@pytest.mark.skipif("OCAMBA_TEST_PYTHON" in os.environ, reason="each core prints a failure in a manner of its own")
@pytest.mark.parametrize("name", pictures.PICTURES)
def test_the_pictures_show_what_a_run_prints_now(name: str) -> None:
    assert (ROOT / pictures.FOLDER / name).read_text(encoding="utf-8") == pictures.picture(name), "make generate"
