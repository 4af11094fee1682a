# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mailgun, e-mail. Private to this collection.

Its sender settings have no `default_` prefix, unlike those of the other providers.
"""

from __future__ import annotations

from ansible_collections.ocamba.hood.plugins.module_utils.providers.formats import EMAIL, HOST
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Field, Provider

MAILGUN = Provider(
    name="mailgun",
    schema="mailgun_email",
    type="email",
    title="Mailgun",
    console="https://app.mailgun.com",
    fields=(
        Field(
            "api_key",
            meaning="Lets Hood send through the Mailgun account.",
            source="Mailgun, API Security, or a domain's own sending keys.",
            example="the-api-key-from-Mailgun",
            secret=True,
        ),
        Field(
            "domain",
            meaning="The sending domain as it is set up at Mailgun.",
            source="Mailgun, Sending, Domains.",
            example="mg.example.com",
            format=HOST,
        ),
        Field(
            "sender_email",
            meaning="The From address.",
            source="An address of that domain.",
            example="no-reply@mg.example.com",
            format=EMAIL,
        ),
        Field(
            "sender_name",
            meaning="The name that mail clients show beside the From address.",
            source="Chosen by you.",
            example="Example",
        ),
    ),
)
