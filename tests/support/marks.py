"""Which parameters of a test are for `make test`, and which for `make test-all` as well."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def first(count: int, of: Iterable[Any]) -> list[Any]:
    """Return all parameters, with those after the first ones marked as slow.

    :param of: one value for each test, or a tuple of them where a test has several parameters.
    """
    return [
        one if index < count else pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=pytest.mark.slow)
        for index, one in enumerate(of)
    ]
