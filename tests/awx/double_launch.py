"""Launching a job template: answers of its survey are checked, and what is not asked for is ignored."""

from __future__ import annotations

import json

from tests.awx.double_checks import Refused, answer_mistakes
from tests.awx.double_kinds import ASKED, Item


def launch(template: Item, survey: Item, attached: list[Item], given: list[Item], body: Item) -> tuple[Item, Item]:
    """What the job gets and what is ignored.

    :param attached: the credentials of the template.
    :param given: the credentials that the launch names.
    """
    variables = body.pop("extra_vars", {})
    variables = json.loads(variables) if isinstance(variables, str) else variables
    accepted, ignored = _variables(template, survey, variables)
    if template["ask_credential_on_launch"] and "credentials" in body:
        _check_credentials(attached, given)
    job: Item = {"extra_vars": accepted}
    for switch, name in ASKED.items():
        if name in body:
            (job if template[f"ask_{switch}_on_launch"] else ignored)[name] = body[name]
    return job, ignored


def _variables(template: Item, survey: Item, given: Item) -> tuple[Item, Item]:
    questions = survey["spec"] if template["survey_enabled"] else []
    mistakes = [mistake for question in questions for mistake in answer_mistakes(question, given)]
    if mistakes:
        raise Refused(mistakes, "variables_needed_to_start")
    asked = {question["variable"] for question in questions}
    kept = {name for name in given if name in asked or template["ask_variables_on_launch"]}
    left = {name: value for name, value in given.items() if name not in kept}
    accepted = {name: value for name, value in given.items() if name in kept}
    return accepted, ({"extra_vars": left} if left else {})


def _check_credentials(attached: list[Item], given: list[Item]) -> None:
    types = [one["credential_type"] for one in given]
    if len(set(types)) < len(types):
        raise Refused("Cannot assign multiple credentials of a type.", "credentials")
    lacking = [one["name"] for one in attached if one["credential_type"] not in types]
    if lacking:
        raise Refused(
            "Removing credential at launch time without replacement is not supported. Provided list lacked"
            f" credential(s): {', '.join(lacking)}.",
            "credentials",
        )
