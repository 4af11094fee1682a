"""What the tests of the plan draw from: accounts, declarations for them, and a small server that stores and shows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Callable, Optional

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from ansible_collections.ocamba.hood.plugins.module_utils.api.models import (
    Integration,
    LiveProvider,
    parse_integration,
    parse_provider,
)
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import Declared, read
from ansible_collections.ocamba.hood.plugins.module_utils.declared.option_checks import STATUSES
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Field, Provider
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Plan, Step

# Drawing whole accounts is slow for the first example; no test asserts a time.
fast = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
)

Raw = dict[str, Any]
Show = Callable[[str], Optional[str]]

_LEFT_OUT = object()

# What a server may show in place of a stored secret.
VISIBILITIES: dict[str, Callable[[str], Any]] = {
    "clear": lambda secret: secret,
    "masked": lambda secret: "********",
    "masked with a tail": lambda secret: "****" + secret[-4:],
    "masked with a head": lambda secret: secret[:4] + "********",
    "crossed out": lambda secret: "XXXXXXXX",
    "null": lambda secret: None,
    "left out": lambda secret: _LEFT_OUT,
}
HIDING = tuple(name for name in VISIBILITIES if name != "clear")

_LIVE_IDS = {provider.name: str(1000 + index) for index, provider in enumerate(registry.PROVIDERS)}


def live_item(provider: Provider, required: tuple[str, ...] = (), deprecated: tuple[str, ...] = ()) -> Raw:
    """A provider as GET /providers shows it."""
    return {
        "id": _LIVE_IDS[provider.name],
        "type": provider.type,
        "name": provider.name,
        "settings": [
            {"name": name, "type": "string", "required": name in required, "deprecated": name in deprecated}
            for name in provider.field_names
        ],
    }


LIVE: tuple[LiveProvider, ...] = tuple(parse_provider(live_item(provider)) for provider in registry.PROVIDERS)


@dataclass(frozen=True)
class Stored:
    """An integration as a server keeps it, secrets in clear."""

    id: str
    name: str
    provider: Provider
    settings: dict[str, str]
    status: str = "active"
    is_default: bool = False


@dataclass
class Server:
    """Carries out the bodies of a plan on what it stores, as the documentation of the API says, and shows it."""

    stored: list[Stored] = field(default_factory=list)
    visibility: str = "clear"
    merges: bool = True

    def shown(self) -> list[Integration]:
        return [parse_integration(self._item(one)) for one in self.stored]

    def apply(self, plan: Plan) -> None:
        assert not plan.mistakes
        for step in plan.writes:
            if step.current is None:
                self._create(step.body)
            else:
                self._update(step.current.id, step.body)

    def _create(self, body: Raw) -> None:
        provider = next(one for one in registry.PROVIDERS if _LIVE_IDS[one.name] == body["provider_id"])
        assert body["type"] == provider.type
        new_id = str(max([1000, *(int(one.id) for one in self.stored)]) + 1)
        self.stored.append(Stored(new_id, body["name"], provider, dict(body["settings"]), body["status"]))

    def _update(self, integration_id: str, body: Raw) -> None:
        assert body
        index = next(index for index, one in enumerate(self.stored) if one.id == integration_id)
        old = self.stored[index]
        new = dict(body)
        if "settings" in body and self.merges:
            new["settings"] = {**old.settings, **body["settings"]}
        self.stored[index] = replace(old, **new)

    def _item(self, one: Stored) -> Raw:
        return {
            "id": one.id,
            "name": one.name,
            "type": one.provider.type,
            "provider_id": _LIVE_IDS[one.provider.name],
            "provider": live_item(one.provider),
            "settings": self._shown_settings(one),
            "status": one.status,
            "effective_status": one.status,
            "is_default": one.is_default,
        }

    def _shown_settings(self, one: Stored) -> Raw:
        show = VISIBILITIES[self.visibility]
        shown = {
            key: show(value) if value and key in one.provider.secret_names else value
            for key, value in one.settings.items()
        }
        return {key: value for key, value in shown.items() if value is not _LEFT_OUT}


def declared(*entries: Raw) -> list[Declared]:
    """Entries as the plan takes them; they must be free of mistakes."""
    result = read(list(entries))
    assert not result.mistakes, result.mistakes
    return result.entries


def without_failures(entries: list[Declared], plan: Plan) -> list[Declared]:
    """The entries of a plan that can be carried out."""
    return [entry for entry, step in zip(entries, plan.steps) if not step.mistakes]


def steps_by_name(plan: Plan) -> dict[str, Step]:
    return {step.entry.name or "": step for step in plan.steps}


WITNESS = Stored("100", "A witness", registry.PROVIDERS[0], {"auth_token": "CANARY-of-the-witness"})

_WORDS = "abcdefghijklmnopqrstuvwxyz"
names = st.text(st.sampled_from(_WORDS + "ABC äö漢😀-/"), min_size=1, max_size=12).map(
    lambda text: " ".join(["N", *text.split()])
)
secret_values = st.text(st.sampled_from('"\\/=+& 漢😀äXYZ789'), max_size=20).map(lambda text: f"CANARY-12{text}Q")
hosts = st.builds(
    "{}.example.{}".format, st.text(st.sampled_from(_WORDS + "ABC"), min_size=1), st.sampled_from(["com", "DE"])
)
_BY_FORMAT: dict[str, st.SearchStrategy[str]] = {
    "text": st.text(st.sampled_from(_WORDS + "ABC &äö漢\"'"), max_size=12).map(str.strip),
    "twilio_sid": st.text(st.sampled_from("0123456789abcdef"), min_size=32, max_size=32).map("AC{}".format),
    "phone_number": st.builds("{}{}".format, st.sampled_from(["+", ""]), st.integers(10**9, 10**14)),
    "twilio_sender": st.builds("{}{}".format, st.sampled_from(["+", ""]), st.integers(10**9, 10**14))
    | st.text(st.sampled_from(_WORDS + "-&_"), max_size=9).map("A{}c".format),
    "email": st.builds("{}@{}".format, st.text(st.sampled_from(_WORDS + "AB.+"), min_size=1), hosts),
    "host": hosts,
    "port": st.integers(1, 65535).map(str),
    "telegram_token": st.builds("{}:{}".format, st.integers(1, 10**10), secret_values),
    "telegram_chat": st.integers(-(10**12), 10**12).map(str),
}


def _values(of: Field) -> st.SearchStrategy[str]:
    return secret_values if of.secret and of.format.name == "text" else _BY_FORMAT[of.format.name]


@st.composite
def settings_of(draw: st.DrawFn, provider: Provider, whole: bool = False) -> dict[str, str]:
    """Settings that the provider takes: all of them, or some."""
    return {one.name: draw(_values(one)) for one in provider.fields if whole or draw(st.booleans())}


@st.composite
def _declared_anew(draw: st.DrawFn, stored: Stored) -> dict[str, str]:
    """Of each setting: left out, as it is stored, cleared, or another value; secrets are left out seldom."""
    settings_: dict[str, str] = {}
    for one in stored.provider.fields:
        kept = stored.settings.get(one.name, "")
        wish = draw(st.sampled_from(["other", "same", "same", "other" if one.secret else "left out", "left out"]))
        if wish != "left out":
            settings_[one.name] = kept if wish == "same" else draw(_values(one) | st.just(""))
    return settings_


@st.composite
def stored_accounts(draw: st.DrawFn) -> list[Stored]:
    """An account whose integrations have names of their own."""
    account = []
    for index, name in enumerate(draw(st.lists(names, max_size=5, unique=True))):
        provider = draw(st.sampled_from(registry.PROVIDERS))
        status = draw(st.sampled_from(STATUSES))
        account.append(Stored(str(101 + index), name, provider, draw(settings_of(provider)), status))
    return account


def respelt(provider: Provider, settings_: dict[str, str]) -> dict[str, str]:
    """The same settings as another hand would write them."""

    def other(key: str, value: str) -> str:
        format_ = next(one.format.name for one in provider.fields if one.name == key)
        if format_ == "phone_number":
            return value[1:] if value.startswith("+") else f"+{value}"
        if format_ == "host":
            return value.swapcase()
        if format_ == "email":
            local, _at, domain = value.partition("@")
            return f"{local}@{domain.swapcase()}"
        return value

    return {key: other(key, value) for key, value in settings_.items()}


def as_entry(stored: Stored, settings_: dict[str, str] | None = None, **options: Any) -> Raw:
    """A declaration of what is stored."""
    return {
        "name": stored.name,
        "provider": stored.provider.name,
        "settings": stored.settings if settings_ is None else settings_,
        **options,
    }


@st.composite
def scenes(draw: st.DrawFn) -> tuple[list[Stored], list[Raw]]:
    """An account, and entries of which some are stored alike, some otherwise, and some not at all.

    The last integration of the account is not declared and has a secret: it shows whether the server shows them.
    """
    account = draw(stored_accounts())
    entries: list[Raw] = []
    for one in account:
        if draw(st.sampled_from([True, True, False])):
            status = draw(st.sampled_from([{}, {}, {"status": "active"}, {"status": "inactive"}]))
            entries.append(as_entry(one, draw(_declared_anew(one)), **status))
    taken = {one.name for one in account}
    for name in draw(st.lists(names.filter(lambda name: name not in taken), max_size=2, unique=True)):
        provider = draw(st.sampled_from(registry.PROVIDERS))
        entries.append({"name": name, "provider": provider.schema, "settings": draw(settings_of(provider))})
    return [*account, WITNESS], draw(st.permutations(entries))


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
json_like = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
