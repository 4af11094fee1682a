# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mandrill (Mailchimp Transactional), e-mail. Private to this collection."""

from __future__ import annotations

from ansible_collections.ocamba.hood.plugins.module_utils.providers.formats import EMAIL
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Field, Provider

MANDRILL = Provider(
    name="mandrill",
    schema="mandrill_email",
    type="email",
    title="Mandrill",
    console="https://mandrillapp.com",
    fields=(
        Field(
            "api_key",
            meaning="Lets Hood send through the Mandrill account.",
            source="Mandrill, Settings, SMTP & API Info, API Keys.",
            example="the-api-key-from-Mandrill",
            secret=True,
        ),
        Field(
            "default_sender_email",
            meaning="The From address when a campaign names no other.",
            source="An address of a sending domain that is verified in Mandrill.",
            example="receipts@example.com",
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
            meaning="Where answers go when a campaign names no other address.",
            source="Any mailbox that somebody reads.",
            example="help@example.com",
            format=EMAIL,
        ),
        Field(
            "smtp_username",
            meaning="The SMTP user name of the Mandrill account.",
            source="Mandrill, Settings, SMTP & API Info.",
            example="Example",
        ),
    ),
)
