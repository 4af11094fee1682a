# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How integrations are shown: secrets above all. Private to this collection."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ansible_collections.ocamba.hood.plugins.module_utils.api.models import (
    Integration,
    blanks_secrets,
)
from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis.answers import (
    Facts,
)
from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis.finding import (
    NO_INTEGRATIONS,
    REPORT_IT,
    UNKNOWN,
    Finding,
    evidence_of,
    plural,
    undetermined,
    without_list,
)
from ansible_collections.ocamba.hood.plugins.module_utils.providers.masks import visible_ends

_NOT_COMPARED = (
    "Secrets can't be compared: they are written on creation, along with any other change of the settings, in every run"
    " with update_secrets: always, and with on_change where they are not those that were last written. One that is not"
    " declared is not sent, so changing a setting needs all secrets of the entry declared; a run says which."
)


def _all_shown(facts: Facts) -> list[Integration]:
    """Integrations with their settings: of the list where it shows them, else those that were read by id."""
    listed = [one for one in facts.listed if one.settings is not None]
    return listed or [one for one in facts.read_singly if one.settings is not None]


def secrets(facts: Facts) -> Finding:
    topic, question = "secrets", "Are secret settings shown?"
    problem = without_list(facts, facts.first) or ("" if facts.items else NO_INTEGRATIONS)
    shown = [one for one in _all_shown(facts) if one.known]
    problem = problem or ("" if shown else "no settings of a provider that this collection knows are shown")
    if problem:
        return undetermined(topic, question, problem)
    counts = _displays(shown)
    verdict = _secret_verdict(counts, shown)
    evidence = [f"of {plural(len(shown), 'integration')}: {_counted(counts)}"]
    by_id = [one for one in facts.read_singly if one.known]
    if by_id and by_id != shown:
        evidence.append(f"by id: {_counted(_displays(by_id))}")
    if verdict == UNKNOWN:
        return undetermined(topic, question, "none is stored", *evidence)
    answer, consequence = _SECRETS[verdict]
    return Finding(topic, question, verdict, answer, tuple(evidence), consequence)


_SECRETS = {
    "clear": (
        "In clear.",
        "Secrets are compared; a difference is written. Whoever has this token can read them: guard it.",
    ),
    "masked": ("Masked, with nothing of the secret left.", _NOT_COMPARED),
    "masked_tail": (
        "Masked, with some of its characters left.",
        "A secret with other characters there is a difference, and is written. Otherwise: " + _NOT_COMPARED,
    ),
    "null": ("As null, or none is stored.", _NOT_COMPARED),
    "empty": ("As an empty text.", _NOT_COMPARED),
    "absent": ("They are left out, or none is stored.", _NOT_COMPARED),
    "placeholder": (
        "By one and the same text for all, which is no mask that this collection knows.",
        "It is taken for a mask. " + _NOT_COMPARED + " " + REPORT_IT,
    ),
    "mixed": (
        "Some in clear, some masked.",
        "Those in clear are compared. Of the others: " + _NOT_COMPARED,
    ),
}


def _displays(shown: Iterable[Integration]) -> Counter[str]:
    """How often a secret setting is shown in which way."""
    counts = Counter[str]()
    for one in shown:
        for key in one.known.secret_names if one.known else ():
            counts[_display(one.settings or {}, key)] += 1
    return counts


def _display(settings: dict[str, str | None], key: str) -> str:
    if key not in settings:
        return "absent"
    value = settings[key]
    if value is None:
        return "null"
    ends = visible_ends(value)
    if ends is None:
        return "clear" if value.strip() else "empty"
    return "masked_tail" if any(ends) else "masked"


def _secret_verdict(counts: Counter[str], shown: Sequence[Integration]) -> str:
    masked = [kind for kind in ("masked_tail", "masked") if counts[kind]]
    if counts["clear"] and masked:
        return "mixed"
    if counts["clear"]:
        return "placeholder" if _is_one_text(shown) else "clear"
    # One that is shown proves that what is missing elsewhere is not stored. A single empty one may be stored so.
    hidden = ("null", "empty", "absent") if blanks_secrets(shown) else ("null", "absent")
    return next((kind for kind in (*masked, *hidden) if counts[kind]), UNKNOWN)


def _is_one_text(shown: Iterable[Integration]) -> bool:
    """Whether settings of different providers all show the same text."""
    found = {
        (one.known.name, key): (one.settings or {}).get(key)
        for one in shown
        if one.known
        for key in one.known.secret_names
    }
    texts = [text for text in found.values() if text]
    return len(texts) > 1 and len(set(texts)) == 1


def _counted(counts: Counter[str]) -> str:
    words = {"absent": "left out", "masked_tail": "masked in part", "clear": "in clear"}
    return ", ".join(f"{count} {words.get(kind, kind)}" for kind, count in sorted(counts.items())) or "no secrets"


def single(facts: Facts) -> Finding:
    topic, question = "single", "What does a reading by id look like?"
    consequence = "Both are understood."
    problem = without_list(facts, facts.first) or ("" if facts.singles else NO_INTEGRATIONS)
    if problem:
        return undetermined(topic, question, problem)
    seen = facts.singles[0]
    if seen.is_success and isinstance(seen.body, dict):
        for verdict, key, answer in (
            ("envelope", "items", "An envelope with one item."),
            ("bare", "id", "The object."),
        ):
            if key in seen.body:
                return Finding(topic, question, verdict, answer, evidence_of(seen), consequence)
    answer = f"Neither an object nor an envelope: {seen.without_list}."
    return Finding(
        topic, question, "other", answer, evidence_of(seen), f"Readings by id end with an error. {REPORT_IT}"
    )


def phone_plus(facts: Facts) -> Finding:
    topic, question = "phone_plus", "Are phone numbers shown with their +?"
    stored = [(one.settings or {}).get("default_phone_number") or "" for one in _all_shown(facts)]
    # A form may have taken anything: only what is a number in international form tells.
    shown = [value for value in stored if re.fullmatch(r"\+?[1-9][0-9]{6,14}", value.strip())]
    if not shown:
        return undetermined(topic, question, without_list(facts, facts.first) or "none was seen")
    plus = sum(value.strip().startswith("+") for value in shown)
    verdict = "with" if plus == len(shown) else "mixed" if plus else "without"
    answer = {"with": "Yes.", "mixed": "Some are.", "without": "No."}[verdict]
    evidence = f"{plus} of {len(shown)} with it"
    return Finding(topic, question, verdict, answer, (evidence,), "The + makes no difference when comparing.")


def empty_settings(facts: Facts) -> Finding:
    topic, question = "empty_settings", "How is a plain setting shown that is empty?"
    shown = [
        value
        for one in _all_shown(facts)
        for key, value in (one.settings or {}).items()
        if one.known and key in one.known.plain_names and not value
    ]
    consequence = "An empty text, null and a missing key count as the same."
    problem = without_list(facts, facts.first)
    if problem:
        return undetermined(topic, question, problem)
    if not shown:
        reason = "none was seen; one that is missing may never have been set"
        return undetermined(topic, question, reason, consequence=consequence)
    kinds = {"null" if value is None else "empty" for value in shown}
    verdict = kinds.pop() if len(kinds) == 1 else "mixed"
    answer = {"null": "As null.", "empty": "As an empty text.", "mixed": "Both as null and as an empty text."}[verdict]
    return Finding(topic, question, verdict, answer, (plural(len(shown), "setting"),), consequence)


def effective_status(facts: Facts) -> Finding:
    topic, question = "effective_status", "Does effective_status differ from status?"
    listed = [one for one in facts.listed if one.status and one.effective_status]
    if not listed:
        return undetermined(
            topic, question, without_list(facts, facts.first) or "there is no integration that shows both"
        )
    differing = sum(one.status != one.effective_status for one in listed)
    evidence = f"{differing} of {len(listed)}"
    if differing:
        consequence = "Only status is declared and compared; effective_status is returned beside it."
        return Finding(topic, question, "differs", "Yes, for some.", (evidence,), consequence)
    return Finding(topic, question, "same", "Not in this account.", (evidence,))
