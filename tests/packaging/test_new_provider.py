"""Adding a provider by the steps of CONTRIBUTING: schema, masking and documentation follow from its one file."""

from __future__ import annotations

import sys

import pytest

from tests.packaging.conftest import Checkout
from tests.tools import new_provider
from tests.tools.collection_tree import ROOT

FILE = "plugins/module_utils/providers/bulksms.py"
PAGE = "docs/guides/providers/bulksms.md"
FIELDS = """\
        Field(
            "token_id",
            meaning="Names the token that Hood uses.",
            source="BulkSMS, Settings, API Tokens.",
            example="an-id",
        ),
        Field(
            "token_secret",
            meaning="Signs Hood in to the BulkSMS account.",
            source="BulkSMS, Settings, API Tokens; it is shown once.",
            example="a-token",
            secret=True,
        ),
        Field(
            "sender_number",
            meaning="Sends the message when a campaign names no other sender.",
            source="BulkSMS, Settings, Sender ids.",
            example="+14155552671",
            format=PHONE_NUMBER,
        ),
"""
PLAYBOOK_TEST = """\
from tests.support.tasks import one


def test_bulksms(hood, ansible):
    settings = {"token_id": "shown-id", "token_secret": "hidden-secret-Qz7", "sender_number": "+14155552671"}
    entry = {"name": "Bulk", "provider": "bulksms", "settings": settings}
    for expected in (True, False):
        run = ansible.play(one(**entry), extra=("-vvv",))
        assert run.only()["changed"] is expected
        assert "shown-id" in run.output
        assert "hidden-secret-Qz7" not in run.output + run.log
    settings["sender_number"] = "not-a-number"
    assert "settings.sender_number: must be a phone number" in ansible.play(one(**entry)).only()["msg"]
    (written,) = hood.log.writes()
    assert written.body["settings"]["token_secret"] == "hidden-secret-Qz7"
"""
EMULATED = """\
BULKSMS = Provider(
    id="1050",
    name="bulksms",
    type="sms",
    schema_name="bulksms_sms",
    settings=_plain("token_id") + _secret("token_secret") + _plain("sender_number"),
)

"""


def scaffold(
    checkout: Checkout, *, name: str = "bulksms", kind: str = "sms", title: str = "BulkSMS", rc: int = 0
) -> str:
    return checkout.run("make", "provider", f"NAME={name}", f"TYPE={kind}", f"TITLE={title}", rc=rc)


def follow_the_steps(checkout: Checkout) -> None:
    scaffold(checkout)
    file = checkout.root / FILE
    text = file.read_text(encoding="utf-8")
    head, _fields, rest = text.partition("    fields=(\n")
    file.write_text(f"{head}    fields=(\n{FIELDS}    ),\n)\n", encoding="utf-8")
    assert "TODO" in rest
    checkout.replace(
        FILE,
        "model import Field, Provider\n",
        "model import Field, Provider\n"
        "from ansible_collections.ocamba.hood.plugins.module_utils.providers.formats import PHONE_NUMBER\n",
    )
    checkout.replace("tests/emulator/catalog.py", "BUILT_IN = (", f"{EMULATED}BUILT_IN = (BULKSMS, ")
    table = "tests/unit/plugins/module_utils/providers/test_providers.py"
    page = '    "bulksms": ("bulksms_sms", "sms", {"token_id", "sender_number"}, {"token_secret"}),\n'
    example = '    "bulksms": {"token_id": "id", "token_secret": "s", "sender_number": "+14155552671"},\n'
    for name, line in (("PAGE", page), ("EXAMPLES", example)):
        text = (checkout.root / table).read_text(encoding="utf-8")
        start = next(one for one in text.splitlines(keepends=True) if one.startswith(f"{name}: "))
        checkout.replace(table, start, start + line)


@pytest.mark.slow
def test_a_provider_is_added_in_the_steps_of_the_guide(checkout: Checkout) -> None:
    follow_the_steps(checkout)
    checkout.run("make", "format")
    checkout.run("make", "generate")
    checkout.run("make", "unit")
    checkout.run(".build/venv/bin/python", "-m", "tests.tools.layers")
    checkout.run(".build/venv/bin/python", "-m", "tests.tools.generate", "--check")
    assert "Where to find it: BulkSMS, Settings, Sender ids." in (checkout.root / PAGE).read_text(encoding="utf-8")
    doc = checkout.run(
        ".build/venv/bin/ansible-doc", "ocamba.hood.ocamba_integration", ANSIBLE_COLLECTIONS_PATH=".build/collections"
    )
    page = " ".join(doc.split())
    assert "Settings of `bulksms', which sends sms." in page
    assert "`token_secret' (secret): Signs Hood in to the BulkSMS account." in page
    assert "Must be a phone number in E.164 form" in page
    assert "`telegram' and `bulksms'" in page


def test_what_was_added_is_applied_checked_and_masked(checkout: Checkout) -> None:
    follow_the_steps(checkout)
    (checkout.root / "tests" / "playbooks" / "test_bulksms.py").write_text(PLAYBOOK_TEST, encoding="utf-8")
    output = checkout.run(".build/venv/bin/python", "-m", "pytest", "-q", "tests/playbooks/test_bulksms.py")
    assert "1 passed" in output


def test_a_provider_left_as_it_was_started_fails_the_units(checkout: Checkout) -> None:
    scaffold(checkout)
    output = checkout.run(
        ".build/venv/bin/python",
        "-m",
        "pytest",
        "-q",
        "tests/unit/plugins/module_utils/providers/test_providers.py",
        "-k",
        "bulksms or seven",
        rc=1,
    )
    assert "TODO" in output
    assert "test_the_registry_holds_the_seven_providers_of_the_page" in output


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": "Bulk-SMS"}, "NAME=Bulk-SMS: small letters"),
        ({"name": "twilio"}, "plugins/module_utils/providers/twilio.py is there already"),
        ({"kind": "fax"}, "TYPE=fax: one of sms, email, telegram"),
        ({"title": 'x"'}, "TITLE: the name as people write it"),
    ],
)
def test_what_can_not_be_started_is_explained(checkout: Checkout, wrong: dict[str, str], message: str) -> None:
    if "title" in wrong:
        arguments = ("--name", "bulksms", "--type", "sms", "--title", wrong["title"])
        assert message in checkout.run(sys.executable, "-m", "tests.tools.new_provider", *arguments, rc=2)
    else:
        assert message in scaffold(checkout, rc=2, **wrong)
    assert not checkout.run("git", "status", "--porcelain")


def test_the_types_are_those_of_the_registry() -> None:
    from ansible_collections.ocamba.hood.plugins.module_utils.providers import registry

    assert registry.TYPES == new_provider.TYPES
    assert (ROOT / new_provider.REGISTRY).exists()
