"""Settings that are tried before they are written: what is a verdict, what is not, and what is written then."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Policy
from ansible_collections.ocamba.hood.plugins.module_utils.task import results
from tests.emulator.accounts import Account
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.support.entries import entry, seven
from tests.support.runs import TOKEN, Done, Runner, assert_exactly, declared_settings

VALIDATE = {"method": "POST", "path": "/integrations/validate"}
REFUSE: dict[str, Any] = {"validate_credentials": True}
SKIP: dict[str, Any] = {**REFUSE, "invalid_credentials": "skip"}
BAD = "mitto-secret-AScs8"


def reported(done: Done) -> dict[str, dict[str, Any]]:
    assert done.report is not None, done.error
    return {one["name"]: one for one in results.plural(done.report)["integrations"]}


def writes(hood: Emulator) -> list[Any]:
    return [call for call in hood.log.writes() if not call.path.endswith("/validate")]


def with_old_ones(account: Account) -> None:
    for name in ("Old", "Older"):
        account.add(name=name, provider="mitto", settings={"api_key": "a", "sender_name": "b"})


def test_each_is_reported_and_nothing_is_written_if_one_is_refused(hood: Emulator) -> None:
    hood.account(TOKEN).bad_credentials.add(BAD)
    done = Runner(hood.url, seven(), options=REFUSE).run(Policy(unmanaged="report"))
    (message,) = done.messages
    assert message.startswith("integrations[1] (Mitto): its settings do not work: Hood answered 400")
    assert message.endswith("nothing was written")
    described = reported(done)
    assert {name: one["credentials"] for name, one in described.items()} == {
        one["name"]: "refused" if one["name"] == "Mitto" else "accepted" for one in seven()
    }
    assert [name for name, one in described.items() if not one["held_back"]] == ["Mitto"]
    assert not done.changed
    assert not writes(hood)
    assert len(hood.log.calls(method="POST")) == 7


def test_what_is_bad_is_skipped_and_the_others_are_written_but_nothing_is_deactivated(hood: Emulator) -> None:
    account = hood.account(TOKEN)
    with_old_ones(account)
    account.bad_credentials.add(BAD)
    done = Runner(hood.url, seven(), options=SKIP).run(Policy(unmanaged="deactivate"))
    described = reported(done)
    assert described["Mitto"]["action"] == "failed"
    assert described["Mitto"]["credentials"] == "refused"
    assert described["Mitto"]["error"].startswith("its settings do not work: Hood answered 400")
    assert [one["action"] for one in described.values()].count("created") == 6
    assert described["Older"]["held_back"]
    assert {one.status for one in account.integrations} == {"active"}
    assert not account.named("Mitto")
    assert done.changed
    assert any(message.startswith("integrations[1] (Mitto): its settings do not work") for message in done.messages)

    account.bad_credentials.clear()
    assert not Runner(hood.url, seven(), options=SKIP).run(Policy(unmanaged="deactivate")).messages
    assert account.one("Older").status == "inactive"
    assert len(account.named("Mitto")) == 1


NO_VERDICTS: dict[str, dict[str, Any]] = {
    **{str(status): {"kind": "status", "status": status} for status in (403, 404, 409, 500, 503)},
    "echo 502": {"kind": "status", "status": 502, "form": "html"},
    "429": {"kind": "status", "status": 429, "headers": {"Retry-After": "86400"}},
    "reset": {"kind": "reset"},
    "cut": {"kind": "cut"},
    "stall": {"kind": "stall", "delay": 20},
    "a page": {"kind": "html"},
}


@pytest.mark.parametrize("fault", NO_VERDICTS.values(), ids=NO_VERDICTS)
@pytest.mark.parametrize("options", [REFUSE, SKIP], ids=["refuse", "skip"])
def test_what_says_nothing_about_the_settings_is_no_verdict(
    hood: Emulator, fault: dict[str, Any], options: dict[str, Any]
) -> None:
    account = hood.account(TOKEN, limits=Limits.off(), variants=Variants(validate_status=200))
    hood.faults.add(**VALIDATE, **fault, times=None)
    timeout = 0.2 if fault["kind"] == "stall" else 5.0
    done = Runner(hood.url, [entry("Mitto")], options=options, timeout=timeout).run()
    one = reported(done)["Mitto"]
    assert one["credentials"] == "untried"
    assert one["error"].startswith("its settings could not be tried: ")
    assert "do not work" not in done.messages[0]
    assert not account.integrations
    assert not writes(hood)


@pytest.mark.parametrize("status", [400, 422])
def test_a_plain_no_is_a_verdict(hood: Emulator, status: int) -> None:
    hood.faults.add(**VALIDATE, kind="status", status=status, times=None)
    done = Runner(hood.url, [entry("Mitto")], options=REFUSE).run()
    assert reported(done)["Mitto"]["credentials"] == "refused"
    assert len(hood.log.calls(method="POST")) == 1


def test_one_that_could_not_be_tried_holds_the_others_back_unless_it_is_skipped(hood: Emulator) -> None:
    account = hood.account(TOKEN)
    fault = {**VALIDATE, "kind": "status", "status": 403, "nth": 2, "times": 1}
    hood.faults.add(**fault)
    refused = Runner(hood.url, seven(), options=REFUSE, parallel=1).run()
    assert refused.messages[0].startswith("integrations[1] (Mitto): its settings could not be tried")
    assert not account.integrations
    hood.faults.clear()
    hood.faults.add(**fault)
    skipped = Runner(hood.url, seven(), options=SKIP, parallel=1).run()
    assert reported(skipped)["Mitto"]["action"] == "failed"
    assert len(account.integrations) == 6


def test_a_new_name_or_status_alone_is_not_tried(hood: Emulator) -> None:
    account = hood.account(TOKEN)
    stored = account.add(name="Old", provider="mitto", settings=declared_settings(entry("Mitto")))
    account.bad_credentials.add(BAD)
    declared = {**entry("Mitto"), "id": stored.id, "status": "inactive"}
    done = Runner(hood.url, [declared], options=REFUSE).run()
    assert not done.messages
    assert reported(done)["Mitto"]["credentials"] is None
    assert [call.method for call in hood.log.writes()] == ["PATCH"]


def test_an_update_is_tried_with_all_that_would_be_stored(hood: Emulator) -> None:
    account = hood.account(TOKEN, limits=Limits.off(), variants=Variants(secrets="clear"))
    account.add(name="Newsletter", provider="custom_email", settings=declared_settings(entry("Newsletter")))
    password = declared_settings(entry("Newsletter"))["password"]
    declared = {"name": "Newsletter", "provider": "custom_email", "settings": {"port": 25, "password": password}}
    assert not Runner(hood.url, [declared], options=REFUSE).run().messages
    (tried,) = (call.body for call in hood.log.calls(method="POST"))
    assert isinstance(tried, dict)
    assert tried["settings"] == {**declared_settings(entry("Newsletter")), "port": "25"}
    assert tried["name"] == "Newsletter"


def test_a_secret_that_only_reading_back_showed_to_be_missing_is_tried_too(hood: Emulator) -> None:
    """The first secret of an account proves that it shows them, and so that an older one is missing."""
    account = hood.account(TOKEN, limits=Limits.off(), variants=Variants(secrets="clear"))
    settings = declared_settings(entry("Mitto"))
    secret = settings.pop("api_key")
    account.add(name="Mitto", provider="mitto", settings=settings)
    account.bad_credentials.add(secret)
    done = Runner(hood.url, [entry("Mitto"), entry("Alerts")], options=REFUSE).run()
    assert "its settings do not work" in done.messages[0]
    assert account.one("Mitto").settings == settings
    account.bad_credentials.clear()
    assert not Runner(hood.url, [entry("Mitto"), entry("Alerts")], options=REFUSE).run().messages
    assert_exactly(account, [entry("Mitto"), entry("Alerts")])
