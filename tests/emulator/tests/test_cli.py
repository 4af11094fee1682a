"""The emulator by hand."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulator.tests.client import Client

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "tests.emulator", "--port", "0"]


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *arguments], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    """The emulator with two accounts, three integrations in each."""
    running = start("--token", "first", "second", "--seed", "3", "--variant", "total=string")
    with running:
        yield running
        running.kill()


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_tells_its_url_first_then_requests_and_ends_cleanly(
    process: subprocess.Popen[str], number: signal.Signals
) -> None:
    url = url_of(process)
    assert url.startswith("http://127.0.0.1:")
    assert Client(url, "first").get(page="1,2", name="canary").json()["total"] == "0"
    assert Client(url, "second").get().json()["total"] == "3"
    assert Client(url, "third-canary").create(name="canary").status_code == 401
    process.send_signal(number)
    reported, _unused = process.communicate(timeout=10)
    assert process.returncode == 0
    assert [line.split(" ", 2)[2] for line in reported.splitlines()] == [
        "GET /v1/hood/integrations?page=1,2&name=… 200",
        "GET /v1/hood/integrations 200",
        "POST /v1/hood/integrations 401",
    ]
    assert "canary" not in reported


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [(["--variant", "secrets=no"], "secrets: 'no' is not one of"), (["--limits", "some"], "invalid choice")],
)
def test_wrong_options_are_reported(arguments: list[str], reported: str) -> None:
    with start(*arguments) as process:
        output, _unused = process.communicate(timeout=10)
    assert process.returncode == 2
    assert reported in output
    assert "Traceback" not in output


def test_a_port_that_is_taken_is_reported(process: subprocess.Popen[str]) -> None:
    port = url_of(process).rpartition(":")[2]
    with start("--port", port) as second:
        output, _unused = second.communicate(timeout=10)
    assert second.returncode == 1
    assert output == f"cannot listen on 127.0.0.1:{port}: Address already in use\n"
