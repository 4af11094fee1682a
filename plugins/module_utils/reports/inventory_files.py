# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An account written down: its integrations as they are, as a declaration, and as inventory files. Pure.

What is declared here and applied with the secrets left out changes nothing: values that a declaration could not
hold are left out of it, and told in the comments of the file.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.api.models import Integration
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import printable
from ansible_collections.ocamba.hood.plugins.module_utils.declared.option_checks import STATUSES, accepts
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Provider

Described = Mapping[str, Any]
Entry = dict[str, Any]

_WIDTH = 110
_LONGEST_SLUG = 40
_OPTIONS = ("name", "id", "provider", "provider_id", "type", "status")
# What YAML 1.1 reads as text without quotes, and a person too.
_BARE = re.compile(r"[A-Za-z][\w.@-]*( [\w.@-]+)*", re.ASCII)
_NOT_BARE = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))


def describe(integration: Integration, shows_secrets: bool) -> dict[str, Any]:
    """An integration without its secrets, of which only the names are told.

    :param shows_secrets: whether the account is known to show secrets, so that what is missing is not stored.
    """
    known, live = integration.known, integration.provider
    return {
        "id": integration.id,
        "name": integration.name,
        "provider": known.name if known else (live.name if live else None),
        "provider_id": integration.provider_id,
        "type": integration.type,
        "status": integration.status,
        "effective_status": integration.effective_status,
        "is_default": integration.is_default,
        "settings": _plain(integration),
        "secret_settings": _secret_names(integration, shows_secrets),
        "create_time": integration.create_time,
        "update_time": integration.update_time,
    }


def declare(integration: Integration, is_name_unique: bool) -> Entry | None:
    """The entry that leaves an integration as it is, without its secrets; None if no entry can address it."""
    has_name = accepts("name", integration.name)
    named = {"name": integration.name} if has_name else {}
    options = _provider_options(integration)
    if not (has_name and is_name_unique and options):
        if not accepts("id", integration.id):
            return None
        named["id"] = integration.id
    entry: Entry = {**named, **options}
    if integration.status in STATUSES:
        entry["status"] = integration.status
    settings = {
        key: value for key, value in _plain(integration).items() if _objection(integration.known, key, value) is None
    }
    if settings:
        entry["settings"] = settings
    return entry


def order(integration: Integration) -> tuple[str, int, str]:
    """By name, those of one name by id."""
    return integration.name, len(integration.id), integration.id


def integrations_file(account: str, integrations: Sequence[Described], declaration: Sequence[Entry]) -> str:
    """A YAML file that declares `ocamba_integrations`, with comments for the person who takes it over.

    :param integrations: what `describe` gives.
    :param declaration: what `declare` gives of them, as far as it gives anything.
    """
    lines = ["---", *_comment(_ABOUT_INTEGRATIONS.format(account=printable(account)))]
    if not declaration:
        return "\n".join([*lines, "ocamba_integrations: []", ""])
    lines.append("ocamba_integrations:")
    counts = Counter(one["name"] for one in integrations)
    for number, (one, entry) in enumerate(_paired(integrations, declaration)):
        lines += [""] if number else []
        lines += [line for text in _remarks(one, entry, counts) for line in _comment(text, "  ")]
        lines += _entry_lines(entry, one.get("provider")) if entry else []
    return "\n".join([*lines, ""])


def secrets_file(account: str, integrations: Sequence[Described], declaration: Sequence[Entry]) -> str:
    """A YAML file with `ocamba_secrets`: a reference to a variable for each secret, never a value."""
    counts = Counter(one["name"] for one in integrations)
    usable: list[Described] = []
    apart: list[Described] = []
    for one, entry in _paired(integrations, declaration):
        if one["secret_settings"]:
            is_named = entry is not None and "name" in entry and counts[one["name"]] == 1
            (usable if is_named else apart).append(one)
    lines = ["---", *_comment(_ABOUT_SECRETS.format(account=printable(account)))]
    variables = placeholders(usable)
    lines.append("ocamba_secrets:" if usable else "ocamba_secrets: {}")
    for one in usable:
        lines.append(f"  {scalar(one['name'])}:")
        lines += [f'    {scalar(key)}: "{{{{ {variable} }}}}"' for key, variable in variables[one["id"]].items()]
    if apart:
        lines += _comment(_ABOUT_APART)
        lines += [f"# - {printable(one['name'])}, id {one['id']}: {_listed(one['secret_settings'])}" for one in apart]
    return "\n".join([*lines, ""])


def placeholders(integrations: Sequence[Described]) -> dict[str, dict[str, str]]:
    """A variable for each secret, by the integration's id and the setting's key: valid, unique, the same every time."""
    slugs = {one["id"]: _slug(one["name"]) or "integration" for one in integrations}
    common = Counter(slugs.values())
    taken: set[str] = set()
    found: dict[str, dict[str, str]] = {}
    for one in integrations:
        slug = slugs[one["id"]]
        stem = f"vault_{slug}" if common[slug] == 1 and slug != "integration" else f"vault_{slug}_{_slug(one['id'])}"
        found[one["id"]] = {key: _unused(f"{stem}_{_slug(key) or 'secret'}", taken) for key in one["secret_settings"]}
    return found


def scalar(text: str) -> str:
    """A text as YAML, on one line; `!unsafe` where Ansible would take it for a template."""
    if _BARE.fullmatch(text) and text.lower() not in _NOT_BARE:
        return text
    quoted = '"' + "".join(_escaped(character) for character in text) + '"'
    return f"!unsafe {quoted}" if any(sign in text for sign in ("{{", "{%", "{#")) else quoted


_ABOUT_INTEGRATIONS = """\
The integrations of the Ocamba Hood account {account}, as ocamba.hood.export found them.

Applied as it stands it changes nothing, and Hood keeps the secrets that it has. To be sure:
  ansible-playbook -i YOUR_INVENTORY ocamba.hood.apply --check --diff -e '{{"ocamba_secrets": {{}}}}'

From now on change integrations here, not in the web interface. Another export to this place overwrites this file, \
comments included."""

_ABOUT_SECRETS = """\
The secrets of the Ocamba Hood account {account}: a skeleton by ocamba.hood.export, which never sees a value.

Give each variable its value in an encrypted file beside this one (ansible-vault create vault.yml), and delete the \
lines of the secrets that Hood shall just keep: what is not here is left as it is. A variable without a value ends \
the run before anything is sent. Another export leaves this file alone."""

_ABOUT_APART = """\
These have secrets too, but ocamba_secrets goes by name, and they share theirs or have none that can be declared. \
Give them names of their own (with their ids, another name renames), or put their secrets under settings:"""


def _plain(integration: Integration) -> dict[str, str]:
    """The plain settings that the account shows, in the order of the registry; without the newline at an end, which a
    declaration would lose as well."""
    known, shown = integration.known, integration.settings or {}
    found = {name: shown.get(name) for name in (known.plain_names if known else ())}
    return {name: value.rstrip("\r\n") for name, value in found.items() if value is not None}


def _secret_names(integration: Integration, shows_secrets: bool) -> list[str]:
    """The secrets that are stored, or may be as far as it can be told, in the order of the registry or the account."""
    known, live, shown = integration.known, integration.provider, integration.settings or {}
    plain = known.plain_names if known else ()
    described = known.secret_names if known else (live.field_names if live else ())
    undescribed = sorted(key for key in shown if key not in described and key not in plain)
    return [
        key for key in (*described, *undescribed) if shown.get(key) or (shown.get(key) is None and not shows_secrets)
    ]


def _provider_options(integration: Integration) -> Entry:
    """What says the provider, so that applying finds it to be the same; empty where only the id can."""
    known, live = integration.known, integration.provider
    if known:
        return {"provider": known.name}
    options: Entry = {}
    if live and registry.find(live.name) is None and accepts("provider", live.name):
        options["provider"] = live.name
    elif integration.provider_id and accepts("provider_id", integration.provider_id):
        options["provider_id"] = integration.provider_id
    # What the account does not say of a provider, a new integration of it would have to.
    if options and live and live.type is None and integration.type in registry.TYPES:
        options["type"] = integration.type
    return options


def _objection(known: Provider | None, key: str, value: str) -> str | None:
    """Why a value that the account has can't be declared."""
    field = known.field(key) if known else None
    if field and value and not field.format.accepts(value):
        return f"is not {field.format.expects}"
    if any(unicodedata.category(character) == "Cs" for character in value):
        return "is not valid text"
    return None


def _paired(integrations: Sequence[Described], declaration: Sequence[Entry]) -> list[tuple[Described, Entry | None]]:
    by_id = {entry["id"]: entry for entry in declaration if "id" in entry}
    by_name = {entry["name"]: entry for entry in declaration if "id" not in entry}
    return [(one, by_id.get(one["id"]) or by_name.get(one["name"])) for one in integrations]


def _remarks(one: Described, entry: Entry | None, counts: Mapping[str, int]) -> Iterator[str]:
    """What a person should know of an integration before its entry."""
    if entry is None:
        yield f"Left out: {printable(one['name'])} (id {one['id']}), as neither its name nor its id can be declared."
        return
    kind = one.get("type")
    yield f"id {one['id']}{f', the default for {kind}' if one['is_default'] and kind else ''}"
    if counts[one["name"]] > 1:
        yield f"{counts[one['name']]} integrations have this name, so the id says which. Better give each its own."
    elif "name" not in entry:
        yield f"Its name can't be declared, so the id stands for it: {printable(one['name'])}"
    known = registry.find(one.get("provider") or "")
    if known is None:
        yield "The collection does not know this provider, so all settings count as secret."
    if "status" not in entry:
        yield f"Its status is neither {' nor '.join(STATUSES)}, and is left as it is."
    declared = entry.get("settings", {})
    for key, value in one["settings"].items():
        if key not in declared:
            yield f"{key} is left out and stays as it is: what the account has {_objection(known, key, value)}."
    if one["secret_settings"]:
        yield f"secret: {_listed(one['secret_settings'])}"


def _entry_lines(entry: Entry, provider: str | None) -> Iterator[str]:
    options = [f"{option}: {scalar(entry[option])}" for option in _OPTIONS if option in entry]
    settings = entry.get("settings", {})
    known = registry.find(provider or "")
    ordered = [key for key in (known.field_names if known else ()) if key in settings]
    options += ["settings:"] if ordered else []
    options += [f"  {scalar(key)}: {scalar(settings[key])}" for key in ordered]
    return (f"{'    ' if index else '  - '}{option}" for index, option in enumerate(options))


def _comment(text: str, indentation: str = "") -> Iterator[str]:
    prefix = f"{indentation}# "
    for paragraph in text.split("\n"):
        lines = textwrap.wrap(paragraph, _WIDTH - len(prefix), break_long_words=False, break_on_hyphens=False)
        yield from (f"{prefix}{line}".rstrip() for line in lines or [""])


def _listed(names: Iterable[str]) -> str:
    return ", ".join(printable(name) for name in names)


def _slug(text: str) -> str:
    """Lower-case letters, digits and underscores."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_LONGEST_SLUG].strip("_")


def _unused(name: str, taken: set[str]) -> str:
    wanted, number = name, 1
    while wanted in taken:
        number += 1
        wanted = f"{name}_{number}"
    taken.add(wanted)
    return wanted


def _escaped(character: str) -> str:
    if character in ('"', "\\"):
        return f"\\{character}"
    if character.isprintable():
        return character
    if character == "\n":
        return "\\n"
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
