"""No form of a secret outlives the redactor, and nothing else is touched."""

from __future__ import annotations

import base64
import html
import json
import quopri
import re
import textwrap
import unicodedata
from typing import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ansible_collections.ocamba.hood.plugins.module_utils import unescaping
from ansible_collections.ocamba.hood.plugins.module_utils.redaction import (
    EXAMINED,
    LEFT_OUT,
    LONGEST_FOREIGN,
    LONGEST_TEXT,
    PLACEHOLDER,
    Redactor,
    visible,
)
from tests.support.strategies import fast

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


def _mangled(text: str, escape: Callable[[int], str], plain: str = "") -> str:
    return "".join(one if (one.isalnum() and one.isascii()) or one in plain else escape(ord(one)) for one in text)


def _utf16(code: int, form: str) -> str:
    raw = chr(code).encode("utf-16-be", "surrogatepass")
    return "".join(form.format(int.from_bytes(raw[at : at + 2], "big")) for at in range(0, len(raw), 2))


def _wrapped_base64(text: str) -> str:
    return "\r\n".join(textwrap.wrap(_base64(text.encode("utf-8", "surrogatepass")), 20))


ENCODERS: dict[str, Callable[[str], str]] = {
    "JSON": _json,
    "JSON, not ASCII only": lambda text: _json(text, ascii_only=False),
    "JSON of PHP": _php,
    "JSON of Go and Gson": lambda text: re.sub("[<>&'=]", lambda one: f"\\u{ord(one[0]):04x}", _json(text)),
    "JSON of .NET": lambda text: _mangled(text, lambda code: _utf16(code, "\\u{:04X}")),
    "JavaScript": lambda text: _mangled(text, lambda code: f"\\u{{{code:x}}}"),
    "Python": lambda text: repr(text)[1:-1],
    "Python, ASCII": lambda text: ascii(text)[1:-1],
    "Python, bytes": lambda text: repr(text.encode())[2:-1],
    "HTML, named": html.escape,
    "HTML, decimal": lambda text: _mangled(text, "&#{};".format),
    "HTML, hexadecimal": lambda text: _mangled(text, "&#x{:X};".format),
    "URL": quote,
    "URL, form": quote_plus,
    "URL, encodeURI": lambda text: quote(text, safe=";,/?:@&=+$-_.!~*'()#"),
    "URL, lower hex": lambda text: _with_lower_escapes(quote(text, safe="")),
    "URL, escape()": lambda text: _mangled(text, lambda code: _utf16(code, "%u{:04X}")),
    "base64": lambda text: _base64(text.encode()),
    "base64 of JSON": lambda text: _base64(json.dumps({"password": text}).encode()),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode("ascii").rstrip("="),
    "base64 with line ends": _wrapped_base64,
    "base64 of UTF-16": lambda text: _base64(text.encode("utf-16-le")),
    "hexadecimal": lambda text: text.encode().hex(),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()).decode("ascii"),
    "UTF-8 as Latin-1": lambda text: text.encode().decode("latin-1"),
}
CHANGES: dict[str, Callable[[str], str]] = {
    "none": str,
    "upper case": str.upper,
    "lower case": str.lower,
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "NFKC": lambda text: unicodedata.normalize("NFKC", text),
    "cut at 20": lambda text: text[:20],
    "cut at 255": lambda text: text[:255],
    "its end": lambda text: text[-15:],
    "wrapped at 20": lambda text: "\n".join(text[at : at + 20] for at in range(0, len(text), 20)),
    "wrapped at 5 with tags": lambda text: "<br />".join(text[at : at + 5] for at in range(0, len(text), 5)),
    "doubled quotes": lambda text: text.replace("'", "''").replace('"', '""'),
    "spaced": " ".join,
    "zero-width spaces": "\u200b".join,
}
# Of the characters that compare as nothing there must be few, or nothing is left to cut.
kept = st.text(st.sampled_from("abcdefghkmXYZ0189-_.:;,!$#*()<>&%=/äéñ漢😀"), min_size=20, max_size=300)
woven = st.lists(st.sampled_from(["'", '"', "\\", " ", "+", ""]), min_size=3, max_size=3)
long_secrets = st.builds(
    lambda text, marks: text[:12] + marks[0] + text[12:] + marks[1] + "Qw7" + marks[2] + "z9Kp4Lm2Vx8", kept, woven
)


def _foreign(secret: str, text: str) -> str:
    redactor = Redactor()
    redactor.add([secret])
    return redactor.foreign(text)


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("change", CHANGES)
def test_a_foreign_text_with_a_secret_is_left_out(change: str, encoder: str) -> None:
    secret = "Pä55<w>ö&r%d='4\"7/1\\1-cañary_" + "Ab9:" * 70
    written = ENCODERS[encoder](CHANGES[change](secret))
    assert _foreign(secret, f"Hood said «{written}» today") == LEFT_OUT


BYTES: dict[str, Callable[[bytes], str]] = {
    "octal": lambda raw: "".join(f"\\{byte:03o}" for byte in raw),
    "octal without padding": lambda raw: "".join(f"\\{byte:o}" for byte in raw),
    "hexadecimal": bytes.hex,
    "hexadecimal with colons": lambda raw: raw.hex(":").upper(),
    "hexadecimal with spaces": lambda raw: raw.hex(" "),
    "hexadecimal of C": lambda raw: ", ".join(f"0x{byte:x}" for byte in raw),
    "decimal": lambda raw: str(list(raw)),
    "decimal with spaces": lambda raw: " ".join(map(str, raw)),
    "octal of od": lambda raw: " ".join(f"{byte:03o}" for byte in raw),
    "binary": lambda raw: " ".join(f"{byte:08b}" for byte in raw),
    "base64 of UTF-32": lambda raw: _base64(raw.decode().encode("utf-32-be")),
}


@pytest.mark.parametrize("encoder", BYTES)
@pytest.mark.parametrize("secret", ["hunter2", "pa-4", "T0ken-k4n4ry", "Pä55 wörd's"])
def test_a_foreign_text_with_the_bytes_of_a_secret_is_left_out(secret: str, encoder: str) -> None:
    written = BYTES[encoder](secret.encode())
    assert _foreign(secret, f"Hood said 17, «{written}» today") == LEFT_OUT


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("length", [80, 255])
def test_a_foreign_text_with_a_cut_encoding_of_a_secret_is_left_out(length: int, encoder: str) -> None:
    """Where fewer characters are left, some encodings have not even begun to tell eight."""
    secret = "canary-P\xe455<w>&r%d='4\"7/1\\1_" + "Ab9:" * 70
    assert _foreign(secret, f"Hood said «{ENCODERS[encoder](secret)[:length]}»") == LEFT_OUT


@fast
@given(
    secret=long_secrets,
    change=st.sampled_from(list(CHANGES)),
    encoders=st.lists(st.sampled_from(list(ENCODERS)), max_size=3),
    around=st.sampled_from(["{}", "Hood said «{}» today", '{{"error": "{}"}}', "<p>{}</p>", "password={}&x=1"]),
)
def test_no_composition_of_encodings_hides_a_secret(secret: str, change: str, encoders: list[str], around: str) -> None:
    written = CHANGES[change](secret)
    for encoder in encoders:
        written = ENCODERS[encoder](written)
    assert _foreign(secret, around.format(written)) == LEFT_OUT


@pytest.mark.parametrize("levels", range(1, 5))
def test_json_and_html_nested_deeply_are_undone(levels: int) -> None:
    for encode in (_json, html.escape, quote, lambda text: _base64(text.encode())):
        written = 'se"cr<e>t/ca\\nary'
        for _level in range(levels):
            written = encode(written)
        assert _foreign('se"cr<e>t/ca\\nary', f"it was {written}") == LEFT_OUT


@fast
@given(secret=long_secrets, start=st.integers(0, 30), encoder=st.sampled_from(["none", *ENCODERS]))
@example(secret="000000000000 00000000'Qw7'z9Kp4Lm2Vx8", start=6, encoder="URL, form")
def test_eight_characters_in_a_row_are_enough(secret: str, start: int, encoder: str) -> None:
    part = secret[start : start + 8]
    assume(len(part) == 8 and part.strip() == part and any(one.isalnum() for one in part))
    assert _foreign(secret, f"it began with «{ENCODERS.get(encoder, str)(part)}»") == LEFT_OUT


@pytest.mark.parametrize("text", ["sent s3cr", "S3CR!", "(s3&#99;r)", "s3c\nr", "%73%33%63%72", 'got "s3cr"'])
def test_a_short_secret_in_a_foreign_text_is_found_as_a_whole_word(text: str) -> None:
    assert _foreign("s3cr", text) == LEFT_OUT


@pytest.mark.parametrize("secret", ["abc", "no", "17"])
def test_a_short_secret_within_a_word_of_a_foreign_text_is_no_secret(secret: str) -> None:
    assert _foreign(secret, "abcd north 1170") == "abcd north 1170"


def test_a_short_secret_is_at_least_masked_within_a_word_of_a_foreign_text() -> None:
    assert _foreign("abcd", "xabcdx") == f"x{PLACEHOLDER}x"


@pytest.mark.parametrize("secret", ["\"'+\\\"'+\\", "++", "'"])
def test_a_secret_of_signs_only_is_found_in_a_foreign_text(secret: str) -> None:
    assert _foreign(secret, f"it was {secret} there") == LEFT_OUT


@fast
@given(
    values=st.lists(st.text(st.sampled_from("ABCXYZ0189+/"), min_size=8), max_size=5),
    text=st.text(st.sampled_from("efghij .,:;äß漢'\"\\%&#<>=/-_{}[]"), max_size=200),
)
def test_a_foreign_text_without_secrets_is_unchanged(values: list[str], text: str) -> None:
    redactor = Redactor()
    redactor.add(values)
    assert redactor.foreign(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "The name is taken: integration 1170 has it",
        'Unexpected token } in JSON at position 17 near "port": "587&#34; &lt;br&gt; %20 \\n',
        "SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry 'a-b' for key 'name'",
        "5f2b6c7e-1f0a-4b5d-9d4f-0a1b2c3d4e5f",
        "certificate verify failed: unable to get local issuer certificate",
    ],
)
def test_what_servers_say_is_kept(text: str) -> None:
    redactor = Redactor()
    redactor.add(["T0ken-k4n4ry-4711", "hunter2", "Ünï-çødé-pass", "key-" + "0123456789abcdef" * 2])
    assert redactor.foreign(text) == text


def test_a_foreign_text_is_one_line_in_which_everything_can_be_seen() -> None:
    reported = Redactor().foreign("red \x1b[31m line\r\nend \u202e mark\x00\u200b")
    assert reported == "red \\x1b[31m line\\r\\nend \\u202e mark\\x00\\u200b"


def test_a_long_foreign_text_is_cut() -> None:
    reported = _foreign("T0ken-k4n4ry", "word " * 200_000)
    assert len(reported) == LONGEST_FOREIGN
    assert reported.endswith("(cut)")


def test_a_secret_beyond_what_is_looked_at_is_not_shown_either() -> None:
    reported = _foreign("T0ken-k4n4ry", "word " * (EXAMINED // 5) + "T0ken-k4n4ry")
    assert "T0ken" not in reported


@pytest.mark.parametrize(
    "text",
    ["&" + "amp;" * 1000, "%" + "25" * 1000, "\\" * 2000, "&lt;%41\\u0041=41" * 200, "QUFB" * 500],
    ids=["html", "url", "json", "mixed", "base64"],
)
def test_a_text_made_to_be_undone_without_end_is_left_out_or_reported_in_bounded_work(text: str) -> None:
    looked_at = 0
    try:
        for state in unescaping.states(text[:EXAMINED]):
            looked_at += len(state)
    except unescaping.Unending:
        assert _foreign("T0ken-k4n4ry", text) == LEFT_OUT
    assert looked_at <= unescaping.BUDGET


def test_what_replaces_the_unseen_can_be_chosen() -> None:
    assert visible("a\x1bb\u202e", unseen="?") == "a?b?"
