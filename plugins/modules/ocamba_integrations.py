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
    this takes fewer requests than a loop over M(ocamba.hood.ocamba_integration), and reports all mistakes at once.
  - Integrations are never deleted or replaced, as campaigns refer to them by id.
  - Of several integrations to be created, of a type of which the account has no default yet, the first of the list is
    sent before the others, as Hood may make it the default.
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
        The default integrations of the account are left alone, unless O(deactivate_default) names them. Let only one
        job work on an account, or two with different declarations undo each other.
      - Where Hood does not show whether an integration is a default, or active, nothing is written.
    type: str
    choices: [ignore, report, deactivate]
    default: ignore
  protected:
    description:
      - Names of integrations that O(unmanaged=deactivate) must not touch. Each must be in the account or be declared.
      - Also as JSON text, or as text with one name a line; a comma is part of a name.
    type: list
    elements: str
    default: []
  deactivate_default:
    description:
      - Names of integrations that O(unmanaged=deactivate) may set to inactive although they are the default that Hood
        uses where no other is named. O(protected) wins over it. Each must be in the account or be declared.
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
plan_id:
  description: >-
    A fingerprint of what the run would write or wrote: each action, its integration, its fields and values. The same in
    check mode and in the real run; for O(expected_plan).
  type: str
  returned: once the declaration is valid and the account could be read, also on failure
  sample: 1f0e3dad99908345f7439f8ffabdffc4
ansible_facts:
  description: What is remembered of secrets for the next run. No secret is in it.
  type: dict
  returned: >-
    with O(update_secrets=on_change); with the others where something is remembered already and settings were sent;
    never in check mode
  contains:
    ocamba_hood:
      description: Fingerprints of the secrets that Hood hides.
      type: dict
      returned: always
check_mode:
  description: >-
    Whether the task ran in check mode, by C(--check) or by C(check_mode) of a play, block or task. Nothing was written
    then.
  returned: when the declaration is valid and the account could be read
  type: bool
  sample: false
integrations:
  description:
    - The integrations in the declared order, then those that were deactivated.
    - In check mode as they would be, with RV(integrations[].id) null for what would be created.
  returned: when the declaration is valid and the account could be read
  type: list
  elements: dict
  contains:
    # begin integration: written by `make generate` from tests/tools/return_values.yml
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
      description: The provider, by the name that this collection has for it; that of the account if it has none.
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
      description: The plain settings. Never a secret, not even a masked one. Empty where the provider is not known.
      type: dict
      returned: success
      sample: {"account_sid": "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX", "default_phone_number": "+14155552671"}
    # end integration
    # begin outcome: written by `make generate` from tests/tools/return_values.yml
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
          V(different) where that is known, V(alike) where Hood shows an end of it and that agrees, V(hidden) where
          it shows nothing. With O(update_secrets=on_change), V(unchanged) or V(changed) where what is remembered tells.
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
    reason_code:
      description: The kind of what went wrong, one of the codes of RV(reason_code); null where nothing is wrong.
      type: str
      returned: success
      sample: null
    # end outcome
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

from ansible_collections.ocamba.hood.plugins.module_utils.task.apply import INTEGRATIONS
from ansible_collections.ocamba.hood.plugins.module_utils.task.module import run_module


def main() -> None:
    run_module(INTEGRATIONS)


if __name__ == "__main__":
    main()
