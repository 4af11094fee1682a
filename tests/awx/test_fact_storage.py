"""What `update_secrets: on_change` remembers, from one job to the next by the fact storage of AWX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.awx.job import Done, Job
from tests.awx.test_jobs import APPLY, TASK, assert_clean
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.support.ansible import Ansible
from tests.support.entries import entry, secrets
from tests.tools import cores

EU, US = "token-of-acme-eu-7Qk2wPz9", "token-of-acme-us-9Xw4rLm3"
MITTO, TELEGRAM = entry("Mitto"), entry("Alerts")


class Jobs:
    """The jobs of one template, whose inventory keeps its facts from job to job."""

    def __init__(self, hood: Emulator, job: Callable[[str], Job]) -> None:
        self._hood, self._job = hood, job
        self.facts: dict[str, dict[str, Any]] = {}
        self._count = 0

    def run(self, *, playbook: str = APPLY, key: str = "the-first-key-of-mitto", **variables: Any) -> Done:
        self._count += 1
        one = self._job(f"job-{self._count}")
        one.facts = self.facts
        mitto = {**MITTO, "settings": {**MITTO["settings"], "api_key": key}}
        common = {
            "ocamba_api_url": self._hood.url,
            "ocamba_integrations": [mitto, TELEGRAM],
            "ocamba_update_secrets": "on_change",
        }
        hosts = {"acme_eu": {"ocamba_api_token": EU}, "acme_us": {"ocamba_api_token": US}}
        one.inventory({"all": {"hosts": list(hosts), "vars": {**common, **variables}}, "_meta": {"hostvars": hosts}})
        self._hood.log.clear()
        done = one.run(playbook)
        (one.folder / "inventory" / "hosts").unlink()  # here the secrets are plain variables of the inventory
        assert_clean(done, [EU, US, key, *secrets([TELEGRAM])])
        assert "is forgotten when this run ends" not in done.stdout
        return done

    def written(self) -> list[str]:
        return [call.method for call in self._hood.log.writes()]


@pytest.fixture(params=["this core", "2.18"])
def core(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """From 2.19 on, core names the files of its fact cache otherwise than AWX."""
    if request.param != "this core":
        interpreter = cores.interpreter_of(request.param)
        if not interpreter:
            pytest.skip(f"ansible-core {request.param} was not set up")
        monkeypatch.setattr(Ansible, "interpreter", str(interpreter))


@pytest.fixture
def jobs(core: None, hood: Emulator, job: Callable[[str], Job]) -> Jobs:
    for token in (EU, US):
        hood.account(token, variants=Variants(secrets="masked"), limits=Limits.off())
    return Jobs(hood, job)


@pytest.mark.slow
def test_a_secret_that_changed_is_written_once_although_each_job_starts_from_nothing(jobs: Jobs) -> None:
    assert jobs.run().status == "successful"
    assert jobs.written() == ["POST"] * 4
    assert set(jobs.facts) == {"acme_eu", "acme_us"}
    assert jobs.run().status == "successful"
    assert jobs.written() == []

    assert jobs.run(key="the-second-key-of-mitto").status == "successful"
    assert jobs.written() == ["PATCH"] * 2
    assert jobs.run(key="the-second-key-of-mitto").status == "successful"
    assert jobs.written() == []

    drift = jobs.run(playbook="playbooks/drift.yml", key="the-third-key-of-mitto")
    assert drift.status == "failed"
    assert "settings.api_key" in drift.stdout


def test_what_was_written_beside_a_failure_is_remembered(jobs: Jobs, hood: Emulator) -> None:
    jobs.run()
    refused = {"kind": "status", "status": 400, "method": "POST", "times": None}
    hood.faults.add(token=EU, **refused)
    new = {**entry("Alerts"), "name": "Another"}
    both = [{**MITTO, "settings": {**MITTO["settings"], "api_key": "a-key-beside-a-failure"}}, new]
    assert jobs.run(ocamba_integrations=both).status == "failed"
    assert "PATCH" in jobs.written()
    hood.faults.clear()
    assert jobs.run(ocamba_integrations=both).status == "successful"
    assert jobs.written() == ["POST"]


def test_facts_of_others_stay(jobs: Jobs) -> None:
    jobs.facts["acme_eu"] = {"of_another": {"kept": True}}
    jobs.run()
    assert set(jobs.facts["acme_eu"]) >= {"ocamba_hood"}
    assert jobs.facts["acme_eu"]["of_another"] == {"kept": True}
    assert "the-first-key" not in str(jobs.facts)


def test_a_run_of_ansible_runner_alone_says_that_it_forgets(hood: Emulator, job: Callable[[str], Job]) -> None:
    hood.account(EU, variants=Variants(secrets="masked"), limits=Limits.off())
    one = job("alone")
    one.facts = {}
    del one.environment["AWX_PRIVATE_DATA_DIR"]
    variables = {"ocamba_integrations": [MITTO], "ocamba_update_secrets": "on_change", "ocamba_api_token": EU}
    one.inventory({"all": {"hosts": ["acme_eu"], "vars": {**variables, "ocamba_api_url": hood.url}}})
    done = one.run(APPLY)
    assert done.results(TASK)["acme_eu"]["changed"] is True
    assert "ansible-runner caches facts for each run apart" in done.stdout
