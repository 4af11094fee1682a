"""Stands in for the module of the standard library, to see what modules write to the system's log."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

LOG_USER = LOG_INFO = 0


def openlog(*_arguments: Any) -> None:
    pass


def syslog(*arguments: Any) -> None:
    with Path(os.environ["SYSLOG_FILE"]).open("a", encoding="utf-8") as file:
        file.write(f"{arguments[-1]}\n")


def __getattr__(name: str) -> int:
    return 0
