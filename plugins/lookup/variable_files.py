# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files of a host define a variable."""

from __future__ import annotations

DOCUMENTATION = r"""
name: variable_files
short_description: Tell which files of a host define a variable
version_added: 0.3.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - Looks through the files that Ansible reads for a host, in a folder below C(host_vars) or beside it, and returns
    those that have a variable at their top. No value is returned. Files that are encrypted are read as Ansible reads
    them.
  - Of several files in one folder Ansible takes the value of the last, in the order of their names. So the playbook
    C(ocamba.hood.export) writes no file that would stand beside another one with the same variable.
options:
  _terms:
    description: The names of variables. A file that has any of them is returned.
    type: list
    elements: str
    required: true
  folder:
    description: The path of the folder that has the name of the host, whether it is there or not.
    type: path
    required: true
  ignored:
    description: The name of a file in it that is left out.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Tell where the integrations of a host are declared
  ansible.builtin.debug:
    msg: "{{ query('ocamba.hood.variable_files', 'ocamba_integrations', folder='inventory/host_vars/acme') }}"
"""

RETURN = r"""
_list:
  description: The paths of the files, in the order in which Ansible reads them.
  type: list
  elements: str
"""

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):  # type: ignore[misc]
    """The lookup of this file."""

    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[str]:
        """Return the files."""
        self.set_options(var_options=variables, direct=kwargs)
        folder = Path(self.get_option("folder")).absolute()
        files = map(str, self._loader.find_vars_files(str(folder.parent), folder.name))
        ignored = self.get_option("ignored")
        return [file for file in files if Path(file).name != ignored and self._has_any(file, terms)]

    def _has_any(self, file: str, names: list[str]) -> bool:
        found = self._load(file)
        if found is None:
            raise AnsibleError(f"{file} can't be read: is it YAML, and is the password of its vault there?")
        return isinstance(found, dict) and any(name in found for name in names)

    def _load(self, file: str) -> Any:
        """Return what is in a file, and None where it can't be read: core's message would quote lines of it."""
        try:
            return self._loader.load_from_file(file, cache="none") or {}
        except AnsibleError:
            return None
