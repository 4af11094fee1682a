"""What an operator gets wrong about the connection: one clear message each."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.emulator.server import Emulator
from tests.support.ansible import Ansible
from tests.support.entries import TOKEN, entry
from tests.support.marks import first
from tests.support.tasks import one


def test_a_missing_token_names_the_option_and_the_variable(hood: Emulator, ansible: Ansible) -> None:
    ansible.environment["OCAMBA_API_TOKEN"] = ""
    message = ansible.play(one(**entry("Mitto"))).only()["msg"]
    assert message.startswith("api_token: required")
    assert "OCAMBA_API_TOKEN" in message
    assert not list(hood.log)


def test_a_refused_token_says_what_to_do_and_not_the_token(hood: Emulator, ansible: Ansible) -> None:
    run = ansible.play(one(**entry("Mitto"), api_token="wrong-token-canary"))
    assert "401" in run.only()["msg"]
    assert "personal API key" in run.only()["msg"]
    assert "wrong-token-canary" not in run.output + run.log
    assert len(list(hood.log)) == 1


def test_an_unreachable_host_is_named(ansible: Ansible) -> None:
    message = ansible.play(one(**entry("Mitto"), api_url="http://127.0.0.1:9", max_wait=5)).only()["msg"]
    assert message.startswith("can't reach 127.0.0.1:9: Connection refused")


@pytest.mark.parametrize("path", first(1, of=["/v1/hood/", "/v1/hood"]))
def test_the_url_may_be_given_with_the_path_of_the_api(hood: Emulator, ansible: Ansible, path: str) -> None:
    assert ansible.play(one(**entry("Mitto"), api_url=hood.url + path)).only()["changed"] is True


def test_a_path_that_is_no_api_is_reported_by_its_option(hood: Emulator, ansible: Ansible) -> None:
    message = ansible.play(one(**entry("Mitto"), api_url=f"{hood.url}/v2")).only()["msg"]
    assert "404" in message
    assert "check api_url" in message


def test_plain_http_is_for_loopback_only(ansible: Ansible) -> None:
    message = ansible.play(one(**entry("Mitto"), api_url="http://hood.example.com")).only()["msg"]
    assert message.startswith("api_url: must be https")


def test_the_option_wins_over_the_group_and_that_over_the_environment(hood: Emulator, ansible: Ansible) -> None:
    hood.account("token-of-the-group")
    hood.account("token-of-the-option")
    ansible.environment["OCAMBA_API_TOKEN"] = "token-of-the-environment"
    defaults = {"group/ocamba.hood.hood": {"api_token": "token-of-the-group"}}
    ansible.play(one(**entry("Mitto")), module_defaults=defaults)
    ansible.play(one(**entry("Mitto"), api_token="token-of-the-option"), module_defaults=defaults)
    assert {call.token for call in hood.log.writes()} == {"token-of-the-group", "token-of-the-option"}


def test_an_empty_option_falls_back_to_the_environment(hood: Emulator, ansible: Ansible) -> None:
    assert ansible.play(one(**entry("Mitto"), api_token="", api_url="", proxy="")).only()["changed"] is True
    assert {call.token for call in hood.log} == {TOKEN}


def test_a_newline_at_the_end_of_the_token_is_taken_off(hood: Emulator, ansible: Ansible) -> None:
    run = ansible.play(one(**entry("Mitto"), api_token=f"{TOKEN}\n"))
    assert run.only()["changed"] is True
    assert "api_token: the white space around it was taken off" in run.output


@pytest.mark.parametrize("missing", first(1, of=["requests", "voluptuous"]))
def test_a_missing_library_is_named_with_the_interpreter(
    hood: Emulator, ansible: Ansible, tmp_path: Path, missing: str
) -> None:
    interpreter = bare_interpreter(tmp_path, without=missing)
    ansible.execution = "target"
    run = ansible.play(one(**entry("Mitto")), vars={"ansible_python_interpreter": str(interpreter)})
    message = run.only()["msg"]
    assert f"{missing} can't be imported by {interpreter}" in message
    assert f"python: [{missing}>=" in message
    assert "execution environment" in message
    assert not list(hood.log)


def bare_interpreter(folder: Path, without: str) -> Path:
    """A Python of its own that has only the other libraries."""
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    interpreter = folder / "venv" / "bin" / "python"
    found = subprocess.run(
        [interpreter, "-c", "import site; print(site.getsitepackages()[0])"],
        capture_output=True,
        text=True,
        check=True,
    )
    here = next(path for path in map(Path, sys.path) if path.name == "site-packages")
    for name in {"requests", "voluptuous", "urllib3", "idna", "certifi", "charset_normalizer"} - {without}:
        (Path(found.stdout.strip()) / name).symlink_to(here / name)
    return interpreter
