"""What Ansible gives an action becomes what a module would get."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.plugin_utils.plain import plain


class Text(str):
    """As tagged texts and AnsibleUnsafeText are: no plain string, and str() of it is itself."""

    def __str__(self) -> str:  # pylint: disable=invalid-str-returned
        return self


class Number(int):
    pass


class Fraction(float):
    pass


class Lazy(Mapping[Any, Any]):
    """As containers that template what they hold."""

    def __init__(self, held: dict[Any, Any]) -> None:
        self._held = held

    def __getitem__(self, key: Any) -> Any:
        return self._held[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


class Vaulted(Sequence[str]):
    """As AnsibleVaultEncryptedUnicode is up to ansible-core 2.18: a sequence of characters, and no string."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ciphertext = b"..."

    def __getitem__(self, index: Any) -> Any:
        return self._text[index]

    def __len__(self) -> int:
        return len(self._text)

    def __str__(self) -> str:
        return self._text


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (None, None),
        (True, True),
        (Text("ä"), "ä"),
        (Number(7), 7),
        (Fraction(0.5), 0.5),
        (Vaulted("secret"), "secret"),
        ((Text("a"), [Number(1)]), ["a", [1]]),
        (Lazy({Text("a"): Lazy({3: Vaulted("b"), None: 1, True: 2})}), {"a": {"3": "b", "null": 1, "true": 2}}),
        (datetime.date(2026, 11, 25), "2026-11-25"),
        (datetime.datetime(2026, 11, 25, 1, 2, 3), "2026-11-25T01:02:03"),
        (b"bytes", "bytes"),
    ],
)
def test_a_value_becomes_plain(given: Any, wanted: Any) -> None:
    found = plain(given)
    assert found == wanted
    assert json.loads(json.dumps(found)) == wanted
    assert _types(found) <= {dict, list, str, int, float, bool, type(None)}


def _types(value: Any) -> set[type]:
    inner = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return {type(value)}.union(*map(_types, inner))
