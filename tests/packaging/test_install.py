"""The tarball, installed without a network into an empty place, runs the README's quick start on several cores."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.emulator.server import Emulator
from tests.packaging.conftest import Checkout
from tests.support import quick_start
from tests.support.ansible import Ansible
from tests.tools import cores

SECRETS = ("the-auth-token-from-the-Twilio-console", "the-password-of-the-SMTP-account")
PASSWORD = "--vault-password-file=vault-password"


def newest() -> str:
    """The newest core that was made and is no preview; where none was, that of this environment."""
    made = [core.series for core in cores.available() if not core.is_preview]
    return made[-1] if made else cores.own_series()


def interpreter_of(which: str) -> Path:
    series = {"own": cores.own_series, "newest": newest}.get(which, lambda: which)()
    found = cores.interpreter_of(series)
    if found is None:
        pytest.skip(f"ansible-core {series} was not made; python -m tests.tools.cores makes it where it can be had")
    return found


@pytest.fixture
def empty_place(tmp_path: Path) -> Path:
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    "which", ["own", *(pytest.param(one, marks=pytest.mark.slow) for one in ("2.16", "2.19", "newest"))]
)
def test_the_quick_start_runs_from_the_tarball(hood: Emulator, tarball: Path, empty_place: Path, which: str) -> None:
    python = interpreter_of(which)
    collections = install(tarball, python, empty_place)
    ansible = Ansible(collections, empty_place, {"OCAMBA_API_URL": hood.url}, str(python))
    hood.account(quick_start.write(empty_place))
    (empty_place / "vault-password").write_text("correct horse", encoding="utf-8")
    encrypt, check, apply = (shlex.split(line) for line in quick_start.commands())
    encrypt[0] = str(python.parent / encrypt[0])
    subprocess.run([*encrypt, PASSWORD], cwd=empty_place, check=True, capture_output=True)
    assert (empty_place / quick_start.VAULT).read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT;")
    for command, expected, writes in ((check, True, 0), (apply, True, 2), (apply, False, 2)):
        program, *arguments = (PASSWORD if word == "--ask-vault-pass" else word for word in command)
        assert program == "ansible-playbook"
        run = ansible.playbook(arguments.pop(arguments.index("ocamba.hood.apply")), *arguments)
        assert run.rc == 0, run.output
        assert "WARNING" not in run.output
        assert run.all("integrations")["acme"]["changed"] is expected
        assert len(hood.log.writes()) == writes
        assert not [secret for secret in SECRETS if secret in run.output + run.log]


def install(tarball: Path, python: Path, place: Path) -> Path:
    """The folder for ANSIBLE_COLLECTIONS_PATH, with nothing but this collection."""
    collections = place / "collections"
    command = [str(python.parent / "ansible-galaxy"), "collection", "install", "--offline", "-p", str(collections)]
    done = subprocess.run(
        [*command, str(tarball)],
        cwd=place,
        env={"PATH": f"{python.parent}:/usr/bin:/bin", "HOME": str(place), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "was installed successfully" in done.stdout
    assert [path.name for path in (collections / "ansible_collections").iterdir() if path.is_dir()] == ["ocamba"]
    return collections


def test_documentation_is_found_in_what_was_installed(tarball: Path, empty_place: Path) -> None:
    collections = install(tarball, Path(sys.executable), empty_place)
    checkout = Checkout(empty_place)
    path = str(collections)
    doc = str(Path(sys.executable).parent / "ansible-doc")
    listed = checkout.run(doc, "--list", "ocamba.hood", ANSIBLE_COLLECTIONS_PATH=path, HOME=str(empty_place))
    assert "ocamba.hood.ocamba_integrations" in listed
    role = checkout.run(doc, "-t", "role", "ocamba.hood.ocamba", ANSIBLE_COLLECTIONS_PATH=path, HOME=str(empty_place))
    assert "ocamba_integrations" in role
