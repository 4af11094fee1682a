# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a task fails: the one place that catches everything, and the messages of that. Private to this collection."""

from __future__ import annotations

import importlib
import platform
import sys
import traceback
from typing import Callable

from ansible_collections.ocamba.hood.plugins.module_utils.errors import (
    INTERNAL_ERROR,
    MISSING_LIBRARY,
    HoodError,
    MissingLibrary,
)
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.task_outcome import TaskOutcome

LIBRARIES = {"requests": "requests>=2.28", "voluptuous": "voluptuous>=0.13"}


def attempt(work: Callable[[], TaskOutcome]) -> TaskOutcome:
    """Return the outcome of some work, or of its failure."""
    try:
        return work()
    except MissingLibrary as error:
        return refuse(missing_libraries(error), MISSING_LIBRARY)
    except HoodError as error:
        return refuse(str(error), error.reason_code)
    except Exception as error:  # pylint: disable=broad-exception-caught
        return refuse(internal(error), INTERNAL_ERROR)


def refuse(message: str, reason_code: str) -> TaskOutcome:
    """Return the outcome of a task that ended before it had a result."""
    return TaskOutcome({}, [message], reason_code=reason_code)


def internal(error: Exception) -> str:
    """Describe an exception that nobody expected by its place only, as its text may hold values."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-3:]))
    return f"internal error of ocamba.hood ({type(error).__name__} in {places}); please report it with this line"


def missing_libraries(error: MissingLibrary) -> str:
    """Say which libraries are missing where, and how to get them."""
    missing = sorted({error.library, *(name for name in LIBRARIES if not is_importable(name))})
    requirements = " ".join(LIBRARIES[name] for name in missing)
    return (
        f"The Python libraries that ocamba.hood needs are not there: {', '.join(missing)} can't be imported by"
        f" {sys.executable} on {platform.node()}. Install them for that interpreter (pip install {requirements})."
        " In an execution environment, list them in its own definition, under dependencies:"
        f" python: [{', '.join(LIBRARIES[name] for name in missing)}] (ansible-builder drops voluptuous from what"
        " collections ask for)"
    )


def is_importable(name: str) -> bool:
    """Return whether a library can be imported."""
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True
