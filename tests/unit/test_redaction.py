"""No form of a secret outlives the redactor, and nothing else is touched."""

from __future__ import annotations

import base64
import html
import json
from typing import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.ocamba.hood.plugins.module_utils.redaction import LONGEST_TEXT, PLACEHOLDER, Redactor
from tests.unit.strategies import fast

AWKWARD = "\"'\\/=+&%<>-_.:; \t\n\r\x00\x7fäßł€漢😀𝕏"

secrets = st.text(st.sampled_from(AWKWARD + "abcXYZ0189"), min_size=1, max_size=40).filter(
    lambda text: len(text.strip()) >= 4 and any(character.isalnum() for character in text)
)
neighbours = st.binary(max_size=7)


def _json(text: str, ascii_only: bool = True) -> str:
    return json.dumps(text, ensure_ascii=ascii_only)[1:-1]


def _php(text: str) -> str:
    return _json(text).replace("/", "\\/")


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _with_lower_escapes(quoted: str) -> str:
    first, *escapes = quoted.split("%")
    return "%".join([first, *(escape[:2].lower() + escape[2:] for escape in escapes)])


FORMS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "stripped": str.strip,
    "repr": lambda text: repr(text)[1:-1],
    "repr beside both quotes": lambda text: repr(f"'\"{text}")[4:-1],
    "repr of bytes": lambda text: repr(text.encode())[2:-1],
    "ascii": lambda text: ascii(text)[1:-1],
    "JSON, ASCII only": _json,
    "JSON": lambda text: _json(text, ascii_only=False),
    "JSON with escaped slashes": _php,
    "JSON with escaped slashes, not ASCII only": lambda text: _json(text, ascii_only=False).replace("/", "\\/"),
    "JSON in JSON, ASCII only": lambda text: _json(_json(text)),
    "JSON in JSON": lambda text: _json(_json(text, ascii_only=False), ascii_only=False),
    "JSON in JSON, only the outer one ASCII": lambda text: _json(_json(text, ascii_only=False)),
    "JSON in JSON with escaped slashes": lambda text: _php(_php(text)),
    "JSON with escaped slashes in JSON": lambda text: _json(_php(text)),
    "quote": quote,
    "quote, slashes too": lambda text: quote(text, safe=""),
    "quote_plus": quote_plus,
    "quote, lower hex": lambda text: _with_lower_escapes(quote(text, safe="")),
    "quote_plus, lower hex": lambda text: _with_lower_escapes(quote_plus(text)),
    "HTML": html.escape,
    "HTML with bare quotes": lambda text: html.escape(text, quote=False),
    "HTML with decimal quotes": lambda text: html.escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
    "HTML of PHP": lambda text: html.escape(text).replace("&#x27;", "&#039;"),
}


def _cleaned(secret: str, text: str) -> str:
    redactor = Redactor()
    redactor.add([secret])
    return redactor.text(text)


@pytest.mark.parametrize("form", FORMS)
@fast
@given(secret=secrets)
def test_a_secret_in_any_written_form_is_removed(form: str, secret: str) -> None:
    written = FORMS[form](secret)
    assert _cleaned(secret, f"Hood said «{written}» today") == f"Hood said «{PLACEHOLDER}» today"


@fast
@given(secret=secrets, before=neighbours, after=neighbours)
def test_base64_of_a_secret_with_any_neighbours_is_removed(secret: str, before: bytes, after: bytes) -> None:
    encoded = _base64(before + secret.encode() + after)
    assert _cleaned(secret, f"Hood said «{encoded}» today") == f"Hood said «{PLACEHOLDER}» today"


@fast
@given(secret=secrets, user=st.text(max_size=12))
def test_basic_authentication_with_a_secret_is_removed(secret: str, user: str) -> None:
    credentials = _base64(f"{user}:{secret}".encode("utf-8", "surrogatepass"))
    assert _cleaned(secret, f"Authorization: Basic {credentials}, sent") == f"Authorization: Basic {PLACEHOLDER}, sent"


@fast
@given(secret=secrets, before=neighbours, after=neighbours)
def test_base64_for_urls_is_removed_with_and_without_padding(secret: str, before: bytes, after: bytes) -> None:
    encoded = base64.urlsafe_b64encode(before + secret.encode() + after).decode("ascii")
    for written in (encoded, encoded.rstrip("=")):
        assert _cleaned(secret, f"Hood said «{written}» today") == f"Hood said «{PLACEHOLDER}» today"


@fast
@given(
    values=st.lists(st.text(st.sampled_from("ABCXYZ0189+/"), min_size=8), max_size=5),
    text=st.text(st.sampled_from("abcxyz .,:äß漢\n\"'"), max_size=200),
)
def test_a_text_without_secrets_is_unchanged(values: list[str], text: str) -> None:
    redactor = Redactor()
    redactor.add(values)
    assert redactor.text(text) == text


@fast
@given(values=st.lists(secrets, min_size=1, max_size=4), gaps=st.lists(st.sampled_from(["", " ", " und "]), min_size=4))
def test_several_secrets_in_one_text_are_all_removed(values: list[str], gaps: list[str]) -> None:
    assume(not any(one != other and one.strip() in other for one in values for other in values))
    redactor = Redactor()
    redactor.add(values)
    cleaned = redactor.text("«" + "".join(value + gap for value, gap in zip(values, gaps)) + "»")
    assert not [value for value in values if value.strip() in cleaned]


def test_secrets_that_overlap_leave_nothing_of_either() -> None:
    redactor = Redactor()
    redactor.add(["first-shared", "shared-second"])
    assert redactor.text("<first-shared-second>") == f"<{PLACEHOLDER}>"


def test_each_line_of_a_secret_of_several_lines_is_a_secret() -> None:
    assert _cleaned("-----BEGIN\n  MIIEvQ\n-----END", "it read MIIEvQ there") == f"it read {PLACEHOLDER} there"


@pytest.mark.parametrize("text", ["abc", "say (abc)!", "abc, abc"])
def test_a_short_secret_is_removed_as_a_whole_word(text: str) -> None:
    assert _cleaned("abc", text) == text.replace("abc", PLACEHOLDER)


@pytest.mark.parametrize("text", ["abcd", "an abc_def", "crabcake", "äabc"])
def test_a_short_secret_within_a_word_is_no_secret(text: str) -> None:
    assert _cleaned("abc", text) == text


def test_a_secret_of_white_space_only_hides_nothing() -> None:
    assert _cleaned(" \n", "an ordinary text \n") == "an ordinary text \n"


@pytest.mark.parametrize("visible", [1, 3, 9])
def test_a_secret_across_the_cut_does_not_leave_its_beginning(visible: int) -> None:
    cleaned = _cleaned("CANARY-4711", "." * (LONGEST_TEXT - visible) + "CANARY-4711 and more")
    assert "CANARY-4711"[:visible] not in cleaned
    assert cleaned.startswith("." * (LONGEST_TEXT - visible) + PLACEHOLDER[:visible])


def test_a_long_text_is_cut_and_says_so() -> None:
    cleaned = Redactor().text("." * (LONGEST_TEXT + 1))
    assert cleaned.startswith("." * LONGEST_TEXT)
    assert "cut" in cleaned


def test_a_text_of_just_the_length_is_whole() -> None:
    assert Redactor().text("." * LONGEST_TEXT) == "." * LONGEST_TEXT


def test_strings_at_any_depth_of_data_are_cleaned_and_the_rest_is_kept() -> None:
    redactor = Redactor()
    redactor.add(["CANARY"])
    data = {"a": ["CANARY", 587, None, True, {"b": ("x CANARY",)}], "CANARY": 1.5}
    assert redactor.data(data) == {
        "a": [PLACEHOLDER, 587, None, True, {"b": [f"x {PLACEHOLDER}"]}],
        "CANARY": 1.5,
    }


def test_a_secret_learnt_after_the_first_text_is_removed_from_the_next() -> None:
    redactor = Redactor()
    redactor.add(["CANARY-1"])
    assert redactor.text("CANARY-1 CANARY-2") == f"{PLACEHOLDER} CANARY-2"
    redactor.add(["CANARY-2"])
    assert redactor.text("CANARY-1 CANARY-2") == f"{PLACEHOLDER} {PLACEHOLDER}"


@pytest.mark.parametrize("form", FORMS)
def test_without_the_redactor_the_form_would_be_shown(form: str) -> None:
    written = FORMS[form]("sé/cr\"e't&")
    assert Redactor().text(f"Hood said «{written}» today") == f"Hood said «{written}» today"
