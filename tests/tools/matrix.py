"""The front door and the full matrices on every ansible-core that was made; ends in a table."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.tools import collection_tree, cores

FULL = {"OCAMBA_KILLS": "300", "OCAMBA_PROCESS_KILLS": "24"}


def run(label: str, tests: list[str], environment: dict[str, str]) -> tuple[str, str, bool]:
    """A line of the table: what ran, pytest's closing line, and whether it passed."""
    print(f"\n{label}", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", *tests]
    process = subprocess.Popen(
        command,
        cwd=collection_tree.ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    last = ""
    for line in process.stdout or ():
        print(line, end="", flush=True)
        last = line.strip() or last
    return label, last, process.wait() == 0


def main() -> int:
    rows = [run("kills, in full", ["tests/resilience/test_kills.py"], FULL)]
    for core in cores.CORES:
        if core in cores.available():
            environment = {"OCAMBA_TEST_PYTHON": str(core.interpreter)}
            rows.append(run(f"ansible-core {core.series}", ["tests/front_door"], environment))
        else:
            rows.append((f"ansible-core {core.series}", f"skipped, needs Python {' or '.join(core.pythons)}", True))
    print()
    for label, last, passed in rows:
        print(f"{label:<20} {'ok    ' if passed else 'FAILED'}  {last}")
    return 0 if all(passed for _label, _last, passed in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
