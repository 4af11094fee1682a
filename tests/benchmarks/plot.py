"""The figures as a picture: a bar for each contender, a panel for each job."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from tests.benchmarks.scenarios import Scenario

OURS, OTHERS = "#0b6e8f", "#a9b4bd"
# What one would write instead, what a task costs anyway, and the slower of our ways.
THEIRS = ("builtin", "bare", "with async", "as a module", "does nothing")


def draw(scenarios: Sequence[Scenario], conditions: str, path: Path) -> None:
    """Write an SVG, the same for the same figures."""
    mpl.rcParams.update({"svg.hashsalt": "ocamba.hood", "font.family": "sans-serif", "svg.fonttype": "none"})
    rows = [len(scenario.measured) for scenario in scenarios]
    figure = Figure(figsize=(8, 0.34 * sum(rows) + 0.55 * len(rows) + 0.6), layout="constrained")
    panels = figure.subplots(len(scenarios), 1, height_ratios=rows, squeeze=False)[:, 0]
    for panel, scenario in zip(panels, scenarios):
        names = [one.name for one in scenario.measured]
        seconds = [one.seconds for one in scenario.measured]
        spread = [
            [one.seconds - one.fastest for one in scenario.measured],
            [one.slowest - one.seconds for one in scenario.measured],
        ]
        colours = [OTHERS if any(word in name for word in THEIRS) else OURS for name in names]
        bars = panel.barh(
            names, seconds, xerr=spread, color=colours, height=0.7, error_kw={"ecolor": "#444", "lw": 0.8}
        )
        panel.bar_label(bars, [f" {one:.2f} s" for one in seconds], padding=6, fontsize=8)
        panel.invert_yaxis()
        panel.set_title(scenario.title, loc="left", fontsize=10, fontweight="bold")
        panel.tick_params(labelsize=8)
        panel.margins(x=0.18)
        panel.xaxis.set_visible(False)
        panel.spines[["top", "right", "bottom"]].set_visible(False)
    figure.supxlabel("\n".join(textwrap.wrap(f"Seconds, less is better. {conditions}.", 118)), fontsize=7)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="svg", metadata={"Date": None, "Title": "Benchmarks of ocamba.hood"})
