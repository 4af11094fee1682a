"""What is said of variables that can't be evaluated: the place and the reason, never a value."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleError, AnsibleUndefinedVariable

from ansible_collections.ocamba.hood.plugins.plugin_utils.variables import (
    FAILED,
    MISSING,
    NOT_EVALUATED,
    UNDEFINED,
    find_mistakes,
)


def _template(value: Any) -> Any:
    if "{%" in str(value):
        raise AnsibleError(f"template error while templating {value}")
    if "gone" in str(value):
        raise AnsibleUndefinedVariable(f"{value} is undefined")
    return value


def test_each_mistake_has_its_place() -> None:
    variables = {
        "ocamba_integrations": [
            {"name": "Mitto", "settings": {"api_key": "{{ gone }}", "port": 25, "sender_name": "{{ there }}"}},
            {"name": "{{ gone }}"},
        ],
        "ocamba_secrets": {
            "Twilio EU": {"auth_token": "CANARY{%", "api_key:CANARY": "CANARY{%", "fine": "{ %"},
            "Many": "{{ gone }}",
        },
        "ocamba_api_token": "CANARY{%",
    }
    names = [*variables, "ocamba_proxy"]
    found = find_mistakes(names, variables, _template, required=["ocamba_integrations", "ocamba_rotate"])
    assert found == [
        f"ocamba_rotate: {MISSING}",
        f"ocamba_integrations[0] (Mitto).settings.api_key: {UNDEFINED}",
        f"ocamba_integrations[1].name: {UNDEFINED}",
        f"ocamba_secrets (Twilio EU).auth_token: {NOT_EVALUATED}",
        f"ocamba_secrets (Twilio EU).(key 1): {NOT_EVALUATED}",
        f"ocamba_secrets (Many): {UNDEFINED}",
        f"ocamba_api_token: {NOT_EVALUATED}",
    ]
    assert "CANARY" not in str(found)


def test_what_holds_no_template_is_not_evaluated() -> None:
    def refuse(value: Any) -> Any:
        raise AssertionError(value)

    assert find_mistakes(["one"], {"one": [{"a": "plain", "b": None, "c": ["}}", 7]}]}, refuse) == []


def test_a_lookup_that_fails_is_no_template_that_should_be_marked() -> None:
    def fail(value: Any) -> Any:
        try:
            raise FileNotFoundError("CANARY")
        except FileNotFoundError as error:
            raise AnsibleError("CANARY") from error

    (found,) = find_mistakes(["one"], {"one": "{{ lookup('file', '/no/such') }}"}, fail)
    assert found == f"one: {FAILED} (FileNotFoundError)"
    assert find_mistakes(["one"], {"one": "a{%b"}, fail) == [f"one: {NOT_EVALUATED}"]
