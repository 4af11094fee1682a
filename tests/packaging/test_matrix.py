"""The table of `make test-all` tells what ran: counts as the runners print them, and nothing is glossed over."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.tools import cores, matrix
from tests.tools.collection_tree import ROOT
from tests.tools.matrix import Counts

SANITY = """\
WARNING: Skipping sanity test "import" on Python 3.7 because it is unsupported.
Running sanity test "action-plugin-docs"
Running sanity test "compile" on Python 3.11
Running sanity test "empty-init"
"""


@pytest.mark.parametrize(
    ("output", "rc", "counts"),
    [
        ("..\n3 passed in 1.00s\n", 0, Counts(3, 0, 0)),
        ("===== 1 failed, 2 passed, 4 skipped, 1 error in 1.00s =====\n", 1, Counts(2, 2, 4)),
        ("1 passed, 7 deselected, 2 warnings in 0.1s", 0, Counts(1, 0, 0)),
        ("3 passed in 1.00s\n", 2, Counts(3, 0, 0, broken=True)),
        ("ERROR: usage\n", 4, Counts(0, 0, 0, broken=True)),
    ],
)
def test_what_pytest_says(output: str, rc: int, counts: Counts) -> None:
    assert matrix.of_pytest(output, rc) == counts
    assert counts.held is (rc == 0)


@pytest.mark.parametrize(
    ("output", "rc", "counts"),
    [
        (SANITY, 0, Counts(3, 0, 1)),
        (f"{SANITY}FATAL: The 1 sanity test(s) listed below (out of 3) failed.\nempty-init\n", 1, Counts(2, 1, 1)),
        (f"{SANITY}FATAL: Command exited with status 1.\n", 1, Counts(3, 0, 1, broken=True)),
        ("", 0, Counts(0, 0, 0, broken=True)),
    ],
)
def test_what_sanity_says(output: str, rc: int, counts: Counts) -> None:
    assert matrix.of_sanity(output, rc) == counts
    assert counts.held is (rc == 0 and bool(output))


def test_a_row_for_each_core_and_a_column_for_each_part() -> None:
    rows: dict[str, dict[str, Counts] | str] = {
        "2.16": {"sanity": Counts(30, 1, 2), "units": Counts(1000), "playbooks": Counts(broken=True)},
        "2.22": "needs Python 3.13 or 3.14",
    }
    assert list(matrix.table(rows, matrix.PARTS)) == [
        "ansible-core  sanity          units           playbooks       (passed/failed/skipped)",
        "2.16          30/1/2          1000/0/0        BROKEN 0/0/0",
        "2.22          skipped: needs Python 3.13 or 3.14",
    ]


def test_every_core_that_is_supported_has_a_row() -> None:
    assert [core.series for core in cores.CORES] == ["2.16", "2.17", "2.18", "2.19", "2.20", "2.21", "2.22"]
    assert f'requires_ansible: ">={cores.CORES[0].series}.0"' in (ROOT / "meta" / "runtime.yml").read_text("utf-8")


@pytest.mark.slow
def test_the_matrix_runs_units_on_a_core_and_ends_in_a_closing_line() -> None:
    made = cores.available()
    if not made:
        pytest.skip("no core was made; python -m tests.tools.cores makes those that can be had")
    command = [sys.executable, "-m", "tests.tools.matrix", "--core", made[0].series, "--part", "units", "-k", "masks"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    row, _empty, closing = done.stdout.splitlines()[-3:]
    assert row.startswith(f"{made[0].series} ")
    passed = int(closing.split()[0])
    assert passed > 5
    assert closing == f"{passed} passed, 0 failed, 0 skipped"


def test_a_core_that_was_not_made_is_named_and_not_passed_over(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cores, "available", list)
    assert matrix.main(["--core", "2.16", "--part", "units"]) == 1
    assert "2.16          skipped: needs Python 3.11 or 3.10 or 3.12" in capsys.readouterr().out
