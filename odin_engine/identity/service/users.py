"""Users, as administrators manage them."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from odin_engine.identity.events import (
    PasswordChanged,
    UserChanged,
    UserCreated,
    UserDeleted,
)
from odin_engine.identity.model import (
    CROCKFORD,
    LastAdmin,
    Role,
    User,
    UserChange,
    checked_display_name,
    checked_name,
    checked_password,
)
from odin_engine.identity.service.doors import Doors
from odin_engine.identity.service.logins import end_sessions
from odin_engine.identity.service.passwords import Passwords
from odin_engine.identity.store import setup, users
from odin_engine.kernel.clock import Clock
from odin_engine.kernel.db import Database
from odin_engine.kernel.ids import new_id
from odin_engine.kernel.pages import PageRequest, Slice

_TEMPORARY_CHARS = 20
"""100 bits, and long enough to be a password without further rules."""


@dataclass(frozen=True, slots=True)
class NewUser:
    """Somebody to be. Without a password nobody can sign in as this user."""

    name: str
    role: Role
    password: str | None
    display_name: str = ""
    must_change_password: bool = False


def new_user(wanted: NewUser, now: datetime) -> User:
    """Returns a user that does not exist yet.

    Raises:
        Invalid: a name or the password will not do.
    """
    name = checked_name(wanted.name)
    if wanted.password is not None:
        checked_password(wanted.password, name)
    return User(
        id=new_id(),
        name=name,
        display_name=checked_display_name(wanted.display_name),
        role=wanted.role,
        is_active=True,
        must_change_password=wanted.must_change_password,
        created_at=now,
        last_login_at=None,
        locked_until=None,
        version=1,
    )


class Users:
    """Creates, changes and removes users. Somebody always stays in charge."""

    def __init__(
        self, database: Database, clock: Clock, passwords: Passwords, doors: Doors
    ) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._doors = doors

    async def page(self, request: PageRequest) -> Slice[User]:
        """Returns a page of users."""
        async with self._database.read() as session:
            return await users.page(session, request)

    async def find(self, user_id: str) -> User:
        """Returns a user.

        Raises:
            NotFound: there is none with that id.
        """
        async with self._database.read() as session:
            return await users.find(session, user_id)

    async def find_by_name(self, name: str) -> User:
        """Returns a user by name, in any letter case.

        Raises:
            NotFound: there is none.
        """
        async with self._database.read() as session:
            return await users.find_by_name(session, name)

    async def create(self, wanted: NewUser) -> User:
        """Creates a user. The first administrator, however made, ends setup.

        Raises:
            NameTaken: another one has the name.
            Invalid: a name or the password will not do.
        """
        now = self._clock.now()
        user = new_user(wanted, now)
        password_hash = None
        if wanted.password is not None:
            password_hash = await self._passwords.hash(wanted.password)
        async with self._database.work() as work:
            if user.is_acting_admin and not await setup.is_done(work.session):
                await setup.claim(work.session, now)
            await users.add(work.session, user, password_hash)
            work.emit(UserCreated(user.id, user.name, user.role))
        return user

    async def change(self, user_id: str, change: UserChange, *, version: int) -> User:
        """Changes a user who still has that version; closing one ends its sessions.

        Raises:
            LastAdmin: nobody could administer afterwards.
            NameTaken, Conflict, NotFound, Invalid: as the names say.
        """
        async with self._database.work() as work:
            admins = await users.lock_admins(work.session)
            before = await users.find(work.session, user_id)
            after = replace(_changed(before, change), version=version)
            if before.is_acting_admin and not after.is_acting_admin and admins == 1:
                raise LastAdmin
            saved = await users.save(work.session, after)
            if not saved.is_active:
                await end_sessions(work, user_id)
            work.emit(UserChanged(user_id))
        self._doors.forget()
        return saved

    async def remove(self, user_id: str) -> User:
        """Removes a user with sessions and tokens; returns who it was.

        Raises:
            LastAdmin: nobody could administer afterwards.
            NotFound: there is none with that id.
        """
        async with self._database.work() as work:
            admins = await users.lock_admins(work.session)
            user = await users.find(work.session, user_id)
            if user.is_acting_admin and admins == 1:
                raise LastAdmin
            await end_sessions(work, user_id)
            await users.remove(work.session, user_id)
            work.emit(UserDeleted(user_id))
        self._doors.forget()
        return user

    async def reset_password(
        self, user_id: str, password: str | None = None, *, must_change: bool = True
    ) -> str | None:
        """Gives a user a new password, unlocks it and ends its sessions.

        Without a password one is made up and returned, this once.

        Raises:
            NotFound: there is none with that id.
            Invalid: the password will not do.
        """
        user = await self.find(user_id)
        made_up = None if password is not None else _temporary_password()
        new = checked_password(made_up or password or "", user.name)
        password_hash = await self._passwords.hash(new)
        async with self._database.work() as work:
            await users.set_password(
                work.session, user_id, password_hash, must_change=must_change
            )
            await end_sessions(work, user_id)
            work.emit(PasswordChanged(user_id, by_owner=False))
        self._doors.forget()
        return made_up


def _changed(user: User, change: UserChange) -> User:
    return replace(
        user,
        name=user.name if change.name is None else checked_name(change.name),
        display_name=user.display_name
        if change.display_name is None
        else checked_display_name(change.display_name),
        role=change.role or user.role,
        is_active=user.is_active if change.is_active is None else change.is_active,
    )


def _temporary_password() -> str:
    chars = [secrets.choice(CROCKFORD) for _ in range(_TEMPORARY_CHARS)]
    return "-".join("".join(chars[i : i + 5]) for i in range(0, len(chars), 5))
