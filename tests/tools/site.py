"""Builds the documentation site into .build/site: the README as its first page, docs/guides, the reference that
antsibull-docs makes of the plugins, and the pages about the project.

`python -m tests.tools.site` (`make docs`). Every page keeps the links that it has in the repository.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.tools import collection_tree, markdown, venvs

ROOT = collection_tree.ROOT
VENV = collection_tree.BUILD / "docs-venv"
SOURCE = collection_tree.BUILD / "site-source"
SITE = collection_tree.BUILD / "site"
FILES = Path(__file__).parent / "site_files"
GUIDES = Path("docs") / "guides"
REFERENCE = "collections"

# The order of the menu. A guide that is not named here comes at the end of the first chapter.
CHAPTERS: dict[str, list[str]] = {
    "Guides": ["quick-start", "adopting", "providers", "secrets", "check-and-diff", "policies", "errors"],
    "Operation": [
        "check-account",
        "drift",
        "changed-secrets",
        "rotating-secrets",
        "approved-plans",
        "limits-and-scale",
        "where-tasks-run",
        "awx",
        "execution-environment",
    ],
    "Development": ["emulator", "contributing", "architecture", "emulator-reference"],
}
PROJECT = ["changelog", "support", "security", "releasing", "maintainers", "code-of-conduct"]

# Pages of the repository that are not below docs/guides, and where they stand in the site.
MOVED = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "guides/contributing.md",
    "ee/README.md": "guides/execution-environment.md",
    "tests/emulator/README.md": "guides/emulator-reference.md",
    **{f"roles/{role}/README.md": f"{REFERENCE}/{role}_role.rst" for role in ("ocamba", "ocamba_awx")},
    **{f"{name.upper().replace('-', '_')}.md": f"project/{name}.md" for name in PROJECT},
}

ANSIBLE_DOCS = "https://docs.ansible.com/projects/ansible/latest"
ANSIBLE = {
    "action_plugins": "plugins/action.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}


def guides(root: Path = ROOT) -> dict[str, Path]:
    """The guides by name, and their paths from the top of the repository."""
    found = {path.stem: path.relative_to(root) for path in sorted((root / GUIDES).glob("*.md"))}
    for name, place in MOVED.items():
        if place.startswith("guides/"):
            found[Path(place).stem] = Path(name)
    return found


def chapters(root: Path = ROOT) -> dict[str, list[str]]:
    """The menu: chapter → names of guides, all of those that there are."""
    there = list(guides(root))
    menu = {chapter: [name for name in names if name in there] for chapter, names in CHAPTERS.items()}
    named = {name for names in CHAPTERS.values() for name in names}
    menu["Guides"] += [name for name in there if name not in named]
    return menu


def places(root: Path = ROOT) -> dict[str, str]:
    """Path in the repository → path in the source of the site, of every page and picture."""
    kept = {path.as_posix() for path in collection_tree.wanted_files(root)}
    found = {name: place for name, place in MOVED.items() if name in kept}
    for name in kept:
        if name.startswith(("docs/guides/", "docs/images/")):
            found[name] = name.removeprefix("docs/")
    return found


def page(name: str, root: Path = ROOT) -> str:
    """A page of the repository as it stands in the site: links lead to pages of the site, else to the repository."""
    where = places(root)
    text = (root / name).read_text(encoding="utf-8")

    def change(target: str) -> str:
        if markdown.is_external(target) or target.startswith("#"):
            return target
        path, anchor = markdown.resolve(Path(name), target)
        if path not in where:
            return f"{markdown.REPOSITORY}/blob/main/{path}" + (f"#{anchor}" if anchor else "")
        here = os.path.relpath(where[path], Path(where[name]).parent)
        return here + (f"#{anchor}" if anchor and path.endswith(".md") else "")

    text = markdown.with_targets(text, change)
    # Commands have no prompt, and Sphinx would take a console without one for output.
    text = _titled(name, text).replace("```console\n", "```bash\n")
    if name == "README.md":
        text += "\n" + menu(root)
    if name == "docs/guides/providers.md":
        text += _toctree([f"providers/{path.stem}" for path in sorted((root / GUIDES / "providers").glob("*.md"))])
    return text


def _titled(name: str, text: str) -> str:
    """Titles as the menu shows them."""
    if name == "tests/emulator/README.md":
        return text.replace("# The emulator\n", "# The emulator: reference\n", 1)
    if name == "CHANGELOG.md":
        return re.sub(r"^# .*\n(.|\n)*?(?=<a id=\"v)", "# Changes\n\n", text, count=1)
    return text


def menu(root: Path = ROOT) -> str:
    """The trees of the first page, which are the menu of all."""
    trees = [_toctree([f"guides/{name}" for name in names], chapter) for chapter, names in chapters(root).items()]
    trees.insert(1, _toctree(["All modules, filters and roles <collections/index>"], "Reference"))
    trees.append(_toctree([f"project/{name}" for name in PROJECT], "Project"))
    return "\n".join(trees)


def _toctree(entries: list[str], caption: str = "") -> str:
    options = [":hidden:", *([f":caption: {caption}"] if caption else [])]
    return "\n".join(["", "```{toctree}", *options, "", *entries, "```", ""])


def write_source(root: Path, source: Path, python: Path) -> None:
    """Lay out what Sphinx reads."""
    shutil.rmtree(source, ignore_errors=True)
    reference = source / REFERENCE
    reference.mkdir(parents=True, mode=0o755)
    _antsibull(python, reference)
    for name, place in places(root).items():
        target = source / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if place.endswith(".md"):
            target.write_text(page(name, root), encoding="utf-8")
        elif not place.endswith(".rst"):
            shutil.copy2(root / name, target)
    (source / "_static").mkdir()
    shutil.copy2(FILES / "conf.py", source)
    shutil.copy2(FILES / "site.css", source / "_static")
    pictures = source / "extra" / "images"
    pictures.mkdir(parents=True)
    for picture in (root / "docs" / "images").glob("*"):
        shutil.copy2(picture, pictures)


def _antsibull(python: Path, into: Path) -> None:
    command = ["collection", "--use-current", "--squash-hierarchy", "--fail-on-error", "--dest-dir", str(into)]
    environment = {
        **os.environ,
        "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": str(collection_tree.sync()),
    }
    subprocess.run([str(python.parent / "antsibull-docs"), *command, "ocamba.hood"], env=environment, check=True)
    # Of ansible-core's own environment variables, which no plugin here declares.
    (into / "environment_variables.rst").unlink()
    for file in into.glob("*.rst"):
        text = file.read_text(encoding="utf-8")
        file.write_text(_quiet(text), encoding="utf-8")


def _quiet(text: str) -> str:
    """The reference without a second table of contents on each page, as the theme has its own, with short names in the
    menu, and with its links to Ansible's own documentation written out, as no inventory of that is fetched."""
    text = re.sub(r"^\.\. contents::\n(?: +:.*\n)+", "", text, flags=re.MULTILINE)
    # In the menu a plugin has its name; its page has the long title.
    text = re.sub(r"^( +)(\w+)_module$", r"\1\2 <\2_module>", text, flags=re.MULTILINE)
    text = re.sub(r"^( +)(\w+)_(filter|role)$", r"\1\3 \2 <\2_\3>", text, flags=re.MULTILINE)
    for label, address in ANSIBLE.items():
        text = re.sub(rf":ref:`([^`<]+?)\s*<{label}>`", rf"`\1 <{ANSIBLE_DOCS}/{address}>`__", text)
    return text


def build(root: Path = ROOT, source: Path = SOURCE, site: Path = SITE) -> Path:
    """Build the site; a warning of Sphinx is an error. Returns the folder."""
    requirements = str(venvs.REQUIREMENTS / "docs.txt")
    python = venvs.ensure(
        VENV, Path(sys.executable), [["--requirement", requirements, "--constraint", str(venvs.CONSTRAINTS)]]
    )
    write_source(root, source, python)
    shutil.rmtree(site, ignore_errors=True)
    command = [str(python), "-m", "sphinx", "-b", "html", "-d", str(source.with_name("site-doctrees")), "--keep-going"]
    subprocess.run([*command, "--fail-on-warning", "--quiet", str(source), str(site)], check=True)
    return site


def broken(site: Path) -> list[str]:
    """Each link of the built site to a file or an anchor that is not in it, and each that a browser would fetch
    from elsewhere to show a page."""
    pages = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    ids = {path: set(re.findall(r'\b(?:id|name)="([^"]+)"', text)) for path, text in pages.items()}
    found = []
    for path, text in pages.items():
        name = path.relative_to(site).as_posix()
        for tag, target in re.findall(r'<(\w+)\b[^>]*?\b(?:href|src)="([^"]*)"', text):
            if markdown.is_external(target) or target.startswith("//"):
                if tag != "a" and not target.startswith("data:") and "canonical" not in target:
                    found.append(f"{name} fetches {target}")
                continue
            file, _hash, anchor = target.partition("#")
            there = (path.parent / file.partition("?")[0]).resolve() if file else path
            if not there.exists() or (anchor and there in ids and anchor not in ids[there]):
                found.append(f"{name}: {target}")
    return sorted(set(found))


def main() -> int:
    site = build()
    found = broken(site)
    if found:
        print("Links that lead nowhere:", *found, sep="\n  ")
        return 1
    print(f"{site / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
