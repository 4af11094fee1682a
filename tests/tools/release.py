"""Builds the tarball that is published, from a clean tree, and checks it. Publishes nothing.

`python -m tests.tools.release` is `make release`; `python -m tests.tools.release --bump 0.2.0` is `make bump`: it sets
the version wherever it stands, and makes the changelog of that version from the fragments.
"""

from __future__ import annotations

import argparse
import fnmatch
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

import yaml

from tests.tools import collection_tree, markdown, venvs

RELEASES = collection_tree.BUILD / "release"
VENV = collection_tree.BUILD / "release-venv"

# Everything else in the tree is for those who work on the collection. What starts with a dot is never for users.
FOR_USERS = frozenset(
    {
        "CHANGELOG.md",
        "CODE_OF_CONDUCT.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "MAINTAINERS.md",
        "README.md",
        "RELEASING.md",
        "SECURITY.md",
        "SUPPORT.md",
        "changelogs/changelog.yaml",
        "docs/",
        "ee/",
        "extensions/",
        "meta/",
        "playbooks/",
        "plugins/",
        "requirements.txt",
        "roles/",
    }
)
MADE_BY_THE_BUILD = frozenset({"FILES.json", "MANIFEST.json"})

_USER_AGENT = re.compile(r'^(USER_AGENT = "ocamba\.hood/)([^"]+)(")$', re.MULTILINE)
_GALAXY = re.compile(r"^(version: )(.+)()$", re.MULTILINE)
_SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?")

VERSIONS = {"galaxy.yml": _GALAXY, "plugins/module_utils/api/transport.py": _USER_AGENT}


class NotReady(Exception):
    """What has to be mended before a release."""


def versions(root: Path) -> dict[str, str]:
    """The version that each file tells."""
    found_in = {}
    for name, pattern in VERSIONS.items():
        found = pattern.search((root / name).read_text(encoding="utf-8"))
        found_in[name] = found[2] if found else "none"
    releases = yaml.safe_load((root / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))["releases"]
    found_in["changelogs/changelog.yaml"] = max(releases, key=_order) if releases else "none"
    headings = re.findall(r"^## v(\S+)$", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    found_in["CHANGELOG.md"] = headings[0].replace("\\", "") if headings else "none"
    return found_in


def _order(version: str) -> tuple[list[int], bool, str]:
    number, _dash, preview = version.partition("-")
    return [int(part) for part in number.split(".")], not preview, preview


def problems(root: Path) -> list[str]:
    """Why this tree can't be released: changes that are not committed, versions that differ, news not in the
    changelog."""
    found = []
    status = subprocess.run(["git", "status", "--porcelain"], cwd=root, capture_output=True, text=True, check=True)
    if status.stdout:
        found.append("the tree is not clean; commit or remove these:\n" + status.stdout.rstrip())
    found_in = versions(root)
    if len(set(found_in.values())) != 1:
        lines = "\n".join(f"  {version} in {name}" for name, version in found_in.items())
        found.append(f"the versions differ; `make bump VERSION=X.Y.Z` sets them:\n{lines}")
    if not _SEMANTIC.fullmatch(found_in["galaxy.yml"]):
        found.append(f"{found_in['galaxy.yml']} is not a semantic version")
    fragments = sorted((root / "changelogs" / "fragments").glob("*.y*ml"))
    if fragments:
        names = "\n".join(f"  {fragment.relative_to(root)}" for fragment in fragments)
        found.append(f"the changelog lacks these fragments; `make bump VERSION=X.Y.Z` takes them up:\n{names}")
    return found


def build(root: Path, into: Path) -> Path:
    """The tarball of the last commit."""
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "tree.tar"
        subprocess.run(["git", "archive", "--output", str(archive), "HEAD"], cwd=root, check=True)
        tree = Path(folder) / "tree"
        with tarfile.open(archive) as members:
            members.extractall(tree, filter="data")
        _mend_links(tree)
        galaxy = str(Path(sys.executable).parent / "ansible-galaxy")
        command = [galaxy, "collection", "build", "--force", "--output-path", str(into), str(tree)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return into / f"ocamba-hood-{versions(root)['galaxy.yml']}.tar.gz"


def _mend_links(tree: Path) -> None:
    """Galaxy shows the README alone; the other pages stand beside what the tarball takes of the tree."""
    galaxy = yaml.safe_load((tree / "galaxy.yml").read_text(encoding="utf-8"))

    def kept(path: str) -> bool:
        parts = path.split("/")
        above = ["/".join(parts[: count + 1]) for count in range(len(parts))]
        return not any(fnmatch.fnmatch(one, pattern) for one in above for pattern in galaxy["build_ignore"])

    for file in tree.rglob("*.md"):
        page = file.relative_to(tree)
        text = file.read_text(encoding="utf-8")
        alone = page == Path("README.md")
        text = markdown.absolute(text, page, galaxy["version"], (lambda path: False) if alone else kept)
        file.write_text(text, encoding="utf-8")


def not_for_users(tarball: Path) -> list[str]:
    """The files of a tarball that nobody needs who only uses the collection."""
    with tarfile.open(tarball) as content:
        names = [member.name.removeprefix("./") for member in content if not member.isdir()]
    return sorted(name for name in names if not _is_for_users(name))


def _is_for_users(name: str) -> bool:
    if any(part.startswith(".") for part in name.split("/")):
        return False
    return name in MADE_BY_THE_BUILD or any(
        name == wanted or (wanted.endswith("/") and name.startswith(wanted)) for wanted in FOR_USERS
    )


def importer_says(tarball: Path) -> tuple[str, list[str]]:
    """What galaxy-importer prints, and what it finds fault with: it may end well in spite of that."""
    python = tools()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": folder,
            "LANG": "C.UTF-8",
            "GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true",
        }
        done = subprocess.run(
            [str(python), "-m", "galaxy_importer.main", str(tarball)],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    output = done.stdout + done.stderr
    found = [line for line in output.splitlines() if re.match(r"(WARNING|ERROR|CRITICAL|Traceback)", line)]
    if done.returncode or "Importer processing completed successfully" not in output:
        found.append(f"galaxy-importer ended with {done.returncode}")
    return output, found


def tools() -> Path:
    """The Python of the environment with galaxy-importer and ansible-builder."""
    requirements = str(venvs.REQUIREMENTS / "release.txt")
    return venvs.ensure(VENV, Path(sys.executable), [["--requirement", requirements]])


def release(root: Path) -> Path:
    """Build and check the tarball; returns it.

    :raises NotReady: with everything that is to be mended.
    """
    found = problems(root)
    if found:
        raise NotReady("\n".join(found))
    shutil.rmtree(RELEASES, ignore_errors=True)
    tarball = build(root, RELEASES)
    superfluous = not_for_users(tarball)
    if superfluous:
        raise NotReady("not for users, name them under build_ignore in galaxy.yml:\n  " + "\n  ".join(superfluous))
    output, faults = importer_says(tarball)
    if faults:
        raise NotReady(f"{output}\ngalaxy-importer finds fault:\n  " + "\n  ".join(faults))
    return tarball


def next_steps(tarball: Path, version: str) -> str:
    digest = hashlib.sha256(tarball.read_bytes()).hexdigest()
    return f"""\
{tarball}
sha256 {digest}

Built and checked; nothing was published. What is left to do:
  git tag --annotate v{version} --message "ocamba.hood {version}" && git push origin v{version}
The tag starts .github/workflows/release.yml, which publishes on Galaxy and on GitHub. Only where that can't run:
  ansible-galaxy collection publish {tarball} --token TOKEN
"""


def bump(root: Path, version: str) -> None:
    """Set the version wherever it stands, and take the fragments up into the changelog. A version that the changelog
    has already, and that was not published, is added to."""
    if not _SEMANTIC.fullmatch(version):
        raise NotReady(f"{version} is not a semantic version such as 1.2.3")
    for name, pattern in VERSIONS.items():
        file = root / name
        text = pattern.sub(lambda match: f"{match[1]}{version}{match[3]}", file.read_text(encoding="utf-8"))
        file.write_text(text, encoding="utf-8")
    changelog = str(Path(sys.executable).parent / "antsibull-changelog")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run([changelog, "release", "--update-existing"], cwd=root, env=environment, check=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.release", description=__doc__)
    parser.add_argument("--bump", metavar="VERSION")
    options = parser.parse_args(arguments)
    root = collection_tree.ROOT
    try:
        if options.bump is not None:
            bump(root, options.bump)
            print("Look at what changed, commit it, then: make release")
            return 0
        tarball = release(root)
    except NotReady as not_ready:
        print(f"Not released: {not_ready}", file=sys.stderr)
        return 1
    print(next_steps(tarball, versions(root)["galaxy.yml"]), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
