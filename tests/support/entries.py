"""The declarations that the tests apply: one integration of each provider."""

from __future__ import annotations

import copy
from typing import Any

TOKEN = "token-of-the-test-account-Zq81"

SEVEN: list[dict[str, Any]] = [
    {
        "name": "Twilio EU",
        "provider": "twilio",
        "settings": {
            "account_sid": "AC0123456789abcdef0123456789abcdef",
            "auth_token": "twilio-secret-Jd4pbV9BtHC6",
            "default_phone_number": "+14155552671",
        },
    },
    {
        "name": "Mitto",
        "provider": "mitto",
        "settings": {"api_key": "mitto-secret-AScs8", "sender_name": "Example"},
    },
    {
        "name": "Newsletter",
        "provider": "custom_email",
        "settings": {
            "default_sender_email": "news@example.com",
            "default_sender_name": "Example News",
            "username": "news@example.com",
            "password": 'smtp-secret-"p\\w" ä/=+&',
            "port": 587,
            "sending_domain": "example.com",
        },
    },
    {
        "name": "Receipts",
        "provider": "mandrill",
        "settings": {
            "api_key": "mandrill-secret-ad79",
            "default_sender_email": "receipts@example.com",
            "default_sender_name": "Example",
            "default_reply_to_email": "help@example.com",
            "smtp_username": "Example",
        },
    },
    {
        "name": "Marketing",
        "provider": "sendgrid",
        "settings": {
            "api_key": "SG.sendgrid-secret-EG",
            "default_sender_email": "hello@example.com",
            "default_sender_name": "Example",
            "default_reply_to_email": "hello@example.com",
        },
    },
    {
        "name": "Password resets",
        "provider": "mailgun",
        "settings": {
            "api_key": "mailgun-secret-563c",
            "domain": "mg.example.com",
            "sender_email": "no-reply@mg.example.com",
            "sender_name": "Example",
        },
    },
    {
        "name": "Alerts",
        "provider": "telegram",
        "settings": {"auth_token": "123456:telegram-secret-ABC", "chat_id": "-1001234567890"},
    },
]

SECRET_KEYS = ("auth_token", "api_key", "password")


def seven() -> list[dict[str, Any]]:
    """A fresh copy, to be changed at will."""
    return copy.deepcopy(SEVEN)


def entry(name: str) -> dict[str, Any]:
    return next(one for one in seven() if one["name"] == name)


def secrets(entries: list[dict[str, Any]]) -> list[str]:
    """The values of all secret settings."""
    return [str(value) for one in entries for key, value in one.get("settings", {}).items() if key in SECRET_KEYS]
