"""The quick start of the README: its files and its commands, as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from tests.tools.collection_tree import ROOT

VAULT = "host_vars/acme/vault.yml"


def write(folder: Path, readme: Path = ROOT / "README.md") -> str:
    """Write the files; returns the token of the account that they declare."""
    files = dict(re.findall(r"```yaml\n# ([\w./]+)\n(.*?)```", _section(readme), re.DOTALL))
    assert {"inventory.yml", "host_vars/acme/integrations.yml", VAULT} <= set(files)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return str(yaml.safe_load(files[VAULT])["ocamba_api_token"])


def commands(readme: Path = ROOT / "README.md") -> list[str]:
    """What is to be typed, line by line."""
    blocks = re.findall(r"```console\n(.*?)```", _section(readme), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


def _section(readme: Path) -> str:
    found = re.search(r"^## Quick start\n(.*?)^## ", readme.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert found
    return found[1]
