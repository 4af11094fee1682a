"""Write what several modules return into their RETURN, and the reason codes into the guide to errors.

The parts stand in tests/tools/return_values.yml, the codes in plugins/module_utils/errors.py. `make generate` writes
them between two comments that name the part.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import indent, wrap

from tests.tools import collection_tree

sys.path.insert(0, str(collection_tree.sync()))

from ansible_collections.ocamba.hood.plugins.module_utils.errors import REASONS

SOURCE = Path("tests") / "tools" / "return_values.yml"
MODULES = Path("plugins") / "modules"
ERRORS = Path("docs") / "guides" / "errors.md"
_PART = re.compile(
    r"^(?P<begin>(?P<margin> *)# begin (?P<name>\w+): .*\n)(?P<body>(?:.*\n)*?)(?P<end> *# end (?P=name)\n)",
    re.MULTILINE,
)
_TABLE = re.compile(r"(<!-- begin reason codes: .* -->\n)(?:.*\n)*?(<!-- end reason codes -->\n)")
_REASONS = re.compile(r"^( *)- REASONS\n", re.MULTILINE)
_WIDTH = 118


def parts(root: Path) -> dict[str, str]:
    """Return each part of the source by name, not indented."""
    text = (root / SOURCE).read_text(encoding="utf-8")
    found = re.findall(r"^(\w+):\n((?:  .*\n|\n)+)", text, re.MULTILINE)
    return {name: re.sub(r"^  ", "", body, flags=re.MULTILINE).strip("\n") + "\n" for name, body in found}


def files(root: Path) -> dict[Path, str]:
    """Return every file that holds a generated part, as it should be."""
    known = parts(root)
    wanted = {path.relative_to(root): _module(path, known) for path in sorted((root / MODULES).glob("*.py"))}
    wanted[ERRORS] = _replace(_TABLE, (root / ERRORS).read_text(encoding="utf-8"), _table, ERRORS)
    return wanted


def _module(path: Path, known: dict[str, str]) -> str:
    return _replace(_PART, path.read_text(encoding="utf-8"), lambda match: _part(match, known), path)


def _part(match: re.Match[str], known: dict[str, str]) -> str:
    text = indent(known[match["name"]], match["margin"])
    return match["begin"] + _REASONS.sub(_items, text) + match["end"]


def _items(match: re.Match[str]) -> str:
    """Return the codes as items of a description."""
    margin, lines = match[1], []
    for code, meaning in REASONS.items():
        text = f"- V({code}), {meaning}."
        lines += wrap(text, _WIDTH, initial_indent=margin, subsequent_indent=margin + "  ", break_long_words=False)
    return "\n".join(lines) + "\n"


def _table(match: re.Match[str]) -> str:
    rows = "".join(f"| `{code}` | {meaning} |\n" for code, meaning in REASONS.items())
    return f"{match[1]}\n| `reason_code` | meaning |\n|---|---|\n{rows}\n{match[2]}"


def _replace(pattern: re.Pattern[str], text: str, change: Callable[[re.Match[str]], str], path: Path) -> str:
    changed, count = pattern.subn(change, text)
    if not count:
        raise SystemExit(f"{path} lacks the comments between which a part is written")
    return changed
