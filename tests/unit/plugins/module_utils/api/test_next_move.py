"""What follows on one try of a request: a pure decision, by table."""

from __future__ import annotations

import json

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.api.bodies import REFUSALS, Answer
from ansible_collections.ocamba.hood.plugins.module_utils.api.repetition import (
    LIMIT_REPETITIONS,
    REPETITIONS,
    Move,
    next_move,
)
from ansible_collections.ocamba.hood.plugins.module_utils.errors import NotSent, Uncertain

JSON = json.dumps({"message": "no"}).encode()
HTML = b" <html>no</html>"
LAST = REPETITIONS - 1
UNKNOWN = [402, 406, 407, 408, 411, 412, 416, 418, 421, 423, 425, 426, 428, 431, 451, 460, 499]
UNKNOWN += [500, 501, 502, 503, 504, 505, 507, 508, 511, *range(520, 528), 530, 599, 600, 999]


def answer(status: int, body: bytes = JSON) -> Answer:
    return Answer(status, {}, body)


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize("body", [JSON, HTML, b""])
@pytest.mark.parametrize("status", [200, 201, 202, 204, 206])
def test_a_success_is_an_answer(status: int, body: bytes, repeatable: bool) -> None:
    assert next_move(answer(status, body), 0, 0, repeatable) is Move.RETURN


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize("body", [JSON, b"", b"\n"])
@pytest.mark.parametrize("status", sorted(REFUSALS))
def test_a_plain_no_is_an_answer(status: int, body: bytes, repeatable: bool) -> None:
    assert next_move(answer(status, body), 0, 0, repeatable) is Move.RETURN


@pytest.mark.parametrize("body", [HTML, b"Forbidden", b"{", b"[]", b'"no"', b"\xff"])
@pytest.mark.parametrize("status", sorted(REFUSALS - {401}))
def test_a_no_that_is_not_hoods_leaves_a_creation_unclear(status: int, body: bytes) -> None:
    assert next_move(answer(status, body), 0, 0, repeatable=False) is Move.UNCLEAR
    assert next_move(answer(status, body), 0, 0, repeatable=True) is Move.RETURN


def test_a_no_that_is_too_large_to_be_read_is_not_hoods() -> None:
    assert next_move(Answer(400, {}, b"", is_whole=False), 0, 0, repeatable=False) is Move.UNCLEAR


@pytest.mark.parametrize("repeatable", [True, False])
def test_a_refused_token_is_an_answer_whoever_says_so(repeatable: bool) -> None:
    assert next_move(answer(401, HTML), 0, 0, repeatable) is Move.RETURN


@pytest.mark.parametrize("body", [JSON, HTML, b""])
@pytest.mark.parametrize("status", UNKNOWN)
def test_any_other_status_passes_and_leaves_a_creation_unclear(status: int, body: bytes) -> None:
    assert next_move(answer(status, body), 0, 0, repeatable=False) is Move.UNCLEAR
    assert next_move(answer(status, body), LAST, 0, repeatable=False) is Move.UNCLEAR
    assert next_move(answer(status, body), 0, 0, repeatable=True) is Move.REPEAT
    assert next_move(answer(status, body), LAST, 0, repeatable=True) is Move.RETURN


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
def test_a_redirect_is_not_followed_and_leaves_a_creation_unclear(status: int) -> None:
    assert next_move(answer(status, b""), 0, 0, repeatable=True) is Move.RETURN
    assert next_move(answer(status, b""), 0, 0, repeatable=False) is Move.UNCLEAR


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize("body", [JSON, HTML, b""])
def test_a_limit_is_obeyed_for_so_many_times(body: bytes, repeatable: bool) -> None:
    assert next_move(answer(429, body), LAST, LIMIT_REPETITIONS - 1, repeatable) is Move.WAIT
    assert next_move(answer(429, body), 0, LIMIT_REPETITIONS, repeatable) is Move.RETURN


@pytest.mark.parametrize("repeatable", [True, False])
def test_what_was_not_sent_is_sent_again(repeatable: bool) -> None:
    assert next_move(NotSent("x"), 0, 0, repeatable) is Move.REPEAT
    assert next_move(NotSent("x"), LAST, 0, repeatable) is Move.RAISE
    assert next_move(NotSent("x", is_passing=False), 0, 0, repeatable) is Move.RAISE


def test_what_may_have_been_processed_is_repeated_only_where_that_is_the_same() -> None:
    assert next_move(Uncertain("x"), 0, 0, repeatable=True) is Move.REPEAT
    assert next_move(Uncertain("x"), LAST, 0, repeatable=True) is Move.RAISE
    assert next_move(Uncertain("x"), 0, 0, repeatable=False) is Move.RAISE
