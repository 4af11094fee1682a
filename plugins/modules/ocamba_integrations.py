#!/usr/bin/python
# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ocamba_integrations
short_description: Manage a list of Ocamba Hood integrations in one task
version_added: 0.1.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - Brings the integrations of an Ocamba Hood account to what is declared. An integration holds the credentials of a
    message provider, with which Hood sends SMS, e-mail and Telegram messages.
  - The whole list is checked before anything is sent, the account is read once, and only what differs is written. So
    this is faster than a loop over M(ocamba.hood.ocamba_integration), and tells all mistakes at once.
  - Integrations are never deleted or replaced, as campaigns refer to them by id.
extends_documentation_fragment:
  - ocamba.hood.connection
  - ocamba.hood.integration.list
  - ocamba.hood.policy
  - ocamba.hood.attributes
  - ocamba.hood.attributes.writes
options:
  unmanaged:
    description:
      - What to do about integrations of the account that are not declared.
      - V(ignore) leaves them alone, V(report) returns them as RV(unmanaged).
      - V(deactivate) sets them to inactive, after everything else has succeeded, and never with an empty declaration.
        The default integrations of the account are left alone, unless O(deactivate_default) names them.
    type: str
    choices: [ignore, report, deactivate]
    default: ignore
  protected:
    description:
      - Names of integrations that O(unmanaged=deactivate) must not touch.
      - Also as JSON text, or as text with one name a line; a comma is part of a name.
    type: list
    elements: str
    default: []
  deactivate_default:
    description:
      - Names of integrations that O(unmanaged=deactivate) may set to inactive although they are the default that Hood
        uses where no other is named. O(protected) wins over it.
    version_added: 0.2.0
    type: list
    elements: str
    default: []
  max_deactivations:
    description: With more than this many integrations to deactivate, nothing at all is written.
    type: int
    default: 5
  invalid_credentials:
    description:
      - What to do where O(validate_credentials) finds settings that are refused or can't be tried.
      - V(refuse) writes nothing at all, V(skip) writes the other entries. The task fails either way, and nothing is
        deactivated.
    version_added: 0.2.0
    type: str
    choices: [refuse, skip]
    default: refuse
  parallel_requests:
    description: How many requests may be under way at once. Hood may lower it during a run.
    type: int
    default: 4
seealso:
  - module: ocamba.hood.ocamba_integration
"""

EXAMPLES = r"""
- name: Two integrations
  ocamba.hood.ocamba_integrations:
    api_token: "{{ ocamba_api_token }}"
    integrations:
      - name: Twilio EU
        provider: twilio
        settings:
          account_sid: "{{ twilio_account_sid }}"
          auth_token: "{{ vault_twilio_auth_token }}"
          default_phone_number: "+14155552671"
      - name: Newsletter
        provider: custom_email
        settings:
          default_sender_email: news@example.com
          default_sender_name: Example News
          username: news@example.com
          password: "{{ vault_newsletter_password }}"
          port: 587
          sending_domain: example.com

- name: Report what the account has beside them
  ocamba.hood.ocamba_integrations:
    api_token: "{{ ocamba_api_token }}"
    unmanaged: report
    integrations:
      - name: Alerts
        provider: telegram
        settings:
          auth_token: "{{ vault_telegram_bot_token }}"
          chat_id: "-1001234567890"
  register: hood

- name: Write a rotated secret although Hood does not show the old one
  ocamba.hood.ocamba_integrations:
    api_token: "{{ ocamba_api_token }}"
    update_secrets: always
    integrations:
      - name: Mailgun
        provider: mailgun
        settings:
          api_key: "{{ vault_mailgun_api_key }}"
          domain: mg.example.com
          sender_email: hello@mg.example.com
          sender_name: Example
"""

RETURN = r"""
integrations:
  description:
    - The integrations in the declared order, then those that were deactivated.
    - In check mode as they would be, with RV(integrations[].id) null for what would be created.
  returned: when the declaration is valid and the account could be read
  type: list
  elements: dict
  contains:
    id:
      description: The id by which campaigns name it.
      type: str
      returned: success
      sample: "1161"
    name:
      description: The name.
      type: str
      returned: success
      sample: Twilio EU
    provider:
      description: The provider, by the name that this collection has for it.
      type: str
      returned: success
      sample: twilio
    provider_id:
      description: The provider's id in the account.
      type: str
      returned: success
      sample: "1000"
    type:
      description: What the provider sends.
      type: str
      returned: success
      sample: sms
    status:
      description: Whether it may be used for sending.
      type: str
      returned: success
      sample: active
    effective_status:
      description: Whether it is used for sending; can differ from the status after a failed test.
      type: str
      returned: success
      sample: active
    is_default:
      description: Whether Hood uses it where no other is named.
      type: bool
      returned: success
      sample: false
    settings:
      description: The plain settings. Never a secret, not even a masked one.
      type: dict
      returned: success
      sample: {"account_sid": "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX", "default_phone_number": "+14155552671"}
    action:
      description: What was done, one of V(created), V(updated), V(unchanged), V(deactivated) and V(failed).
      type: str
      returned: success
      sample: created
    changed_fields:
      description: What differed, secrets by their keys.
      type: list
      elements: str
      returned: success
      sample: ["settings.default_phone_number"]
    secrets_written:
      description: The keys of the secrets that were sent.
      type: list
      elements: str
      returned: success
      sample: ["auth_token"]
    secrets_compared:
      description: False where Hood does not show a declared secret, so that it could not be compared.
      type: bool
      returned: success
      sample: true
    secrets_seen:
      description:
        - How each declared secret of an existing integration compares to what Hood showed before the run. V(same) or
          V(different) where it can be told, V(alike) where Hood shows an end of it and that agrees, V(hidden) where
          it shows nothing.
      type: dict
      returned: success
      sample: {"auth_token": "alike"}
    credentials:
      description:
        - What came of O(validate_credentials). V(accepted), V(refused), or V(untried) where Hood gave no verdict; null
          where they were not tried.
      type: str
      returned: success
      sample: accepted
    held_back:
      description: True where it was only not written because of something else, such as another entry.
      type: bool
      returned: success
      sample: false
    error:
      description: What went wrong, else null.
      type: str
      returned: success
      sample: null
summary:
  description: How many integrations had which outcome.
  returned: when the declaration is valid and the account could be read
  type: dict
  sample: {"created": 2, "updated": 0, "unchanged": 5, "deactivated": 0, "failed": 0}
unmanaged:
  description: The integrations that are not declared. Empty with O(unmanaged=ignore).
  returned: when the declaration is valid and the account could be read
  type: list
  elements: dict
  contains:
    id:
      description: The id.
      type: str
      returned: success
      sample: "1170"
    name:
      description: The name.
      type: str
      returned: success
      sample: Old Mandrill
api:
  description: What it took.
  returned: when the declaration is valid and the account could be read
  type: dict
  contains:
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
"""

from ansible_collections.ocamba.hood.plugins.module_utils.task import results
from ansible_collections.ocamba.hood.plugins.module_utils.task.argument_specs import plural_spec
from ansible_collections.ocamba.hood.plugins.module_utils.task.hood_module import HoodModule


def main() -> None:
    module = HoodModule(plural_spec())
    module.apply(
        results.plural,
        max_deactivations=module.params["max_deactivations"],
        parallel_requests=module.params["parallel_requests"],
    )


if __name__ == "__main__":
    main()
