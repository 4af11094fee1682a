"""Refuse words that say nothing to a newcomer, where a standard term exists: a part of `make lint`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.tools import collection_tree

WORDS = {
    r"rooms?": "package, module",
    r"houses?": "layers, structure",
    r"front door": "playbooks, end to end",
    r"twins?": "duplicate, integrations of one name",
    r"(?:un)?told": "reported, given, found",
    r"telling": "sample, informative",
    r"settled?": "checked, validated, resolved",
    r"demand \d+": "the requirement itself",
    r"rule \d+": "the rule itself",
    r"arrows?": "imports",
}
"""Patterns of words, and what to write instead."""

ALLOWED = {
    # Released texts are not rewritten.
    "CHANGELOG.md": WORDS,
    "changelogs/changelog.yaml": WORDS,
    "LICENSE": WORDS,
    "tests/tools/words.py": WORDS,
}
"""Where a pattern may stand, by file."""

TEXTS = {".cfg", ".css", ".j2", ".md", ".py", ".toml", ".txt", ".yaml", ".yml", ""}
# Also as a part of a name, such as test_the_house.
_PATTERN = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(WORDS)})(?![A-Za-z])", re.IGNORECASE)


def found(root: Path) -> Iterator[str]:
    """Yield each occurrence: its place, the word and what to write instead."""
    for path in collection_tree.wanted_files(root):
        name = path.as_posix()
        if path.suffix in TEXTS:
            yield from _found_in(root, name)


def _found_in(root: Path, name: str) -> Iterator[str]:
    allowed = ALLOWED.get(name, {})
    for number, line in enumerate((root / name).read_text(encoding="utf-8").splitlines(), 1):
        for match in _PATTERN.finditer(line):
            for word, better in WORDS.items():
                if word not in allowed and re.fullmatch(word, match[0], re.IGNORECASE):
                    yield f"{name}:{number}: {match[0]!r}, better: {better}"


def main() -> int:
    occurrences = list(found(collection_tree.ROOT))
    if occurrences:
        print(*occurrences, f"{len(occurrences)} found", sep="\n", file=sys.stderr)
    return 1 if occurrences else 0


if __name__ == "__main__":
    sys.exit(main())
