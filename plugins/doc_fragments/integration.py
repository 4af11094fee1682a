# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of one integration, written once for both modules; the settings follow from the registry."""

from __future__ import annotations

from textwrap import indent

from ansible_collections.ocamba.hood.plugins.module_utils.providers.formats import TEXT
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Field, Provider
from ansible_collections.ocamba.hood.plugins.module_utils.providers.registry import PROVIDERS

# @ stands for where the options are: at the top of a module, or in the entries of its list.
_ENTRY = """
name:
  description:
    - The name, 1 to 100 characters. It identifies the integration, unless O(@id) is given.
  type: str
id:
  description:
    - The id of an existing integration. With another O(@name) the integration is renamed.
  type: str
provider:
  description:
    - The message provider. The collection knows PROVIDERS, also under the names that Hood's own page uses for them,
      such as V(twilio_sms).
    - Any other name that the providers of the account have is possible. All settings of such a provider are treated
      as secret.
    - One of this, O(@provider_id) and O(@id) is required, unless O(missing=refuse).
  type: str
provider_id:
  description:
    - The id of the provider in the account, instead of its name.
  type: str
TYPE
status:
  description:
    - Whether the integration may be used for sending.
    - Left out, a new integration is V(active), and that of an existing one is not touched.
  type: str
  choices: [active, inactive]
settings:
  description:
    - The settings, by the very keys of the Hood API; see the notes for those of each provider.
    - Only what is given is compared. A null counts as not given, an empty string clears a setting. Numbers become
      strings; booleans, fractions and dates are refused. Put secrets, chat ids and phone numbers in quotes, as YAML
      reads some texts as other numbers.
    - To create an integration that is V(active), its provider's secret must be given; an empty string says that there
      is none.
    - A stored secret that is not given is not sent. Where an update could lose it, the update is refused.
    - Secret settings are never logged or returned, whatever their keys.
  type: dict
"""

_TYPE = """\
type:
  description:
    - What the provider sends. It follows from the provider and is best left out.
  type: str
  choices: [sms, email, telegram]"""

# An integration that only one message is sent with.
_TRIAL = f"""
name:
  description:
    - The name of the integration that is tried, 1 to 100 characters. Required. It need not exist in the account.
  type: str
provider:
  description:
    - The message provider. The collection knows PROVIDERS, also under the names that Hood's own page uses for them.
    - Any other name that the providers of the account have is possible.
    - One of this and O(provider_id) is required.
  type: str
provider_id:
  description:
    - The id of the provider in the account, instead of its name.
  type: str
{_TYPE}
settings:
  description:
    - The settings to try, all that the provider needs, by the very keys of the Hood API; see the notes for those of
      each provider. Nothing is taken from an integration of the same name.
    - Secret settings are never logged or returned, whatever their keys.
  type: dict
recipient:
  description:
    - Who gets the message, in the form of the provider; a phone number, an e-mail address, a chat id.
    - Put a phone number in quotes, as YAML takes it for a number otherwise and drops its plus sign.
  type: str
  required: true
"""


def _entry(where: str, text: str = _ENTRY) -> str:
    names = [f"V({provider.name})" for provider in PROVIDERS]
    text = text.replace("@", where).replace("TYPE", _TYPE)
    return text.replace("PROVIDERS", f"{', '.join(names[:-1])} and {names[-1]}")


def _note(provider: Provider) -> str:
    settings = " ".join(_setting(field) for field in provider.fields)
    return f'  - "Settings of V({provider.name}), which sends {provider.type}. {settings}"\n'


def _setting(field: Field) -> str:
    marked = f"C({field.name}){' (secret)' if field.secret else ''}"
    form = "" if field.format.name == TEXT.name else f" Must be {field.format.expects}."
    return f"{marked}: {field.meaning}{form}"


_NOTES = "notes:\n" + "".join(_note(provider) for provider in PROVIDERS)


class ModuleDocFragment:
    DOCUMENTATION: str = f"options:\n{indent(_entry(''), '  ')}\n{_NOTES}"

    TRIAL: str = f"options:\n{indent(_entry('', _TRIAL), '  ')}\n{_NOTES}"

    LIST: str = f"""
options:
  integrations:
    description:
      - The integrations as they should be.
      - A list as JSON text, as surveys give it, is understood as well.
      - Two entries must not have the same name, unless both exist and are both declared by their ids.
    type: list
    elements: dict
    required: true
    suboptions:
{indent(_entry("integrations[]."), "      ")}
{_NOTES}"""
