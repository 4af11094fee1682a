"""Servers that store names in another form: an integration is never made a second time under the declared one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.awkward import NAMES
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.resilience.strange import CREATE, LateCommits, Trial, created, few
from tests.support.entries import entry
from tests.support.marks import every
from tests.support.runs import declared_settings

AWKWARD = [
    *(declared for declared, _stored in NAMES.values()),
    *('Tom & Jerry\'s "SMS" <EU>', "STRASSE Straße", "İstanbul", "A&amp;B", "5 < 6 > 4", "<script>x</script>SMS"),
    *(
        "Ünïcödé Älérts für Wien",
        "日本のSMS送信",
        "Пароли",
        "\u2066A\u2069",
        "A\u00adB",
        "a\ufe0fb",
        "\U0001f600\U0001f600 B",
    ),
    *("e\u0301t\u00e9", "\u212bngstr\u00f6m", "\ufb01ne", "½ price", "A\u00a0B", "A\u2003B", "Café 😀 & <b>Bar</b>"),
    *(
        "N" * 100,
        "Newsletter of the shop in Vienna, second mailing list of the year 2026 for customers & friends",
    ),
    *("A\u200dB\u200c", "?", "a?b", "…", "100%", "UPPER lower"),
]
# What `prefixed` makes of a name can not be known from it.
FORMS = tuple(form for form in NAMES if form != "prefixed")


def is_storable(name: str) -> bool:
    return name == name.strip()


def trial_of(hood: Emulator, form: str, name: str, **variants: Any) -> Trial:
    declared = {**entry("Mitto"), "name": name}
    trial = Trial(
        hood, [declared, {**entry("Alerts"), "name": "alerts"}], Variants.from_dict({"name_form": form, **variants})
    )
    trial.account.add("other", "mitto", {"api_key": "of-another-one"})
    trial.account.add(" ".join(["long"] * 14), "mitto", {"api_key": "of-a-third-one"})
    return trial


def assert_refused_with_id(trial: Trial) -> None:
    """Run it twice more: where another name is stored each run refuses it, with the id."""
    (stored,) = (one for one in trial.account.integrations if one.settings.get("api_key") == "mitto-secret-AScs8")
    declared = trial.entries[0]["name"]
    for _number in range(2):
        done = trial.run()
        assert not created(trial)
        assert not trial.hood.log.writes()
        if stored.name == declared:
            assert not done.messages
        else:
            (message,) = done.messages
            assert stored.id in message


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("number", every(3, of=range(len(AWKWARD))))
def test_a_name_in_another_form_is_reported_and_never_copied(hood: Emulator, form: str, number: int) -> None:
    trial = trial_of(hood, form, AWKWARD[number])
    trial.run()
    assert_refused_with_id(trial)


LOST: dict[str, dict[str, Any]] = {
    "500": {"kind": "status", "when": "after"},
    "reset": {"kind": "reset", "when": "after"},
    "half a 201": {"kind": "garbled", "when": "after"},
    "empty 201": {"kind": "empty", "when": "after"},
}


@pytest.mark.parametrize("times", [1, None])
@pytest.mark.parametrize("lost", every(2, of=LOST))
@pytest.mark.parametrize("form", FORMS)
def test_after_a_lost_answer_a_name_in_another_form_is_found(
    hood: Emulator, form: str, lost: str, times: int | None
) -> None:
    trial = trial_of(hood, form, NAMES[form][0])
    hood.faults.add(**CREATE, **LOST[lost], times=times)
    trial.run()
    assert len(created(trial)) == 2
    hood.faults.clear()
    assert_refused_with_id(trial)


@pytest.mark.parametrize("lost", every(2, of=LOST))
def test_what_is_new_under_an_unknown_name_stops_the_search(hood: Emulator, lost: str) -> None:
    trial = trial_of(hood, "prefixed", "Mitto")
    trial.entries = trial.entries[:1]
    hood.faults.add(**CREATE, **LOST[lost], times=1)
    (message,) = trial.run().messages
    assert len(created(trial)) == 1
    (stored,) = (one for one in trial.account.integrations if one.name == "acme: Mitto")
    assert f"integration {stored.id} is new there" in message


@pytest.mark.parametrize("variants", [{"list_lag": 2}, {"inactive_in_list": False}, {"settings_in_list": False}])
@pytest.mark.parametrize("form", FORMS)
def test_a_name_in_another_form_on_a_server_that_is_strange_besides(
    hood: Emulator, form: str, variants: dict[str, Any]
) -> None:
    trial = trial_of(hood, form, NAMES[form][0], **variants)
    trial.entries[0]["status"] = "inactive"
    trial.run()
    assert_refused_with_id(trial)


@pytest.mark.parametrize("form", FORMS)
def test_a_late_commit_under_a_name_in_another_form_is_found(hood: Emulator, form: str) -> None:
    trial = trial_of(hood, form, NAMES[form][0])
    LateCommits(hood, trial.account, trial.clock, 7)
    hood.faults.add(**CREATE, kind="status", times=None)
    trial.run()
    assert len(created(trial)) == 2
    hood.faults.clear()
    assert_refused_with_id(trial)


@pytest.mark.parametrize("form", FORMS)
def test_declared_by_its_id_and_its_stored_name_it_is_at_rest(hood: Emulator, form: str) -> None:
    trial = trial_of(hood, form, NAMES[form][0])
    trial.run()
    (stored,) = (one for one in trial.account.integrations if one.settings.get("api_key") == "mitto-secret-AScs8")
    if not is_storable(stored.name):
        pytest.skip("a name with white space at its ends can't be declared")
    trial.entries[0] |= {"id": stored.id, "name": stored.name}
    assert not trial.run().messages
    assert not trial.hood.log.writes()


@pytest.mark.parametrize("form", FORMS)
def test_a_rename_to_a_name_in_another_form_is_reported(hood: Emulator, form: str) -> None:
    trial = trial_of(hood, form, NAMES[form][0])
    one = trial.account.add("Old name", "mitto", declared_settings(trial.entries[0]))
    trial.entries[0]["id"] = one.id
    # It is no failure.
    trial.assert_as_declared = lambda: None  # type: ignore[method-assign]
    for expected in ("another form", "as before it was written"):
        done = trial.run()
        assert done.report is not None
        (reported,) = [warning for warning in done.report.warnings if "name" in warning]
        assert expected in reported


@pytest.mark.parametrize(
    ("declared", "there"),
    [
        *(("SMS Vienna", other) for other in ("SMS Vienna 2", "SMS", "SMS Vien", "SMS-Vienna", "SMS_Vienna")),
        ("Newsletter of the shop in Vienna", "Newsletter of the shop in Graz"),
        ("Newsletter of the shop", "Newsletter of the shop in Vienna"),
        ("A1", "A2"),
        ("Mitto \U0001f600 one", "Mitto two"),
        ("Wien", "Wi?n 2"),
        ("3 > 2", "3 < 2"),
        ("Mitto 1.1", "Mitto 11"),
        ("Bob's SMS", "Bob s SMS"),
        ("Zürich SMS", "Zurich SMS 2"),
        ("SMS Vienna", "sms-vienna-2"),
    ],
)
def test_another_name_is_no_form_of_the_declared_one(hood: Emulator, declared: str, there: str) -> None:
    trial = Trial(hood, [{**entry("Mitto"), "name": declared}])
    trial.account.add(there, "mitto", {"api_key": "of-another-one"})
    assert not trial.three().messages


@pytest.mark.parametrize("form", FORMS)
def test_names_of_another_provider_are_in_nobodys_way(hood: Emulator, form: str) -> None:
    trial = Trial(hood, few())
    trial.account.add(NAMES[form][1], "twilio", {"auth_token": "of-another-one"})
    trial.entries[0]["name"] = NAMES[form][0]
    if trial.account.named(NAMES[form][0]):
        return
    trial.run()
