"""Every answer that the documentation of the Hood API leaves open, as one field each.

A field is a choice between answers that the real service might give. The defaults are the
likeliest ones; nothing here was tried against the live service.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

from tests.emulator import choices
from tests.emulator.choices import VariantError

__all__ = ["VariantError", "Variants"]

MASKS = ("<hidden>", "REDACTED", "secret", "(set)", "-----", "#####", "████", "xxxx-xxxx", "********{tail}")


@dataclass(frozen=True)
class Variants:
    """How this account's Hood answers where the documentation says nothing or two things.

    Errors: `VariantError` from every constructor, naming the field and its choices.
    """

    secrets: Literal["clear", "masked", "masked_x", "masked_tail", "null", "empty", "absent", "other"] = field(
        default="masked", metadata={"deviating": ("empty", "other")}
    )
    """How a secret setting is shown: as it is, `********`, `XXXX`, `****` and its last four
    characters (all masked if it has four or fewer), null, an empty text, its key left out, or the text of `mask`.
    An empty secret is never masked."""

    secrets_by_id: Literal["same", "clear", "masked"] = field(
        default="same", metadata={"deviating": ("clear", "masked"), "beside": {"secrets": "masked_x"}}
    )
    """How GET by id shows a secret: as lists do, as it is, or `********`."""

    secrets_in_created: Literal["same", "clear"] = field(default="same", metadata={"deviating": ("clear",)})
    """How a 201 shows a secret: as lists do, or once as it is."""

    mask: str = field(default="[FILTERED]", metadata={"deviating": MASKS, "beside": {"secrets": "other"}})
    """With `secrets` or `secrets_of_inactive` `other`: any text at all. `{tail}` in it becomes ten characters that
    differ from secret to secret."""

    secret_absent: Literal["none", "auth_token", "api_key", "password"] = field(
        default="none", metadata={"deviating": ("auth_token", "api_key", "password")}
    )
    """A secret setting that is left out although `secrets` shows the others."""

    secrets_of_inactive: Literal["same", "other"] = field(
        default="same", metadata={"deviating": ("other",), "beside": {"secrets": "clear"}}
    )
    """How an inactive integration shows a secret: as `secrets` says, or as the text of `mask`."""

    settings_update: Literal["merge", "replace", "put"] = field(default="merge", metadata={"deviating": ("put",)})
    """PATCH `settings`: the given keys are set, or they become the whole of the settings; `put`: besides, what the body
    does not name is reset, settings and status too."""

    total: Literal["number", "string", "page", "fewer", "null", "absent", "word"] = field(
        default="number", metadata={"deviating": ("page", "fewer", "null", "absent", "word")}
    )
    """What `total` is in lists: a number, a string of it, the number of the items it comes with, a number below that,
    null, left out, or `many`."""

    single: Literal["bare", "envelope"] = "bare"
    """GET by id: the object, or `{"total": 1, "items": [object]}`."""

    created: Literal["object", "envelope", "empty"] = "object"
    """The body of a 201."""

    view_full_needed: bool = False
    """Lists show `settings` and an integration's `provider` only with `view=full` or `fields`."""

    settings_in_list: bool = True
    """False: no list shows an integration's settings, whatever is asked for."""

    settings_left_out: Literal["absent", "object", "list"] = field(
        default="absent", metadata={"deviating": ("object", "list"), "beside": {"settings_in_list": False}}
    )
    """What is in their place then: nothing, an empty object, or an empty list."""

    page_cap: int = field(default=100, metadata={"others": (5,)})
    """The largest page, in items."""

    page_default: int = field(default=20, metadata={"others": (3,)})
    """The size of a page when none is asked for, in items; never above `page_cap`."""

    page_over_cap: Literal["clamp", "refuse"] = "clamp"
    """A larger page than the cap: the cap is served, or 400."""

    name_search: bool = True
    """False: `q`, `q_fields` and filters on `name` are ignored."""

    duplicate_names: Literal["allow", "refuse", "refuse_ignoring_case"] = "allow"
    """A second integration of the same name, by creation or renaming; the same may mean but for case."""

    duplicate_status: Literal[409, 400] = 409
    """The status of that refusal."""

    unknown_keys: Literal["drop", "refuse"] = "drop"
    """Settings keys that the provider does not have, on create and update. Dropping on update is
    documented."""

    phone_plus: Literal["keep", "strip"] = "keep"
    """Whether `default_phone_number` is shown with its leading `+`."""

    empty_settings: Literal["keep", "null", "absent"] = "keep"
    """How a setting that holds an empty string is shown."""

    validate_status: Literal[204, 200] = 204
    """What a good validation answers; 200 comes with a small object."""

    unknown_id: Literal[404, 400] = 404
    """The status for an id that the account does not have."""

    provider_names: Literal["plain", "schema"] = "plain"
    """Names of providers: `custom_email`, `mitto`, or as the page's schemas: `custom_email_provider`,
    `mitto_sms`. `twilio` alone is documented: with `schema` it is `twilio_sms`."""

    effective_status: Literal["same", "inactive_until_tested"] = "same"
    """Follows `status`, or stays inactive until the same settings passed a validation or a test."""

    type_required: bool = True
    """Whether a creation without `type` is refused."""

    errors: Literal["full", "no_message", "no_trace_id"] = "full"
    """What an error body holds; both parts may be missing."""

    plain_shown: Literal["same", "masked_email", "html", "cut", "number", "null", "absent"] = field(
        default="same", metadata={"deviating": ("masked_email", "html", "cut", "number", "null", "absent")}
    )
    """How a setting that is no secret is shown, whatever is stored: as it is, an address as
    `n***@example.com`, HTML-escaped, its first twelve characters and `...`, digits as a number, null,
    or left out."""

    plain_in_list: Literal["same", "lower", "cut", "absent"] = field(
        default="same", metadata={"deviating": ("lower", "cut", "absent")}
    )
    """How lists show a setting that is no secret, and by id it is as `plain_shown` says: as by id, in lower case, its
    first sixteen characters, or left out."""

    chat_id_type: Literal["string", "number", "float"] = field(default="string", metadata={"deviating": ("float",)})
    """The JSON type of a `chat_id` that is shown."""

    status_form: Literal["word", "upper", "number"] = field(default="word", metadata={"deviating": ("upper", "number")})
    """How `status` and `effective_status` are shown: `active`, `ACTIVE`, or 1 and 0."""

    default_form: Literal["boolean", "absent", "null", "yes", "number", "list"] = "boolean"
    """How `is_default` is shown: true and false, not at all, null, `yes` and `no`, 2 and 0, a list
    with something in it and an empty one."""

    default_form_by_id: bool = field(default=True, metadata={"deviating": (False,), "beside": {"default_form": "yes"}})
    """False: that form is the lists' alone, and by id it is true or false."""

    type_form: Literal["word", "upper", "number", "null", "absent"] = field(
        default="word", metadata={"deviating": ("upper", "number", "null", "absent")}
    )
    """How an integration's `type` is shown: `sms`, `SMS`, a number, null, or not at all."""

    provider_form: Literal["object", "name", "list", "null", "absent"] = field(
        default="object", metadata={"deviating": ("name", "list", "null", "absent")}
    )
    """How an integration's `provider` is shown: an object, its name, a list of the object, null, or
    not at all."""

    provider_id_form: Literal["string", "number", "null", "absent"] = field(
        default="string", metadata={"deviating": ("number", "null", "absent")}
    )
    """How `provider_id` is shown: digits in a string, a number, null, or not at all."""

    id_form: Literal["string", "number"] = field(default="string", metadata={"deviating": ("number",)})
    """How an integration's `id` is shown: digits in a string, or a number."""

    settings_form: Literal["object", "list", "text", "null"] = field(
        default="object", metadata={"deviating": ("list", "text", "null")}
    )
    """How `settings` are shown: an object, a list of `{name, value}`, a text of JSON, or null."""

    times: Literal["gmt", "iso", "epoch", "absent"] = "gmt"
    """How `create_time` and `update_time` are shown: `YYYY-MM-DD HH:MM:SS`, `YYYY-MM-DDTHH:MM:SSZ`,
    seconds since the epoch, or not at all."""

    stored_form: Literal[
        "same",
        "spaces",
        "trim",
        "lower_email",
        "nfd",
        "html",
        "cut_255",
        "crlf",
        "no_emoji",
        "punycode",
        "port_decimal",
        "phone_spaced",
    ] = field(
        default="same",
        metadata={
            "deviating": (
                *("spaces", "trim", "lower_email", "nfd", "html", "cut_255", "crlf", "no_emoji"),
                *("punycode", "port_decimal", "phone_spaced"),
            )
        },
    )
    """What becomes of a setting that is written: inner spaces one, trimmed, an address in lower case,
    NFD, HTML-escaped, its first 255 characters, CRLF for LF, no characters of four bytes, a domain in
    punycode, a port as `587.0`, a phone number as `+1 415-555-2671`."""

    stored_form_of_secrets: bool = field(
        default=False, metadata={"deviating": (True,), "beside": {"stored_form": "html", "secrets": "clear"}}
    )
    """Whether that befalls secrets too."""

    name_form: Literal[
        "same",
        "html",
        "lower",
        "cut_20",
        "cut_64",
        "no_4byte",
        "no_zero_width",
        "nfkc",
        "no_tags",
        "latin1",
        "trim",
        "nfd",
        "spaces",
        "slug",
        "ascii",
        "no_quotes",
        "slashes",
        "url",
        "json",
        "mojibake",
        "prefixed",
    ] = field(
        default="same",
        metadata={
            "deviating": (
                *("html", "lower", "cut_20", "cut_64", "no_4byte", "no_zero_width", "nfkc", "nfd"),
                *("no_tags", "latin1", "trim", "spaces", "slug", "ascii", "no_quotes"),
                *("slashes", "url", "json", "mojibake", "prefixed"),
            )
        },
    )
    """What becomes of a name that is written: HTML-escaped, lower case, its first 20 or 64 characters,
    no characters of four bytes or of no width, NFKC, no tags, `?` for what Latin-1 lacks, trimmed, NFD,
    inner spaces one, words of small letters with dashes, ASCII alone, no quotes, quotes escaped, encoded
    for a URL or as JSON, UTF-8 read as Latin-1, or after "acme: "."""

    list_lag: float = field(default=0, metadata={"deviating": (2,)})
    """Seconds until lists show an integration that was created through the API."""

    update_lag: float = field(default=0, metadata={"deviating": (2,)})
    """Seconds until lists show what the API changed in an integration; until then they show it as it was."""

    lag_by_id: bool = field(default=False, metadata={"deviating": (True,), "beside": {"list_lag": 2}})
    """Whether that long GET and PATCH by id do not know a new one either, and GET shows a changed one as
    it was."""

    inactive_in_list: bool = field(default=True, metadata={"deviating": (False,)})
    """False: lists show inactive integrations only where a filter on `status` asks for them."""

    status_filter: Literal["honoured", "single", "first", "literal", "refused", "ignored"] = field(
        default="honoured",
        metadata={
            "deviating": ("single", "first", "literal", "refused", "ignored"),
            "beside": {"inactive_in_list": False},
        },
    )
    """A filter on `status`: as documented; for a single status only, so that `in:` is refused, counts for its first
    status, or matches nothing; 400; or as if it were not there."""

    list_order: Literal["id", "update_time"] = "id"
    """The order of a list that was not asked for one: oldest first, or what was written last first,
    so that pages shift while they are read."""

    sort: Literal["honoured", "refused", "ignored"] = "honoured"
    """`sort`: as documented, 400, or as if it were not there."""

    def __post_init__(self) -> None:
        for one in fields(self):
            choices.check(Variants, one.name, getattr(self, one.name))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], base: Variants | None = None) -> Variants:
        """Variants from JSON values over `base` (the defaults when None)."""
        for name in values:
            choices.choices(cls, name)
        return replace(base or cls(), **values)

    @classmethod
    def from_pairs(cls, pairs: Iterable[str], base: Variants | None = None) -> Variants:
        """Variants from texts such as `secrets=clear` and `page_cap=20` over `base`."""
        values: dict[str, Any] = {}
        for pair in pairs:
            name, equals, text = pair.partition("=")
            if not equals:
                raise VariantError(f"{pair!r} is not a variant: write name=value")
            values[name.strip()] = choices.parse(cls, name.strip(), text.strip())
        return cls.from_dict(values, base)

    def to_dict(self) -> dict[str, Any]:
        """All fields as JSON values."""
        return asdict(self)

    def label(self) -> str:
        """The deviations from the defaults as `name=value,…`, or `default`: an id for a test."""
        usual = Variants()
        found = [
            f"{one.name}={choices.text(getattr(self, one.name))}"
            for one in fields(self)
            if getattr(self, one.name) != getattr(usual, one.name)
        ]
        return ",".join(found) or "default"

    @classmethod
    def matrix(cls, combined: int = 8, seed: int = 1) -> tuple[Variants, ...]:
        """The accounts against which a client reaches what was declared, and then finds nothing to change.

        The defaults, each single deviation from them, then `combined` random ones of that seed.
        """
        usual = cls()
        single = [
            replace(usual, **{one.name: value})
            for one in fields(cls)
            for value in choices.samples(cls, one.name)
            if value != getattr(usual, one.name)
        ]
        # A chance for each field, so that a further field leaves the combinations of the others as they were.
        chances = {one.name: random.Random(f"{seed} {one.name}") for one in fields(cls)}
        mixed = [
            cls(**{name: chance.choice(choices.samples(cls, name)) for name, chance in chances.items()})
            for _unused in range(combined)
        ]
        return (usual, *single, *mixed)

    @classmethod
    def deviating(cls, *names: str) -> tuple[Variants, ...]:
        """The accounts against which a client may have to refuse, warn or wait, of these fields or of all.

        Each is a single deviation that is not in `matrix`, with what it needs beside it to show.
        """
        wanted = names or tuple(one.name for one in fields(cls))
        return tuple(cls(**values) for name in wanted for values in choices.deviations(cls, name))
