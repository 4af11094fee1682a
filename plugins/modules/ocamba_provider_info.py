#!/usr/bin/python
# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ocamba_provider_info
short_description: Tell which message providers there are, and their settings
version_added: 0.2.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - Returns the message providers with their settings, those that an Ocamba Hood account has if there is a token, else
    those that this collection knows by itself, without any request.
  - Only the account says which settings are required or deprecated, and which id a provider has in it.
extends_documentation_fragment:
  - ocamba.hood.connection
  - ocamba.hood.attributes
  - ocamba.hood.attributes.reads
options:
  provider:
    description:
      - Only this provider, by any of its names; V(twilio_sms) is V(twilio).
      - An empty string counts as not given.
    type: str
seealso:
  - module: ocamba.hood.ocamba_integrations
"""

EXAMPLES = r"""
- name: What the account has
  ocamba.hood.ocamba_provider_info:
    api_token: "{{ ocamba_api_token }}"
  register: hood

- name: The settings that it requires for Twilio
  ocamba.hood.ocamba_provider_info:
    api_token: "{{ ocamba_api_token }}"
    provider: twilio
  register: hood_twilio

- name: Show them
  ansible.builtin.debug:
    msg: "{{ hood_twilio.providers[0].settings | selectattr('required') | map(attribute='name') }}"

- name: What this collection knows by itself
  ocamba.hood.ocamba_provider_info:
    api_token: ""
  environment:
    OCAMBA_API_TOKEN: ""
"""

RETURN = r"""
source:
  description: Where it is from, V(live) for the account, V(registry) for what this collection knows.
  returned: success
  type: str
  sample: live
providers:
  description: The providers, by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The provider, by the name that this collection has for it; that of the account if it has none.
      type: str
      returned: success
      sample: custom_email
    account_name:
      description: What the account calls it. Null from the registry.
      type: str
      returned: success
      sample: custom_email_provider
    id:
      description: The provider's id in the account. Null from the registry.
      type: str
      returned: success
      sample: "2017"
    type:
      description: What it sends.
      type: str
      returned: success
      sample: email
    known:
      description: Whether this collection knows it. All settings of one that it does not know are treated as secret.
      type: bool
      returned: success
      sample: true
    settings:
      description: Its settings, in the account's order.
      type: list
      elements: dict
      returned: success
      contains:
        name:
          description: The key.
          type: str
          returned: success
          sample: port
        title:
          description: What Hood's web interface calls it. Null from the registry.
          type: str
          returned: success
          sample: Port
        required:
          description: Whether the account requires it. Null from the registry.
          type: bool
          returned: success
          sample: false
        deprecated:
          description: Whether the account deprecates it. Null from the registry.
          type: bool
          returned: success
          sample: false
        secret:
          description: Whether it is treated as a secret.
          type: bool
          returned: success
          sample: false
        format:
          description: What a value must be.
          type: str
          returned: success
          sample: a port from 1 to 65535
        meaning:
          description: What it is for. Null if this collection does not know it.
          type: str
          returned: success
          sample: The port on which the SMTP server takes submissions, most often 587.
        where:
          description: Where its value is found. Null if this collection does not know it.
          type: str
          returned: success
          sample: The mail server's documentation.
api:
  description: What it took.
  returned: success
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

from ansible_collections.ocamba.hood.plugins.module_utils.task.look import PROVIDER_INFO
from ansible_collections.ocamba.hood.plugins.module_utils.task.module import run_module


def main() -> None:
    run_module(PROVIDER_INFO)


if __name__ == "__main__":
    main()
