"""Draw docs/images/*.svg: what real runs against the emulator print, in a terminal's colours.

The same runs give the same bytes. `make generate` draws them.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.support import guides, quick_start
from tests.support.ansible import Ansible
from tests.tools import collection_tree

FOLDER = Path("docs") / "images"
QUICK_START = collection_tree.ROOT / "docs" / "guides" / "quick-start.md"
COMMAND = ("ansible-playbook", "-i", "inventory.yml", "ocamba.hood.apply")
COLOURS = {"ANSIBLE_NOCOLOR": "0", "ANSIBLE_FORCE_COLOR": "1"}
WIDTH = 114
# Rich's own form fetches a font; a picture in a page fetches nothing.
FORM = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
    "font-family: Fira Code, monospace", "font-family: ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
)


def check(hood: Emulator, folder: Path) -> tuple[str, str]:
    """The README's quick start, on an account that has one of its two integrations, with another port."""
    account = hood.account(quick_start.write(folder), limits=Limits.off())
    sender = {"default_sender_email": "news@example.com", "default_sender_name": "Example News"}
    smtp = {"username": "news@example.com", "password": "a-password", "port": "25", "sending_domain": "example.com"}
    account.add("Newsletter", "custom_email", {**sender, **smtp})
    return _run(hood, folder, "--check", "--diff")


def mistakes(hood: Emulator, folder: Path) -> tuple[str, str]:
    """The first thing that the quick start makes fail."""
    text = QUICK_START.read_text(encoding="utf-8").partition("**A secret that was forgotten.**")[0]
    guides.write_files(folder, text)
    hood.account("the-personal-API-key-from-the-profile-menu", limits=Limits.off())
    return _run(hood, folder)


PICTURES: dict[str, Callable[[Emulator, Path], tuple[str, str]]] = {"check.svg": check, "mistakes.svg": mistakes}


def _run(hood: Emulator, folder: Path, *arguments: str) -> tuple[str, str]:
    """The command as it is typed, and what it prints."""
    environment = {"OCAMBA_API_URL": hood.url, **COLOURS}
    ansible = Ansible(collection_tree.sync(), folder, environment)
    run = ansible.playbook(COMMAND[3], *COMMAND[1:3], *arguments)
    printed = run.stdout + run.stderr
    printed = printed.replace(str(collection_tree.COLLECTIONS), "~/.ansible/collections")
    return " ".join((*COMMAND, *arguments)), printed


def draw(command: str, printed: str, name: str) -> str:
    """A picture of a terminal."""
    # Ansible draws its lines as wide as it holds the terminal to be.
    printed = re.sub(r"(?m) (?:\*{3,}| +)((?:\x1b\[0m)?)$", r"\1", printed.strip()).replace("\n\n\n", "\n\n")
    with Path("/dev/null").open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True, color_system="truecolor")
        console.print(Text(f"$ {command}\n", style="bold"))
        console.print(Text.from_ansi(printed))
        return console.export_svg(title="", theme=DIMMED_MONOKAI, code_format=FORM, unique_id=Path(name).stem)


def picture(name: str) -> str:
    """The picture of that name, as it is now."""
    with Emulator() as hood, tempfile.TemporaryDirectory() as folder:
        return draw(*PICTURES[name](hood, Path(folder)), name)


def write(root: Path) -> Iterator[Path]:
    """Draw every picture; yield the path of each."""
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    for name in PICTURES:
        (root / FOLDER / name).write_text(picture(name), encoding="utf-8")
        yield FOLDER / name
