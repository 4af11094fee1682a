"""Job slices: one inventory cut over several jobs that run at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.awx.job import Done, Job
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.support.entries import entry

ACCOUNTS = 60
SLICES = 3


@pytest.mark.slow
def test_sixty_accounts_over_three_jobs_are_converged_once_each(hood: Emulator, job: Callable[[str], Job]) -> None:
    tokens = {f"account_{number:02}": f"token-of-account-{number:02}" for number in range(ACCOUNTS)}
    for token in tokens.values():
        hood.account(token, limits=Limits.off())
    inventory = {
        "all": {
            "hosts": list(tokens),
            "vars": {"ocamba_api_url": hood.url, "ocamba_integrations": [entry("Mitto")]},
        },
        "_meta": {"hostvars": {host: {"ocamba_api_token": token} for host, token in tokens.items()}},
    }

    def run(number: int) -> Done:
        one = job(f"slice-{number}")
        one.inventory(inventory, number, SLICES)
        one.answers(ocamba_hosts="")
        return one.run("playbooks/apply.yml", "--forks=5")

    with ThreadPoolExecutor(SLICES) as pool:
        done = list(pool.map(run, range(1, SLICES + 1)))
    assert [one.status for one in done] == ["successful"] * SLICES
    hosts = [set(one.results("Apply the declared integrations")) for one in done]
    assert [len(one) for one in hosts] == [ACCOUNTS // SLICES] * SLICES
    assert set.union(*hosts) == set(tokens)
    for token in tokens.values():
        assert [call.method for call in hood.log.calls(token=token)] == ["GET", "GET", "GET", "GET", "POST", "GET"]
        assert [one.name for one in hood.account(token).integrations] == ["Mitto"]
