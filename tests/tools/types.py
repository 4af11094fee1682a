"""Checks the types of the collection, in the copied tree where its imports resolve, and of the tests."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.tools import collection_tree


def main() -> int:
    collection_tree.sync()
    environment = {**os.environ, "MYPYPATH": str(collection_tree.COLLECTIONS)}
    configuration = str(collection_tree.ROOT / "pyproject.toml")
    mypy = [sys.executable, "-m", "mypy", "--config-file", configuration]
    plugins = str(collection_tree.TREE / "plugins")
    return subprocess.run([*mypy, plugins, "tests"], cwd=collection_tree.ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
