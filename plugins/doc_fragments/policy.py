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
      - V(on_change) writes it, besides, when it is not the one that was last written or taken over. What is remembered
        of it is a fingerprint in the host's facts, as C(ansible_facts.ocamba_hood), so it lasts as long as Ansible
        caches facts. A secret of which nothing is remembered is taken over as it is declared, with a warning.
      - Ansible drops the facts of a task that failed; what it wrote then is written once more by the next run.
      - V(always) writes it in every run, which is then always changed. Use it to rotate secrets.
      - If V(on_change) remembers anything of the account, each of them brings what is remembered of the secrets that it
        sends up to date.
      - A secret that Hood shows, or whose visible end differs, is compared and written as any other setting.
    type: str
    choices: [on_create, on_change, always]
    default: on_create
  missing:
    description:
      - What to do about a declared integration that the account does not have.
      - V(create) creates it, V(refuse) writes nothing at all and names all that are missing. With V(refuse) an entry
        that has a name needs no provider.
    version_added: 0.2.0
    type: str
    choices: [create, refuse]
    default: create
  validate_credentials:
    description:
      - Before anything is written, let Hood try all settings that are to be written with their providers. If some are
        refused or can't be tried, nothing is written.
      - Not done in check mode, nor for a change of name or status only.
    type: bool
    default: false
  expected_plan:
    description:
      - The C(plan_id) of a run that was approved. If the plan of this run is another, it writes nothing and fails, and
        says what it would write.
    version_added: 0.3.0
    type: str
"""
