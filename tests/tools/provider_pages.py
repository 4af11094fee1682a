"""Make docs/guides/providers.md and a page for each provider, from the declarations of the providers."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from tests.tools import collection_tree

sys.path.insert(0, str(collection_tree.sync()))

from ansible_collections.ocamba.hood.plugins.module_utils.providers.formats import TEXT
from ansible_collections.ocamba.hood.plugins.module_utils.providers.model import Field, Provider
from ansible_collections.ocamba.hood.plugins.module_utils.providers.registry import PROVIDERS

INDEX = Path("docs") / "guides" / "providers.md"
FOLDER = Path("docs") / "guides" / "providers"
NOTE = "<!-- written by `make generate` from plugins/module_utils/providers -->\n"
SENDS = {"sms": "SMS", "email": "e-mail", "telegram": "Telegram messages"}
INVENTORY = "# inventory.yml\nocamba_accounts:\n  hosts:\n    acme:\n"
TOKEN = "the-personal-API-key-from-the-profile-menu"

_INDEX = """\
# Providers

What an integration of each provider takes, where to find each value, and an example. Everything here is also in
`ansible-doc ocamba.hood.ocamba_integrations`, and `ocamba.hood.ocamba_provider_info` returns it as data.

| `provider` | | sends | secret |
|---|---|---|---|
{rows}

The names that Hood's own page uses for them, such as `twilio_sms`, are accepted as well.

## What your account says decides

Before the first write a run reads the account's own list of providers:

- A setting that only the account knows is accepted. It counts as secret, as nothing is known of it.
- What the account calls required must be there after the write, declared or stored.
- What the account calls deprecated is accepted with a warning.

So leave out what you don't need: the collection itself requires no setting, but for one thing. An active integration
is not created without the secret of its provider; an empty string says that there is none.

## A provider that is not on this list

Hood may offer more providers. Name it as the account does, with the settings of its own list; all of them are treated
as secret, so none is shown. To see what an account offers:

```bash
ansible localhost -m ocamba.hood.ocamba_provider_info
```

with the token in the environment variable `OCAMBA_API_TOKEN`. To teach the collection a provider takes ten minutes:
[add a provider](../../CONTRIBUTING.md#add-a-provider).
"""


def files(root: Path) -> dict[Path, str]:
    """Return every page, as tests.tools.generate asks for it."""
    return pages()


def pages() -> dict[Path, str]:
    """Return every page by its path."""
    rows = "\n".join(
        f"| [`{one.name}`](providers/{one.name}.md) | {one.title} | {SENDS[one.type]} |"
        f" {', '.join(f'`{name}`' for name in one.secret_names)} |"
        for one in PROVIDERS
    )
    index = _INDEX.format(rows=rows).replace("# Providers\n", f"# Providers\n\n{NOTE}", 1)
    return {INDEX: index, **{FOLDER / f"{one.name}.md": page(one) for one in PROVIDERS}}


def page(provider: Provider) -> str:
    """Return the page of a provider: its settings, where they are found, and how it is declared."""
    console = f" Its console: <{provider.console}>." if provider.console else ""
    schema = f", which Hood's own page calls `{provider.schema}`" if provider.schema != provider.name else ""
    settings = "\n".join(_setting(field) for field in provider.fields)
    return f"""\
# {provider.title}

{NOTE}
`provider: {provider.name}`{schema}, sends {SENDS[provider.type]}.{console}

## Settings

{settings}

## Example

```yaml
# host_vars/acme/integrations.yml
{_yaml({"ocamba_integrations": [_entry(provider)]})}```

```yaml
# host_vars/acme/vault.yml
{_yaml({"ocamba_api_token": TOKEN, "ocamba_secrets": {_name(provider): _settings(provider, secret=True)}})}```

```yaml
{INVENTORY}```

```console
ansible-vault encrypt host_vars/acme/vault.yml
ansible-playbook -i inventory.yml ocamba.hood.apply --ask-vault-pass --check --diff
ansible-playbook -i inventory.yml ocamba.hood.apply --ask-vault-pass
```

To have Hood try the values with the provider before anything is written: `-e ocamba_validate_credentials=true`.
"""


def _setting(field: Field) -> str:
    lines = [f"- **`{field.name}`**{' (secret)' if field.secret else ''}: {field.meaning}"]
    lines.append(f"  - Where to find it: {field.source}")
    if field.format.name != TEXT.name:
        lines.append(f"  - Must be {field.format.expects}.")
    return "\n".join(lines)


def _name(provider: Provider) -> str:
    return f"{provider.title.partition(' (')[0]} example"


def _entry(provider: Provider) -> dict[str, object]:
    settings = _settings(provider, secret=False)
    return {"name": _name(provider), "provider": provider.name, "settings": settings}


def _settings(provider: Provider, *, secret: bool) -> dict[str, str]:
    return {field.name: field.example for field in provider.fields if field.secret is secret}


class _Dumper(yaml.SafeDumper):
    """With lists set in, as people write them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _yaml(content: object) -> str:
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100).replace("'", '"')
