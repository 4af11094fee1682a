# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telegram, messages of a bot to a chat. Private to this collection."""

from __future__ import annotations

from ansible_collections.ocamba.hood.plugins.module_utils.providers.formats import TELEGRAM_CHAT, TELEGRAM_TOKEN
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Field, Provider

TELEGRAM = Provider(
    name="telegram",
    schema="telegram",
    type="telegram",
    title="Telegram",
    console="https://t.me/BotFather",
    fields=(
        Field(
            "auth_token",
            meaning="The token of the bot that speaks for you.",
            source="Telegram's @BotFather, when the bot is made or by /token.",
            example="123456:the-token-from-BotFather",
            format=TELEGRAM_TOKEN,
            secret=True,
        ),
        Field(
            "chat_id",
            meaning="The chat that the bot writes to; the ids of groups are negative.",
            source="The Bot API's getUpdates, after a message in that chat.",
            example="-1001234567890",
            format=TELEGRAM_CHAT,
        ),
    ),
)
