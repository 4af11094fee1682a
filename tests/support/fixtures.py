"""An emulated Hood and a real ansible-playbook for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.support.ansible import Ansible
from tests.support.entries import TOKEN


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def hood(emulator: Emulator) -> Emulator:
    """The emulator with one empty account without limits, and nothing left of earlier tests."""
    emulator.reset()
    emulator.account(TOKEN, limits=Limits.off())
    return emulator


@pytest.fixture
def ansible(hood: Emulator, collections: Path, tmp_path: Path) -> Ansible:
    environment = {"OCAMBA_API_URL": hood.url, "OCAMBA_API_TOKEN": TOKEN}
    return Ansible(collections, tmp_path, environment)


@pytest.fixture
def alone(ansible: Ansible) -> Ansible:
    """With nothing but the address of the API in the environment."""
    del ansible.environment["OCAMBA_API_TOKEN"]
    return ansible
