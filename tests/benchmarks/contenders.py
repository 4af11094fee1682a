"""The same job in the ways that a user might write it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from tests.benchmarks.stopwatch import Contender
from tests.support.entries import seven

TOKEN = "token-of-the-benchmarks"
PLAYBOOK = str(Path(sys.executable).parent / "ansible-playbook")

_URI = {
    "headers": {"Authorization": "Bearer {{ lookup('ansible.builtin.env', 'OCAMBA_API_TOKEN') }}"},
    "return_content": True,
}
_ROOT = "{{ lookup('ansible.builtin.env', 'OCAMBA_API_URL') }}/v1/hood"
_LIST = f"{_ROOT}/integrations"

_BARE = """
import json, os, sys
import requests

entries = json.load(open(sys.argv[1]))["entries"]
session = requests.Session()
session.headers["Authorization"] = f"Bearer {os.environ['OCAMBA_API_TOKEN']}"
url = os.environ["OCAMBA_API_URL"] + "/v1/hood/"
providers = {one["name"]: one for one in session.get(url + "providers").json()["items"]}
found, page = [], 1
while True:
    answer = session.get(url + "integrations", params={"view": "full", "page": f"{page},100"}).json()
    found += answer["items"]
    if len(found) >= int(answer["total"]):
        break
    page += 1
names = {one["name"] for one in found}
for entry in entries:
    if entry["name"] not in names:
        provider = providers[entry["provider"]]
        body = {**entry, "provider_id": provider["id"], "type": provider["type"], "status": "active"}
        body["settings"] = {key: str(value) for key, value in entry["settings"].items()}
        del body["provider"]
        session.post(url + "integrations", json=body).raise_for_status()
"""


def declared(count: int) -> list[dict[str, Any]]:
    """So many integrations, in turn over the providers, each with settings of its own."""
    entries = []
    for number in range(count):
        entry = seven()[number % 7]
        entry["name"] = f"{entry['name']} {number}"
        for key in ("auth_token", "api_key", "password"):
            if key in entry["settings"]:
                entry["settings"][key] += f"-{number:05d}-{number * 7919:032x}"
        entries.append(entry)
    return entries


def as_module(contender: Contender) -> Contender:
    """The same by modules, instead of in Ansible's own process."""
    command = [*contender.command, "-e", "ocamba_execution=target"]
    return replace(contender, name=f"{contender.name}, as a module", command=command)


class Ways:
    """Writes the playbooks for one declaration into a folder.

    The variables are in a file of their own, so that each playbook has the same to load.
    """

    def __init__(self, folder: Path, entries: list[dict[str, Any]], prepare: Callable[[], None]) -> None:
        self._folder = folder / f"{len(entries)}-entries"
        self._folder.mkdir(exist_ok=True)
        self._prepare = prepare
        self._variables = self._folder / "variables.json"
        self._variables.write_text(json.dumps({"entries": entries}), encoding="utf-8")

    def plural(self, name: str = "ocamba_integrations", **options: Any) -> Contender:
        return self._play(name, [{"ocamba.hood.ocamba_integrations": {"integrations": "{{ entries }}", **options}}])

    def loop(self, name: str = "ocamba_integration in a loop") -> Contender:
        return self._play(name, [{**_singular(), "loop": "{{ entries }}", "no_log": True}])

    def one(self, name: str = "ocamba_integration, one entry") -> Contender:
        return self._play(name, [{**_singular(), "vars": {"item": "{{ entries[0] }}"}}])

    def asynchronous(self, name: str = "ocamba_integration in a loop with async") -> Contender:
        started = {**_singular(), "loop": "{{ entries }}", "no_log": True, "async": 600, "poll": 0, "register": "jobs"}
        awaited = {
            "ansible.builtin.async_status": {"jid": "{{ item.ansible_job_id }}"},
            "loop": "{{ jobs.results }}",
            "no_log": True,
            "register": "job",
            "until": "job is finished",
            "retries": 600,
            "delay": 1,
        }
        return self._play(name, [started, awaited])

    def uri(self, name: str = "ansible.builtin.uri in a loop, one look-up") -> Contender:
        """The list is looked up once, and what is missing is created: the fewest tasks that do it."""
        providers = {"ansible.builtin.uri": {**_URI, "url": f"{_ROOT}/providers"}, "register": "providers"}
        look_up = {"ansible.builtin.uri": {**_URI, "url": f"{_LIST}?page=1,100"}, "register": "found"}
        return self._play(name, [providers, look_up, {**_post(), "loop": "{{ entries }}", "no_log": True}])

    def uri_each(self, name: str = "ansible.builtin.uri in a loop, a look-up each") -> Contender:
        """What a role with include_tasks does: each entry is looked up before it is created."""
        providers = {"ansible.builtin.uri": {**_URI, "url": f"{_ROOT}/providers"}, "register": "providers"}
        look_up = {"ansible.builtin.uri": {**_URI, "url": f"{_LIST}?page=1,100"}, "register": "found"}
        tasks = self._folder / "each.yml"
        tasks.write_text(yaml.safe_dump([{**look_up, "no_log": True}, {**_post(), "no_log": True}]), encoding="utf-8")
        return self._play(name, [providers, {"ansible.builtin.include_tasks": str(tasks), "loop": "{{ entries }}"}])

    def ping(self, name: str = "ansible.builtin.ping") -> Contender:
        return self._play(name, [{"ansible.builtin.ping": {}}])

    def ping_alone(self, name: str = "ansible.builtin.ping without the variables") -> Contender:
        made = self._play(name, [{"ansible.builtin.ping": {}}])
        return Contender(
            name, [part for part in made.command if part not in ("-e", f"@{self._variables}")], made.prepare
        )

    def bare(self, name: str = "a bare script with requests") -> Contender:
        script = self._folder / "bare.py"
        script.write_text(_BARE, encoding="utf-8")
        return Contender(name, [sys.executable, str(script), str(self._variables)], self._prepare)

    def _play(self, name: str, tasks: list[dict[str, Any]]) -> Contender:
        play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
        path = self._folder / f"{''.join(letter if letter.isalnum() else '_' for letter in name)}.yml"
        path.write_text(yaml.safe_dump([play]), encoding="utf-8")
        inventory = f"localhost ansible_python_interpreter={sys.executable}\n"
        hosts = self._folder / "inventory.ini"
        hosts.write_text(inventory, encoding="utf-8")
        return Contender(name, [PLAYBOOK, "-i", str(hosts), "-e", f"@{self._variables}", str(path)], self._prepare)


def _singular() -> dict[str, Any]:
    options = {option: f"{{{{ item.{option} }}}}" for option in ("name", "provider", "settings")}
    return {"ocamba.hood.ocamba_integration": options}


def _post() -> dict[str, Any]:
    provider = "(providers.json['items'] | selectattr('name', 'equalto', item.provider) | first)"
    body = {
        "name": "{{ item.name }}",
        "provider_id": f"{{{{ {provider}.id }}}}",
        "type": f"{{{{ {provider}.type }}}}",
        "status": "active",
        "settings": "{{ dict(item.settings.keys() | zip(item.settings.values() | map('string'))) }}",
    }
    return {
        "ansible.builtin.uri": {
            **_URI,
            "url": _LIST,
            "method": "POST",
            "body_format": "json",
            "body": body,
            "status_code": 201,
        },
        "when": "item.name not in (found.json['items'] | map(attribute='name'))",
    }
