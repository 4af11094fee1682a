#!/usr/bin/python
# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ocamba_integration
short_description: Manage one Ocamba Hood integration
version_added: 0.1.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - Creates an integration of an Ocamba Hood account as declared, updates it in place, or leaves it alone. An
    integration holds the credentials of a message provider, with which Hood sends SMS, e-mail and Telegram messages.
  - For more than one, M(ocamba.hood.ocamba_integrations) takes fewer requests than a loop, and reports all
    mistakes at once.
  - An integration is never deleted or replaced, as campaigns refer to it by id.
extends_documentation_fragment:
  - ocamba.hood.connection
  - ocamba.hood.integration
  - ocamba.hood.policy
  - ocamba.hood.attributes
  - ocamba.hood.attributes.writes
seealso:
  - module: ocamba.hood.ocamba_integrations
"""

EXAMPLES = r"""
- name: A Twilio account for SMS
  ocamba.hood.ocamba_integration:
    api_token: "{{ ocamba_api_token }}"
    name: Twilio EU
    provider: twilio
    settings:
      account_sid: "{{ twilio_account_sid }}"
      auth_token: "{{ vault_twilio_auth_token }}"
      default_phone_number: "+14155552671"

- name: Take an integration out of use
  ocamba.hood.ocamba_integration:
    api_token: "{{ ocamba_api_token }}"
    name: Twilio EU
    provider: twilio
    status: inactive

- name: Let Hood try the credentials before they are written
  ocamba.hood.ocamba_integration:
    api_token: "{{ ocamba_api_token }}"
    name: SendGrid
    provider: sendgrid
    validate_credentials: true
    settings:
      api_key: "{{ vault_sendgrid_api_key }}"
      default_sender_email: hello@example.com
      default_sender_name: Example
      default_reply_to_email: help@example.com
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
integration:
  description:
    - The integration as it is after the run, in check mode as it would be, with RV(integration.id) null if it would be
      created.
  returned: when the declaration is valid and the account could be read
  type: dict
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

from ansible_collections.ocamba.hood.plugins.module_utils.task.apply import INTEGRATION
from ansible_collections.ocamba.hood.plugins.module_utils.task.module import run_module


def main() -> None:
    run_module(INTEGRATION)


if __name__ == "__main__":
    main()
