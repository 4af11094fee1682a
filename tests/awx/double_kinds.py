"""What the double of AWX knows of each kind of object, as AWX 24 has it.

Names of execution environments and credential types are unique in all of AWX, those of most others in an organization.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Item = dict[str, Any]

ASKED = {
    "credential": "credentials",
    "diff_mode": "diff_mode",
    "execution_environment": "execution_environment",
    "forks": "forks",
    "instance_groups": "instance_groups",
    "inventory": "inventory",
    "job_slice_count": "job_slice_count",
    "job_type": "job_type",
    "labels": "labels",
    "limit": "limit",
    "scm_branch": "scm_branch",
    "skip_tags": "skip_tags",
    "tags": "job_tags",
    "timeout": "timeout",
    "variables": "extra_vars",
    "verbosity": "verbosity",
}
"""What a job template can ask for at launch: the middle of the name of its switch, and the field of a launch."""

ASKED_BY_WORKFLOWS = ("inventory", "labels", "limit", "scm_branch", "skip_tags", "tags", "variables")


@dataclass(frozen=True)
class Kind:
    """A kind of object.

    :param fields: what may be sent, with what stands there when it is not.
    :param links: fields that hold the id of an object of another kind.
    :param unique: what, with the name, there may be only one of.
    :param name: the field that names it.
    """

    type: str
    fields: dict[str, Any]
    required: tuple[str, ...] = ("name",)
    links: dict[str, str] = field(default_factory=dict)
    unique: tuple[str, ...] = ()
    name: str = "name"


_COMMON = {"name": "", "description": ""}
KINDS = {
    "organizations": Kind("organization", _COMMON),
    "credentials": Kind(
        "credential",
        {**_COMMON, "organization": None, "credential_type": None, "inputs": {}},
        required=("name", "credential_type"),
        links={"organization": "organizations", "credential_type": "credential_types"},
        unique=("organization", "credential_type"),
    ),
    "credential_types": Kind(
        "credential_type",
        {**_COMMON, "kind": "", "inputs": {}, "injectors": {}, "managed": False},
        required=("name", "kind"),
    ),
    "execution_environments": Kind(
        "execution_environment",
        {**_COMMON, "image": "", "pull": "", "organization": None, "credential": None},
        required=("name", "image"),
        links={"organization": "organizations", "credential": "credentials"},
    ),
    "projects": Kind(
        "project",
        {
            **_COMMON,
            "organization": None,
            "scm_type": "",
            "scm_url": "",
            "scm_branch": "",
            "scm_update_on_launch": False,
            "scm_update_cache_timeout": 0,
            "allow_override": False,
            "credential": None,
            "default_environment": None,
        },
        links={
            "organization": "organizations",
            "credential": "credentials",
            "default_environment": "execution_environments",
        },
        unique=("organization",),
    ),
    "inventories": Kind(
        "inventory",
        {**_COMMON, "organization": None, "kind": "", "host_filter": None},
        required=("name", "organization"),
        links={"organization": "organizations"},
        unique=("organization",),
    ),
    "inventory_sources": Kind(
        "inventory_source",
        {
            **_COMMON,
            "inventory": None,
            "source": "",
            "source_project": None,
            "source_path": "",
            "execution_environment": None,
            "enabled_var": "",
            "enabled_value": "",
            "host_filter": "",
            "limit": "",
            "update_cache_timeout": 0,
            "overwrite": False,
            "overwrite_vars": False,
            "update_on_launch": False,
        },
        required=("name", "inventory", "source"),
        links={
            "inventory": "inventories",
            "source_project": "projects",
            "execution_environment": "execution_environments",
        },
        unique=("inventory",),
    ),
    "job_templates": Kind(
        "job_template",
        {
            **_COMMON,
            "organization": None,
            "job_type": "run",
            "inventory": None,
            "project": None,
            "playbook": "",
            "execution_environment": None,
            "forks": 0,
            "job_slice_count": 1,
            "diff_mode": False,
            "use_fact_cache": False,
            "allow_simultaneous": False,
            **{f"ask_{name}_on_launch": False for name in ASKED},
            "limit": "",
            "job_tags": "",
            "skip_tags": "",
            "scm_branch": "",
            "webhook_service": "",
            "survey_enabled": False,
        },
        required=("name", "project", "playbook"),
        links={
            "organization": "organizations",
            "inventory": "inventories",
            "project": "projects",
            "execution_environment": "execution_environments",
        },
        unique=("organization",),
    ),
    "schedules": Kind(
        "schedule",
        {**_COMMON, "rrule": "", "unified_job_template": None, "enabled": True},
        required=("name", "rrule", "unified_job_template"),
        links={"unified_job_template": "job_templates"},
        unique=("unified_job_template",),
    ),
    "workflow_job_templates": Kind(
        "workflow_job_template",
        {
            **_COMMON,
            "organization": None,
            "extra_vars": "",
            "allow_simultaneous": False,
            **{f"ask_{name}_on_launch": False for name in ASKED_BY_WORKFLOWS},
            "inventory": None,
            "limit": None,
            "job_tags": None,
            "skip_tags": None,
            "scm_branch": None,
            "survey_enabled": False,
        },
        links={"organization": "organizations", "inventory": "inventories"},
        unique=("organization",),
    ),
    "workflow_job_template_nodes": Kind(
        "workflow_job_template_node",
        {
            "identifier": "",
            "type": "workflow_job_template_node",
            "workflow_job_template": None,
            "unified_job_template": None,
            "all_parents_must_converge": False,
            "job_type": None,
            "limit": None,
            "extra_data": {},
        },
        required=("identifier", "workflow_job_template"),
        links={"workflow_job_template": "workflow_job_templates"},
        unique=("workflow_job_template",),
        name="identifier",
    ),
    "workflow_approval_templates": Kind("workflow_approval_template", {**_COMMON, "timeout": 0}),
}
