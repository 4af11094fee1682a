#!/usr/bin/python
# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ocamba_integration_info
short_description: Tell which integrations an Ocamba Hood account has
version_added: 0.2.0
author:
  - Ocamba Hood collection contributors (@ocamba)
description:
  - Reads the integrations of an Ocamba Hood account, all or those that match, and returns them without their secrets,
    and as a declaration that M(ocamba.hood.ocamba_integrations) takes as it is.
  - The whole list is always read. Integrations are read one by one only where the list does not show their settings.
  - The playbook C(ocamba.hood.export) writes what this module finds as inventory files.
extends_documentation_fragment:
  - ocamba.hood.connection
  - ocamba.hood.attributes
  - ocamba.hood.attributes.reads
options:
  name:
    description:
      - Only integrations of exactly this name.
      - An empty string counts as not given, here and for the other filters.
    type: str
  id:
    description: Only the integration of this id.
    type: str
  provider:
    description: Only integrations of this provider, by any of its names; V(twilio_sms) is V(twilio).
    type: str
  type:
    description: Only integrations that send this, such as V(sms), V(email) or V(telegram).
    type: str
  status:
    description: Only integrations of this status.
    type: str
    choices: [active, inactive]
seealso:
  - module: ocamba.hood.ocamba_integrations
  - module: ocamba.hood.ocamba_provider_info
  - plugin: ocamba.hood.inventory_file
    plugin_type: filter
"""

EXAMPLES = r"""
- name: All integrations of the account
  ocamba.hood.ocamba_integration_info:
    api_token: "{{ ocamba_api_token }}"
  register: hood

- name: Those that send e-mail and are not in use
  ocamba.hood.ocamba_integration_info:
    api_token: "{{ ocamba_api_token }}"
    type: email
    status: inactive
  register: hood_unused

- name: The id by which campaigns name an integration
  ocamba.hood.ocamba_integration_info:
    api_token: "{{ ocamba_api_token }}"
    name: Twilio EU
  register: hood_twilio
  failed_when: hood_twilio.integrations | length != 1

- name: Applied as it was read, it changes nothing
  ocamba.hood.ocamba_integrations:
    api_token: "{{ ocamba_api_token }}"
    integrations: "{{ hood.declaration }}"
"""

RETURN = r"""
integrations:
  description: The integrations that match, by name, those of one name by id.
  returned: success
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
    secret_settings:
      description:
        - The keys of its secret settings, never their values.
        - Where Hood does not show secrets at all, all that the provider has.
      type: list
      elements: str
      returned: success
      sample: ["auth_token"]
    create_time:
      description: When it was made, GMT.
      type: str
      returned: success
      sample: "2026-11-23 10:00:00"
    update_time:
      description: When it was last changed, GMT.
      type: str
      returned: success
      sample: "2026-11-23 10:00:00"
declaration:
  description:
    - The same integrations as entries for O(ocamba.hood.ocamba_integrations#module:integrations), without their
      secrets. Applied as they are, they change nothing.
    - An entry has its C(id) where the name alone would not do, as for several integrations of one name.
    - A setting whose value the declaration could not hold is left out, such as a port that is not a number.
  returned: success
  type: list
  elements: dict
  sample:
    - name: Twilio EU
      provider: twilio
      status: active
      settings:
        account_sid: ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX
        default_phone_number: "+14155552671"
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

from ansible_collections.ocamba.hood.plugins.module_utils.task.look import INTEGRATION_INFO
from ansible_collections.ocamba.hood.plugins.module_utils.task.module import run_module


def main() -> None:
    run_module(INTEGRATION_INFO)


if __name__ == "__main__":
    main()
