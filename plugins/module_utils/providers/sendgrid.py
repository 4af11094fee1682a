# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SendGrid, e-mail. Private to this collection."""

from __future__ import annotations

from ansible_collections.ocamba.hood.plugins.module_utils.providers.formats import EMAIL
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Field, Provider

SENDGRID = Provider(
    name="sendgrid",
    schema="sendgrid_email",
    type="email",
    title="SendGrid",
    console="https://app.sendgrid.com",
    fields=(
        Field(
            "api_key",
            meaning="Lets Hood send through the SendGrid account.",
            source="SendGrid, Settings, API Keys; shown once, when the key is made.",
            example="SG.the-api-key-from-SendGrid",
            secret=True,
        ),
        Field(
            "default_sender_email",
            meaning="The From address when a campaign names no other; SendGrid takes only its verified senders.",
            source="SendGrid, Settings, Sender Authentication.",
            example="hello@example.com",
            format=EMAIL,
        ),
        Field(
            "default_sender_name",
            meaning="The name that mail clients show beside the From address.",
            source="Chosen by you.",
            example="Example",
        ),
        Field(
            "default_reply_to_email",
            meaning="Where answers go when a campaign names no other address; must be the reply-to of that sender.",
            source="SendGrid, Settings, Sender Authentication.",
            example="hello@example.com",
            format=EMAIL,
        ),
    ),
)
