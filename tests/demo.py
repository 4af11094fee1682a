"""The demonstration: two accounts of the example inventory, applied twice to the emulator."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tests.emulator.server import Emulator
from tests.support.ansible import Ansible, PlaybookRun
from tests.tools import collection_tree

EXAMPLE = collection_tree.ROOT / "docs" / "example"
PASSWORD = EXAMPLE / "demo-vault-password.txt"
INVENTORY = EXAMPLE / "inventory"
TASK = "Apply the declared integrations"

console = Console(highlight=False, width=None if sys.stdout.isatty() else 110)


def vaults() -> dict[str, dict[str, Any]]:
    """What the vaulted file of each account holds."""
    return {path.parent.name: _vaulted(path) for path in sorted(INVENTORY.glob("host_vars/*/vault.yml"))}


def _vaulted(path: Path) -> dict[str, Any]:
    command = [str(Path(sys.executable).parent / "ansible-vault"), "view", "--vault-password-file", str(PASSWORD)]
    shown = subprocess.run([*command, str(path)], capture_output=True, text=True, check=True)
    content: dict[str, Any] = yaml.safe_load(shown.stdout)
    return content


def secrets_of(vault: dict[str, Any]) -> list[str]:
    """The token and all secret settings."""
    settings = vault["ocamba_secrets"].values()
    return [vault["ocamba_api_token"], *(secret for one in settings for secret in one.values())]


def apply(ansible: Ansible, hood: Emulator) -> PlaybookRun:
    console.print("[dim]$ ansible-playbook -i docs/example/inventory ocamba.hood.apply --vault-password-file …[/dim]")
    hood.log.clear()
    run = ansible.playbook("ocamba.hood.apply", "-i", str(INVENTORY), "--vault-password-file", str(PASSWORD))
    if run.rc:
        console.print(run.output, markup=False)
        sys.exit(run.rc)
    return run


def tell(run: PlaybookRun) -> None:
    """A line for each account: what was done and what it took."""
    for account, result in sorted(run.all(TASK).items()):
        summary = {action: count for action, count in result["summary"].items() if count}
        actions = ", ".join(f"{count} {action}" for action, count in summary.items())
        colour = "yellow" if result["changed"] else "green"
        requests = result["api"]["requests"]
        console.print(
            f"  {account:<10} [{colour}]changed={str(result['changed']).lower():<5}[/{colour}]  {actions}"
            f"  [dim]({requests} request{'' if requests == 1 else 's'})[/dim]"
        )
    console.print()


def show(account: str, hood: Emulator, token: str) -> None:
    """The account as Hood has it now; of secrets only that they are there."""
    table = Table(title=f"The account {account}", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("id", "name", "provider", "status", "settings"):
        table.add_column(heading)
    held = hood.account(token)
    for one in held.integrations:
        provider = held.provider_of(one)
        secret = {setting.name for setting in provider.settings if setting.secret} if provider else set()
        settings = "\n".join(
            f"{key}: {'(secret, stored)' if key in secret else value}" for key, value in one.settings.items()
        )
        label = f"{provider.name} ({provider.type})" if provider else "?"
        table.add_row(one.id, one.name, label, one.status, settings, end_section=True)
    console.print(table)


def check(runs: list[PlaybookRun], hood: Emulator, secrets: list[str]) -> None:
    """End the demonstration as failed if it shows what must never be."""
    if hood.log.writes() or any(result["changed"] for result in runs[-1].all(TASK).values()):
        sys.exit("The second run changed something: that is a defect")
    if any(secret in run.output + run.log for run in runs for secret in secrets):
        sys.exit("A secret was shown: that is a defect")
    console.print("Nothing changed, nothing was written, and no secret stands in what Ansible printed or logged.")


def main() -> None:
    collections = collection_tree.sync()
    with Emulator() as hood, tempfile.TemporaryDirectory() as folder:
        accounts = vaults()
        for vault in accounts.values():
            hood.account(vault["ocamba_api_token"])
        ansible = Ansible(collections, Path(folder), {"OCAMBA_API_URL": hood.url})
        console.print(f"[bold]An emulated Ocamba Hood on {hood.url}, with {len(accounts)} empty accounts[/bold]\n")
        console.print("[bold]The first run creates what the inventory declares[/bold]")
        first = apply(ansible, hood)
        tell(first)
        for account, vault in accounts.items():
            show(account, hood, vault["ocamba_api_token"])
        console.print("[bold]The second run finds nothing to do[/bold]")
        second = apply(ansible, hood)
        tell(second)
        check([first, second], hood, [secret for vault in accounts.values() for secret in secrets_of(vault)])


if __name__ == "__main__":
    main()
