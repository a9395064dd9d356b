"""Users, and the people of Home Assistant whose role is fixed here."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from odin_engine.identity.model import Role, User, UserChange
from odin_engine.identity.service import NewUser
from odin_engine.identity.wire.parts import Body, Name, Password


class UserOut(BaseModel):
    """A user."""

    id: str
    name: str
    display_name: str
    role: Role
    is_active: bool
    must_change_password: bool
    created_at: datetime
    last_login_at: datetime | None
    locked_until: datetime | None
    version: int

    @classmethod
    def from_model(cls, user: User, now: datetime) -> Self:
        """Shows a lock only while it lasts."""
        is_locked = user.locked_until is not None and now < user.locked_until
        return cls(
            id=user.id,
            name=user.name,
            display_name=user.display_name,
            role=user.role,
            is_active=user.is_active,
            must_change_password=user.must_change_password,
            created_at=user.created_at,
            last_login_at=user.last_login_at,
            locked_until=user.locked_until if is_locked else None,
            version=user.version,
        )


class CreateUser(Body):
    """A user to be. Whoever gets a password from others changes it at first."""

    name: Name
    password: Password
    role: Role
    display_name: Name = ""
    must_change_password: bool = True

    def to_model(self) -> NewUser:
        """Returns what the service takes."""
        return NewUser(
            name=self.name,
            role=self.role,
            password=self.password,
            display_name=self.display_name,
            must_change_password=self.must_change_password,
        )


class ChangeUser(Body):
    """What to change of a user; what is left out stays."""

    name: Name | None = None
    display_name: Name | None = None
    role: Role | None = None
    is_active: bool | None = None

    def to_model(self) -> UserChange:
        """Returns what the service takes."""
        return UserChange(self.name, self.display_name, self.role, self.is_active)


class ResetPasswordBody(Body):
    """A password for somebody who forgot it; without one, one is made up."""

    password: Password | None = None


class ResetPasswordOut(BaseModel):
    """The made-up password, shown this once; null where one was given."""

    temporary_password: str | None


class PersonOut(BaseModel):
    """A person of Home Assistant whose role is fixed here."""

    id: str
    role: Role


class PersonList(BaseModel):
    """Everybody whose role is fixed here."""

    items: list[PersonOut]


class FixRole(Body):
    """The role a person of Home Assistant is to have here, whatever it has there."""

    role: Role
