"""What happened to people and keys, in past tense."""

from dataclasses import dataclass
from datetime import datetime

from odin_engine.identity.model import Role


@dataclass(frozen=True, slots=True)
class IdentityEvent:
    """Parent of all."""


@dataclass(frozen=True, slots=True)
class UserCreated(IdentityEvent):
    """Somebody got an account."""

    user_id: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class UserChanged(IdentityEvent):
    """A user's name, role or standing changed; what he may do may be less now."""

    user_id: str


@dataclass(frozen=True, slots=True)
class UserDeleted(IdentityEvent):
    """An account is gone, with its sessions and tokens."""

    user_id: str


@dataclass(frozen=True, slots=True)
class PasswordChanged(IdentityEvent):
    """A password is new; `by_owner` says whether its owner chose it."""

    user_id: str
    by_owner: bool


@dataclass(frozen=True, slots=True)
class LoggedIn(IdentityEvent):
    """A person signed in."""

    user_id: str
    session_id: str
    address: str


@dataclass(frozen=True, slots=True)
class LoginFailed(IdentityEvent):
    """Somebody tried a name and a password that do not belong together."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class AccountLocked(IdentityEvent):
    """Too many failures in a row; the account rests for a while."""

    user_id: str
    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class SessionsRevoked(IdentityEvent):
    """These sessions are over; whatever they keep open must close."""

    user_id: str
    session_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenCreated(IdentityEvent):
    """A program got a key."""

    token_id: str
    user_id: str
    name: str


@dataclass(frozen=True, slots=True)
class TokenRevoked(IdentityEvent):
    """A key is void; whatever it keeps open must close."""

    token_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class PersonRoleChanged(IdentityEvent):
    """Home Assistant's person got a fixed role here, or lost it (`None`)."""

    person: str
    role: Role | None
