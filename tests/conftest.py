"""The collection of this checkout, importable and found by ansible-playbook."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

# ansible-test starts pytest without the top of the collection on the path.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.tools import collection_tree

_COLLECTIONS = collection_tree.sync()
sys.path.insert(0, str(_COLLECTIONS))

# A shell lets what it runs in the background ignore Ctrl-C, and so would all that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def collections() -> Path:
    """The folder for ANSIBLE_COLLECTIONS_PATH."""
    return _COLLECTIONS


CASES = {
    "tests/resilience/test_strange_servers.py": "servers that are slow, late or strange",
    "tests/resilience/test_strange_names.py": "names that are stored in another form",
    "tests/resilience/test_strange_settings.py": "settings that are shown or stored in another form",
    "tests/resilience/test_strange_mixed.py": "several strange things at once",
    "tests/resilience/test_others_at_once.py": "others who write at the same time",
}
"""Files of cases, and what they are about."""


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What the matrices ran and how much of it held; tests hand it on by `record_property("matrix", text)`."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, ())]
    reports = [report for report in reports if report.when == "call"]
    lines = [value for report in reports for name, value in report.user_properties if name == "matrix"]
    faults = {
        report.nodeid.partition("[")[2]: report.passed for report in reports if "_fault_doubles_" in report.nodeid
    }
    counted = list(_counted(reports))
    if lines or faults or counted:
        terminalreporter.section("matrices")
    for line in [*_table(faults), *lines, *counted]:
        terminalreporter.write_line(line)


def _counted(reports: Iterable[Any]) -> Iterable[str]:
    """A line for each file of cases, each of which asserts that nothing was doubled unreported, and nothing lost."""
    cases: dict[str, list[bool]] = {}
    for report in reports:
        cases.setdefault(report.nodeid.partition("::")[0], []).append(report.passed)
    for file, title in CASES.items():
        if file in cases:
            yield f"{title}: {len(cases[file])} cases, {cases[file].count(False)} failed"


def _table(faults: dict[str, bool]) -> Iterable[str]:
    """A row for each fault, a column for each call; what is not meant to be tried is left empty."""
    cells: dict[str, dict[str, bool]] = {}
    for identity, held in faults.items():
        call, _dash, fault = re.sub(r"-*\]$", "", identity).partition("-")
        cells.setdefault(fault, {})[call] = held
    calls = sorted({call for row in cells.values() for call in row})
    if cells:
        yield f"{'fault':<32}" + "".join(f"{call:<11}" for call in calls)
    for fault, row in sorted(cells.items()):
        yield f"{fault:<32}" + "".join(f"{_word(row.get(call)):<11}" for call in calls)
    if cells:
        yield f"{len(faults)} faults, {sum(faults.values())} held"


def _word(held: bool | None) -> str:
    return "" if held is None else "held" if held else "FAILED"
