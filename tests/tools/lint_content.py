"""Check the Ansible content, the changelog, the documentation and the workflows, on the copied tree."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.tools import awx_collection, collection_tree

COMMANDS = (
    ("ansible-lint", "--offline", "--profile", "production", "--strict"),
    ("antsibull-changelog", "lint"),
    ("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs=all", "."),
)


# Without the linters of other languages, which one machine has and another has not.
ACTIONLINT = ("actionlint", "-shellcheck=", "-pyflakes=")


def commands(tree: Path, bin_folder: Path) -> Iterator[tuple[str, ...]]:
    """Return what is run at the top of the tree."""
    yield from COMMANDS
    if (bin_folder / ACTIONLINT[0]).exists():
        yield (*ACTIONLINT, *sorted(str(path.relative_to(tree)) for path in (tree / ".github/workflows").glob("*.yml")))
    else:
        print(f"{ACTIONLINT[0]} is not to be had for this machine: the workflows are not checked", file=sys.stderr)


def main() -> int:
    collection_tree.sync()
    bin_folder = Path(sys.executable).parent
    environment = {
        **os.environ,
        # ansible-lint resolves the modules and module_defaults of the role that sets up AWX.
        "ANSIBLE_COLLECTIONS_PATH": f"{collection_tree.COLLECTIONS}{os.pathsep}{awx_collection.make()}",
        "ANSIBLE_HOME": str(collection_tree.BUILD / "ansible-home"),
        "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
        "ANSIBLE_VAULT_PASSWORD_FILE": str(collection_tree.TREE / "docs" / "example" / "demo-vault-password.txt"),
        "NO_COLOR": "1",
    }
    for command in commands(collection_tree.TREE, bin_folder):
        print("+", *command, flush=True)
        done = subprocess.run(
            [str(bin_folder / command[0]), *command[1:]], cwd=collection_tree.TREE, env=environment, check=False
        )
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
