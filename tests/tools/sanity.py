"""Runs `ansible-test sanity` on the copied tree, with no ignore file.

ansible-test bootstraps pip by a script from a host that may not be reachable; it takes the script from its cache if it
is there, so one is put there that uses the pip of a wheel. The cache is that of a home folder of its own.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tests.tools import collection_tree

HOME = collection_tree.BUILD / "sanity-home"
INTERPRETERS = collection_tree.BUILD / "interpreters"

BOOTSTRAP = """\
import glob, os, runpy, sys
sys.path.insert(0, glob.glob(os.path.join({wheels!r}, "pip-*.whl"))[0])
arguments = [one for one in sys.argv[1:] if one not in ("--no-setuptools", "--no-wheel")]
sys.argv = ["pip", "install", "--force-reinstall", *arguments]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


def bootstrap_versions() -> list[str]:
    """The versions of get-pip that this ansible-test may ask for, such as `24_2`."""
    spec = find_spec("ansible_test")
    assert spec is not None
    assert spec.submodule_search_locations
    source = Path(spec.submodule_search_locations[0]) / "_internal" / "python_requirements.py"
    return sorted({version.replace(".", "_") for version in re.findall(r"'(\d+\.\d+(?:\.\d+)?)'", source.read_text())})


def seed_bootstrap() -> None:
    wheels = HOME / "wheels"
    if not list(wheels.glob("pip-*.whl")):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(wheels), "pip"]
        subprocess.run(command, check=True)
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in bootstrap_versions():
        (cache / f"get_pip_{version}.py").write_text(BOOTSTRAP.format(wheels=str(wheels)), encoding="utf-8")


def link_interpreters() -> None:
    """Links to real interpreters, to be first on PATH: the shims of version managers answer to names that they
    can't run, which ansible-test takes for interpreters."""
    INTERPRETERS.mkdir(parents=True, exist_ok=True)
    own = INTERPRETERS / f"python{sys.version_info.major}.{sys.version_info.minor}"
    own.unlink(missing_ok=True)
    own.symlink_to(Path(sys._base_executable).resolve())  # type: ignore[attr-defined]


def main() -> int:
    seed_bootstrap()
    link_interpreters()
    collection_tree.sync()
    if not (collection_tree.TREE / ".git").exists():
        subprocess.run(["git", "init", "--quiet"], cwd=collection_tree.TREE, check=True)
    subprocess.run(["git", "add", "--all"], cwd=collection_tree.TREE, check=True)
    environment = {**os.environ, "HOME": str(HOME)}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), str(INTERPRETERS), environment["PATH"]])
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    command = [
        str(Path(sys.executable).parent / "ansible-test"),
        "sanity",
        "--venv",
        "--python",
        version,
        "--color",
        "no",
    ]
    return subprocess.run(command, cwd=collection_tree.TREE, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
