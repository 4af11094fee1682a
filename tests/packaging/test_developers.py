"""What developers use works as it is described: targets, hooks, editor settings, the layers of module_utils."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from ansible_collections.ocamba.hood.plugins.module_utils.errors import REASONS
from tests.packaging.conftest import Checkout
from tests.tools import architecture, generate
from tests.tools.collection_tree import BUILD, ROOT

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
# What only one package may import.
KNOWN_TO = {
    "ansible": {"task"},
    "requests": {"api"},
    "voluptuous": {"providers"},
    "time": {"api"},
    # To recognise what YAML takes for a date, which is no text.
    "datetime": {"declared", "providers"},
}
# What asks the clock, of any class of datetime.
CLOCKS = {"now", "today", "utcnow"}


def helped() -> dict[str, str]:
    """What `make help` says of each target."""
    command = ["make", "--no-print-directory", "help"]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    # What is not set in is the name of a group.
    return dict(line.split(maxsplit=1) for line in output.splitlines() if line.startswith("  "))


def test_every_target_is_in_the_help_and_in_the_contributing_guide() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^\.PHONY: (\S+)$", makefile, re.MULTILINE))
    assert set(helped()) == targets
    # In a sentence, or at the start of a line of commands.
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)[` ]", CONTRIBUTING, re.MULTILINE)) == targets


def test_the_help_says_how_long_each_target_takes() -> None:
    for target, text in helped().items():
        assert re.search(r"\((\d+ (s|min|h)\b.*|until ended)\)$", text), target


def test_slow_tests_wait_for_test_all() -> None:
    def commands(target: str) -> str:
        return subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert '-m "not slow"' in commands("test")
    assert "-m slow" not in commands("test")
    assert "-m slow" in commands("test-all")
    assert "tests.tools.matrix" in commands("test-all")


def test_every_folder_of_tests_is_run_and_described() -> None:
    with_tests = {path.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").glob("*/**/test_*.py")}
    configured = set(re.findall(r'"tests/([a-z_]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8")))
    assert with_tests - {"output"} == configured
    assert all(f"  {folder}/" in CONTRIBUTING for folder in configured)


def test_the_layout_in_the_contributing_guide_is_that_of_the_layers() -> None:
    listed = iter(architecture.purposes(ROOT))
    for layer in architecture.layers(ROOT):
        # The packages of a layer may stand in any order.
        assert {next(listed, None) for _package in layer} == set(layer)
    assert list(listed) == []


def test_the_layers_are_the_packages_that_are_there_and_imports_go_down() -> None:
    layers = architecture.layers(ROOT)
    depth = {package: index for index, layer in enumerate(layers) for package in layer}
    packages = architecture.packages(ROOT)
    assert set(depth) == set(packages)
    assert architecture.contract(ROOT)["exhaustive"] is True
    up = [
        (package.name, one)
        for package in packages.values()
        for one in package.imports
        if depth[one] <= depth[package.name]
    ]
    assert up == []


def test_every_package_and_every_file_says_in_a_line_what_it_is_for() -> None:
    for package in architecture.packages(ROOT).values():
        assert package.purpose, package.name
        assert all(package.files.values()), package


def test_what_is_generated_is_as_it_would_be_generated_now() -> None:
    assert generate.stale(ROOT) == [], "make generate"


def test_what_is_not_as_it_would_be_generated_is_noticed_and_written(tmp_path: Path) -> None:
    for path in generate.wanted(ROOT):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    for name in ("plugins", "pyproject.toml", "CONTRIBUTING.md", "docs/guides", "tests/tools/return_values.yml"):
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy2(source, target)
    assert generate.stale(tmp_path) == []
    module, gone = tmp_path / "plugins/modules/ocamba_integration.py", tmp_path / "docs/guides/providers/gone.md"
    text = module.read_text(encoding="utf-8")
    module.write_text(text.replace("The id by which campaigns name it.", "Something else."), encoding="utf-8")
    gone.write_text("A page of a provider that was removed.\n", encoding="utf-8")
    wrong = ["docs/guides/providers/gone.md", "plugins/modules/ocamba_integration.py"]
    assert generate.stale(tmp_path) == wrong
    assert generate.write(tmp_path) == wrong
    assert module.read_text(encoding="utf-8") == text
    assert not gone.exists()


def test_every_module_documents_the_reason_codes() -> None:
    for path in (ROOT / "plugins" / "modules").glob("*.py"):
        returned = path.read_text(encoding="utf-8").partition('\nRETURN = r"""\n')[2].partition('"""')[0]
        description = str(yaml.safe_load(returned)["reason_code"]["description"])
        assert [code for code in REASONS if f"V({code})" not in description] == [], path.name


def imported() -> Iterator[tuple[str, str]]:
    """Pairs of a package of module_utils and a top-level name that it imports, lazily or not."""
    for path in (ROOT / architecture.MODULE_UTILS).rglob("*.py"):
        package = path.relative_to(ROOT / architecture.MODULE_UTILS).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            yield from ((package, name.partition(".")[0]) for name in names)


@pytest.mark.parametrize("name", KNOWN_TO)
def test_what_is_known_to_one_package_is_imported_by_no_other(name: str) -> None:
    assert {package for package, one in imported() if one == name} <= KNOWN_TO[name]


def test_nothing_asks_for_the_time_but_through_what_is_handed_in() -> None:
    for path in (ROOT / architecture.MODULE_UTILS).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in CLOCKS], path


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
        SKIP="types,layers",
        PRE_COMMIT_HOME=str(checkout.root / ".build"),
    )
    assert re.search(r"ruff check\.+Failed", output), output
    assert re.search(r"yamllint\.+Failed", output), output


def test_the_hooks_are_put_into_git(checkout: Checkout) -> None:
    checkout.run("make", "hooks")
    for name in ("pre-commit", "pre-push"):
        assert "pre-commit" in (checkout.root / ".git" / "hooks" / name).read_text(encoding="utf-8")


def test_a_hook_without_its_environment_says_how_to_make_it(checkout: Checkout) -> None:
    checkout.run("make", "hooks")
    checkout.run("make", "hooks")
    (checkout.root / ".build" / "venv").unlink()
    assert 'run "make setup"' in checkout.run("git", "commit", "--allow-empty", "-m", "x", rc=1)


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
