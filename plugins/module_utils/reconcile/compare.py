# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare a declared value with what an account shows of the stored one. Private to this collection."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ansible_collections.ocamba.hood.plugins.module_utils.api.models import (
    Integration,
    blanks_secrets,
    secrets_shown,
)
from ansible_collections.ocamba.hood.plugins.module_utils.providers.masks import visible_ends
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Field, Provider
from ansible_collections.ocamba.hood.plugins.module_utils.providers.placeholders import (
    is_doubtful,
    is_mask,
    is_plain_mask,
    plain_ends,
)

# A text of this length may be one that was cut: databases cut at 255 characters.
CUT_AT = 255
# A longer end that a mask leaves readable is more likely a checksum than a part of the secret.
LONGEST_TAIL = 8

_REPLACED = "\N{REPLACEMENT CHARACTER}"
_ENTITY = re.compile(r"&(#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]+);")
_LONG_TAIL = re.compile(rf"[*•●∙█]{{3,}}[^*•●∙█]{{{LONGEST_TAIL + 1},}}", re.DOTALL)


class Comparison(enum.Enum):
    """What can be said of a declared value beside the stored one.

    Alike: of a masked one the visible ends agree. Unchanged, changed: a hidden one is, or is not, the one that was last
    written or taken over.
    """

    SAME = "same"
    DIFFERENT = "different"
    ALIKE = "alike"
    HIDDEN = "hidden"
    UNCHANGED = "unchanged"
    CHANGED = "changed"


@dataclass(frozen=True)
class Evidence:
    """What an account has proved of itself.

    :param listed: provider names and keys of the secrets that some integration shows, masked or not.
    :param lists_plain: some setting that is no secret is shown: one that is missing is not stored, unless required.
    :param blanks_secrets: several integrations show an empty text as a secret, and none shows another.
    :param shown: provider names and keys of secrets that were shown to the letter.
    :param shared: texts that are shown as the secret of several integrations.
    :param documented: provider names and keys of settings that some integration shows in the API's documented form, so
        that another form is shown as it is stored.
    :param merges: whether an update keeps the settings that it does not name; None where nothing tells.
    """

    listed: frozenset[tuple[str, str]] = frozenset()
    lists_plain: bool = False
    blanks_secrets: bool = False
    shown: frozenset[tuple[str, str]] = frozenset()
    shared: frozenset[str] = frozenset()
    documented: frozenset[tuple[str, str]] = frozenset()
    merges: bool | None = None

    @property
    def shows_secrets(self) -> bool:
        """Whether the account shows secrets as they are."""
        return bool(self.shown)

    @property
    def lists_secrets(self) -> bool:
        """Whether some secret is shown, masked or not: one that is declared and missing counts as not stored."""
        return bool(self.listed)

    def lists(self, known: Provider | None, key: str) -> bool:
        """Whether this setting is shown wherever it is stored, masked or not, so that none is lost where it is missing.

        Of a setting that this collection does not know, any secret that is shown tells.
        """
        if known is None or key not in known.secret_names:
            return self.lists_secrets
        return (known.name, key) in self.listed


NO_EVIDENCE = Evidence()


def compare(
    key: str, declared: str, shown: str | None, known: Provider | None, evidence: Evidence = NO_EVIDENCE
) -> Comparison:
    """Compare a declared with a stored value, so that an unchanged one never counts as a change.

    Secrets are compared to the letter, other values ignoring how they are written.
    """
    field = known.field(key) if known else None
    if field is not None and not field.secret:
        return _compare_plain(declared, shown, field)
    if declared == shown:
        return Comparison.SAME
    is_blank = not (shown or "").strip()
    if shown is None or (is_blank and evidence.blanks_secrets):
        if not evidence.lists_secrets:
            return Comparison.HIDDEN
        return Comparison.DIFFERENT if declared else Comparison.SAME
    if not declared or is_blank:
        return Comparison.DIFFERENT
    return _compare_secret(declared, shown, field, evidence)


def is_proof(declared: str, shown: str | None, field: Field | None) -> bool:
    """Return whether a secret that is shown as declared proves that it is shown as it is stored."""
    return bool(declared) and declared == shown and not is_mask(declared) and not is_doubtful(declared, field)


def reads_as_stored(shown: str, field: Field) -> bool:
    """Return whether a plain value is surely shown as it is stored: not masked, cut, escaped or in another format."""
    if not shown:
        return True
    if plain_ends(shown, field) is not None or is_plain_mask(shown) or len(shown) >= CUT_AT or _ENTITY.search(shown):
        return False
    if unicodedata.normalize("NFC", shown) != shown or shown != shown.strip() or _REPLACED in shown:
        return False
    return field.format.accepts(shown)


def _compare_plain(declared: str, shown: str | None, field: Field) -> Comparison:
    if shown is None:
        return Comparison.DIFFERENT if declared else Comparison.SAME
    if declared.strip() == shown.strip():
        return Comparison.SAME
    ends = plain_ends(shown, field)
    if ends is not None and declared:
        head, tail = ends
        if not (declared.startswith(head) and declared.endswith(tail)):
            return Comparison.DIFFERENT
        return Comparison.ALIKE if head or tail else Comparison.HIDDEN
    canonical = field.canonical
    same = bool(declared) and canonical(declared.strip()) == canonical(shown.strip())
    return Comparison.SAME if same else Comparison.DIFFERENT


def _compare_secret(declared: str, shown: str, field: Field | None, evidence: Evidence) -> Comparison:
    ends = visible_ends(shown)
    if ends is not None:
        head, tail = ends
        if declared.startswith(head) and declared.endswith(tail):
            return Comparison.ALIKE if head or tail else Comparison.HIDDEN
        return Comparison.DIFFERENT
    if is_mask(shown):
        return (
            Comparison.ALIKE
            if _LONG_TAIL.fullmatch(shown) and declared.endswith(shown.lstrip("*•●∙█"))
            else Comparison.HIDDEN
        )
    if evidence.shows_secrets:
        return Comparison.DIFFERENT
    if is_doubtful(shown, field) or shown in evidence.shared:
        return Comparison.HIDDEN
    return Comparison.DIFFERENT


def gather(
    current: Iterable[Integration],
    declared: Iterable[tuple[Integration, dict[str, str]]],
    learnt: Evidence = NO_EVIDENCE,
) -> Evidence:
    """Gather what an account proves of itself by what it shows.

    :param declared: integrations with the settings that are declared for them.
    :param learnt: what the run has learnt before, by reading back what it wrote.
    """
    current = list(current)
    return Evidence(
        listed=secrets_shown(current),
        lists_plain=any(_shows_plain(one) for one in current),
        blanks_secrets=blanks_secrets(current),
        shown=learnt.shown | {proof for one, settings in declared for proof in proofs(one, settings)},
        shared=frozenset(_shared(current)),
        documented=frozenset(_documented(current)),
        merges=learnt.merges,
    )


def proofs(integration: Integration, settings: dict[str, str]) -> list[tuple[str, str]]:
    """Return the secrets of an integration that are shown just as these settings have them."""
    known = integration.known
    if known is None:
        return []
    shown = integration.settings or {}
    return [
        (known.name, key)
        for key in known.secret_names
        if key in settings and is_proof(settings[key], shown.get(key), known.field(key))
    ]


def _shows_plain(integration: Integration) -> bool:
    settings, known = integration.settings or {}, integration.known
    return known is not None and any(settings.get(name) for name in known.plain_names)


def _documented(current: Iterable[Integration]) -> Iterable[tuple[str, str]]:
    """The settings that are shown in a form which the API documents and servers may strip: numbers with +."""
    for one in current:
        for field in one.known.fields if one.known else ():
            shown = (one.settings or {}).get(field.name)
            if one.known and shown and shown == field.format.documented(shown[1:]):
                yield one.known.name, field.name


def _shared(current: Sequence[Integration]) -> Iterable[str]:
    holders: dict[str, set[str]] = defaultdict(set)
    for one in current:
        plain = one.known.plain_names if one.known else ()
        for key, text in (one.settings or {}).items():
            if text and key not in plain:
                holders[text].add(one.id)
    return (text for text, ids in holders.items() if len(ids) > 1)
