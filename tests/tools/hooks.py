"""Put the checks of .pre-commit-config.yaml into git (`make hooks`).

A hook that can't find the environment says how to make it: the environment goes with `make clean`, the hook stays.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.tools import collection_tree

HOOKS = ("pre-commit", "pre-push")
GUARD = """\
[ -x .build/venv/bin/python ] || {
    echo 'The git hooks of this checkout need .build/venv: run "make setup" (or pass --no-verify this once).' >&2
    exit 1
}
"""


def main() -> int:
    subprocess.run([sys.executable, "-m", "pre_commit", "install"], cwd=collection_tree.ROOT, check=True)
    for name in HOOKS:
        command = ["git", "rev-parse", "--git-path", f"hooks/{name}"]
        output = subprocess.run(command, cwd=collection_tree.ROOT, check=True, capture_output=True, text=True).stdout
        hook = collection_tree.ROOT / Path(output.strip())
        first, _newline, rest = hook.read_text(encoding="utf-8").partition("\n")
        if not rest.startswith(GUARD):
            hook.write_text(f"{first}\n{GUARD}{rest}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
