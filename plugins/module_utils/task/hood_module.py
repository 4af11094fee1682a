# Copyright (c) Ocamba Hood collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AnsibleModule for this collection: takes the secrets out of the parameters before anything is logged, and ends
every run in one place, through one redactor.

ansible-core logs the parameters, returns them as `invocation`, and prints them in its own error messages. So the
real entries are kept aside: of a few core sees a copy without secrets, of many no more than their names.
"""

from __future__ import annotations

import importlib
import platform
import sys
import traceback
from collections.abc import Iterable
from typing import Any, Callable, NoReturn

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ocamba.hood.plugins.module_utils.api.client import Connection, HoodClient
from ansible_collections.ocamba.hood.plugins.module_utils.declared.entries import Declaration, read, read_single
from ansible_collections.ocamba.hood.plugins.module_utils.declared.hiding import hide
from ansible_collections.ocamba.hood.plugins.module_utils.declared.intake import (
    out_of_range,
    without_blanks,
    wrong_kinds,
)
from ansible_collections.ocamba.hood.plugins.module_utils.declared.messages import key_path, unknown
from ansible_collections.ocamba.hood.plugins.module_utils.declared.option_checks import ENTRY_OPTIONS
from ansible_collections.ocamba.hood.plugins.module_utils.errors import HoodError, MissingLibrary, Mistake
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.engine import Report, Run, run
from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.plan import Policy
from ansible_collections.ocamba.hood.plugins.module_utils.redaction import WHOLE_WORD_BELOW, Redactor
from ansible_collections.ocamba.hood.plugins.module_utils.task import progress, results
from ansible_collections.ocamba.hood.plugins.module_utils.task.argument_specs import Spec, connection_spec

try:
    from ansible.module_utils.secrets import register_secrets
except ImportError:  # ansible-core before 2.22
    register_secrets = None

# Of more entries than this `invocation` has the names only: core copies, checks and masks every value that it sees,
# which would take longer than all else.
SHOWN = 20

LIBRARIES = {"requests": "requests>=2.28", "voluptuous": "voluptuous>=0.13"}


class HoodModule(AnsibleModule):  # type: ignore[misc]
    """The base of every module of the collection."""

    def __init__(self, argument_spec: Spec) -> None:
        self.redactor = Redactor()
        self.declaration = Declaration()
        self._missing: MissingLibrary | None = None
        self._connection_secrets: set[str] = set()
        self._warned: set[str] = set()
        super().__init__(argument_spec, supports_check_mode=True)
        self._check_declaration()
        if len(self.declaration.entries) > SHOWN:
            self.params["integrations"] = [entry.label for entry in self.declaration.entries]

    def connection(self) -> Connection:
        """The connection options, checked; a mistake in them ends the run before any request."""
        options = {name: self.params[name] for name in connection_spec()}
        token = options["api_token"] or ""
        options["api_token"] = token.strip()
        if options["api_token"] != token:
            self.warn("api_token: the white space around it was taken off")
        options["api_url"] = options["api_url"].rstrip("/")
        connection = Connection(**options)
        self._connection_secrets.update(connection.secrets)
        self._learn(connection.secrets)
        mistakes = connection.check()
        mistakes += map(str, out_of_range(self.params))
        if mistakes:
            self.fail_json(msg=_listed(mistakes))
        return connection

    def client(self, parallel: int = 1) -> HoodClient:
        """A client for the account of the connection options."""
        return HoodClient.open(self.connection(), parallel, self.tell)

    @property
    def has_token(self) -> bool:
        return bool((self.params["api_token"] or "").strip())

    def apply(self, present: Callable[[Report], dict[str, Any]], **options: Any) -> NoReturn:
        """Run the declaration and end the module with what came of it."""

        def work() -> Report:
            policy = Policy(
                update_secrets=self.params["update_secrets"],
                missing=self.params["missing"],
                unmanaged=self.params.get("unmanaged") or "ignore",
                protected=tuple(self.params.get("protected") or ()),
                deactivate_default=tuple(self.params.get("deactivate_default") or ()),
                max_deactivations=options.pop("max_deactivations", 0),
            )
            asked = Run(
                entries=self.declaration.entries,
                connection=self.connection(),
                policy=policy,
                validate_credentials=self.params["validate_credentials"],
                invalid_credentials=self.params.get("invalid_credentials") or "refuse",
                check_mode=self.check_mode,
                learn=self.redactor.add,
                tell=self.tell,
                **options,
            )
            return run(asked)

        report = self.guarded(work)
        result = present(report)
        if self._diff:
            result["diff"] = results.diffs(report)
        self.finish(result, report.failures, report.plan.warnings)

    def finish(self, result: dict[str, Any], failures: Iterable[str] = (), warnings: Iterable[str] = ()) -> NoReturn:
        """End the module with a result: as failed where anything went wrong."""
        for warning in warnings:
            self.warn(warning)
        if failures:
            self.fail_json(msg=_listed(list(failures)), **result)
        self.exit_json(**{"changed": False, **result})

    def guarded(self, work: Callable[[], Any]) -> Any:
        """The result of the work, or a failed module with a clear message. The one place that catches everything."""
        try:
            return work()
        except MissingLibrary as error:
            failure = _missing_libraries(error)
        except HoodError as error:
            failure = str(error)
        except Exception as error:  # pylint: disable=broad-exception-caught
            failure = _internal(error)
        # Outside of `except`, or core attaches a traceback, whose messages may hold values.
        return self.fail_json(msg=failure)

    def fail_json(self, msg: str, **kwargs: Any) -> NoReturn:
        """End the module as failed; core's own messages come through here as well, joined by ours."""
        if self.declaration.mistakes and not kwargs:
            told = [str(mistake) for mistake in self.declaration.mistakes]
            self.declaration = Declaration()
            msg = _listed([*([msg] if msg else []), *told])
        super().fail_json(msg=self.redactor.text(str(msg)), **self._redacted(kwargs))
        raise SystemExit(1)

    def exit_json(self, **kwargs: Any) -> NoReturn:
        super().exit_json(**self._redacted(kwargs))
        raise SystemExit(0)

    def warn(self, warning: str, **kwargs: Any) -> None:
        text = self.redactor.text(str(warning))
        if text not in self._warned:
            self._warned.add(text)
            super().warn(text, **kwargs)

    def tell(self, text: str) -> None:
        """Let the controller show a line while the module is at work, if there is somebody who watches."""
        progress.tell(self.redactor.text(text))

    def _load_params(self) -> None:
        super()._load_params()
        self.params: dict[str, Any] = without_blanks(self.params, self.argument_spec)
        mistakes = wrong_kinds(self.params, self.argument_spec)
        for mistake in mistakes:
            self._hidden({mistake.path: self.params.pop(mistake.path)})
        for index, name in enumerate(list(self.params)):
            if name not in self.argument_spec and not name.startswith("_ansible_"):
                self._hidden({name: self.params.pop(name)})
                mistakes.append(Mistake(key_path("", name, index), unknown("not an option", name, self.argument_spec)))
        if "integrations" in self.argument_spec:
            self._take_list()
        elif "settings" in self.argument_spec:
            self._take_single()
        self.declaration.mistakes += mistakes

    def _take_list(self) -> None:
        raw = self.params.get("integrations")
        if raw is None:
            return
        self._read(read, raw)
        shown = [self._hidden(entry) for entry in (raw if isinstance(raw, list) else [raw])]
        self.params["integrations"] = [] if self._is_refused() or len(shown) > SHOWN else shown

    def _take_single(self) -> None:
        raw = {name: self.params[name] for name in ENTRY_OPTIONS if name in self.params}
        shown = self._hidden(raw)
        self._read(read_single, raw)
        for name in raw:
            if self._is_refused():
                del self.params[name]
            else:
                self.params[name] = shown[name]

    def _read(self, read: Callable[[Any, bool], Declaration], raw: Any) -> None:
        try:
            self.declaration = read(raw, self.params.get("missing") != "refuse")
        except MissingLibrary as error:
            self._missing = error

    def _is_refused(self) -> bool:
        return bool(self.declaration.mistakes) or self._missing is not None

    def _check_declaration(self) -> None:
        if self._missing is not None:
            self.fail_json(msg=_missing_libraries(self._missing))
        if self.declaration.mistakes:
            self.fail_json(msg="")
        for warning in self.declaration.warnings:
            self.warn(warning)

    def _hidden(self, entry: Any) -> Any:
        shown, secrets = hide(entry)
        self._learn(secrets)
        return shown

    def _learn(self, secrets: Any) -> None:
        self.redactor.add(secrets)
        # Core masks what it is told wherever the letters occur, ids and names included: not for very short values.
        values = [secret for secret in secrets if len(secret.strip()) >= WHOLE_WORD_BELOW]
        self.no_log_values.update(values)
        if register_secrets is not None:
            register_secrets(values)

    def _redacted(self, result: dict[str, Any]) -> dict[str, Any]:
        """The free texts of a result, redacted. The rest is made of plain values only (see results), so core's own
        masking, which takes secrets × strings, is left with the secrets of the connection."""
        for described in [*result.get("integrations", ()), result.get("integration")]:
            if described and described.get("error"):
                described["error"] = self.redactor.text(described["error"])
        for setting in (one for provider in result.get("providers", ()) for one in provider["settings"]):
            setting["title"] = self.redactor.text(setting["title"]) if setting["title"] else None
        if "exception" in result and isinstance(result["exception"], str):
            result["exception"] = self.redactor.text(result["exception"])
        spec = self.argument_spec
        own = [self.params.get(name) for name in spec if spec[name].get("no_log")]
        self.no_log_values = self._connection_secrets | {value for value in own if isinstance(value, str) and value}
        return result


def _listed(messages: list[str]) -> str:
    if len(messages) == 1:
        return messages[0]
    return "\n".join([f"{len(messages)} things are wrong:", *(f"- {message}" for message in messages)])


def _internal(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-3:]))
    return f"internal error of ocamba.hood ({type(error).__name__} in {places}); please report it with this line"


def _missing_libraries(error: MissingLibrary) -> str:
    missing = sorted({error.library, *(name for name in LIBRARIES if not _is_importable(name))})
    requirements = " ".join(LIBRARIES[name] for name in missing)
    return (
        f"The Python libraries that ocamba.hood needs are not there: {', '.join(missing)} can't be imported by"
        f" {sys.executable} on {platform.node()}. Install them for that interpreter (pip install {requirements})."
        " In an execution environment, list them in its own definition, under dependencies:"
        f" python: [{', '.join(LIBRARIES[name] for name in missing)}] (ansible-builder drops voluptuous from what"
        " collections ask for)"
    )


def _is_importable(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True
