"""Who asks: tokens, names with passwords, and what an administrator of one organization may see and do."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from tests.awx.double_kinds import Item

TOKEN = "token-of-awx-7Gq2"
"""Of the system administrator."""


@dataclass(frozen=True)
class User:
    """Somebody who asks.

    :param organization: that they administer; 0 for a system administrator.
    """

    name: str
    password: str
    organization: int = 0

    def sees(self, kind: str, organization: int | None) -> bool:
        shared = kind == "credential_types" or (kind == "execution_environments" and organization is None)
        return not self.organization or shared or organization == self.organization

    def may_write(self, kind: str, organization: int | None) -> bool:
        if not self.organization:
            return True
        return kind not in ("credential_types", "organizations") and organization == self.organization


@dataclass
class Users:
    """All users, and the tokens that they have."""

    all: list[User] = field(default_factory=lambda: [User("admin", "password-of-admin-4Hs8")])
    tokens: dict[str, User] = field(default_factory=dict)
    by_id: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tokens[TOKEN] = self.all[0]

    def add(self, user: User) -> str:
        """Add a user, and give a token of theirs."""
        self.all.append(user)
        self.tokens[f"token-of-{user.name}"] = user
        return f"token-of-{user.name}"

    def who(self, authorization: str) -> User | None:
        """Whose request this is; a password serves for tokens only here, so that each other use of it is seen."""
        return self.tokens.get(authorization.removeprefix("Bearer "))

    def by_password(self, authorization: str) -> User | None:
        given = base64.b64decode(authorization.removeprefix("Basic ")).decode(errors="replace")
        return next((user for user in self.all if f"{user.name}:{user.password}" == given), None)

    def new_token(self, user: User) -> Item:
        identity = 500 + len(self.by_id)
        token = f"token-made-by-{user.name}-{identity}"
        self.tokens[token], self.by_id[identity] = user, token
        return {"id": identity, "token": token}

    def end_token(self, identity: int) -> None:
        del self.tokens[self.by_id[identity]]

    def left_over(self) -> list[str]:
        """Tokens that were made for a password and not ended."""
        return [token for token in self.by_id.values() if token in self.tokens]
