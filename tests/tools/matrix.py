"""Sanity, unit tests and playbooks on every ansible-core that was made, and the kills in full; ends in a table.

`python -m tests.tools.matrix --core 2.16 --part units -k quick` runs a part of it; what each cell printed stays below
.build/matrix.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.tools import ansible_test, collection_tree, cores
from tests.tools.cores import Core

LOGS = collection_tree.BUILD / "matrix"
PARTS = ("sanity", "units", "playbooks")
FULL = {"OCAMBA_KILLS": "300", "OCAMBA_PROCESS_KILLS": "24"}


@dataclass(frozen=True)
class Counts:
    """What a cell of the table shows; `broken` where the runner itself ended in an error."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    broken: bool = False

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.broken or other.broken,
        )

    @property
    def held(self) -> bool:
        return not self.failed and not self.broken

    def __str__(self) -> str:
        return f"{'BROKEN ' if self.broken else ''}{self.passed}/{self.failed}/{self.skipped}"


def of_pytest(output: str, rc: int) -> Counts:
    """From pytest's closing line; an error in a fixture counts as a failure."""
    closing = [line for line in output.splitlines() if re.search(r"\d+ (passed|failed|error|skipped)", line)]
    counted = {word.rstrip("s"): int(number) for number, word in re.findall(r"(\d+) ([a-z]+)", "".join(closing[-1:]))}
    failed = counted.get("failed", 0) + counted.get("error", 0)
    return Counts(counted.get("passed", 0), failed, counted.get("skipped", 0), broken=bool(rc) != bool(failed))


def of_sanity(output: str, rc: int) -> Counts:
    """From the tests that ansible-test named and those that it listed as failed."""
    started = len(re.findall(r'^Running sanity test "', output, re.MULTILINE))
    skipped = len(re.findall(r"^WARNING: Skipping sanity test ", output, re.MULTILINE))
    listed = re.search(r"The (\d+) sanity test\(s\) listed below", output)
    failed = int(listed[1]) if listed else 0
    return Counts(started - failed, failed, skipped, broken=bool(rc) != bool(failed) or not started)


def run(label: str, command: Sequence[str], environment: dict[str, str], folder: Path) -> tuple[str, int]:
    """Run it with its output shown and kept; returns both the output and the exit status."""
    print(f"\n== {label}", flush=True)
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    lines = []
    for line in process.stdout or ():
        print(line, end="", flush=True)
        lines.append(line)
    output = "".join(lines)
    LOGS.mkdir(parents=True, exist_ok=True)
    (LOGS / f"{label.replace(' ', '-')}.log").write_text(output, encoding="utf-8")
    return output, process.wait()


def pytest_run(label: str, python: Path, arguments: Iterable[str], environment: dict[str, str]) -> Counts:
    command = [str(python), "-m", "pytest", "-q", *arguments]
    return of_pytest(*run(label, command, {**os.environ, **environment}, collection_tree.ROOT))


def cell(part: str, core: Core, selection: Sequence[str]) -> Counts:
    """One part of the tests on one core. The pytest of playbooks is that of the developers' environment: it starts
    the core's own ansible-playbook."""
    label = f"{core.series} {part}"
    if part == "sanity":
        return of_sanity(*run(label, *ansible_test.prepare(core.interpreter, "sanity")))
    if part == "units":
        return pytest_run(label, core.interpreter, ("tests/unit", *selection), {})
    chosen = {"OCAMBA_TEST_PYTHON": str(core.interpreter)}
    arguments = ("-n", "4", "--dist", "worksteal", "tests/playbooks", *selection)
    return pytest_run(label, Path(sys.executable), arguments, chosen)


def table(rows: dict[str, dict[str, Counts] | str], parts: Sequence[str]) -> Iterable[str]:
    """A row for each core, a column for each part: passed/failed/skipped."""
    yield f"{'ansible-core':<14}" + "".join(f"{part:<16}" for part in parts) + "(passed/failed/skipped)"
    for name, row in rows.items():
        if isinstance(row, str):
            yield f"{name:<14}skipped: {row}"
        else:
            yield f"{name:<14}" + "".join(f"{row[part]!s:<16}" if part in row else " " * 16 for part in parts).rstrip()


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    parts = [part for part in PARTS if part in (options.part or PARTS)]
    selection = ("-k", options.k) if options.k else ()
    rows: dict[str, dict[str, Counts] | str] = {}
    others: dict[str, Counts] = {}
    if not (options.core or options.part):
        kills = ("-n", "4", "tests/resilience/test_kills.py")
        others["kills, in full"] = pytest_run("kills", Path(sys.executable), kills, FULL)
    for core in cores.CORES:
        if options.core and core.series not in options.core:
            continue
        if core in cores.available():
            rows[core.series] = {part: cell(part, core, selection) for part in parts}
        else:
            rows[core.series] = cores.why_not(core)
    print()
    for line in [*table(rows, parts), *(f"{name}: {counts}" for name, counts in others.items())]:
        print(line)
    cells = [counts for row in rows.values() if isinstance(row, dict) for counts in row.values()]
    total = sum([*cells, *others.values()], Counts())
    print(f"\n{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return 0 if total.held and total.passed else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.matrix", description=__doc__)
    parser.add_argument("--core", action="append", choices=[core.series for core in cores.CORES])
    parser.add_argument("--part", action="append", choices=PARTS)
    parser.add_argument("-k", help="pytest's own choice of tests, for units and playbooks")
    return parser


if __name__ == "__main__":
    sys.exit(main())
