"""The pages that people read: every link leads somewhere, every message is explained, what is generated is current."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.ocamba.hood.plugins.module_utils.errors import REASONS
from ansible_collections.ocamba.hood.plugins.module_utils.providers.registry import PROVIDERS
from tests.tools import markdown, pictures, provider_pages, site
from tests.tools.collection_tree import ROOT

GUIDES = ROOT / "docs" / "guides"
ERRORS = GUIDES / "errors.md"
# Files of module_utils whose texts are no messages; of those in RAISING, only what they raise.
SILENT = (
    # What a report says of an account.
    "diagnosis/",
    "reports/drift.py",
    "reports/rotation_report.py",
    # What stands in an exported file.
    "reports/describe.py",
    "reports/inventory_files.py",
    # What the settings of a provider are for, and their formats: those stand on the pages of the providers.
    *(f"providers/{provider.name}.py" for provider in PROVIDERS),
    "providers/formats.py",
    # What is undone and replaced.
    "redaction.py",
    "unescaping.py",
)
RAISING = ("plugins/filter/*.py", "plugins/lookup/*.py", "plugins/module_utils/reports/inventory_files.py")
# What stands in a diff, a progress line, a description of a plan or the output of -vvv, or is a part of a message.
NO_MESSAGES = {
    "none, AWX was not reached",
    "it can't be compared, so every run writes it",
    "it is compared by what is remembered",
    "(secret, will be set)",
    "(secret, will be updated)",
    "waiting … s for …",
    "Hood's limit of … requests …",
    "Hood's limit on requests at the same time",
    "Hood, which asked for it",
    "Hood's list to show what was written",
    "another try after a passing failure",
    "a creation whose answer was lost",
    "a creation that may come about late",
    "its name can't be resolved",
    "not the JSON it should be",
    "… (…)",
    ", trace_id …",
    "a process that macOS forked can't use its network libraries",
    "async is asked for",
    "become is asked for",
    "ocamba.hood runs as a module, as …",
    "ocamba.hood runs in the controller's process",
    "the connection is …",
    "- and … more",
    "and … more",
}
DOTS = "…"
DOCUMENTATION = ("DOCUMENTATION", "EXAMPLES", "RETURN")


def test_every_link_of_a_page_leads_to_something_that_is_there() -> None:
    assert markdown.broken() == []


def test_a_link_that_leads_nowhere_is_noticed(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    text = "# One\n## A part\n[a](#a-part) [b](#gone) [c](two.md#x) ![d](p.svg) `[e](f)`\n```\n[g](h)\n```\n"
    (tmp_path / "one.md").write_text(text, encoding="utf-8")
    assert list(markdown.links(text)) == ["#a-part", "#gone", "two.md#x", "p.svg"]
    assert markdown.anchors(text) == {"one", "a-part"}


def test_links_are_made_absolute_for_where_the_repository_is_not() -> None:
    text = "![a](docs/images/x.svg) [b](docs/guides/y.md#z) [c](#here) [d](https://example.com)"
    assert markdown.absolute(text, Path("README.md"), "1.2.3").split() == [
        "![a](https://raw.githubusercontent.com/ocamba/ansible-hood/v1.2.3/docs/images/x.svg)",
        "[b](https://github.com/ocamba/ansible-hood/blob/v1.2.3/docs/guides/y.md#z)",
        "[c](#here)",
        "[d](https://example.com)",
    ]


def test_every_guide_is_in_the_menu_of_the_site() -> None:
    listed = [name for names in site.chapters().values() for name in names]
    assert sorted(listed) == sorted(set(listed))
    assert {path.stem for path in GUIDES.glob("*.md")} <= set(listed)
    menu = site.menu()
    assert all(f"\nguides/{name}\n" in menu for name in listed)
    unknown = set(listed) - {name for names in site.CHAPTERS.values() for name in names}
    assert not unknown, f"say in tests/tools/site.py, CHAPTERS, where these guides belong: {unknown}"


def test_every_page_of_the_repository_has_a_place_in_the_site() -> None:
    placed = set(site.places())
    # What GitHub puts into a form is no page.
    assert {page.as_posix() for page in markdown.pages() if page.parts[0] != ".github"} <= placed


def test_every_guide_with_commands_is_carried_out_by_a_test() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    with_commands = [path for path in GUIDES.glob("*.md") if markdown.blocks(path.read_text("utf-8"), "console")]
    assert len(with_commands) >= 5
    assert [path.name for path in with_commands if f'"{path.name}"' not in tests] == []


@pytest.mark.parametrize("path", provider_pages.pages(), ids=str)
def test_the_pages_of_the_providers_are_those_of_the_registry(path: Path) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == provider_pages.pages()[path], "make generate"


def test_no_page_is_left_of_a_provider_that_is_gone() -> None:
    there = {path.relative_to(ROOT) for path in (ROOT / provider_pages.FOLDER).glob("*")}
    assert there == set(provider_pages.pages()) - {provider_pages.INDEX}


def test_the_pictures_are_small_and_tell_nothing_of_the_machine() -> None:
    found = sorted((ROOT / pictures.FOLDER).glob("*.svg"))
    assert {path.name for path in found} >= set(pictures.PICTURES)
    for path in found:
        text = path.read_text(encoding="utf-8")
        assert len(text) < 70_000, path
        assert str(ROOT) not in text
        assert not re.findall(r"/(?:home|root|tmp|work)/", text), path
        assert not re.findall(r"url\(.?https?:|<image|<script", text), path


def written(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def speaking() -> Iterator[Path]:
    """The files in which messages for users are written."""
    base = ROOT / "plugins" / "module_utils"
    for path in sorted(base.rglob("*.py")):
        if not path.relative_to(base).as_posix().startswith(SILENT):
            yield path
    yield from sorted((ROOT / "plugins" / "plugin_utils").glob("*.py"))


def messages() -> Iterator[str]:
    """Every text of the code that a user can get to see, with … for what is put in."""
    for path in speaking():
        yield from texts(ast.parse(path.read_text(encoding="utf-8")))
    for path in (path for pattern in RAISING for path in sorted(ROOT.glob(pattern))):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from (text for node in ast.walk(tree) if isinstance(node, ast.Raise) for text in texts(node))
    for pattern in ("playbooks/*.yml", "roles/*/tasks/*.yml"):
        for path in sorted(ROOT.glob(pattern)):
            yield from failures(yaml.safe_load(path.read_text(encoding="utf-8")))


def failures(tasks: Any) -> Iterator[str]:
    """What the tasks of a playbook or a role end with, where that is a text of their own."""
    if isinstance(tasks, list):
        for one in tasks:
            yield from failures(one)
    elif isinstance(tasks, dict):
        for key, value in tasks.items():
            if key == "fail_msg" or (key == "ansible.builtin.fail" and "msg" in value):
                text = value if key == "fail_msg" else value["msg"]
                defaults = re.findall(r"\{\{[^}]*default\('([^']+ [^']+)'\)", text)
                yield from (written(one) for one in [*defaults, re.sub(r"\{\{.*?\}\}", DOTS, text)])
            else:
                yield from failures(value)


def texts(tree: ast.AST) -> Iterator[str]:
    """The texts of some code, but documentation."""
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    parts -= {id(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)}
    parts |= {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Expr, ast.Assign)) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.Expr) or getattr(node.targets[0], "id", "") in DOCUMENTATION
    }
    for node in ast.walk(tree):
        if id(node) in parts:
            continue
        if isinstance(node, ast.JoinedStr):
            yield written("".join(str(one.value) if isinstance(one, ast.Constant) else DOTS for one in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield written(node.value)


def is_message(text: str) -> bool:
    words = re.findall(r"[A-Za-z']{2,}", text)
    return len(words) >= 2 and " " in text and not re.search(r"[\\{}]|\[[^\]]*\]\+?\*?[{(]", text)


def explained() -> list[str]:
    """The messages of the page."""
    tables = re.findall(r"^\|(.*)\|(.*)\|$|^`(.*?)`[,:]", ERRORS.read_text(encoding="utf-8"), re.MULTILINE)
    found = [written(one) for row in tables for one in re.findall(r"`([^`]+)`", f"{row[0]} `{row[2]}`")]
    return [one for one in found if one]


def fits(template: str, text: str) -> bool:
    """Whether a text can come of a template: … stands for anything in both."""
    pattern = ".*".join(re.escape(part) for part in template.split(DOTS))
    return re.search(pattern, text) is not None


def test_every_message_of_the_code_is_on_the_page() -> None:
    page = explained()
    # The meanings of the reason codes are on the page in a table of their own, which is generated.
    wanted = {text for text in messages() if is_message(text)} - NO_MESSAGES - set(REASONS.values())
    assert len(wanted) > 60
    assert sorted(text for text in wanted if not any(fits(text, one) for one in page)) == []


def test_every_message_of_the_page_is_in_the_code() -> None:
    code = list(messages())
    assert [one for one in explained() if not all(_stands(part, code) for part in one.split(DOTS))] == []


def _stands(part: str, code: list[str]) -> bool:
    """A part of a message may itself be put together of two texts."""
    words = part.strip(" :;,.()?")
    if not words or any(words in one for one in code):
        return True
    cuts = [index for index, sign in enumerate(words) if sign in ";:. "]
    return any(
        any(words[:cut].strip(" ;:.") in one for one in code) and any(words[cut:].strip(" ;:.") in one for one in code)
        for cut in cuts
    )


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_its_links_lead_somewhere(tmp_path: Path) -> None:
    built = site.build(ROOT, tmp_path / "source", tmp_path / "site")
    assert site.broken(built) == []
    pages = {path.relative_to(built).as_posix() for path in built.rglob("*.html")}
    modules = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")}
    assert {f"collections/{name}_module.html" for name in modules} <= pages
    assert {f"guides/{name}.html" for name in site.guides()} <= pages
    assert {"index.html", "collections/ocamba_role.html", "collections/with_secrets_filter.html"} <= pages
    (built / "guides" / "errors.html").unlink()
    assert "guides/quick-start.html: errors.html" in site.broken(built)
