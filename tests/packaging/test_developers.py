"""What developers use works as it is described: targets, hooks, editor settings, the plan of the house."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.packaging.conftest import Checkout
from tests.tools import architecture
from tests.tools.collection_tree import BUILD, ROOT

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
# What is known to one room only, and the files that may import it.
KNOWN_TO = {
    "ansible": {"task"},
    "requests": {"api"},
    "voluptuous": {"providers"},
    "time": {"api"},
    "datetime": {"api"},
}


def helped() -> dict[str, str]:
    """What `make help` says of each target."""
    command = ["make", "--no-print-directory", "help"]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return dict(line.split(maxsplit=1) for line in output.splitlines())


def test_every_target_is_in_the_help_and_in_the_contributing_guide() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^\.PHONY: (\S+)$", makefile, re.MULTILINE))
    assert set(helped()) == targets
    assert set(re.findall(r"`make ([a-z-]+)[` ]", CONTRIBUTING)) >= targets
    assert set(re.findall(r"`make ([a-z-]+)[` ]", CONTRIBUTING)) <= targets


def test_the_help_says_how_long_each_target_takes() -> None:
    for target, text in helped().items():
        assert re.search(r"\((\d+ (s|min|h)\b.*|until ended)\)$", text), target


def test_slow_tests_wait_for_test_all() -> None:
    def told(target: str) -> str:
        return subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert '-m "not slow"' in told("test")
    assert "-m slow" not in told("test")
    assert "-m slow" in told("test-all")
    assert "tests.tools.matrix" in told("test-all")


def test_every_room_of_the_tests_is_run_and_described() -> None:
    with_tests = {path.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").glob("*/**/test_*.py")}
    configured = set(re.findall(r'"tests/([a-z_]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8")))
    assert with_tests - {"output"} == configured
    assert all(f"  {folder}/ " in CONTRIBUTING for folder in configured)


def test_the_house_in_the_contributing_guide_is_that_of_the_layers() -> None:
    block = CONTRIBUTING.partition("  module_utils/\n")[2].partition("tests/\n")[0]
    listed = iter(re.findall(r"^    ([a-z_]+)/? ", block, re.MULTILINE))
    for layer in architecture.layers(ROOT):
        # The rooms of a layer may stand in any order.
        assert {next(listed, None) for _room in layer} == set(layer)
    assert list(listed) == []


def test_the_layers_are_the_rooms_that_are_there_and_imports_go_down() -> None:
    layers = architecture.layers(ROOT)
    depth = {room: index for index, layer in enumerate(layers) for room in layer}
    rooms = architecture.rooms(ROOT)
    assert set(depth) == set(rooms)
    assert architecture.contract(ROOT)["exhaustive"] is True
    up = [(room.name, one) for room in rooms.values() for one in room.imports if depth[one] <= depth[room.name]]
    assert up == []


def test_the_architecture_page_is_drawn_from_the_house_as_it_is() -> None:
    assert (ROOT / architecture.PAGE).read_text(encoding="utf-8") == architecture.page(ROOT), "make architecture"


def imported() -> Iterator[tuple[str, str]]:
    """Pairs of a room of module_utils and a top-level name that it imports, lazily or not."""
    for path in (ROOT / architecture.ROOMS).rglob("*.py"):
        room = path.relative_to(ROOT / architecture.ROOMS).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            yield from ((room, name.partition(".")[0]) for name in names)


@pytest.mark.parametrize("name", KNOWN_TO)
def test_what_is_known_to_one_room_is_imported_by_no_other(name: str) -> None:
    assert {room for room, one in imported() if one == name} <= KNOWN_TO[name]


def test_the_hooks_pass_on_a_clean_tree(checkout: Checkout) -> None:
    # The types are checked by `make lint`, with the cache that a fresh copy lacks.
    output = checkout.run(
        ".build/venv/bin/pre-commit", "run", "--all-files", SKIP="types", PRE_COMMIT_HOME=str(checkout.root / ".build")
    )
    assert len(re.findall(r"\.Passed$", output, re.MULTILINE)) == 4, output


def test_the_hooks_fail_on_what_is_wrong(checkout: Checkout) -> None:
    for name, text in (("plugins/module_utils/errors.py", "import   os\n"), ("playbooks/apply.yml", "a:  b\n")):
        with (checkout.root / name).open("a", encoding="utf-8") as file:
            file.write(text)
    output = checkout.run(
        ".build/venv/bin/pre-commit",
        "run",
        "--files",
        "plugins/module_utils/errors.py",
        "playbooks/apply.yml",
        rc=1,
        SKIP="types,house",
        PRE_COMMIT_HOME=str(checkout.root / ".build"),
    )
    assert re.search(r"ruff check\.+Failed", output), output
    assert re.search(r"yamllint\.+Failed", output), output


def test_the_hooks_are_put_into_git(checkout: Checkout) -> None:
    checkout.run("make", "hooks")
    for name in ("pre-commit", "pre-push"):
        assert "pre-commit" in (checkout.root / ".git" / "hooks" / name).read_text(encoding="utf-8")


def test_the_hooks_fetch_nothing() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"repo: (\S+)", text)) == {"local"}
    assert set(re.findall(r"language: (\S+)", text)) == {"system"}


def test_the_editor_settings_name_what_is_there() -> None:
    settings = json.loads((ROOT / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    json.loads((ROOT / ".vscode" / "extensions.json").read_text(encoding="utf-8"))
    named = re.findall(r"\$\{workspaceFolder\}/([^\"]+)", json.dumps(settings))
    assert named
    for path in named:
        assert (BUILD.parent / path).exists(), path
