# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of ansible-core. Private to this collection."""

from __future__ import annotations

from ansible.release import __version__

_MAJOR, _MINOR = __version__.split(".")[:2]
VERSION = (int(_MAJOR), int(_MINOR))
