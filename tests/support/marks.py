"""Which parameters of a test are for `make test`, and which for `make test-all` as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest


def first(count: int, of: Iterable[Any]) -> list[Any]:
    """Return all parameters, with those after the first ones marked as slow.

    :param of: one value for each test, or a tuple of them where a test has several parameters.
    """
    return _slow_unless(lambda index: index < count, of)


def every(step: int, of: Iterable[Any]) -> list[Any]:
    """Return all parameters, with those between the first and each further `step` marked as slow."""
    return _slow_unless(lambda index: index % step == 0, of)


def _slow_unless(is_quick: Callable[[int], bool], of: Iterable[Any]) -> list[Any]:
    return [
        one if is_quick(index) else pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=pytest.mark.slow)
        for index, one in enumerate(of)
    ]


BOTH_WAYS = pytest.mark.parametrize("execution", ["controller", "target"])
# Of a test that takes long on the target.
CONTROLLER_FIRST = pytest.mark.parametrize("execution", first(1, of=["controller", "target"]))
