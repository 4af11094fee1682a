# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts a playbook of the collection would run on. Private to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible import context
from ansible.errors import AnsibleFilterError
from ansible.inventory.manager import InventoryManager, split_host_pattern
from ansible.parsing.dataloader import DataLoader

from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import near

# With these options of ansible-playbook nothing runs, and there need not be an inventory.
_WITHOUT_HOSTS = ("syntax", "listtasks", "listtags")
# Before a part of a pattern: what matches it is left out, or only that is kept.
_SIGNS = "!&"


def require_hosts(pattern: Any, groups: Mapping[str, Iterable[str]], limit: Any = None) -> str:
    """Return the pattern if each part of it, and of the limit, is known, and it is a host within the limit.

    Of a part that is not known ansible-core only warns, and an exclusion with a slip in it excludes nothing.

    :param groups: Ansible's variable of that name.
    :param limit: what `--limit` gives, as in `ansible_limit`.
    :raises AnsibleFilterError: with the pattern, the limit, and the parts that are not known.
    """
    if isinstance(pattern, bool) or (isinstance(pattern, (list, tuple)) and not _text(pattern)):
        raise AnsibleFilterError(f"{pattern} is no pattern of hosts: leave it out, or blank, to run on all")
    wanted, within = _text(pattern) or "all", _text(limit)
    if any(context.CLIARGS.get(option) for option in _WITHOUT_HOSTS):
        return wanted
    inventory = _inventory(groups)
    limited = f" within the limit {within}" if within else ""
    unknown = [part for text in (wanted, within) for part in split_host_pattern(text) if not _is_known(part, inventory)]
    if unknown:
        raise AnsibleFilterError(
            f"No host of the inventory matches {' or '.join(unknown)}, in the pattern {wanted}{limited}"
            + _meant(unknown[0], inventory)
        )
    if within:
        inventory.subset(within)
    if not inventory.get_hosts(pattern=wanted):
        raise AnsibleFilterError(f"No host of the inventory matches {wanted}{limited}: there is nothing to run on")
    return wanted


def _inventory(groups: Mapping[str, Iterable[str]]) -> InventoryManager:
    inventory = InventoryManager(DataLoader(), parse=False)
    for group, hosts in groups.items():
        inventory.add_group(group)
        for host in hosts:
            inventory.add_host(host, group=group)
    return inventory


def _is_known(part: str, inventory: InventoryManager) -> bool:
    """Whether a part of a pattern is a host, or a group at least. What a file of a limit lists is left to core."""
    name = part.lstrip(_SIGNS)
    return part.startswith("@") or name in inventory.groups or bool(inventory.get_hosts(pattern=name))


def _meant(part: str, inventory: InventoryManager) -> str:
    close = near(part.lstrip(_SIGNS), [*inventory.hosts, *inventory.groups])
    return f"; did you mean {close}?" if close else ""


def _text(pattern: Any) -> str:
    parts = pattern if isinstance(pattern, (list, tuple)) else [pattern]
    return ",".join(text for part in parts if part is not None and (text := str(part).strip()))
