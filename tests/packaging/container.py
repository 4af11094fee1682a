"""A container engine with storage of its own, and a base image made of Debian's packages: no registry is asked.

ansible-builder does not support Debian: it calls `python3 -m ensurepip`, which Debian's Python refuses.
"""

from __future__ import annotations

import functools
import os
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

BASE = "localhost/debian-base"
SUITE = "bookworm"
PYTHON = "python3.11"

# What an image with Debian's package manager and Python needs beside the definition.
BUILD_ARGUMENTS = {"EE_BASE_IMAGE": BASE, "PKGMGR": "/usr/bin/apt-get", "PYCMD": f"/usr/bin/{PYTHON}", "PYPKG": PYTHON}
CERTIFICATES = "/etc/ssl/certs"


def what_is_missing() -> str | None:
    """Why no image can be built here, if so."""
    for tool in ("podman", "debootstrap"):
        if not shutil.which(tool):
            return f"there is no {tool} on this machine"
    return None if os.geteuid() == 0 else "debootstrap needs root"


@dataclass(frozen=True)
class Podman:
    """The engine, with all that it keeps below a folder."""

    folder: Path

    @functools.cached_property
    def environment(self) -> dict[str, str]:
        """Names the engine's configuration: that of the machine may ask for more than a container inside one gets."""
        limits = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name.upper()}"))[1] for name in _LIMITS}
        # Not every runtime works with the first version of control groups; runc does.
        runtime = ['runtime = "runc"'] if shutil.which("runc") else []
        lines = ["[containers]", 'netns = "host"', f"default_ulimits = {[_limit(*item) for item in limits.items()]}"]
        configuration = self.folder / "containers.conf"
        configuration.write_text("\n".join([*lines, "[engine]", *runtime, ""]), encoding="utf-8")
        storage = self.folder / "storage.conf"
        folders = [f'{key} = "{self.folder / key}"' for key in ("graphroot", "runroot")]
        storage.write_text("\n".join(["[storage]", 'driver = "overlay"', *folders, ""]), encoding="utf-8")
        return {"CONTAINERS_CONF": str(configuration), "CONTAINERS_STORAGE_CONF": str(storage)}

    def run(self, *command: str) -> None:
        done = subprocess.run(
            command, env={**os.environ, **self.environment}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def make_base(self) -> None:
        """Import a Debian with Python, which lets pip be installed as ansible-builder does it."""
        tree = self.folder / "debian"
        self.run("debootstrap", "--variant=minbase", "--include=ca-certificates,python3,python3-venv", SUITE, str(tree))
        library = tree / "usr" / "lib" / PYTHON
        (library / "EXTERNALLY-MANAGED").unlink(missing_ok=True)
        ensurepip = library / "ensurepip" / "__init__.py"
        refusing = "    _ensurepip_is_disabled_in_debian_for_system()\n"
        text = ensurepip.read_text(encoding="utf-8")
        assert refusing in text
        ensurepip.write_text(text.replace(refusing, ""), encoding="utf-8")
        archive = self.folder / "debian.tar"
        self.run("tar", "--directory", str(tree), "--create", "--file", str(archive), ".")
        self.run("podman", "import", "--quiet", str(archive), BASE)

    def clean_up(self) -> None:
        self.run("podman", "rmi", "--all", "--force")
        shutil.rmtree(self.folder)


_LIMITS = ("nofile", "nproc")


def _limit(name: str, highest: int) -> str:
    number = 1024 if highest == resource.RLIM_INFINITY else min(highest, 1024)
    return f"{name}={number}:{number}"
