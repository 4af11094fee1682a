# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How lists are read: pages, views, totals, names. Private to this collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ansible_collections.ocamba.hood.plugins.module_utils.api.bodies import unwrapped
from ansible_collections.ocamba.hood.plugins.module_utils.api.models import Integration
from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis.answers import (
    INACTIVE,
    NOT_ASKED,
    Facts,
    Seen,
    has_settings,
    readable,
)
from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis.finding import (
    NO_INTEGRATIONS,
    REPORT_IT,
    Finding,
    evidence_of,
    pages_of,
    plural,
    undetermined,
    without_list,
)
from ansible_collections.ocamba.hood.plugins.module_utils.errors import MALFORMED_ANSWER


def list_view(facts: Facts) -> Finding:
    topic, question = "list_view", "Does the list of integrations need view=full to show settings?"
    problem = without_list(facts, facts.default) or ("" if facts.items else NO_INTEGRATIONS)
    if problem:
        return undetermined(topic, question, problem, *evidence_of(facts.default))
    default = facts.default.items or []
    evidence = (*evidence_of(facts.first, facts.default), *_who_shows(facts, default))
    if not any(has_settings(item) for item in facts.items):
        if any(has_settings(unwrapped(seen.body)) for seen in facts.singles):
            consequence = "Declared integrations are read one by one, a request each; others are not."
            return Finding(
                topic, question, "by_id_only", "No list shows them, a reading by id does.", evidence, consequence
            )
        consequence = "Entries with settings fail, as they can't be compared. " + REPORT_IT
        return Finding(topic, question, "never", "Neither lists nor readings by id show them.", evidence, consequence)
    if any(has_settings(item) for item in default):
        return Finding(topic, question, "not_needed", "No.", evidence, "It is asked for all the same.")
    return Finding(topic, question, "needed", "Yes.", evidence, "Lists are read with view=full.")


def _who_shows(facts: Facts, default: Sequence[Any]) -> list[str]:
    def reported(items: Sequence[Any]) -> str:
        settings = sum(has_settings(item) for item in items)
        known = sum(isinstance(item, dict) and isinstance(item.get("provider"), dict) for item in items)
        return f"{settings} of {len(items)} show settings, {known} the provider"

    return [f"with view=full: {reported(facts.items)}", f"without it: {reported(default)}"]


def large_page(facts: Facts) -> Finding:
    topic, question = "large_page", f"What comes of asking for {facts.page_size:,} integrations a page?"
    evidence = evidence_of(facts.large, *([] if facts.large is facts.first else [facts.first]))
    problem = without_list(facts, facts.first)
    if problem:
        return undetermined(topic, question, problem)
    total, size = facts.first.total or 0, len(facts.first.items or ())
    pages = pages_of(total, size)
    reading = f"{plural(pages, 'request')} for {plural(total, 'integration')}"
    if facts.large.is_refused:
        consequence = (
            f"After the refusal lists are read with view=full, {size:,} a page: {reading}, besides what is refused."
        )
        answer = f"It is refused with {facts.large.status}."
        return Finding(topic, question, "refused", answer, evidence, consequence)
    consequence = f"Lists are read with view=full, {size:,} a page: {reading}."
    if size >= facts.page_size:
        return Finding(topic, question, "granted", "So many are granted.", evidence, consequence)
    if size < total:
        return Finding(topic, question, "clamped", f"{size:,} are granted.", evidence, consequence)
    consequence = f"Lists are read with view=full: {reading}."
    return undetermined(topic, question, _fits(total), *evidence, consequence=consequence)


def _fits(total: int) -> str:
    return f"all {total:,} came in one page" if total else NO_INTEGRATIONS


def default_page(facts: Facts) -> Finding:
    topic, question = "default_page", "How large is a page where no size is asked for?"
    problem = without_list(facts, facts.default)
    if problem:
        return undetermined(topic, question, problem, *evidence_of(facts.default))
    size, total = len(facts.default.items or ()), facts.default.total or 0
    if size >= total:
        return undetermined(topic, question, _fits(total), *evidence_of(facts.default))
    consequence = "It matters only where a large page is refused."
    return Finding(topic, question, str(size), f"It has {size}.", evidence_of(facts.default), consequence)


def paging(facts: Facts) -> Finding:
    topic, question = "paging", "Does the second page follow on the first?"
    problem = without_list(facts, facts.first)
    if not problem and facts.second is NOT_ASKED:
        problem = _fits(facts.first.total or 0)
    problem = problem or facts.second.without_list
    if problem:
        return undetermined(topic, question, problem, *evidence_of(facts.second))
    first, second = ({_id(item) for item in seen.items or ()} for seen in (facts.first, facts.second))
    evidence = evidence_of(facts.first, facts.second)
    if second - first:
        twice = len(second & first)
        answer = f"Yes, but {twice} of its integrations stood on the first as well." if twice else "Yes."
        return Finding(topic, question, "follows", answer, evidence, "All pages are read.")
    answer = "No: it repeats the first." if second else "No: it is empty, before the total is reached."
    consequence = "Runs end with an error rather than act on half a list. " + REPORT_IT
    return Finding(topic, question, "repeats" if second else "ends", answer, evidence, consequence, MALFORMED_ANSWER)


def _id(item: Any) -> str:
    return str(item.get("id")) if isinstance(item, dict) else ""


def total(facts: Facts) -> Finding:
    topic, question = "total", "Is the total of a list a number?"
    problem = without_list(facts, facts.first)
    if problem:
        return undetermined(topic, question, problem)
    lists = [seen for seen in (facts.first, facts.second, facts.default) if seen.is_list]
    totals = sorted({seen.total or 0 for seen in lists})
    if len(totals) > 1 and all(seen.total == len(seen.items or ()) for seen in lists):
        answer = "It is that of the items of one page."
        consequence = "Lists are read until a page has nothing new."
        return Finding(topic, question, "of_page", answer, evidence_of(*lists), consequence)
    if len(totals) > 1:
        answer = f"The lists do not agree on it: {', '.join(f'{total:,}' for total in totals)}."
        evidence = evidence_of(facts.first, facts.second, facts.default)
        consequence = "If nobody changed the account in this moment, lists would seem complete too soon. Run again."
        return Finding(topic, question, "inconsistent", answer, evidence, consequence, MALFORMED_ANSWER)
    verdict = "string" if isinstance(facts.first.body["total"], str) else "number"
    return Finding(topic, question, verdict, f"It is a {verdict}.", (), "Both are understood.")


def name_filter(facts: Facts) -> Finding:
    question = "Can integrations be filtered by name?"
    return _search(facts, "name_filter", question, facts.filter_none, facts.filter_one)


def name_search(facts: Facts) -> Finding:
    question = "Can names be searched with q and q_fields?"
    return _search(facts, "name_search", question, facts.search_none, facts.search_one)


def _search(facts: Facts, topic: str, question: str, none: Seen, one: Seen) -> Finding:
    consequence = "Nothing depends on it: the whole list is read, and names are compared here, exactly."
    evidence = evidence_of(none, one)
    problem: str | None = without_list(facts, facts.first) or ("" if facts.listed else NO_INTEGRATIONS)
    refused = next((seen.status for seen in (none, one) if seen.is_refused), None)
    if not problem and refused:
        return Finding(topic, question, "refused", f"No: it is refused with {refused}.", evidence, consequence)
    if not problem and not none.items:
        problem = none.without_list or one.without_list
    if problem:
        return undetermined(topic, question, problem, *evidence)
    verdict = _found(facts, none, one, is_exact=topic == "name_filter")
    answer = {
        "ignored": "No: asked for a name that nobody has, the list shows others.",
        "misses": "No: it does not find a name that is there.",
        "loose": "Partly: it finds other names as well.",
        "works": "Yes.",
    }[verdict]
    return Finding(topic, question, verdict, answer, evidence, consequence)


def _found(facts: Facts, none: Seen, one: Seen, is_exact: bool) -> str:
    if none.items:
        return "ignored"
    names = [item.get("name") for item in one.items or () if isinstance(item, dict)]
    if facts.name not in names:
        return "misses"
    return "loose" if is_exact and any(name != facts.name for name in names) else "works"


def duplicate_names(facts: Facts) -> Finding:
    topic, question = "duplicate_names", "Do several integrations have the same name?"
    problem = without_list(facts, facts.first) or ("" if facts.listed else NO_INTEGRATIONS)
    if problem:
        return undetermined(topic, question, problem)
    counts = Counter(one.name for one in {one.id: one for one in facts.listed}.values())
    double = sum(count > 1 for count in counts.values())
    read = f"{sum(counts.values()):,} of {facts.first.total or 0:,} were compared"
    if double:
        consequence = "Entries of such a name are refused, with the ids; declare provider or id to say which."
        return Finding(topic, question, "exist", f"Yes, {plural(double, 'name')}.", (read,), consequence)
    return Finding(topic, question, "none_seen", "None were seen.", (read,))


def inactive(facts: Facts) -> Finding:
    topic, question = "inactive", "Does the list of integrations show inactive ones?"
    problem = without_list(facts, facts.first)
    if problem:
        return undetermined(topic, question, problem)
    listed = sum(one.status == INACTIVE for one in facts.listed)
    if listed:
        return Finding(topic, question, "shown", "Yes.", (f"{listed:,} of {len(facts.listed):,} are inactive",))
    return _unlisted(facts, topic, question)


def _unlisted(facts: Facts, topic: str, question: str) -> Finding:
    """No inactive one is listed: are there none, or does the list leave them out?"""
    filtered, total = facts.every_status, facts.first.total or 0
    evidence = evidence_of(facts.first, filtered, facts.inactive)
    alone = readable(facts.inactive.items or ())
    hidden = (filtered.total or 0) - total if filtered.is_list else 0
    if alone and all(one.status == INACTIVE for one in alone):
        hidden = facts.inactive.total or 0
    if hidden > 0:
        answer = f"No: asked for by status there {'is' if hidden == 1 else 'are'} {hidden:,} more."
        consequence = (
            "A run that is about to create something asks for them first, and in all its readings from then on."
        )
        return Finding(topic, question, "hidden", answer, evidence, consequence)
    if facts.inactive.is_refused or alone:
        verdict, how = ("ignored", "ignored") if alone else ("refused", f"refused with {facts.inactive.status}")
        answer = f"It shows none, and whether it leaves some out can't be determined: the filter on status is {how}."
        consequence = (
            "If it does leave them out, a run can't find an inactive integration by its name, makes another one, and"
            " fails with the id: declare inactive ones by their ids."
        )
        return Finding(topic, question, verdict, answer, evidence, consequence)
    reason = next((seen.without_list for seen in (filtered, facts.inactive) if seen.without_list), None)
    return undetermined(topic, question, reason or "no integration is inactive", *evidence)


def by_id(facts: Facts) -> Finding:
    topic, question = "by_id", "Does a reading by id show the same as the list?"
    problem = without_list(facts, facts.first) or ("" if facts.listed else NO_INTEGRATIONS)
    if not problem and not facts.read_singly:
        problem = next((seen.without_list for seen in facts.singles), None) or "none was read by id"
    if problem:
        return undetermined(topic, question, problem)
    listed = {one.id: one for one in facts.listed}
    pairs = [(listed[one.id], one) for one in facts.read_singly if one.id in listed]
    differing = [name for name in ("name", "status", "update_time") if any(_differ(*pair, name) for pair in pairs)]
    evidence = (f"{plural(len(pairs), 'integration')} read by id",)
    if not differing:
        consequence = "It may still lag behind a write: what a run has written it reads back until the list shows it."
        return Finding(topic, question, "same", "Yes.", evidence, consequence)
    answer = f"No: {' and '.join(differing)} differ. The list lags, if nobody changed the account in this moment."
    consequence = (
        "Runs wait up to 30 seconds until the list shows what they wrote. Let some time pass between two runs."
    )
    return Finding(topic, question, "differs", answer, evidence, consequence)


def _differ(listed: Integration, read: Integration, name: str) -> bool:
    values = (getattr(listed, name), getattr(read, name))
    return None not in values and values[0] != values[1]
