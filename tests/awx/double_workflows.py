"""Nodes of workflows, as AWX links them: one link at most from a node to another, and no circle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.awx.double_checks import Refused
from tests.awx.double_kinds import Item

LINKS = ("success_nodes", "failure_nodes", "always_nodes")


@dataclass
class Workflows:
    """The links of all nodes: by the way that a node ended, from its id to those of the next ones."""

    links: dict[str, dict[int, list[int]]] = field(default_factory=lambda: {name: {} for name in LINKS})

    def next(self, node: int, kind: str) -> list[int]:
        return self.links[kind].setdefault(node, [])

    def change(self, kind: str, above: Item, below: Item, disassociate: bool) -> None:
        """Link two nodes, or take the link off."""
        held = self.next(above["id"], kind)
        if disassociate:
            held.remove(below["id"])
            return
        if above["workflow_job_template"] != below["workflow_job_template"]:
            raise Refused("Cannot associate nodes of different workflows.", "Error")
        if any(below["id"] in self.next(above["id"], other) for other in LINKS if other != kind):
            raise Refused("Relationship not allowed.", "Error")
        if above["id"] in self._after([below["id"]]):
            raise Refused("Cycle detected.", "Error")
        held.append(below["id"])

    def _after(self, nodes: Iterable[int]) -> set[int]:
        """These nodes, and all that follow them."""
        seen, left = set(), list(nodes)
        while left:
            node = left.pop()
            if node not in seen:
                seen.add(node)
                left += [one for kind in LINKS for one in self.next(node, kind)]
        return seen
