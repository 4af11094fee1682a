"""An emulated Hood, a real ansible-playbook, and jobs as AWX runs them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.awx.job import Job
from tests.support.fixtures import ansible, emulator, hood

__all__ = ["ansible", "emulator", "hood"]


@pytest.fixture
def job(collections: Path, tmp_path: Path) -> Callable[[str], Job]:
    """Makes the jobs of a test, each of a name of its own."""

    def make(name: str) -> Job:
        return Job(tmp_path / name, collections)

    return make
