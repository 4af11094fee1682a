# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  update_secrets:
    description:
      - What to do with a declared secret that Hood does not show, so that it can't be compared.
      - V(on_create) writes it when the integration is created, and along with any other change of its settings.
      - V(always) writes it in every run, which is then always changed. Use it to rotate secrets.
      - A secret that Hood shows, or whose visible end differs, is compared and written as any other setting.
    type: str
    choices: [on_create, always]
    default: on_create
  validate_credentials:
    description:
      - Before anything is written, let Hood try the settings with the provider. If one fails, nothing is written.
      - Not done in check mode.
    type: bool
    default: false
"""
