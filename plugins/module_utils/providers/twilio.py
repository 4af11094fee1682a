# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Twilio, SMS. Private to this collection."""

from __future__ import annotations

from ansible_collections.ocamba.hood.plugins.module_utils.providers.formats import TWILIO_SENDER, TWILIO_SID
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Field, Provider

TWILIO = Provider(
    name="twilio",
    schema="twilio_sms",
    type="sms",
    title="Twilio",
    console="https://console.twilio.com",
    fields=(
        Field(
            "account_sid",
            meaning="Names the Twilio account whose numbers and credit are used.",
            source="Twilio Console, start page, Account Info.",
            example="AC0123456789abcdef0123456789abcdef",
            format=TWILIO_SID,
        ),
        Field(
            "auth_token",
            meaning="Signs Hood in to that Twilio account.",
            source="Twilio Console, start page, Account Info, Auth Token.",
            example="the-auth-token-from-the-Twilio-console",
            secret=True,
        ),
        Field(
            "default_phone_number",
            meaning="Sends the message when a campaign names no other sender.",
            source="Twilio Console, Phone Numbers; a sender name or the SID of a messaging service will do as well.",
            example="+14155552671",
            format=TWILIO_SENDER,
        ),
    ),
)
