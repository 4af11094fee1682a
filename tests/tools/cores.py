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
from pathlib import Path

from tests.tools import collection_tree

FOLDER = collection_tree.BUILD / "cores"


@dataclass(frozen=True)
class Core:
    """A series of ansible-core, what to install, and the Pythons that it runs on, best first."""

    series: str
    requirement: str
    pythons: tuple[str, ...]
    is_preview: bool = False

    @property
    def interpreter(self) -> Path:
        return FOLDER / self.series / "bin" / "python"


CORES = (
    Core("2.16", "ansible-core==2.16.*", ("3.11", "3.10", "3.12")),
    Core("2.17", "ansible-core==2.17.*", ("3.11", "3.10", "3.12")),
    Core("2.18", "ansible-core==2.18.*", ("3.11", "3.12", "3.13")),
    Core("2.19", "ansible-core==2.19.*", ("3.12", "3.11", "3.13")),
    Core("2.20", "ansible-core==2.20.*", ("3.12", "3.13")),
    Core("2.21", "ansible-core==2.21.*", ("3.13", "3.12")),
    Core("2.22", "ansible-core>=2.22.0b1,<2.23", ("3.13", "3.14"), is_preview=True),
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
    told = subprocess.run(
        [str(python), "-c", "import sys, venv, ssl; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip() if told.returncode == 0 else None


def available() -> list[Core]:
    """The cores that were made."""
    return [core for core in CORES if (core.interpreter.parent.parent / ".ready").exists()]


def make(core: Core, pythons: dict[str, Path]) -> bool:
    """Install a core; False where no Python for it is there."""
    python = next((pythons[series] for series in core.pythons if series in pythons), None)
    if python is None:
        return False
    folder = core.interpreter.parent.parent
    if not (folder / ".ready").exists():
        subprocess.run([str(python), "-m", "venv", "--clear", str(folder)], check=True)
        install = [str(core.interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        preview = ["--pre"] if core.is_preview else []
        subprocess.run([*install, *preview, core.requirement], check=True)
        subprocess.run([*install, "requests", "voluptuous"], check=True)
        (folder / ".ready").touch()
    return True


def make_oldest_target(pythons: dict[str, Path]) -> bool:
    """The floor of tests/config.yml and requirements.txt; False where that Python is not there."""
    if "3.9" not in pythons:
        return False
    if not (OLDEST_TARGET / ".ready").exists():
        subprocess.run([str(pythons["3.9"]), "-m", "venv", "--clear", str(OLDEST_TARGET)], check=True)
        pip = [str(OLDEST_TARGET / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *OLDEST_LIBRARIES], check=True)
        (OLDEST_TARGET / ".ready").touch()
    return True


def main(wanted: list[str]) -> None:
    pythons = find_pythons()
    for core in CORES:
        if wanted and core.series not in wanted:
            continue
        told = "ready" if make(core, pythons) else f"skipped, it needs Python {' or '.join(core.pythons)}"
        print(f"ansible-core {core.series}: {told}")
    print(f"target with Python 3.9: {'ready' if make_oldest_target(pythons) else 'skipped, Python 3.9 is not there'}")


if __name__ == "__main__":
    main(sys.argv[1:])
