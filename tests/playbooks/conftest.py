"""An emulated Hood and a real ansible-playbook for every test."""

from __future__ import annotations

from tests.support.fixtures import alone, ansible, emulator, hood

__all__ = ["alone", "ansible", "emulator", "hood"]
