#!/usr/bin/python
# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ocamba_account_info
short_description: Tell how an Ocamba Hood account answers, and what this collection will therefore do
version_added: 0.2.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - Asks an account what the documentation of the Hood API leaves open, by GET requests alone. Whether the token is
    good, which limits there are, which providers and how they differ from those that this collection knows, how lists
    are read, and whether secrets are shown.
  - Reads the first two pages of integrations at most, some of them by id, and the providers. As a rule that takes 10 to
    15 requests, however large the account is.
  - Fails where this collection can't work with the account, such as with a token that is refused, and returns the same
    then.
  - What is returned holds no secret, and no name or id of an integration, so that it can be sent in with a bug report.
extends_documentation_fragment:
  - ocamba.hood.connection
  - ocamba.hood.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  idempotent:
    support: full
seealso:
  - module: ocamba.hood.ocamba_integrations
"""

EXAMPLES = r"""
- name: Look at an account
  ocamba.hood.ocamba_account_info:
    api_token: "{{ ocamba_api_token }}"
  register: account

- name: Show the report
  ansible.builtin.debug:
    msg: "{{ account.report.splitlines() }}"

- name: Show whether secrets can be compared
  ansible.builtin.debug:
    msg: "{{ account.findings | selectattr('topic', 'eq', 'secrets') | map(attribute='verdict') | first }}"
"""

RETURN = r"""
usable:
  description: Whether this collection can work with the account. The module fails where it can't.
  returned: when anything was asked
  type: bool
  sample: true
findings:
  description: The answer to each question.
  returned: when anything was asked
  type: list
  elements: dict
  contains:
    topic:
      description: A word for the question.
      type: str
      returned: success
      sample: secrets
    question:
      description: The question.
      type: str
      returned: success
      sample: Are secret settings shown?
    verdict:
      description: The answer in a word. V(unknown) where it could not be told.
      type: str
      returned: success
      sample: masked
    answer:
      description: The answer. Where it could not be told, why.
      type: str
      returned: success
      sample: Masked, with nothing of the secret left.
    evidence:
      description: What it rests on.
      type: list
      elements: str
      returned: success
      sample: ["of 60 integrations: 52 masked, 6 left out"]
    consequence:
      description: What this collection therefore does, or what is to be done about it. Can be empty.
      type: str
      returned: success
      sample: >-
        Secrets can't be compared: they are written on creation, along with any other change of the settings, and in
        every run with update_secrets: always.
    is_problem:
      description: Whether this keeps the collection from working with the account.
      type: bool
      returned: success
      sample: false
report:
  description: The same as plain text, in lines of at most 100 characters.
  returned: when anything was asked
  type: str
  sample: |
    Check of an Ocamba Hood account by ocamba.hood 0.2.0: it can work with this account.
    Requests sent: 10, all of them GET; repetitions among them: 0.
api:
  description: What it took.
  returned: when anything was asked
  type: dict
  contains:
    requests:
      description: All requests that were sent, repeated ones included.
      type: int
      returned: success
      sample: 10
    retries:
      description: How many of them were repetitions.
      type: int
      returned: success
      sample: 0
    waited:
      description: Seconds spent waiting for limits and before repetitions.
      type: float
      returned: success
      sample: 0.0
"""

from ansible_collections.ocamba.hood.plugins.module_utils.task.examine import ACCOUNT_INFO
from ansible_collections.ocamba.hood.plugins.module_utils.task.module import run_module


def main() -> None:
    run_module(ACCOUNT_INFO)


if __name__ == "__main__":
    main()
