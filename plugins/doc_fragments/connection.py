# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_token:
    description:
      - A personal API key of the Ocamba account, made in the profile menu of Ocamba under API Tokens. Required,
        but by M(ocamba.hood.ocamba_provider_info).
      - Keep it in a vaulted file or in an AWX credential.
      - An option that is null, empty or white space counts as not given, here and elsewhere.
      - If the value is not specified in the task, the value of environment variable E(OCAMBA_API_TOKEN) will be used
        instead.
    type: str
  api_url:
    description:
      - Where the API is. Plain http is refused, unless the host is loopback.
      - If the value is not specified in the task, the value of environment variable E(OCAMBA_API_URL) will be used
        instead.
    type: str
    default: https://api.ocamba.com
  request_timeout:
    description:
      - How long making a connection may take, in seconds, and as long again the whole answer to a request.
      - If the value is not specified in the task, the value of environment variable E(OCAMBA_REQUEST_TIMEOUT) will be
        used instead.
    type: float
    default: 30.0
  max_wait:
    description:
      - The longest wait before any one request, for Hood's limits or before a repetition, in seconds. What asks for
        a longer one fails.
      - It also limits how long a creation is looked for whose answer was lost. With less than 35 seconds, or than twice
        O(request_timeout) after a time-out, such a creation is not tried again but reported as unclear.
      - If the value is not specified in the task, the value of environment variable E(OCAMBA_MAX_WAIT) will be used
        instead.
    type: float
    default: 120.0
  validate_certs:
    description:
      - Whether the certificate of the API must be valid.
      - If the value is not specified in the task, the value of environment variable E(OCAMBA_VALIDATE_CERTS) will be
        used instead.
    type: bool
    default: true
  ca_path:
    description:
      - A file or folder of certificate authorities to trust instead of the system's.
      - If the value is not specified in the task, the value of environment variable E(OCAMBA_CA_PATH) will be used
        instead.
    type: path
  client_cert:
    description:
      - A client certificate in PEM form, with its key in the same file or in O(client_key).
      - If the value is not specified in the task, the value of environment variable E(OCAMBA_CLIENT_CERT) will be used
        instead.
    type: path
  client_key:
    description:
      - The key of O(client_cert), not encrypted.
      - If the value is not specified in the task, the value of environment variable E(OCAMBA_CLIENT_KEY) will be used
        instead.
    type: path
  proxy:
    description:
      - The URL of a proxy, with user and password if it wants them. Wins over the proxies of the environment.
      - If the value is not specified in the task, the value of environment variable E(OCAMBA_PROXY) will be used
        instead.
    type: str
notes:
  - With a local connection, without C(become) and C(async), a task runs in Ansible's own process, and the requirements
    must be in Ansible's own environment. Otherwise, and on macOS, it runs as a module on the target. The variable
    C(ocamba_execution), one of V(auto), V(controller) and V(target), forces either.
requirements:
  - requests >= 2.28
  - voluptuous >= 0.13
"""
