"""Fingerprints: equal for equal things only, and of no use to whoever has no token."""

from __future__ import annotations

import hashlib
import re

from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.ocamba.hood.plugins.module_utils.reconcile.fingerprints import LENGTH, Fingerprints
from tests.support.strategies import fast

HOST = "api.ocamba.com:443"

# Also what UTF-8 has no bytes for: a lone surrogate is a legal character of JSON.
texts = st.text(st.characters(codec=None), max_size=20)
parts = st.lists(texts, max_size=5)


@fast
@given(texts, parts)
def test_the_same_gives_the_same(token: str, reported: list[str]) -> None:
    found = Fingerprints(_sendable(token), HOST).of(*reported)
    assert found == Fingerprints(_sendable(token), HOST.upper()).of(*reported)
    assert re.fullmatch(f"[0-9a-f]{{{LENGTH}}}", found)


@fast
@given(parts, parts)
def test_other_texts_give_another(one: list[str], other: list[str]) -> None:
    assume(one != other)
    assert Fingerprints("token", HOST).of(*one) != Fingerprints("token", HOST).of(*other)


@fast
@given(st.lists(texts, min_size=2, max_size=4))
def test_texts_that_are_joined_give_another(reported: list[str]) -> None:
    made = Fingerprints("token", HOST)
    assert made.of(*reported) != made.of("".join(reported))
    assert made.of(*reported) != made.of(*reported, "")


@fast
@given(texts, texts, parts)
def test_another_token_or_host_gives_another(token: str, other: str, reported: list[str]) -> None:
    # A key of HMAC is filled up with zeros, which no token has.
    token, other = _sendable(token).rstrip("\0"), _sendable(other).rstrip("\0")
    assume(token != other)
    assert Fingerprints(token, HOST).of(*reported) != Fingerprints(other, HOST).of(*reported)
    assert Fingerprints(token, HOST).of(*reported) != Fingerprints(token, "api.ocamba.com:8443").of(*reported)


def test_without_the_token_a_guess_can_not_be_tried() -> None:
    """Neither the value nor all that is public of it, hashed in whatever way, gives the fingerprint."""
    found = Fingerprints("token", HOST).of("secret", "7", "password", "hunter2")
    public = ("hunter2", "secret7passwordhunter2", f"{HOST}secret7passwordhunter2", "7passwordhunter2")
    guesses = {hashlib.new(name, text.encode()).hexdigest() for name in ("sha256", "sha1", "md5") for text in public}
    guesses |= {Fingerprints(token, HOST).of("secret", "7", "password", "hunter2") for token in ("", "ocamba.hood 1")}
    assert not [guess for guess in guesses if guess.startswith(found)]


def _sendable(token: str) -> str:
    """A token as a header may have it."""
    return token.encode("utf-8", "replace").decode("utf-8")
