"""The modules on the oldest Python and libraries that they may meet, where `make test-all` made such a target."""

from __future__ import annotations

import pytest

from tests.emulator.server import Emulator
from tests.support.ansible import Ansible
from tests.support.entries import seven
from tests.support.tasks import many, one
from tests.tools import cores

OLDEST = cores.OLDEST_TARGET / "bin" / "python"


@pytest.mark.skipif(not OLDEST.exists(), reason="no Python 3.9 was set up")
def test_the_modules_run_on_the_oldest_python_and_libraries(hood: Emulator, ansible: Ansible) -> None:
    ansible.execution = "target"
    play = {"ansible_python_interpreter": str(OLDEST)}
    assert ansible.play(many(seven()), vars=play).only()["summary"]["created"] == 7
    assert ansible.play(many(seven()), vars=play).only()["changed"] is False
    broken = seven()[2]
    broken["settings"]["port"] = True
    assert "settings.port: must be text, not a boolean" in ansible.play(one(**broken), vars=play).only()["msg"]
    assert len(hood.log.writes()) == 7
