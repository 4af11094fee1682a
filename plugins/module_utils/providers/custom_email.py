# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An SMTP account of one's own. Private to this collection."""

from __future__ import annotations

from ansible_collections.ocamba.hood.plugins.module_utils.providers.formats import EMAIL, HOST, PORT
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Field, Provider

CUSTOM_EMAIL = Provider(
    name="custom_email",
    schema="custom_email_provider",
    type="email",
    title="Custom e-mail (SMTP)",
    fields=(
        Field(
            "default_sender_email",
            meaning="The From address when a campaign names no other.",
            source="An address that the SMTP account may send from.",
            example="news@example.com",
            format=EMAIL,
        ),
        Field(
            "default_sender_name",
            meaning="The name that mail clients show beside the From address.",
            source="Chosen by you.",
            example="Example News",
        ),
        Field(
            "username",
            meaning="The user that Hood signs in as at the SMTP server.",
            source="The mail server's administration; often the full address.",
            example="news@example.com",
        ),
        Field(
            "password",
            meaning="The password of that user.",
            source="The mail server's administration.",
            example="the-password-of-the-SMTP-account",
            secret=True,
        ),
        Field(
            "port",
            meaning="The port on which the SMTP server takes submissions, most often 587.",
            source="The mail server's documentation.",
            example="587",
            format=PORT,
        ),
        Field(
            "sending_domain",
            meaning="The domain that the mail is sent from.",
            source="The DNS zone that holds the SPF and DKIM records for the sender.",
            example="example.com",
            format=HOST,
        ),
    ),
)
