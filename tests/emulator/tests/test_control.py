"""The control API, as another process would use it."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.emulator import Emulator, Variants
from tests.emulator.tests.client import Client


@pytest.fixture
def control(emulator: Emulator) -> Client:
    return Client(emulator.url, None)


def put(control: Client, token: str = "ci", **body: Any) -> requests.Response:
    """PUT of an account."""
    return control.send("PUT", f"/_emulator/accounts/{token}", json=body)


def test_an_account_is_made_with_everything_it_shall_have(control: Client) -> None:
    answer = put(
        control,
        variants={"secrets": "clear"},
        limits="off",
        providers=[{"id": "77", "name": "fax", "type": "fax", "settings": [{"name": "pin", "secret": True}]}],
        integrations=[{"name": "Fax", "provider": "fax", "settings": {"pin": "1234"}, "id": "5"}],
        bad_credentials=["bad"],
        seed=3,
    )
    assert answer.status_code == 201
    api = Client(control.url, "ci")
    assert len(api.items()) == 4
    assert api.get("/integrations/5").json()["settings"] == {"pin": "1234"}
    assert "X-RateLimit-Limit" not in api.get().headers


def test_putting_an_account_again_begins_it_anew(control: Client) -> None:
    put(control, seed=3)
    put(control)
    assert Client(control.url, "ci").items() == []


def test_the_state_of_an_account_has_its_secrets_in_clear(control: Client) -> None:
    put(control, integrations=[{"name": "M", "provider": "mitto", "settings": {"api_key": "secret"}}])
    state = control.send("GET", "/_emulator/accounts/ci").json()
    assert state["integrations"][0]["settings"] == {"api_key": "secret"}
    assert state["variants"] == Variants().to_dict()
    assert (state["access"], state["notifications"]) == ("granted", [])
    assert control.send("GET", "/_emulator/accounts/nobody").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"variant": {}},
        {"variants": {"secrets": "x"}},
        {"variants": []},
        {"limits": "some"},
        {"limits": {"per_second": "ten"}},
        {"access": "maybe"},
        {"providers": [{"name": "x"}]},
        {"providers": [{"id": "1", "name": "x", "type": "x", "settings": [{"key": 1}]}]},
        {"providers": {}},
        {"integrations": [{"name": "x", "provider": "nobody"}]},
        {"integrations": [{"name": "x", "id": "abc"}]},
        {"integrations": [{"title": "x"}]},
        {"bad_credentials": "text"},
        {"seed": "many"},
    ],
    ids=str,
)
def test_a_wrong_account_is_reported_and_not_made(control: Client, body: dict[str, Any]) -> None:
    answer = put(control, **body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert control.send("GET", "/_emulator/accounts/ci").status_code == 404


def test_a_body_that_is_no_json_is_a_400(control: Client) -> None:
    assert control.send("PUT", "/_emulator/accounts/ci", data=b"{").status_code == 400


def test_the_log_is_read_and_cleared(control: Client) -> None:
    put(control, "a")
    put(control, "b")
    Client(control.url, "a").create()
    Client(control.url, "b").get(page="1,2")
    log = control.send("GET", "/_emulator/log").json()
    assert log["total"] == 2
    assert [(one["method"], one["token"], one["status"]) for one in log["items"]] == [
        ("POST", "a", 201),
        ("GET", "b", 200),
    ]
    mine = control.send("GET", "/_emulator/log", params={"token": "b"}).json()
    assert [one["query"] for one in mine["items"]] == [{"page": "1,2"}]
    assert control.send("DELETE", "/_emulator/log").status_code == 204
    assert control.send("GET", "/_emulator/log").json()["total"] == 0


def test_control_calls_are_neither_logged_nor_limited_nor_struck(control: Client, emulator: Emulator) -> None:
    control.send("POST", "/_emulator/faults", json={"kind": "status", "times": None})
    assert {control.send("GET", "/_emulator/health").status_code for _unused in range(20)} == {200}
    assert len(emulator.log) == 0


def test_faults_are_queued_read_and_cleared(control: Client) -> None:
    put(control)
    faults = [{"kind": "status", "status": 503}, {"kind": "status", "status": 502}]
    assert control.send("POST", "/_emulator/faults", json=faults).json() == {"added": 2}
    api = Client(control.url, "ci")
    assert api.get().status_code == 503
    reported = control.send("GET", "/_emulator/faults").json()["items"]
    assert [(one["status"], one["seen"], len(one["hits"])) for one in reported] == [(503, 1, 1), (502, 1, 0)]
    assert control.send("DELETE", "/_emulator/faults").status_code == 204
    assert api.get().status_code == 200


def test_one_wrong_fault_of_several_queues_none(control: Client, emulator: Emulator) -> None:
    faults = [{"kind": "status"}, {"kind": "explode"}]
    assert control.send("POST", "/_emulator/faults", json=faults).status_code == 400
    assert emulator.faults.planned == ()


def test_variants_are_set_for_all_accounts_and_those_to_come(control: Client) -> None:
    put(control, "a", integrations=[{"name": "x"}])
    variants = control.send("PUT", "/_emulator/variants", json={"total": "string"}).json()
    assert variants == control.send("GET", "/_emulator/variants").json()
    put(control, "b")
    totals = [Client(control.url, token).get().json()["total"] for token in "ab"]
    assert totals == ["1", "0"]


def test_variants_are_set_for_one_account(control: Client) -> None:
    put(control, "a")
    put(control, "b")
    control.send("PUT", "/_emulator/variants", params={"token": "a"}, json={"total": "string"})
    assert [Client(control.url, token).get().json()["total"] for token in "ab"] == ["0", 0]
    assert control.send("PUT", "/_emulator/variants", json={"totals": "x"}).status_code == 400
