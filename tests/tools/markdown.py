"""Links and anchors of the Markdown of this repository, as GitHub makes them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

from tests.tools import collection_tree

REPOSITORY = "https://github.com/ocamba/ansible-hood"
RAW = "https://raw.githubusercontent.com/ocamba/ansible-hood"

_FENCE = re.compile(r"^(```+|~~~+)[^\n]*\n.*?^\1[ \t]*$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r'(!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(|<(?:img|a)\b[^>]*?\b(?:src|href)=")([^)"\s]+)')
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
_ID = re.compile(r'<a (?:id|name)="([^"]+)"')


def pages(root: Path = collection_tree.ROOT) -> list[Path]:
    """The Markdown files of the repository, relative to its top."""
    return [path for path in collection_tree.wanted_files(root) if path.suffix == ".md"]


def blocks(text: str, language: str) -> list[str]:
    """The contents of the fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def anchors(text: str) -> set[str]:
    """What a link to a place in this page can name."""
    found: set[str] = set()
    for heading in _HEADING.findall(_FENCE.sub("", text)):
        shown = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", shown.strip().lower()).replace(" ", "-")
        number = 1
        while (unique := slug if number == 1 else f"{slug}-{number - 1}") in found:
            number += 1
        found.add(unique)
    return found | set(_ID.findall(text))


def links(text: str) -> Iterator[str]:
    """Every target, of images too; none of those in code."""
    for match in _LINK.finditer(_CODE.sub("", _FENCE.sub("", text))):
        yield match[2]


def with_targets(text: str, change: Callable[[str], str]) -> str:
    """The text with every target of a link changed; code is left as it is."""

    def outside(part: str) -> str:
        return _LINK.sub(lambda match: match[1] + change(match[2]), part)

    done, position = [], 0
    for fence in _FENCE.finditer(text):
        done += [outside(text[position : fence.start()]), fence[0]]
        position = fence.end()
    return "".join([*done, outside(text[position:])])


def is_external(target: str) -> bool:
    return re.match(r"[a-z][a-z0-9+.-]*:", target) is not None


def resolve(page: Path, target: str) -> tuple[str, str]:
    """The path of a target from the top of the repository, and its anchor."""
    path, _hash, anchor = target.partition("#")
    if not path:
        return page.as_posix(), anchor
    return os.path.normpath(page.parent / unquote(path)), anchor


def broken(root: Path = collection_tree.ROOT) -> list[str]:
    """Each link of a page to a file or a heading that is not there, and to a file that git would not take."""
    known = {path.as_posix() for path in collection_tree.wanted_files(root)}
    folders = {parent.as_posix() for name in known for parent in Path(name).parents}
    found = []
    for page in pages(root):
        for target in links((root / page).read_text(encoding="utf-8")):
            if is_external(target):
                continue
            path, anchor = resolve(page, target)
            is_there = path in known or path in folders
            if is_there and anchor and path.endswith(".md"):
                is_there = anchor in anchors((root / path).read_text(encoding="utf-8"))
            if not is_there:
                found.append(f"{page}: {target}")
    return found


def absolute(text: str, page: Path, version: str, kept: Callable[[str], bool] = lambda path: False) -> str:
    """The text with links that work wherever it is shown: to the repository as it was at a version. Those to a path
    that is kept stay as they are."""

    def change(target: str) -> str:
        if is_external(target) or target.startswith("#"):
            return target
        path, anchor = resolve(page, target)
        if kept(path):
            return target
        base = f"{RAW}/v{version}" if path.endswith((".svg", ".png")) else f"{REPOSITORY}/blob/v{version}"
        return f"{base}/{path}" + (f"#{anchor}" if anchor else "")

    return with_targets(text, change)
