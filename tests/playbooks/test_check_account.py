"""The playbook that the owner of an account runs first."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.emulator.accounts import Account
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.support import leaks
from tests.support.ansible import Ansible, PlaybookRun
from tests.tools.collection_tree import ROOT

GUIDE = ROOT / "docs" / "guides" / "check-account.md"
VERSION = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
SHOW, FAIL = "Show the report", "Fail where this collection can't work with the account"


def check(ansible: Ansible, hosts: dict[str, dict[str, str]], *arguments: str) -> PlaybookRun:
    inventory = ansible.write("inventory.yml", {"all": {"hosts": hosts}})
    return ansible.playbook("ocamba.hood.check_account", "-i", inventory, *arguments)


def assert_nothing_is_reported(run: PlaybookRun, account: Account, *files: Path) -> None:
    """Neither a secret nor a name or id of an integration, wherever a run leaves text."""
    texts = [run.output, run.log, *(file.read_text(encoding="utf-8") for file in files)]
    values = [value for one in account.integrations for value in one.settings.values() if len(value.strip("*")) > 4]
    for text in texts:
        assert not leaks.find(text, [*values, account.token])
        assert not [one.name for one in account.integrations if one.name in text]
        assert not [one.id for one in account.integrations if f'"{one.id}"' in text or f"/{one.id}" in text]


def shown(run: PlaybookRun, host: str) -> list[str]:
    lines = run.all(SHOW)[host]["msg"]
    assert isinstance(lines, list)
    return lines


@pytest.mark.slow
def test_the_report_of_the_guide_is_what_a_run_prints(hood: Emulator, ansible: Ansible, tmp_path: Path) -> None:
    account = hood.account("token-of-the-account-acme", seed=250, limits=Limits())
    for number, one in enumerate(account.integrations):
        account.edit(one.id, name=f"name-{number} {one.name}")
    hosts = {"acme": {"ocamba_api_token": account.token, "ocamba_report_dir": "reports"}}
    run = check(ansible, hosts, "-vv")
    assert run.rc == 0, run.output
    assert "WARNING" not in run.output
    report = tmp_path / "reports" / "acme.txt"
    (sample,) = re.findall(r"```text\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    sample = re.sub(r"(?<=ocamba\.hood )[\d.]+(?=: )", VERSION, sample)
    assert report.read_text(encoding="utf-8") == sample
    assert shown(run, "acme") == sample.splitlines()
    assert all(json.dumps(line) in run.stdout for line in sample.splitlines())
    assert {call.method for call in hood.log} == {"GET"}
    assert_nothing_is_reported(run, account, report)

    hood.log.clear()
    again = check(ansible, hosts, "--check", "--diff")
    assert again.rc == 0
    assert not [one for one in again.results if one.result.get("changed")]
    assert len(list(hood.log)) == 11


def test_each_account_is_reported_why_it_fails_after_its_report(
    hood: Emulator, ansible: Ansible, tmp_path: Path
) -> None:
    del ansible.environment["OCAMBA_API_TOKEN"]
    hood.account("token-good", variants=Variants(secrets="clear"), limits=Limits.off(), seed=20)
    hood.account("token-expired", access="expired")
    hood.account("token-forbidden", access="forbidden")
    hosts = {name: {"ocamba_api_token": f"token-{name}"} for name in ("good", "expired", "forbidden", "unreachable")}
    hosts["unreachable"].update(ocamba_api_url="http://127.0.0.1:9", ocamba_max_wait="5")
    hosts["without_token"] = {}
    run = check(ansible, hosts, "-e", "ocamba_report_dir=reports", "--forks", "5")
    assert run.rc == 2
    failed = {one.host: (one.task, one.result["msg"]) for one in run.results if one.outcome == "failed"}
    assert {task for task, _msg in failed.values()} == {f"ocamba.hood.ocamba : {FAIL}"}
    reported = {host: message for host, (_task, message) in failed.items()}
    assert set(reported) == set(hosts) - {"good"}
    assert reported["expired"].startswith("No: Hood answers 401. It is unknown, has expired or is not yet valid")
    assert "Make a new personal API key" in reported["expired"]
    assert "it may not list integrations and providers" in reported["forbidden"]
    assert "can't reach 127.0.0.1:9: Connection refused" in reported["unreachable"]
    assert reported["without_token"].startswith("api_token: required")

    assert "! Is the token good? [refused]" in shown(run, "expired")
    assert "! Does the Hood API answer at api_url? [unreachable]" in shown(run, "unreachable")
    assert "  Are secret settings shown? [clear]" in shown(run, "good")
    written = {path.stem for path in (tmp_path / "reports").iterdir()}
    assert written == {"good", "expired", "forbidden", "unreachable"}
    assert not leaks.find(run.output + run.log, [f"token-{name}" for name in hosts])
    assert not hood.log.writes()
    values = [value for one in hood.account("token-good").integrations for value in one.settings.values()]
    assert not leaks.find(run.output + run.log, [value for value in values if len(value.strip("*")) > 4])


def test_the_guide_explains_every_question_of_the_report() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    (sample,) = re.findall(r"```text\n(.*?)```", guide, re.DOTALL)
    questions = re.findall(r"^[ !?] (\S.*\?) \[(\w+)\]$", sample, re.MULTILINE)
    topics = re.findall(r"^\| `(\w+)` \|", guide, re.MULTILINE)
    assert len(topics) == len(questions)
    explained = dict(re.findall(r"^\| `(\w+)` (\|.*)$", guide, re.MULTILINE))
    for topic, (_question, verdict) in zip(topics, questions, strict=True):
        assert verdict == "unknown" or f"`{verdict}`" in explained[topic] or verdict.isdigit()
