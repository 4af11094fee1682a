# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module says while it is at work, in a file that the controller shows. Private to this collection."""

from __future__ import annotations

import contextlib
import os

VARIABLE = "OCAMBA_HOOD_PROGRESS"


def tell(text: str) -> None:
    """Add a line, if there is somebody who watches. The text must be free of secrets."""
    path = os.environ.get(VARIABLE)
    if path:
        with contextlib.suppress(OSError), os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND), "a") as progress:
            progress.write(f"{text}\n")
