"""Start a new provider: a file with its declaration, named in the registry.

`make provider NAME=bulksms TYPE=sms TITLE=BulkSMS`; CONTRIBUTING says how to go on.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.tools import collection_tree

FOLDER = Path("plugins") / "module_utils" / "providers"
REGISTRY = FOLDER / "registry.py"
TYPES = ("sms", "email", "telegram")

TEMPLATE = '''\
# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""{title}. Private to this collection."""

from __future__ import annotations

from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Field, Provider

{constant} = Provider(
    name="{name}",
    schema="{name}_{type}",
    type="{type}",
    title="{title}",
    fields=(
        Field(
            "api_key",
            meaning="Signs Hood in to the {title} account.",
            source="TODO: where a person finds it in the console of {title}.",
            example="the-api-key-from-{title}",
            secret=True,
        ),
        Field(
            "sender_name",
            meaning="TODO: what it is for.",
            source="TODO: where a person finds it, or that it is chosen freely.",
            example="Example",
        ),
    ),
)
'''

NEXT = """\
{file} is there, and named in {registry}. Left to do:
  1. Declare the settings in {file}, as Hood's API calls them; then make generate.
  2. Give the emulator the provider, in tests/emulator/catalog.py.
  3. Name it in PAGE, and give an example in EXAMPLES, in tests/unit/plugins/module_utils/providers/test_providers.py.
  4. Add a fragment to changelogs/fragments.
  5. make unit lint"""


class NotPossible(Exception):
    """Why there is nothing to start."""


def start(root: Path, name: str, kind: str, title: str) -> Path:
    """Write the file of the provider and name it in the registry; returns the file, relative to the tree."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise NotPossible(f"NAME={name}: small letters, digits and _, such as NAME=bulksms")
    if kind not in TYPES:
        raise NotPossible(f"TYPE={kind}: one of {', '.join(TYPES)}")
    if not re.fullmatch(r"[\w .&-]+", title):
        raise NotPossible('TITLE: the name as people write it, such as TITLE="BulkSMS"')
    file = FOLDER / f"{name}.py"
    if (root / file).exists():
        raise NotPossible(f"{file} is there already")
    constant = name.upper()
    (root / file).write_text(TEMPLATE.format(constant=constant, name=name, type=kind, title=title), encoding="utf-8")
    registry = root / REGISTRY
    registry.write_text(_named(registry.read_text(encoding="utf-8"), name, constant), encoding="utf-8")
    # The import goes to its place, and the line of PROVIDERS may have become too long.
    ruff = str(Path(sys.executable).parent / "ruff")
    subprocess.run([ruff, "check", "--quiet", "--fix", "--select", "I", str(registry)], cwd=root, check=True)
    subprocess.run([ruff, "format", "--quiet", str(registry)], cwd=root, check=True)
    return file


def _named(text: str, name: str, constant: str) -> str:
    package = "ansible_collections.ocamba.hood.plugins.module_utils.providers"
    imported, first = re.subn(
        r"^from .*\.model import .*\n",
        rf"\g<0>from {package}.{name} import {constant}\n",
        text,
        flags=re.MULTILINE,
    )
    named, second = re.subn(
        r"^(PROVIDERS: [^=]+ = \([^)]*?),?(\s*\))", rf"\1, {constant}\2", imported, flags=re.MULTILINE
    )
    if (first, second) != (1, 1):
        raise NotPossible(f"{REGISTRY} does not look as expected; name {constant} in PROVIDERS by hand")
    return named


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.new_provider", description=__doc__)
    for option in ("--name", "--type", "--title"):
        parser.add_argument(option, required=True)
    options = parser.parse_args(arguments)
    try:
        file = start(collection_tree.ROOT, options.name, options.type, options.title or options.name.capitalize())
    except NotPossible as reason:
        print(reason, file=sys.stderr)
        return 2
    print(NEXT.format(file=file, registry=REGISTRY))
    return 0


if __name__ == "__main__":
    sys.exit(main())
