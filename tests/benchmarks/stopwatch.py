"""Runs commands and measures them: seconds, memory of the largest process, requests that reached the emulator."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.emulator.server import Emulator

LAUNCHER = Path(__file__).with_name("launcher.py")


@dataclass(frozen=True)
class Sample:
    """One run. `cpu` is the processor time of the command and all that it started; memory in MB."""

    seconds: float
    cpu: float
    memory: float
    requests: int
    limited: int


@dataclass
class Measured:
    """All runs of one contender."""

    name: str
    samples: list[Sample] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return statistics.median(sample.seconds for sample in self.samples)

    @property
    def cpu(self) -> float:
        return statistics.median(sample.cpu for sample in self.samples)

    @property
    def fastest(self) -> float:
        return min(sample.seconds for sample in self.samples)

    @property
    def slowest(self) -> float:
        return max(sample.seconds for sample in self.samples)

    @property
    def memory(self) -> float:
        return max(sample.memory for sample in self.samples)

    @property
    def requests(self) -> int:
        return self.samples[-1].requests

    @property
    def limited(self) -> int:
        """How many requests were answered with 429, in all runs."""
        return sum(sample.limited for sample in self.samples)


@dataclass(frozen=True)
class Contender:
    """A command, and what has to be made ready before each of its runs."""

    name: str
    command: Sequence[str]
    prepare: Callable[[], None]


@dataclass(frozen=True)
class Stopwatch:
    """Runs contenders in turns, so that what else the machine does falls on all of them."""

    hood: Emulator
    folder: Path
    environment: dict[str, str]

    def race(self, contenders: Sequence[Contender], rounds: int) -> list[Measured]:
        measured = [Measured(contender.name) for contender in contenders]
        for _round in range(rounds):
            for contender, results in zip(contenders, measured):
                contender.prepare()
                results.samples.append(self.run(contender.command))
        return measured

    def run(self, command: Sequence[str]) -> Sample:
        """:raises RuntimeError: with the output of a command that fails, as its time would say nothing."""
        self.hood.log.clear()
        output = self.folder / "output.txt"
        launched = subprocess.run(
            [sys.executable, str(LAUNCHER), str(output), *command],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        )
        usage = json.loads(launched.stdout)
        if usage["status"]:
            raise RuntimeError(f"{' '.join(command)}\n{output.read_text(encoding='utf-8')}")
        calls = list(self.hood.log)
        return Sample(
            usage["seconds"],
            usage["cpu"],
            usage["memory"],
            len(calls),
            sum(call.status == 429 for call in calls),
        )
