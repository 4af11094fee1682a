"""Run ansible-test on the copied tree: sanity (with no ignore file), units or integration.

`python -m tests.tools.ansible_test sanity [ARGUMENTS]` takes the ansible-test beside this Python.

ansible-test bootstraps pip by a script from a host that may not be reachable; it takes the script from its cache if it
is there, so one is put there that uses the pip of a wheel. The cache is that of a home folder of its own.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.tools import collection_tree, cores

HOMES = collection_tree.BUILD / "sanity-home"
WHEELS = collection_tree.BUILD / "sanity-wheels"
INTERPRETERS = collection_tree.BUILD / "interpreters"

BOOTSTRAP = """\
import glob, os, runpy, sys
sys.path.insert(0, glob.glob(os.path.join({wheels!r}, "pip-*.whl"))[0])
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
    if not list(WHEELS.glob("pip-*.whl")):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(WHEELS), "pip"]
        subprocess.run(command, check=True)
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in bootstrap_versions(ansible_test):
        (cache / f"get_pip_{version}.py").write_text(BOOTSTRAP.format(wheels=str(WHEELS)), encoding="utf-8")


def take_releases(ansible_test: Path) -> list[str]:
    """A preview of core may want the archive of a commit from a host that may not be reachable; in an environment of
    ours the newest release is taken instead. Returns the names of such packages."""
    taken = []
    for file in (ansible_test / "_data" / "requirements").glob("*.txt"):
        text = file.read_text(encoding="utf-8")
        taken += ARCHIVE.findall(text)
        file.write_text(ARCHIVE.sub(r"\1", text), encoding="utf-8")
    return taken


def link_interpreter(version: str, base: Path) -> Path:
    """A folder with a link to the real interpreter, to be first on PATH: the shims of version managers answer to names
    that they can't run, which ansible-test takes for interpreters."""
    folder = INTERPRETERS / version
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / f"python{version}"
    link.unlink(missing_ok=True)
    link.symlink_to(base.resolve())
    return folder


def command(interpreter: Path, kind: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """Return what runs a kind of tests with the ansible-test beside that Python, and its environment; make the tree
    ready for it."""
    about = subprocess.run([str(interpreter), "-c", _ABOUT], capture_output=True, text=True, check=True)
    version, base, ansible_test = about.stdout.splitlines()[:3]
    # An environment of ansible-test's own is not made for two cores alike, so each has its home.
    home = HOMES / interpreter.parent.parent.name
    seed_bootstrap(home, Path(ansible_test))
    if interpreter.is_relative_to(cores.FOLDER):
        for package in take_releases(Path(ansible_test)):
            print(f"ansible-test asks for a commit of {package}: its release is taken")
    links = link_interpreter(version, Path(base))
    collection_tree.sync()
    if not (collection_tree.TREE / ".git").exists():
        subprocess.run(["git", "init", "--quiet"], cwd=collection_tree.TREE, check=True)
    subprocess.run(["git", "add", "--all"], cwd=collection_tree.TREE, check=True)
    environment = {**os.environ, "HOME": str(home)}
    environment["PATH"] = os.pathsep.join([str(interpreter.parent), str(links), environment["PATH"]])
    ansible_test_command = str(interpreter.parent / "ansible-test")
    venv = ("--venv", "--python", version, "--color", "no")
    return [ansible_test_command, kind, *venv, *arguments], environment


def main(arguments: list[str]) -> int:
    kind, *rest = arguments or ["sanity"]
    ansible_test, environment = command(Path(sys.executable).absolute(), kind, *rest)
    return subprocess.run(ansible_test, cwd=collection_tree.TREE, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
