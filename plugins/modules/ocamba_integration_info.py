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

from ansible_collections.ocamba.hood.plugins.module_utils.reports import info
from ansible_collections.ocamba.hood.plugins.module_utils.task.argument_specs import integration_info_spec
from ansible_collections.ocamba.hood.plugins.module_utils.task.hood_module import HoodModule

FILTERS = ("name", "id", "provider", "type", "status")


def main() -> None:
    module = HoodModule(integration_info_spec())
    filters = info.Filters(**{name: module.params[name] for name in FILTERS})
    findings = module.guarded(
        lambda: info.find_integrations(module.client(info.PARALLEL), filters, module.redactor.add)
    )
    module.finish(findings.result, warnings=findings.warnings)


if __name__ == "__main__":
    main()
