"""A client of the emulator with as little in it as can be."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

import requests

from tests.emulator import TOKEN

ANSWER_WITHIN = 10
"""Seconds after which a test gives up; no test expects to wait that long."""


class Client:
    """Requests below `/v1/hood` with one token, over one session."""

    def __init__(self, url: str, token: str | None = TOKEN) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        if token is not None:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """Any request; `path` from the root of the server."""
        options = {"timeout": ANSWER_WITHIN, "allow_redirects": False, **options}
        return self.session.request(method, self.url + path, **options)

    def get(self, path: str = "/integrations", **params: str) -> requests.Response:
        return self.send("GET", f"/v1/hood{path}", params=params)

    def post(self, path: str, json: object, **options: Any) -> requests.Response:
        return self.send("POST", f"/v1/hood{path}", json=json, **options)

    def patch(self, integration_id: str, json: object, **options: Any) -> requests.Response:
        return self.send("PATCH", f"/v1/hood/integrations/{integration_id}", json=json, **options)

    def create(self, **fields: Any) -> requests.Response:
        """POST of a good twilio integration, with `fields` over it."""
        return self.post("/integrations", twilio(**fields))

    def items(self, **params: str) -> list[dict[str, Any]]:
        """The items of one list answer."""
        items: list[dict[str, Any]] = self.get(**params).json()["items"]
        return items

    def names(self, **params: str) -> list[str]:
        """The names in one list answer."""
        return [item["name"] for item in self.items(**params)]

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.close()


TWILIO_SETTINGS = {
    "account_sid": "AC00000000000000000000000000000000",
    "auth_token": "the-auth-token",
    "default_phone_number": "+14155552671",
}


def twilio(**fields: Any) -> dict[str, Any]:
    """A good create body, with `fields` over it; a field of `...` is left out."""
    body: dict[str, Any] = {
        "name": "Twilio EU",
        "provider_id": "1000",
        "type": "sms",
        "status": "active",
        "settings": dict(TWILIO_SETTINGS),
        **fields,
    }
    return {key: value for key, value in body.items() if value is not ...}


def wait_until(reached: Callable[[], object]) -> None:
    """Return when `reached` is true; fail when it is not for long."""
    for _unused in range(ANSWER_WITHIN * 200):
        if reached():
            return
        time.sleep(0.005)
    raise AssertionError("it did not come to that")
