"""The credential type, injected by AWX's own code."""

from __future__ import annotations

from pathlib import Path

import pytest
from awx_plugins.interfaces._temporary_private_api import EnvVarsType, ManagedCredentialType
from awx_plugins.interfaces._temporary_private_credential_api import Credential
from awx_plugins.interfaces._temporary_private_inject_api import HIDDEN_PASSWORD, inject_credential, secret_fields

from ansible_collections.ocamba.hood.plugins.module_utils.task.argument_specs import connection_spec
from tests.awx.job import MOUNT, credential_type

CANARY = "canary-token-Zq81"


def inject(folder: Path, **inputs: str) -> tuple[EnvVarsType, EnvVarsType]:
    """The environment of a job, and the one that AWX stores."""
    (folder / "env").mkdir()
    env: EnvVarsType = {}
    safe: EnvVarsType = {}
    arguments: list[str] = []
    inject_credential(credential_type(), Credential(dict(inputs)), env, safe, arguments, str(folder))
    assert not arguments
    return env, safe


def test_all_fields_arrive(tmp_path: Path) -> None:
    certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    env, safe = inject(tmp_path, api_token=CANARY, api_url="https://hood.example", ca_certificate=certificate)
    path = str(env.pop("OCAMBA_CA_PATH"))
    assert env == {"OCAMBA_API_TOKEN": CANARY, "OCAMBA_API_URL": "https://hood.example"}
    assert path.startswith(f"{MOUNT}/env/")
    (written,) = (tmp_path / "env").iterdir()
    assert written.name == Path(path).name
    assert written.read_text() == certificate
    assert safe["OCAMBA_API_TOKEN"] == HIDDEN_PASSWORD
    assert CANARY not in str(safe)


@pytest.mark.parametrize("empty", [{}, {"api_url": "", "ca_certificate": ""}], ids=["left out", "empty"])
def test_optional_fields_may_be_empty(tmp_path: Path, empty: dict[str, str]) -> None:
    env, _safe = inject(tmp_path, api_token=CANARY, **empty)
    assert env == {"OCAMBA_API_TOKEN": CANARY, "OCAMBA_API_URL": "", "OCAMBA_CA_PATH": ""}


def test_only_the_token_is_secret() -> None:
    assert secret_fields(credential_type()) == ["api_token"]


def test_every_variable_is_one_that_the_modules_read() -> None:
    """A misspelt one would be ignored without a word."""
    read = {name for option in connection_spec().values() for name in option.get("fallback", ((), ()))[1]}
    assert set(credential_type().injectors["env"]) <= read


def test_every_field_is_injected() -> None:
    """A misspelt one renders as nothing without a word."""
    kind: ManagedCredentialType = credential_type()
    templates = " ".join([*kind.injectors["env"].values(), *kind.injectors["file"].values()])
    assert all(f"{{{{ {field['id']} }}}}" in templates for field in kind.inputs["fields"])
