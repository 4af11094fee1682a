"""The transport, as far as no server is needed: what is missing, and what was ended."""

from __future__ import annotations

import sys

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import Connection
from ansible_collections.ocamba.hood.plugins.module_utils.api.pacer import Pacer
from ansible_collections.ocamba.hood.plugins.module_utils.api.transport import Transport
from ansible_collections.ocamba.hood.plugins.module_utils.errors import MissingLibrary, NotSent

NOWHERE = Connection("http://127.0.0.1:9", "a-token")


@pytest.mark.parametrize("is_fresh", [False, True])
def test_nothing_is_sent_once_the_run_was_ended(is_fresh: bool) -> None:
    transport = Transport(NOWHERE, Pacer(1, 1).alarm)
    transport.close()
    with pytest.raises(NotSent, match="the run was ended") as failure:
        transport.send("GET", "/", None, None, is_fresh)
    assert not failure.value.is_passing


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(MissingLibrary) as failure:
        Transport(NOWHERE, Pacer(1, 1).alarm).send("GET", "/", None, None)
    assert failure.value.library == "requests"
