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
    17 requests, however large the account is.
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
      description: The answer in a word. V(unknown) where it is not known.
      type: str
      returned: success
      sample: masked
    answer:
      description: The answer. Where it is not known, why.
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
    reason_code:
      description: Why it does, one of those of RV(reason_code); null where it does not.
      type: str
      returned: success
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
    # begin api: written by `make generate` from tests/tools/return_values.yml
    requests:
      description: All requests that were sent, repeated ones included.
      type: int
      returned: success
      sample: 1
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
    # end api
# begin failure: written by `make generate` from tests/tools/return_values.yml
reason_code:
  description:
    - The kind of failure, for a playbook to decide by; the text of a message may change, the codes do not.
    - V(invalid), what was declared or asked for is a mistake.
    - V(unsafe), the update could lose a stored setting that can't be read.
    - V(held_back), nothing is known to be wrong with it; it was not written because of something else.
    - V(refused), Hood refused it.
    - V(token_refused), Hood refused the token.
    - V(credentials_refused), the provider refused its settings.
    - V(credentials_untried), its settings could not be tried with the provider.
    - V(unclear), it is not known whether it was written.
    - V(doubled), it exists more than once in the account.
    - V(not_confirmed), it was written, and could not be read back as written.
    - V(stored_differently), it was written, and Hood stores a declared value in another form.
    - V(unreachable), no answer came from Hood.
    - V(limited), Hood asks for a longer wait than max_wait allows.
    - V(malformed_answer), Hood's answer is not what its API documents.
    - V(missing_library), a Python library is missing.
    - V(internal_error), a defect of the collection.
    - V(plan_changed), the plan is another than the one that was approved.
    - V(entries_failed), some entries failed; each has a reason_code of its own.
  returned: failure
  type: str
  sample: invalid
# end failure
"""

from ansible_collections.ocamba.hood.plugins.module_utils.task.examine import ACCOUNT_INFO
from ansible_collections.ocamba.hood.plugins.module_utils.task.module import run_module


def main() -> None:
    run_module(ACCOUNT_INFO)


if __name__ == "__main__":
    main()
