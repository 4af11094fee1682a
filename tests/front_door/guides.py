"""Carries out a guide from top to bottom: writes its files, runs its commands, looks for the output that it shows.

A YAML block that begins with a comment is the file of that name, a console block is commands, and the text block after
it is what they print, line by line. Vaults are plain here.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.front_door.ansible import Ansible, PlaybookRun

_BLOCK = re.compile(r"```(yaml|console|text)\n(.*?)```", re.DOTALL)


def follow(guide: Path, ansible: Ansible) -> list[PlaybookRun]:
    """The runs of a guide; what it shows must be in the output of the run before."""
    runs: list[PlaybookRun] = []
    for kind, content in _BLOCK.findall(guide.read_text(encoding="utf-8")):
        if kind == "yaml":
            _write(ansible.workdir, content)
        elif kind == "console":
            runs += [_run(ansible, line) for line in content.splitlines() if not line.startswith("ansible-vault ")]
        else:
            shown = runs[-1].output.replace("\\n", " ")
            missing = [line for line in content.splitlines() if line not in shown]
            assert not missing, (missing, shown)
    return runs


def write_files(folder: Path, text: str) -> None:
    """Write the files of a part of a guide; of several versions of a file, the last."""
    for kind, content in _BLOCK.findall(text):
        if kind == "yaml":
            _write(folder, content)


def _write(folder: Path, content: str) -> None:
    name, _newline, text = content.partition("\n")
    path = folder / name.removeprefix("# ")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _run(ansible: Ansible, line: str) -> PlaybookRun:
    command, playbook, *arguments = _reordered([word for word in shlex.split(line) if word != "--ask-vault-pass"])
    assert command == "ansible-playbook"
    return ansible.playbook(playbook, *arguments)


def _reordered(words: list[str]) -> list[str]:
    """The playbook first."""
    playbook = next(word for word in words if word.startswith("ocamba.hood."))
    return [words[0], playbook, *(word for word in words[1:] if word != playbook)]
