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
  - The message is real and may cost money. It is sent at most once, in whatever way that ends; where it can't be told
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
        - Null on a failure after which it can't be told.
      type: bool
      returned: success
      sample: true
api:
  description: What it took.
  returned: when the account takes the settings
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

from ansible_collections.ocamba.hood.plugins.module_utils.reconcile import test_message
from ansible_collections.ocamba.hood.plugins.module_utils.task.argument_specs import notification_spec
from ansible_collections.ocamba.hood.plugins.module_utils.task.hood_module import HoodModule


def main() -> None:
    module = HoodModule(notification_spec())
    entry, recipient = module.declaration.entries[0], module.params["recipient"] or ""
    sending = module.guarded(lambda: test_message.send(module.client(), entry, recipient, module.check_mode))
    module.finish(sending.result, sending.failures, sending.warnings)


if __name__ == "__main__":
    main()
