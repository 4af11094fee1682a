# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an account is reached: the options, and what the environment adds. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from urllib.parse import unquote, urlsplit

ROOT = "/v1/hood"

_SPACE = re.compile(r"\s")
_TOKEN = re.compile(r"[\x21-\x7e]+")
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:/+")
_NOT_GIVEN = (
    "api_token: required; give the option, or set OCAMBA_API_TOKEN; in AWX, fill in the API token of the job's"
    " credential. It is a personal API key of the account, made in the profile menu of Ocamba under API Tokens"
)


@dataclass(frozen=True)
class Connection:
    """The connection options. `request_timeout` and `max_wait` in seconds.

    :param environment: where proxies and bundles of certificates are looked for that no option names.
    """

    api_url: str
    api_token: str = field(repr=False)
    request_timeout: float = 30
    max_wait: float = 120
    validate_certs: bool = True
    ca_path: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    proxy: str | None = field(default=None, repr=False)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def base_url(self) -> str:
        """What the path of a request is put behind: the URL without the path of the API, if it was given with it."""
        url = self.api_url.rstrip("/")
        return url[: -len(ROOT)].rstrip("/") if url.endswith(ROOT) else url

    @property
    def host(self) -> str:
        return urlsplit(self.api_url).netloc.rpartition("@")[2]

    @property
    def is_plain(self) -> bool:
        # Asked for before the URL is checked, and so of one that can't be parsed as well.
        return self.api_url.lower().startswith("http:")

    @property
    def secrets(self) -> list[str]:
        """Everything in it that must never be shown."""
        urls = (self.proxy, self.environment_proxy, self.api_url)
        return [
            secret for secret in (self.api_token, *(part for url in urls for part in _userinfo(url or ""))) if secret
        ]

    @property
    def verify(self) -> bool | str:
        """Whether the server's certificate is verified, or the authorities that it is verified by."""
        if not self.validate_certs:
            return False
        return (
            self.ca_path or self.environment.get("REQUESTS_CA_BUNDLE") or self.environment.get("CURL_CA_BUNDLE") or True
        )

    @property
    def cert(self) -> tuple[str, str] | str | None:
        """The client's certificate."""
        return (self.client_cert, self.client_key) if self.client_cert and self.client_key else self.client_cert

    @property
    def effective_proxy(self) -> str | None:
        return self.proxy or self.environment_proxy

    @property
    def environment_proxy(self) -> str | None:
        """The proxy of the environment, by the names and the precedence that curl and urllib have.

        A token never goes to a proxy of the environment in clear: plain http is for loopback only.
        """
        if self.is_plain:
            return None
        found = _proxy_variables(self.environment)
        proxy = found.get("https") or found.get("all")
        return proxy if proxy and not _is_bypassed(self.api_url, found.get("no", "")) else None

    def check(self) -> list[str]:
        """Say what is wrong with the options, each with its name and without a value."""
        return [*_check_url(self.api_url), *_check_token(self.api_token), *_check_files(self)]


def _proxy_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables `NAME_proxy` by their names in lower case; the one in lower case wins, also where it is empty."""
    by_case = sorted(environment.items(), key=lambda pair: pair[0].islower())
    return {
        name.lower()[: -len("_proxy")]: value.strip()
        for name, value in by_case
        if name.lower().endswith("_proxy") and (value or name.islower())
    }


def _is_bypassed(url: str, no_proxy: str) -> bool:
    """Whether no_proxy names the host: itself, its domain, either with its port, its network, or all hosts."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    names = [name.strip().lower().lstrip(".") for name in no_proxy.split(",")]
    return any(
        name == "*"
        or any(one == name or one.endswith(f".{name}") for one in (host, f"{host}:{port}"))
        or _holds(name, host)
        for name in names
        if name
    )


def _holds(network: str, host: str) -> bool:
    try:
        return "/" in network and ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False


def _userinfo(url: str) -> list[str]:
    """User and password of a URL, alone and together, as written and decoded."""
    # Of a URL that can't be parsed too, or that has signs in the password which end the host.
    userinfo = _SCHEME.sub("", url.rpartition("@")[0])
    _user, colon, password = userinfo.partition(":")
    written = [userinfo, password] if colon else [userinfo]
    return [text for part in written for text in (part, unquote(part)) if text]


def _check_url(url: str) -> list[str]:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return ["api_url: must be a URL such as https://api.ocamba.com"]
    if parts.scheme not in ("https", "http") or not host or parts.query or parts.fragment or _SPACE.search(url):
        return ["api_url: must be a URL such as https://api.ocamba.com"]
    if "@" in parts.netloc:
        return ["api_url: must not hold a user or password; use api_token"]
    if parts.scheme == "http" and not _is_loopback(host):
        return ["api_url: must be https, as plain http would show the token to the network (loopback excepted)"]
    return []


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _check_token(token: str) -> list[str]:
    if not token:
        return [_NOT_GIVEN]
    if not _TOKEN.fullmatch(token):
        return ["api_token: must be printable ASCII without spaces; is it really the token?"]
    return []


def _check_files(connection: Connection) -> list[str]:
    mistakes = []
    if connection.client_key and not connection.client_cert:
        mistakes.append("client_cert: required with client_key")
    if connection.proxy and not re.match(r"(https?|socks[45]h?)://[^/]", connection.proxy):
        mistakes.append("proxy: must be a URL such as http://proxy.example.com:3128")
    return mistakes
