"""Puts the collection where Ansible's tools look for it: `…/ansible_collections/ocamba/hood`.

A symbolic link to the checkout is refused by ansible-test, and a checkout rarely has the right path. So the files
that git tracks, or would track, are copied, and what is gone from the checkout goes from the copy.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"
COLLECTIONS = BUILD / "collections"
PLACE = Path("ansible_collections", "ocamba", "hood")
TREE = COLLECTIONS / PLACE


def wanted_files(root: Path = ROOT) -> list[Path]:
    """Paths relative to the checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
    )
    names = listed.stdout.decode("utf-8").split("\0")
    return sorted({Path(name) for name in names if name and (root / name).is_file()})


def sync(root: Path = ROOT, tree: Path = TREE) -> Path:
    """Make the copy like the checkout; return the folder for ANSIBLE_COLLECTIONS_PATH."""
    if root.parts[-3:] == PLACE.parts:
        # It is where Ansible's tools look for it already: these are tests that ansible-test runs.
        return root.parents[2]
    wanted = set(wanted_files(root))
    kept_apart = (".git", "tests/output", "tests/integration/inventory")
    for path in sorted(tree.rglob("*"), reverse=True):
        relative = path.relative_to(tree)
        if relative.as_posix().startswith(kept_apart):
            continue
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif relative not in wanted:
            path.unlink()
    for relative in wanted:
        _copy(root / relative, tree / relative)
    return tree.parents[2]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    is_same = target.exists() and target.stat().st_mtime_ns == source.stat().st_mtime_ns
    if not is_same or target.stat().st_size != source.stat().st_size:
        shutil.copy2(source, target)


if __name__ == "__main__":
    print(sync())
