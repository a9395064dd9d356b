"""Setup, signing in, the own password and sessions."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from odin_engine.identity.model import (
    LEAST_PASSWORD_CHARS,
    LONG_PASSWORD_CHARS,
    MOST_PASSWORD_BYTES,
    Principal,
    Role,
    Session,
    User,
)
from odin_engine.identity.wire.parts import Body, Name, Password


class PasswordRules(BaseModel):
    """What a new password must be; the engine has the last word.

    From `long_length` characters on anything goes; a shorter one needs an upper-case
    letter, a lower-case letter and a digit. `max_length` counts bytes of UTF-8.
    """

    min_length: int = LEAST_PASSWORD_CHARS
    long_length: int = LONG_PASSWORD_CHARS
    max_length: int = MOST_PASSWORD_BYTES


class SetupStatus(BaseModel):
    """Whether the first administrator is still to be made, and what a password must be."""

    is_needed: bool
    password: PasswordRules = Field(default_factory=PasswordRules)


class SetupBody(Body):
    """The printed setup code, and who the first administrator is to be."""

    code: Annotated[str, Field(max_length=64)]
    name: Name
    password: Password


class LoginBody(Body):
    """A name and its password."""

    name: Name
    password: Password


class PasswordBody(Body):
    """A new password for the own account."""

    current_password: Password
    password: Password


class WhoAmI(BaseModel):
    """Who is asking and what it may do. `csrf_token` goes along with every write."""

    user_id: str | None
    name: str
    display_name: str
    role: Role
    permissions: list[str]
    must_change_password: bool
    session_id: str | None
    token_id: str | None
    on_behalf_of: str | None
    csrf_token: str | None

    @classmethod
    def from_model(
        cls, principal: Principal, user: User | None, csrf_token: str | None
    ) -> Self:
        """Puts together what the panel needs to know at its start."""
        return cls(
            user_id=principal.user_id,
            name=principal.name,
            display_name="" if user is None else user.display_name,
            role=principal.role,
            permissions=sorted(principal.permissions),
            must_change_password=user is not None and user.must_change_password,
            session_id=principal.session_id,
            token_id=principal.token_id,
            on_behalf_of=principal.on_behalf_of,
            csrf_token=csrf_token,
        )


class SessionOut(BaseModel):
    """A signed-in browser."""

    id: str
    device: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_current: bool

    @classmethod
    def from_model(cls, session: Session, current_id: str | None) -> Self:
        """Marks the session that is asking."""
        return cls(
            id=session.id,
            device=session.device,
            address=session.address,
            created_at=session.created_at,
            last_seen_at=session.last_seen_at,
            expires_at=session.expires_at,
            is_current=session.id == current_id,
        )


class SessionList(BaseModel):
    """All sessions of one person."""

    items: list[SessionOut]
