"""The collection awx.awx, out of the package `ansible`, which has a hundred others and so is not installed.

`python -m tests.tools.awx_collection` puts it below .build/awx; so does the first test that needs it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tests.tools import collection_tree

REQUIREMENT = "ansible==12.3.0"
COLLECTIONS = collection_tree.BUILD / "awx" / REQUIREMENT.replace("==", "-")
"""The folder for ANSIBLE_COLLECTIONS_PATH; it has awx.awx alone."""


def make() -> Path:
    """Download and unpack it, unless it is there. Safe to be called by several processes at once."""
    if not COLLECTIONS.exists():
        COLLECTIONS.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=COLLECTIONS.parent) as folder:
            _unpack(_download(Path(folder)), Path(folder) / "unpacked")
            try:
                (Path(folder) / "unpacked").rename(COLLECTIONS)
            except OSError:
                if not COLLECTIONS.exists():
                    raise
    return COLLECTIONS


def _download(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*command, "--only-binary", ":all:", "--dest", str(folder), REQUIREMENT], check=True)
    return next(folder.glob("ansible-*.whl"))


def _unpack(wheel: Path, target: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        wanted = [name for name in archive.namelist() if name.startswith("ansible_collections/awx/awx/")]
        archive.extractall(target, wanted)


if __name__ == "__main__":
    print(make())
