"""Carrying out faults: what each kind does to one call."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import operator
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.types import Receive

from tests.emulator.accounts import Account
from tests.emulator.answers import JSON_TYPE, Answer
from tests.emulator.call import Call
from tests.emulator.errors import Refusal
from tests.emulator.faults import Fault
from tests.emulator.replacements import REPLACEMENTS
from tests.emulator.waits import Released
from tests.emulator.wire import Cut, Drip, Hangup, until_disconnected
from tests.emulator.world import World

AN_HOUR = 3600.0


@dataclass(frozen=True)
class Scene:
    """A call that a fault has, `serve` to carry it out truly, and the connection's `receive`."""

    world: World
    call: Call
    fault: Fault
    serve: Callable[[Call], Awaitable[Answer]]
    receive: Receive


async def carry_out(scene: Scene) -> Response:
    """The response to a call that has a fault. Errors: `Released` when a wait is cut short."""
    if scene.fault.kind in WHOLE:
        return await WHOLE[scene.fault.kind](scene)
    if scene.fault.when == "later":
        scene.world.behind.begin(_carry_out_later(scene))
        return REPLACEMENTS[scene.fault.kind](scene.fault, scene.call, None)
    answer = await scene.serve(scene.call) if scene.fault.when == "after" else None
    await scene.world.waits.sleep(scene.fault.delay)
    return REPLACEMENTS[scene.fault.kind](scene.fault, scene.call, answer)


async def _carry_out_later(scene: Scene) -> None:
    with contextlib.suppress(Released):
        await scene.world.waits.sleep(scene.fault.delay)
        await scene.serve(scene.call)


async def _slow(scene: Scene) -> Response:
    if scene.fault.when == "before":
        await scene.world.waits.sleep(scene.fault.delay)
        return (await scene.serve(scene.call)).response()
    answer = await scene.serve(scene.call)
    await scene.world.waits.sleep(scene.fault.delay)
    return answer.response()


async def _stall(scene: Scene) -> Response:
    """Wait until the delay is over, the client has gone, or the waits are released."""
    if scene.fault.when == "after":
        await scene.serve(scene.call)
    pending = [
        asyncio.ensure_future(scene.world.waits.sleep(scene.fault.delay or AN_HOUR)),
        asyncio.ensure_future(until_disconnected(scene.receive)),
    ]
    try:
        await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in pending:
            one.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
    return Hangup()


async def _refuse(scene: Scene) -> Response:
    answer = await scene.serve(scene.call) if scene.fault.when == "after" else None
    if scene.world.door is not None:
        scene.world.door.shut(scene.fault.delay)
    if answer is None:
        return Hangup()
    return replace(answer, headers={**answer.headers, "Connection": "close"}).response()


async def _cut(scene: Scene) -> Response:
    answer = await _true_answer(scene)
    status = 200 if answer.status == 204 else answer.status
    media_type = None if answer.body is None else JSON_TYPE
    return Cut(answer.content(), status, dict(answer.headers), media_type)


async def _drip(scene: Scene) -> Response:
    answer = await scene.serve(scene.call)
    return Drip(answer.response(), scene.fault.delay or 0.1, scene.world.waits)


async def _edit(scene: Scene) -> Response:
    answer = await _true_answer(scene)
    body = copy.deepcopy(answer.body)
    for path, value in (scene.fault.body or {}).items():
        _change(body, path, partial(_set, value=value))
    for path in scene.fault.remove:
        _change(body, path, operator.delitem)
    headers = {**answer.headers, **scene.fault.headers}
    return Answer(scene.fault.status or answer.status, body, headers).response()


async def _repeat_page(scene: Scene) -> Response:
    pairs = dict(scene.call.query)
    number, comma, size = pairs.get("page", "1").partition(",")
    if number.isdecimal():
        pairs["page"] = f"{max(1, int(number) - 1)}{comma}{size}"
    answer = await _true_answer(scene, replace(scene.call, query_string=urlencode(pairs)))
    return answer.response()


async def _double(scene: Scene) -> Response:
    if scene.fault.when == "before":
        _create_double(scene)
    answer = await scene.serve(scene.call)
    if scene.fault.when == "after":
        _create_double(scene)
    await scene.world.waits.sleep(scene.fault.delay)
    return answer.response()


async def _meanwhile(scene: Scene) -> Response:
    account = scene.world.find(scene.call.token)
    answer = await scene.serve(scene.call) if scene.fault.when == "after" else None
    if account is not None:
        _do_meanwhile(account, scene.fault.body)
    await scene.world.waits.sleep(scene.fault.delay)
    return (answer or await scene.serve(scene.call)).response()


def _do_meanwhile(account: Account, deeds: Mapping[str, Any]) -> None:
    """What somebody else does; nothing to what is not there."""
    for name in deeds.get("touch", ()):
        for one in account.named(name):
            account.edit(one.id)
    for name in deeds.get("delete", ()):
        for one in account.named(name):
            account.remove(one.id)
    for old, new in deeds.get("rename", {}).items():
        for one in account.named(old):
            account.edit(one.id, name=new)
    for name, settings in deeds.get("set", {}).items():
        for one in account.named(name):
            account.edit(one.id, settings={**one.settings, **settings})
    for values in deeds.get("create", ()):
        account.add(**values)


def _create_double(scene: Scene) -> None:
    account = scene.world.find(scene.call.token)
    if account is not None:
        with contextlib.suppress(Refusal):
            account.create(scene.call.json())


async def _true_answer(scene: Scene, call: Call | None = None) -> Answer:
    answer = await scene.serve(call or scene.call)
    await scene.world.waits.sleep(scene.fault.delay)
    return answer


def _set(holder: Any, key: Any, value: Any) -> None:
    holder[key] = value


def _change(body: Any, path: str, change: Callable[[Any, Any], None]) -> None:
    """Apply `change` to the holder and the key at a dotted path; nothing where there is no such place."""
    *way, last = path.split(".")
    holder = body
    try:
        for part in way:
            holder = holder[int(part) if isinstance(holder, list) else part]
        change(holder, int(last) if isinstance(holder, list) else last)
    except (KeyError, IndexError, ValueError, TypeError, AttributeError):
        return


WHOLE: dict[str, Callable[[Scene], Awaitable[Response]]] = {
    "slow": _slow,
    "stall": _stall,
    "refuse": _refuse,
    "cut": _cut,
    "drip": _drip,
    "edit": _edit,
    "repeat_page": _repeat_page,
    "double": _double,
    "meanwhile": _meanwhile,
}
"""The kinds that are in charge of the whole call; all others replace its answer."""
