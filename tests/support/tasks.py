"""The tasks that the tests play, all of the name "hood"."""

from __future__ import annotations

from typing import Any


def many(integrations: Any, **options: Any) -> dict[str, Any]:
    return {"name": "hood", "ocamba.hood.ocamba_integrations": {"integrations": integrations, **options}}


def one(**options: Any) -> dict[str, Any]:
    return {"name": "hood", "ocamba.hood.ocamba_integration": options}
