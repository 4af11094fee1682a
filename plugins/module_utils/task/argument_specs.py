# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the modules, and the environment variables that stand in for them. Private to this collection."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from ansible.module_utils.errors import AnsibleFallbackNotFound

from ansible_collections.ocamba.hood.plugins.module_utils.declared.option_checks import STATUSES
from ansible_collections.ocamba.hood.plugins.module_utils.providers.registry import TYPES

Spec = dict[str, dict[str, Any]]


def from_environment(*names: str) -> str:
    """As ansible's env_fallback, but an empty variable counts as not given."""
    for name in names:
        if os.environ.get(name):
            return os.environ[name]
    raise AnsibleFallbackNotFound


def variables_of(option: Mapping[str, Any]) -> Sequence[str]:
    """Return the environment variables that stand in for an option."""
    variables: Sequence[str] = option.get("fallback", (None, ()))[1]
    return variables


def options_of(environment: Mapping[str, str], spec: Spec) -> dict[str, str]:
    """Return the options that an environment gives. A variable that is empty counts as not given."""
    found = {name: [environment[one] for one in variables_of(spec[name]) if environment.get(one)] for name in spec}
    return {name: values[0] for name, values in found.items() if values}


def connection_spec() -> Spec:
    return {
        "api_token": {"type": "str", "no_log": True, "fallback": (from_environment, ["OCAMBA_API_TOKEN"])},
        "api_url": {
            "type": "str",
            "default": "https://api.ocamba.com",
            "fallback": (from_environment, ["OCAMBA_API_URL"]),
        },
        "request_timeout": {
            "type": "float",
            "default": 30.0,
            "fallback": (from_environment, ["OCAMBA_REQUEST_TIMEOUT"]),
        },
        "max_wait": {"type": "float", "default": 120.0, "fallback": (from_environment, ["OCAMBA_MAX_WAIT"])},
        "validate_certs": {
            "type": "bool",
            "default": True,
            "fallback": (from_environment, ["OCAMBA_VALIDATE_CERTS"]),
        },
        "ca_path": {"type": "path", "fallback": (from_environment, ["OCAMBA_CA_PATH"])},
        "client_cert": {"type": "path", "fallback": (from_environment, ["OCAMBA_CLIENT_CERT"])},
        "client_key": {"type": "path", "no_log": False, "fallback": (from_environment, ["OCAMBA_CLIENT_KEY"])},
        "proxy": {"type": "str", "no_log": True, "fallback": (from_environment, ["OCAMBA_PROXY"])},
    }


def spec_of_core(spec: Spec) -> Spec:
    """Return the options as core may check them: none that it fills in, and none that it would register as a secret.

    The environment was looked at before, and it need not be that of this process. What core 2.22 registers in the
    process of a module, it writes in clear into the module's output, for the controller to know it.
    """
    own = {name: {key: value for key, value in option.items() if key != "fallback"} for name, option in spec.items()}
    return {name: {**option, "no_log": False} if option.get("no_log") else option for name, option in own.items()}


def entry_spec() -> Spec:
    """The options of one integration."""
    return {
        "name": {"type": "str"},
        "id": {"type": "str"},
        "provider": {"type": "str"},
        "provider_id": {"type": "str"},
        "type": {"type": "str", "choices": list(TYPES)},
        "status": {"type": "str", "choices": list(STATUSES)},
        "settings": {"type": "dict"},
    }


def policy_spec() -> Spec:
    return {
        "update_secrets": {
            "type": "str",
            "choices": ["on_create", "on_change", "always"],
            "default": "on_create",
            "no_log": False,
        },
        "missing": {"type": "str", "choices": ["create", "refuse"], "default": "create"},
        "validate_credentials": {"type": "bool", "default": False},
        "expected_plan": {"type": "str"},
    }


def singular_spec() -> Spec:
    return {**connection_spec(), **entry_spec(), **policy_spec()}


def integration_info_spec() -> Spec:
    return {
        **connection_spec(),
        "name": {"type": "str"},
        "id": {"type": "str"},
        "provider": {"type": "str"},
        "type": {"type": "str"},
        "status": {"type": "str", "choices": list(STATUSES)},
    }


def provider_info_spec() -> Spec:
    return {**connection_spec(), "provider": {"type": "str"}}


def notification_spec() -> Spec:
    entry = {name: option for name, option in entry_spec().items() if name not in ("id", "status")}
    return {**connection_spec(), **entry, "recipient": {"type": "str", "required": True}}


def plural_spec() -> Spec:
    return {
        **connection_spec(),
        **policy_spec(),
        "invalid_credentials": {"type": "str", "choices": ["refuse", "skip"], "default": "refuse"},
        "integrations": {"type": "list", "elements": "dict", "required": True, "options": entry_spec()},
        "unmanaged": {"type": "str", "choices": ["ignore", "report", "deactivate"], "default": "ignore"},
        "protected": {"type": "list", "elements": "str", "default": []},
        "deactivate_default": {"type": "list", "elements": "str", "default": []},
        "max_deactivations": {"type": "int", "default": 5},
        "parallel_requests": {"type": "int", "default": 4},
    }
