"""Carries out a guide from top to bottom: writes its files, runs its commands, looks for the output that it shows.

A YAML or INI block that begins with a comment is the file of that name, a console block is commands, and the text block
after it is what they print, line by line. Vaults are plain here. The id of a plan in a command is the one that was
printed last.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

from tests.support.ansible import Ansible, PlaybookRun

_PLAN_ID = re.compile(r"\b[0-9a-f]{32}\b")
_BLOCK = re.compile(r"```(yaml|ini|console|text)\n(.*?)```", re.DOTALL)


def follow(guide: Path, ansible: Ansible) -> list[PlaybookRun]:
    """The runs of a guide; what it shows must be in the output of the run before."""
    runs: list[PlaybookRun] = []
    for kind, content in _BLOCK.findall(guide.read_text(encoding="utf-8")):
        if kind in ("yaml", "ini"):
            if kind == "yaml" or content.startswith("# "):
                _write(ansible.workdir, content)
        elif kind == "console":
            lines = [line for line in content.splitlines() if not line.startswith("ansible-vault ")]
            printed = _PLAN_ID.findall("".join(run.output for run in runs))[-1:]
            runs += [_run(ansible, _PLAN_ID.sub("".join(printed), line)) for line in lines]
        else:
            shown = _without_ids(runs[-1].output.replace("\\n", " "))
            missing = [line for line in content.splitlines() if _without_ids(line) not in shown]
            assert not missing, (missing, shown)
    return runs


def _without_ids(text: str) -> str:
    """Creations go side by side, so which of them gets which id differs; so does the id of a plan by account."""
    return _PLAN_ID.sub("…", re.sub(r"\bid \d+", "id …", text))


def carry_out(guide: Path, ansible: Ansible) -> list[str]:
    """What the console blocks of a guide print, run by a shell as they stand; any other block is a file that the
    guide writes, if it begins with the comment of its name, or one that must be there by then."""
    outputs = []
    for language, content in re.findall(r"^```(\w+)\n(.*?)^```", guide.read_text("utf-8"), re.DOTALL | re.MULTILINE):
        if language == "console":
            outputs.append(shell(ansible, content))
        elif content.startswith("# "):
            is_edited = (ansible.workdir / content.partition("\n")[0].removeprefix("# ")).exists()
            path = _write(ansible.workdir, content)
            if is_edited and path.name == "vault.yml":
                shell(ansible, f"ansible-vault encrypt {path}")
        else:
            assert content in [
                path.read_text(encoding="utf-8") for path in ansible.workdir.glob("host_vars/acme/*.yml")
            ]
    return outputs


def shell(ansible: Ansible, script: str) -> str:
    """What the commands print; none of them may fail, and Ansible may not warn."""
    who = {f"GIT_{who}_{what}": "test@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    run = subprocess.run(
        ["bash", "-euc", script],
        env={**ansible.surroundings(), **who},
        cwd=ansible.workdir,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "WARNING" not in run.stdout + run.stderr
    return run.stdout + run.stderr


def write_files(folder: Path, text: str) -> None:
    """Write the files of a part of a guide; of several versions of a file, the last."""
    for kind, content in _BLOCK.findall(text):
        if kind == "yaml":
            _write(folder, content)


def _write(folder: Path, content: str) -> Path:
    name, _newline, text = content.partition("\n")
    path = folder / name.removeprefix("# ")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _run(ansible: Ansible, line: str) -> PlaybookRun:
    command, playbook, *arguments = _reordered([word for word in shlex.split(line) if word != "--ask-vault-pass"])
    assert command == "ansible-playbook"
    return ansible.playbook(playbook, *arguments)


def _reordered(words: list[str]) -> list[str]:
    """The playbook first."""
    playbook = next(word for word in words if word.startswith("ocamba.hood."))
    return [words[0], playbook, *(word for word in words[1:] if word != playbook)]
