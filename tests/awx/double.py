"""The part of AWX's API that its modules use to set things up: strict about what it is sent, with a log of requests.

What AWX checks is checked here as well, and more: AWX passes over fields that it does not know, this refuses them.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.awx.double_checks import Forbidden, Refused, check_credential_type, check_schedule, check_survey
from tests.awx.double_kinds import KINDS, Item
from tests.awx.double_launch import launch
from tests.awx.double_updates import Repository, Updates
from tests.awx.double_users import TOKEN, User, Users
from tests.awx.double_workflows import LINKS, Workflows

__all__ = ["TOKEN", "Awx"]

HEADERS = {"X-API-Product-Name": "AWX", "X-API-Product-Version": "24.6.1"}


@dataclass(frozen=True)
class Call:
    """A request that was made."""

    method: str
    path: str
    body: Any


class Awx:
    """AWX with the organization Default and the credential types Vault and Source Control, to be used as a context
    manager.

    :param playbooks: what the repository of every project has.
    """

    def __init__(self, playbooks: list[str]) -> None:
        self.calls: list[Call] = []
        self.items: dict[str, dict[int, Item]] = {kind: {} for kind in KINDS}
        self.surveys: dict[int, Item] = {}
        self.attached: dict[int, list[int]] = {}
        self.jobs: list[Item] = []
        self.repository = Repository(playbooks)
        self.users = Users()
        self.workflows = Workflows()
        self._updates = Updates(self.repository)
        self._checks: dict[str, Callable[[Item], None]] = {
            "credential_types": check_credential_type,
            "credentials": self._check_credential,
            "job_templates": self._check_job_template,
            "schedules": check_schedule,
        }
        self.add_organization("Default")
        for name, kind, field in (("Vault", "vault", "vault_password"), ("Source Control", "scm", "password")):
            fields = [{"id": field, "type": "string", "secret": True}]
            self._add("credential_types", {"name": name, "kind": kind, "managed": True, "inputs": {"fields": fields}})
        self._listener = socket.create_server(("127.0.0.1", 0))
        routes = [Route("/api/v2/{path:path}", self._answer, methods=["GET", "POST", "PATCH", "DELETE"])]
        config = uvicorn.Config(Starlette(routes=routes), log_config=None, lifespan="off", ws="none")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def add_organization(self, name: str) -> None:
        self._add("organizations", {"name": name})

    def add_administrator(self, name: str, password: str, organization: str) -> str:
        """Add an administrator of an organization, and give a token of theirs."""
        return self.users.add(User(name, password, self.named("organizations", organization)["id"]))

    def add_credential(self, name: str, kind: str, organization: str | None = "Default") -> int:
        """Add a credential; with no organization it is the system administrator's own."""
        owner = None if organization is None else self.named("organizations", organization)["id"]
        content = {"name": name, "credential_type": self.named("credential_types", kind)["id"], "organization": owner}
        identity: int = self._add("credentials", content)["id"]
        return identity

    def add_credential_type(self, content: Item) -> None:
        self._add("credential_types", content)

    def writes(self) -> list[Call]:
        return [call for call in self.calls if call.method != "GET"]

    def named(self, kind: str, name: str, organization: str | None = None) -> Item:
        """The only object of a name, in an organization if one is given."""
        owner = organization and self.named("organizations", organization)["id"]
        items = self.items[kind].values()
        (found,) = [one for one in items if one["name"] == name and (not owner or self._owner(kind, one) == owner)]
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
        parts = request.path_params["path"].rstrip("/").split("/")
        authorization = request.headers.get("Authorization", "")
        if parts[0] == "tokens":
            status, content = self._sign(request.method, parts, authorization)
        elif (user := self.users.who(authorization)) is None:
            status, content = 401, {"detail": "Authentication credentials were not provided."}
        else:
            self.calls.append(Call(request.method, "/".join(parts), body))
            status, content = self._status(user, request.method, parts, dict(request.query_params), body)
        return Response(status_code=204, headers=HEADERS) if status == 204 else JSONResponse(content, status, HEADERS)

    def _sign(self, method: str, parts: list[str], authorization: str) -> tuple[int, Any]:
        basic = authorization.startswith("Basic ")
        user = self.users.by_password(authorization) if basic else self.users.who(authorization)
        if user is None:
            return 401, {"detail": "Invalid username/password."}
        if method == "POST":
            return 201, self.users.new_token(user)
        self.users.end_token(int(parts[1]))
        return 204, None

    def _status(self, user: User, method: str, parts: list[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
        try:
            return self._act(user, method, parts, query, body)
        except Refused as refused:
            return 400, refused.answer
        except Forbidden:
            return 403, {"detail": "You do not have permission to perform this action."}
        except KeyError:
            return 404, {"detail": "Not found."}

    def _act(self, user: User, method: str, parts: list[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
        if parts[0] == "project_updates":
            return 200, self._update(user, parts, query)
        kind = "job_templates" if parts[0] == "unified_job_templates" else parts[0]
        if len(parts) == 1:
            return (200, self._list(user, kind, query)) if method == "GET" else (201, self._create(user, kind, body))
        item = self._one(user, kind, parts[1])
        if len(parts) == 3:
            return self._under(user, method, item, parts[2], body)
        if method == "PATCH":
            self._change(user, kind, item, body)
        return 200, item

    def _one(self, user: User, kind: str, text: str) -> Item:
        """An object by its id, or by AWX's named URL."""
        name, _separator, owner = text.partition("++")
        item = self.named(kind, name, owner) if owner else self.items[kind][int(text)]
        if not user.sees(kind, self._owner(kind, item)):
            raise KeyError(text)
        return item

    def _owner(self, kind: str, item: Item) -> int | None:
        """The id of the organization that an object belongs to."""
        through = {
            "inventory_sources": ("inventories", "inventory"),
            "schedules": ("job_templates", "unified_job_template"),
            "workflow_job_template_nodes": ("workflow_job_templates", "workflow_job_template"),
        }
        if kind == "workflow_approval_templates":
            nodes = self.items["workflow_job_template_nodes"].values()
            (node,) = [one for one in nodes if one["unified_job_template"] == item["id"]]
            return self._owner("workflow_job_template_nodes", node)
        if kind in through:
            above, link = through[kind]
            return self._owner(above, self.items[above][item[link]])
        owner: int | None = item.get("id" if kind == "organizations" else "organization")
        return owner

    def _list(self, user: User, kind: str, query: dict[str, str]) -> Item:
        for key in query:
            if key.removeprefix("or__").removesuffix("__isnull") not in ("id", *KINDS[kind].fields):
                raise Refused(f"{kind} has no field named '{key}'")
        alternatives = {key[4:]: value for key, value in query.items() if key.startswith("or__")}
        exact = {key: value for key, value in query.items() if not key.startswith("or__")}
        return _page(
            [
                item
                for item in self.items[kind].values()
                if user.sees(kind, self._owner(kind, item))
                and all(_matches(item, key, value) for key, value in exact.items())
                and (not alternatives or any(_matches(item, key, value) for key, value in alternatives.items()))
            ]
        )

    def _create(self, user: User, kind: str, body: Item) -> Item:
        missing = [name for name in KINDS[kind].required if not body.get(name)]
        if missing:
            raise Refused(f"{kind}: {', '.join(missing)}: this field is required")
        content = {**KINDS[kind].fields, **body}
        if not user.may_write(kind, self._owner(kind, content)):
            raise Forbidden
        self._check(kind, content, body, None)
        return self._add(kind, body)

    def _change(self, user: User, kind: str, item: Item, body: Item) -> None:
        if not user.may_write(kind, self._owner(kind, item)):
            raise Forbidden
        moved = body.get("organization") not in (None, item.get("organization"))
        if kind == "execution_environments" and moved:
            raise Refused("Cannot change the organization of an execution environment", "organization")
        self._check(kind, {**item, **body}, body, item["id"])
        source = {name: item.get(name) for name in ("scm_url", "scm_branch", "credential")}
        item.update(self._shown(kind, {**item, **body}))
        if kind == "projects" and source != {name: item[name] for name in source}:
            self._updates.start(item)

    def _add(self, kind: str, body: Item) -> Item:
        identity = sum(map(len, self.items.values())) + 1
        url = f"/api/v2/{kind}/{identity}/"
        item = {"id": identity, "type": KINDS[kind].type, "url": url, "related": {}, "summary_fields": {}}
        item.update(self._shown(kind, {**KINDS[kind].fields, **body}))
        if kind == "projects":
            item.update(scm_revision="", related={"update": f"{url}update/"})
            self._updates.start(item)
        if kind in ("job_templates", "workflow_job_templates"):
            item["related"] = {"survey_spec": f"{url}survey_spec/"}
        self.items[kind][identity] = item
        return item

    def _shown(self, kind: str, item: Item) -> Item:
        """An object as it is reported: no null where there are texts, and of a credential never a secret."""
        texts = [name for name, default in KINDS[kind].fields.items() if isinstance(default, str)]
        reported = {**item, **{name: "" for name in texts if item[name] is None}}
        if kind != "credentials":
            return reported
        fields = self.items["credential_types"][item["credential_type"]]["inputs"]["fields"]
        hidden = {one["id"]: "$encrypted$" for one in fields if one.get("secret")}
        return {**reported, "inputs": {name: hidden.get(name, value) for name, value in item["inputs"].items()}}

    def _check(self, kind: str, item: Item, sent: Item, identity: int | None) -> None:
        unknown = set(sent) - set(KINDS[kind].fields)
        if unknown:
            raise Refused(f"{kind}: unknown fields {', '.join(sorted(unknown))}")
        for name, target in KINDS[kind].links.items():
            if item[name] is not None and item[name] not in self.items[target]:
                raise Refused(f"{kind}.{name}: there is no {target} {item[name]}")
        for other in self.items[kind].values():
            same = all(other[name] == item[name] for name in (KINDS[kind].name, *KINDS[kind].unique))
            if same and other["id"] != identity:
                raise Refused(f"{kind} with this name already exists")
        if kind in self._checks:
            self._checks[kind](item)

    def _check_credential(self, item: Item) -> None:
        """As AWX: inputs that the type requires are not asked for."""
        fields = {one["id"] for one in self.items["credential_types"][item["credential_type"]]["inputs"]["fields"]}
        if set(item["inputs"]) - fields:
            raise Refused("inputs that the type does not have")

    def _check_job_template(self, item: Item) -> None:
        if item["playbook"] not in self._updates.playbooks.get(item["project"], []):
            raise Refused("Playbook not found for project.", "playbook")
        project = self.items["projects"][item["project"]]
        if project["organization"] != item["organization"]:
            raise Refused("the organization of a job template is that of its project")
        if (item["ask_scm_branch_on_launch"] or item["scm_branch"]) and not project["allow_override"]:
            raise Refused("Project does not allow overriding branch.", "scm_branch")
        environment = self.items["execution_environments"].get(item["execution_environment"], {})
        if environment.get("organization") not in (None, item["organization"]):
            raise Refused("an execution environment of another organization")

    def _update(self, user: User, parts: list[str], query: dict[str, str]) -> Item:
        identity = int(parts[1] if len(parts) > 1 else query["id"])
        project = self._one(user, "projects", str(self._updates.all[identity]["project"]))
        if parts[2:] == ["events"]:
            return _page([one for one in self._updates.events(identity) if one["event"] == query["event"]])
        reported = self._updates.look(identity, project)
        return reported if len(parts) > 1 else _page([reported])

    def _under(self, user: User, method: str, item: Item, part: str, body: Any) -> tuple[int, Any]:
        identity = item["id"]
        if part == "playbooks":
            return 200, self._updates.playbooks.get(identity, [])
        if part == "update":
            started = self._updates.start(item)
            return 202, {**started, "project_update": started["id"]}
        if part == "launch":
            return 201, self._launch(item, body or {})
        if part == "survey_spec":
            if method == "POST":
                check_survey(body)
                self.surveys[identity] = body
            return 200, self.surveys.get(identity, {})
        if part in LINKS:
            return self._link(user, method, item, part, body)
        if part == "create_approval_template":
            return 201, self._add_approval(user, item, body)
        if part != "credentials":
            raise KeyError(part)
        attached = self.attached.setdefault(identity, [])
        if method == "GET":
            return 200, _page([self.items["credentials"][one] for one in attached])
        self._one(user, "credentials", str(body["id"]))
        (attached.remove if body.get("disassociate") else attached.append)(body["id"])
        return 204, None

    def _link(self, user: User, method: str, node: Item, kind: str, body: Any) -> tuple[int, Any]:
        nodes = "workflow_job_template_nodes"
        if method == "GET":
            return 200, _page([self.items[nodes][one] for one in self.workflows.next(node["id"], kind)])
        if not user.may_write(nodes, self._owner(nodes, node)):
            raise Forbidden
        self.workflows.change(kind, node, self._one(user, nodes, str(body["id"])), bool(body.get("disassociate")))
        return 204, None

    def _add_approval(self, user: User, node: Item, body: Item) -> Item:
        nodes = "workflow_job_template_nodes"
        if not user.may_write(nodes, self._owner(nodes, node)):
            raise Forbidden
        kind = "workflow_approval_templates"
        if set(body) - set(KINDS[kind].fields) or not body.get("name"):
            raise Refused("fields of an approval")
        made = self._add(kind, body)
        node["unified_job_template"] = made["id"]
        node["related"] = {"unified_job_template": made["url"]}
        return made

    def _launch(self, template: Item, body: Item) -> Item:
        attached, given = (
            [self.items["credentials"][one] for one in ids]
            for ids in (self.attached.get(template["id"], []), body.get("credentials", []))
        )
        job, ignored = launch(template, self.surveys.get(template["id"], {"spec": []}), attached, given, dict(body))
        self.jobs.append(job)
        return {"job": 2000 + len(self.jobs), "ignored_fields": ignored}


def _page(items: list[Item]) -> Item:
    return {"count": len(items), "next": None, "previous": None, "results": items}


def _matches(item: Item, key: str, value: str) -> bool:
    if key.endswith("__isnull"):
        return (item[key.removesuffix("__isnull")] is None) is (value.lower() in ("true", "1"))
    return str(item[key]) == value
