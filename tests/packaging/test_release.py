"""`make release` builds what users need, from a clean tree, and publishes nothing."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

from tests.packaging.conftest import Checkout
from tests.tools import markdown, release
from tests.tools.collection_tree import ROOT

RELEASE = (sys.executable, "-m", "tests.tools.release")


@pytest.fixture
def tools() -> None:
    """What a release needs, made before a checkout that uses it."""
    release.tools()


@pytest.fixture
def releasable(checkout: Checkout) -> Checkout:
    """Without the fragments that wait for the next release."""
    for fragment in (checkout.root / "changelogs" / "fragments").glob("*.y*ml"):
        fragment.unlink()
    if checkout.run("git", "status", "--porcelain"):
        checkout.commit()
    return checkout


def names(tarball: Path) -> set[str]:
    with tarfile.open(tarball) as content:
        return {member.name.removeprefix("./") for member in content if not member.isdir()}


def test_the_tarball_holds_what_users_need_and_nothing_else(tarball: Path) -> None:
    assert release.not_for_users(tarball) == []
    for folder in ("plugins", "roles", "playbooks", "docs", "meta", "ee"):
        expected = {
            path.relative_to(ROOT).as_posix()
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts and not path.is_relative_to(ROOT / "docs/example/awx")
        }
        assert expected
        assert expected <= names(tarball)
    assert {"README.md", "LICENSE", "CHANGELOG.md", "changelogs/changelog.yaml", "requirements.txt"} <= names(tarball)


def test_what_is_not_for_users_is_noticed(tmp_path: Path) -> None:
    tarball = tmp_path / "x.tar.gz"
    with tarfile.open(tarball, "w:gz") as content:
        for name in (
            "README.md",
            "plugins/modules/x.py",
            "tests/x.py",
            ".ci/run",
            "docs/.hidden",
            "pyproject.toml",
            "x",
        ):
            content.addfile(tarfile.TarInfo(name))
    assert release.not_for_users(tarball) == [".ci/run", "docs/.hidden", "pyproject.toml", "tests/x.py", "x"]


def test_every_link_in_the_tarball_leads_to_a_file_that_is_there(tarball: Path, tmp_path: Path) -> None:
    with tarfile.open(tarball) as content:
        content.extractall(tmp_path, filter="data")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    assert markdown.broken(tmp_path) == []


def test_the_readme_in_the_tarball_has_links_that_work_on_galaxy(tarball: Path) -> None:
    with tarfile.open(tarball) as content:
        member = content.extractfile("README.md")
        assert member
        text = member.read().decode("utf-8")
    targets = list(markdown.links(text))
    assert [target for target in targets if not target.startswith(("https://", "#"))] == []
    version = release.versions(ROOT)["galaxy.yml"]
    assert f"{markdown.RAW}/v{version}/docs/images/check.svg" in targets


def test_the_metadata_is_complete() -> None:
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    for key in ("repository", "documentation", "homepage", "issues"):
        assert galaxy[key].startswith("https://"), key
    assert galaxy["authors"]
    assert galaxy["description"]
    assert galaxy["license"] == ["GPL-3.0-or-later"]
    assert 0 < len(galaxy["tags"]) <= 20
    assert all(re.fullmatch(r"[a-z][a-z0-9]*", tag) for tag in galaxy["tags"])


def test_the_version_is_the_same_everywhere() -> None:
    assert len(set(release.versions(ROOT).values())) == 1, release.versions(ROOT)


@pytest.mark.slow
@pytest.mark.usefixtures("tools", "releasable")
def test_a_release_is_built_checked_and_not_published(releasable: Checkout) -> None:
    output = releasable.run(*RELEASE)
    version = release.versions(ROOT)["galaxy.yml"]
    (tarball,) = (releasable.root / ".build" / "release").iterdir()
    assert tarball.name == f"ocamba-hood-{version}.tar.gz"
    assert f"ansible-galaxy collection publish {tarball}" in output
    assert f"git tag --annotate v{version}" in output
    assert not releasable.run("git", "tag")
    assert not releasable.run("git", "status", "--porcelain")


@pytest.mark.slow
def test_what_galaxy_importer_finds_is_reported(tmp_path: Path) -> None:
    galaxy: dict[str, object] = {"namespace": "ocamba", "name": "hood", "version": "1.2.3", "readme": "README.md"}
    galaxy.update(authors=["me"], repository="https://example.com/hood")
    files = {
        "galaxy.yml": yaml.safe_dump({**galaxy, "tags": ["cloud"], "license": ["GPL-3.0-or-later"]}),
        "README.md": "# A collection without a changelog\n",
        "meta/runtime.yml": "---\nrequires_ansible: '>=2.16.0'\n",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    galaxy_command = str(Path(sys.executable).parent / "ansible-galaxy")
    subprocess.run([galaxy_command, "collection", "build"], cwd=tmp_path, check=True, capture_output=True)
    _output, found = release.importer_says(tmp_path / "ocamba-hood-1.2.3.tar.gz")
    assert any("No changelog found" in line for line in found), found


def test_a_tree_that_is_not_clean_is_refused(releasable: Checkout) -> None:
    (releasable.root / "plugins" / "left_over.py").touch()
    (releasable.root / "README.md").write_text("Changed\n", encoding="utf-8")
    output = releasable.run(*RELEASE, rc=1)
    assert "plugins/left_over.py" in output
    assert " M README.md" in output
    assert not (releasable.root / ".build" / "release").exists()


def test_versions_that_differ_and_fragments_that_wait_are_refused(releasable: Checkout) -> None:
    version = release.versions(ROOT)["galaxy.yml"]
    releasable.replace("galaxy.yml", f"version: {version}", "version: 99.0.0")
    fragment = releasable.root / "changelogs" / "fragments" / "waits.yml"
    fragment.write_text("---\nminor_changes:\n  - role - does more.\n", encoding="utf-8")
    releasable.commit()
    output = releasable.run(*RELEASE, rc=1)
    assert "99.0.0 in galaxy.yml" in output
    assert f"{version} in plugins/module_utils/api/transport.py" in output
    assert "changelogs/fragments/waits.yml" in output


def test_a_bump_sets_the_version_everywhere_and_takes_up_the_fragments(releasable: Checkout) -> None:
    fragment = releasable.root / "changelogs" / "fragments" / "waits.yml"
    fragment.write_text("---\nminor_changes:\n  - role - does much more.\n", encoding="utf-8")
    releasable.run(*RELEASE, "--bump", "98.7.6")
    assert set(release.versions(releasable.root).values()) == {"98.7.6"}
    assert "role \\- does much more" in (releasable.root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert not fragment.exists()
    releasable.commit()
    assert release.problems(releasable.root) == []


@pytest.mark.parametrize("version", ["", "1.2", "v1.2.3", "1.2.3\n", "01.2.3"])
def test_a_bump_wants_a_semantic_version(releasable: Checkout, version: str) -> None:
    assert "is not a semantic version" in releasable.run(*RELEASE, "--bump", version, rc=1)
    assert not releasable.run("git", "status", "--porcelain")
