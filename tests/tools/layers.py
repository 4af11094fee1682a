"""Check that the packages of module_utils import only from lower layers, as pyproject.toml lists them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.tools import collection_tree


def main() -> int:
    collection_tree.sync()
    environment = {**os.environ, "PYTHONPATH": str(collection_tree.COLLECTIONS)}
    command = str(Path(sys.executable).parent / "lint-imports")
    return subprocess.run([command], cwd=collection_tree.ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
