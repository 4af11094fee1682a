"""Updates of projects: AWX starts one when a project is made or its source changes, and gets to it when it can."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.awx.double_kinds import Item

_NO_CAPACITY = "This job is not ready to start because there is not enough available capacity."


@dataclass
class Repository:
    """Where all projects come from; a test changes it as it needs.

    :param looks: how often an update is seen pending before it ends.
    :param failure: what git says where the repository can't be had.
    """

    playbooks: list[str]
    looks: int = 0
    failure: str = ""


@dataclass
class Updates:
    """The updates of all projects."""

    repository: Repository
    all: dict[int, Item] = field(default_factory=dict)
    playbooks: dict[int, list[str]] = field(default_factory=dict)
    _seen: dict[int, int] = field(default_factory=dict)

    def start(self, project: Item) -> Item:
        identity = 1000 + len(self.all) + 1
        self.all[identity] = {
            "id": identity,
            "type": "project_update",
            "url": f"/api/v2/project_updates/{identity}/",
            "project": project["id"],
            "job_explanation": "",
            "result_traceback": "",
        }
        self._is(identity, project, "pending")
        project["summary_fields"] = {"current_update": {"id": identity}}
        return self.all[identity]

    def look(self, identity: int, project: Item) -> Item:
        """An update as it is reported; looked at often enough, it ends."""
        if self.all[identity]["status"] != "pending":
            return self.all[identity]
        seen = self._seen[identity] = self._seen.get(identity, 0) + 1
        if seen <= self.repository.looks:
            self.all[identity]["job_explanation"] = _NO_CAPACITY
            return self.all[identity]
        self.all[identity]["job_explanation"] = ""
        self._is(identity, project, "failed" if self.repository.failure else "successful")
        project["summary_fields"] = {"last_update": {"id": identity}}
        if not self.repository.failure:
            self.playbooks[project["id"]] = list(self.repository.playbooks)
            project["scm_revision"] = "5a1e"
        return self.all[identity]

    def events(self, identity: int) -> list[Item]:
        """Those of the tasks that failed."""
        if self.all[identity]["status"] != "failed":
            return []
        result = {"msg": self.repository.failure, "changed": False}
        return [{"event": "runner_on_failed", "event_data": {"res": result}, "stdout": self.repository.failure}]

    def _is(self, identity: int, project: Item, status: str) -> None:
        ended = "2026-11-24T00:00:00Z" if status != "pending" else None
        self.all[identity].update(status=status, failed=status == "failed", finished=ended)
        project["status"] = status
