"""The running server: starting, stopping, its log, TLS, and many requests at once."""

from __future__ import annotations

import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.emulator import TOKEN, Account, Emulator, Limits, Variants, fill, sow
from tests.emulator.catalog import BUILT_IN, VIBER
from tests.emulator.seed import CLICKED, ODD_NAMES, ODD_VALUES
from tests.emulator.tests.client import Client, wait_until


def test_concurrent_creates_get_ids_of_their_own(emulator: Emulator, account: Account) -> None:
    def create(number: int) -> str:
        with Client(emulator.url) as api:
            created: str = api.create(name=f"{number}").json()["id"]
            return created

    with ThreadPoolExecutor(16) as pool:
        ids = list(pool.map(create, range(64)))
    assert len(set(ids)) == 64
    assert {one.id for one in account.integrations} == set(ids)
    assert {one.name for one in account.integrations} == {str(number) for number in range(64)}


def test_an_account_may_be_changed_from_other_threads_meanwhile(emulator: Emulator, account: Account) -> None:
    def add(number: int) -> str:
        return account.add(f"{number}").id

    with Client(emulator.url) as api, ThreadPoolExecutor(8) as pool:
        added = pool.map(add, range(200))
        statuses = {api.get(page="1,100").status_code for _unused in range(10)}
        assert len(set(added)) == 200
    assert statuses == {200}


def test_the_log_has_every_request_in_order(api: Client, emulator: Emulator, account: Account) -> None:
    api.create(name="one")
    api.get(page="1,5", view="full")
    api.send("POST", "/v1/hood/integrations", data="not json", headers={"User-Agent": "me/1"})
    Client(api.url, None).get()
    create, listing, bad, nobody = emulator.log
    assert [one.seq for one in emulator.log] == sorted(one.seq for one in emulator.log)
    assert (create.method, create.path, create.status, create.token) == ("POST", "/v1/hood/integrations", 201, TOKEN)
    assert isinstance(create.body, dict)
    assert create.body["name"] == "one"
    assert (listing.query, listing.body) == ({"page": "1,5", "view": "full"}, None)
    assert (bad.body, bad.status, bad.headers["user-agent"]) == ("not json", 400, "me/1")
    assert (nobody.token, nobody.status, nobody.headers["authorization"]) == (None, 401, "absent")
    assert create.headers["authorization"] == "present"
    assert emulator.log.writes() == [create, bad]
    assert emulator.log.calls("GET", "/integrations", TOKEN) == [listing]
    assert account.one("one")


def test_the_log_tells_connections_apart(api: Client, emulator: Emulator) -> None:
    for client in (api, api, Client(emulator.url)):
        client.get()
    first, again, other = (entry.client for entry in emulator.log)
    assert first == again != other


def test_the_log_tells_requests_in_flight(emulator: Emulator, account: Account) -> None:
    emulator.faults.add(kind="stall", times=3, token=account.token)
    with ThreadPoolExecutor(3) as pool:
        for _unused in range(3):
            pool.submit(Client(emulator.url).get)
        wait_until(lambda: len(emulator.log) == 3)
        Client(emulator.url, "another").get()
        counts = [entry.in_flight for entry in emulator.log]
        emulator.reset()
    assert counts == [1, 2, 3, 1]


def test_nothing_is_left_after_a_reset(api: Client, emulator: Emulator, account: Account) -> None:
    account.add("one")
    emulator.faults.add(kind="status")
    api.get()
    emulator.reset()
    assert (len(emulator.log), emulator.faults.planned) == (0, ())
    assert api.get().status_code == 401
    assert emulator.account(TOKEN).integrations == ()


def test_an_account_is_kept_unless_options_are_given(emulator: Emulator) -> None:
    first = emulator.account("x", seed=2)
    assert emulator.account("x") is first
    again = emulator.account("x", variants=Variants(total="string"))
    assert again is not first
    assert again.integrations == ()


def test_it_listens_as_soon_as_it_is_started_and_not_after_it_was_stopped() -> None:
    emulator = Emulator(limits=Limits.off())
    for _unused in range(2):
        with emulator:
            emulator.account()
            assert Client(emulator.url).get().status_code == 200
        with pytest.raises(requests.ConnectionError, match="refused"):
            Client(emulator.url).get()


def test_a_port_that_is_taken_is_reported_at_once(emulator: Emulator) -> None:
    port = int(emulator.url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"):
        Emulator(port=port).start()


def test_a_stop_ends_stalled_requests() -> None:
    with Emulator() as emulator, ThreadPoolExecutor(3) as pool:
        emulator.account()
        for kind in ("stall", "slow", "drip"):
            emulator.faults.add(kind=kind, delay=3600, times=1)
        pending = [pool.submit(Client(emulator.url).get) for _unused in range(3)]
        wait_until(lambda: len(emulator.log) == 3)
        emulator.stop()
        errors = [one.exception(10) for one in pending]
    assert all(isinstance(error, requests.RequestException) for error in errors)


def test_refusing_lasts_as_long_as_its_context(api: Client, emulator: Emulator) -> None:
    assert api.get().status_code == 200
    with emulator.refusing(), pytest.raises(requests.ConnectionError, match="refused"):
        api.get()
    assert api.get().status_code == 200


def test_it_speaks_tls_and_may_want_a_client_certificate(tmp_path: Path) -> None:
    trustme = pytest.importorskip("trustme")
    authority, client = trustme.CA(), tmp_path / "client.pem"
    certificate = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    authority.issue_cert("me@example.com").private_key_and_cert_chain_pem.write_to_path(client)
    files: dict[str, Any] = {"certfile": tmp_path / "cert.pem", "keyfile": tmp_path / "key.pem"}
    trusted = {"verify": str(tmp_path / "ca.pem")}
    with Emulator(**files, client_ca=tmp_path / "ca.pem") as emulator:
        emulator.account()
        api = Client(emulator.url)
        assert emulator.url.startswith("https://")
        path = "/v1/hood/integrations"
        assert api.send("GET", path, **trusted, cert=str(client)).status_code == 200
        with pytest.raises(requests.exceptions.SSLError):
            Client(emulator.url).send("GET", path, cert=str(client))
        with pytest.raises(requests.ConnectionError):
            Client(emulator.url).send("GET", path, **trusted)
        emulator.faults.add(kind="reset")
        with pytest.raises(requests.ConnectionError):
            api.send("GET", path, **trusted, cert=str(client))


def test_unreadable_certificates_are_reported_at_once(tmp_path: Path) -> None:
    (tmp_path / "bad.pem").write_text("no certificate")
    with pytest.raises((OSError, ssl.SSLError)):
        Emulator(certfile=tmp_path / "bad.pem", keyfile=tmp_path / "bad.pem").start()


def test_seeds_are_the_same_every_time() -> None:
    assert sow(40, seed=7) == sow(40, seed=7)
    assert sow(40, seed=7) != sow(40, seed=8)


def test_seeds_cover_providers_odd_names_inactive_ones_and_missing_settings() -> None:
    account = Account("x")
    added = fill(account, 80)
    assert {one.provider_id for one in added} == {one.id for one in account.providers}
    assert "viber" in {one.name for one in account.providers}
    assert len({one.name for one in added}) == 80
    assert all(1 <= len(one.name) <= 100 for one in added)
    assert {one.status for one in added} == {"active", "inactive"}
    assert any(not one.settings for one in added)


def test_sixty_hold_every_oddity() -> None:
    sown = sow(60)
    values = {value for one in sown for value in one.settings.values()}
    assert set(ODD_VALUES) <= values
    assert set(CLICKED.values()) <= values
    assert set(ODD_NAMES) <= {one.name for one in sown}
    assert any(value == "" for one in sown for key, value in one.settings.items() if key.endswith(("_key", "_token")))
    everywhere = {one.name for one in (*BUILT_IN, VIBER)}
    assert {one.provider for one in sown if one.status == "inactive"} == everywhere
    assert {one.provider for one in sown if one.status == "active"} == everywhere
