"""The calls of the API: which there are, and what each answers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.emulator.accounts import Account, Integration
from tests.emulator.answers import Answer, envelope
from tests.emulator.call import Call
from tests.emulator.catalog import Provider
from tests.emulator.errors import Refusal
from tests.emulator.query import Query, Resource, parse
from tests.emulator.views import FIELDS, SCALARS, by_id, in_created, scalars, show

Handler = Callable[[Account, Call], Answer]

INTEGRATIONS = Resource(fields=FIELDS, scalars=SCALARS, searchable=("name",))
PROVIDERS = Resource(
    fields=("id", "type", "name", "logo", "settings"), scalars=("id", "type", "name"), searchable=("name",)
)


def create_integration(account: Account, call: Call) -> Answer:
    """POST /integrations: 201, its body under the variant `created`."""
    created = show(account, account.create(call.json()), in_created(account.variants))
    how = account.variants.created
    if how == "empty":
        return Answer(201)
    return Answer(201, envelope(account.variants, 1, [created]) if how == "envelope" else created)


def list_integrations(account: Account, call: Call) -> Answer:
    """GET /integrations: 200 and an envelope of items."""
    query = parse(call.query, INTEGRATIONS, account.variants)
    hides = not account.variants.inactive_in_list and "status" not in query.filtered
    there = [one for one in account.listed() if one.status == "active" or not hides]
    total, found = query.select(there, partial(scalars, account))
    return Answer(200, envelope(account.variants, total, [_listed(account, one, query) for one in found]))


def get_integration(account: Account, call: Call) -> Answer:
    """GET /integrations/{id}: 200, bare or in an envelope; `fields` chooses, the view does not."""
    item = show(account, account.look_at(call.segments[-1]), by_id(account.variants))
    query = parse(call.query, INTEGRATIONS, account.variants)
    item = {name: value for name, value in item.items() if query.shows(name, True)}
    if account.variants.single == "envelope":
        return Answer(200, envelope(account.variants, 1, [item]))
    return Answer(200, item)


def update_integration(account: Account, call: Call) -> Answer:
    """PATCH /integrations/{id}: 204 without a body."""
    account.update(call.segments[-1], call.json())
    return Answer(204)


def validate_integration(account: Account, call: Call) -> Answer:
    """POST /integrations/validate: 204, or 200 with a made-up object."""
    account.validate(call.json())
    return Answer(204) if account.variants.validate_status == 204 else Answer(200, {"valid": True})


def send_test_notification(account: Account, call: Call) -> Answer:
    """POST /test-notification: 204; the message is kept in `Account.notifications`."""
    account.notify(call.json())
    return Answer(204)


def list_providers(account: Account, call: Call) -> Answer:
    """GET /providers: 200 and an envelope of providers."""
    variants = account.variants
    query = parse(call.query, PROVIDERS, variants)

    def row(provider: Provider) -> dict[str, Any]:
        shown = provider.show(variants.provider_names)
        in_default_view = {"settings": not variants.view_full_needed}
        return {name: value for name, value in shown.items() if query.shows(name, in_default_view.get(name, True))}

    def provider_scalars(provider: Provider) -> dict[str, Any]:
        return provider.show(variants.provider_names, settings=False)

    total, found = query.select(account.providers, provider_scalars)
    return Answer(200, envelope(variants, total, [row(one) for one in found]))


def validate_token(account: Account, call: Call) -> Answer:
    """POST /v2/ocamba/personal-api-keys/validate: 204; a bad token never comes here."""
    return Answer(204)


ROUTES: tuple[tuple[tuple[str | None, ...], dict[str, Handler]], ...] = (
    (("v1", "hood", "integrations"), {"GET": list_integrations, "POST": create_integration}),
    (("v1", "hood", "integrations", "validate"), {"POST": validate_integration}),
    (("v1", "hood", "integrations", None), {"GET": get_integration, "PATCH": update_integration}),
    (("v1", "hood", "test-notification"), {"POST": send_test_notification}),
    (("v1", "hood", "providers"), {"GET": list_providers}),
    (("v2", "ocamba", "personal-api-keys", "validate"), {"POST": validate_token}),
)
"""Decoded paths, None for any one part, with the calls that each has."""


def find_handler(call: Call) -> Handler:
    """What serves a call. Errors: `Refusal` with 404 or 405."""
    allowed: list[str] = []
    for pattern, methods in ROUTES:
        if _fits(pattern, call.segments):
            if call.method in methods:
                return methods[call.method]
            allowed.extend(methods)
    if allowed:
        raise Refusal(405, "The method is not allowed here.", {"Allow": ", ".join(sorted(allowed))})
    raise Refusal(404, "There is nothing here.")


def _fits(pattern: tuple[str | None, ...], segments: tuple[str, ...]) -> bool:
    return len(pattern) == len(segments) and all(
        (segment != "" if part is None else part == segment) for part, segment in zip(pattern, segments, strict=True)
    )


def _listed(account: Account, integration: Integration, query: Query) -> dict[str, Any]:
    """An item of a list: some fields depend on the view and on the variants."""
    item = show(account, integration, account.variants)
    if not account.variants.settings_in_list:
        del item["settings"]
        if account.variants.settings_left_out != "absent":
            item["settings"] = {} if account.variants.settings_left_out == "object" else []
    else:
        _show_in_list(account, integration, item)
    in_default_view = not account.variants.view_full_needed
    return {
        name: value
        for name, value in item.items()
        if query.shows(name, in_default_view or name not in ("settings", "provider"))
    }


def _show_in_list(account: Account, integration: Integration, item: dict[str, Any]) -> None:
    """Change the plain settings of an item under the variant `plain_in_list`."""
    change = LISTED[account.variants.plain_in_list]
    provider = account.provider_of(integration)
    if change is None or provider is None or not isinstance(item["settings"], dict):
        return
    plain = {one.name for one in provider.settings if not one.secret}
    shown = item["settings"]
    item["settings"] = {
        key: change(value) if key in plain and isinstance(value, str) else value
        for key, value in shown.items()
        if key not in plain or account.variants.plain_in_list != "absent"
    }


LISTED: dict[str, Callable[[str], str] | None] = {
    "same": None,
    "lower": str.lower,
    "cut": lambda text: text[:16],
    "absent": str,
}
