"""Measure, print the tables, and write the plot and the figures that the documentation shows."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tests.benchmarks.contenders import TOKEN
from tests.benchmarks.plot import draw
from tests.benchmarks.scenarios import Bench, Scenario, all_scenarios
from tests.benchmarks.stopwatch import Stopwatch
from tests.emulator.server import Emulator
from tests.tools import collection_tree

PLOT = collection_tree.ROOT / "docs" / "images" / "benchmarks.svg"

console = Console(highlight=False, width=118)


def conditions(rounds: int) -> str:
    """Where and with what this was measured."""
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, ansible-core {version('ansible-core')}, the"
        f" emulator on the same machine over loopback; medians of up to {rounds} runs in turns"
    )


def show(scenario: Scenario) -> None:
    table = Table(title=scenario.title, title_justify="left", box=SIMPLE_HEAD)
    table.add_column("")
    for heading in ("median s", "min", "max", "processor s", "requests", "429", "peak MB"):
        table.add_column(heading, justify="right")
    for one in scenario.measured:
        table.add_row(
            one.name,
            *(f"{seconds:.2f}" for seconds in (one.seconds, one.fastest, one.slowest, one.cpu)),
            str(one.requests),
            str(one.limited),
            f"{one.memory:.0f}",
        )
    console.print(table)
    for ratio in scenario.ratios:
        verdict = "held" if ratio.is_held else "[bold]not held[/bold]"
        console.print(f"  {ratio.text}: {ratio.value:.3f} (bar {ratio.most:.3f}, {verdict})")
    if scenario.note:
        console.print(f"  {scenario.note}")
    console.print()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--rounds", type=int, default=7, help="runs of each contender; default 7")
    parser.add_argument(
        "--long", action="store_true", help="1,000 accounts and the real limits as well (about 12 minutes)"
    )
    parser.add_argument("--plot", type=Path, default=PLOT)
    options = parser.parse_args()
    collections = collection_tree.sync()
    with Emulator() as hood, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": name,
            "LANG": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(collections),
            "ANSIBLE_ASYNC_DIR": str(folder / "async"),
            "ANSIBLE_LOCALHOST_WARNING": "0",
            "OCAMBA_API_URL": hood.url,
            "OCAMBA_API_TOKEN": TOKEN,
        }
        bench = Bench(hood, Stopwatch(hood, folder, environment), folder, options.rounds)
        scenarios = []
        for scenario in all_scenarios(bench, options.long):
            show(scenario)
            scenarios.append(scenario)
    console.print(conditions(options.rounds))
    draw(scenarios, conditions(options.rounds), options.plot)
    console.print(f"The plot is in {options.plot.relative_to(collection_tree.ROOT)}")


if __name__ == "__main__":
    main()
