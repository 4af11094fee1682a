# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is the API there, does it take the token, what do its limits and refusals tell? Private to this collection."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ansible_collections.ocamba.hood.plugins.module_utils.api.bodies import unwrapped
from ansible_collections.ocamba.hood.plugins.module_utils.api.models import (
    parse_integration,
    parse_provider,
)
from ansible_collections.ocamba.hood.plugins.module_utils.api.rate_limits import DOCUMENTED, MINUTE
from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis.answers import (
    Facts,
    Seen,
    tried,
)
from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis.finding import (
    REPORT_IT,
    Finding,
    evidence_of,
    plural,
    undetermined,
    without_list,
)
from ansible_collections.ocamba.hood.plugins.module_utils.errors import MALFORMED_ANSWER, REFUSED, TOKEN_REFUSED

_RENEW = (
    "Make a new personal API key in the profile menu of Ocamba under API Tokens, mind its valid-from and"
    " valid-until, and put it where api_token comes from."
)


def api(facts: Facts) -> Finding:
    question = "Does the Hood API answer at api_url?"

    first = facts.first
    broken = next((seen for seen in facts.answers if seen.is_broken), None)
    reason_code = (broken or first).reason_code

    def failed(verdict: str, answer: str, consequence: str) -> Finding:
        return Finding("api", question, verdict, answer, evidence_of(facts.large), consequence, reason_code)

    if first.is_broken:
        return failed("unreachable", f"No: {first.reason}.", "Nothing can be read or written.")
    if broken:
        return failed("breaks", f"At first, and then not any more: {broken.reason}.", "Run the check again.")
    if first.status == 429 or (first.status or 0) >= 500:
        return failed(
            "failing", f"It answers, but with {first.status}, repeatedly.", "Nothing can be read now: run again later."
        )
    if first.status not in (401, 403) and not first.is_list:
        return failed(
            "other",
            f"Something answers there, but not as a Hood API: {first.without_list}.",
            "Nothing can be read: check api_url and proxy. If both are right, please report it with this text.",
        )
    return Finding("api", question, "answers", "Yes.", evidence_of(facts.large))


def token(facts: Facts) -> Finding:
    question = "Is the token good?"
    statuses = {"integrations": facts.first.status}
    if facts.provider_pages:
        statuses["providers"] = facts.provider_pages[0].status
    evidence = tuple(f"GET /{name}: {status}" for name, status in statuses.items() if status)
    if 401 in statuses.values():
        answer = "No: Hood answers 401. It is unknown, has expired or is not yet valid; Hood does not say which."
        return Finding("token", question, "refused", answer, evidence, _RENEW, TOKEN_REFUSED)
    forbidden = [name for name, status in statuses.items() if status == 403]
    if forbidden:
        answer = f"Hood knows it, but answers 403: it may not list {' and '.join(forbidden)}."
        consequence = "Check the rights of the user that the token belongs to, in Ocamba."
        return Finding("token", question, "forbidden", answer, evidence, consequence, REFUSED)
    if not facts.first.is_list:
        return undetermined("token", question, "the integrations could not be listed", *evidence)
    answer = "Yes: integrations and providers can be listed with it."
    if not facts.provider_pages or not facts.provider_pages[0].is_success:
        answer = "Yes: integrations can be listed with it."
    return Finding("token", question, "good", answer, evidence)


def limit_headers(facts: Facts) -> Finding:
    question = "Which limit do the X-RateLimit headers describe?"
    answered = [seen for seen in facts.answers if seen.status not in (None, 401, 429)]
    if not answered:
        return undetermined("limits", question, "there was no answer that would carry them")
    reported = [window for window in map(_window, answered) if window is not None]
    evidence = [f"on {len(reported)} of {len(answered)} answers"]
    if not reported:
        consequence = (
            "Requests are not slowed beforehand. A 429 is waited for as its Retry-After says, up to max_wait, and from"
            " then on the documented limits are kept."
        )
        return Finding(
            "limits", question, "none", "None: they are missing or no numbers.", tuple(evidence), consequence
        )
    limits = sorted({limit for limit, _reset in reported})
    resets = [reset for _limit, reset in reported]
    shown = ", ".join(map(str, limits))
    evidence.append(f"X-RateLimit-Limit {shown}, X-RateLimit-Reset from {min(resets)} to {max(resets)}")
    window = _described(limits, max(resets))
    if window == "other":
        answer = "Neither that of a second nor that of a minute: X-RateLimit-Reset is more than 60 seconds."
        consequence = f"They are not believed: a 429 is waited for as its Retry-After says. {REPORT_IT}"
    else:
        other = {"second": "minute", "minute": "second"}[window]
        answer = f"That of a {window}: {shown} requests."
        consequence = (
            f"Requests pause when the number of the {window} is used up, and are spaced so that they keep the"
            f" documented limit of a {other}. A 429 is waited for as its Retry-After says, up to max_wait."
        )
    return Finding("limits", question, window, answer, tuple(evidence), consequence)


def _window(seen: Seen) -> tuple[int, int] | None:
    limit, reset = (seen.headers.get(f"X-RateLimit-{name}") or "" for name in ("Limit", "Reset"))
    if re.fullmatch("[0-9]{1,12}", limit) and re.fullmatch("[0-9]{1,12}", reset):
        return int(limit), int(reset)
    return None


def _described(limits: Sequence[int], longest_reset: int) -> str:
    """A second's window never has more than one second left; a minute's may happen to have so little."""
    if longest_reset > MINUTE:
        return "other"
    return "minute" if longest_reset > 1 or limits == [DOCUMENTED[MINUTE]] else "second"


def readable(facts: Facts) -> Finding:
    topic, question = "readable", "Can this collection read what is shown?"
    wrong = Counter[str]()
    items = [*facts.items, *(unwrapped(seen.body) for seen in facts.singles if seen.is_success)]
    for parse, shown in ((parse_integration, items), (parse_provider, facts.provider_items)):
        wrong.update(one for one in (tried(parse, item) for item in shown) if isinstance(one, str))
    if wrong:
        evidence = tuple(f"{reason}: {plural(count, 'time')}" for reason, count in sorted(wrong.items()))
        answer = "No: some of it is not as the API documents it."
        return Finding(
            topic, question, "no", answer, evidence, f"Runs end with that error. {REPORT_IT}", MALFORMED_ANSWER
        )
    if not facts.items and not facts.provider_items:
        return undetermined(topic, question, "nothing could be read")
    answer = (
        f"Yes: {plural(len(facts.items), 'integration')} of {facts.first.total or 0:,} and"
        f" {plural(len(facts.provider_items), 'provider')} were read for this report."
    )
    return Finding(topic, question, "yes", answer)


def unknown_id(facts: Facts) -> Finding:
    topic, question = "unknown_id", "What is answered for an id that is not there?"
    seen = facts.unknown_id
    if seen.status is None:
        reason = without_list(facts, facts.first) or (seen.reason if seen.asked else "the id 0 is taken")
        return undetermined(topic, question, str(reason))
    if seen.is_refused:
        consequence = "Nothing depends on it: ids are looked up in the list."
        return Finding(topic, question, str(seen.status), f"{seen.status}.", evidence_of(seen), consequence)
    consequence = "Nothing depends on it: ids are looked up in the list. " + REPORT_IT
    return Finding(topic, question, "found", f"A success: {seen.status}.", evidence_of(seen), consequence)


def errors(facts: Facts) -> Finding:
    topic, question = "errors", "What does an error tell?"
    refused = next((seen for seen in facts.answers if seen.is_refused), None)
    if refused is None:
        return undetermined(topic, question, "nothing was refused")
    consequence = "Messages show the status, and what there is of Hood's message and trace_id."
    if not isinstance(refused.body, dict):
        answer = "A status only: its body is no JSON object."
        return Finding(topic, question, "no_json", answer, evidence_of(refused), consequence)
    missing = [key for key in ("message", "trace_id") if not isinstance(refused.body.get(key), str)]
    verdict = "_".join(["no", *missing]) if missing else "full"
    answer = f"It has no {' and no '.join(missing)}." if missing else "A message and a trace_id."
    return Finding(topic, question, verdict, answer, evidence_of(refused), consequence)
