"""What is measured, and the bar that each ratio has to stay under."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from tests.benchmarks.contenders import PLAYBOOK, TOKEN, Ways, declared
from tests.benchmarks.stopwatch import Contender, Measured, Stopwatch
from tests.emulator.limits import Limits
from tests.emulator.server import Emulator


@dataclass(frozen=True)
class Ratio:
    """One figure with its bar: `value` must be at most `most`."""

    text: str
    value: float
    most: float

    @property
    def is_held(self) -> bool:
        return self.value <= self.most


@dataclass
class Scenario:
    """One table: the contenders of one job, and what their ratios say."""

    title: str
    measured: list[Measured]
    ratios: list[Ratio] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True)
class Bench:
    """Everything that a scenario needs."""

    hood: Emulator
    watch: Stopwatch
    folder: Path
    rounds: int

    def account(self, entries: list[dict[str, Any]], token: str = TOKEN, limits: Limits | None = None) -> None:
        account = self.hood.account(token, limits=limits or Limits.off())
        for entry in entries:
            settings = {key: str(value) for key, value in entry["settings"].items()}
            account.add(entry["name"], entry["provider"], settings)

    def ways(self, entries: list[dict[str, Any]], held: list[dict[str, Any]], limits: Limits | None = None) -> Ways:
        """The ways to apply entries to an account that holds some."""
        return Ways(self.folder, entries, lambda: self.account(held, limits=limits))


def nothing_to_change(bench: Bench) -> Scenario:
    entries = declared(200)
    ways = bench.ways(entries, entries)
    plural, one, ping, bare, alone = measured = bench.watch.race(
        [ways.plural(), ways.one(), ways.ping(), ways.bare(), ways.ping_alone()], bench.rounds
    )
    ratios = [
        Ratio("200 entries against ping with the same variables", plural.seconds / ping.seconds, 1.25),
        Ratio("the same by processor time", plural.cpu / ping.cpu, 1.25),
        Ratio("200 entries against ping without variables", plural.seconds / alone.seconds, 1.25),
        Ratio("one entry against ping with the same variables", one.seconds / ping.seconds, 1.25),
        Ratio("requests against pages of 100", plural.requests / 2, 1.0),
    ]
    more = plural.seconds - ping.seconds
    note = f"{plural.name} takes {more:.2f} s more than ping, and the bare script {bare.seconds:.2f} s in all"
    return Scenario("200 integrations, nothing to change", measured, ratios, note)


def creations(bench: Bench) -> Scenario:
    entries = declared(30)
    ways = bench.ways(entries, [])
    contenders = [ways.plural(), ways.bare(), ways.uri(), ways.uri_each(), ways.loop(), ways.asynchronous()]
    plural, _bare, uri, each, loop, _jobs = measured = bench.watch.race(contenders, max(2, bench.rounds // 2))
    ratios = [
        Ratio("against uri with one look-up", plural.seconds / uri.seconds, 1 / 11),
        Ratio("against uri with a look-up each", plural.seconds / each.seconds, 1 / 11),
        Ratio("against ocamba_integration in a loop", plural.seconds / loop.seconds, 1 / 11),
    ]
    return Scenario("30 integrations to create", measured, ratios)


def growth(bench: Bench) -> Scenario:
    measured = []
    for count in (20, 200, 2000):
        entries = declared(count)
        contender = bench.ways(entries, entries).plural(f"{count} entries")
        measured += bench.watch.race([contender], max(3, bench.rounds // 2))
    ratios = [
        Ratio("2,000 entries against 200", measured[2].seconds / measured[1].seconds, 4.0),
        Ratio("peak memory with 2,000 entries, of 150 MB", measured[2].memory / 150, 1.0),
    ]
    return Scenario("Nothing to change, more and more entries", measured, ratios)


def latency(bench: Bench) -> Scenario:
    entries = declared(100)
    slow = replace(Limits.off(), latency=0.15)
    free = bench.ways(entries, [], slow)
    one, four = bench.watch.race(
        [free.plural(f"{count} at once", parallel_requests=count) for count in (1, 4)], max(2, bench.rounds // 3)
    )
    kept = bench.ways(entries, [], Limits(latency=0.15))
    limited, ping = bench.watch.race([kept.plural("4 at once, 10 a second"), kept.ping()], max(2, bench.rounds // 3))
    floor = limited.requests / 10
    ratios = [
        Ratio("4 at once against 1, without limits", four.seconds / one.seconds, 1 / 2.5),
        Ratio("10 a second: against its floor, without Ansible", (limited.seconds - ping.seconds) / floor, 1.2),
        Ratio("10 a second: requests that were refused", limited.limited, 0),
    ]
    return Scenario("100 creations, 150 ms a request", [one, four, limited, ping], ratios)


def accounts(bench: Bench) -> Scenario:
    entries = declared(50)
    tokens = [f"token-of-account-{number:03d}" for number in range(20)]

    def prepare() -> None:
        for token in tokens:
            bench.account(entries, token)

    side_by_side = _accounts(bench, tokens, entries, prepare)
    one, ten = measured = bench.watch.race([side_by_side(1), side_by_side(10)], max(2, bench.rounds // 3))
    ratios = [
        Ratio("forks 10 against 1, on two cores", ten.seconds / one.seconds, 1 / 2 + 0.1),
        Ratio("forks 10 against its own processor time on two cores", ten.seconds / (ten.cpu / 2), 1.25),
    ]
    note = (
        f"{ten.cpu:.1f} s of processor time are at least {ten.cpu / 2:.1f} s on two cores, and {ten.cpu / 10:.1f} s on"
        f" ten: {ten.cpu / 10 / one.seconds:.2f} × the time of one after the other"
    )
    return Scenario("20 accounts of 50 integrations, nothing to change", measured, ratios, note)


def _accounts(
    bench: Bench, tokens: list[str], entries: list[dict[str, Any]], prepare: Callable[[], None]
) -> Callable[[int], Contender]:
    inventory = bench.folder / "accounts.yml"
    hosts = {f"account_{number}": {"ocamba_api_token": token} for number, token in enumerate(tokens)}
    variables = {"ocamba_integrations": entries, "ansible_python_interpreter": sys.executable}
    inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts, "vars": variables}}), encoding="utf-8")

    def contender(forks: int) -> Contender:
        command = [PLAYBOOK, "-i", str(inventory), "-f", str(forks), "ocamba.hood.apply"]
        return Contender(f"{len(tokens)} account{'s' * (len(tokens) > 1)}, forks {forks}", command, prepare)

    return contender


def many_accounts(bench: Bench) -> Scenario:
    entries = declared(5)
    measured = []
    for count in (1, 20, 200):
        tokens = [f"token-of-account-{number:03d}" for number in range(count)]

        def prepare(tokens: list[str] = tokens) -> None:
            for token in tokens:
                bench.account(entries, token)

        measured += bench.watch.race([_accounts(bench, tokens, entries, prepare)(10)], 2)
    more = (measured[2].seconds - measured[0].seconds) / (measured[1].seconds - measured[0].seconds)
    return Scenario(
        "More and more accounts of 5 integrations",
        measured,
        [Ratio("199 more accounts against 19 more, by their number", more / (199 / 19), 1.15)],
    )


def limits(bench: Bench) -> Scenario:
    entries = declared(400)
    measured, ratios = [], []
    for described in ("second", "minute"):
        # The windows of the emulator begin with the clock's seconds and minutes.
        ways = bench.ways(entries, [], Limits(headers=described))
        plural, ping = bench.watch.race([ways.plural(f"400 creations, headers of the {described}"), ways.ping()], 1)
        measured += [plural]
        minutes, rest = divmod(plural.requests - 1, 150)
        best = 60 * minutes + rest // 10
        ratios += [
            Ratio(
                f"headers of the {described}: against the best, from a full window",
                (plural.seconds - ping.seconds) / best,
                1.05,
            ),
            Ratio(f"headers of the {described}: requests that were refused", plural.limited, 0),
        ]
    return Scenario("400 creations under Hood's limits", measured, ratios)


def all_scenarios(bench: Bench, is_long: bool) -> Iterator[Scenario]:
    for scenario in (nothing_to_change, creations, growth, latency, accounts):
        yield scenario(bench)
    if is_long:
        yield many_accounts(bench)
        yield limits(bench)
