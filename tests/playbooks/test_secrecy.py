"""No secret in any output, on any core: secrets of every kind × everything that can go wrong, at -vvv --diff.

One playbook run a core; each case is a host with an account and secrets of its own. What is searched: standard output
and error, Ansible's log file, the results as callbacks get them, and what the modules send to syslog.
"""

from __future__ import annotations

import base64
import dataclasses
import html
import json
import os
import shutil
import sys
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from tests.emulator.limits import Limits
from tests.emulator.server import Emulator
from tests.emulator.variants import Variants
from tests.support import leaks
from tests.support.ansible import Ansible, PlaybookRun
from tests.support.entries import SECRET_KEYS, seven
from tests.support.marks import BOTH_WAYS, CONTROLLER_FIRST, first

LIMITS = Limits.off()
# What core writes for an option that is not to be logged.
PEM = "-----BEGIN PRIVATE KEY-----"
MASKED = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
SHAPES = {
    "quotes": 'Q"uo\'te{n}-9f3"x',
    "backslash": "B\\ack\\n{n}-8e2\\",
    "unicode": "Ünï{n}-çødé-\N{GRINNING FACE}",
    "url": "U/r=l+{n}&7d %1",
    "newline": "N3wline-{n}-6c0\n",
    "short": "s{n}",
    "long": "L0ng-{n}-" + "5b4a" * 60,
}


@dataclass
class Case:
    """One host of the run: its variables, its secrets, and what its account does."""

    name: str
    entries: Any
    secrets: list[str]
    variables: dict[str, Any] = field(default_factory=dict)
    faults: list[dict[str, Any]] = field(default_factory=list)
    account: dict[str, Any] = field(default_factory=dict)
    stored: list[dict[str, Any]] = field(default_factory=list)
    check: bool = False


class Canaries:
    """Secrets that are reported apart; the short ones would be found by chance if they were shorter."""

    def __init__(self) -> None:
        self.count = 100

    def secret(self, shape: str) -> str:
        self.count += 1
        return SHAPES[shape].replace("{n}", f"k{self.count}z")

    def entries(self, shape: str) -> tuple[list[dict[str, Any]], list[str]]:
        """The seven, their secrets replaced."""
        declared, made = seven(), []
        for one in declared:
            key = next(key for key in SECRET_KEYS if key in one["settings"])
            secret = self.secret(shape)
            one["settings"][key] = f"123456:{secret}" if one["provider"] == "telegram" else secret
            made.append(secret)
        return declared, made


def cases(url: str) -> list[Case]:
    canaries = Canaries()
    made: list[Case] = []

    def add(name: str, shape: str, alter: Any = None, **fields: Any) -> None:
        entries, secrets = canaries.entries(shape)
        if alter:
            entries = alter(entries) or entries
        made.append(Case(f"{name}_{shape}", entries, secrets, **fields))

    def echo(status: int, **more: Any) -> list[dict[str, Any]]:
        return [{"kind": "status", "status": status, "form": "echo", "times": None, "method": "P*", **more}]

    for shape in SHAPES:
        add("ok", shape)
        add("check", shape, check=True)
        add("echo_400", shape, faults=echo(400))
        add("echo_500", shape, faults=echo(500), variables={"max_wait": 0.1})
        html = {"kind": "status", "status": 500, "form": "html", "method": "P*", "times": None}
        add("html_500", shape, faults=[html], variables={"max_wait": 0.1})
        add("misspelt", shape, misspell)
        add("old_in_clear", shape, account={"variants": Variants(secrets="clear")}, stored=canaries.entries(shape)[0])
    for shape in ("quotes", "url", "newline"):
        add("always", shape, variables={"update_secrets": "always"}, stored=seven())
        add("wrong_type", shape, wrap)
        add("nested", shape, nest)
        add("settings_as_text", shape, settings_as_text)
        add("unknown_provider", shape, unknown_provider)
        add("unknown_option", shape, unknown_option)
        add("text_list", shape, json.dumps)
        add("not_a_list", shape, lambda entries: {"entries": entries})
        add("status_403", shape, faults=echo(403))
        add("time_out", shape, faults=[{"kind": "stall", "method": "P*", "times": None, "delay": 60}], variables=SHORT)
        add("refused", shape, variables={"api_url": "http://127.0.0.1:9", "max_wait": 1})
        add("tls", shape, variables={"api_url": url.replace("http:", "https:"), "max_wait": 1})
        add("validate", shape, faults=echo(400, path="*/validate"), variables={"validate_credentials": True})
        secret = canaries.secret("url").replace("%", "")
        proxy = {"proxy": f"http://api:{quote(secret, safe='')}@127.0.0.1:9", "max_wait": 1}
        add("proxy", shape, variables={**proxy, "api_url": "https://localhost:1"})
        made[-1].secrets.append(secret)
    return made


SHORT = {"request_timeout": 0.3, "max_wait": 1}


def misspell(entries: list[dict[str, Any]]) -> None:
    for one in entries:
        key = next(key for key in SECRET_KEYS if key in one["settings"])
        one["settings"][key[:-2] + key[-1]] = one["settings"].pop(key)


def wrap(entries: list[dict[str, Any]]) -> None:
    for one in entries:
        one["settings"] = [one["settings"]]


def nest(entries: list[dict[str, Any]]) -> None:
    for one in entries:
        one["settings"] = {"settings": one["settings"]}


def settings_as_text(entries: list[dict[str, Any]]) -> None:
    for one in entries:
        one["settings"] = " ".join(f"{key}={value}" for key, value in one["settings"].items())


def unknown_provider(entries: list[dict[str, Any]]) -> None:
    for one in entries:
        one["provider"] = "viber"


def unknown_option(entries: list[dict[str, Any]]) -> None:
    for one in entries:
        one.update(one.pop("settings"))


def play(hood: Emulator, ansible: Ansible, wanted: list[Case]) -> PlaybookRun:
    """All cases as hosts of one run. Their secrets come from a plain variables file."""
    hosts = {}
    for number, case in enumerate(wanted):
        token = f"T0ken-{number}-k4n4ry"
        case.secrets.append(token)
        account = hood.account(token, **{"limits": LIMITS, **case.account})
        for one in case.stored:
            settings = {key: str(value) for key, value in one["settings"].items()}
            account.add(name=one["name"], provider=one["provider"], settings=settings)
            case.secrets += [settings[key] for key in SECRET_KEYS if key in settings and one not in seven()]
        for fault in case.faults:
            hood.faults.add(token=token, **fault)
        variables = {"api_token": token, "api_url": hood.url, "entries": case.entries, **case.variables}
        hosts[case.name] = {f"case_{key}": value for key, value in variables.items()} | {"case_check": case.check}
    inventory = ansible.write("inventory.yml", {"all": {"hosts": hosts}})
    options = ("api_token", "api_url", "request_timeout", "max_wait", "proxy", "update_secrets", "validate_credentials")
    task = {
        "name": "hood",
        "ocamba.hood.ocamba_integrations": {
            "integrations": "{{ case_entries }}",
            **{option: f"{{{{ case_{option} | default(omit) }}}}" for option in options},
        },
        "check_mode": "{{ case_check }}",
        "ignore_errors": True,
    }
    content = [
        {
            "name": "Test",
            "hosts": "all",
            "connection": "local",
            "gather_facts": False,
            "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
            "tasks": [task],
        }
    ]
    return ansible.playbook(ansible.write("play.yml", content), "-i", inventory, "-vvv", "--diff", "--forks", "12")


def loud(ansible: Ansible, core: Path, workdir: Path, execution: str | None = None) -> Ansible:
    """Everything that Ansible can be made to tell, and a syslog that writes to a file."""
    (workdir / "shims").mkdir()
    shutil.copy(Path(__file__).parent / "shims" / "syslog.py", workdir / "shims" / "syslog.py")
    # A module that ends before it logs anything writes none.
    (workdir / "syslog.txt").touch()
    environment = {
        "ANSIBLE_INJECT_INVOCATION": "1",
        "ANSIBLE_DISPLAY_TRACEBACK": "always",
        "PYTHONPATH": str(workdir / "shims"),
        "SYSLOG_FILE": str(workdir / "syslog.txt"),
    }
    return dataclasses.replace(
        ansible, interpreter=str(core), environment=environment, workdir=workdir, execution=execution
    )


def everything(run: PlaybookRun, workdir: Path) -> str:
    recorded = "".join(path.read_text(encoding="utf-8") for path in workdir.glob("results-*.jsonl"))
    # Only a module writes to syslog.
    syslog = workdir / "syslog.txt"
    logged = syslog.read_text(encoding="utf-8") if syslog.exists() else ""
    return run.output + run.log + recorded + logged


INTERPRETERS = [pytest.param(Path(sys.executable), id="this-core")]
if "OCAMBA_TEST_PYTHON" in os.environ:
    INTERPRETERS = [pytest.param(Path(os.environ["OCAMBA_TEST_PYTHON"]).absolute(), id="that-core")]


# The whole matrix on the target takes minutes: what is smaller below runs on both ways in each run.
@CONTROLLER_FIRST
def test_no_secret_is_shown_whatever_happens(
    hood: Emulator,
    ansible: Ansible,
    tmp_path: Path,
    execution: str,
    record_property: Callable[[str, str], None],
) -> None:
    wanted = cases(hood.url)
    run = play(hood, loud(ansible, Path(ansible.interpreter), tmp_path, execution), wanted)
    shown = everything(run, tmp_path)
    assert {one.host for one in run.results} == {case.name for case in wanted}, run.output[-2000:]
    secrets = {secret for case in wanted for secret in case.secrets}
    found = leaks.find(shown, secrets)
    reported = f"{len(wanted)} cases, {len(secrets)} secrets, {len(shown)} characters searched, {len(found)} leaks"
    record_property("matrix", f"secrecy, {execution}: {reported}")
    assert not found, found[:5]
    assert "DEPRECATION" not in run.output
    assert execution == "controller" or "Invoked with" in (tmp_path / "syslog.txt").read_text(encoding="utf-8")
    assert "internal error" not in shown
    assert "Traceback (most recent call last)" not in "".join(str(one.result.get("msg")) for one in run.results)


# On the target each task takes half a second more.
@pytest.mark.parametrize(
    ("execution", "shapes"),
    first(2, of=[("controller", SHAPES), ("target", ["quotes"]), ("target", ["quotes", "url", "newline"])]),
    ids=["controller", "target", "target, more"],
)
@pytest.mark.parametrize("core", INTERPRETERS)
def test_the_other_modules_show_no_secret(
    hood: Emulator, ansible: Ansible, tmp_path: Path, *, core: Path, execution: str, shapes: Collection[str]
) -> None:
    """An account that shows its secrets in clear, and errors that repeat what they were sent."""
    canaries = Canaries()
    hosts, secrets = {}, set()
    for shape in shapes:
        (stored, old), (declared, new) = canaries.entries(shape), canaries.entries(shape)
        token = f"T0ken-{shape}-k4n4ry"
        secrets |= {token, *old, *new}
        account = hood.account(token, limits=LIMITS, variants=Variants(secrets="clear"))
        for one in stored:
            settings = {key: str(value) for key, value in one["settings"].items()}
            account.add(name=one["name"], provider=one["provider"], settings=settings)
        hood.faults.add(token=token, kind="status", status=400, form="echo", method="POST", times=None)
        entry = {key: value for key, value in declared[0].items() if key != "status"}
        hosts[shape] = {"case_token": token, "case_url": hood.url, "case_entry": entry}
    connection = {"api_token": "{{ case_token }}", "api_url": "{{ case_url }}"}
    asked: dict[str, dict[str, str]] = {
        "integration_info": {},
        "provider_info": {},
        "account_info": {},
        "test_notification": {
            "recipient": "+14155552671",
            **{option: f"{{{{ case_entry.{option} }}}}" for option in ("name", "provider", "settings")},
        },
    }
    tasks = [
        {"name": name, f"ocamba.hood.ocamba_{name}": {**connection, **options}, "ignore_errors": True}
        for name, options in asked.items()
    ]
    inventory = ansible.write("inventory.yml", {"all": {"hosts": hosts}})
    variables = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    content = [{"hosts": "all", "connection": "local", "gather_facts": False, "vars": variables, "tasks": tasks}]
    playbook = ansible.write("play.yml", content)
    run = loud(ansible, core, tmp_path, execution).playbook(playbook, "-i", inventory, "-vvv", "--diff", "--forks", "6")
    assert len(run.results) == len(hosts) * len(tasks), run.output[-2000:]
    assert {one.task for one in run.results if one.outcome == "failed"} == {"test_notification"}
    assert leaks.find(everything(run, tmp_path), secrets) == []


@BOTH_WAYS
def test_options_of_an_environment_are_not_shown(
    hood: Emulator, ansible: Ansible, tmp_path: Path, execution: str
) -> None:
    """Core shows the environment in the command of a module, at -vvv."""
    token, proxy = "T0ken-0f-3nvironment", "http://api:Pr0xy-3nvironment@127.0.0.1:9"
    hood.account(token, limits=LIMITS).add("Mitto", "mitto", {"api_key": "k", "sender_name": "s"})
    given = ansible.write("given.yml", {"case_token": token, "case_proxy": proxy, "case_url": hood.url})
    read = {"ocamba.hood.ocamba_integration_info": {}, "ignore_errors": True}
    named = {"OCAMBA_API_TOKEN": "{{ case_token }}", "OCAMBA_API_URL": "{{ case_url }}", "OTHER": "kept"}
    unreachable = {"OCAMBA_PROXY": "{{ case_proxy }}", "OCAMBA_API_URL": "https://localhost:1", "OCAMBA_MAX_WAIT": 0.1}
    tasks = [{**read, "name": "direct"}, {**read, "name": "proxied", "environment": unreachable}]
    made = loud(ansible, Path(ansible.interpreter), tmp_path, execution)
    run = made.play(*tasks, environment=[named], extra=("-vvv", "-e", f"@{given}"))
    assert [one["name"] for one in run.only("direct")["integrations"]] == ["Mitto"]
    assert "the proxy for localhost:1" in run.only("proxied")["msg"]
    assert ("OTHER=kept" in run.output) == (execution == "target")
    assert leaks.find(everything(run, tmp_path), {token, "Pr0xy-3nvironment"}) == []


@BOTH_WAYS
@pytest.mark.parametrize("count", [7, 28])
def test_what_core_tells_of_the_parameters(
    hood: Emulator, ansible: Ansible, tmp_path: Path, count: int, execution: str
) -> None:
    """Few entries are shown without their secrets, many by name."""
    canaries = Canaries()
    made = [canaries.entries("long") for _seven in range(count // 7)]
    entries = [{**one, "name": f"{one['name']} {index}"} for index, pair in enumerate(made) for one in pair[0]]
    case = Case("many", entries, [secret for pair in made for secret in pair[1]])
    run = play(hood, loud(ansible, Path(ansible.interpreter), tmp_path, execution), [case])
    reported = run.only()["invocation"]["module_args"]["integrations"]
    assert len(reported) == count
    if count == 7:
        assert reported[2]["settings"]["port"] == 587
    else:
        assert reported[2] == f"integrations[2] ({entries[2]['name']})"
    assert leaks.find(everything(run, tmp_path), case.secrets) == []


@pytest.mark.parametrize("core", INTERPRETERS)
def test_plain_values_stay_readable(hood: Emulator, ansible: Ansible, tmp_path: Path, core: Path) -> None:
    run = play(hood, loud(ansible, core, tmp_path), [case for case in cases(hood.url) if case.name == "ok_long"])
    settings = run.only()["integrations"][2]["settings"]
    assert settings["port"] == "587"
    assert '"settings.port": "587"' in run.stdout
    assert '"port": 587' in run.stdout or '"port": "587"' in run.stdout


@CONTROLLER_FIRST
def test_a_crash_inside_the_module_shows_neither_values_nor_a_traceback(
    hood: Emulator, ansible: Ansible, tmp_path: Path, collections: Path, execution: str
) -> None:
    shutil.copytree(collections / "ansible_collections", tmp_path / "crashing" / "ansible_collections")
    engine = tmp_path / "crashing/ansible_collections/ocamba/hood/plugins/module_utils/reconcile/engine.py"
    source = engine.read_text(encoding="utf-8")
    crashing = source.replace("    client = client or HoodClient.open(", "    raise ValueError(repr(asked))\n    (")
    assert crashing != source
    engine.write_text(crashing, encoding="utf-8")
    wanted = [case for case in cases(hood.url) if case.name.startswith("ok_")]
    loudly = loud(ansible, Path(sys.executable), tmp_path, execution)
    run = play(hood, dataclasses.replace(loudly, collections=tmp_path / "crashing"), wanted)
    assert {one.result["msg"].split(" in ")[0] for one in run.results} == {"internal error of ocamba.hood (ValueError"}
    assert not leaks.find(everything(run, tmp_path), {secret for case in wanted for secret in case.secrets})


@pytest.mark.parametrize(
    ("execution", "shapes"),
    first(1, of=[("controller", ["quotes", "url", "newline"]), ("controller", SHAPES), ("target", SHAPES)]),
    ids=["controller", "controller, all", "target, all"],
)
def test_what_is_remembered_and_approved_holds_no_secret(
    hood: Emulator,
    ansible: Ansible,
    tmp_path: Path,
    *,
    execution: str,
    shapes: Collection[str],
    record_property: Callable[[str, str], None],
) -> None:
    """Secrets change in the vault, between a plan and its approval, and beside a failure; cache files are searched."""
    canaries, old, new, secrets = Canaries(), {}, {}, set()
    for shape in shapes:
        token = f"T0ken-{shape}-k4n4ry"
        account = hood.account(token, limits=LIMITS)
        (before, old_ones), (after, new_ones) = canaries.entries(shape), canaries.entries(shape)
        secrets |= {token, *old_ones, *new_ones}
        host = {"ocamba_api_token": token, "ocamba_api_url": hood.url, "ocamba_update_secrets": "on_change"}
        old[shape], new[shape] = ({**host, "ocamba_integrations": entries} for entries in (before, after))
        assert not account.integrations
    loudly = loud(ansible, Path(ansible.interpreter), tmp_path, execution)
    cache = tmp_path / "facts"
    loudly.environment.update(
        ANSIBLE_CACHE_PLUGIN="jsonfile", ANSIBLE_CACHE_PLUGIN_CONNECTION=str(cache), ANSIBLE_SHOW_CUSTOM_STATS="1"
    )
    inventories = [
        loudly.write(f"{name}.yml", {"all": {"hosts": hosts}}) for name, hosts in (("old", old), ("new", new))
    ]
    shown, stale = "", {"ocamba_expected_plans": dict.fromkeys(shapes, "0" * 32)}
    for playbook, inventory, extra in (
        ("ocamba.hood.plan", inventories[0], ()),
        ("ocamba.hood.apply", inventories[0], ()),
        ("ocamba.hood.plan", inventories[1], ()),
        ("ocamba.hood.apply", inventories[1], ("-e", json.dumps(stale))),
        ("ocamba.hood.drift", inventories[1], ()),
        ("ocamba.hood.apply", inventories[1], ()),
    ):
        if playbook == "ocamba.hood.apply" and inventory == inventories[1] and not extra:
            hood.faults.add(kind="status", status=400, form="echo", method="PATCH", times=2)
        run = loudly.playbook(playbook, "-i", inventory, "-vvv", "--diff", *extra)
        assert {one.host for one in run.results} >= set(shapes), run.output[-2000:]
        shown += everything(run, tmp_path)
    kept = "".join(path.read_text("utf-8") for path in (*cache.iterdir(), *(tmp_path / "drift-report").iterdir()))
    assert kept.count("ocamba_hood") == len(shapes)
    assert "plan_changed" in shown
    found = leaks.find(shown + kept, secrets)
    reported = (
        f"{len(secrets)} secrets, {len(shown)} characters of output and {len(kept)} of facts and reports searched"
    )
    record_property("matrix", f"secrecy of memory and plans, {execution}: {reported}, {len(found)} leaks")
    assert not found, found[:5]


REPEATED: dict[str, Callable[[str], str]] = {
    "go": lambda text: _json(text).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"),
    "dotnet": lambda text: "".join(one if one.isalnum() else f"\\u{ord(one):04X}" for one in text),
    "nested three times": lambda text: _json(_json(_json(text))),
    "named entities": html.escape,
    "decimal entities": lambda text: "".join(f"&#{ord(one)};" for one in text),
    "hexadecimal entities": lambda text: "".join(f"&#x{ord(one):X};" for one in text),
    "escaped twice": lambda text: html.escape(html.escape(text)),
    "encodeURI": lambda text: quote(text, safe=";,/?:@&=+$-_.!~*'()#"),
    "url twice": lambda text: quote(quote(text, safe=""), safe=""),
    "form": quote_plus,
    "base64 with line ends": lambda text: base64.encodebytes((text * 3).encode()).decode(),
    "base64 of json": lambda text: base64.b64encode(json.dumps({"key": text}).encode()).decode(),
    "base64 twice": lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    "cut at 20": lambda text: text[:20],
    "wrapped": lambda text: "\n".join(text[at : at + 20] for at in range(0, len(text), 20)),
    "doubled quotes": lambda text: text.replace("'", "''").replace('"', '""'),
    "upper case": str.upper,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
}


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


@pytest.mark.parametrize("core", INTERPRETERS)
def test_a_message_that_repeats_a_secret_in_any_encoding_is_left_out(
    hood: Emulator, ansible: Ansible, tmp_path: Path, core: Path
) -> None:
    """The trace id is reported as well, and what the terminal would act on is not."""
    wanted, repeated = [], {}
    for number, (name, encode) in enumerate(REPEATED.items()):
        secret = f"S3cr\"<{number}>'&=é/{number}\\p %{number}-k4n4ry"
        entry = {"name": "A", "provider": "mitto", "settings": {"api_key": secret, "sender_name": "Example"}}
        repeated[name.replace(" ", "_")] = encode(secret)
        body = {"title": "Bad", "message": f"refused «{encode(secret)}»", "trace_id": f"trace-{number}"}
        fault = {"kind": "status", "status": 400, "body": body, "method": "POST", "times": None}
        wanted.append(Case(name.replace(" ", "_"), [entry], [secret], faults=[fault]))
    loud_body = {"message": "red \x1b[31m\r\nand \u202eback", "trace_id": "trace"}
    fault = {"kind": "status", "status": 400, "body": loud_body, "method": "POST", "times": None}
    wanted.append(Case("terminal", [wanted[0].entries[0] | {"name": "B"}], [], faults=[fault]))
    run = play(hood, loud(ansible, core, tmp_path), wanted)
    reported = {one.host: one.result["msg"] for one in run.results}
    terminal = reported.pop("terminal")
    assert "red \\x1b[31m\\r\\nand \\u202eback" in terminal
    assert {host for host, message in reported.items() if "is left out" not in message} == set()
    assert {host for host, message in reported.items() if "400" not in message or "trace-" not in message} == set()
    shown = everything(run, tmp_path)
    assert {name for name, text in repeated.items() if text in shown or _json(text) in shown} == set()
    assert not leaks.find(shown, {secret for case in wanted for secret in case.secrets})


@pytest.mark.parametrize("line", first(1, of=["{hello", "hello"]))
def test_the_output_of_a_module_that_core_can_t_read_holds_no_secret(
    hood: Emulator, ansible: Ansible, tmp_path: Path, line: str
) -> None:
    """Core shows all of it, where another program has written a line before."""
    talkative = f"import os\nif 'OCAMBA_HOOD_PROGRESS' in os.environ:\n    print({line!r})\n"
    loudly = loud(ansible, Path(ansible.interpreter), tmp_path, "target")
    (tmp_path / "shims" / "sitecustomize.py").write_text(talkative, encoding="utf-8")
    case = next(case for case in cases(hood.url) if case.name == "old_in_clear_url")
    run = play(hood, loudly, [case])
    assert (run.only().get("module_stdout", "").count("{hello") == 1) == (line == "{hello"), run.output
    assert leaks.find(everything(run, tmp_path), case.secrets) == []


@pytest.mark.parametrize("core", INTERPRETERS)
@pytest.mark.parametrize("token", first(2, of=["active", "mitto", "created", "Example", "settings", "A"]))
def test_a_token_that_is_a_word_of_the_result_masks_no_word_of_it(
    hood: Emulator, ansible: Ansible, tmp_path: Path, core: Path, token: str
) -> None:
    hood.account(token, limits=LIMITS)
    entry = {"name": "A", "provider": "mitto", "settings": {"api_key": "api-key-4711", "sender_name": "Example"}}
    options = {"api_token": token, "api_url": hood.url, "proxy": None}
    tasks = [
        {"ocamba.hood.ocamba_integrations": {**options, "integrations": [entry]}, "register": "applied"},
        {"ocamba.hood.ocamba_integration_info": options, "register": "found"},
        {
            "ansible.builtin.copy": {
                "dest": str(tmp_path / "seen.json"),
                "content": "{{ {'applied': applied, 'found': found} | to_json }}",
            }
        },
    ]
    variables = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    content = [{"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": tasks}]
    run = loud(ansible, core, tmp_path).playbook(ansible.write("play.yml", content))
    assert run.rc == 0, run.output
    seen = json.loads((tmp_path / "seen.json").read_text(encoding="utf-8"))
    made = seen["applied"]["integrations"][0]
    assert [made[key] for key in ("name", "provider", "status", "action")] == ["A", "mitto", "active", "created"]
    assert made["settings"] == {"sender_name": "Example"}
    assert seen["found"]["declaration"] == [
        {"name": "A", "provider": "mitto", "status": "active", "settings": {"sender_name": "Example"}}
    ]
    for result in seen.values():
        assert result.get("invocation", {"module_args": {"api_token": MASKED}})["module_args"]["api_token"] == MASKED


# Names of cases, the options of each, and the secret in them.
CONNECTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "token list": ({"api_token": ["k4n4ry-t0ken-1"]}, "k4n4ry-t0ken-1"),
    "proxy dict": ({"api_token": "T", "proxy": {"url": "http://me:k4n4ry-proxy@127.0.0.1:9"}}, "k4n4ry-proxy"),
    "url": ({"api_token": "T", "api_url": "http://me:k4n4ry-url-1@127.0.0.1:9"}, "k4n4ry-url-1"),
    "url with a slash": ({"api_token": "T", "api_url": "https://me:k4n4ry/url@127.0.0.1:9"}, "k4n4ry/url"),
    "url with one slash": ({"api_token": "T", "api_url": "https:/me:k4n4ry#url@127.0.0.1:9"}, "k4n4ry#url"),
    "url without a scheme": ({"api_token": "T", "api_url": "me:k4n4ry-url-2@127.0.0.1:9"}, "k4n4ry-url-2"),
    "key as text": (
        {"api_token": "T", "client_cert": "/a.pem", "client_key": f"{PEM}\nk4n4ry-key-1\n"},
        "k4n4ry-key-1",
    ),
    "certificate on one line": ({"api_token": "T", "client_cert": f"{PEM} k4n4ry-key-2"}, "k4n4ry-key-2"),
    "not a number": ({"api_token": "k4n4ry-t0ken-2", "request_timeout": "k4n4ry-t0ken-2"}, "k4n4ry-t0ken-2"),
    "not a choice": ({"api_token": "k4n4ry-t0ken-3", "unmanaged": "k4n4ry-t0ken-3"}, "k4n4ry-t0ken-3"),
    "unknown option": (
        {"api_token": "k4n4ry-t0ken-4", "api_tokens": "k4n4ry-t0ken-4s", "ca_path": "/k4n4ry-t0ken-4"},
        "k4n4ry-t0ken-4",
    ),
}


@CONTROLLER_FIRST
def test_a_secret_of_the_connection_stays_hidden_in_whatever_core_says_of_it(
    ansible: Ansible, tmp_path: Path, execution: str
) -> None:
    # Not in the tasks themselves: core quotes the lines of a file about one that fails, and those around it.
    file = ansible.write(
        "variables.yml", {"cases": {name: options for name, (options, _secret) in CONNECTIONS.items()}}
    )
    tasks = [
        {
            "name": name,
            "ocamba.hood.ocamba_integrations": {
                "integrations": [],
                **{option: f"{{{{ cases['{name}'].{option} }}}}" for option in options},
            },
            "ignore_errors": True,
        }
        for name, (options, _secret) in CONNECTIONS.items()
    ]
    variables = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    content = [{"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": tasks}]
    loudly = loud(ansible, Path(ansible.interpreter), tmp_path, execution)
    run = loudly.playbook(ansible.write("play.yml", content), "-vvv", "-e", f"@{file}")
    assert {one.task for one in run.results if one.outcome == "failed"} == set(CONNECTIONS), run.output
    assert not leaks.find(everything(run, tmp_path), [secret for _options, secret in CONNECTIONS.values()])


@pytest.mark.parametrize("shape", SHAPES)
def test_the_search_finds_each_form(shape: str) -> None:
    secret = Canaries().secret(shape)
    for name, form in leaks.forms(secret):
        assert name in {leak.form for leak in leaks.find(f"before {form} after", [secret])}
    assert not leaks.find("nothing of the kind", [secret])
