# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns what was registered for each account into one report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.ocamba.hood.plugins.module_utils.reports.drift import make_report

DOCUMENTATION = r"""
name: drift_report
short_description: Turn what was compared for each account into one report
version_added: 0.2.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - Takes what the role P(ocamba.hood.ocamba#role) registered for each host as C(ocamba_result), in check and diff mode,
    and tells what differs from the declaration. The playbook C(ocamba.hood.drift) writes its reports with this filter.
  - A host without that result counts as failed, as does one that O(compared) does not name. So an account is never
    reported as declared because of a result of an earlier play.
  - Why a host failed is taken from a result of the module alone. What ansible-core says may quote values.
  - The same results give the same report. No secret is in it; characters that can't be seen are written as escapes.
positional: hostvars
options:
  _input:
    description: The names of the hosts.
    type: list
    elements: str
    required: true
  hostvars:
    description: Ansible's C(hostvars).
    type: dict
    required: true
  time:
    description: When the accounts were compared, as V(2026-11-24T05:00:00Z).
    type: str
    required: true
  compared:
    description:
      - The names of the hosts whose result is of this play, such as C(ansible_play_hosts); without it, all of them.
    type: list
    elements: str
    version_added: 0.3.0
  unmanaged:
    description: Whether an integration that is not declared is only reported, or a difference.
    type: str
    choices: [report, fail]
    default: report
"""

EXAMPLES = r"""
- name: Compare
  ocamba.hood.ocamba_integrations:
    api_token: "{{ ocamba_api_token }}"
    integrations: "{{ ocamba_integrations }}"
    unmanaged: report
  check_mode: true
  diff: true
  register: ocamba_result

- name: Tell what differs in any account
  ansible.builtin.debug:
    msg: "{{ report.message }}"
  vars:
    report: "{{ ansible_play_hosts_all | ocamba.hood.drift_report(hostvars, time='2026-11-24T05:00:00Z') }}"
  run_once: true
"""

RETURN = r"""
_value:
  description: The report. What can have no value is null.
  type: dict
  contains:
    time:
      description: The time that was given.
      type: str
      sample: "2026-11-24T05:00:00Z"
    ok:
      description: Whether at least one account was compared, and all of them are as declared.
      type: bool
      sample: false
    message:
      description: The outcome in one line.
      type: str
      sample: "1 of 3 accounts differs: acme (2 integrations)"
    summary:
      description: >-
        How many accounts there are, how many of them are C(same), C(differs) and C(failed), how many integrations,
        and how many differences and unmanaged ones.
      type: dict
      sample:
        accounts: 3
        same: 2
        differs: 1
        failed: 0
        integrations: 21
        differences: 2
        unmanaged: 0
    fail_on_unmanaged:
      description: Whether an integration that is not declared is a difference.
      type: bool
      sample: false
    accounts:
      description: The accounts by name.
      type: list
      elements: dict
      contains:
        name:
          description: The inventory host.
          type: str
          sample: acme
        state:
          description: One of V(same), V(differs) and V(failed).
          type: str
          sample: differs
        differences:
          description: How many integrations differ.
          type: int
          sample: 1
        errors:
          description: Why the account could not be compared.
          type: list
          elements: str
          sample: []
        warnings:
          description: The warnings of the comparison.
          type: list
          elements: str
          sample: []
        unmanaged:
          description: C(id) and C(name) of what is not declared, but for what would be deactivated.
          type: list
          elements: dict
          sample: [{"id": "1170", "name": "Old Mandrill"}]
        unmanaged_counts:
          description: Whether those are a difference.
          type: bool
          sample: false
        integrations:
          description: The integrations in the declared order, then those that would be deactivated.
          type: list
          elements: dict
          contains:
            name:
              description: The name.
              type: str
              sample: Newsletter
            id:
              description: The id, null for what would be created.
              type: str
              sample: "1161"
            provider:
              description: The provider, null where it is not known.
              type: str
              sample: custom_email
            action:
              description: >-
                What would be done, as in the result of M(ocamba.hood.ocamba_integrations): V(created), V(updated),
                V(unchanged), V(deactivated) or V(failed).
              type: str
              sample: updated
            state:
              description: One of V(same), V(differs) and V(failed).
              type: str
              sample: differs
            changes:
              description: >-
                What differs, each with C(field), C(before) in Hood, C(after) as declared, and C(secret). Values are
                null where there is none, and a few words in place of a secret.
              type: list
              elements: dict
              sample: [{"field": "settings.port", "before": "25", "after": "587", "secret": false}]
            secrets_sent_along:
              description: Keys of secrets that would be written with the changes, not being known to differ.
              type: list
              elements: str
              sample: ["password"]
            secrets_compared:
              description: False where Hood does not show a declared secret, so that it could not be compared.
              type: bool
              sample: false
            error:
              description: What is wrong with the entry, else null.
              type: str
              sample: null
"""


def drift_report(
    hosts: Any, hostvars: Any, time: str, unmanaged: str = "report", compared: Any = None
) -> dict[str, Any]:
    """Return the report over the named hosts."""
    if unmanaged not in ("report", "fail"):
        raise AnsibleFilterError("drift_report: unmanaged must be report or fail")
    if not isinstance(hosts, (list, tuple)) or not isinstance(hostvars, Mapping):
        raise AnsibleFilterError("drift_report: must be given a list of hosts, and hostvars")
    current = set(map(str, hosts if compared is None else compared))
    results = {str(host): _result(hostvars[host]) if str(host) in current else {} for host in hosts}
    return make_report(results, str(time), unmanaged == "fail")


def _result(variables: Any) -> Mapping[str, Any]:
    """Return what the role registered."""
    result = variables.get("ocamba_result")
    return result if isinstance(result, Mapping) else {}


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"drift_report": drift_report}
