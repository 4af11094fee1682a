"""A connection that is not local and needs no other machine."""

from __future__ import annotations

from typing import Any

from ansible.plugins.connection.local import Connection as Local

DOCUMENTATION = """
name: elsewhere
short_description: Stands in for ssh
description: Runs commands here, and does not say so.
author: [the tests]
extends_documentation_fragment: [connection_pipelining]
"""


class Connection(Local):  # type: ignore[misc]
    transport: Any = "elsewhere"
