# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
  diff_mode:
    description:
      - Will return details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
  idempotent:
    description: A second run in a row, with the same arguments, indicates no change.
  action_group:
    description: Use C(group/ocamba.hood.hood) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - ocamba.hood.hood
"""

    WRITES = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - Sends nothing but readings.
  diff_mode:
    support: full
    details:
      - Of secrets only that they would be set.
  idempotent:
    support: partial
    details:
      - With O(update_secrets=always) a secret that Hood does not show is written in every run.
      - A value that Hood stores in another form than it is declared in is written in every run, with a warning.
"""

    READS = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - Only reads.
  diff_mode:
    support: none
    details:
      - Changes nothing.
  idempotent:
    support: full
"""

    SENDS = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - Reads the providers of the account and checks the options against them, and sends no message.
  diff_mode:
    support: none
    details:
      - Changes nothing in the account.
  idempotent:
    support: none
    details:
      - Sends a message in every run.
"""
