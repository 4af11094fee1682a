# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take options as YAML, JSON, a survey or a command line give them."""

from __future__ import annotations

import json
from typing import Any


def parse_json(value: Any) -> Any:
    """A list or dictionary that came as JSON text (a survey, -e on a command line); anything else unchanged."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value
