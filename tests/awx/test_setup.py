"""The set-up where AWX is not as the guide's first run finds it: several organizations, changes by hand, a project that
can't be had, users who may not do all."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.awx.double import TOKEN, Awx
from tests.awx.test_playbook import NAME, awx, bare, data, set_up, with_awx
from tests.support.ansible import Ansible, PlaybookRun

__all__ = ["awx", "bare", "with_awx"]

SWITCHES = (
    "diff_mode",
    "execution_environment",
    "forks",
    "instance_groups",
    "inventory",
    "job_slice_count",
    "labels",
    "scm_branch",
    "skip_tags",
    "tags",
    "timeout",
    "variables",
    "verbosity",
)
BY_HAND: dict[str, dict[str, Any]] = {
    "projects": {"scm_update_on_launch": False, "scm_update_cache_timeout": 3600, "allow_override": True},
    "inventory_sources": {
        "enabled_var": "live",
        "enabled_value": "yes",
        "host_filter": "acme.*",
        "limit": "acme_eu",
        "overwrite": False,
        "overwrite_vars": False,
        "update_on_launch": False,
        "update_cache_timeout": 3600,
    },
    "job_templates": {
        **{f"ask_{name}_on_launch": True for name in SWITCHES},
        **{f"ask_{name}_on_launch": False for name in ("credential", "job_type", "limit")},
        "allow_simultaneous": True,
        "diff_mode": False,
        "job_tags": "one",
        "job_type": "check",
        "limit": "acme_eu",
        "scm_branch": "other",
        "skip_tags": "always",
        "use_fact_cache": False,
        "webhook_service": "github",
    },
    "schedules": {"enabled": False},
    "execution_environments": {"pull": "always", "image": "elsewhere.example/other"},
    "credential_types": {"injectors": {"env": {"OCAMBA_API_TOKEN": "{{ api_token }}"}}},
}
"""By kind, what a promise of the guide rests on, set otherwise."""


def assert_unchanged(awx: Awx, run: PlaybookRun) -> None:
    assert run.rc == 0, run.output
    assert [one.task for one in run.results if one.result["changed"]] == []
    assert awx.writes() == []


def assert_its_own(awx: Awx, organization: str) -> None:
    """What is made for an organization uses nothing of another."""
    vault = awx.named("credentials", "Ocamba vault", organization)
    environment = awx.named("execution_environments", f"{NAME} ({organization})")
    for template in (awx.named("job_templates", f"{NAME}: {name}", organization) for name in ("apply", "drift")):
        assert template["inventory"] == awx.named("inventories", NAME, organization)["id"]
        assert template["project"] == awx.named("projects", NAME, organization)["id"]
        assert template["execution_environment"] == environment["id"]
        assert awx.attached[template["id"]] == [vault["id"]]
    source = awx.named("inventory_sources", f"{NAME}: accounts", organization)
    assert source["source_project"] == awx.named("projects", NAME, organization)["id"]


# The same with a workflow besides is in test_approval.
@pytest.mark.slow
def test_two_organizations_with_default_names_side_by_side(with_awx: Ansible, awx: Awx) -> None:
    awx.add_organization("Second")
    awx.add_credential("Ocamba vault", "Vault", "Second")
    for organization in ("Default", "Second"):
        run = set_up(with_awx, ocamba_awx_organization=organization)
        assert run.rc == 0, run.output
    awx.calls.clear()
    for organization in ("Default", "Second"):
        assert_unchanged(awx, set_up(with_awx, ocamba_awx_organization=organization))
    for organization in ("Default", "Second"):
        assert_its_own(awx, organization)
    assert awx.named("credential_types", NAME)


def assert_a_launch_can_send_the_token_nowhere_else(awx: Awx) -> None:
    template = awx.named("job_templates", f"{NAME}: apply")
    answers = {one["variable"]: one["default"] for one in data("survey_apply.yml")["spec"]}

    def launch(**body: Any) -> requests.Response:
        return requests.post(
            f"{awx.url}/api/v2/job_templates/{template['id']}/launch/",
            json=body,
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=10,
        )

    given = {"inventory": 1, "execution_environment": 1, "scm_branch": "x", "skip_tags": "always", "job_tags": "x"}
    done = launch(extra_vars={**answers, "ocamba_api_url": "https://evil.example"}, limit="acme_eu", **given)
    assert done.status_code == 201, done.text
    assert done.json()["ignored_fields"] == {"extra_vars": {"ocamba_api_url": "https://evil.example"}, **given}
    assert awx.jobs == [{"extra_vars": answers, "limit": "acme_eu"}]
    refused = launch(extra_vars={**answers, "ocamba_update_secrets": "sometimes", "ocamba_hosts": ""})
    assert refused.status_code == 400
    assert len(refused.json()["variables_needed_to_start"]) == 2
    account = awx.add_credential("Ocamba acme_eu", NAME)
    alone = launch(extra_vars=answers, credentials=[account])
    assert alone.status_code == 400
    assert "without replacement is not supported" in alone.text
    both = launch(extra_vars=answers, credentials=[account, *awx.attached[template["id"]]])
    assert both.status_code == 201


@pytest.mark.slow
def test_what_promises_rest_on_is_put_back(with_awx: Ansible, awx: Awx) -> None:
    assert set_up(with_awx).rc == 0
    made = {(kind, one["id"]): dict(one) for kind in BY_HAND for one in awx.items[kind].values()}
    for kind, changed in BY_HAND.items():
        for one in awx.items[kind].values():
            if one["name"].startswith(NAME):
                assert all(one[name] != value for name, value in changed.items()), (kind, changed)
                one.update(changed)
    awx.surveys[awx.named("job_templates", f"{NAME}: apply")["id"]] = data("survey_rotate_secrets.yml")
    awx.named("job_templates", f"{NAME}: apply")["survey_enabled"] = False
    assert set_up(with_awx).rc == 0
    assert {(kind, one["id"]): one for kind in BY_HAND for one in awx.items[kind].values()} == made
    assert awx.surveys[awx.named("job_templates", f"{NAME}: apply")["id"]] == data("survey_apply.yml")
    assert_a_launch_can_send_the_token_nowhere_else(awx)


@pytest.mark.parametrize(
    ("elsewhere", "said"),
    [
        ({}, 'AWX shows no credential called "Ocamba vault"'),
        ({"Second": ["Vault"]}, 'AWX shows no credential called "Ocamba vault"'),
        ({"Default": ["Vault", "Source Control"]}, 'there are several credentials called "Ocamba vault"'),
    ],
    ids=["nowhere", "in another organization", "two of them"],
)
def test_credentials_are_looked_for_before_anything_is_made(
    with_awx: Ansible, bare: Awx, elsewhere: dict[str, list[str]], said: str
) -> None:
    bare.add_organization("Second")
    for organization, kinds in elsewhere.items():
        for kind in kinds:
            bare.add_credential("Ocamba vault", kind, organization)
    run = set_up(with_awx, ocamba_awx_project_credential="" if elsewhere else "Git")
    assert run.rc == 2
    message = run.only("Check that the named credentials exist")["msg"]
    assert message.startswith("Nothing was made.")
    assert said in message
    assert ('"Git"' in message) is (not elsewhere)
    assert bare.writes() == []


def test_an_organization_that_is_not_there(with_awx: Ansible, awx: Awx) -> None:
    run = set_up(with_awx, ocamba_awx_organization="Absent")
    assert run.rc == 2
    assert 'no organization called "Absent"' in run.only("Check that the organization exists")["msg"]
    assert awx.writes() == []


@pytest.mark.slow
def test_an_update_that_fails_or_has_no_end_is_said_and_tried_again(with_awx: Ansible, awx: Awx) -> None:
    def message() -> str:
        run = set_up(with_awx, ocamba_awx_project_timeout=1)
        assert run.rc == 2
        assert not awx.items["inventories"]
        assert not awx.items["job_templates"]
        return str(run.only("Say what AWX says of the update")["msg"])

    awx.repository.failure = "Failed to download remote objects and refs: fatal: repository not found"
    for first in (True, False):
        awx.calls.clear()
        said = message()
        assert 'ended as "failed"' in said
        assert awx.repository.failure in said
        assert "ocamba_awx_project_url" in said
        assert updates_started(awx) == (0 if first else 1)
    awx.repository.failure, awx.repository.looks = "", 10**6
    said = message()
    assert 'is still "pending" after 1 s' in said
    assert "not enough available capacity" in said
    awx.repository.looks = 2
    awx.calls.clear()
    run = set_up(with_awx)
    assert run.rc == 0, run.output
    assert len(awx.items["job_templates"]) == 3
    assert updates_started(awx) == 0


def updates_started(awx: Awx) -> int:
    return len([call for call in awx.writes() if call.path.endswith("/update")])


@pytest.mark.slow
def test_a_project_without_its_playbooks_is_said_before_the_job_templates(with_awx: Ansible, awx: Awx) -> None:
    awx.repository.playbooks.remove("playbooks/drift.yml")
    run = set_up(with_awx)
    assert run.rc == 2
    assert "AWX finds no playbooks/drift.yml in it" in run.only("Check that the project has the playbooks")["msg"]
    assert not awx.items["job_templates"]


@pytest.mark.slow
def test_an_administrator_of_an_organization(with_awx: Ansible, awx: Awx) -> None:
    with_awx.environment["CONTROLLER_OAUTH_TOKEN"] = awx.add_administrator("ann", "password-of-ann-1Lq9", "Default")
    run = set_up(with_awx)
    assert run.rc == 2
    message = run.only("Say who may write the credential type")["msg"]
    assert "does not exist" in message
    assert "403" in message
    assert "system administrator" in message
    assert [call.path for call in awx.writes()] == ["credential_types"]
    awx.add_credential_type({**data("credential_type.yml"), "description": "of an older version"})
    run = set_up(with_awx)
    assert run.rc == 0, run.output
    assert "was left alone" in run.only("Leave the description of the credential type")["msg"]
    assert len(awx.items["job_templates"]) == 3


@pytest.mark.parametrize("name", ["ocamba_awx_password", "ocamba_awx_token"])
def test_a_secret_that_can_not_be_evaluated_is_not_quoted(with_awx: Ansible, awx: Awx, name: str) -> None:
    file = with_awx.write("secret.yml", {name: "Zz9{%x canary"})
    run = set_up(with_awx, "-e", f"@{file}", "-vvv")
    assert run.rc != 0
    assert f"{name}: is taken for a template" in run.output
    assert "canary" not in run.output + run.log
    assert not awx.writes()


@pytest.mark.slow
def test_a_password_instead_of_a_token(with_awx: Ansible, awx: Awx) -> None:
    password = "password-of-ann-1Lq9"
    awx.add_administrator("ann", password, "Default")
    awx.add_credential_type(data("credential_type.yml"))
    del with_awx.environment["CONTROLLER_OAUTH_TOKEN"]
    with_awx.environment.update(CONTROLLER_USERNAME="ann", CONTROLLER_PASSWORD=password)
    run = set_up(with_awx)
    assert run.rc == 0, run.output
    assert not [call for call in awx.writes() if call.path.startswith("credential_types")]
    assert password not in run.output + run.log
    assert len(awx.users.by_id) == 1
    assert awx.users.left_over() == []
    assert not [token for token in awx.users.by_id.values() if token in run.output + run.log]
    with_awx.environment["CONTROLLER_PASSWORD"] = "password-that-is-wrong-8Xd2"
    run = set_up(with_awx)
    assert run.rc == 2
    assert "AWX did not sign the user in: status 401" in run.only("Check that AWX let us in")["msg"]
