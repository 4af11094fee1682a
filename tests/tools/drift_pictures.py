"""Makes the pictures of the guide to drift: the example inventory, applied to the emulator and then changed by hand.

`python -m tests.tools.drift_pictures` writes docs/images/drift-*.png; it needs a Chromium.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.demo import EXAMPLE, vaults
from tests.emulator.server import Emulator
from tests.support.ansible import Ansible
from tests.support.browser import Browser
from tests.tools import collection_tree

IMAGES = collection_tree.ROOT / "docs" / "images"
ARGUMENTS = ("-i", str(EXAMPLE / "inventory"), "--vault-password-file", str(EXAMPLE / "demo-vault-password.txt"))
SIZES = {"drift-desktop.png": (1280, 1000), "drift-phone.png": (390, 844)}


def prepare(hood: Emulator, ansible: Ansible) -> None:
    """Bring both accounts to what is declared, and then have somebody click."""
    europe, america = (hood.account(vault["ocamba_api_token"]) for vault in vaults().values())
    applied = ansible.playbook("ocamba.hood.apply", *ARGUMENTS)
    assert applied.rc == 0, applied.output
    newsletter = europe.one("Newsletter")
    europe.edit(newsletter.id, settings={**newsletter.settings, "port": "25", "default_sender_name": "ACME"})
    mitto = europe.one("Mitto EU")
    europe.edit(mitto.id, settings={**mitto.settings, "sender_name": "AcmeTest"})
    europe.remove(europe.one("Password resets").id)
    america.add("Test, please ignore", "mitto", {"api_key": "key-of-the-test", "sender_name": "Test"})


def main() -> None:
    collections = collection_tree.sync()
    with Emulator() as hood, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ansible = Ansible(collections, folder, {"OCAMBA_API_URL": hood.url})
        prepare(hood, ansible)
        time = "ocamba_report_time=2026-11-24T05:00:00Z"
        print(ansible.playbook("ocamba.hood.drift", *ARGUMENTS, "-e", time).output)
        IMAGES.mkdir(exist_ok=True)
        with Browser(folder / "profile") as browser:
            for picture, (width, height) in SIZES.items():
                browser.open(folder / "drift-report" / "drift.html", width, height)
                browser.picture(IMAGES / picture, whole=False)


if __name__ == "__main__":
    main()
