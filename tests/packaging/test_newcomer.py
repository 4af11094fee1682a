"""The path of a newcomer in one piece: from an empty HOME and the tarball, by nothing but the README and its pages."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.packaging.conftest import Checkout
from tests.packaging.test_install import install
from tests.packaging.test_new_provider import PLAYBOOK_TEST, follow_the_steps
from tests.playbooks.test_adopting import clicked_together
from tests.support import guides, leaks, quick_start
from tests.support.ansible import Ansible
from tests.tools.collection_tree import ROOT

GUIDES = ROOT / "docs" / "guides"
KEY = "the-personal-API-key-from-the-profile-menu"
PASSWORD = "the-password-of-the-SMTP-account"


@pytest.mark.slow
def test_from_nothing_to_a_provider_of_ones_own(
    hood: Emulator, tarball: Path, checkout: Checkout, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    collections = install(tarball, Path(sys.executable), home)

    def folder(name: str) -> Ansible:
        """As a newcomer would start each guide: a folder of its own, nothing set but the address of the API."""
        hood.reset()
        (home / name).mkdir()
        return Ansible(collections, home / name, {"OCAMBA_API_URL": hood.url}, sys.executable)

    started = folder("readme")
    account = hood.account(quick_start.write(started.workdir), limits=Limits.off())
    (started.workdir / "password").write_text("correct horse", encoding="utf-8")
    for line in quick_start.commands():
        known = "--vault-password-file=password"
        command = line.replace("--ask-vault-pass", known).replace(
            "ansible-vault encrypt", f"ansible-vault encrypt {known}"
        )
        guides.shell(started, command)
    assert {one.name for one in account.integrations} == {"Twilio EU", "Newsletter"}

    failing = folder("quick-start")
    hood.account(KEY, limits=Limits.off())
    runs = guides.follow(GUIDES / "quick-start.md", failing)
    assert [run.rc == 0 for run in runs] == [True, True, False, False, False]

    adopting = folder("adopting")
    account = hood.account(KEY)
    clicked_together(account)
    outputs = guides.carry_out(GUIDES / "adopting.md", adopting)
    assert [call.method for call in hood.log.writes()] == ["PATCH"]
    assert not leaks.find("".join([*outputs, *(run.output + run.log for run in runs)]), [KEY, PASSWORD])

    follow_the_steps(checkout)
    checkout.run("make", "format", "generate", "unit")
    checkout.run(".build/venv/bin/python", "-m", "tests.tools.layers")
    (checkout.root / "tests" / "playbooks" / "test_bulksms.py").write_text(PLAYBOOK_TEST, encoding="utf-8")
    assert "1 passed" in checkout.run("make", "pytest", "ARGS=tests/playbooks -k bulksms")
