"""Draw the layers of plugins/module_utils: what each package is for, its files in a line each, and what it imports.

The layers stand in pyproject.toml, the line of a package in CONTRIBUTING.md, that of a file is the first sentence of
its docstring. `make generate` writes them into docs/guides/architecture.md.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any

import tomllib

PAGE = Path("docs") / "guides" / "architecture.md"
CONTRIBUTING = Path("CONTRIBUTING.md")
MODULE_UTILS = Path("plugins") / "module_utils"
BEGIN = "<!-- begin layers: written by `make generate` -->\n"
END = "<!-- end layers -->\n"
_PREFIX = "ansible_collections.ocamba.hood.plugins.module_utils"
_WIDTH = 100


@dataclass(frozen=True)
class Package:
    """A package of module_utils, or a module that stands alone there."""

    name: str
    purpose: str
    files: dict[str, str]
    """Each file by its name without .py, and the first sentence of its docstring; empty for a module."""
    imports: frozenset[str]
    """The other packages that it imports."""


def contract(root: Path) -> dict[str, Any]:
    """Return import-linter's contract of layers, as it stands in pyproject.toml."""
    content = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    contracts: list[dict[str, Any]] = content["tool"]["importlinter"]["contracts"]
    return next(one for one in contracts if one["type"] == "layers")


def layers(root: Path) -> list[list[str]]:
    """Return the packages of each layer, from top to bottom; those of one layer do not import each other."""
    return [[package.strip() for package in layer.split("|")] for layer in contract(root)["layers"]]


def purposes(root: Path) -> dict[str, str]:
    """Return the line that CONTRIBUTING.md has for each package, in its order."""
    layout = (root / CONTRIBUTING).read_text(encoding="utf-8").partition("  module_utils/")[2].partition("\nroles/")[0]
    return dict(re.findall(r"^    ([a-z_]+)/? +(\S.*)$", layout, re.MULTILINE))


def packages(root: Path) -> dict[str, Package]:
    """Return what stands in plugins/module_utils."""
    known = purposes(root)
    found = {}
    for path in sorted((root / MODULE_UTILS).iterdir()):
        if path.suffix == ".py" or any(path.glob("*.py")):
            found[path.stem] = _package(path, known.get(path.stem, ""))
    return found


def _package(path: Path, purpose: str) -> Package:
    files = [path] if path.suffix == ".py" else sorted(path.rglob("[!_]*.py"))
    trees = {file: ast.parse(file.read_text(encoding="utf-8")) for file in files}
    imported = {name for tree in trees.values() for name in _imports(tree)}
    lines = {file.stem: _sentence(tree) for file, tree in trees.items() if file != path}
    return Package(path.stem, purpose, lines, frozenset(imported - {path.stem}))


def _sentence(tree: ast.Module) -> str:
    sentence = re.split(r"(?<=\.)\s|\n\n| \(|[:;]\s", ast.get_docstring(tree) or "")[0]
    return " ".join(sentence.split()).rstrip(".:;")


def _imports(tree: ast.Module) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(_PREFIX):
            rest = node.module.removeprefix(_PREFIX).strip(".")
            if rest:
                yield rest.split(".")[0]
            else:
                yield from (alias.name for alias in node.names)


def draw(root: Path) -> str:
    """Return the diagram and the table, as Markdown."""
    known = packages(root)
    plan = layers(root)
    lines = ["```text", *_box("modules, action, filter", ["documentation and one call each"])]
    for layer in plan:
        lines.append(" " * 8 + "▼")
        for name in layer:
            lines += _box(name, _contents(known[name]))
    lines += ["```", "", "| package | imports |", "|---|---|"]
    order = [name for layer in plan for name in layer]
    for name in order:
        imported = ", ".join(f"`{one}`" for one in order if one in known[name].imports)
        lines.append(f"| `{name}` | {imported or 'no other package'} |")
    return "\n".join(lines) + "\n"


def _contents(package: Package) -> Iterable[str]:
    yield package.purpose
    width = max([len(name) for name in package.files], default=0)
    for name, sentence in package.files.items():
        yield f"  {name:<{width}}  {sentence}"


def _box(title: str, texts: Iterable[str]) -> list[str]:
    inner = [line for text in texts for line in _wrapped(text)]
    head = f"┌─ {title} "
    return [
        head + "─" * (_WIDTH - 1 - len(head)) + "┐",
        *(f"│ {line:<{_WIDTH - 4}} │" for line in inner),
        "└" + "─" * (_WIDTH - 2) + "┘",
    ]


def _wrapped(text: str) -> list[str]:
    """Lines that fit the box; what follows the name of a file stays in its column."""
    column = re.match(r"  \S+ +", text)
    margin = " " * (column.end() if column else 0)
    return wrap(text, _WIDTH - 4, subsequent_indent=margin, drop_whitespace=True)


def files(root: Path) -> dict[Path, str]:
    """Return the page as it should be."""
    before, begin, rest = (root / PAGE).read_text(encoding="utf-8").partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{PAGE} lacks the two comments between which the layers are drawn")
    return {PAGE: f"{before}{BEGIN}\n{draw(root)}\n{END}{after}"}
