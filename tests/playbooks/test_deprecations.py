"""Every run of the playbooks fails on a deprecation warning; here one is made."""

from __future__ import annotations

import pytest

from tests.support.ansible import Ansible

MODULE = """\
#!/usr/bin/python
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule({})
module.deprecate("It goes", version="9.0.0", collection_name="ocamba.hood")
module.exit_json()
"""


def test_a_deprecation_warning_fails_the_run(ansible: Ansible) -> None:
    library = ansible.workdir / "library"
    library.mkdir()
    (library / "going.py").write_text(MODULE, encoding="utf-8")
    with pytest.raises(AssertionError, match="It goes"):
        ansible.play({"name": "deprecated", "going": {}})
