"""The control API, by which other processes steer the emulator. Neither logged nor limited."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.emulator.accounts import Account
from tests.emulator.catalog import Provider
from tests.emulator.faults import Fault
from tests.emulator.limits import Limits
from tests.emulator.seed import fill
from tests.emulator.variants import Variants
from tests.emulator.world import World

OPTIONS = ("variants", "limits", "providers", "bad_credentials", "access", "seed", "integrations")
Endpoint = Callable[[Request], Awaitable[Response]]


class Control:
    """The endpoints, over a world. A wrong body is answered with 400 and `{"error": text}`."""

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[Route]:
        """The routes, to be mounted under `/_emulator`."""
        return [
            Route("/health", self.health, methods=["GET"]),
            Route("/accounts/{token}", _reported(self.put_account), methods=["PUT"]),
            Route("/accounts/{token}", self.get_account, methods=["GET"]),
            Route("/log", self.get_log, methods=["GET"]),
            Route("/log", self.clear_log, methods=["DELETE"]),
            Route("/faults", self.get_faults, methods=["GET"]),
            Route("/faults", _reported(self.add_faults), methods=["POST"]),
            Route("/faults", self.clear_faults, methods=["DELETE"]),
            Route("/variants", self.get_variants, methods=["GET"]),
            Route("/variants", _reported(self.put_variants), methods=["PUT"]),
        ]

    async def health(self, request: Request) -> Response:
        """200 as soon as the emulator listens."""
        return _json({"status": "ok"})

    async def put_account(self, request: Request) -> Response:
        """Create an account, or begin it anew, from an object of `OPTIONS`; 201 and its state."""
        values = await _body(request)
        account = make_account(request.path_params["token"], values, self.world)
        self.world.put(account)
        return _json(account_state(account), 201)

    async def get_account(self, request: Request) -> Response:
        """The state of an account, secrets in clear; 404 if there is none of that token."""
        account = self.world.find(request.path_params["token"])
        if account is None:
            return _json({"error": "no account has this token"}, 404)
        return _json(account_state(account))

    async def get_log(self, request: Request) -> Response:
        """`{"total", "items"}` of log entries, of one `token` if the query names it."""
        entries = self.world.log.calls(token=request.query_params.get("token"))
        return _json({"total": len(entries), "items": [one.to_dict() for one in entries]})

    async def clear_log(self, request: Request) -> Response:
        """Forget the log."""
        self.world.log.clear()
        return Response(status_code=204)

    async def get_faults(self, request: Request) -> Response:
        """`{"total", "items"}` of the faults with their counts."""
        planned = self.world.faults.planned
        return _json({"total": len(planned), "items": [one.to_dict() for one in planned]})

    async def add_faults(self, request: Request) -> Response:
        """Queue one fault or a list of them; 201."""
        given = await _body(request)
        faults = [Fault.from_dict(one) for one in (given if isinstance(given, list) else [given])]
        for fault in faults:
            self.world.faults.add(fault)
        return _json({"added": len(faults)}, 201)

    async def clear_faults(self, request: Request) -> Response:
        """Forget all faults."""
        self.world.faults.clear()
        return Response(status_code=204)

    async def get_variants(self, request: Request) -> Response:
        """The variants that new accounts get."""
        return _json(self.world.variants.to_dict())

    async def put_variants(self, request: Request) -> Response:
        """Set the variants of all accounts, those to come too, or of the `token` in the query.

        What the body leaves out gets its default.
        """
        variants = Variants.from_dict(_object(await _body(request)))
        token = request.query_params.get("token")
        if token is None:
            self.world.variants = variants
        for account in self.world.accounts:
            if token in (None, account.token):
                account.variants = variants
        return _json(variants.to_dict())


def make_account(token: str, values: object, world: World) -> Account:
    """An account from JSON. Errors: `ValueError`, `LookupError`."""
    given = _object(values)
    unknown = set(given) - set(OPTIONS)
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(OPTIONS)}")
    account = Account(
        token,
        variants=Variants.from_dict(_object(given.get("variants", {})), world.variants),
        limits=Limits.parse(given["limits"]) if "limits" in given else world.limits,
        providers=[Provider.from_dict(_object(one)) for one in _list(given, "providers")],
        bad_credentials=_list(given, "bad_credentials"),
        access=given.get("access", "granted"),
        clock=world.clock,
    )
    if given.get("seed"):
        fill(account, int(given["seed"]))
    for one in _list(given, "integrations"):
        account.add(**_object(one))
    return account


def account_state(account: Account) -> dict[str, Any]:
    """All of an account as JSON, secrets in clear."""
    return {
        "token": account.token,
        "access": account.access,
        "company_id": account.company_id,
        "variants": account.variants.to_dict(),
        "limits": account.limits.to_dict(),
        "bad_credentials": sorted(account.bad_credentials),
        "providers": [asdict(one) for one in account.providers],
        "integrations": [asdict(one) for one in account.integrations],
        "notifications": list(account.notifications),
    }


def _reported(endpoint: Endpoint) -> Endpoint:
    """An endpoint that answers 400 where its body is wrong."""

    async def reported(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (ValueError, LookupError, TypeError) as error:
            return _json({"error": str(error)}, 400)

    return reported


async def _body(request: Request) -> Any:
    content = await request.body()
    return json.loads(content) if content else {}


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError("an object is needed")
    return value


def _list(values: Mapping[str, Any], name: str) -> list[Any]:
    value = values.get(name, [])
    if not isinstance(value, list):
        raise ValueError(f"{name}: a list is needed")
    return value


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value), status, media_type="application/json")
