"""Whatever Hood answers where its documentation is silent: the seven converge, and the second run changes nothing.

Each variant is an account of its own, and each account a host, so one run of the playbook holds against all.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.support.ansible import Ansible, PlaybookRun
from tests.support.entries import seven
from tests.support.marks import first

TASK = "Apply the declared integrations"


def inventory(hood: Emulator, ansible: Ansible, accounts: dict[str, Variants]) -> str:
    """An account and a host for each variant, all with the same declaration."""
    hosts = {}
    for number, (label, variants) in enumerate(accounts.items()):
        token = f"token-of-variant-{number}"
        hood.account(token, variants=variants, limits=Limits.off())
        hosts[f"variant_{number}"] = {"ocamba_api_token": token, "variant": label}
    content = {"all": {"hosts": hosts, "vars": {"ocamba_integrations": seven(), "ocamba_api_url": hood.url}}}
    return ansible.write("inventory.yml", content)


def apply(ansible: Ansible, hosts: str) -> PlaybookRun:
    return ansible.playbook("ocamba.hood.apply", "-i", hosts, "--forks", "4")


@pytest.mark.parametrize("step", first(1, of=[6, 1]), ids=lambda step: f"every {step}")
def test_every_variant_converges_and_a_changed_setting_loses_nothing(
    hood: Emulator, ansible: Ansible, record_property: Callable[[str, str], None], step: int
) -> None:
    accounts = {str(variants): variants for variants in itertools.islice(Variants.matrix(), 0, None, step)}
    hosts = inventory(hood, ansible, accounts)
    run = apply(ansible, hosts)
    assert {host: one.get("summary", one)["created"] for host, one in run.all(TASK).items()} == {
        f"variant_{number}": 7 for number in range(len(accounts))
    }, run.output
    hood.log.clear()

    second = apply(ansible, hosts)
    changed = {host: one for host, one in second.all(TASK).items() if one["changed"]}
    assert second.rc == 0
    assert not changed
    assert not hood.log.writes()

    stored = {number: state(hood, number) for number in range(len(accounts))}
    content = yaml.safe_load(Path(hosts).read_text(encoding="utf-8"))
    content["all"]["vars"]["ocamba_integrations"][2]["settings"]["port"] = 2525
    hood.log.clear()

    third = apply(ansible, ansible.write("inventory.yml", content))
    assert third.rc == 0, third.output
    assert len(hood.log.writes()) == len(accounts)
    for number, before in stored.items():
        before["Newsletter"] = {**before["Newsletter"], "port": "2525"}
        assert state(hood, number) == before
    record_property("matrix", f"variants of the API: {len(accounts)}, converged: {len(accounts) - len(changed)}")


def state(hood: Emulator, number: int) -> dict[str, dict[str, str]]:
    account = hood.account(f"token-of-variant-{number}")
    return {one.name: dict(one.settings) for one in account.integrations}
