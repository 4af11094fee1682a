"""The playbook that sets up AWX, by the real modules of awx.awx, against a double of AWX's API."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.awx.double import TOKEN, Awx
from tests.awx.job import DATA, PROJECT
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.support import leaks
from tests.support.ansible import Ansible, PlaybookRun
from tests.tools import awx_collection, markdown
from tests.tools.collection_tree import ROOT

ROLE = ROOT / "roles" / "ocamba_awx"

NAME = "Ocamba Hood"
PAGE = (ROOT / "docs" / "guides" / "awx.md").read_text("utf-8")
GUIDE = dict(re.findall(r"```yaml\n# ([\w.]+)\n(.*?)```", PAGE, re.DOTALL))
SECRETS = {"vault_password": "password-of-the-vault-3Kd8", "acme_eu_api_token": "token-of-acme-eu-9Tz5"}
VARIABLES: dict[str, Any] = {**yaml.safe_load(GUIDE["awx.yml"]), "ocamba_awx_job_slices": "3"}


@pytest.fixture
def bare() -> Iterator[Awx]:
    """AWX as it is installed."""
    playbooks = [str(path.relative_to(PROJECT)) for path in sorted(PROJECT.glob("playbooks/*.yml"))]
    with Awx(playbooks) as running:
        yield running


@pytest.fixture
def awx(bare: Awx) -> Awx:
    """With the credential that the guide names."""
    bare.add_credential("Ocamba vault", "Vault")
    bare.add_credential("Another", "Vault")
    return bare


@pytest.fixture
def with_awx(ansible: Ansible, bare: Awx) -> Ansible:
    """With the collection, and with what the guide puts into the environment."""
    ansible.environment["ANSIBLE_COLLECTIONS_PATH"] = f"{ansible.collections}:{awx_collection.make()}"
    ansible.environment.update(CONTROLLER_HOST=bare.url, CONTROLLER_OAUTH_TOKEN=TOKEN)
    return ansible


def commands() -> list[str]:
    """The commands of the guide, in its order."""
    return [line for block in markdown.blocks(PAGE, "console") for line in block.splitlines()]


def command(start: str) -> list[str]:
    """The words of the command of the guide that begins so."""
    (line,) = [line for line in commands() if start in line]
    return shlex.split(line)


def set_up(ansible: Ansible, *arguments: str, **variables: Any) -> PlaybookRun:
    ansible.write("awx.yml", {**VARIABLES, **variables})
    _program, playbook, *words = command("ansible-playbook ocamba.hood.awx")
    return ansible.playbook(playbook, *words, *arguments)


def data(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))


@pytest.mark.slow
def test_all_is_made_then_left_alone_then_changed_where_it_differs(with_awx: Ansible, awx: Awx) -> None:
    first = set_up(with_awx)
    assert first.rc == 0, first.output
    assert TOKEN not in first.output + first.log
    assert_as_declared(awx)
    awx.calls.clear()
    second = set_up(with_awx)
    assert second.rc == 0, second.output
    assert [one.task for one in second.results if one.result["changed"]] == []
    assert awx.calls
    assert awx.writes() == []
    del with_awx.environment["CONTROLLER_HOST"], with_awx.environment["CONTROLLER_OAUTH_TOKEN"]
    third = set_up(
        with_awx,
        ocamba_awx_host=awx.url,
        ocamba_awx_token=TOKEN,
        ocamba_awx_image="registry.example/ocamba-hood-ee:2",
        ocamba_awx_credentials=[],
        ocamba_awx_drift_enabled="False",
    )
    assert third.rc == 0, third.output
    assert [(call.method, call.path.split("/")[0]) for call in awx.writes()] == [
        ("PATCH", "execution_environments"),
        ("PATCH", "schedules"),
    ]
    assert awx.named("schedules", f"{NAME}: drift")["enabled"] is False
    assert all(awx.attached[template] for template in awx.items["job_templates"])


def assert_as_declared(awx: Awx) -> None:
    made = {kind: sorted(item["name"] for item in items.values()) for kind, items in awx.items.items() if items}
    assert made == {
        "organizations": ["Default"],
        "credentials": ["Another", "Ocamba vault"],
        "credential_types": [NAME, "Source Control", "Vault"],
        "execution_environments": [f"{NAME} (Default)"],
        "projects": [NAME],
        "inventories": [NAME],
        "inventory_sources": [f"{NAME}: accounts"],
        "job_templates": [f"{NAME}: apply", f"{NAME}: drift", f"{NAME}: rotate secrets"],
        "schedules": [f"{NAME}: drift"],
    }
    kind, declared = awx.named("credential_types", NAME), data("credential_type.yml")
    assert {key: kind[key] for key in declared} == declared
    vault = awx.named("credentials", "Ocamba vault")["id"]
    for name, survey in (
        ("apply", "survey_apply.yml"),
        ("drift", None),
        ("rotate secrets", "survey_rotate_secrets.yml"),
    ):
        template = awx.named("job_templates", f"{NAME}: {name}")
        assert template["playbook"] == f"playbooks/{name.replace(' ', '_')}.yml"
        assert template["allow_simultaneous"] is False
        assert template["ask_variables_on_launch"] is False
        assert template["job_slice_count"] == 3
        assert template["use_fact_cache"] is True
        assert awx.attached[template["id"]] == [vault]
        assert template["survey_enabled"] is (survey is not None)
        assert awx.surveys.get(template["id"]) == (data(survey) if survey else None)
    schedule = awx.named("schedules", f"{NAME}: drift")
    assert schedule["unified_job_template"] == awx.named("job_templates", f"{NAME}: drift")["id"]


def test_without_the_collection_a_message_says_what_to_install(ansible: Ansible, awx: Awx) -> None:
    run = set_up(ansible)
    assert run.rc == 2
    assert "ansible-galaxy collection install awx.awx" in run.only("Look for the collection awx.awx")["msg"]
    assert awx.calls == []


@pytest.mark.slow
def test_the_guide_from_its_first_line_to_its_last(with_awx: Ansible, bare: Awx) -> None:
    """On an AWX as it is installed; then the credentials again, without a change."""
    for name in ("vault_credential.yml", "account_credential.yml", "awx.yml"):
        with_awx.write(name, yaml.safe_load(GUIDE[name]))
    with_awx.write("secrets.yml", SECRETS)
    first_words = ("ansible-playbook ocamba.", "ansible-playbook vault_", "ansible-playbook account_")
    done = [line for line in commands() if line.startswith(first_words)]
    assert len(done) == 3
    for changed in (True, False):
        for line in done if changed else [line for line in done if "_credential" in line]:
            bare.calls.clear()
            _program, playbook, *words = shlex.split(line)
            run = with_awx.playbook(playbook, *(word for word in words if word != "--ask-vault-pass"))
            assert run.rc == 0, run.output
            assert any(one.result["changed"] for one in run.results) is changed, run.output
            assert bool(bare.writes()) is changed
            assert leaks.find(run.output + run.log, SECRETS.values()) == []
    assert {item["name"] for item in bare.items["credentials"].values()} == {"Ocamba vault", "Ocamba acme_eu"}
    assert len(bare.items["job_templates"]) == 3


def test_the_project_of_the_guide_works_without_awx(hood: Emulator, ansible: Ansible) -> None:
    shutil.copytree(PROJECT, ansible.workdir, dirs_exist_ok=True)
    accounts = [
        hood.account(token, limits=Limits.off())
        for token in ("demo-token-of-acme-eu-7Qk2", "demo-token-of-acme-us-9Xw4")
    ]
    _program, playbook, *words = command("ansible-playbook playbooks/apply.yml")
    words[words.index("--ask-vault-pass")] = f"--vault-password-file={PROJECT.parent / 'demo-vault-password.txt'}"
    run = ansible.playbook(playbook, *words)
    assert run.rc == 0, run.output
    assert [len(account.integrations) for account in accounts] == [2, 1]


def test_the_guide_vaults_a_value_as_the_project_has_it(ansible: Ansible) -> None:
    program, *words = command("ansible-vault")
    done = subprocess.run(
        [
            str(Path(ansible.interpreter).parent / program),
            *words,
            "--vault-password-file",
            str(PROJECT.parent / "demo-vault-password.txt"),
        ],
        input="a-token",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("auth_token: !vault |\n  ")
    assert "a-token" not in done.stdout + done.stderr


def test_every_command_of_the_guide_is_known_here() -> None:
    carried_out = (
        "ansible-vault ",
        "ansible-playbook playbooks/apply.yml",
        "ansible-playbook ocamba.hood.awx",
        "ansible-playbook vault_credential.yml",
        "ansible-playbook account_credential.yml",
    )
    set_up_by_fixtures = (
        "ansible-galaxy collection install awx.awx",
        "export CONTROLLER_HOST=",
        "export CONTROLLER_OAUTH_TOKEN=",
    )
    assert [line for line in commands() if not line.startswith((*carried_out, *set_up_by_fixtures))] == []


def test_every_variable_is_documented() -> None:
    options = spec("meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    defaults = spec("defaults/main.yml")
    named_after = {name for name, value in defaults.items() if str(value).startswith("{{ ocamba_awx_name }}")}
    assert {name: one["default"] for name, one in options.items() if "default" in one} == {
        name: value for name, value in defaults.items() if name not in named_after
    }
    readme = (ROLE / "README.md").read_text("utf-8")
    assert set(re.findall(r"`(ocamba_awx_\w+)`", readme)) == set(options)
    tasks = " ".join(path.read_text("utf-8") for path in sorted((ROLE / "tasks").glob("*.yml")))
    assert set(re.findall(r"\b(ocamba_awx_\w+)", tasks)) == set(options)


def spec(name: str) -> Any:
    return yaml.safe_load((ROLE / name).read_text("utf-8"))


@pytest.mark.parametrize("missing", ["ocamba_awx_image", "ocamba_awx_project_url"])
def test_what_has_no_default_must_be_given(ansible: Ansible, tmp_path: Path, missing: str) -> None:
    given = {name: value for name, value in VARIABLES.items() if name != missing} | {"ocamba_awx_token": TOKEN}
    run = ansible.playbook("ocamba.hood.awx", "-i", "localhost,", "-e", f"@{ansible.write('variables.yml', given)}")
    assert run.rc == 2
    assert f"missing required arguments: {missing}" in run.output
    assert TOKEN not in run.output + run.log
