"""Virtual environments that are made once, and again when what they hold is asked for differently."""

from __future__ import annotations

import fcntl
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.tools import collection_tree

REQUIREMENTS = collection_tree.ROOT / "tests" / "requirements"
CONSTRAINTS = REQUIREMENTS / "constraints.txt"


def ensure(folder: Path, python: Path, installs: Iterable[Sequence[str]]) -> Path:
    """The interpreter of the environment in `folder`, made from `python` unless it is there as asked for.

    :param installs: the arguments of `pip install`, call by call; a file among them counts by what it holds.
    """
    asked = [list(arguments) for arguments in installs]
    wish = repr([[_meant(argument) for argument in arguments] for arguments in asked])
    ready = folder / ".ready"
    interpreter = folder / "bin" / "python"
    with _locked(folder):
        if not ready.exists() or ready.read_text(encoding="utf-8") != wish:
            subprocess.run([str(python), "-m", "venv", "--clear", str(folder)], check=True)
            pip = [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            for arguments in asked:
                subprocess.run([*pip, *arguments], check=True)
            ready.write_text(wish, encoding="utf-8")
    return interpreter


def _meant(argument: str) -> str:
    return Path(argument).read_text(encoding="utf-8") if Path(argument).is_file() else argument


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time: the tests run in several."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
