"""Run ansible-test on the copied tree: sanity (with no ignore file), units or integration.

`python -m tests.tools.ansible_test sanity [ARGUMENTS]` takes the ansible-test beside this Python.

ansible-test bootstraps pip by a script from a host that may not be reachable; it takes the script from its cache if it
is there, so one is put there that uses a pip which was installed once. A kind with its arguments has a copy of the tree
and a home folder of its own, for the cache and the environments that ansible-test makes, so that they run side by side.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.tools import collection_tree, cores

FOLDER = collection_tree.BUILD / "ansible-test"

BOOTSTRAP = """\
import runpy, sys
sys.path.insert(0, {pip!r})
arguments = [one for one in sys.argv[1:] if one not in ("--no-setuptools", "--no-wheel")]
sys.argv = ["pip", "install", "--force-reinstall", *arguments]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""

ARCHIVE = re.compile(r"^(\S+) @ https?://\S+", re.MULTILINE)

_ABOUT = """\
import sys, importlib.util
spec = importlib.util.find_spec("ansible_test")
print("%d.%d" % sys.version_info[:2], sys._base_executable, *spec.submodule_search_locations, sep="\\n")
"""


def bootstrap_versions(ansible_test: Path) -> list[str]:
    """The versions of get-pip that this ansible-test may ask for, such as `24_2`."""
    source = (ansible_test / "_internal" / "python_requirements.py").read_text(encoding="utf-8")
    return sorted({version.replace(".", "_") for version in re.findall(r"'(\d+\.\d+(?:\.\d+)?)'", source)})


def seed_bootstrap(home: Path, ansible_test: Path) -> None:
    pip = home / "pip"
    if not (pip / "pip").is_dir():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(pip), "pip"]
        subprocess.run(command, check=True)
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in bootstrap_versions(ansible_test):
        (cache / f"get_pip_{version}.py").write_text(BOOTSTRAP.format(pip=str(pip)), encoding="utf-8")


def take_releases(ansible_test: Path) -> list[str]:
    """A preview of core may want the archive of a commit from a host that may not be reachable; in an environment of
    ours the newest release is taken instead. Returns the names of such packages."""
    taken = []
    for file in (ansible_test / "_data" / "requirements").glob("*.txt"):
        text = file.read_text(encoding="utf-8")
        taken += ARCHIVE.findall(text)
        file.write_text(ARCHIVE.sub(r"\1", text), encoding="utf-8")
    return taken


def link_interpreter(folder: Path, version: str, base: Path) -> None:
    """Put a link to the real interpreter into a folder that is to be first on PATH: the shims of version managers
    answer to names that they can't run, which ansible-test takes for interpreters."""
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / f"python{version}"
    link.unlink(missing_ok=True)
    link.symlink_to(base.resolve())


class Prepared(NamedTuple):
    """What runs a kind of tests."""

    command: list[str]
    environment: dict[str, str]
    tree: Path


def prepare(interpreter: Path, kind: str, *arguments: str) -> Prepared:
    """Make a copy of the tree ready for a kind of tests with the ansible-test beside that Python."""
    about = subprocess.run([str(interpreter), "-c", _ABOUT], capture_output=True, text=True, check=True)
    version, base, ansible_test = about.stdout.splitlines()[:3]
    folder = FOLDER / re.sub(r"[^\w.-]", "_", "".join((kind, *arguments)))
    # An environment of ansible-test's own is not made for two cores alike, so each has its home.
    home = folder / interpreter.parent.parent.name
    seed_bootstrap(home, Path(ansible_test))
    if interpreter.is_relative_to(cores.FOLDER):
        for package in take_releases(Path(ansible_test)):
            print(f"ansible-test asks for a commit of {package}: its release is taken")
    link_interpreter(home / "bin", version, Path(base))
    tree = folder / collection_tree.PLACE
    collection_tree.sync(tree=tree)
    if not (tree / ".git").exists():
        subprocess.run(["git", "init", "--quiet"], cwd=tree, check=True)
    subprocess.run(["git", "add", "--all"], cwd=tree, check=True)
    environment = {**os.environ, "HOME": str(home)}
    environment["PATH"] = os.pathsep.join([str(interpreter.parent), str(home / "bin"), environment["PATH"]])
    ansible_test_command = str(interpreter.parent / "ansible-test")
    venv = ("--venv", "--python", version, "--color", "no")
    return Prepared([ansible_test_command, kind, *venv, *arguments], environment, tree)


def main(arguments: list[str]) -> int:
    kind, *rest = arguments or ["sanity"]
    prepared = prepare(Path(sys.executable).absolute(), kind, *rest)
    return subprocess.run(prepared.command, cwd=prepared.tree, env=prepared.environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
