"""The collection of this checkout, importable and found by ansible-playbook."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.tools import collection_tree

_COLLECTIONS = collection_tree.sync()
sys.path.insert(0, str(_COLLECTIONS))


@pytest.fixture(scope="session")
def collections() -> Path:
    """The folder for ANSIBLE_COLLECTIONS_PATH."""
    return _COLLECTIONS
