"""Write what is generated: the pages of the providers, the layers, RETURN, the reason codes, the pictures of terminals.

`python -m tests.tools.generate` is `make generate`. With `--check`, as `make lint` calls it, nothing is written, and a
file that is not as it would be generated is an error; the pictures take real runs, so tests check them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.tools import architecture, collection_tree, provider_pages, returns

SOURCES = (architecture.files, provider_pages.files, returns.files)


def wanted(root: Path) -> dict[Path, str]:
    """Return every generated text file by its path from the top of the repository."""
    return {path: text for source in SOURCES for path, text in source(root).items()}


def stale(root: Path) -> list[str]:
    """Return the files that are not as they would be generated, and pages of providers that are gone."""
    files = wanted(root)
    changed = [path for path, text in files.items() if not _is_there(root / path, text)]
    return sorted(map(str, {*changed, *_gone(root, files)}))


def write(root: Path) -> list[str]:
    """Write what is not as it would be generated; return the names of those files."""
    names = stale(root)
    files = wanted(root)
    for name in names:
        path = root / name
        if Path(name) in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[Path(name)], encoding="utf-8")
        else:
            path.unlink()
    return names


def _is_there(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _gone(root: Path, files: dict[Path, str]) -> set[Path]:
    return {path.relative_to(root) for path in (root / provider_pages.FOLDER).glob("*.md")} - set(files)


def main(arguments: Sequence[str]) -> int:
    root = collection_tree.ROOT
    if "--check" in arguments:
        names = stale(root)
        if names:
            print("Not as it would be generated; run `make generate`:", *names, sep="\n  ", file=sys.stderr)
        return 1 if names else 0
    for name in write(root):
        print(f"{name} is written")
    # These run playbooks, so they come when the rest is in place.
    from tests.tools import pictures

    for path in pictures.write(root):
        print(f"{path} is drawn")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
