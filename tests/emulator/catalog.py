"""The providers that an account has, each with its settings.

Keys and schema names are those of the documentation's page on creating an integration. Known of
the ids is `1000` for twilio alone; the others are made up. Which settings are secret is declared
here on purpose, apart from what the collection declares: this is the independent double.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Setting:
    """One setting of a provider, as its descriptor shows it; `secret` is never shown."""

    name: str
    title: str = ""
    required: bool = False
    deprecated: bool = False
    secret: bool = False
    type: str = "string"

    def descriptor(self) -> dict[str, Any]:
        """`{title, name, type, required, deprecated}`."""
        return {
            "title": self.title or self.name.replace("_", " ").title(),
            "name": self.name,
            "type": self.type,
            "required": self.required,
            "deprecated": self.deprecated,
        }


@dataclass(frozen=True)
class Provider:
    """A message provider of an account; `schema_name` is what the page calls its settings."""

    id: str
    name: str
    type: str
    settings: tuple[Setting, ...]
    schema_name: str = ""

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Provider:
        """A provider from JSON: `id`, `name`, `type`, `settings` (names, or objects as `Setting`).

        Errors: `ValueError` naming what is missing or unknown.
        """
        unknown = set(values) - {"id", "name", "type", "settings", "schema_name"}
        missing = {"id", "name", "type"} - set(values)
        if unknown or missing:
            raise ValueError(f"provider: missing {sorted(missing)}, unknown {sorted(unknown)}")
        try:
            settings = tuple(
                Setting(name=one) if isinstance(one, str) else Setting(**one) for one in values.get("settings", ())
            )
        except TypeError as error:
            raise ValueError(f"provider {values['name']}: a setting is not right: {error}") from None
        schema_name = str(values.get("schema_name", ""))
        return cls(str(values["id"]), str(values["name"]), str(values["type"]), settings, schema_name)

    def setting(self, name: str) -> Setting | None:
        """The setting of that name."""
        return next((one for one in self.settings if one.name == name), None)

    def with_setting(self, setting: Setting) -> Provider:
        """This provider with the setting added, or replaced where it has one of that name."""
        if self.setting(setting.name) is None:
            return replace(self, settings=(*self.settings, setting))
        return replace(self, settings=tuple(setting if one.name == setting.name else one for one in self.settings))

    def is_secret(self, name: str) -> bool:
        """Whether that setting holds a secret; unknown ones do."""
        setting = self.setting(name)
        return setting is None or setting.secret

    def shown_name(self, names: str) -> str:
        """The name under the variant `provider_names`."""
        return self.schema_name if names == "schema" and self.schema_name else self.name

    def show(self, names: str = "plain", settings: bool = True) -> dict[str, Any]:
        """The provider as the API shows it, with or without its descriptors."""
        shown: dict[str, Any] = {
            "id": self.id,
            "type": self.type,
            "name": self.shown_name(names),
            "logo": f"https://example.com/logos/{self.name}.png",
        }
        if settings:
            shown["settings"] = [one.descriptor() for one in self.settings]
        return shown


def _plain(*names: str) -> tuple[Setting, ...]:
    return tuple(Setting(name) for name in names)


def _secret(name: str) -> tuple[Setting, ...]:
    return (Setting(name, secret=True),)


TWILIO = Provider(
    id="1000",
    name="twilio",
    type="sms",
    schema_name="twilio_sms",
    settings=(
        Setting("account_sid", "Account SID", required=True),
        Setting("auth_token", "Auth Token", required=True, secret=True),
        Setting("default_phone_number", "Default Phone Number", required=True),
    ),
)
MITTO = Provider(
    id="1040",
    name="mitto",
    type="sms",
    schema_name="mitto_sms",
    settings=_secret("api_key") + _plain("sender_name"),
)
CUSTOM_EMAIL = Provider(
    id="2017",
    name="custom_email",
    type="email",
    schema_name="custom_email_provider",
    settings=_plain("default_sender_email", "default_sender_name", "username")
    + _secret("password")
    + _plain("port", "sending_domain"),
)
MANDRILL = Provider(
    id="2003",
    name="mandrill",
    type="email",
    schema_name="mandrill_email",
    settings=_secret("api_key")
    + _plain("default_sender_email", "default_sender_name", "default_reply_to_email", "smtp_username"),
)
SENDGRID = Provider(
    id="2108",
    name="sendgrid",
    type="email",
    schema_name="sendgrid_email",
    settings=_secret("api_key") + _plain("default_sender_email", "default_reply_to_email", "default_sender_name"),
)
MAILGUN = Provider(
    id="2090",
    name="mailgun",
    type="email",
    schema_name="mailgun_email",
    settings=_secret("api_key") + _plain("domain", "sender_email", "sender_name"),
)
TELEGRAM = Provider(
    id="3301",
    name="telegram",
    type="telegram",
    schema_name="telegram",
    settings=_secret("auth_token") + _plain("chat_id"),
)
VIBER = Provider(
    id="9001",
    name="viber",
    type="viber",
    settings=(Setting("access_key", required=True, secret=True), Setting("service_name")),
)
"""A provider that the documentation does not know: an account has it only where it is added."""

BUILT_IN = (TWILIO, MITTO, CUSTOM_EMAIL, MANDRILL, SENDGRID, MAILGUN, TELEGRAM)
"""The seven providers of the page; twilio's descriptor alone is documented to require settings."""
