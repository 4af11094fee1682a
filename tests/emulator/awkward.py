"""What to declare so that a form shows: a name or a setting, and what becomes of it."""

from __future__ import annotations

NAMES: dict[str, tuple[str, str]] = {
    "html": ("A & B", "A &amp; B"),
    "lower": ("Twilio EU", "twilio eu"),
    "cut_20": ("Newsletter of the shop in Vienna", "Newsletter of the sh"),
    "cut_64": ("x" * 70, "x" * 64),
    "no_4byte": ("A \U0001f600", "A "),
    "no_zero_width": ("A\u200bB", "AB"),
    "nfkc": ("\uff21\u2460", "A1"),
    "no_tags": ("<b>A</b>", "A"),
    "latin1": ("\u0141\u00f3d\u017a", "?\u00f3d?"),
    "trim": (" A ", "A"),
    "nfd": ("Caf\u00e9", "Cafe\u0301"),
    "spaces": ("A  B", "A B"),
    "slug": ("Caf\u00e9 & Bar: SMS", "cafe-bar-sms"),
    "ascii": ("\u00dcn\u00efc\u00f6d\u00e9 \u0141", "Unicode "),
    "no_quotes": ('Bob\'s "SMS"', "Bobs SMS"),
    "slashes": ("Bob's SMS", "Bob\\'s SMS"),
    "url": ("Café & Bar", "Caf%C3%A9+%26+Bar"),
    "json": ("Caf\u00e9", "Caf\\u00e9"),
    "mojibake": ("Caf\u00e9", "Caf\u00c3\u00a9"),
    "prefixed": ("A", "acme: A"),
}
"""By `name_form`: a name as it is sent, and as it is stored."""

SETTINGS: dict[str, tuple[str, str, str, str]] = {
    "spaces": ("custom_email", "default_sender_name", "Example  News", "Example News"),
    "trim": ("custom_email", "default_sender_name", "Example News ", "Example News"),
    "lower_email": ("custom_email", "default_sender_email", "News@Example.com", "news@example.com"),
    "nfd": ("custom_email", "default_sender_name", "Caf\u00e9", "Cafe\u0301"),
    "html": ("custom_email", "default_sender_name", 'A & "B" <C>', "A &amp; &quot;B&quot; &lt;C&gt;"),
    "cut_255": ("custom_email", "default_sender_name", "x" * 300, "x" * 255),
    "crlf": ("custom_email", "default_sender_name", "A\nB", "A\r\nB"),
    "no_emoji": ("custom_email", "default_sender_name", "News \U0001f600", "News "),
    "punycode": ("custom_email", "sending_domain", "b\u00fccher.example", "xn--bcher-kva.example"),
    "port_decimal": ("custom_email", "port", "587", "587.0"),
    "phone_spaced": ("twilio", "default_phone_number", "+14155552671", "+1 415-555-2671"),
}
"""By `stored_form`: a provider, one of its plain settings, its value as it is sent, and as it is stored."""
