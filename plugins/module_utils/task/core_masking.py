# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-core masks of a result that holds no secret: nothing. Private to this collection.

Core masks the options that are not to be logged wherever their letters occur: the `active` of a status where the token
is `active`, an SMTP user who is called as the proxy's user is, so that an exported file has the mask in his place. Our
results are made of plain values and of texts that were redacted. So the parameters, which core adds by itself, are
masked here, and core is left with nothing to look for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any, Callable

from ansible.module_utils.common.warnings import get_deprecation_messages, get_warning_messages

from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import Connection
from ansible_collections.ocamba.hood.plugins.module_utils.redaction import Redactor

# What core writes for an option that is not to be logged.
MASKED = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def connection_secrets(params: Mapping[str, Any], spec: Mapping[str, Any]) -> set[str]:
    """The secrets of the connection options as they were given, of whatever type, however far the run came."""
    # As proxies, since the URL of a Connection is taken apart and need not be one here.
    urls = [Connection("https://localhost", "", proxy=str(params.get(name) or "")) for name in ("api_url", "proxy")]
    own = _texts([params.get(name) for name in _no_log(spec)])
    return {*own, *(secret for url in urls for secret in url.secrets)}


def end_core_masking(
    module: Any, spec: Mapping[str, Any], secrets: Iterable[str], redact: Callable[[Any], Any]
) -> None:
    """Mask the parameters of a module that is about to end, and let core mask nothing.

    Core may have said something of its own in warnings, or be about to describe an exception: where a secret could be
    in that, it masks those of the connection as ever.

    :param module: the AnsibleModule.
    :param spec: the options as they are documented; those that core has are none that are not to be logged.
    :param secrets: those of the connection.
    :param redact: replaces every secret that the run knows, in data of any depth.
    """
    secrets = set(secrets)
    module.params = masked(module.params, spec, secrets)
    added = [*get_warning_messages(), *get_deprecation_messages()]
    is_clean = sys.exc_info()[0] is None and redact(added) == added
    module.no_log_values = set() if is_clean else secrets


def masked(params: Mapping[str, Any], spec: Mapping[str, Any], secrets: Iterable[str]) -> dict[str, Any]:
    """Return the parameters as core shows them."""
    own = Redactor()
    own.add(secrets)
    return {name: own.data(value) for name, value in without_no_log(params, spec).items()}


def without_no_log(params: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters with core's mask for each that is not to be logged."""
    hidden = _no_log(spec)
    return {name: MASKED if name in hidden and value else value for name, value in params.items()}


def _no_log(spec: Mapping[str, Any]) -> set[str]:
    return {name for name, option in spec.items() if option.get("no_log")}


def _texts(value: Any) -> list[str]:
    """Every text in a value of any depth, but the empty ones."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, (list, tuple)):
        return [text for inner in value for text in _texts(inner)]
    return [] if value is None or value == "" else [str(value)]
