"""TLS, proxies and credentials for real: the explicit options win over what the environment holds to mislead."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import Connection
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import read
from ansible_collections.ocamba.hood.plugins.module_utils.errors import HoodError
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile import engine
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.resilience.tls import Authority, Proxy
from tests.support.entries import entry
from tests.support.runs import TOKEN


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def secure(authority: Authority) -> Iterator[Emulator]:
    with Emulator(**authority.issue("127.0.0.1"), limits=Limits.off()) as running:
        running.account(TOKEN)
        yield running


def apply(url: str, **options: Any) -> engine.Report:
    connection = Connection(url, TOKEN, request_timeout=5, max_wait=1, environment=dict(os.environ), **options)
    return engine.run(engine.Run(read([entry("Mitto")]).entries, connection))


def test_a_private_authority_is_trusted_by_ca_path_alone(secure: Emulator, authority: Authority) -> None:
    with pytest.raises(HoodError, match=r"TLS with 127\.0\.0\.1:.* failed: .*certificate"):
        apply(secure.url)
    assert apply(secure.url, ca_path=authority.path).changed


def test_ca_path_wins_over_the_bundle_of_the_environment(
    secure: Emulator, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", Authority(tmp_path).path)
    monkeypatch.setenv("CURL_CA_BUNDLE", Authority(tmp_path).path)
    assert apply(secure.url, ca_path=authority.path).changed
    with pytest.raises(HoodError, match="TLS"):
        apply(secure.url)


@pytest.mark.filterwarnings("default:Unverified HTTPS request")
def test_validate_certs_false_is_not_overruled_by_the_environment(
    secure: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", Authority(tmp_path).path)
    assert apply(secure.url, validate_certs=False).changed


def test_an_expired_certificate_is_refused(authority: Authority) -> None:
    past = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
    long_ago = past - datetime.timedelta(days=30)
    with Emulator(**authority.issue("127.0.0.1", not_before=long_ago, not_after=past)) as expired:
        with pytest.raises(HoodError, match="certificate has expired"):
            apply(expired.url, ca_path=authority.path)
        assert not list(expired.log)


def test_a_certificate_for_another_host_is_refused(authority: Authority) -> None:
    with Emulator(**authority.issue("hood.example.com")) as other, pytest.raises(HoodError, match="TLS"):
        apply(other.url, ca_path=authority.path)


def test_a_client_certificate_is_sent_where_one_is_wanted(authority: Authority) -> None:
    client = authority.issue("client@example.com")
    with Emulator(**authority.issue("127.0.0.1"), client_ca=authority.path, limits=Limits.off()) as strict:
        strict.account(TOKEN)
        with pytest.raises(HoodError, match=r"127\.0\.0\.1"):
            apply(strict.url, ca_path=authority.path)
        files = {"client_cert": client["certfile"], "client_key": client["keyfile"]}
        assert apply(strict.url, ca_path=authority.path, **files).changed


@pytest.mark.parametrize("option", ["ca_path", "client_cert"])
def test_a_missing_file_is_named_by_its_option(secure: Emulator, authority: Authority, option: str) -> None:
    options = {"ca_path": authority.path, option: "/nowhere/at/all.pem"}
    with pytest.raises(HoodError, match="ca_path, client_cert or client_key can't be used"):
        apply(secure.url, **options)


def test_netrc_does_not_replace_the_token(
    secure: Emulator, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    assert apply(secure.url, ca_path=authority.path).changed
    assert {call.token for call in secure.log} == {TOKEN}


@pytest.mark.parametrize("credentials", [None, "user:p@ss/w=rd"])
def test_a_proxy_is_used_with_its_credentials_and_sees_no_token(
    secure: Emulator, authority: Authority, credentials: str | None
) -> None:
    written = "user:p%40ss%2Fw%3Drd@" if credentials else ""
    with Proxy(credentials) as proxy:
        assert apply(secure.url, ca_path=authority.path, proxy=f"http://{written}{proxy.address}").changed
        assert proxy.heads
        assert all(head.startswith("CONNECT ") for head in proxy.heads)
        assert TOKEN not in "".join(proxy.heads)


def test_a_proxy_that_refuses_is_reported_without_its_credentials(secure: Emulator, authority: Authority) -> None:
    with Proxy("user:right") as proxy, pytest.raises(HoodError, match=r"the proxy for 127\.0\.0\.1") as failure:
        apply(secure.url, ca_path=authority.path, proxy=f"http://user:wrong-one@{proxy.address}")
    assert "wrong-one" not in str(failure.value)


def test_the_proxy_option_wins_over_the_environment(
    secure: Emulator, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    with Proxy() as proxy:
        assert apply(secure.url, ca_path=authority.path, proxy=f"http://{proxy.address}").changed
        assert proxy.heads


def test_plain_http_to_loopback_goes_through_no_proxy_of_the_environment(
    hood: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert apply(hood.url).changed


def test_a_body_that_trickles_in_ends_at_the_time_out(hood: Emulator, secure: Emulator, authority: Authority) -> None:
    for server in (hood, secure):
        server.account(TOKEN, limits=Limits.off()).add(name="Other", provider="mitto", settings={"api_key": "a"})
        server.faults.add(method="GET", kind="drip", delay=0.2, times=None)
        connection = Connection(server.url, TOKEN, request_timeout=0.3, max_wait=0.01, ca_path=authority.path)
        with pytest.raises(HoodError, match="did not end within request_timeout"):
            engine.run(engine.Run(read([entry("Mitto")]).entries, connection))


def test_the_bundle_of_the_environment_counts_where_no_option_does(
    secure: Emulator, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", authority.path)
    assert apply(secure.url).changed


def test_a_proxy_of_the_environment_is_used_but_for_what_no_proxy_names(
    secure: Emulator, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy() as proxy:
        monkeypatch.setenv("https_proxy", f"http://{proxy.address}")
        monkeypatch.setenv("no_proxy", "127.0.0.0/8")
        assert apply(secure.url, ca_path=authority.path).changed
        assert not proxy.heads
        monkeypatch.setenv("no_proxy", "")
        assert not apply(secure.url, ca_path=authority.path).changed
        assert proxy.heads


def test_only_the_environment_that_is_handed_in_counts(
    secure: Emulator, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    environment = {"REQUESTS_CA_BUNDLE": authority.path}
    connection = Connection(secure.url, TOKEN, request_timeout=5, max_wait=1, environment=environment)
    assert engine.run(engine.Run(read([entry("Mitto")]).entries, connection)).changed
