"""Plan, approve, apply: the workflow that the set-up makes, and its jobs with what one hands on to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.awx.double import Awx
from tests.awx.double_workflows import LINKS
from tests.awx.job import Done, Job
from tests.awx.test_jobs import answers, assert_clean
from tests.awx.test_playbook import NAME, awx, bare, data, set_up, with_awx
from tests.awx.test_setup import assert_its_own, assert_unchanged
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.support.ansible import Ansible
from tests.support.entries import entry, secrets

__all__ = ["awx", "bare", "with_awx"]

WORKFLOW = f"{NAME}: plan, approve, apply"
NODES = "workflow_job_template_nodes"
OF_APPROVALS = ("workflow_job_templates", NODES, "workflow_approval_templates")
TOKENS = {"acme_eu": "demo-token-of-acme-eu-7Qk2", "acme_us": "demo-token-of-acme-us-9Xw4"}
MakeJob = Callable[[str], Job]


def nodes(awx: Awx, organization: str = "Default") -> dict[str, Any]:
    """The nodes of the workflow by what identifies them."""
    workflow = awx.named("workflow_job_templates", WORKFLOW, organization)["id"]
    return {one["identifier"]: one for one in awx.items[NODES].values() if one["workflow_job_template"] == workflow}


def links(awx: Awx, organization: str = "Default") -> set[tuple[str, str, str]]:
    named = {one["id"]: name for name, one in nodes(awx, organization).items()}
    return {
        (named[one], kind, named[other]) for one in named for kind in LINKS for other in awx.workflows.next(one, kind)
    }


def assert_workflow(awx: Awx, organization: str = "Default") -> None:
    workflow = awx.named("workflow_job_templates", WORKFLOW, organization)
    asked = {name for name, value in workflow.items() if name.startswith("ask_") and value}
    assert asked == {"ask_limit_on_launch"}
    assert workflow["extra_vars"] == "{}"
    assert workflow["allow_simultaneous"] is False
    assert workflow["survey_enabled"] is True
    assert {workflow[name] for name in ("limit", "job_tags", "skip_tags", "scm_branch")} == {""}
    made = nodes(awx, organization)
    templates = {name: awx.named("job_templates", f"{NAME}: {name}", organization) for name in ("plan", "apply")}
    assert set(made) == {"plan", "approve", "apply"}
    assert links(awx, organization) == {("plan", "success_nodes", "approve"), ("approve", "success_nodes", "apply")}
    for name, template in templates.items():
        assert made[name]["unified_job_template"] == template["id"]
        assert made[name]["job_type"] == "run"
    approval = awx.items["workflow_approval_templates"][made["approve"]["unified_job_template"]]
    assert (approval["name"], approval["timeout"]) == (f"{NAME}: approve the plan", 0)
    plan = templates["plan"]
    assert plan["playbook"] == "playbooks/plan.yml"
    assert plan["ask_variables_on_launch"] is False
    assert (plan["job_slice_count"], templates["apply"]["job_slice_count"]) == (1, 3)
    for one in (workflow, *templates.values()):
        assert awx.surveys[one["id"]] == data("survey_apply.yml")


@pytest.mark.slow
def test_a_workflow_is_made_then_left_alone_then_put_back_then_left_alone_once_switched_off(
    with_awx: Ansible, awx: Awx
) -> None:
    run = set_up(with_awx, ocamba_awx_approval=True)
    assert run.rc == 0, run.output
    assert_workflow(awx)
    awx.calls.clear()
    assert_unchanged(awx, set_up(with_awx, ocamba_awx_approval=True))

    made = nodes(awx)
    asked = {f"ask_{name}_on_launch": True for name in ("inventory", "labels", "scm_branch", "tags", "variables")}
    by_hand = {
        "extra_vars": '{"ocamba_api_url": "https://evil.example"}',
        "allow_simultaneous": True,
        "limit": "acme_eu",
    }
    workflow = awx.named("workflow_job_templates", WORKFLOW)
    workflow.update(**asked, **by_hand, ask_skip_tags_on_launch=True, survey_enabled=False, skip_tags="always")
    awx.surveys[workflow["id"]] = data("survey_rotate_secrets.yml")
    awx.named("job_templates", f"{NAME}: plan").update(job_slice_count=3, ask_variables_on_launch=True)
    made["plan"]["unified_job_template"] = awx.named("job_templates", f"{NAME}: drift")["id"]
    made["apply"]["job_type"] = "check"
    awx.workflows.links = {
        "success_nodes": {made["plan"]["id"]: [made["apply"]["id"]]},
        "failure_nodes": {made["approve"]["id"]: [made["apply"]["id"]]},
        "always_nodes": {made["apply"]["id"]: [made["approve"]["id"]]},
    }
    run = set_up(with_awx, ocamba_awx_approval=True)
    assert run.rc == 0, run.output
    assert_workflow(awx)

    awx.calls.clear()
    assert_unchanged(awx, set_up(with_awx))
    assert_workflow(awx)


@pytest.mark.slow
def test_nothing_of_it_is_made_unless_it_is_asked_for(with_awx: Ansible, awx: Awx) -> None:
    awx.repository.playbooks.remove("playbooks/plan.yml")
    run = set_up(with_awx)
    assert run.rc == 0, run.output
    assert not any(awx.items[kind] for kind in OF_APPROVALS)
    assert len(awx.items["job_templates"]) == 3
    assert not [call for call in awx.calls if call.path.startswith("workflow")]
    awx.calls.clear()
    checked = set_up(with_awx, "--check", ocamba_awx_approval="true")
    assert checked.rc == 0, checked.output
    assert awx.writes() == []
    refused = set_up(with_awx, ocamba_awx_approval="true")
    assert refused.rc == 2
    assert "AWX finds no playbooks/plan.yml in it" in refused.only("Check that the project has the playbooks")["msg"]


@pytest.mark.slow
def test_two_organizations_each_with_a_workflow(with_awx: Ansible, awx: Awx) -> None:
    awx.add_organization("Second")
    awx.add_credential("Ocamba vault", "Vault", "Second")
    organizations = ("Default", "Second")
    for organization in organizations:
        run = set_up(with_awx, ocamba_awx_approval=True, ocamba_awx_organization=organization)
        assert run.rc == 0, run.output
    awx.calls.clear()
    for organization in organizations:
        assert_unchanged(awx, set_up(with_awx, ocamba_awx_approval=True, ocamba_awx_organization=organization))
        assert_its_own(awx, organization)
        assert_workflow(awx, organization)


@pytest.fixture
def inventory(hood: Emulator) -> dict[str, Any]:
    for token in TOKENS.values():
        hood.account(token, limits=Limits.off())
    return {
        "all": {"hosts": list(TOKENS), "vars": {"ocamba_api_url": hood.url, "ocamba_integrations": [entry("Mitto")]}},
        "_meta": {"hostvars": {host: {"ocamba_api_token": token} for host, token in TOKENS.items()}},
    }


def run_job(job: MakeJob, name: str, inventory: dict[str, Any], hosts: str, artifacts: dict[str, Any]) -> Done:
    """A job of the workflow: it gets the answers that the workflow got, and what the jobs before it handed on."""
    one = job(f"{name}-{hosts}")
    one.inventory(inventory)
    one.answers(**answers("apply", ocamba_hosts=hosts), **artifacts)
    done = one.run(f"playbooks/{name}.yml")
    (one.folder / "inventory" / "hosts").unlink()  # here the secrets are plain variables of the inventory
    assert_clean(done, [*TOKENS.values(), *secrets([entry("Mitto")])])
    return done


def test_the_plan_that_was_handed_on_is_applied(hood: Emulator, job: MakeJob, inventory: dict[str, Any]) -> None:
    planned = run_job(job, "plan", inventory, "all", {})
    assert planned.status == "successful", planned.stdout
    assert not hood.log.writes()
    assert set(planned.artifacts) == {"ocamba_expected_plans"}
    assert set(planned.artifacts["ocamba_expected_plans"]) == set(TOKENS)
    done = run_job(job, "apply", inventory, "all", planned.artifacts)
    assert done.status == "successful", done.stdout
    results = done.results("Apply the declared integrations")
    assert {host: result["plan_id"] for host, result in results.items()} == planned.artifacts["ocamba_expected_plans"]
    assert all([one.name for one in hood.account(token).integrations] == ["Mitto"] for token in TOKENS.values())


def test_a_changed_account_and_one_without_a_plan_are_refused(
    hood: Emulator, job: MakeJob, inventory: dict[str, Any]
) -> None:
    planned = run_job(job, "plan", inventory, "acme_eu", {})
    assert set(planned.artifacts["ocamba_expected_plans"]) == {"acme_eu"}
    mitto = entry("Mitto")
    hood.account(TOKENS["acme_eu"]).add("Mitto", mitto["provider"], mitto["settings"])
    done = run_job(job, "apply", inventory, "all", planned.artifacts)
    assert done.status == "failed"
    assert "the plan is another than the one that was approved" in done.stdout
    assert "no plan of acme_us was approved" in done.stdout
    assert not hood.log.writes()
