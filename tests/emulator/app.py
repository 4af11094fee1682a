"""The Starlette application: the control API under `/_emulator`, all else the emulated service."""

from __future__ import annotations

from dataclasses import replace

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from tests.emulator.accounts import Account
from tests.emulator.answers import Answer, refused
from tests.emulator.call import Call
from tests.emulator.calls import find_handler
from tests.emulator.control import Control
from tests.emulator.errors import Refusal, unauthorized
from tests.emulator.log import LogEntry
from tests.emulator.sabotage import Scene, carry_out
from tests.emulator.waits import Released
from tests.emulator.wire import Hangup
from tests.emulator.world import World


def build_app(world: World) -> Starlette:
    """The application over a world."""
    return Starlette(
        routes=[
            Mount("/_emulator", routes=Control(world).routes()),
            Route("/{path:path}", endpoint=Api(world)),
        ]
    )


class Api:
    """The emulated service, as an ASGI application: log, fault, token, limits, call."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            call = await Call.read(request)
        except ClientDisconnect:
            return
        entry = self.world.log.begin(call)
        try:
            response = await self._respond(request, call, entry)
            entry.status = None if isinstance(response, Hangup) else response.status_code
            await response(scope, receive, send)
        finally:
            self.world.log.end(entry)

    async def _respond(self, request: Request, call: Call, entry: LogEntry) -> Response:
        fault = self.world.faults.take(call, entry.seq)
        try:
            if fault is None:
                return (await self._serve(call)).response()
            entry.fault = fault.label()
            return await carry_out(Scene(self.world, call, fault, self._serve, request.receive))
        except Released:
            return Hangup()

    async def _serve(self, call: Call) -> Answer:
        """The true answer to a call. Errors: `Released`."""
        account = self.world.find(call.token)
        if account is None or account.access == "expired":
            variants = account.variants if account else self.world.variants
            return refused(unauthorized(), variants.errors)
        meter = account.meter
        try:
            headers = meter.enter()
        except Refusal as refusal:
            return refused(refusal, account.variants.errors)
        try:
            await self.world.waits.sleep(meter.limits.latency)
            answer = _handle(account, call)
        finally:
            meter.leave()
        return replace(answer, headers={**headers, **answer.headers})


def _handle(account: Account, call: Call) -> Answer:
    try:
        if account.access == "forbidden":
            raise Refusal(403, "This token may not do that.")
        return find_handler(call)(account, call)
    except Refusal as refusal:
        return refused(refusal, account.variants.errors)
