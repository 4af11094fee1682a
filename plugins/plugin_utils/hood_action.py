# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the task of a module here if that means the same, else on the target. Private to this collection.

The controller's side of every module. In the controller's own process no module is packed and no Python started, and
nothing is written to any disk.
"""

from __future__ import annotations

import functools
import gc
import os
import re
import sys
from collections.abc import Mapping
from typing import Any

from ansible import constants
from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.ocamba.hood.plugins.module_utils.declared.intake import is_blank, without_blanks
from ansible_collections.ocamba.hood.plugins.module_utils.errors import INVALID
from ansible_collections.ocamba.hood.plugins.module_utils.task.argument_specs import options_of, variables_of
from ansible_collections.ocamba.hood.plugins.module_utils.task.core_masking import masked
from ansible_collections.ocamba.hood.plugins.module_utils.task.failures import LIBRARIES
from ansible_collections.ocamba.hood.plugins.module_utils.task.secrets import CORE_KNOWS_SECRETS
from ansible_collections.ocamba.hood.plugins.module_utils.task.task import FACT, FACT_OPTION, Definition, Task
from ansible_collections.ocamba.hood.plugins.plugin_utils.core import VERSION
from ansible_collections.ocamba.hood.plugins.plugin_utils.fact_storage import FactStorage
from ansible_collections.ocamba.hood.plugins.plugin_utils.plain import plain
from ansible_collections.ocamba.hood.plugins.plugin_utils.watching import show, watched

# Core loads an action once, before it forks a worker for each task: what is imported here is imported once. It must
# start no thread and open no connection.
MISSING = []
for _library in LIBRARIES:
    try:
        __import__(_library)
    except ImportError:
        MISSING.append(_library)

VARIABLE = "ocamba_execution"
AUTO, CONTROLLER, TARGET = PLACES = ("auto", "controller", "target")

# The variables by which a user decides whether modules are piped.
PIPELINING = {"ansible_pipelining", "ansible_ssh_pipelining"}

FORGETTING = (
    "update_secrets: on_change remembers secrets in the host's facts, and {why}: what is written or taken over now"
    " is forgotten when this run ends. Set up a fact cache that lasts (fact_caching in ansible.cfg, or fact storage in"
    " AWX)"
)


@functools.cache
def _freeze(_process: int) -> None:
    """Exempt what a process has in memory from garbage collection, once: see `gc.freeze`, which is meant for this.

    A worker is forked for each task, and shares all of it with the controller as long as nobody looks through it.
    """
    gc.freeze()


_freeze(os.getpid())


class HoodAction(ActionBase):  # type: ignore[misc]
    """The base of the action of every module.

    :cvar definition: the task of the module.
    """

    definition: Definition
    _supports_async = True
    _supports_check_mode = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The environment variables that the command of a module begins with.
        self._command_environment: dict[str, str] = {}

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the task where it belongs."""
        _freeze(os.getpid())
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        self._warn_of_forgetting(variables)
        host = str(variables.get("inventory_hostname", ""))
        wanted = plain(self._templar.template(variables.get(VARIABLE)))
        wanted = AUTO if is_blank(wanted) else wanted.strip() if isinstance(wanted, str) else wanted
        if wanted not in PLACES:
            return {**result, **_refused(f"{VARIABLE}: must be one of {', '.join(PLACES)}{_named(wanted)}")}
        obstacle = self._obstacle()
        if FACT_OPTION in self._task.args:
            return {**result, **_refused(f"{FACT_OPTION}: not an option")}
        if wanted == CONTROLLER and obstacle:
            return {**result, **_refused(f"{VARIABLE}: can't be {CONTROLLER}, as {obstacle}")}
        if wanted == TARGET or obstacle:
            reason = f"{VARIABLE} is {TARGET}" if wanted == TARGET else obstacle
            Display().vvv(f"ocamba.hood runs as a module, as {reason}", host=host)
            return {**result, **self._kept(variables, self._run_on_target(host, variables))}
        Display().vvv("ocamba.hood runs in the controller's process", host=host)
        return {**result, **self._kept(variables, self._run_here(host, variables))}

    def _obstacle(self) -> str | None:
        """Why the task can't run in this process, if so."""
        if self._connection.transport != "local":
            return f"the connection is {self._connection.transport}"
        if self._has_become():
            return "become is asked for"
        if self._task.async_val:
            return "async is asked for"
        if MISSING:
            return f"{' and '.join(MISSING)} can't be imported by {sys.executable}"
        if sys.platform == "darwin":
            return "a process that macOS forked can't use its network libraries"
        return None

    def _run_here(self, host: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        controller = os.getppid()

        def go_on() -> None:
            # Nobody sees what a worker does after the controller was killed: it must not write any more.
            if os.getppid() != controller:
                os._exit(1)

        task = Task(
            self.definition,
            plain(self._task.args),
            {**os.environ, **self._environment()},
            check_mode=bool(self._task.check_mode),
            diff=bool(self._task.diff),
            fact=self._fact(variables),
            tell=lambda text: show(host, text),
            before_request=go_on,
        )
        result = task.run()
        if _shows_invocation(variables):
            result["invocation"] = {"module_args": masked(task.shown, task.spec, task.secrets.connection)}
        return result

    def _run_on_target(self, host: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        name, background = self._task.action, self._task.async_val
        own = self._environment()
        given = self._given_by(own)
        arguments = {**self._task.args, **given, **self._remembered(variables)}
        self._register_secrets(own)
        self._hand_over_without_a_file(variables)
        if background or self._connection.transport != "local":
            return dict(self._execute_module(name, module_args=arguments, task_vars=variables, wrap_async=background))
        with watched(host) as environment:
            self._command_environment.update(environment)
            return dict(self._execute_module(name, module_args=arguments, task_vars=variables))

    def _given_by(self, own: dict[str, str]) -> dict[str, str]:
        """The options that `environment` gives. Their variables are left out of the command of the module, which core
        shows at -vvv, token and all."""
        spec = self.definition.spec
        # A blank one stays: it hides the variable that the target itself has.
        given = without_blanks(options_of(own, spec), spec)
        left_out = {variable for name in given for variable in variables_of(spec[name])}
        self._command_environment = {name: value for name, value in own.items() if name not in left_out}
        return {name: value for name, value in given.items() if self._option(name) is None}

    def _register_secrets(self, own: dict[str, str]) -> None:
        """Tell core of the secrets of a task that runs elsewhere: the module there doesn't, as its output would have
        them in clear."""
        if CORE_KNOWS_SECRETS:
            Task(self.definition, plain(self._task.args), {**os.environ, **own})

    def _hand_over_without_a_file(self, variables: Mapping[str, Any]) -> None:
        """Let the module be piped to the interpreter where the connection can and nobody decided it: a file of it would
        hold the secrets, and stay if the run is killed.

        With become that is the user's to decide, as a sudo that wants a terminal takes no pipe.
        """
        if not self._connection.has_pipelining or self._has_become():
            return
        # Not the variables themselves: up to 2.18 core writes its own default among them.
        host = str(self._task.delegate_to or variables["inventory_hostname"])
        named = {*(variables["hostvars"].get(host) or ()), *self._task.get_vars()}
        try:
            _is_on, origin = self._connection.get_option_and_origin("pipelining", hostvars={})
        except KeyError:
            return
        if origin == "default" and not PIPELINING & named:
            self._connection.set_option("pipelining", True)

    def _has_become(self) -> bool:
        return bool(self._play_context.become or getattr(self._connection, "become", None))

    def _remembered(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """What is remembered, as an option of the module."""
        fact = self._fact(variables)
        return {} if fact is None else {FACT_OPTION: fact}

    def _option(self, name: str) -> Any:
        """An option that was given, trimmed as the task trims it; None for one that is blank."""
        given = {name: plain(self._task.args.get(name))}
        return without_blanks(given, self.definition.spec).get(name)

    def _warn_of_forgetting(self, variables: Mapping[str, Any]) -> None:
        """Say that nothing will be remembered, unless an earlier run shows that it is."""
        if self._option("update_secrets") != "on_change":
            return
        storage = _fact_storage()
        if storage.why_forgotten and (storage.is_memory or self._fact(variables) is None):
            Display().warning(FORGETTING.format(why=storage.why_forgotten))

    def _kept(self, variables: Mapping[str, Any], result: dict[str, Any]) -> dict[str, Any]:
        """The same result, after AWX was given what is to be remembered."""
        facts = result.get("ansible_facts")
        if isinstance(facts, Mapping) and FACT in facts:
            try:
                _fact_storage().write(self._host_of_facts(variables), FACT, plain(facts[FACT]))
            except OSError as error:
                Display().warning(FORGETTING.format(why=f"they can't be written ({error.strerror})"))
        return result

    def _host_of_facts(self, variables: Mapping[str, Any]) -> str:
        """The host that gets the facts of the task."""
        has_delegate = self._task.delegate_to and self._task.delegate_facts
        return str(self._task.delegate_to if has_delegate else variables.get("inventory_hostname", ""))

    def _fact(self, variables: Mapping[str, Any]) -> Any:
        """What an earlier run remembered of this host's account, from the host that gets the facts of the task."""
        if "update_secrets" not in self.definition.spec:
            return None
        facts = variables.get("ansible_facts") or {}
        # What earlier items of a loop returned, core keeps one level deeper than the facts of the host.
        earlier = facts.get("ansible_facts") or {}
        if self._task.delegate_to and self._task.delegate_facts:
            facts = variables["hostvars"].get(str(self._task.delegate_to), {}).get("ansible_facts") or {}
        known = _joined(plain(facts.get(FACT)), plain(earlier.get(FACT)))
        return _fact_storage().read(self._host_of_facts(variables), FACT) if known is None else known

    def _environment(self) -> dict[str, str]:
        """The variables of `environment` of play, block and task."""
        own: dict[str, Any] = {}
        super()._compute_environment_string(own)
        return {_text(name): _text(value) for name, value in own.items()}

    def _compute_environment_string(self, raw_environment_out: dict[str, Any] | None = None) -> str:
        """Return the beginning of the command of a module."""
        if raw_environment_out is not None:
            raw_environment_out.update(self._command_environment)
        return str(self._connection._shell.env_prefix(**self._command_environment))


def _joined(of_host: Any, earlier: Any) -> Any:
    """What is remembered of the accounts of a host, and of those of earlier items, which may be of other hosts."""
    if not isinstance(of_host, Mapping) or not isinstance(earlier, Mapping):
        return earlier or of_host
    return {**of_host, **earlier, "accounts": {**(of_host.get("accounts") or {}), **(earlier.get("accounts") or {})}}


def _fact_storage() -> FactStorage:
    location = str(constants.CACHE_PLUGIN_CONNECTION or "")
    return FactStorage(str(constants.CACHE_PLUGIN), location, VERSION, os.environ)


def _text(value: Any) -> str:
    return str.__str__(str(plain(value)))


def _refused(message: str) -> dict[str, Any]:
    return {"failed": True, "msg": message, "reason_code": INVALID}


def _named(wanted: Any) -> str:
    return f", not {wanted}" if isinstance(wanted, str) and re.fullmatch(r"[\w-]{1,20}", wanted) else ""


def _shows_invocation(variables: Mapping[str, Any]) -> bool:
    """Whether core returns the options of a module: up to 2.20 always, from 2.21 on where it is asked to."""
    try:
        return bool(constants.config.get_config_value("INJECT_INVOCATION", variables=dict(variables)))
    except AnsibleError:
        return True
