"""The connection options, and what the environment adds to them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import Connection

URL = "https://api.ocamba.com"
PROXY = "http://proxy.example.com:3128"


def connection(url: str = URL, environment: dict[str, str] | None = None, **options: Any) -> Connection:
    return Connection(url, "token", environment=environment or {}, **options)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (URL, URL),
        (f"{URL}/", URL),
        (f"{URL}/v1/hood", URL),
        (f"{URL}/v1/hood/", URL),
        (f"{URL}//v1/hood//", URL),
        (f"{URL}/prefix", f"{URL}/prefix"),
        (f"{URL}/prefix/v1/hood", f"{URL}/prefix"),
        (f"{URL}/v1/hoodie", f"{URL}/v1/hoodie"),
        ("http://127.0.0.1:8080/v1/hood", "http://127.0.0.1:8080"),
    ],
)
def test_the_path_of_the_api_may_be_given_with_the_url(given: str, used: str) -> None:
    assert connection(given).base_url == used
    assert not connection(given).check()


@pytest.mark.parametrize(
    ("environment", "used"),
    [
        ({}, None),
        ({"https_proxy": PROXY}, PROXY),
        ({"HTTPS_PROXY": PROXY}, PROXY),
        ({"HTTPS_PROXY": "http://other", "https_proxy": PROXY}, PROXY),
        ({"https_proxy": PROXY, "HTTPS_PROXY": "http://other"}, PROXY),
        ({"HTTPS_PROXY": PROXY, "https_proxy": ""}, None),
        ({"all_proxy": PROXY}, PROXY),
        ({"ALL_PROXY": PROXY, "https_proxy": "http://other"}, "http://other"),
        ({"http_proxy": PROXY}, None),
        ({"https_proxy": PROXY, "no_proxy": "example.com"}, PROXY),
        ({"https_proxy": PROXY, "no_proxy": "*"}, None),
        ({"https_proxy": PROXY, "NO_PROXY": "x, .ocamba.com"}, None),
        ({"https_proxy": PROXY, "no_proxy": "ocamba.com"}, None),
        ({"https_proxy": PROXY, "no_proxy": "API.ocamba.com"}, None),
        ({"https_proxy": PROXY, "no_proxy": "camba.com"}, PROXY),
        ({"https_proxy": PROXY, "no_proxy": ""}, PROXY),
        ({"https_proxy": PROXY, "no_proxy": "10.0.0.0/8"}, PROXY),
    ],
)
def test_a_proxy_of_the_environment(environment: dict[str, str], used: str | None) -> None:
    assert connection(environment=environment).effective_proxy == used


@pytest.mark.parametrize(
    ("no_proxy", "is_used"),
    [
        ("10.0.0.0/8", False),
        ("10.1.2.3", False),
        ("10.1.2.3:8443", False),
        ("10.1.2.3:1", True),
        ("11.0.0.0/8", True),
        ("10.0.0.0/xx", True),
    ],
)
def test_no_proxy_may_name_a_network(no_proxy: str, is_used: bool) -> None:
    found = connection("https://10.1.2.3:8443", {"https_proxy": PROXY, "no_proxy": no_proxy}).effective_proxy
    assert (found == PROXY) is is_used


def test_the_proxy_option_wins_over_the_environment() -> None:
    environment = {"https_proxy": "http://other", "no_proxy": "*"}
    assert connection(environment=environment, proxy=PROXY).effective_proxy == PROXY


def test_plain_http_to_loopback_has_no_proxy_of_the_environment() -> None:
    environment = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"), PROXY)
    assert connection("http://localhost:1", environment).effective_proxy is None


@pytest.mark.parametrize(
    ("environment", "options", "verify"),
    [
        ({}, {}, True),
        ({"REQUESTS_CA_BUNDLE": "/a", "CURL_CA_BUNDLE": "/b"}, {}, "/a"),
        ({"REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": "/b"}, {}, "/b"),
        ({"REQUESTS_CA_BUNDLE": "/a"}, {"ca_path": "/c"}, "/c"),
        ({"REQUESTS_CA_BUNDLE": "/a"}, {"ca_path": "/c", "validate_certs": False}, False),
    ],
)
def test_whom_certificates_are_verified_by(environment: dict[str, str], options: Any, verify: Any) -> None:
    assert connection(environment=environment, **options).verify == verify


@pytest.mark.parametrize("url", ["https://[bad", "http://[bad", "https://h:port", "", "HTTP://hood.example.com", "x"])
def test_a_url_that_is_none_is_reported_and_breaks_nothing(url: str) -> None:
    found = connection(url, {"https_proxy": PROXY, "no_proxy": "a,b"})
    assert found.secrets == ["token"]
    (mistake,) = found.check()
    assert mistake.startswith("api_url: must be")


def test_the_credentials_of_every_proxy_are_secrets_and_nothing_shows_them() -> None:
    found = connection(environment={"https_proxy": "http://u:p%40ss@proxy"}, proxy="http://v:other@proxy")
    assert {"token", "p%40ss", "p@ss", "other"} <= set(found.secrets)
    assert not [secret for secret in found.secrets if secret in repr(found)]
