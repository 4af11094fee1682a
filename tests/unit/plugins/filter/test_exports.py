"""An account written down says what is there, can be applied as it stands, and never holds a secret."""

from __future__ import annotations

import re
from collections import Counter
from importlib import import_module
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ocamba.hood.plugins import filter as filter_plugins
from ansible_collections.ocamba.hood.plugins.filter.inventory_file import inventory_file
from ansible_collections.ocamba.hood.plugins.module_utils.api.models import (
    Integration,
    LiveProvider,
    parse_integration,
    parse_provider,
    shows_a_secret,
)
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import read
from ansible_collections.ocamba.hood.plugins.module_utils.declared.option_checks import ENTRY_OPTIONS
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.plan import make_plan
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import UNCHANGED, Policy
from ansible_collections.ocamba.hood.plugins.module_utils.reports import describe, inventory_files
from tests.support.strategies import VISIBILITIES, Server, fast, live_item, names, settings_of, stored_accounts

Raw = dict[str, Any]

VIBER: Raw = {"id": "9001", "type": "viber", "name": "viber", "settings": [{"name": "access_key"}, {"name": "other"}]}
KNOWN = [live_item(provider) for provider in registry.PROVIDERS]
LIVE_ITEMS: list[Raw] = [
    *KNOWN,
    *({**item, "id": f"2{item['id']}", "name": provider.schema} for item, provider in zip(KNOWN, registry.PROVIDERS)),
    VIBER,
    {"id": "9002", "name": "no type, and a sign!"},
    {"id": "9003", "name": "push"},
    {"id": "9004", "name": "Twilio", "type": "email"},
]
LIVE: list[LiveProvider] = [parse_provider(item) for item in LIVE_ITEMS]

# Surrogates can come out of JSON, and nothing else can write them.
anything = st.text(st.characters(exclude_categories=()), max_size=12)
odd_names = st.one_of(
    names,
    anything.filter(bool),
    st.sampled_from(
        ["Duplicate", "duplicate", "{{ x }}", "{% x", "{# x", "!vault x", ": ", "# x", " x ", "null", "y" * 101, "a\nb"]
    ),
)
odd_values = st.one_of(
    st.none(), anything, st.sampled_from(["", "********", "XXXX", "{{ x }}", "line\n", "587", " 587"])
)


@st.composite
def items(draw: st.DrawFn) -> list[Raw]:
    """An account that people have clicked together, and that Hood shows in odd ways."""
    found = []
    for index, name in enumerate(draw(st.lists(odd_names, max_size=6))):
        live = draw(st.sampled_from(LIVE_ITEMS))
        known = registry.find(live["name"])
        keys = [*(known.field_names if known else ()), "access_key", "un known"]
        settings: Raw = dict(draw(settings_of(known))) if known else {}
        settings.update(draw(st.dictionaries(st.sampled_from(keys), odd_values, max_size=4)))
        found.append(
            {
                "id": str(101 + index) if draw(st.integers(0, 9)) else f"id-{index}",
                "name": name,
                "type": draw(st.sampled_from([live.get("type"), None, "sms"])),
                "provider_id": draw(st.sampled_from([live["id"], live["id"], live["id"], None, "gone"])),
                "provider": draw(st.sampled_from([live, live, None])),
                "settings": draw(st.sampled_from([settings, settings, settings, {}, [], None])),
                "status": draw(st.sampled_from(["active", "inactive", "archived", None])),
                "is_default": draw(st.booleans()),
            }
        )
    return found


def declared(account: list[Integration]) -> list[tuple[Integration, Raw | None]]:
    counts = Counter(one.name for one in account)
    return [(one, describe.declare(one, counts[one.name] == 1)) for one in sorted(account, key=describe.order)]


def described(account: list[Integration]) -> list[Raw]:
    shows = any(shows_a_secret(one) for one in account)
    return [describe.describe(one, shows) for one in sorted(account, key=describe.order)]


def files(account: list[Integration]) -> tuple[str, str]:
    found = described(account)
    declaration = [entry for _one, entry in declared(account) if entry is not None]
    return inventory_files.integrations_file("acme", found, declaration), inventory_files.secrets_file(
        "acme", found, declaration
    )


class Loader(yaml.SafeLoader):
    """YAML with Ansible's tag."""


def _text(loader: Loader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


Loader.add_constructor("!unsafe", _text)


def load(text: str) -> Raw:
    content: Raw = yaml.load(text, Loader)
    return content


def assert_changes_nothing(account: list[Integration], entries: list[Raw]) -> None:
    found = read(entries)
    assert not found.mistakes
    assert not found.warnings
    planned = make_plan(found.entries, account, Policy(unmanaged="report"), LIVE)
    assert not planned.mistakes
    assert not planned.warnings
    assert {step.action for step in planned.steps} <= {UNCHANGED}
    assert all(step.secrets_compared for step in planned.steps)


@fast
@given(items())
def test_whatever_an_account_holds_its_declaration_changes_nothing(raw: list[Raw]) -> None:
    account = [parse_integration(item) for item in raw]
    pairs = declared(account)
    entries = [entry for _one, entry in pairs if entry is not None]
    assert_changes_nothing(account, entries)
    steps = make_plan(read(entries).entries, account, Policy(), LIVE).steps
    assert [step.current for step in steps] == [one for one, entry in pairs if entry is not None]
    assert all(not one.id.isdigit() for one, entry in pairs if entry is None)


@fast
@given(items())
def test_the_file_reads_as_the_declaration(raw: list[Raw]) -> None:
    account = [parse_integration(item) for item in raw]
    entries = [entry for _one, entry in declared(account) if entry is not None]
    text, _secrets = files(account)
    assert load(text)["ocamba_integrations"] == entries
    assert text == files(list(reversed(account)))[0]
    assert all(len(line) <= 120 or '"' in line or "{" in line for line in text.split("\n") if "#" not in line[:4])


@fast
@given(items())
def test_the_skeleton_holds_a_variable_for_each_secret_and_nothing_else(raw: list[Raw]) -> None:
    account = [parse_integration(item) for item in raw]
    found = load(files(account)[1])["ocamba_secrets"]
    reported = {one["name"]: one["secret_settings"] for one in described(account)}
    variables = [reference for keys in found.values() for reference in keys.values()]
    assert all(re.fullmatch(r"\{\{ vault_[a-z0-9_]+ \}\}", reference) for reference in variables)
    assert len(set(variables)) == len(variables)
    assert all(list(keys) == reported[name] for name, keys in found.items())
    counts = Counter(one.name for one in account)
    assert all(counts[name] == 1 for name in found)


@fast
@given(stored_accounts(), st.sampled_from(sorted(VISIBILITIES)))
def test_no_secret_is_written_down_and_all_of_them_are_named(account: list[Any], visibility: str) -> None:
    shown = Server(account, visibility).shown()
    reported = repr(described(shown)) + "".join(files(shown))
    for one, text in zip(sorted(account, key=lambda one: one.name), described(shown)):
        stored = {key for key in one.provider.secret_names if one.settings.get(key)}
        assert not [key for key in stored if one.settings[key] in reported]
        assert stored <= set(text["secret_settings"])
        plain = {key: value for key, value in one.settings.items() if key in one.provider.plain_names}
        assert text["settings"] == plain


def item(**fields: Any) -> Integration:
    twilio = {
        "id": "1161",
        "name": "Twilio EU",
        "type": "sms",
        "provider_id": KNOWN[0]["id"],
        "provider": KNOWN[0],
        "settings": {"account_sid": "AC" + "0" * 32, "auth_token": "********"},
        "status": "active",
        "is_default": False,
        "create_time": "2026-11-23 10:00:00",
        "update_time": "CANARY",
    }
    return parse_integration({**twilio, **fields})


def test_what_a_person_should_know_stands_beside_the_entries() -> None:
    account = [
        item(is_default=True, settings={"default_phone_number": "0800 CALL NOW", "auth_token": "********"}),
        item(id="1162", name="Duplicate"),
        item(id="1163", name="Duplicate", status="archived"),
        item(id="1164", name="A\nB"),
        item(id="id-5", name="C\nD"),
        item(
            id="1166", name="Viber", provider_id="9001", provider=VIBER, type="viber", settings={"access_key": "XXXX"}
        ),
    ]
    plain, secrets = files(account)
    for reported in (
        "# id 1161, the default for sms\n",
        "# default_phone_number is left out and stays as it is: what the account has is not a phone number",
        "# 2 integrations have this name, so the id says which.",
        "# Its status is neither active nor inactive, and is left as it is.",
        "# Its name can't be declared, so the id stands for it: A\N{REPLACEMENT CHARACTER}B",
        "# Left out: C\N{REPLACEMENT CHARACTER}D (id id-5), as neither its name nor its id can be declared.",
        "# The collection does not know this provider, so all settings count as secret.",
        "# secret: access_key\n",
    ):
        assert reported in plain
    assert list(load(secrets)["ocamba_secrets"]) == ["Twilio EU", "Viber"]
    assert "# - Duplicate, id 1162: auth_token\n" in secrets
    assert "# - A\N{REPLACEMENT CHARACTER}B, id 1164: auth_token\n" in secrets


def test_an_empty_account_is_an_empty_list() -> None:
    plain, secrets = files([])
    assert load(plain) == {"ocamba_integrations": []}
    assert load(secrets) == {"ocamba_secrets": {}}


def test_variables_are_unique_and_named_after_the_integrations() -> None:
    account = [
        item(id=str(index), name=name)
        for index, name in enumerate(["Twilio EU", "Überweisung", "短信", "a b", "A-B", "a b 5", "x" * 99, "x" * 98])
    ]
    found = inventory_files.placeholders(described(account))
    variables = [variable for keys in found.values() for variable in keys.values()]
    assert len(set(variables)) == len(account)
    assert found["0"] == {"auth_token": "vault_twilio_eu_auth_token"}
    assert found["1"] == {"auth_token": "vault_uberweisung_auth_token"}
    assert found["2"] == {"auth_token": "vault_integration_2_auth_token"}
    assert {found["3"]["auth_token"], found["4"]["auth_token"]} == {"vault_a_b_3_auth_token", "vault_a_b_4_auth_token"}


def test_secrets_that_can_not_be_there_are_not_named() -> None:
    without = item(settings={"account_sid": "AC1", "auth_token": None, "new_key": ""})
    assert describe.describe(without, shows_secrets=True)["secret_settings"] == []
    assert describe.describe(without, shows_secrets=False)["secret_settings"] == ["auth_token"]
    hidden = item(name="V", provider=VIBER, settings=None)
    assert describe.describe(hidden, shows_secrets=False)["secret_settings"] == ["access_key", "other"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Twilio EU", "Twilio EU"),
        ("no", '"no"'),
        ("0", '"0"'),
        ("a: b", '"a: b"'),
        ("tab\there", '"tab\\x09here"'),
        ("line\nline", '"line\\nline"'),
        ("\ufeff\U000e0001", '"\\ufeff\\U000e0001"'),
        ("{{ x }}", '!unsafe "{{ x }}"'),
        ("50% {off}", '"50% {off}"'),
    ],
)
def test_texts_are_written_so_that_they_are_read_alike(text: str, written: str) -> None:
    assert inventory_files.scalar(text) == written
    assert load(f"a: {written}") == {"a": text}


def test_only_times_are_reported_as_times() -> None:
    reported = describe.describe(item(), shows_secrets=False)
    assert (reported["create_time"], reported["update_time"]) == ("2026-11-23 10:00:00", None)


def test_the_options_of_an_entry_are_all_written() -> None:
    assert set(inventory_files._OPTIONS) == set(ENTRY_OPTIONS) - {"settings"}


def test_values_that_would_not_come_back_alike_are_left_out_or_mended() -> None:
    custom = next(item for item in KNOWN if item["name"] == "custom_email")
    settings = {"default_sender_name": "News\n", "username": "\ud800", "port": "", "sending_domain": "a b"}
    account = [item(provider=custom, provider_id=custom["id"], type="email", settings=settings)]
    entry = describe.declare(account[0], is_name_unique=True)
    assert entry is not None
    assert entry["settings"] == {"default_sender_name": "News", "port": ""}
    assert_changes_nothing(account, [entry])
    assert files(account)[0].encode("utf-8")


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ({"name": "A", "settings": {"username": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"}}, "A.settings.username"),
        ({"name": "A", "settings": {"sender_email": "********@example.com"}}, "A.settings.sender_email"),
        ({"name": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"}, "declaration[0].name"),
        ({"id": "7", "name": "The ********"}, "declaration[0].name"),
    ],
)
@pytest.mark.parametrize("kind", ["integrations", "secrets"])
def test_what_core_has_masked_is_not_written(entry: Raw, place: str, kind: str) -> None:
    with pytest.raises(AnsibleFilterError, match=re.escape(place)):
        inventory_file({"integrations": [], "declaration": [entry]}, kind)


@pytest.mark.parametrize(
    ("found", "kind", "reason"),
    [
        ({"declaration": [], "integrations": []}, "all", "the kind must be one of integrations, secrets"),
        ([], "integrations", "must be given the result of"),
        ({"integrations": []}, "secrets", "must be given the result of"),
    ],
)
def test_what_is_no_export_is_refused(found: Any, kind: str, reason: str) -> None:
    with pytest.raises(AnsibleFilterError, match=reason):
        inventory_file(found, kind)


@pytest.mark.parametrize("module", ["drift_report", "inventory_file", "require_hosts", "rotation", "rotation_report"])
def test_a_filter_has_the_name_of_its_file(module: str) -> None:
    filters = import_module(f"{filter_plugins.__name__}.{module}").FilterModule().filters()
    assert list(filters) == [module]
