"""What is measured, and the bar that each ratio has to stay under."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from tests.benchmarks.contenders import PLAYBOOK, TOKEN, Ways, as_module, declared
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
    contenders = [ways.plural(), ways.one(), ways.ping(), ways.bare(), ways.ping_alone()]
    contenders += [as_module(ways.plural()), as_module(ways.one())]
    plural, one, ping, bare, alone, module, module_one = measured = bench.watch.race(contenders, bench.rounds)
    ratios = [
        Ratio("200 entries against ping with the same variables", plural.seconds / ping.seconds, 0.90),
        Ratio("the same by processor time", plural.cpu / ping.cpu, 0.90),
        Ratio("200 entries against ping without variables", plural.seconds / alone.seconds, 1.25),
        Ratio("one entry against ping with the same variables", one.seconds / ping.seconds, 0.80),
        Ratio("200 entries as a module against ping", module.seconds / ping.seconds, 1.30),
        Ratio("one entry as a module against ping", module_one.seconds / ping.seconds, 1.27),
        Ratio("requests against pages of 100", plural.requests / 2, 1.0),
    ]
    more = plural.seconds - ping.seconds
    note = f"{plural.name} takes {more:+.2f} s against ping, and the bare script {bare.seconds:.2f} s in all"
    return Scenario("200 integrations, nothing to change", measured, ratios, note)


def loops(bench: Bench) -> Scenario:
    entries = declared(30)
    ways = bench.ways(entries, entries)
    contenders = [ways.loop(), ways.plural(), ways.ping(), as_module(ways.loop())]
    loop, plural, ping, module = measured = bench.watch.race(contenders, max(2, bench.rounds // 2))
    ratios = [
        Ratio("ocamba_integration in a loop against ping", loop.seconds / ping.seconds, 1.2),
        Ratio("ocamba_integrations against ping", plural.seconds / ping.seconds, 0.90),
        Ratio("the loop against the same as modules", loop.seconds / module.seconds, 1 / 5),
    ]
    return Scenario("30 integrations, nothing to change, in a loop", measured, ratios)


def creations(bench: Bench) -> Scenario:
    entries = declared(30)
    ways = bench.ways(entries, [])
    contenders = [ways.plural(), ways.loop(), ways.bare(), ways.uri(), ways.uri_each(), ways.asynchronous()]
    contenders += [as_module(ways.plural()), as_module(ways.loop())]
    measured = bench.watch.race(contenders, max(2, bench.rounds // 2))
    plural, loop, _bare, uri, each = measured[:5]
    ratios = [
        Ratio("the list against uri with one look-up", plural.seconds / uri.seconds, 1 / 12),
        Ratio("the list against uri with a look-up each", plural.seconds / each.seconds, 1 / 12),
        Ratio("ocamba_integration in a loop against uri with one look-up", loop.seconds / uri.seconds, 1 / 5),
        Ratio("ocamba_integration in a loop against uri with a look-up each", loop.seconds / each.seconds, 1 / 5),
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
        Ratio("peak memory with 2,000 entries, of 160 MB", measured[2].memory / 160, 1.0),
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
    hosts = Hosts(bench, 20, entries)
    task = {"ocamba.hood.ocamba_integrations": {"integrations": "{{ ocamba_integrations }}", "api_token": TOKEN_OF}}
    contenders = [
        hosts.play("one task", task, 1),
        hosts.play("one task", task, 10),
        hosts.apply(1),
        hosts.apply(10),
        as_module(hosts.play("one task", task, 1)),
        as_module(hosts.play("one task", task, 10)),
        bench.ways(entries, entries).ping("ansible.builtin.ping, on one host"),
    ]
    one, ten, _role, _roles, module, modules, ping = measured = bench.watch.race(contenders, max(2, bench.rounds // 3))
    ratios = [
        Ratio("20 accounts, one fork, against ping on one host", one.seconds / ping.seconds, 2.0),
        Ratio("20 accounts, one fork, against the same as modules", one.seconds / module.seconds, 1 / 3),
        Ratio("20 accounts, ten forks: processor time against the same as modules", ten.cpu / modules.cpu, 1 / 4),
    ]
    note = f"ten forks take {ten.seconds / one.seconds:.2f} × the time of one, as modules"
    note += f" {modules.seconds / module.seconds:.2f} ×, on two cores"
    return Scenario("20 accounts of 50 integrations, nothing to change", measured, ratios, note)


TOKEN_OF = "{{ ocamba_api_token }}"


class Hosts:
    """So many hosts with an account each, all with the same declaration that the account already holds."""

    def __init__(self, bench: Bench, count: int, entries: list[dict[str, Any]]) -> None:
        self._bench = bench
        self._entries = entries
        self._tokens = [f"token-of-account-{number:04d}" for number in range(count)]
        self._inventory = bench.folder / f"accounts-{count}.yml"
        hosts = {f"account_{number}": {"ocamba_api_token": token} for number, token in enumerate(self._tokens)}
        variables = {
            "ocamba_integrations": entries,
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
        }
        self._inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts, "vars": variables}}), encoding="utf-8")

    def apply(self, forks: int) -> Contender:
        """By the playbook of the collection."""
        return self._contender("ocamba.hood.apply", forks, "ocamba.hood.apply")

    def play(self, name: str, task: dict[str, Any], forks: int) -> Contender:
        """By a play with one task."""
        path = self._inventory.with_name(f"{self._inventory.stem}-{''.join(filter(str.isalnum, name))}.yml")
        path.write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "tasks": [task]}]), encoding="utf-8")
        return self._contender(name, forks, str(path))

    def _contender(self, name: str, forks: int, playbook: str) -> Contender:
        count = len(self._tokens)
        command = [PLAYBOOK, "-i", str(self._inventory), "-f", str(forks), playbook]
        return Contender(f"{name}, {count:,} accounts, forks {forks}", command, self._prepare)

    def _prepare(self) -> None:
        for token in self._tokens:
            self._bench.account(self._entries, token)


def many_accounts(bench: Bench) -> Scenario:
    """The processor time of each account, beyond what Ansible itself takes for a task that does nothing."""
    entries = declared(5)
    task = {"ocamba.hood.ocamba_integrations": {"integrations": "{{ ocamba_integrations }}", "api_token": TOKEN_OF}}
    nothing = {"ansible.builtin.assert": {"that": True, "quiet": True}}
    measured, ratios, each = [], [], {}
    for count in (20, 200, 1000):
        hosts = Hosts(bench, count, entries)
        contenders = [hosts.play("one task", task, 10), hosts.play("a task that does nothing", nothing, 10)]
        one, idle = bench.watch.race(contenders, max(2, bench.rounds // 3) if count < 1000 else 1)
        measured += [one, idle]
        each[count] = (one.cpu - idle.cpu) / count
        text = f"{count:,} accounts: {1000 * each[count]:.0f} ms of processor time each, of 40 ms"
        ratios.append(Ratio(text, each[count] / 0.040, 1.0))
    ratios.append(Ratio("each of 1,000 accounts against each of 200", each[1000] / each[200], 1.15))
    return Scenario("More and more accounts of 5 integrations, nothing to change", measured, ratios)


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
    for scenario in (nothing_to_change, loops, creations, growth, latency, accounts):
        yield scenario(bench)
    if is_long:
        yield many_accounts(bench)
        yield limits(bench)
