# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The providers of the account beside those that this collection knows. Private to this collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Callable

from ansible_collections.ocamba.hood.plugins.module_utils.api.models import (
    LiveProvider,
)
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import printable
from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis.answers import (
    Facts,
    Seen,
    has_settings,
)
from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis.finding import (
    REPORT_IT,
    Finding,
    evidence_of,
    plural,
    undetermined,
)
from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry


def _without_providers(facts: Facts) -> str | None:
    if not facts.provider_pages:
        return "the integrations could not be listed"
    problem = next((seen.without_list for seen in facts.provider_pages if seen.without_list), None)
    return problem or (None if facts.provider_items else "the account shows no providers")


def _why_unreadable(pages: Sequence[Seen]) -> str | None:
    """Why the list is a problem of its own, if it is: not one of the token, nor of a connection that broke."""
    unreadable = [seen for seen in pages if not seen.is_list and seen.status not in (None, 401, 403)]
    return unreadable[0].reason_code if unreadable else None


def providers_known(facts: Facts) -> Finding:
    topic, question = "providers", "Which providers are there, and are they as this collection knows them?"
    problem = _without_providers(facts)
    if problem:
        consequence = "Existing integrations can be compared, but creating one or changing its settings fails."
        consequence = consequence if facts.provider_pages else ""
        evidence, reason_code = evidence_of(*facts.provider_pages), _why_unreadable(facts.provider_pages)
        return undetermined(topic, question, problem, *evidence, consequence=consequence, reason_code=reason_code)
    live = facts.providers
    differences = [line for one in live for line in _differences(one, facts.clean)]
    differences += _odd_kinds(facts) + _shared(live)
    names = {one.known.name for one in live if one.known}
    missing = [one.name for one in registry.PROVIDERS if one.name not in names]
    is_complete = len(facts.provider_items) >= (facts.provider_pages[0].total or 0)
    if missing and is_complete:
        differences.append(f"not in this account: {', '.join(missing)}")
    required = [
        f"{_name(one, facts.clean)} requires {', '.join(keys)}" for one in live if (keys := _required(one, facts.clean))
    ]
    known = [one.known.name for one in live if one.known and not _differences(one, facts.clean)]
    reported = [f"as known: {', '.join(known)}"] if known else []
    reported += [*differences, *required]
    if not is_complete:
        reported.append(f"only {len(facts.provider_items)} of {facts.provider_pages[0].total} were read")
    if not differences:
        answer = f"{plural(len(live), 'provider')}, all as known."
        return Finding(topic, question, "as_known", answer, tuple(reported), "All can be declared by name.")
    return Finding(
        topic,
        question,
        "differ",
        f"{plural(len(live), 'provider')}; {plural(len(differences), 'difference')}.",
        tuple(reported),
        "The account's own description decides: settings that only it knows can be declared, and are treated as"
        " secret, as are all settings of a provider that this collection does not know; what it requires must be"
        " declared; what it calls deprecated is warned about. " + REPORT_IT,
    )


def _differences(live: LiveProvider, clean: Callable[[str], str]) -> list[str]:
    """How one provider of the account differs from what this collection knows of it."""
    name, known = _name(live, clean), live.known
    if known is None:
        other = registry.find(live.name)
        why = f"is not of type {other.type}" if other else "is not known"
        shown = ", ".join(_word(key, clean) for key in live.field_names) or "none described"
        return [f"{name} {why}; settings: {shown}"]
    if not live.fields:
        return [f"{name} is not described: no settings are shown for it"]
    found = []
    extra = [_word(key, clean) for key in live.field_names if known.field(key) is None]
    lacking = [key for key in known.field_names if key not in live.field_names]
    deprecated = [_word(field.name, clean) for field in live.fields if field.deprecated]
    for what, keys in (("has the new", extra), ("lacks the", lacking), ("deprecates the", deprecated)):
        if keys:
            found.append(f"{name} {what} {'setting' if len(keys) == 1 else 'settings'} {', '.join(keys)}")
    return found


def _odd_kinds(facts: Facts) -> list[str]:
    """Settings that are described as something else than a string; no other kind was ever seen."""
    kinds = Counter[str]()
    for item in facts.provider_items:
        described = item.get("settings") if isinstance(item, dict) else None
        for field in described if isinstance(described, list) else ():
            kind = field.get("type", "string") if isinstance(field, dict) else "not an object"
            if kind != "string":
                kinds[_word(kind, facts.clean) if isinstance(kind, str) else "no text"] += 1
    return [f"{plural(count, 'setting')} described as of type {kind}" for kind, count in sorted(kinds.items())]


def _shared(live: Iterable[LiveProvider]) -> list[str]:
    counts = Counter(one.known.name for one in live if one.known)
    return [
        f"{count} providers are taken for {name}: declare provider_id" for name, count in counts.items() if count > 1
    ]


def _required(live: LiveProvider, clean: Callable[[str], str]) -> list[str]:
    return [_word(field.name, clean) for field in live.fields if field.required]


def _name(live: LiveProvider, clean: Callable[[str], str]) -> str:
    return _word(live.name, clean)


def _word(text: str, clean: Callable[[str], str]) -> str:
    return " ".join(printable(clean(text)).split())


def provider_names(facts: Facts) -> Finding:
    topic, question = "provider_names", "How are the providers named?"
    named = [(one.name, one.known) for one in facts.providers if one.known and one.known.name != one.known.schema]
    if not named:
        return undetermined(topic, question, _without_providers(facts) or "none of them is known to this collection")
    manners = {
        "plain" if name == known.name else "schema" if name == known.schema else "other" for name, known in named
    }
    verdict = manners.pop() if len(manners) == 1 else "mixed"
    answer = {
        "plain": "As in this collection.",
        "schema": "As the schemas on Hood's page Create Integration.",
        "other": "In a manner of their own.",
        "mixed": "In several manners.",
    }[verdict]
    evidence = ", ".join(f"{known.name} is {_word(name, facts.clean)}" for name, known in named)
    return Finding(topic, question, verdict, answer, (evidence,), "Either name can be declared.")


def provider_view(facts: Facts) -> Finding:
    topic, question = "provider_view", "Does the list of providers need view=full to describe settings?"
    problem = _without_providers(facts) or facts.provider_default.without_list
    if problem:
        return undetermined(topic, question, problem, *evidence_of(facts.provider_default))
    full, default = facts.provider_items, facts.provider_default.items or ()
    evidence = evidence_of(facts.provider_pages[0], facts.provider_default)
    if not any(has_settings(item) for item in full):
        consequence = "What is required can't be checked before a write; Hood's own refusal tells it."
        return Finding(topic, question, "never", "Not even view=full shows them.", evidence, consequence)
    if any(has_settings(item) for item in default):
        return Finding(topic, question, "not_needed", "No.", evidence, "It is asked for all the same.")
    return Finding(topic, question, "needed", "Yes.", evidence, "Providers are read with view=full.")
