"""Tokens, and permissions and roles in words."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from odin_engine.identity.model import (
    ROLE_LABELS,
    ROLE_PERMISSIONS,
    SCOPE_LABELS,
    ApiToken,
    Permission,
    Role,
)
from odin_engine.identity.service import NewToken
from odin_engine.identity.wire.parts import Body, Name
from odin_engine.kernel.http import Moment

Scope = Permission | Literal["act-as"]


class TokenOut(BaseModel):
    """A program's key without its secret. `default_role` is for act-as only."""

    id: str
    user_id: str
    name: str
    prefix: str
    scopes: list[str]
    default_role: Role
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None

    @classmethod
    def from_model(cls, token: ApiToken) -> Self:
        """Shows the start of the token, never more."""
        return cls(
            id=token.id,
            user_id=token.user_id,
            name=token.name,
            prefix=token.prefix,
            scopes=sorted(token.scopes),
            default_role=token.default_role,
            created_at=token.created_at,
            expires_at=token.expires_at,
            last_used_at=token.last_used_at,
        )


class CreateToken(Body):
    """A key to be."""

    name: Name
    scopes: Annotated[frozenset[Scope], Field(min_length=1)]
    expires_at: Moment | None = None
    default_role: Literal[Role.OPERATOR, Role.VIEWER] = Role.OPERATOR

    def to_model(self) -> NewToken:
        """Returns what the service takes."""
        return NewToken(
            name=self.name,
            scopes=self.scopes,
            expires_at=self.expires_at,
            default_role=self.default_role,
        )


class IssuedToken(TokenOut):
    """A new key. `token` is the secret itself, shown this once."""

    token: str


class ScopeOut(BaseModel):
    """Something a role may do and a token may be given."""

    scope: str
    title: str
    description: str
    roles: list[Role]


class RoleOut(BaseModel):
    """A role and what it may do."""

    role: Role
    title: str
    description: str
    permissions: list[str]


class Permissions(BaseModel):
    """Every permission and every role, in words."""

    scopes: list[ScopeOut]
    roles: list[RoleOut]

    @classmethod
    def all(cls) -> Self:
        """Returns the whole list; `act-as` belongs to no role."""
        return cls(
            scopes=[
                ScopeOut(
                    scope=scope,
                    title=label.title,
                    description=label.description,
                    roles=[role for role in Role if scope in ROLE_PERMISSIONS[role]],
                )
                for scope, label in SCOPE_LABELS.items()
            ],
            roles=[
                RoleOut(
                    role=role,
                    title=label.title,
                    description=label.description,
                    permissions=sorted(ROLE_PERMISSIONS[role]),
                )
                for role, label in ROLE_LABELS.items()
            ],
        )
