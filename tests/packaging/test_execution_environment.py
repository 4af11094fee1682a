"""What ansible-builder makes of the collection and of the definition in ee/; what it installs is enough."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ansible_runner
import pytest
import yaml

from tests.emulator.server import Emulator
from tests.packaging.container import BUILD_ARGUMENTS, CERTIFICATES, Podman, what_is_missing
from tests.support import quick_start
from tests.support.ansible import Ansible
from tests.tools import release
from tests.tools.collection_tree import ROOT

DEFINITION = ROOT / "ee" / "execution-environment.yml"


IMAGE = "localhost/ocamba-hood-ee"


def builder(*arguments: str, environment: dict[str, str] | None = None) -> str:
    command = [str(release.tools().parent / "ansible-builder"), *arguments]
    variables = {**os.environ, **(environment or {})}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def context(tmp_path: Path) -> Path:
    """The folder that a container engine would build."""
    folder = tmp_path / "context"
    builder("create", "--file", str(DEFINITION), "--context", str(folder), "--output-filename", "Containerfile")
    return folder


def requirements(*lines: str) -> set[str]:
    return {line.partition("#")[0].strip().strip("'") for line in lines if line.partition("#")[0].strip()}


def definition() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(DEFINITION.read_text(encoding="utf-8"))
    return content


def test_the_definition_names_all_that_the_collection_needs() -> None:
    needed = requirements(*(ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines())
    assert set(definition()["dependencies"]["python"]) == needed
    assert definition()["dependencies"]["galaxy"]["collections"] == [{"name": "ocamba.hood"}]
    assert definition()["version"] == 3


@pytest.mark.slow
def test_the_builder_finds_the_requirements_of_the_collection_but_drops_voluptuous(collections: Path) -> None:
    found = yaml.safe_load(builder("introspect", str(collections)))["python"]
    # If this fails because voluptuous is there: the README, ee/ and the message of a missing library say that it isn't.
    assert requirements(*found) == {"requests>=2.28"}


@pytest.mark.slow
def test_the_base_image_can_be_chosen_when_it_is_built(context: Path) -> None:
    content = (context / "Containerfile").read_text(encoding="utf-8")
    image = definition()["images"]["base_image"]["name"]
    assert f'ARG EE_BASE_IMAGE="{image}"' in content
    assert "FROM $EE_BASE_IMAGE AS base" in content
    assert 'ARG PKGMGR="/usr/bin/microdnf"' in content


def definition_with(tarball: Path, folder: Path) -> Path:
    """The definition with a tarball instead of Galaxy, changed as the README says."""
    blocks = (ROOT / "ee" / "README.md").read_text(encoding="utf-8").split("```yaml\n")
    shown = yaml.safe_load(blocks[1].partition("```")[0].replace("ocamba-hood-VERSION.tar.gz", tarball.name))
    content = definition()
    content["dependencies"].update(shown.pop("dependencies"))
    content.update(shown)
    shutil.copy2(tarball, folder)
    file = folder / "execution-environment.yml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return file


@pytest.mark.slow
def test_a_tarball_can_stand_in_for_galaxy_as_the_readme_says(tarball: Path, tmp_path: Path) -> None:
    file = definition_with(tarball, tmp_path)
    builder("create", "--file", str(file), "--context", str(tmp_path / "context"))
    build = tmp_path / "context" / "_build"
    assert yaml.safe_load((build / "requirements.yml").read_text(encoding="utf-8"))["collections"] == [
        {"name": tarball.name, "type": "file"}
    ]
    assert (build / tarball.name).exists()


@pytest.mark.slow
def test_apply_runs_with_what_the_image_would_hold(
    hood: Emulator, collections: Path, context: Path, tmp_path: Path
) -> None:
    """The image's own script combines the requirements; they, and ansible-core as asked for, are all there is."""
    combined = tmp_path / "combined.txt"
    introspect = [sys.executable, str(context / "_build" / "scripts" / "introspect.py"), "introspect"]
    user = str(context / "_build" / "requirements.txt")
    written = ("--user-pip", user, "--write-pip", str(combined))
    tools = release.tools()
    subprocess.run([str(tools), *introspect[1:], *written, str(collections)], check=True, capture_output=True)
    assert requirements(*combined.read_text(encoding="utf-8").splitlines()) == {"requests>=2.28", "voluptuous>=0.13"}
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    python = environment / "bin" / "python"
    core = definition()["dependencies"]["ansible_core"]["package_pip"]
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, core, "--requirement", str(combined)], check=True, capture_output=True)
    workdir = tmp_path / "work"
    workdir.mkdir()
    hood.account(quick_start.write(workdir))
    ansible = Ansible(collections, workdir, {"OCAMBA_API_URL": hood.url}, str(python))
    for expected in (True, False):
        run = ansible.playbook("ocamba.hood.apply", "-i", "inventory.yml")
        assert run.rc == 0, run.output
        assert run.all("integrations")["acme"]["changed"] is expected


@pytest.fixture
def podman(tmp_path: Path) -> Iterator[Podman]:
    missing = what_is_missing()
    if missing:
        pytest.skip(missing)
    folder = tmp_path / "containers"
    folder.mkdir()
    engine = Podman(folder)
    engine.make_base()
    yield engine
    engine.clean_up()


@pytest.mark.slow
def test_an_image_is_built_and_apply_runs_in_it(
    hood: Emulator, podman: Podman, tarball: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a base of Debian's packages, and in a container as ansible-runner starts it for AWX."""
    file = definition_with(tarball, tmp_path)
    arguments = [part for name, value in BUILD_ARGUMENTS.items() for part in ("--build-arg", f"{name}={value}")]
    engine = f"--isolation chroot --network host --volume {CERTIFICATES}:{CERTIFICATES}:ro"
    context = ("--file", str(file), "--context", str(tmp_path / "context"), "--tag", IMAGE)
    options = ("--container-runtime", "podman", "--extra-build-cli-args", engine)
    builder("build", *context, *options, *arguments, environment=podman.environment)
    for name, value in podman.environment.items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "job"
    (folder / "project").mkdir(parents=True)
    hood.account(quick_start.write(folder / "inventory"))
    for changed in ({"acme": 1}, {}):
        run = ansible_runner.run(
            private_data_dir=str(folder),
            playbook="ocamba.hood.apply",
            envvars={"OCAMBA_API_URL": hood.url},
            process_isolation=True,
            process_isolation_executable="podman",
            container_image=IMAGE,
            container_options=["--network=host", "--user=root"],
            quiet=True,
        )
        assert run.rc == 0, run.stdout.read()
        assert run.stats["changed"] == changed
