"""The part of AWX's API that its modules use to set things up: strict about what it is sent, with a log of requests.

What AWX checks is checked here as well, and more: AWX passes over fields that it does not know, this refuses them.
"""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import uvicorn
from jinja2 import StrictUndefined, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "token-of-awx-7Gq2"
HEADERS = {"X-API-Product-Name": "AWX", "X-API-Product-Version": "24.6.1"}
Item = dict[str, Any]


class Refused(Exception):
    """An answer with status 400."""


@dataclass(frozen=True)
class Kind:
    """A kind of object.

    :param fields: what may be sent, with what stands there when it is not.
    :param links: fields that hold the id of an object of another kind.
    :param unique: what, with the name, there may be only one of.
    """

    type: str
    fields: dict[str, Any]
    required: tuple[str, ...] = ("name",)
    links: dict[str, str] = field(default_factory=dict)
    unique: tuple[str, ...] = ()


@dataclass(frozen=True)
class Call:
    """A request that was made."""

    method: str
    path: str
    body: Any


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
            "allow_simultaneous": False,
            "ask_credential_on_launch": False,
            "ask_job_type_on_launch": False,
            "ask_limit_on_launch": False,
            "ask_variables_on_launch": False,
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
}


class Awx:
    """AWX with the organization Default and the credential type Vault, to be used as a context manager.

    :param playbooks: what the repository of every project has.
    """

    def __init__(self, playbooks: list[str]) -> None:
        self.calls: list[Call] = []
        self.items: dict[str, dict[int, Item]] = {kind: {} for kind in KINDS}
        self.surveys: dict[int, Item] = {}
        self.attached: dict[int, list[int]] = {}
        self._playbooks = playbooks
        self._checks: dict[str, Callable[[Item], None]] = {
            "credential_types": check_credential_type,
            "credentials": self._check_credential,
            "job_templates": self._check_job_template,
            "schedules": check_schedule,
        }
        self._add("organizations", {"name": "Default"})
        fields = [{"id": "vault_password", "type": "string", "secret": True}]
        self._add("credential_types", {"name": "Vault", "kind": "vault", "managed": True, "inputs": {"fields": fields}})
        self._listener = socket.create_server(("127.0.0.1", 0))
        routes = [Route("/api/v2/{path:path}", self._answer, methods=["GET", "POST", "PATCH", "DELETE"])]
        config = uvicorn.Config(Starlette(routes=routes), log_config=None, lifespan="off", ws="none")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def add_credential(self, name: str, kind: str) -> None:
        self._add("credentials", {"name": name, "credential_type": self.named("credential_types", kind)["id"]})

    def add_credential_type(self, content: Item) -> None:
        self._add("credential_types", content)

    def writes(self) -> list[Call]:
        return [call for call in self.calls if call.method != "GET"]

    def named(self, kind: str, name: str) -> Item:
        (found,) = [item for item in self.items[kind].values() if item["name"] == name]
        return found

    def __enter__(self) -> Awx:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._listener]))

    async def _answer(self, request: Request) -> Response:
        body = await request.json() if await request.body() else None
        path = request.path_params["path"].rstrip("/")
        self.calls.append(Call(request.method, path, body))
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"detail": "Authentication credentials were not provided."}, 401, HEADERS)
        try:
            status, content = self._act(request.method, path.split("/"), dict(request.query_params), body)
        except Refused as refused:
            status, content = 400, {"__all__": [str(refused)]}
        except KeyError:
            status, content = 404, {"detail": "Not found."}
        return Response(status_code=204, headers=HEADERS) if status == 204 else JSONResponse(content, status, HEADERS)

    def _act(self, method: str, parts: list[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
        if parts[0] == "project_updates" and method == "GET":
            return 200, {"id": int(parts[1]), "status": "successful", "finished": "2026-11-24T00:00:00Z"}
        kind = "job_templates" if parts[0] == "unified_job_templates" else parts[0]
        if len(parts) == 1:
            return (200, self._list(kind, query)) if method == "GET" else (201, self._create(kind, body))
        identity = int(parts[1])
        item = self.items[kind][identity]
        if len(parts) == 3:
            return self._under(method, identity, parts[2], body)
        if method == "PATCH":
            self._check(kind, {**item, **body}, body, identity)
            item.update(self._shown(kind, {**item, **body}))
        return 200, item

    def _list(self, kind: str, query: dict[str, str]) -> Item:
        alternatives = {key[4:]: value for key, value in query.items() if key.startswith("or__")}
        exact = {key: value for key, value in query.items() if not key.startswith("or__")}
        for key in [*alternatives, *exact]:
            if key != "id" and key not in KINDS[kind].fields:
                raise Refused(f"{kind} has no field named '{key}'")
        found = [
            item
            for item in self.items[kind].values()
            if all(str(item[key]) == value for key, value in exact.items())
            and (not alternatives or any(str(item[key]) == value for key, value in alternatives.items()))
        ]
        return {"count": len(found), "next": None, "previous": None, "results": found}

    def _create(self, kind: str, body: Item) -> Item:
        missing = [name for name in KINDS[kind].required if not body.get(name)]
        if missing:
            raise Refused(f"{kind}: {', '.join(missing)}: this field is required")
        self._check(kind, {**KINDS[kind].fields, **body}, body, None)
        return self._add(kind, body)

    def _add(self, kind: str, body: Item) -> Item:
        identity = sum(map(len, self.items.values())) + 1
        url = f"/api/v2/{kind}/{identity}/"
        item = {"id": identity, "type": KINDS[kind].type, "url": url, "related": {}, "summary_fields": {}}
        item.update(self._shown(kind, {**KINDS[kind].fields, **body}))
        if kind == "projects":
            item.update(scm_revision="", summary_fields={"current_update": {"id": identity + 1000}})
        if kind == "job_templates":
            item["related"] = {"survey_spec": f"{url}survey_spec/"}
        self.items[kind][identity] = item
        return item

    def _shown(self, kind: str, item: Item) -> Item:
        """An object as it is told: no null where there are texts, and of a credential never a secret."""
        texts = [name for name, default in KINDS[kind].fields.items() if isinstance(default, str)]
        told = {**item, **{name: "" for name in texts if item[name] is None}}
        if kind != "credentials":
            return told
        fields = self.items["credential_types"][item["credential_type"]]["inputs"]["fields"]
        hidden = {one["id"]: "$encrypted$" for one in fields if one.get("secret")}
        return {**told, "inputs": {name: hidden.get(name, value) for name, value in item["inputs"].items()}}

    def _check(self, kind: str, item: Item, sent: Item, identity: int | None) -> None:
        unknown = set(sent) - set(KINDS[kind].fields)
        if unknown:
            raise Refused(f"{kind}: unknown fields {', '.join(sorted(unknown))}")
        for name, target in KINDS[kind].links.items():
            if item[name] is not None and item[name] not in self.items[target]:
                raise Refused(f"{kind}.{name}: there is no {target} {item[name]}")
        for other in self.items[kind].values():
            same = all(other[name] == item[name] for name in ("name", *KINDS[kind].unique))
            if same and other["id"] != identity:
                raise Refused(f"{kind} with this name already exists")
        if kind in self._checks:
            self._checks[kind](item)

    def _check_credential(self, item: Item) -> None:
        fields = {one["id"] for one in self.items["credential_types"][item["credential_type"]]["inputs"]["fields"]}
        if set(item["inputs"]) - fields:
            raise Refused("inputs that the type does not have")

    def _check_job_template(self, item: Item) -> None:
        if item["playbook"] not in self._playbooks:
            raise Refused(f"Playbook {item['playbook']} not found for project.")
        if self.items["projects"][item["project"]]["organization"] != item["organization"]:
            raise Refused("the organization of a job template is that of its project")

    def _under(self, method: str, identity: int, part: str, body: Any) -> tuple[int, Any]:
        if part == "survey_spec":
            if method == "POST":
                check_survey(body)
                self.surveys[identity] = body
            return 200, self.surveys.get(identity, {})
        if part != "credentials":
            raise KeyError(part)
        attached = self.attached.setdefault(identity, [])
        if method == "GET":
            results = [self.items["credentials"][one] for one in attached]
            return 200, {"count": len(results), "next": None, "previous": None, "results": results}
        (attached.remove if body.get("disassociate") else attached.append)(body["id"])
        return 204, None


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
