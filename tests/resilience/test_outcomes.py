"""What becomes of a run when the account or the token does something unforeseen in its middle."""

from __future__ import annotations

from time import time
from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.api.connection import Connection
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import read
from ansible_collections.ocamba.hood.plugins.module_utils.errors import UNCLEAR, HoodError
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile import engine
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.steps import Policy
from ansible_collections.ocamba.hood.plugins.module_utils.task import results
from tests.emulator.accounts import Account
from tests.emulator.limits import Limits
from tests.emulator.log import LogEntry
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.support.entries import entry, seven
from tests.support.runs import TOKEN, Done, Runner, assert_exactly, declared_settings

POST = {"method": "POST", "path": "/integrations"}


def test_a_token_that_is_refused_in_the_middle_stops_the_run(hood: Emulator) -> None:
    hood.faults.add(**POST, kind="status", status=401, nth=3, times=None)
    done = Runner(hood.url, seven(), parallel=1).run()
    assert len(hood.log.calls(method="POST")) == 3
    assert done.changed
    assert done.report is not None
    actions = [described["action"] for described in results.plural(done.report)["integrations"]]
    assert actions == ["created"] * 2 + ["failed"] * 5
    assert sum("not tried, as Hood refused the token" in message for message in done.messages) == 4


@pytest.mark.parametrize("already_there", [False, True])
def test_the_first_declared_of_each_type_is_made_first_as_it_may_become_the_default(
    hood: Emulator, already_there: bool
) -> None:
    account = hood.account(TOKEN)
    if already_there:
        account.add(name="Older", provider="mitto", settings={"api_key": "k", "sender_name": "Older"})
    hood.faults.add(**POST, kind="slow", when="before", delay=0.3, times=3)
    assert not Runner(hood.url, seven()).run().messages
    defaults = {one.type: one.name for one in account.integrations if one.is_default}
    firsts: dict[str, str] = {"sms": "Older"} if already_there else {}
    for declared in seven():
        firsts.setdefault(account.named(declared["name"])[0].type, declared["name"])
    assert defaults == firsts


def test_a_token_that_is_refused_while_trying_credentials_ends_the_run(hood: Emulator) -> None:
    hood.faults.add(method="POST", path="/integrations/validate", kind="status", status=401, times=None)
    done = Runner(hood.url, seven(), options={"validate_credentials": True}).run()
    assert "401" in str(done.error)
    assert not hood.account(TOKEN).integrations


def test_a_validation_that_answers_200_and_says_no_is_a_no(hood: Emulator) -> None:
    body = {"valid": False, "message": "The key is wrong", "trace_id": "t-1"}
    hood.faults.add(method="POST", path="/integrations/validate", kind="json", body=body, times=None)
    done = Runner(hood.url, [entry("Mitto")], options={"validate_credentials": True}).run()
    assert "The key is wrong" in done.messages[0]
    assert "trace_id t-1" in done.messages[0]
    assert not hood.account(TOKEN).integrations


def test_what_somebody_else_made_meanwhile_is_adopted_and_brought_to_what_is_declared(hood: Emulator) -> None:
    account = hood.account(TOKEN)

    def somebody(call: LogEntry) -> None:
        if call.method == "POST" and not account.named("Mitto"):
            account.add(name="Mitto", provider="mitto", settings={"api_key": "other", "sender_name": "Other"})

    hood.log.on_end = somebody
    try:
        hood.faults.add(**POST, kind="close", when="before", times=1)
        done = Runner(hood.url, [entry("Mitto")]).run()
    finally:
        hood.log.on_end = None
    assert not done.messages
    assert_exactly(account, [entry("Mitto")])
    assert len(hood.log.calls(method="POST")) == 1


def test_a_double_found_while_looking_for_a_lost_creation_is_reported(hood: Emulator) -> None:
    account = hood.account(TOKEN)

    def somebody(call: LogEntry) -> None:
        if call.method == "POST":
            account.add(name="Mitto", provider="mitto", settings={"api_key": "other"})

    hood.log.on_end = somebody
    try:
        hood.faults.add(**POST, kind="close", when="after", times=1)
        done = Runner(hood.url, [entry("Mitto")]).run()
    finally:
        hood.log.on_end = None
    assert all(duplicate.id in done.messages[0] for duplicate in account.named("Mitto"))
    assert len(account.named("Mitto")) == 2
    assert done.changed


PATCH = {"method": "PATCH", "path": "/integrations/*"}
LOST = (
    {"kind": "status", "status": 500, "when": "after"},
    {"kind": "status", "status": 520, "when": "after"},
    {"kind": "close", "when": "after"},
    {"kind": "html", "when": "after"},
)


def _updating(hood: Emulator, policy: Policy, secrets: str, **changes: str) -> tuple[Account, Done]:
    """Update an integration of an account that is otherwise as declared."""
    account = hood.account(TOKEN, variants=Variants.from_dict({"secrets": secrets}), limits=Limits.off())
    declared = entry("Newsletter")
    with pytest.MonkeyPatch.context() as past:
        # Times have seconds: an update within the same one would show none.
        past.setattr(account, "_clock", lambda: time() - 3600)
        account.add(name="Newsletter", provider="custom_email", settings=declared_settings(declared))
    declared["settings"].update(changes)
    return account, Runner(hood.url, [declared]).run(policy)


@pytest.mark.parametrize("fault", LOST, ids=str)
def test_an_update_that_was_carried_out_although_every_answer_was_lost_is_one(
    hood: Emulator, fault: dict[str, Any]
) -> None:
    hood.faults.add(**PATCH, **fault, times=None)
    account, done = _updating(hood, Policy(), "clear", port="2525")
    assert not done.messages
    assert done.changed
    assert account.one("Newsletter").settings["port"] == "2525"


@pytest.mark.parametrize("fault", LOST, ids=str)
def test_an_update_that_was_not_carried_out_is_unclear_and_no_change(hood: Emulator, fault: dict[str, Any]) -> None:
    hood.faults.add(**PATCH, **{**fault, "when": "before"}, times=None)
    account, done = _updating(hood, Policy(), "clear", port="2525")
    assert done.report
    assert [outcome.reason_code for outcome in done.report.outcomes] == [UNCLEAR]
    assert not done.changed
    assert account.one("Newsletter").settings["port"] == "587"


def test_where_only_the_time_tells_of_an_update_it_fails_and_counts_as_a_change(hood: Emulator) -> None:
    """Somebody else may have written at the same time, so it is not known whether the secret is stored."""
    hood.faults.add(**PATCH, **LOST[0], times=None)
    _account, done = _updating(hood, Policy(update_secrets="always"), "masked", password="another-password")
    assert done.report
    assert [outcome.reason_code for outcome in done.report.outcomes] == [UNCLEAR]
    assert done.changed


def test_a_hidden_secret_that_was_not_written_is_unclear_and_no_change(hood: Emulator) -> None:
    hood.faults.add(**PATCH, **{**LOST[0], "when": "before"}, times=None)
    account, done = _updating(hood, Policy(update_secrets="always"), "masked", password="another-password")
    assert done.report
    assert [outcome.reason_code for outcome in done.report.outcomes] == [UNCLEAR]
    assert not done.changed
    assert account.one("Newsletter").settings["password"] != "another-password"


def test_an_update_whose_first_answer_was_lost_is_unclear_whatever_the_last_try_came_to(hood: Emulator) -> None:
    hood.faults.add(**PATCH, **LOST[0], times=1)
    hood.faults.add(**PATCH, kind="status", status=400, times=None)
    account, done = _updating(hood, Policy(), "clear", port="2525")
    assert account.one("Newsletter").settings["port"] == "2525"
    assert not done.messages
    assert done.changed


def test_a_deactivation_that_was_carried_out_although_its_answer_was_lost_is_one(hood: Emulator) -> None:
    account = hood.account(TOKEN, limits=Limits.off())
    for declared in seven():
        account.add(name=declared["name"], provider=declared["provider"], settings=declared_settings(declared))
    account.add(name="Old", provider="mitto", settings={"api_key": "key-of-old", "sender_name": "Old"})
    hood.faults.add(**PATCH, **LOST[0], times=None)
    done = Runner(hood.url, seven()).run(Policy(unmanaged="deactivate"))
    assert not done.messages
    assert done.changed
    assert account.one("Old").status == "inactive"


def test_a_server_that_changes_names_is_reported(hood: Emulator) -> None:
    account = hood.account(TOKEN)

    def shorten(call: LogEntry) -> None:
        if call.method == "POST":
            made = account.one("Mitto")
            account.edit(made.id, name="Mit")

    hood.log.on_end = shorten
    try:
        done = Runner(hood.url, [entry("Mitto")]).run()
    finally:
        hood.log.on_end = None
    assert "under another name" in done.messages[0]
    assert account.one("Mit").id in done.messages[0]


def test_a_limit_that_never_ends_gives_up(hood: Emulator) -> None:
    hood.faults.add(method="GET", kind="status", status=429, headers={"Retry-After": "1"}, times=None)
    done = Runner(hood.url, [entry("Mitto")]).run()
    assert "Another client uses up the limits" in str(done.error)


def test_a_server_that_refuses_large_pages_is_asked_for_its_own(hood: Emulator) -> None:
    variants = Variants(page_over_cap="refuse", page_cap=3, page_default=2)
    account = hood.account(TOKEN, limits=Limits.off(), variants=variants)
    runner = Runner(hood.url, seven())
    assert not runner.run().messages
    hood.log.clear()
    assert not runner.run().changed
    assert_exactly(account, seven())
    refused, pages = 2, 4
    assert len(list(hood.log)) == refused + pages


def test_any_other_refusal_of_the_list_is_reported_at_once(hood: Emulator) -> None:
    hood.faults.add(method="GET", kind="status", status=403, times=None)
    assert "403" in str(Runner(hood.url, seven()).run().error)
    assert len(list(hood.log)) == 1


def test_the_provider_is_asked_for_where_an_integration_does_not_show_it(hood: Emulator) -> None:
    account = hood.account(TOKEN)
    account.add(name="Mitto", provider="mitto", settings=declared_settings(entry("Mitto")))
    hidden = {"method": "GET", "path": "/integrations", "kind": "edit", "remove": ("items.0.provider",), "times": None}
    hood.faults.add(**hidden)
    assert not Runner(hood.url, [entry("Mitto")]).run().changed
    assert [call.path.rsplit("/", 1)[-1] for call in hood.log] == ["integrations", "providers"]
    other = {**entry("Alerts"), "name": "Mitto"}
    assert "can't be changed" in Runner(hood.url, [other]).run().messages[0]


def test_localhost_may_be_plain_http(hood: Emulator) -> None:
    assert not Connection(hood.url.replace("127.0.0.1", "localhost"), TOKEN).check()


def test_a_url_that_can_not_be_asked_is_reported_without_it() -> None:
    connection = Connection("https://h\u00e4.." + "x" * 70, "token-canary", max_wait=0.01)
    declared = read([entry("Mitto")]).entries
    with pytest.raises(HoodError) as failure:
        engine.run(engine.Run(declared, connection))
    assert "token-canary" not in str(failure.value)


def test_a_failure_leaves_what_is_not_declared_alone(hood: Emulator) -> None:
    account = hood.account(TOKEN)
    for name in ("Old", "Older"):
        account.add(name=name, provider="mitto", settings={"api_key": "a"})
    hood.faults.add(**POST, kind="status", status=400, times=1)
    done = Runner(hood.url, seven()).run(Policy(unmanaged="deactivate"))
    assert any("not tried, as something before it failed" in message for message in done.messages)
    assert {one.status for one in account.integrations} == {"active"}


def failing_read_back(hood: Emulator) -> dict[str, Any]:
    return {"method": "GET", "path": "/integrations", "nth": 3, "times": None, "kind": "status", "status": 403}


def test_a_read_back_that_fails_is_reported_and_the_creations_stand(hood: Emulator) -> None:
    hood.faults.add(**failing_read_back(hood))
    done = Runner(hood.url, seven()).run()
    assert done.changed
    assert len(done.messages) == 7
    assert all("it was written, but reading it back failed" in message for message in done.messages)
    hood.faults.clear()
    assert not Runner(hood.url, seven()).run().changed


DEACTIVATE = Policy(unmanaged="deactivate")
UPDATE = {"method": "PATCH", "path": "/integrations/*"}
LIST = {"method": "GET", "path": "/integrations"}


def _old_and_new(hood: Emulator) -> tuple[Account, list[dict[str, Any]]]:
    """An account whose undeclared "Old" is to be deactivated, and what activates "New" in its place."""
    account = hood.account(TOKEN, limits=Limits.off())
    settings = {"api_key": "mitto-secret-one", "sender_name": "Example"}
    account.add("First", "mitto", settings)
    account.add("Old", "mitto", settings)
    account.add("New", "mitto", settings, status="inactive")
    first = {"name": "First", "provider": "mitto"}
    return account, [first, {"name": "New", "provider": "mitto", "status": "active"}]


def _statuses(account: Account) -> dict[str, str]:
    return {one.name: one.status for one in account.integrations}


def test_nothing_is_deactivated_after_an_activation_that_was_not_carried_out(hood: Emulator) -> None:
    account, entries = _old_and_new(hood)
    hood.faults.add(**UPDATE, kind="empty", status=204, when="before", times=1)
    done = Runner(hood.url, entries).run(DEACTIVATE)
    assert any("Hood took the status active, and still shows inactive" in message for message in done.messages)
    assert _statuses(account) == {"First": "active", "Old": "active", "New": "inactive"}
    assert done.report is not None
    described = {one["name"]: one for one in results.plural(done.report)["integrations"]}
    assert described["New"]["status"] == "inactive"
    assert described["New"]["reason_code"] == "not_confirmed"
    assert described["Old"]["held_back"]


def test_nothing_is_deactivated_where_what_was_written_can_not_be_read_back(hood: Emulator) -> None:
    account, entries = _old_and_new(hood)
    hood.faults.add(**LIST, kind="status", status=403, nth=2, times=None)
    done = Runner(hood.url, entries).run(DEACTIVATE)
    assert any("could not be read back" in message for message in done.messages)
    assert _statuses(account)["Old"] == "active"


def test_what_became_a_default_meanwhile_is_not_deactivated(hood: Emulator) -> None:
    account, entries = _old_and_new(hood)
    hood.faults.add(**LIST, kind="edit", nth=2, times=None, body={"items.1.is_default": True})
    done = Runner(hood.url, entries).run(DEACTIVATE)
    assert any("the account's default has changed meanwhile" in message for message in done.messages)
    assert _statuses(account) == {"First": "active", "Old": "active", "New": "active"}


def test_a_deactivation_that_is_not_carried_out_is_a_failure(hood: Emulator) -> None:
    account, entries = _old_and_new(hood)
    hood.faults.add(**UPDATE, kind="empty", status=204, when="before", times=None)
    done = Runner(hood.url, entries[:1]).run(DEACTIVATE)
    assert any("still shows active" in message for message in done.messages)
    assert _statuses(account)["Old"] == "active"


def test_conflicts_are_explained_by_one_more_reading(hood: Emulator) -> None:
    """Somebody else makes all of them at the same time."""
    account = hood.account(TOKEN, limits=Limits.off(), variants=Variants(duplicate_names="refuse"))
    entries = [{**entry("Mitto"), "name": f"Name {number}"} for number in range(30)]

    def make(call: LogEntry) -> None:
        if call.path.endswith("/providers"):
            for one in entries:
                account.add(one["name"], "mitto", declared_settings(one))

    hood.log.on_end = make
    try:
        done = Runner(hood.url, entries).run()
    finally:
        hood.log.on_end = None
    assert len(done.messages) == 30
    for message, held in zip(done.messages, account.integrations):
        assert f"Integration {held.id} has this name; declare its very name, or its id" in message
    assert len(hood.log.calls(method="GET", path="/v1/hood/integrations")) <= 5


def test_a_conflict_of_another_entry_does_not_hide_what_was_created(hood: Emulator) -> None:
    account = hood.account(TOKEN, limits=Limits.off(), variants=Variants(name_form="lower", created="empty"))
    hood.faults.add(**POST, nth=2, kind="status", status=409, times=1)
    entries = [{**entry("Mitto"), "name": "ALPHA"}, {**entry("Twilio EU"), "name": "TAKEN"}]
    created, refused = Runner(hood.url, entries, parallel=1).run().messages
    assert f"Hood stored {account.one('alpha').id} under another name" in created
    assert "Hood answered 409" in refused


def test_what_is_gone_does_not_hide_what_was_carried_out(hood: Emulator) -> None:
    account = hood.account(TOKEN, limits=Limits.off())
    entries = [{**entry("Mitto"), "name": f"Name {number}"} for number in range(2)]
    held = [account.add(one["name"], "mitto", {"api_key": "a", "sender_name": "Old"}) for one in entries]
    for one, when in zip(held, ("before", "after")):
        fault = {"kind": "status", "status": 503, "form": "html", "when": when, "times": None}
        hood.faults.add(method="PATCH", path=f"/integrations/{one.id}", **fault)
    hood.faults.add(method="GET", path=f"/integrations/{held[0].id}", times=None, kind="status", status=404)
    done = Runner(hood.url, entries).run()
    assert len(done.messages) == 1
    assert done.changed


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_creation_beside_one_of_a_like_name_is_repeated_or_found(hood: Emulator, when: Any) -> None:
    account = hood.account(TOKEN, limits=Limits.off())
    entries = [{**entry("Mitto"), "name": name} for name in ("Campaign Germany", "Campaign Germany North")]
    account.add("Campaign Germany", "mitto", declared_settings(entries[0]))
    hood.faults.add(**POST, kind="status", status=503, form="html", when=when, times=1)
    assert not Runner(hood.url, entries).run().messages
    assert_exactly(account, entries)


@pytest.mark.parametrize("created", ["object", "empty"])
def test_another_creation_is_not_taken_for_the_one_that_is_looked_for(hood: Emulator, created: Any) -> None:
    """The list shows the other one alone, for as long as it is read."""
    account = hood.account(TOKEN, limits=Limits.off(), variants=Variants(created=created))
    entries = [{**entry("Mitto"), "name": name} for name in ("Campaign Germany", "Campaign Germany North")]
    shown = {"id": "1161", "provider_id": "1040", "type": "sms", "status": "active", **entries[0]}
    body = {"total": 1, "items": [shown]}
    hood.faults.add(method="GET", path="/integrations", nth=4, times=None, kind="json", body=body)
    done = Runner(hood.url, entries, parallel=1).run()
    assert [one.id for one in account.integrations] == ["1161", "1162"]
    assert done.messages
    assert not any("under another name" in message for message in done.messages)


def test_a_default_that_only_a_reading_by_id_shows_has_not_changed(hood: Emulator) -> None:
    account = hood.account(
        TOKEN, limits=Limits.off(), variants=Variants(default_form="absent", default_form_by_id=False)
    )
    account.add("First", "mitto", {"api_key": "a"})
    account.add("Old", "mitto", {"api_key": "a"})
    declared = [{"name": "First", "provider": "Mitto"}, entry("Mitto")]
    done = Runner(hood.url, declared).run(Policy(unmanaged="deactivate"))
    assert not done.messages
    assert account.one("Old").status == "inactive"
