"""The emulator as a running server, in a thread of its own."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import uvicorn

from tests.emulator.accounts import Account
from tests.emulator.app import build_app
from tests.emulator.faults import Faults
from tests.emulator.limits import Clock, Limits
from tests.emulator.log import Log
from tests.emulator.seed import fill
from tests.emulator.variants import Variants
from tests.emulator.waits import Waits
from tests.emulator.wire import WireProtocol
from tests.emulator.world import World

TOKEN = "emulator-token"
"""The token of the account that is meant where none is named."""


class Emulator:
    """A server on `host` and `port` (0: a free one), to be used as a context manager or by hand.

    `variants` and `limits` are those that accounts begin with. `clock` gives seconds since the
    epoch, for windows and times. With `certfile` and `keyfile` it speaks TLS; with `client_ca` it
    wants a certificate of that authority from every client.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        variants: Variants | None = None,
        limits: Limits | None = None,
        clock: Clock = time.time,
        certfile: str | Path | None = None,
        keyfile: str | Path | None = None,
        client_ca: str | Path | None = None,
    ) -> None:
        self._world = World(clock, variants or Variants(), limits or Limits())
        self._config = uvicorn.Config(
            build_app(self._world),
            http=WireProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=300,
            ssl_certfile=certfile,
            ssl_keyfile=None if keyfile is None else str(keyfile),
            ssl_ca_certs=None if client_ca is None else str(client_ca),
            ssl_cert_reqs=ssl.CERT_NONE if client_ca is None else ssl.CERT_REQUIRED,
        )
        self._address = (host, port)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end; good from the first start on."""
        host, port = self._address
        return f"{'https' if self._config.is_ssl else 'http'}://{host}:{port}"

    @property
    def log(self) -> Log:
        """The requests so far."""
        return self._world.log

    @property
    def faults(self) -> Faults:
        """The queue of faults."""
        return self._world.faults

    @property
    def pending(self) -> int:
        """The calls that were answered and are yet to be carried out: faults with `when` `later`."""
        return len(self._world.behind)

    def account(self, token: str = TOKEN, *, seed: int = 0, **options: Any) -> Account:
        """The account of a token; made if there is none, and made anew if `options` are given.

        `options` are those of `Account`; `seed` is a number of made-up integrations.
        """
        known = self._world.find(token)
        if known is not None and not options and not seed:
            return known
        defaults = {
            "variants": self._world.variants,
            "limits": self._world.limits,
            "clock": self._world.clock,
        }
        account = Account(token, **{**defaults, **options})
        if seed:
            fill(account, seed)
        self._world.put(account)
        return account

    def reset(self) -> None:
        """Forget accounts, faults and log, end stalled requests, listen again."""
        server = self._running()
        server.call(self._world.forget)
        self.listen()

    def refuse(self, seconds: float = 0.0) -> None:
        """Refuse new connections and close idle ones, for `seconds` (0: until `listen`)."""
        self._running().call(lambda: self._running().shut(seconds))

    def listen(self) -> None:
        """Take connections again after `refuse`."""
        self._running().await_(self._running().open)

    @contextlib.contextmanager
    def refusing(self) -> Iterator[None]:
        """Refuse connections while the context lasts."""
        self.refuse()
        try:
            yield
        finally:
            self.listen()

    def start(self) -> Emulator:
        """Listen; returns when it does.

        Errors: `OSError` for an address that cannot be had, or for unreadable certificates.
        """
        if not self._config.loaded:
            self._config.load()
        listener = _bind(self._address)
        self._address = (self._address[0], listener.getsockname()[1])
        self._server = _Server(self._config, self._address)
        self._world.door = self._server
        self._world.waits = Waits()
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="emulator", daemon=True)
        self._thread.start()
        self._server.wait_until_ready()
        return self

    def stop(self) -> None:
        """End everything at once, requests under way included; returns when it is done."""
        if self._server is None or self._thread is None:
            return
        self._server.call(self._world.waits.close)
        self._server.call(self._server.end)
        self._thread.join()
        self._server = self._thread = None

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _running(self) -> _Server:
        if self._server is None:
            raise RuntimeError("the emulator is not running")
        return self._server


class _Server(uvicorn.Server):
    """uvicorn's server with a door that can be shut, steered from other threads."""

    def __init__(self, config: uvicorn.Config, address: tuple[str, int]) -> None:
        super().__init__(config)
        self._address = address
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reopening: asyncio.TimerHandle | None = None
        self._is_shut = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self._ready.set()

    def wait_until_ready(self) -> None:
        """Return when connections are taken. Errors: `RuntimeError` after 30 seconds."""
        if not self._ready.wait(30):
            raise RuntimeError("the emulator did not start")

    def call(self, action: Callable[[], None]) -> None:
        """Do something in the loop's thread, and wait until it is done."""

        async def act() -> None:
            action()

        self.await_(act)

    def await_(self, action: Callable[[], Any]) -> None:
        """Run a coroutine function in the loop's thread, and wait until it is done."""
        assert self._loop is not None
        future: concurrent.futures.Future[None] = asyncio.run_coroutine_threadsafe(action(), self._loop)
        future.result(30)

    def shut(self, seconds: float = 0.0) -> None:
        """Refuse new connections, close idle ones; thread of the loop."""
        self._is_shut = True
        self._cancel_reopening()
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if seconds:
            loop = asyncio.get_running_loop()
            self._reopening = loop.call_later(seconds, lambda: loop.create_task(self.open()))

    async def open(self) -> None:
        """Take connections again; thread of the loop."""
        self._cancel_reopening()
        if self._is_shut and not self.should_exit:
            self._is_shut = False
            await super().startup([_bind(self._address)])

    def end(self) -> None:
        """Begin to end: drop all connections, take no new ones; thread of the loop."""
        self.should_exit = True
        self._cancel_reopening()
        for connection in list(self.server_state.connections):
            transport = connection.transport
            if transport is not None:
                transport.abort()

    def _cancel_reopening(self) -> None:
        if self._reopening is not None:
            self._reopening.cancel()
            self._reopening = None


def _bind(address: tuple[str, int]) -> socket.socket:
    # asyncio turns Nagle's delay off only where the protocol number is reported.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener
