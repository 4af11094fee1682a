# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The integrations of an account as inventory files. Pure. Private to this collection.

A value that a declaration can't hold is left out of the file, and a comment in it says so.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import printable
from ansible_collections.ocamba.hood.plugins.module_utils.declared.option_checks import STATUSES
from ansible_collections.ocamba.hood.plugins.module_utils.errors import HoodError
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry
from ansible_collections.ocamba.hood.plugins.module_utils.providers.masks import holds_core_mask
from ansible_collections.ocamba.hood.plugins.module_utils.reports.describe import Entry, objection

Described = Mapping[str, Any]

_WIDTH = 110
_LONGEST_SLUG = 40
_OPTIONS = ("name", "id", "provider", "provider_id", "type", "status")
# What YAML 1.1 reads as text without quotes, and a person too.
_BARE = re.compile(r"[A-Za-z][\w.@-]*( [\w.@-]+)*", re.ASCII)
_NOT_BARE = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))

# What ansible-core puts in place of a secret within a text.
_CORE_MASKS_PART = "*" * 8


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


def refuse_masked(declaration: Sequence[Entry]) -> None:
    """Make sure that nothing in a declaration was masked by ansible-core: a mask that is applied is stored.

    :raises HoodError: naming each place.
    """
    found = [
        f"{_label(entry, number)}.{path}"
        for number, entry in enumerate(declaration)
        for path, value in _texts(entry)
        if _is_masked(value)
    ]
    if found:
        raise HoodError(
            f"nothing can be written: {', '.join(found)}: ansible-core has masked a part of it, as the same letters are"
            " in a secret of the connection, such as the password of the proxy; use another one there"
        )


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


def _paired(integrations: Sequence[Described], declaration: Sequence[Entry]) -> list[tuple[Described, Entry | None]]:
    by_id = {entry["id"]: entry for entry in declaration if "id" in entry}
    by_name = {entry["name"]: entry for entry in declaration if "id" not in entry}
    return [(one, by_id.get(one["id"]) or by_name.get(one["name"])) for one in integrations]


def _texts(entry: Entry) -> Iterator[tuple[str, str]]:
    for option, value in entry.items():
        if isinstance(value, Mapping):
            for key, one in value.items():
                yield f"settings.{key}", str(one)
        else:
            yield option, str(value)


def _is_masked(text: str) -> bool:
    """Core puts signs in place of a part only: a text of nothing else is what the account has."""
    return holds_core_mask(text) or (_CORE_MASKS_PART in text and text != _CORE_MASKS_PART)


def _label(entry: Entry, number: int) -> str:
    name = str(entry.get("name", ""))
    return printable(name) if name and not _is_masked(name) else f"declaration[{number}]"


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
            yield f"{key} is left out and stays as it is: what the account has {objection(known, key, value)}."
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
