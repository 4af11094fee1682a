# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls of the Hood API: what is asked, how often, and in how many pages. Private to this collection.

A reading or an update is repeated after any passing failure. A creation is repeated here only where it surely was
not processed (no connection, 429); everything else is `Uncertain`, and the caller looks before it acts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any, Callable, TypeVar
from urllib.parse import quote

from ansible_collections.ocamba.hood.plugins.module_utils.api import bodies
from ansible_collections.ocamba.hood.plugins.module_utils.api.bodies import Answer
from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import ROOT, Connection
from ansible_collections.ocamba.hood.plugins.module_utils.api.counters import Counters
from ansible_collections.ocamba.hood.plugins.module_utils.api.lists import Lists
from ansible_collections.ocamba.hood.plugins.module_utils.api.pacer import Pacer, keep_quiet
from ansible_collections.ocamba.hood.plugins.module_utils.api.repetition import (
    REPETITIONS,
    SLOW,
    Move,
    Tried,
    may_be_processed,
    next_move,
)
from ansible_collections.ocamba.hood.plugins.module_utils.api.transport import Transport
from ansible_collections.ocamba.hood.plugins.module_utils.errors import (
    HoodError,
    MalformedAnswer,
    NotSent,
    Refused,
    TokenRefused,
    Uncertain,
    WaitTooLong,
)

INTEGRATIONS = f"{ROOT}/integrations"
PROVIDERS = f"{ROOT}/providers"
TEST_NOTIFICATION = f"{ROOT}/test-notification"

EVERY_STATUS = {"status": "in:active,inactive"}
INACTIVE = {"status": "inactive"}
FILTER_REFUSED = bodies.REFUSALS | {501}

Taken = TypeVar("Taken")


def _forget(_tried: Tried) -> None:
    """For requests of which only the last try matters."""


@dataclass
class HoodClient:
    """One account. Safe to share between threads.

    :param clean: makes a text of the server or the system fit to be shown, before it gets into an error.
    :param before_request: is called before each request; it does not return where nothing more may be sent.
    """

    connection: Connection
    pacer: Pacer
    counters: Counters = field(default_factory=Counters)
    clean: Callable[[str], str] = str
    before_request: Callable[[], None] = lambda: None
    _lists: Lists = field(default_factory=Lists)

    def __post_init__(self) -> None:
        self._transport = Transport(self.connection, self.clean)

    @classmethod
    def open(
        cls,
        connection: Connection,
        parallel: int = 1,
        tell: Callable[[str], None] = keep_quiet,
        clean: Callable[[str], str] = str,
    ) -> HoodClient:
        """Return a client that keeps the limits by itself.

        :param parallel: how many requests may be under way at once.
        :param tell: is called with a text when a long wait begins.
        """
        return cls(connection, Pacer(connection.max_wait, parallel, tell=tell), clean=clean)

    def close(self) -> None:
        """End every wait and break off every request under way, in whatever thread; nothing is sent any more."""
        self.pacer.stop()
        self._transport.close()

    @property
    def usage(self) -> dict[str, Any]:
        """What it took so far: `requests` (repeated ones included), `retries`, and `waited` in seconds."""
        return {
            "requests": self.counters.requests,
            "retries": self.counters.retries,
            "waited": round(self.pacer.waited, 3),
        }

    def integrations(self) -> list[dict[str, Any]]:
        """Read all integrations with their settings, as the API gives them: completely, or not at all."""
        return self._listed(INTEGRATIONS, {"view": "full"})

    def lists_more_than_total(self, wanted: Mapping[str, str] = MappingProxyType({})) -> bool:
        """Ask whether the list of integrations, or what a filter gave of it, goes on after what its total says to be
        all."""
        return self._lists.goes_on(INTEGRATIONS, {"view": "full", **wanted}, self._read)

    def filtered_integrations(self, wanted: Mapping[str, str]) -> list[dict[str, Any]] | None:
        """Read those that a filter gives, such as `EVERY_STATUS` or `INACTIVE`: a list may leave out the inactive ones
        unless they are asked for.

        It is read by connections of its own: each may lead to another replica, and that of the list be one that lags.

        :return: None where the filter is refused.
        """
        try:
            return self._listed(INTEGRATIONS, {"view": "full", **wanted}, is_fresh=True)
        except TokenRefused:
            raise
        except Refused as refused:
            if refused.status in FILTER_REFUSED:
                return None
            raise

    def integration(self, integration_id: str) -> dict[str, Any]:
        """Read one integration."""

        def taken(found: Any) -> dict[str, Any]:
            item = bodies.unwrapped(found)
            if item is None:
                raise MalformedAnswer(f"integration {integration_id} in Hood's answer is not an object")
            return item

        return self._read(_path_of(integration_id), {"view": "full"}, taken)

    def providers(self) -> list[dict[str, Any]]:
        """Read all providers of the account with the descriptors of their settings."""
        return self._listed(PROVIDERS, {"view": "full"})

    def observe(self, path: str, query: dict[str, str]) -> Answer:
        """Read once and return what is answered, refusals included: for looking at the API itself. Passing failures
        are repeated as for any other reading.

        :raises HoodError: where there is no answer.
        """
        return self._ask("GET", path, query)

    def create(self, body: dict[str, Any]) -> str | None:
        """Create an integration and return its id, or None where the answer does not tell it.

        :raises Uncertain: where it may or may not have been created.
        """
        answer = self._send("POST", INTEGRATIONS, body=body, repeatable=False)
        self._raise_denial("POST", INTEGRATIONS, answer, stores=True)
        return bodies.created_id(answer.body)

    def update(self, integration_id: str, body: dict[str, Any]) -> None:
        """Set what the body has; repeated where needed, as it says the same each time.

        :raises Uncertain: where it may or may not have been set, by whichever of the tries.
        """
        path, tries = _path_of(integration_id), list[Tried]()
        try:
            answer = self._send("PATCH", path, body=body, note=tries.append)
            self._raise_denial("PATCH", path, answer, stores=True)
        except (TokenRefused, Uncertain):
            raise
        except HoodError as error:
            if any(may_be_processed(one) for one in tries):
                raise Uncertain(str(error)) from None
            raise

    def validate(self, body: dict[str, Any]) -> None:
        """Let Hood try the settings with the provider.

        :raises Refused: where the provider does not take them.
        :raises HoodError: where they could not be tried.
        """
        path = f"{INTEGRATIONS}/validate"
        answer = self._send("POST", path, body=body)
        self._raise_denial("POST", path, answer)
        if not bodies.says_yes(answer):
            raise MalformedAnswer("Hood's answer does not tell whether they work")

    def notify(self, body: dict[str, Any]) -> None:
        """Send a real message. Tried once whatever comes of it, as it is a message to a person and may cost money.

        :raises Uncertain: where it may have been sent.
        """
        answer = self._exchange("POST", TEST_NOTIFICATION, None, body, is_fresh=True)
        if answer.is_success:
            self._raise_denial("POST", TEST_NOTIFICATION, answer)
            if not bodies.says_yes(answer):
                raise Uncertain("Hood's answer does not tell whether it was sent")
            return
        refusal = bodies.refusal("POST", TEST_NOTIFICATION, answer, self.clean)
        if answer.is_refusal or answer.is_redirect:
            raise refusal
        refusal.hint = None
        raise Uncertain(str(refusal))

    def _raise_denial(self, method: str, path: str, answer: Answer, stores: bool = False) -> None:
        """Raise what a successful answer says against itself.

        :param stores: whether the request stores something, so that it can be looked for.
        :raises Uncertain: where it is a page of a gateway: whether Hood has seen the request, nobody knows; and where a
            request that stores is answered by a no that is not of the API's own form.
        :raises Refused: where its body is a no.
        """
        try:
            denial = bodies.denial(method, path, answer, self.clean)
        except MalformedAnswer as malformed:
            raise Uncertain(str(malformed)) from None
        if stores and bodies.may_say_no(answer):
            denial = bodies.refusal(method, path, answer, self.clean)
        if denial and stores and not bodies.is_error(answer.body):
            raise Uncertain(str(denial))
        if denial:
            raise denial

    def _listed(self, path: str, query: dict[str, str], is_fresh: bool = False) -> list[dict[str, Any]]:
        return self._lists.read(path, query, partial(self._read, is_fresh=is_fresh), self._back_off)

    def _read(self, path: str, query: dict[str, str], take: Callable[[Any], Taken], *, is_fresh: bool = False) -> Taken:
        """Read until the answer can be understood.

        :param take: makes of its JSON what is wanted, or raises MalformedAnswer.
        """
        for attempt in range(REPETITIONS):
            answer = self._send("GET", path, query=query, is_fresh=is_fresh)
            try:
                return take(bodies.parsed(answer.body))
            except MalformedAnswer as malformed:
                failure = malformed
            if attempt < REPETITIONS - 1:
                self._back_off(attempt)
        raise MalformedAnswer(f"{failure} (GET {path})")

    def _send(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
        *,
        repeatable: bool = True,
        is_fresh: bool = False,
        note: Callable[[Tried], None] = _forget,
    ) -> Answer:
        """Send until there is an answer to go by; return it if it is a success.

        :param is_fresh: use no connection that was used before.
        :param note: is called with what each try came to.
        :raises HoodError: with all that is known about why there is none.
        """
        answer = self._ask(method, path, query, body, repeatable=repeatable, is_fresh=is_fresh, note=note)
        if answer.is_success:
            return answer
        raise bodies.refusal(method, path, answer, self.clean)

    def _ask(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
        *,
        repeatable: bool = True,
        is_fresh: bool = False,
        note: Callable[[Tried], None] = _forget,
    ) -> Answer:
        """Send until there is an answer that will stay, whatever its status.

        :raises HoodError: where there is none.
        """
        failures = limits = 0
        while True:
            tried: Tried
            try:
                tried = self._exchange(method, path, query, body, is_fresh or failures > 0 or not repeatable)
            except (NotSent, Uncertain) as error:
                tried = error
            note(tried)
            move = next_move(tried, failures, limits, repeatable)
            if isinstance(tried, Exception):
                if move is Move.RAISE:
                    raise tried
            elif move is Move.RETURN:
                return tried
            elif move is Move.UNCLEAR:
                reason = str(bodies.refusal(method, path, tried, self.clean))
                raise Uncertain(reason, slow=tried.status in SLOW)
            elif move is Move.WAIT:
                self.pacer.note_limit(tried.headers, limits)
                self.counters.add(retries=1)
                limits += 1
                continue
            try:
                self._back_off(failures, tried if isinstance(tried, Answer) else None)
            except WaitTooLong as error:
                if isinstance(tried, Answer):
                    refusal = bodies.refusal(method, path, tried, self.clean)
                    refusal.hint = None
                    raise WaitTooLong(f"{refusal}. {error}") from None
                raise
            failures += 1

    def _back_off(self, attempt: int, answer: Answer | None = None) -> None:
        self.pacer.back_off(attempt, answer.headers if answer else None)
        self.counters.add(retries=1)

    def _exchange(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None,
        body: dict[str, Any] | None,
        is_fresh: bool = False,
    ) -> Answer:
        with self.pacer.turn() as turn:
            self.before_request()
            self.counters.add(requests=1)
            answer = self._request(method, path, query, body, is_fresh)
            if answer.status != 429:
                self.pacer.note_answer(turn, answer.headers)
            return answer

    def _request(
        self, method: str, path: str, query: dict[str, str] | None, body: dict[str, Any] | None, is_fresh: bool
    ) -> Answer:
        return self._transport.send(method, path, query, body, is_fresh)


def _path_of(integration_id: str) -> str:
    return f"{INTEGRATIONS}/{quote(integration_id, safe='')}"
