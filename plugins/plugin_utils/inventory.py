# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts a playbook of the collection would run on. Private to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible import context
from ansible.errors import AnsibleFilterError
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader

# With these options of ansible-playbook nothing runs, and there need not be an inventory.
_WITHOUT_HOSTS = ("syntax", "listtasks", "listtags")


def require_hosts(pattern: Any, groups: Mapping[str, Iterable[str]], limit: Any = None) -> str:
    """Return the pattern if it is a host, within the limit; otherwise fail with both.

    :param groups: Ansible's variable of that name.
    :param limit: what `--limit` gives, as in `ansible_limit`.
    """
    wanted = _text(pattern) or "all"
    within = _text(limit)
    if any(context.CLIARGS.get(option) for option in _WITHOUT_HOSTS):
        return wanted
    inventory = InventoryManager(DataLoader(), parse=False)
    for group, hosts in groups.items():
        inventory.add_group(group)
        for host in hosts:
            inventory.add_host(host, group=group)
    if within:
        inventory.subset(within)
    if not inventory.get_hosts(pattern=wanted):
        limited = f" within the limit {within}" if within else ""
        raise AnsibleFilterError(f"No host of the inventory matches {wanted}{limited}: there is nothing to run on")
    return wanted


def _text(pattern: Any) -> str:
    parts = pattern if isinstance(pattern, (list, tuple)) else [pattern]
    return ",".join(text for part in parts if part is not None and (text := str(part).strip()))
