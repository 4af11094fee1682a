"""Renders the reports of a drift and reads them as others do: the page by its elements, the JUnit XML by its names."""

from __future__ import annotations

import base64
import hashlib
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Optional

import jinja2

from tests.tools.collection_tree import ROOT

TEMPLATES = ROOT / "roles" / "ocamba" / "templates"
VOID = ("meta", "link", "br", "hr", "img", "input")

# Of each account the state and, by integration, what differs: field → before and after.
Change = dict[str, tuple[Optional[str], Optional[str]]]
Findings = dict[str, tuple[str, dict[str, Change]]]


def rendered(name: str, report: dict[str, Any]) -> str:
    """A template as Ansible renders it, which has these settings too."""
    environment = jinja2.Environment(trim_blocks=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    return environment.from_string((TEMPLATES / name).read_text(encoding="utf-8")).render(report=report)


@dataclass
class Element:
    """An element of a page. Texts are children too."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(one if isinstance(one, str) else one.text for one in self.children)

    def all(self, *tags: str) -> Iterator[Element]:
        """Every element below of one of these names, or of any, in the order of the page."""
        for one in self.children:
            if isinstance(one, Element):
                if not tags or one.tag in tags:
                    yield one
                yield from one.all(*tags)

    def of_class(self, name: str) -> Iterator[Element]:
        return (one for one in self.all() if name in one.attributes.get("class", "").split())


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _value in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> ends <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read_html(text: str) -> Element:
    """The page; every element must be closed where it was opened."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    assert parser.open == [parser.root]
    return parser.root


def check_html(text: str) -> None:
    """What makes the page safe to open and good to read without seeing it."""
    page = read_html(text)
    assert next(page.all("html")).attributes["lang"] == "en"
    assert len(list(page.all("title", "main"))) == 2
    ids = [one.attributes["id"] for one in page.all() if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    for one in page.all():
        for name, value in one.attributes.items():
            assert name not in ("src", "srcset", "style"), one
            assert not name.startswith("on"), one
            if name == "href":
                assert value in {f"#{one}" for one in ids}
            if name == "aria-labelledby":
                assert value in ids
    levels = [int(one.tag[1]) for one in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[:1] == [1]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:]))
    assert all(one.attributes.get("scope") in ("col", "row") for one in page.all("th"))
    assert not list(page.all("script", "link", "img", "iframe", "object", "form", "base"))
    _check_policy(page)


def _check_policy(page: Element) -> None:
    policy = next(one for one in page.all("meta") if "http-equiv" in one.attributes).attributes["content"]
    (style,) = page.all("style")
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    assert policy.split("; ")[:2] == ["default-src 'none'", f"style-src 'sha256-{digest}'"]
    assert not re.search(r"url\(|@import|//", style.text)


def findings_of_page(text: str) -> Findings:
    page = read_html(text)
    states = {"as declared": "same", "differs": "differs", "not compared": "failed"}
    found: Findings = {}
    overview = next(page.of_class("overview"), Element("table", {}))
    for row in overview.all("tr"):
        if name := next(row.all("bdi"), None):
            found[name.text] = (states[next(row.of_class("tag")).text], {})
    for section in next(page.all("main")).all("section"):
        heading = next(section.all("h2"), None)
        for one in section.of_class("integration"):
            assert heading
            changes = found[next(heading.all("bdi")).text][1]
            changes[next(next(one.all("h3")).all("bdi")).text] = {
                next(row.all("th")).text: (_value(cells[0]), _value(cells[1]))
                for row in one.all("tr")
                if len(cells := list(row.all("td"))) == 2
            }
    return found


def _value(cell: Element) -> str | None:
    nothing = next(cell.of_class("nothing"), None)
    if nothing:
        return {"not set": None, "empty": ""}[nothing.text]
    return cell.text


def findings_of_report(report: dict[str, Any]) -> Findings:
    return {
        account["name"]: (
            account["state"],
            {
                one["name"]: {change["field"]: (change["before"], change["after"]) for change in one["changes"]}
                for one in account["integrations"]
                if one["state"] == "differs"
            },
        )
        for account in report["accounts"]
    }


def findings_of_junit(text: str) -> Findings:
    """Read as Jenkins and GitLab do; the counts must be those of the elements."""
    root = ET.fromstring(text.encode())
    assert root.tag == "testsuites"
    found: Findings = {}
    for suite in root:
        assert (suite.tag, suite.get("name")) == ("testsuite", suite.findall("testcase")[0].get("classname"))
        _check_counts(suite)
        account, *cases = suite.findall("testcase")
        changes = {str(case.get("name")): _changes(case) for case in cases if case.find("failure") is not None}
        differs = bool(changes) or account.find("failure") is not None
        state = "failed" if suite.find("testcase/error") is not None else "differs" if differs else "same"
        found[str(suite.get("name"))] = (state, changes)
    _check_counts(root)
    return found


def _check_counts(suite: ET.Element) -> None:
    for name, path in {"tests": "testcase", "failures": "failure", "errors": "error"}.items():
        assert suite.get(name) == str(len(suite.findall(f".//{path}"))), name


def _changes(case: ET.Element) -> Change:
    failure = case.find("failure")
    assert failure is not None
    assert case.get("classname") is not None
    changes: Change = {}
    for line in (failure.text or "").splitlines():
        name, _colon, values = line.partition(": ")
        before, _import, after = values.partition(" -> ")
        changes[name] = (_unless_unset(before), _unless_unset(after))
    return changes


def _unless_unset(text: str) -> str | None:
    return None if text == "(not set)" else text
