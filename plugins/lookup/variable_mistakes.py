# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which variables can't be evaluated, by their places alone."""

from __future__ import annotations

DOCUMENTATION = r"""
name: variable_mistakes
short_description: Tell which variables can't be evaluated, without their values
version_added: 0.3.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - Evaluates variables, and returns a line for each value in them that can't be, say as it uses a variable that is not
    defined, or is a password that holds C({%). A line has the place and never the value.
  - What ansible-core says of such a value quotes it, and the lines around it. So the roles and playbooks of this
    collection ask here before they use a variable that may hold secrets.
options:
  _terms:
    description: The names of the variables. One that is not defined is no mistake.
    type: list
    elements: str
    required: true
  required:
    description: The names of variables that must be defined.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Refuse secrets that can't be evaluated
  ansible.builtin.assert:
    that: mistakes | length == 0
    fail_msg: "{{ mistakes | join('; ') }}"
  vars:
    mistakes: "{{ query('ocamba.hood.variable_mistakes', 'ocamba_secrets') }}"
"""

RETURN = r"""
_list:
  description: The mistakes.
  type: list
  elements: str
"""

from functools import partial
from typing import Any

from ansible.plugins.lookup import LookupBase

from ansible_collections.ocamba.hood.plugins.plugin_utils.core import VERSION
from ansible_collections.ocamba.hood.plugins.plugin_utils.variables import find_mistakes


class LookupModule(LookupBase):  # type: ignore[misc]
    """The lookup of this file."""

    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[str]:
        """Return the mistakes."""
        self.set_options(var_options=variables, direct=kwargs)
        # Whatever error_on_undefined_vars says, or the template itself would be sent. 2.19 and later always do so.
        strictly = {"fail_on_undefined": True} if VERSION < (2, 19) else {}
        template = partial(self._templar.template, **strictly)
        return find_mistakes(terms, variables or {}, template, self.get_option("required"))
