"""Virtual environments with every supported ansible-core that the Pythons of this machine allow, and one with the
oldest Python and libraries that modules may meet on a target.

`python -m tests.tools.cores` makes them below .build/cores and says which it skipped.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tests.tools import collection_tree, venvs

FOLDER = (collection_tree.BUILD / "cores").resolve()


@dataclass(frozen=True)
class Core:
    """A series of ansible-core, what to install, and the Pythons that it runs on, best first."""

    series: str
    requirement: str
    pythons: tuple[str, ...]
    is_preview: bool = False

    @property
    def folder(self) -> Path:
        return FOLDER / self.series

    @property
    def interpreter(self) -> Path:
        return self.folder / "bin" / "python"


CORES = (
    Core("2.16", "ansible-core==2.16.*", ("3.11", "3.10", "3.12")),
    Core("2.17", "ansible-core==2.17.*", ("3.11", "3.10", "3.12")),
    Core("2.18", "ansible-core==2.18.*", ("3.11", "3.12", "3.13")),
    Core("2.19", "ansible-core==2.19.*", ("3.12", "3.11", "3.13")),
    Core("2.20", "ansible-core==2.20.*", ("3.12", "3.13")),
    Core("2.21", "ansible-core==2.21.*", ("3.13", "3.12")),
    Core("2.22", "ansible-core>=2.22.0b1,<2.23", ("3.13", "3.14"), is_preview=True),
)

# The environment of a core is for running things; these check or build, and some want a newer ansible-core.
NOT_FOR_UNIT_TESTS = re.compile(
    r"(actionlint|ansible|antsibull|awx|galaxy|import-linter|mypy|pre-commit|ruff|sphinx|types-)"
)

OLDEST_TARGET = FOLDER / "target-3.9"
OLDEST_LIBRARIES = ("requests==2.28.*", "voluptuous==0.13.*")


def find_pythons() -> dict[str, Path]:
    """Interpreters that really run, by series. Version managers put names on PATH that only answer with an error."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [path for folder in folders for path in sorted(folder.glob("python3.[0-9]*"))]
    candidates += sorted(pyenv.glob("3.*/bin/python"))
    found: dict[str, Path] = {}
    for path in [Path(sys.executable), *candidates]:
        if re.fullmatch(r"python(3\.\d+)?", path.name):
            series = _series(path)
            if series:
                found.setdefault(series, path)
    return found


def _series(python: Path) -> str | None:
    done = subprocess.run(
        [str(python), "-c", "import sys, venv, ssl; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else None


def available() -> list[Core]:
    """The cores that were made."""
    return [core for core in CORES if (core.folder / ".ready").exists()]


def interpreter_of(series: str) -> Path | None:
    """The Python of that core: this one if it has it, else the one made for it, if any."""
    if own_series() == series:
        return Path(sys.executable)
    return next((core.interpreter for core in available() if core.series == series), None)


def own_series() -> str:
    """The series of the ansible-core beside this interpreter."""
    return ".".join(version("ansible-core").split(".")[:2])


def why_not(core: Core) -> str:
    return f"needs Python {' or '.join(core.pythons)}"


def make(core: Core, pythons: dict[str, Path]) -> bool:
    """Install a core, and what the unit tests need; False where no Python for it is there."""
    python = next((pythons[series] for series in core.pythons if series in pythons), None)
    if python is None:
        return False
    preview = ["--pre"] if core.is_preview else []
    tests = [*unit_test_requirements(), "--constraint", str(venvs.CONSTRAINTS)]
    venvs.ensure(core.folder, python, [[*preview, core.requirement], tests])
    return True


def unit_test_requirements() -> list[str]:
    """What the developers' environment has besides ansible-core and the tools that check and build."""
    text = (venvs.REQUIREMENTS / "dev.txt").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [line for line in lines if not NOT_FOR_UNIT_TESTS.match(line)]


def make_oldest_target(pythons: dict[str, Path]) -> bool:
    """The floor of tests/config.yml and requirements.txt; False where that Python is not there."""
    if "3.9" not in pythons:
        return False
    venvs.ensure(OLDEST_TARGET, pythons["3.9"], [list(OLDEST_LIBRARIES)])
    return True


def main(wanted: list[str]) -> None:
    pythons = find_pythons()
    for core in CORES:
        if wanted and core.series not in wanted:
            continue
        state = "ready" if make(core, pythons) else f"skipped, it {why_not(core)}"
        print(f"ansible-core {core.series}: {state}")
    print(f"target with Python 3.9: {'ready' if make_oldest_target(pythons) else 'skipped, Python 3.9 is not there'}")


if __name__ == "__main__":
    main(sys.argv[1:])
