"""What AWX checks of the data that it is sent."""

from __future__ import annotations

import re
from typing import Any

from jinja2 import StrictUndefined, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tests.awx.double_kinds import Item


class Refused(Exception):
    """An answer with status 400.

    :param key: of the answer; `__all__` unless it is about a field.
    """

    def __init__(self, reason: Any, key: str = "__all__") -> None:
        super().__init__(reason)
        self.answer = {key: reason if isinstance(reason, list) else [reason]}


class Forbidden(Exception):
    """An answer with status 403."""


def check_credential_type(item: Item) -> None:
    """As AWX: known properties, and templates that name nothing but the fields. A field gets its type if it has none,
    which the modules would take for a difference ever after, so here it must be given."""
    properties = {
        "id",
        "label",
        "type",
        "format",
        "choices",
        "help_text",
        "multiline",
        "secret",
        "ask_at_runtime",
        "default",
    }
    if set(item["inputs"]) - {"fields", "required"} or set(item["injectors"]) - {"env", "file", "extra_vars"}:
        raise Refused("unknown parts of inputs or injectors")
    for one in item["inputs"]["fields"]:
        if set(one) - properties or not {"id", "label", "type"} <= set(one):
            raise Refused(f"field {one}")
    if any(name.startswith("ANSIBLE_") for name in item["injectors"].get("env", {})):
        raise Refused("may affect Ansible configuration")
    known = {one["id"]: "EXAMPLE" for one in item["inputs"]["fields"]}
    sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    templates = [text for part in item["injectors"].values() for text in part.values()]
    try:
        sandbox.from_string(" ".join(templates)).render(**known, tower={"filename": "EXAMPLE"})
    except UndefinedError as error:
        raise Refused(f"uses an undefined field ({error})") from error


def check_survey(spec: Item) -> None:
    """As AWX: the parts and their types, choices, and a default that is one of them."""
    kinds = {"text": str, "textarea": str, "password": str, "multiplechoice": str, "multiselect": str, "integer": int}
    if {name: type(spec.get(name)) for name in ("name", "description", "spec")} != {
        "name": str,
        "description": str,
        "spec": list,
    }:
        raise Refused("name, description or spec")
    for question in spec["spec"]:
        for name, kind in {"type": str, "question_name": str, "variable": str, "required": bool}.items():
            if not isinstance(question.get(name), kind):
                raise Refused(f"'{name}' expected to be {kind.__name__}")
        default = question.get("default", "")
        if default != "" and not isinstance(default, kinds[question["type"]]):
            raise Refused("default value")
        if question["type"].startswith("multi"):
            choices = question["choices"]
            if not all(isinstance(choice, str) for choice in choices) or default not in choices:
                raise Refused("choices")
        if not all(isinstance(question.get(name, 0), int) for name in ("min", "max")):
            raise Refused("limits")
    if len({question["variable"] for question in spec["spec"]}) < len(spec["spec"]):
        raise Refused("duplicated variable")


def check_schedule(item: Item) -> None:
    if not re.fullmatch(r"DTSTART(;TZID=[\w/+-]+)?:\d{8}T\d{6}Z? RRULE:\S*INTERVAL=\d+\S*", item["rrule"]):
        raise Refused("rrule: needs DTSTART and INTERVAL")


def answer_mistakes(question: Item, answers: Item) -> list[str]:
    """As AWX: a required answer must be given, a default is none; choices and lengths count."""
    name = question["variable"]
    if name not in answers:
        return [f"'{name}' value missing"] if question["required"] else []
    value = answers[name]
    if question["type"] in ("text", "textarea"):
        if not isinstance(value, str):
            return [f"Value {value} for '{name}' expected to be a string."]
        if len(value) < question["min"]:
            return [f"'{name}' value {value} is too small (length is {len(value)} must be at least {question['min']})."]
        if len(value) > question["max"]:
            return [f"'{name}' value {value} is too large (must be no more than {question['max']})."]
    if question["type"] == "multiplechoice" and value not in question["choices"]:
        return [f"Value {value} for '{name}' expected to be one of {question['choices']}."]
    return []
