# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request over HTTP: connections, TLS, proxy, token, and the errors of requests. Private to this collection.

The only file that knows requests and urllib3. Nothing of the surroundings is read here:
what counts of the environment is in the connection.
"""

from __future__ import annotations

import contextlib
import json
import threading
import weakref
from collections.abc import Iterable, Iterator
from typing import Any, Callable

from ansible_collections.ocamba.hood.plugins.module_utils.api.bodies import Answer
from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import Connection
from ansible_collections.ocamba.hood.plugins.module_utils.api.parallel import MOST_THREADS
from ansible_collections.ocamba.hood.plugins.module_utils.api.watched import hang_up, watching
from ansible_collections.ocamba.hood.plugins.module_utils.errors import (
    HoodError,
    MalformedAnswer,
    MissingLibrary,
    NotSent,
    Uncertain,
)

USER_AGENT = "ocamba.hood/0.2.0"

LARGEST_BODY = 16 * 1024 * 1024
LARGEST_ERROR_BODY = 1024 * 1024


class Transport:
    """Sends requests to one account. Safe to share between threads; opens nothing before the first request.

    :param clean: makes a text that is not ours fit to be shown.
    """

    def __init__(self, connection: Connection, clean: Callable[[str], str] = str) -> None:
        self._connection = connection
        self._clean = clean
        self._shared: Any = None
        self._state = threading.Lock()
        self._open: weakref.WeakSet[Any] = weakref.WeakSet()
        self._is_closed = False

    def send(
        self, method: str, path: str, query: dict[str, str] | None, body: dict[str, Any] | None, is_fresh: bool = False
    ) -> Answer:
        """Send a request once.

        :param is_fresh: use no connection that was used before: the server may be about to close it, and then it
            can't be known whether it has taken the request.
        :raises NotSent: where the request surely was not processed.
        :raises Uncertain: where it may have been.
        """
        requests = _requests()
        payload = None if body is None else _Payload(json.dumps(body).encode("ascii"))
        json_only = {"Accept": "application/json", "Content-Type": "application/json", "User-Agent": USER_AGENT}
        try:
            request = requests.Request(
                method,
                self._connection.base_url + path,
                headers={**requests.utils.default_headers(), **json_only},
                params=query,
                data=payload,
                auth=_Bearer(self._connection.api_token),
            ).prepare()
            with self._adapter(is_fresh) as adapter:
                return self._answer(adapter, request)
        except HoodError:
            raise
        except _failures() as error:
            raise self._translated(error, bool(payload and payload.is_taken)) from None

    def close(self) -> None:
        """Break off every request under way, and let none follow."""
        with self._state:
            self._is_closed = True
            connections, shared = list(self._open), self._shared
        for connection in connections:
            hang_up(connection)
        if shared is not None:
            # A process that runs many tasks, as the items of a loop, would keep a connection of each.
            shared.close()

    @contextlib.contextmanager
    def _adapter(self, is_fresh: bool) -> Iterator[Any]:
        if self._is_closed:
            raise NotSent("the run was ended", is_passing=False)
        if is_fresh:
            with contextlib.closing(self._new_adapter(1)) as adapter:
                yield adapter
            return
        with self._state:
            if self._shared is None:
                self._shared = self._new_adapter(MOST_THREADS)
        yield self._shared

    def _new_adapter(self, kept: int) -> Any:
        """Return an adapter whose connections can be hung up from outside."""
        # urllib3 keeps the connections of a pool until nobody has the pool: they must not be what keeps it, through us.
        noting = weakref.WeakMethod(self._note)

        def note(connection: Any) -> None:
            if noted := noting():
                noted(connection)

        return watching(_requests().adapters.HTTPAdapter, note)(pool_connections=1, pool_maxsize=kept)

    def _note(self, connection: Any) -> None:
        with self._state:
            self._open.add(connection)
            if self._is_closed:
                raise NotSent("the run was ended", is_passing=False)

    def _answer(self, adapter: Any, request: Any) -> Answer:
        connection = self._connection
        proxy = connection.effective_proxy
        # The adapter and not a session: that would read the environment and ~/.netrc, and the body of a redirect.
        with adapter.send(
            request,
            stream=True,
            timeout=connection.request_timeout,
            verify=connection.verify,
            cert=connection.cert,
            proxies={"http": proxy, "https": proxy} if proxy else {},
        ) as response:
            answer = Answer(response.status_code, response.headers)
            limit = LARGEST_BODY if answer.is_success else LARGEST_ERROR_BODY
            content = _bounded(response.iter_content(65536), limit)
        if content is None and answer.is_success:
            kind = MalformedAnswer if request.method == "GET" else Uncertain
            where = f"{request.method} {request.path_url.partition('?')[0]}"
            raise kind(f"Hood's answer to {where} is larger than {limit // 1024**2} MiB")
        answer.body, answer.is_whole = content or b"", content is not None
        return answer

    def _translated(self, error: Exception, is_taken: bool) -> HoodError:
        """Return an error of requests as ours. Its text is left behind: it prints URLs, headers and tokens.

        :param is_taken: whether any of the request's body was handed over; without it nothing can be processed.
        """
        exceptions = _requests().exceptions
        host = self._connection.host
        if isinstance(error, (exceptions.ChunkedEncodingError, exceptions.ContentDecodingError)):
            return Uncertain(f"the answer of {host} was cut short")
        if isinstance(error, exceptions.ConnectTimeout) and not is_taken:
            return NotSent(f"no connection to {host} within {self._patience}")
        if isinstance(error, exceptions.Timeout) or (is_taken and _is_slow(error)):
            return Uncertain(f"no answer from {host} within {self._patience}", slow=True)
        if is_taken:
            return Uncertain(f"the connection to {host} broke before the answer was complete")
        if isinstance(error, exceptions.ConnectionError):
            return self._disconnected(error)
        return self._unmade(error)

    def _disconnected(self, error: Exception) -> HoodError:
        """Return why there was no connection, or why it ended before a request without a body was answered."""
        exceptions = _requests().exceptions
        host, reason = self._connection.host, self._clean(_reason(error))
        if isinstance(error, exceptions.SSLError):
            text = f"TLS with {host} failed: {reason}. Check ca_path, client_cert and the clock"
            return NotSent(text, is_passing=not _has(error, "SSLCertVerificationError"))
        if isinstance(error, exceptions.ProxyError):
            return NotSent(f"the proxy for {host} failed: {reason}. Check proxy")
        if _has(error, "NewConnectionError", "NameResolutionError"):
            return NotSent(f"can't reach {host}: {reason}. Check api_url and the network")
        return Uncertain(f"the connection to {host} broke before the answer was complete", slow=_is_slow(error))

    def _unmade(self, error: Exception) -> HoodError:
        if isinstance(error, OSError) and not isinstance(error, _requests().exceptions.RequestException):
            text = self._clean(error.strerror or type(error).__name__)
            return NotSent(f"a file of ca_path, client_cert or client_key can't be used: {text}", is_passing=False)
        # urllib3's errors about URLs come through requests as they are.
        host = self._connection.host
        return NotSent(f"the request to {host} could not be made ({type(error).__name__})", is_passing=False)

    @property
    def _patience(self) -> str:
        return f"request_timeout ({self._connection.request_timeout:g} s)"


class _Bearer:
    """Sets our Authorization header, and keeps requests from looking for another."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Payload:
    """The body of a request, which tells whether it was handed to the network. Before that there was a connection, TLS
    with it, a proxy's consent, and the headers had gone out: if any of it fails, nothing can have been processed."""

    def __init__(self, content: bytes) -> None:
        self._left = content
        self._size = len(content)
        self.is_taken = False

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        # What can be iterated is sent as it is read.
        yield self.read()

    def read(self, size: int = -1) -> bytes:
        self.is_taken = True
        size = len(self._left) if size is None or size < 0 else size
        part, self._left = self._left[:size], self._left[size:]
        return part


def _requests() -> Any:
    try:
        import requests
    except ImportError as error:
        raise MissingLibrary("requests", str(error)) from error
    return requests


def _failures() -> tuple[type[Exception], ...]:
    """Return what sending can end with. Some errors of urllib3 come through requests as they are."""
    from urllib3.exceptions import HTTPError

    return (_requests().exceptions.RequestException, HTTPError, OSError, ValueError)


def _bounded(chunks: Iterable[bytes], limit: int) -> bytes | None:
    """Return the whole body, or None if it is larger than the limit."""
    content = bytearray()
    try:
        for chunk in chunks:
            content += chunk
            if len(content) > limit:
                return None
    except _failures() as error:
        if _is_slow(error):
            raise Uncertain("the answer did not end within request_timeout", slow=True) from None
        raise
    return bytes(content)


def _causes(error: BaseException) -> Iterable[BaseException]:
    pending: list[Any] = [error]
    seen: list[BaseException] = []
    while pending:
        cause = pending.pop(0)
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            pending += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
    return seen


def _has(error: BaseException, *names: str) -> bool:
    """Whether a cause is of a class of that name: some versions of urllib3 do not have all of them."""
    return any(type(cause).__name__ in names for cause in _causes(error))


def _is_slow(error: BaseException) -> bool:
    return _has(error, "ReadTimeout", "ReadTimeoutError", "timeout", "TimeoutError", "ConnectTimeout")


def _reason(error: BaseException) -> str:
    """Return the innermost error of the operating system or of TLS: its text names no address and no credential."""
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.strerror:
            return str(cause.strerror)
        reason = getattr(cause, "verify_message", None) or getattr(cause, "reason", None)
        if isinstance(reason, str):
            return reason
    return "its name can't be resolved" if _has(error, "NameResolutionError") else type(error).__name__
