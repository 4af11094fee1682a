#!/usr/bin/python
# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ocamba_test_notification
short_description: Let Ocamba Hood send one real test message
version_added: 0.2.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - Lets Hood send one message to a recipient with the settings of an integration, which is neither stored nor changed.
  - The message is real and may cost money. It is sent at most once, in whatever way that ends; where it is not known
    whether it was sent, the task fails and says so.
  - To try credentials without a message, see O(ocamba.hood.ocamba_integrations#module:validate_credentials).
extends_documentation_fragment:
  - ocamba.hood.connection
  - ocamba.hood.integration.trial
  - ocamba.hood.attributes
  - ocamba.hood.attributes.sends
seealso:
  - module: ocamba.hood.ocamba_integrations
"""

EXAMPLES = r"""
- name: Does the Twilio account send?
  ocamba.hood.ocamba_test_notification:
    api_token: "{{ ocamba_api_token }}"
    name: Twilio EU
    provider: twilio
    recipient: "+14155550100"
    settings:
      account_sid: "{{ twilio_account_sid }}"
      auth_token: "{{ vault_twilio_auth_token }}"
      default_phone_number: "+14155552671"

- name: Does the bot reach its chat?
  ocamba.hood.ocamba_test_notification:
    api_token: "{{ ocamba_api_token }}"
    name: Alerts
    provider: telegram
    recipient: "-1001234567890"
    settings:
      auth_token: "{{ vault_telegram_bot_token }}"
      chat_id: "-1001234567890"
"""

RETURN = r"""
notification:
  description: What was sent, in check mode what would be.
  returned: when the account takes the settings
  type: dict
  contains:
    name:
      description: The name that was given.
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
    recipient:
      description: Who it was sent to.
      type: str
      returned: success
      sample: "+14155550100"
    sent:
      description:
        - Whether Hood has taken the message. False in check mode.
        - Null on a failure after which it is not known.
      type: bool
      returned: success
      sample: true
api:
  description: What it took.
  returned: when the account takes the settings
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

from ansible_collections.ocamba.hood.plugins.module_utils.task.module import run_module
from ansible_collections.ocamba.hood.plugins.module_utils.task.notify import TEST_NOTIFICATION


def main() -> None:
    run_module(TEST_NOTIFICATION)


if __name__ == "__main__":
    main()
