"""A clean copy of the tree, the tarball that is built of it, and an emulated Hood."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.fixtures import emulator, hood
from tests.tools import collection_tree, release

__all__ = ["emulator", "hood"]


@dataclass(frozen=True)
class Checkout:
    """A copy of this tree as a git checkout of its own, with nothing to commit."""

    root: Path

    def run(self, *command: str, rc: int | None = 0, **environment: str) -> str:
        """What a command prints, run at its top."""
        done = subprocess.run(
            command,
            cwd=self.root,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert rc is None or done.returncode == rc, done.stdout
        return done.stdout

    def commit(self) -> None:
        self.run("git", "add", "--all")
        self.run("git", "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "-m", "copy")

    def replace(self, file: str, old: str, new: str) -> None:
        text = (self.root / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old} stands {text.count(old)} times in {file}"
        (self.root / file).write_text(text.replace(old, new), encoding="utf-8")


def make_checkout(root: Path) -> Checkout:
    for file in collection_tree.wanted_files():
        target = root / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(collection_tree.ROOT / file, target)
    for requirements in (root / "tests" / "requirements").glob("*.txt"):
        # Else make might find the environment, which is that of the real tree, older than these.
        os.utime(requirements, (0, 0))
    build = root / ".build"
    build.mkdir()
    for environment in (collection_tree.BUILD / name for name in ("venv", "release-venv")):
        if environment.exists():
            (build / environment.name).symlink_to(environment.resolve())
    checkout = Checkout(root)
    checkout.run("git", "init", "--quiet")
    checkout.commit()
    return checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return make_checkout(tmp_path / "checkout")


@pytest.fixture(scope="session")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tarball")
    return release.build(make_checkout(folder / "checkout").root, folder)
