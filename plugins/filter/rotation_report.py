# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of a rotation of secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.ocamba.hood.plugins.module_utils.reports.rotation_report import make_rotation_report

DOCUMENTATION = r"""
name: rotation_report
short_description: Tell what became of a rotation of secrets
version_added: 0.2.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - Sums up what M(ocamba.hood.ocamba_integrations) returned for the entries that P(ocamba.hood.rotation#filter) made,
    and what reading them back showed.
positional: names, read_back, check_mode
options:
  _input:
    description: The registered result of the task that wrote the secrets.
    type: dict
    required: true
  names:
    description: The names of the integrations, in the order of the entries.
    type: list
    elements: str
    required: true
  read_back:
    description:
      - The registered result of the same task once more, in check mode. A task that was skipped stands for
        no reading.
    type: dict
    default: {}
  check_mode:
    description: Whether the first task ran in check mode as well.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Tell what became of a rotation
  ansible.builtin.debug:
    msg: "{{ (written | ocamba.hood.rotation_report(['Mitto'], read)).lines }}"
  vars:
    written: {integrations: [{action: updated, id: "1161", changed_fields: [settings.api_key]}]}
    read: {integrations: [{action: unchanged, secrets_seen: {api_key: same}}]}
"""

RETURN = r"""
_value:
  description: The report.
  type: dict
  contains:
    integrations:
      description: For each integration what became of it.
      type: list
      elements: dict
      contains:
        name:
          description: The name.
          type: str
        id:
          description: The id, null where the integration was not found.
          type: str
        outcome:
          description: One of V(rotated), V(would be rotated), V(unchanged), V(not written) and V(failed).
          type: str
        written:
          description: Whether it was written; null where that is not known.
          type: bool
        secrets:
          description: The keys of the secrets that were written.
          type: list
          elements: str
        reading_back:
          description: One of V(confirmed), V(confirmed by its end), V(hidden), V(differs) and V(failed), or null.
          type: str
        reason:
          description: Why it was not written.
          type: str
        held_back:
          description: True where it was only not written because of something else, such as another entry.
          type: bool
        reason_code:
          description: >-
            The C(reason_code) that the module gave for it, or for the whole task where that failed as a whole; else
            null.
          type: str
    lines:
      description: The same, each as a sentence.
      type: list
      elements: str
    summary:
      description: What came of it as a whole, and what to do.
      type: str
    failed:
      description: Whether something did not come about.
      type: bool
"""


def rotation_report(
    written: dict[str, Any], names: Sequence[str], read_back: dict[str, Any] | None = None, check_mode: bool = False
) -> dict[str, Any]:
    """Return what became of each, as data and as sentences."""
    if not isinstance(written, Mapping) or not isinstance(read_back or {}, Mapping):
        raise AnsibleFilterError("rotation_report: must be given results of ocamba.hood.ocamba_integrations")
    if not isinstance(names, (list, tuple)):
        raise AnsibleFilterError("rotation_report: the names must be a list")
    return make_rotation_report(written, names, read_back, check_mode)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rotation_report": rotation_report}
