# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mitto, SMS. Private to this collection."""

from __future__ import annotations

from ansible_collections.ocamba.hood.plugins.module_utils.providers.formats import SENDER
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Field, Provider

MITTO = Provider(
    name="mitto",
    schema="mitto_sms",
    type="sms",
    title="Mitto",
    fields=(
        Field(
            "api_key",
            meaning="Lets Hood send through the Mitto account.",
            source="Mitto's customer portal, or the Mitto account manager.",
            example="the-api-key-from-Mitto",
            secret=True,
        ),
        Field(
            "sender_name",
            meaning="Stands as the sender on the recipient's phone.",
            source="Chosen by you, as agreed with Mitto for each country.",
            example="Example",
            format=SENDER,
        ),
    ),
)
