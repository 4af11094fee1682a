# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Hood API over HTTP: session, TLS, proxy, paging, repetition, errors. The only room that knows requests.

A reading or an update is repeated after any passing failure. A creation is repeated here only where it surely was
not processed (no connection, 429); everything else is `Uncertain`, and the caller looks before it acts.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Callable
from urllib.parse import quote, unquote, urlsplit

from ansible_collections.ocamba.hood.plugins.module_utils.api.pacer import Pacer, keep_quiet
from ansible_collections.ocamba.hood.plugins.module_utils.errors import (
    HoodError,
    MalformedAnswer,
    MissingLibrary,
    NotSent,
    Refused,
    TokenRefused,
    Uncertain,
)

USER_AGENT = "ocamba.hood/0.2.0"
ROOT = "/v1/hood"
INTEGRATIONS = f"{ROOT}/integrations"
PROVIDERS = f"{ROOT}/providers"
TEST_NOTIFICATION = f"{ROOT}/test-notification"

# Most servers cap a page at what they grant, and the first page tells how much that is; others refuse a larger one.
PAGE_SIZE = 1000
FIRST_PAGES = (f"1,{PAGE_SIZE}", "1,100", "1")
PAGE_REFUSED = (400, 422)
LARGEST_BODY = 16 * 1024 * 1024
LARGEST_ERROR_BODY = 1024 * 1024
REPETITIONS = 4
LIMIT_REPETITIONS = 10
PASSING = (408, 500, 502, 503, 504)

_HINTS = {
    400: "Check the entry's settings",
    401: "The token is unknown, expired or not yet valid: make a new personal API key in the profile menu of"
    " Ocamba under API Tokens, and update the vault or credential that api_token comes from",
    403: "The token may not do this: check the rights of its user in Ocamba",
    404: "It does not exist in this account; check id and api_token",
    409: "It may have been made by somebody else in this moment: run again",
}

_NOT_GIVEN = (
    "api_token: required; give the option, or set OCAMBA_API_TOKEN; in AWX, fill in the API token of the job's"
    " credential. It is a personal API key of the account, made in the profile menu of Ocamba under API Tokens"
)


@dataclass(frozen=True)
class Connection:
    """How the API is reached. `request_timeout` and `max_wait` in seconds."""

    api_url: str
    api_token: str
    request_timeout: float = 30
    max_wait: float = 120
    validate_certs: bool = True
    ca_path: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    proxy: str | None = None

    @property
    def host(self) -> str:
        return urlsplit(self.api_url).netloc.rpartition("@")[2]

    @property
    def is_plain(self) -> bool:
        return urlsplit(self.api_url).scheme == "http"

    @property
    def secrets(self) -> list[str]:
        """Everything in it that must never be shown."""
        users = [*_userinfo(self.proxy or ""), *_userinfo(self.api_url)]
        return [secret for secret in (self.api_token, *users) if secret]

    def check(self) -> list[str]:
        """What is wrong with the options, each with its name and without a value."""
        return [*_check_url(self.api_url), *_check_token(self.api_token), *_check_files(self)]


@dataclass
class Answer:
    """What a request was answered with. `headers` knows its names in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    def json(self) -> Any:
        """The body.

        :raises MalformedAnswer: where it is not JSON.
        """
        return _parsed(self.body)


@dataclass
class Counters:
    requests: int = 0
    retries: int = 0


@dataclass
class HoodClient:
    """One account. Safe to share between threads."""

    connection: Connection
    pacer: Pacer
    counters: Counters = field(default_factory=Counters)
    _session: Any = None

    @classmethod
    def open(cls, connection: Connection, parallel: int = 1, tell: Callable[[str], None] = keep_quiet) -> HoodClient:
        """A client that keeps the limits by itself.

        :param parallel: how many requests may be under way at once.
        :param tell: is told of long waits when they begin.
        """
        return cls(connection, Pacer(connection.max_wait, parallel, tell=tell))

    @property
    def usage(self) -> dict[str, Any]:
        """What it took so far: `requests` (repeated ones included), `retries`, and `waited` in seconds."""
        return {
            "requests": self.counters.requests,
            "retries": self.counters.retries,
            "waited": round(self.pacer.waited, 3),
        }

    def integrations(self) -> list[dict[str, Any]]:
        """All integrations with their settings, as the API gives them: a complete reading or an error."""
        return self._list(INTEGRATIONS, {"view": "full"})

    def integration(self, integration_id: str) -> dict[str, Any]:
        """One integration."""
        found = self._read(f"{INTEGRATIONS}/{quote(integration_id, safe='')}", {"view": "full"})
        item = _unwrapped(found)
        if item is None:
            raise MalformedAnswer(f"integration {integration_id} in Hood's answer is not an object")
        return item

    def providers(self) -> list[dict[str, Any]]:
        """All providers of the account with the descriptors of their settings."""
        return self._list(PROVIDERS, {"view": "full"})

    def observe(self, path: str, query: dict[str, str]) -> Answer:
        """One reading as it is answered, refusals included: for looking at the API itself. Passing failures are
        repeated as for any other reading.

        :raises HoodError: where there is no answer.
        """
        return self._ask("GET", path, query)

    def create(self, body: dict[str, Any]) -> str | None:
        """Create an integration and return its id, or None where the answer does not tell it.

        :raises Uncertain: where it may or may not have been created.
        """
        answer = self._send("POST", INTEGRATIONS, body=body, repeatable=False)
        try:
            item = _unwrapped(_parsed(answer.body)) or {}
        except MalformedAnswer:
            return None
        found = item.get("id")
        return str(found) if isinstance(found, (str, int)) and re.fullmatch(r"[\w-]+", str(found)) else None

    def update(self, integration_id: str, body: dict[str, Any]) -> None:
        """Set what the body has; repeated where needed, as it says the same each time."""
        self._send("PATCH", f"{INTEGRATIONS}/{quote(integration_id, safe='')}", body=body)

    def validate(self, body: dict[str, Any]) -> None:
        """Let Hood try the settings with the provider.

        :raises Refused: where the provider does not take them.
        :raises HoodError: where they could not be tried.
        """
        path = f"{INTEGRATIONS}/validate"
        answer = self._send("POST", path, body=body)
        try:
            said = _parsed(answer.body) if answer.body else None
        except MalformedAnswer:
            if answer.body.lstrip()[:1] == b"<":
                # A page of a gateway says nothing about the settings.
                raise
            said = None
        if isinstance(said, dict) and any(said.get(key) is False for key in ("valid", "is_valid", "success")):
            raise Refused("POST", path, answer.status, _said(said), said.get("trace_id"))

    def notify(self, body: dict[str, Any]) -> None:
        """Send a real message. Tried once whatever comes of it, as it is a message to a person and may cost money.

        :raises Uncertain: where it may have been sent.
        """
        answer = self._exchange("POST", TEST_NOTIFICATION, None, body)
        if 200 <= answer.status < 300:
            return
        refusal = _refusal("POST", TEST_NOTIFICATION, answer)
        if answer.status == 408 or answer.status >= 500:
            refusal.hint = None
            raise Uncertain(str(refusal))
        raise refusal

    def _list(self, path: str, query: dict[str, str]) -> list[dict[str, Any]]:
        """Every page, with the page size that the first one shows to be granted."""
        total, items = self._first_page(path, query)
        found = _Collected(path)
        found.add(items, total)
        size, number = len(items), 1
        while found.count < total:
            number += 1
            total, items = self._page(path, {**query, "page": f"{number},{size}"})
            found.add(items, total)
        return found.items

    def _first_page(self, path: str, query: dict[str, str]) -> tuple[int, list[dict[str, Any]]]:
        *larger, smallest = FIRST_PAGES
        for page in larger:
            try:
                return self._page(path, {**query, "page": page})
            except Refused as refused:
                if refused.status not in PAGE_REFUSED:
                    raise
        return self._page(path, {**query, "page": smallest})

    def _page(self, path: str, query: dict[str, str]) -> tuple[int, list[dict[str, Any]]]:
        page = self._read(path, query)
        items = page.get("items") if isinstance(page, dict) else None
        total = _count(page.get("total")) if isinstance(page, dict) else None
        if not isinstance(items, list) or total is None:
            raise MalformedAnswer(f"Hood's answer to GET {path} is not a list with its total")
        return total, items

    def _read(self, path: str, query: dict[str, str]) -> Any:
        for attempt in range(REPETITIONS):
            answer = self._send("GET", path, query=query)
            try:
                return _parsed(answer.body)
            except MalformedAnswer as malformed:
                failure = malformed
            self.counters.retries += 1
            self.pacer.back_off(attempt)
        raise MalformedAnswer(f"{failure} (GET {path})")

    def _send(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
        repeatable: bool = True,
    ) -> Answer:
        """Send until there is an answer to go by; return it if it is a success.

        :raises HoodError: with all that is known about why there is none.
        """
        answer = self._ask(method, path, query, body, repeatable)
        if 200 <= answer.status < 300:
            return answer
        raise _refusal(method, path, answer)

    def _ask(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
        repeatable: bool = True,
    ) -> Answer:
        """Send until there is an answer that will stay, whatever its status.

        :raises HoodError: where there is none.
        """
        failures = limits = 0
        while True:
            is_last = failures >= REPETITIONS - 1
            answer: Answer | None = None
            try:
                answer = self._exchange(method, path, query, body)
            except (NotSent, Uncertain) as error:
                if is_last or not (repeatable or isinstance(error, NotSent)):
                    raise
            else:
                if answer.status == 429 and limits < LIMIT_REPETITIONS:
                    self.pacer.note_limit(answer.headers, limits)
                    limits += 1
                    self.counters.retries += 1
                    continue
                if answer.status not in PASSING or (is_last and repeatable):
                    return answer
                if not repeatable:
                    raise Uncertain(str(_refusal(method, path, answer)), slow=answer.status in (408, 504))
            self.pacer.back_off(failures, answer.headers if answer else None)
            failures += 1
            self.counters.retries += 1

    def _exchange(self, method: str, path: str, query: dict[str, str] | None, body: dict[str, Any] | None) -> Answer:
        with self.pacer.turn() as turn:
            self.counters.requests += 1
            answer = _translated(lambda: self._request(method, path, query, body), self.connection)
            if answer.status != 429:
                self.pacer.note_answer(turn, answer.headers)
            return answer

    def _request(self, method: str, path: str, query: dict[str, str] | None, body: dict[str, Any] | None) -> Answer:
        connection = self.connection
        verify: Any = connection.validate_certs
        if verify and connection.ca_path:
            verify = connection.ca_path
        with self._open_session().request(
            method,
            connection.api_url + path,
            params=query,
            data=None if body is None else json.dumps(body).encode("ascii"),
            auth=_Bearer(connection.api_token),
            timeout=connection.request_timeout,
            verify=verify,
            cert=_client_cert(connection),
            proxies={"http": connection.proxy, "https": connection.proxy} if connection.proxy else None,
            allow_redirects=False,
            stream=True,
        ) as response:
            ok = 200 <= response.status_code < 300
            limit = LARGEST_BODY if ok else LARGEST_ERROR_BODY
            # The time-out of requests starts anew with every byte: a body that trickles in has to be ended by us.
            with self.pacer.alarm(connection.request_timeout, lambda: _hang_up(response)) as is_late:
                content = _bounded(response.iter_content(65536), limit, is_late)
            if content is None and ok:
                raise MalformedAnswer(f"Hood's answer to {method} {path} is larger than {limit // 1024**2} MiB")
            return Answer(response.status_code, response.headers, content or b"")

    def _open_session(self) -> Any:
        if self._session is None:
            requests = _requests()
            session = requests.Session()
            session.headers.update(
                {"Accept": "application/json", "Content-Type": "application/json", "User-Agent": USER_AGENT}
            )
            # A token never goes to a proxy of the environment in clear: plain http is for loopback only.
            session.trust_env = not self.connection.is_plain
            self._session = session
        return self._session


class _Bearer:
    """Sets our Authorization header, whatever ~/.netrc holds."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Collected:
    """The items of all pages. A page that brings nothing new would be asked for without end: it is an error."""

    def __init__(self, path: str) -> None:
        self.items: list[dict[str, Any]] = []
        self._path = path
        self._seen: set[str] = set()

    @property
    def count(self) -> int:
        return len(self.items)

    def add(self, items: list[Any], total: int) -> None:
        before = self.count
        for item in items:
            if not isinstance(item, dict) or "id" not in item:
                raise MalformedAnswer(f"an item in Hood's answer to GET {self._path} has no id")
            if str(item["id"]) not in self._seen:
                self._seen.add(str(item["id"]))
                self.items.append(item)
        if self.count == before < total:
            raise MalformedAnswer(
                f"the pages of GET {self._path} repeat, or end before their own total: {before} of {total} items"
                " could be read; run again"
            )


def _requests() -> Any:
    try:
        import requests
    except ImportError as error:
        raise MissingLibrary("requests", str(error)) from error
    return requests


def _translated(send: Callable[[], Answer], connection: Connection) -> Answer:
    """The errors of requests as ours. Their texts are left behind: they print URLs, headers and tokens."""
    exceptions = _requests().exceptions
    host = connection.host
    try:
        return send()
    except exceptions.ConnectTimeout:
        raise NotSent(f"no connection to {host} within request_timeout ({connection.request_timeout:g} s)") from None
    except exceptions.Timeout:
        raise Uncertain(
            f"no answer from {host} within request_timeout ({connection.request_timeout:g} s)", slow=True
        ) from None
    except exceptions.SSLError as error:
        raise HoodError(f"TLS with {host} failed: {_reason(error)}. Check ca_path, client_cert and the clock") from None
    except exceptions.ProxyError as error:
        raise HoodError(f"the proxy for {host} failed: {_reason(error)}. Check proxy") from None
    except exceptions.ConnectionError as error:
        if _never_connected(error):
            raise NotSent(f"can't reach {host}: {_reason(error)}. Check api_url and the network") from None
        slow = any(type(cause).__name__ == "ReadTimeoutError" for cause in _causes(error))
        raise Uncertain(f"the connection to {host} broke before the answer was complete", slow=slow) from None
    except (exceptions.ChunkedEncodingError, exceptions.ContentDecodingError):
        raise Uncertain(f"the answer of {host} was cut short") from None
    except (exceptions.RequestException, ValueError) as error:
        # urllib3's errors about URLs come through requests as they are; all of them are ValueErrors.
        raise HoodError(f"the request to {host} could not be made ({type(error).__name__})") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise HoodError(f"a file of ca_path, client_cert or client_key can't be used: {reason}") from None


def _causes(error: BaseException) -> Iterable[BaseException]:
    pending: list[Any] = [error]
    seen: list[BaseException] = []
    while pending:
        cause = pending.pop(0)
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            pending += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
    return seen


def _never_connected(error: BaseException) -> bool:
    return any(type(cause).__name__ in ("NewConnectionError", "NameResolutionError") for cause in _causes(error))


def _reason(error: BaseException) -> str:
    """The innermost error of the operating system or of TLS: its text names no address and no credential."""
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.strerror:
            return str(cause.strerror)
        reason = getattr(cause, "verify_message", None) or getattr(cause, "reason", None)
        if isinstance(reason, str):
            return reason
    names = {type(cause).__name__ for cause in _causes(error)}
    return "its name can't be resolved" if "NameResolutionError" in names else type(error).__name__


def _bounded(chunks: Iterable[bytes], limit: int, is_late: Callable[[], bool]) -> bytes | None:
    """The whole body, or None if it is larger than the limit."""
    content = bytearray()
    try:
        for chunk in chunks:
            content += chunk
            if len(content) > limit:
                return None
    except (_requests().exceptions.RequestException, OSError):
        if not is_late():
            raise
    if is_late():
        raise Uncertain("the answer did not end within request_timeout", slow=True)
    return bytes(content)


def _hang_up(response: Any) -> None:
    sock = getattr(getattr(response.raw, "_connection", None), "sock", None)
    if sock is not None:
        with contextlib.suppress(OSError):
            # Not the method of a TLS socket, which would take away the state that the other thread is reading with.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        what = "empty" if not body.strip() else "HTML" if body.lstrip()[:1] == b"<" else "not the JSON it should be"
        raise MalformedAnswer(f"Hood's answer is {what}") from None


def _unwrapped(found: Any) -> dict[str, Any] | None:
    """The object of an answer that is bare on the newest pages of the API and an envelope on older ones."""
    if isinstance(found, dict) and isinstance(found.get("items"), list):
        found = found["items"][0] if len(found["items"]) == 1 else None
    return found if isinstance(found, dict) else None


def _count(total: Any) -> int | None:
    if isinstance(total, bool):
        return None
    if isinstance(total, int):
        return total
    return int(total) if isinstance(total, str) and re.fullmatch("[0-9]{1,9}", total) else None


def _refusal(method: str, path: str, answer: Answer) -> Refused:
    try:
        said = _parsed(answer.body)
    except MalformedAnswer:
        said = None
    hint = _HINTS.get(answer.status)
    if 300 <= answer.status < 400:
        hint = "Redirects are not followed, as the token would go elsewhere: check api_url"
    elif answer.status >= 500:
        hint = "Hood has a passing problem: run again later"
    elif answer.status == 429:
        hint = "Another client uses up the limits of this account: run again later"
    kind = TokenRefused if answer.status == 401 else Refused
    trace = said.get("trace_id") if isinstance(said, dict) else None
    return kind(method, path, answer.status, _said(said), trace if isinstance(trace, str) else None, hint)


def _said(said: Any) -> str:
    if not isinstance(said, dict):
        return ""
    texts = [said[key].strip(" .") for key in ("title", "message") if isinstance(said.get(key), str)]
    return ": ".join(text for text in dict.fromkeys(texts) if text)


def _userinfo(url: str) -> list[str]:
    """User and password of a URL, alone and together, as written and decoded."""
    userinfo = url.partition("://")[2].partition("/")[0].rpartition("@")[0]
    _user, colon, password = userinfo.partition(":")
    written = [userinfo, password] if colon else [userinfo]
    return [text for part in written for text in (part, unquote(part)) if text]


def _client_cert(connection: Connection) -> Any:
    if connection.client_cert and connection.client_key:
        return (connection.client_cert, connection.client_key)
    return connection.client_cert


def _check_url(url: str) -> list[str]:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return ["api_url: must be a URL such as https://api.ocamba.com"]
    if parts.scheme not in ("https", "http") or not host or parts.query or parts.fragment or re.search(r"\s", url):
        return ["api_url: must be a URL such as https://api.ocamba.com"]
    if "@" in parts.netloc:
        return ["api_url: must not hold a user or password; use api_token"]
    if parts.scheme == "http" and not _is_loopback(host):
        return ["api_url: must be https, as plain http would show the token to the network (loopback excepted)"]
    return []


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _check_token(token: str) -> list[str]:
    if not token:
        return [_NOT_GIVEN]
    if not re.fullmatch(r"[\x21-\x7e]+", token):
        return ["api_token: must be printable ASCII without spaces; is it really the token?"]
    return []


def _check_files(connection: Connection) -> list[str]:
    mistakes = []
    if connection.client_key and not connection.client_cert:
        mistakes.append("client_cert: required with client_key")
    if connection.proxy and not re.match(r"(https?|socks[45]h?)://[^/]", connection.proxy):
        mistakes.append("proxy: must be a URL such as http://proxy.example.com:3128")
    return mistakes
