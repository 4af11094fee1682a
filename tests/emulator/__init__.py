"""An emulator of the Ocamba Hood API: `with Emulator() as hood: …`. See README.md here."""

from __future__ import annotations

from tests.emulator.accounts import Account, Integration
from tests.emulator.catalog import BUILT_IN, VIBER, Provider, Setting
from tests.emulator.faults import Fault, Faults, Planned
from tests.emulator.limits import Limits
from tests.emulator.log import Log, LogEntry
from tests.emulator.seed import fill, sow
from tests.emulator.server import TOKEN, Emulator
from tests.emulator.variants import VariantError, Variants

__all__ = [
    "BUILT_IN",
    "TOKEN",
    "VIBER",
    "Account",
    "Emulator",
    "Fault",
    "Faults",
    "Integration",
    "Limits",
    "Log",
    "LogEntry",
    "Planned",
    "Provider",
    "Setting",
    "VariantError",
    "Variants",
    "fill",
    "sow",
]
