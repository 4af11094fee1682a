"""Draws the plan of the house: the layers of pyproject.toml, what each room says of itself, and what it imports.

`python -m tests.tools.architecture` (`make architecture`) writes it into docs/guides/architecture.md.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any

import tomllib

from tests.tools import collection_tree

PAGE = Path("docs") / "guides" / "architecture.md"
ROOMS = Path("plugins") / "module_utils"
BEGIN = "<!-- drawn by `make architecture` from here on -->\n"
END = "<!-- drawn by `make architecture` up to here -->\n"
_PREFIX = "ansible_collections.ocamba.hood.plugins.module_utils"
_WIDTH = 78


@dataclass(frozen=True)
class Room:
    """A module or package of module_utils: the first sentence of its docstring, and the rooms that it imports."""

    name: str
    says: str
    imports: frozenset[str]


def contract(root: Path) -> dict[str, Any]:
    """import-linter's contract of layers, as it stands in pyproject.toml."""
    content = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    contracts: list[dict[str, Any]] = content["tool"]["importlinter"]["contracts"]
    return next(one for one in contracts if one["type"] == "layers")


def layers(root: Path) -> list[list[str]]:
    """From top to bottom; the rooms of one layer do not know each other."""
    return [[room.strip() for room in layer.split("|")] for layer in contract(root)["layers"]]


def rooms(root: Path) -> dict[str, Room]:
    """What stands in plugins/module_utils."""
    found = {}
    for path in sorted((root / ROOMS).iterdir()):
        if path.suffix == ".py" or any(path.glob("*.py")):
            found[path.stem] = _room(path)
    return found


def _room(path: Path) -> Room:
    files = [path] if path.suffix == ".py" else sorted(path.glob("*.py"))
    trees = {file.stem: ast.parse(file.read_text(encoding="utf-8")) for file in files}
    imported = {name for tree in trees.values() for name in _imports(tree)}
    docstring = ast.get_docstring(trees.get(path.stem) or trees.get("registry") or next(iter(trees.values()))) or ""
    sentence = re.split(r"(?<=\.)\s|\n\n| \(", docstring)[0]
    return Room(path.stem, " ".join(sentence.split()).rstrip(".:;"), frozenset(imported - {path.stem}))


def _imports(tree: ast.Module) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(_PREFIX):
            rest = node.module.removeprefix(_PREFIX).strip(".")
            if rest:
                yield rest.split(".")[0]
            else:
                yield from (alias.name for alias in node.names)


def draw(root: Path) -> str:
    """The diagram and the table, as Markdown."""
    known = rooms(root)
    plan = layers(root)
    lines = ["```text", *_box("modules", "documentation and wiring")]
    for layer in plan:
        lines.append(" " * 8 + "▼")
        said = [f"{name}: {known[name].says}" if len(layer) > 1 else known[name].says for name in layer]
        lines += _box(" · ".join(layer), *said)
    lines += ["```", "", "| room | imports |", "|---|---|"]
    order = [name for layer in plan for name in layer]
    for name in order:
        told = ", ".join(f"`{one}`" for one in order if one in known[name].imports)
        lines.append(f"| `{name}` | {told or 'no other room'} |")
    return "\n".join(lines) + "\n"


def _box(title: str, *texts: str) -> list[str]:
    inner = [line for text in texts for line in wrap(text, _WIDTH - 4, subsequent_indent="  ")]
    head = f"┌─ {title} "
    return [
        head + "─" * (_WIDTH - 1 - len(head)) + "┐",
        *(f"│ {line:<{_WIDTH - 4}} │" for line in inner),
        "└" + "─" * (_WIDTH - 2) + "┘",
    ]


def page(root: Path) -> str:
    """The page as it should be."""
    before, begin, rest = (root / PAGE).read_text(encoding="utf-8").partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{PAGE} lacks the two comments between which the plan is drawn")
    return f"{before}{BEGIN}\n{draw(root)}\n{END}{after}"


def main() -> int:
    root = collection_tree.ROOT
    (root / PAGE).write_text(page(root), encoding="utf-8")
    print(f"{PAGE} is drawn")
    return 0


if __name__ == "__main__":
    sys.exit(main())
