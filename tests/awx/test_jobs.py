"""Jobs as AWX runs them: accounts by credential and by vault, a survey's answers, and no secret in what AWX keeps."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml

from tests.awx.job import DATA, PROJECT, Done, Job
from tests.emulator.faults import Fault
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.support import leaks
from tests.support.ansible import Ansible
from tests.support.entries import entry, secrets, seven
from tests.support.marks import first

TASK = "Apply the declared integrations"
APPLY = "playbooks/apply.yml"
PASSWORD = (PROJECT.parent / "demo-vault-password.txt").read_text(encoding="utf-8").strip()
EU, US = "demo-token-of-acme-eu-7Qk2", "demo-token-of-acme-us-9Xw4"
EXAMPLE_SECRETS = [
    EU,
    US,
    PASSWORD,
    "demo-Jd4pbV9BtHC6Q9EdymQhZ4aJgZ8AgFi9",
    'demo "quoted" päss/word=+&',
    "demo-Qw82bV9BtHC6Q9EdymQhZ4aJgZ8AgFi1",
]
MakeJob = Callable[[str], Job]


@pytest.fixture
def accounts(hood: Emulator) -> Emulator:
    for token in (EU, US):
        hood.account(token, limits=Limits.off())
    return hood


def synchronized(collections: Path, home: Path, api_url: str) -> dict[str, Any]:
    """The example's inventory as AWX reads it: without any vault password."""
    source = PROJECT / "inventory" / "accounts.yml"
    command = [str(Path(Ansible.interpreter).parent / "ansible-inventory"), "--list", "--export", "-i", str(source)]
    environment = {**os.environ, "HOME": str(home), "ANSIBLE_COLLECTIONS_PATH": str(collections)}
    reported = subprocess.run(
        [*command, "--playbook-dir", str(source.parent)], env=environment, capture_output=True, text=True, check=True
    )
    assert leaks.find(reported.stdout, EXAMPLE_SECRETS) == []
    data: dict[str, Any] = json.loads(reported.stdout)
    data["all"]["vars"] = {"ocamba_api_url": api_url}
    return data


def one_host(host: str, **variables: Any) -> dict[str, Any]:
    return {"all": {"hosts": [host]}, "_meta": {"hostvars": {host: variables}}}


def answers(name: str, **given: str) -> dict[str, str]:
    """The answers to a survey: what is given, and the defaults of the other questions."""
    survey = yaml.safe_load((DATA / f"survey_{name}.yml").read_text(encoding="utf-8"))
    defaults = {question["variable"]: question.get("default") for question in survey["spec"]}
    assert set(given) <= set(defaults)
    return {**{name: default for name, default in defaults.items() if default is not None}, **given}


def assert_clean(done: Done, hidden: Iterable[str]) -> None:
    """Nothing secret in files, events and the database; ansible-runner writes the environment into `command`, by
    its own design, and AWX removes that file with the folder of the job."""
    hidden = list(hidden)
    for path, text in done.files().items():
        seen = _without_environment(text) if path.name == "command" else text
        assert leaks.find(seen, hidden) == [], path
    assert leaks.find(json.dumps(done.events), hidden) == []
    assert leaks.find(json.dumps(done.environment), hidden) == []
    assert any(path.parent.name == "job_events" for path in done.files())


def _without_environment(command: str) -> str:
    return json.dumps({key: value for key, value in json.loads(command).items() if key != "env"})


def test_two_credentials_are_two_accounts(accounts: Emulator, job: MakeJob) -> None:
    variables = {"ocamba_integrations": seven()}
    for name, token in (("eu", EU), ("us", US)):
        one = job(name)
        one.inventory(one_host(name, **variables))
        one.credential(api_token=token, api_url=accounts.url)
        one.answers(**answers("apply", ocamba_hosts=name, ocamba_update_secrets="always"))
        done = one.run(APPLY)
        assert done.status == "successful", done.stdout
        assert done.results(TASK)[name]["summary"]["created"] == 7
        assert done.environment["OCAMBA_API_TOKEN"] == "*" * 10
        (command,) = [path for path in done.files() if path.name == "command" and "-kept" in str(path)]
        assert json.loads(command.read_text())["env"]["OCAMBA_API_TOKEN"] == token
        hosts_file = one.folder / "inventory" / "hosts"
        hosts_file.unlink()  # here the secrets are plain variables of the inventory
        assert_clean(done, [token, *secrets(seven())])
    assert [len(accounts.account(token).integrations) for token in (EU, US)] == [7, 7]


def test_many_accounts_with_vaulted_values_of_the_inventory(
    accounts: Emulator, job: MakeJob, collections: Path, tmp_path: Path
) -> None:
    inventory = synchronized(collections, tmp_path, accounts.url)
    for name, created, unchanged in (("first", {"acme_eu": 2, "acme_us": 1}, {}), ("second", {}, {"acme_us": 1})):
        one = job(name)
        one.inventory(inventory)
        one.vault(PASSWORD)
        one.answers(**answers("apply", ocamba_hosts="acme_us" if unchanged else "all"), ocamba_max_deactivations="3")
        done = one.run(APPLY, "--diff")
        assert done.status == "successful", done.stdout
        counts = {host: result["summary"] for host, result in done.results(TASK).items()}
        assert {host: count["created"] for host, count in counts.items() if count["created"]} == created
        assert {host: count["unchanged"] for host, count in counts.items() if count["unchanged"]} == unchanged
        assert "[WARNING]" not in done.stdout
        assert_clean(done, EXAMPLE_SECRETS)


def test_declarations_and_secrets_may_be_json_text(accounts: Emulator, job: MakeJob) -> None:
    mitto = entry("Mitto")
    apart = {"Mitto": {"api_key": mitto["settings"].pop("api_key")}}
    one = job("text")
    one.inventory(one_host("acme_eu", ocamba_api_url=accounts.url))
    one.credential(api_token=EU)
    one.answers(
        ocamba_integrations=json.dumps([mitto]),
        ocamba_secrets=json.dumps(apart),
        ocamba_protected='["Alerts"]',
        ocamba_max_deactivations="3",
        ocamba_parallel_requests="2",
        ocamba_validate_credentials="True",
        ocamba_unmanaged="report",
        ocamba_hosts="",
    )
    done = one.run(APPLY)
    assert done.status == "successful", done.stdout
    assert accounts.account(EU).one("Mitto").settings == {
        "api_key": apart["Mitto"]["api_key"],
        "sender_name": "Example",
    }
    assert [call.path for call in accounts.log if call.path.endswith("validate")]


def test_a_rotation_by_its_survey(accounts: Emulator, job: MakeJob, collections: Path, tmp_path: Path) -> None:
    for token, names in ((EU, ("Twilio EU", "Newsletter")), (US, ("Twilio US",))):
        for name in names:
            kind = entry("Newsletter" if name == "Newsletter" else "Twilio EU")
            accounts.account(token).add(
                name, kind["provider"], {key: str(value) for key, value in kind["settings"].items()}
            )
    one = job("rotation")
    one.inventory(synchronized(collections, tmp_path, accounts.url))
    one.vault(PASSWORD)
    one.answers(**answers("rotate_secrets", ocamba_hosts="acme_eu", ocamba_rotate='["Twilio EU"]'))
    done = one.run("playbooks/rotate_secrets.yml")
    assert done.status == "successful", done.stdout
    held = accounts.account(EU)
    assert held.one("Twilio EU").settings["auth_token"] == "demo-Jd4pbV9BtHC6Q9EdymQhZ4aJgZ8AgFi9"
    assert held.one("Newsletter").settings["password"] == entry("Newsletter")["settings"]["password"]
    assert not accounts.log.calls(token=US)
    assert_clean(done, EXAMPLE_SECRETS)


@pytest.mark.slow
def test_drift_ends_the_job_as_failed_and_says_where(
    accounts: Emulator, job: MakeJob, collections: Path, tmp_path: Path
) -> None:
    one = job("drift")
    one.inventory(synchronized(collections, tmp_path, accounts.url))
    one.vault(PASSWORD)
    done = one.run("playbooks/drift.yml")
    assert done.status == "failed"
    assert "acme_eu (2 integrations), acme_us (1 integration)" in done.stdout
    assert not accounts.log.writes()
    assert_clean(done, EXAMPLE_SECRETS)


def test_jinja_in_an_answer_is_no_template(accounts: Emulator, job: MakeJob) -> None:
    one = job("jinja")
    one.inventory(one_host("acme_eu", ocamba_api_url=accounts.url))
    one.credential(api_token=EU)
    one.answers(ocamba_integrations=json.dumps([{**entry("Mitto"), "name": "{{ 6 * 7 }}"}]))
    assert one.run(APPLY).status == "successful"
    assert accounts.account(EU).one("{{ 6 * 7 }}")


def test_a_long_wait_is_reported_in_the_events_before_the_task_ends(accounts: Emulator, job: MakeJob) -> None:
    accounts.faults.add(Fault.limited("3", method="GET"))
    one = job("wait")
    one.inventory(one_host("acme_eu", ocamba_integrations=[entry("Mitto")]))
    one.credential(api_token=EU, api_url=accounts.url)
    one.answers(**answers("apply"))
    done = one.run(APPLY)
    assert done.status == "successful", done.stdout
    reported = [index for index, event in enumerate(done.events) if "[acme_eu] waiting 3 s for Hood" in event["stdout"]]
    ended = [index for index, event in enumerate(done.events) if event["event"] == "runner_on_ok"]
    assert len(reported) == 1
    assert reported[0] < ended[-1]


def test_a_failure_is_readable_in_the_events(accounts: Emulator, job: MakeJob) -> None:
    accounts.faults.add(Fault(kind="status", method="POST", path="/integrations", status=400, form="echo", times=None))
    one = job("failure")
    one.inventory(one_host("acme_eu", ocamba_integrations=[entry("Mitto")]))
    one.credential(api_token=EU, api_url=accounts.url)
    one.answers(**answers("apply"))
    done = one.run(APPLY, "-vvv")
    assert done.status == "failed"
    message = done.results(TASK)["acme_eu"]["msg"]
    assert "Mitto" in message
    assert "400" in message
    assert message.partition("{")[0] in done.stdout
    (one.folder / "inventory" / "hosts").unlink()
    assert_clean(done, [EU, *secrets([entry("Mitto")])])


def test_a_credential_without_its_token_is_said_clearly(accounts: Emulator, job: MakeJob) -> None:
    """AWX's API takes it, though the type requires the token."""
    one = job("empty")
    one.inventory(one_host("acme_eu", ocamba_integrations=[entry("Mitto")]))
    one.credential(api_token="", api_url=accounts.url)
    one.answers(**answers("apply"))
    done = one.run(APPLY)
    assert done.status == "failed"
    assert "api_token: required" in done.stdout
    assert "fill in the API token of the job's credential" in done.stdout
    assert not accounts.log.calls()


@pytest.mark.parametrize(
    ("name", "limit"), first(1, of=[("apply", "acme_eu"), ("apply", ""), ("drift", ""), ("rotate_secrets", "")])
)
def test_a_survey_that_names_no_host_is_a_failed_job(accounts: Emulator, job: MakeJob, name: str, limit: str) -> None:
    one = job("slip")
    one.inventory(one_host("acme_eu", ocamba_integrations=[entry("Mitto")]))
    one.credential(api_token=EU, api_url=accounts.url)
    given = {"ocamba_rotate": "Mitto"} if name == "rotate_secrets" else {}
    slip = {"ocamba_hosts": "acme-eu"}
    one.answers(**(slip if name == "drift" else answers(name, **given, **slip)))
    done = one.run(f"playbooks/{name}.yml", *(["--limit", limit] if limit else []))
    assert done.status == "failed", done.stdout
    assert "No host of the inventory matches acme-eu" in done.stdout
    assert not limit or "the limit acme_eu" in done.stdout
    assert not accounts.log.calls()


def test_a_private_authority_from_the_credential(job: MakeJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    served = authority.issue_cert("127.0.0.1")
    served.private_key_pem.write_to_path(tmp_path / "key.pem")
    for index, blob in enumerate(served.cert_chain_pems):
        blob.write_to_path(tmp_path / "cert.pem", append=index > 0)
    with Emulator(certfile=tmp_path / "cert.pem", keyfile=tmp_path / "key.pem") as hood:
        hood.account(EU)
        one = job("tls")
        one.inventory(one_host("acme_eu", ocamba_integrations=[entry("Mitto")]))
        one.credential(api_token=EU, api_url=hood.url, ca_certificate=authority.cert_pem.bytes().decode())
        one.answers(**answers("apply"))
        done = one.run(APPLY)
        assert done.status == "successful", done.stdout
        assert hood.account(EU).one("Mitto")
