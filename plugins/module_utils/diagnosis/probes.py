# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask an account what the documentation of the API leaves open, by GET alone. Private to this collection.

What the answers mean is for `checks` to judge.

A refusal is an answer like any other. Where no answer comes at all, nothing more is asked: each further question
would wait as long.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Callable
from urllib.parse import quote

from ansible_collections.ocamba.hood.plugins.module_utils.api.client import (
    EVERY_STATUS,
    INTEGRATIONS,
    PROVIDERS,
    HoodClient,
)
from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import ROOT
from ansible_collections.ocamba.hood.plugins.module_utils.api.lists import FIRST_PAGES, PAGE_REFUSED, PAGE_SIZE
from ansible_collections.ocamba.hood.plugins.module_utils.api.models import Integration, shows_a_secret
from ansible_collections.ocamba.hood.plugins.module_utils.api.reader import stored_secrets
from ansible_collections.ocamba.hood.plugins.module_utils.api.transport import USER_AGENT
from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis import checks
from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis.answers import (
    INACTIVE,
    NOT_ASKED,
    Facts,
    Seen,
    has_settings,
)
from ansible_collections.ocamba.hood.plugins.module_utils.diagnosis.finding import Finding
from ansible_collections.ocamba.hood.plugins.module_utils.errors import (
    UNREACHABLE,
    HoodError,
    MalformedAnswer,
    MissingLibrary,
    Uncertain,
)
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.task_outcome import TaskOutcome

# Names and ids that no account has.
NO_SUCH_NAME = "ocamba.hood check_account: nobody has this name"
NO_SUCH_ID = "0"

# How far the providers are read: no account has that many.
PROVIDER_PAGES = 10

# How many integrations are read by id where their list hides the settings.
SINGLE_READS = 3


@dataclass(frozen=True)
class Examination:
    """What was found about an account; nothing in it is a secret, or a name or an id of an integration.

    :param api: as the modules return it.
    """

    findings: tuple[Finding, ...]
    api: dict[str, Any]

    @property
    def problems(self) -> list[str]:
        """What keeps this collection from working with the account; empty for a good one."""
        return [f"{found.answer} {found.consequence}" for found in self.findings if found.is_problem]

    @property
    def report(self) -> str:
        version = USER_AGENT.rpartition("/")[2]
        return checks.report(self.findings, version, self.api["requests"], self.api["retries"])

    @property
    def result(self) -> dict[str, Any]:
        """The result of ocamba_account_info."""
        return {
            "usable": not self.problems,
            "findings": [
                {**asdict(found), "evidence": list(found.evidence), "is_problem": found.is_problem}
                for found in self.findings
            ],
            "report": self.report,
            "api": self.api,
        }

    @property
    def outcome(self) -> TaskOutcome:
        """What came of the task that asked for it."""
        reasons = [found.reason_code for found in self.findings if found.is_problem]
        return TaskOutcome(self.result, self.problems, reason_code=reasons[0] if reasons else None)


def examine(client: HoodClient, learn: Callable[[Sequence[str]], None], clean: Callable[[str], str]) -> Examination:
    """Ask everything, and judge it.

    :param learn: is given every secret that the account shows, before anything is made of the answers.
    :param clean: takes the secrets out of what the account calls its providers, and out of errors.
    """
    facts = Facts(PAGE_SIZE, clean=clean)
    _Prober(client, facts).run()
    learn(stored_secrets([*facts.listed, *facts.read_singly]))
    return Examination(checks.judge(facts), client.usage)


class _Prober:
    """One sequence of probes."""

    def __init__(self, client: HoodClient, facts: Facts) -> None:
        self.facts = facts
        self._client = client
        self._is_broken = False

    def run(self) -> None:
        facts = self.facts
        self.large_list()
        if facts.large.is_broken or facts.large.status == 401:
            return
        self.providers()
        if facts.first.is_list:
            self.following_page()
            self.default_list()
            self.single()
            self.unknown_id()
            self.names()
            self.inactive()

    def large_list(self) -> None:
        """What does the list answer that this collection asks for? Token, size of a page, secrets, total."""
        self.facts.large, self.facts.first = self._first_pages(INTEGRATIONS)

    def following_page(self) -> None:
        """Does the second page follow on the first?"""
        first = self.facts.first
        if first.items and len(first.items) < (first.total or 0):
            self.facts.second = self._list(INTEGRATIONS, f"2,{len(first.items)}")

    def default_list(self) -> None:
        """How large is a page without a size, and what does it show without `view=full`?"""
        self.facts.default = self._ask(INTEGRATIONS, {})

    def providers(self) -> None:
        """Which providers are there, and are they described without `view=full`?"""
        pages = self.facts.provider_pages
        pages.append(self._first_pages(PROVIDERS)[-1])
        size, total = len(pages[0].items or ()), pages[0].total or 0
        while pages[-1].items and size * len(pages) < total and len(pages) < PROVIDER_PAGES:
            pages.append(self._list(PROVIDERS, f"{len(pages) + 1},{size}"))
        if pages[0].is_list:
            self.facts.provider_default = self._ask(PROVIDERS, {})

    def single(self) -> None:
        """What does a reading by id look like, and does it show what the list hides?"""
        for one in self._reporting():
            path = f"{INTEGRATIONS}/{quote(one.id, safe='')}"
            self.facts.singles.append(self._ask(path, {"view": "full"}, f"{INTEGRATIONS}/{{id}}"))
            if any(shows_a_secret(read) for read in self.facts.read_singly):
                return

    def unknown_id(self) -> None:
        """What is answered for an id that is not there?"""
        if all(one.id != NO_SUCH_ID for one in self.facts.listed):
            self.facts.unknown_id = self._ask(f"{INTEGRATIONS}/{NO_SUCH_ID}", {})

    def names(self) -> None:
        """Can names be filtered, and can they be searched?"""
        facts = self.facts
        names = [one.name for one in facts.listed]
        # How a filter escapes commas and the like is not known: a plain name tells more.
        facts.name = next(
            (name for name in names if re.fullmatch(r"[A-Za-z][A-Za-z0-9 _-]*", name)), "".join(names[:1])
        )
        if not facts.name:
            return
        facts.filter_none = self._ask(INTEGRATIONS, {"name": f"eq:{NO_SUCH_NAME}"}, shown="?name=eq:{no such name}")
        if facts.filter_none.items == []:
            facts.filter_one = self._ask(INTEGRATIONS, {"name": f"eq:{facts.name}"}, shown="?name=eq:{a name}")
        facts.search_none = self._ask(
            INTEGRATIONS, {"q": NO_SUCH_NAME, "q_fields": "name"}, shown="?q={no such name}&q_fields=name"
        )
        if facts.search_none.items == []:
            facts.search_one = self._ask(
                INTEGRATIONS, {"q": facts.name, "q_fields": "name"}, shown="?q={a name}&q_fields=name"
            )

    def inactive(self) -> None:
        """Does the list leave out inactive ones? One that it shows is the answer."""
        facts = self.facts
        if any(one.status == INACTIVE for one in facts.listed):
            return
        facts.every_status = self._ask(INTEGRATIONS, {**EVERY_STATUS, "page": "1,1"})
        if not facts.every_status.is_list or (facts.every_status.total or 0) <= (facts.first.total or 0):
            facts.inactive = self._ask(INTEGRATIONS, {"status": INACTIVE, "page": "1,1"})

    def _reporting(self) -> list[Integration]:
        """The integrations to read by id: one that shows a secret in the list, else some of different providers."""
        listed = self.facts.listed
        shown = [one for one in listed if shows_a_secret(one)]
        if shown:
            return shown[:1]
        if any(has_settings(item) for item in self.facts.items):
            return ([one for one in listed if one.known] or listed)[:1]
        by_provider = {one.provider_id: one for one in reversed(listed)}
        return sorted(by_provider.values(), key=lambda one: one.known is None)[:SINGLE_READS]

    def _first_pages(self, path: str) -> tuple[Seen, Seen]:
        """The answer to a large page, and to the first page that is not refused: as the client goes about it."""
        seen = []
        for page in FIRST_PAGES:
            seen.append(self._list(path, page))
            if seen[-1].status not in PAGE_REFUSED:
                break
        return seen[0], seen[-1]

    def _list(self, path: str, page: str) -> Seen:
        return self._ask(path, {"page": page, "view": "full"})

    def _ask(self, path: str, query: dict[str, str], shown_path: str = "", shown: str = "") -> Seen:
        reported = "&".join(f"{name}={value}" for name, value in query.items())
        asked = f"GET {(shown_path or path)[len(ROOT) :]}{shown or (reported and '?' + reported)}"
        if self._is_broken:
            return replace(NOT_ASKED, reason="it was not asked, as an earlier request got no answer")
        seen = self._answered(asked, path, query)
        self.facts.answers.append(seen)
        return seen

    def _answered(self, asked: str, path: str, query: dict[str, str]) -> Seen:
        try:
            answer = self._client.observe(path, query)
        except MissingLibrary:
            raise
        except MalformedAnswer:
            # The text of the error would name the id.
            return Seen(asked, reason="the answer is larger than this collection reads")
        except HoodError as error:
            self._is_broken = True
            # Nothing was to be written: that an answer is missing says all that there is to say.
            broken_by = UNREACHABLE if isinstance(error, Uncertain) else error.reason_code
            return Seen(asked, reason=self.facts.clean(str(error)), broken_by=broken_by)
        try:
            return Seen(asked, answer.status, answer.headers, answer.json())
        except MalformedAnswer as error:
            return Seen(asked, answer.status, answer.headers, reason=str(error))
