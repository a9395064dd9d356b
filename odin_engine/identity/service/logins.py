"""Signing in and out, and the sessions that come of it."""

import secrets
from dataclasses import dataclass

from odin_engine.identity import events
from odin_engine.identity.model import (
    SESSION_BYTES,
    Forbidden,
    LoginFailed,
    Principal,
    Session,
    User,
    checked_password,
    cleaned,
    device,
    fingerprint,
    name_key,
)
from odin_engine.identity.service.doors import Doors
from odin_engine.identity.service.limits import FailureLimit
from odin_engine.identity.service.passwords import Passwords
from odin_engine.identity.store import sessions, users
from odin_engine.kernel.clock import Clock
from odin_engine.kernel.db import Database, Work
from odin_engine.kernel.errors import Invalid, NotFound, Problem
from odin_engine.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Caller:
    """The browser at the other end. `old_secret` is the cookie it came with."""

    address: str
    user_agent: str = ""
    old_secret: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session. `secret` is the cookie's value and is told only once."""

    user: User
    session: Session
    secret: str


class Logins:
    """Checks passwords and keeps sessions."""

    def __init__(
        self, database: Database, clock: Clock, passwords: Passwords, doors: Doors
    ) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._doors = doors
        self._limit = FailureLimit(clock)

    async def log_in(self, name: str, password: str, caller: Caller) -> Opened:
        """Opens a new session.

        Every failure takes the same way through here, so that neither the answer nor
        its time tells whether somebody has that name.

        Raises:
            LoginFailed: name and password do not open the door.
            TooManyTries: too many failures from that address.
        """
        self._limit.take(caller.address)
        attempt = await self._count(name_key(name))
        known_hash = None if attempt is None else attempt.password_hash
        is_right = await self._passwords.verify(known_hash, password)
        opened = None
        if attempt is not None and is_right and attempt.can_succeed:
            opened = await self._enter(attempt, password, caller)
        if opened is None:
            await self._note_failure(name, caller.address, attempt)
            raise LoginFailed
        self._limit.forgive(caller.address)
        return opened

    async def open(self, work: Work, user: User, caller: Caller) -> Opened:
        """Adds a session to a transaction; the one the browser had before ends.

        The caller tells the doors to forget once it is committed.
        """
        now = self._clock.now()
        secret = secrets.token_urlsafe(SESSION_BYTES)
        opened = Session(
            id=new_id(),
            user_id=user.id,
            device=device(caller.user_agent),
            address=caller.address,
            created_at=now,
            last_seen_at=now,
        )
        if caller.old_secret is not None:
            gone = await sessions.remove_by_fingerprint(
                work.session, fingerprint(caller.old_secret)
            )
            if gone is not None:
                work.emit(events.SessionsRevoked(gone[0], (gone[1],)))
        sessions.add(work.session, opened, fingerprint(secret))
        work.emit(events.LoggedIn(user.id, opened.id, caller.address))
        return Opened(user, opened, secret)

    async def log_out(self, principal: Principal) -> None:
        """Ends the session that is asking, if it is one."""
        if principal.session_id is not None:
            await self._revoke(owner_of(principal), only=principal.session_id)

    async def sessions(self, principal: Principal) -> list[Session]:
        """Returns the asking person's sessions, the last used first."""
        await self._doors.flush()
        async with self._database.read() as session:
            return await sessions.of_user(session, owner_of(principal))

    async def revoke(self, principal: Principal, session_id: str) -> None:
        """Ends one of the asking person's sessions.

        Raises:
            NotFound: it has no such session.
        """
        if not await self._revoke(owner_of(principal), only=session_id):
            raise NotFound("There is no such session. It may be over already.")

    async def revoke_all(self, principal: Principal) -> None:
        """Ends every session of the asking person, this one too."""
        await self._revoke(owner_of(principal))

    async def revoke_others(self, principal: Principal) -> None:
        """Ends every session of the asking person but this one."""
        await self._revoke(owner_of(principal), keep=principal.session_id)

    async def change_password(
        self, principal: Principal, current: str, new: str
    ) -> None:
        """Gives the asking person a new password and ends its other sessions.

        A wrong current password counts like a failed login.

        Raises:
            Invalid: the current password is wrong, or the new one will not do.
        """
        user_id = owner_of(principal)
        async with self._database.read() as session:
            name = (await users.find(session, user_id)).name
        attempt = await self._count(name_key(name))
        known_hash = None if attempt is None else attempt.password_hash
        is_right = await self._passwords.verify(known_hash, current)
        if attempt is None or not is_right or not attempt.can_succeed:
            detail = "This is not your current password."
            raise Invalid(detail, Problem("/current_password", detail))
        async with self._database.work() as work:
            await users.forgive(work.session, user_id)
        if new == current:
            detail = "Choose another password than the current one."
            raise Invalid(detail, Problem("/password", detail))
        password_hash = await self._passwords.hash(checked_password(new, name))
        async with self._database.work() as work:
            await users.set_password(
                work.session, user_id, password_hash, must_change=False
            )
            await end_sessions(work, user_id, keep=principal.session_id)
            work.emit(events.PasswordChanged(user_id, by_owner=True))
        self._doors.forget()

    async def _enter(
        self, attempt: users.Attempt, password: str, caller: Caller
    ) -> Opened | None:
        old_hash, new_hash = attempt.password_hash, None
        if old_hash is not None and self._passwords.is_outdated(old_hash):
            new_hash = await self._passwords.hash(password)
        async with self._database.work() as work:
            user = await users.let_in(
                work.session, attempt, self._clock.now(), new_hash=new_hash
            )
            if user is None:
                return None
            opened = await self.open(work, user, caller)
        self._doors.forget()
        return opened

    async def _count(self, key: str) -> users.Attempt | None:
        async with self._database.work() as work:
            return await users.count_attempt(work.session, key, self._clock.now())

    async def _note_failure(
        self, name: str, address: str, attempt: users.Attempt | None
    ) -> None:
        async with self._database.work() as work:
            work.emit(events.LoginFailed(cleaned(name), address))
            if attempt is not None and attempt.locks_until is not None:
                user, until = attempt.user, attempt.locks_until
                work.emit(events.AccountLocked(user.id, user.name, until))

    async def _revoke(
        self, user_id: str, *, only: str | None = None, keep: str | None = None
    ) -> bool:
        async with self._database.work() as work:
            is_any = await end_sessions(work, user_id, only=only, keep=keep)
        self._doors.forget()
        return is_any


async def end_sessions(
    work: Work, user_id: str, *, only: str | None = None, keep: str | None = None
) -> bool:
    """Ends sessions in a transaction and says so; returns whether there were any."""
    gone = await sessions.remove(work.session, user_id, only=only, keep=keep)
    if gone:
        work.emit(events.SessionsRevoked(user_id, gone))
    return bool(gone)


def owner_of(principal: Principal) -> str:
    """Returns whose account the asking one may manage.

    Raises:
        Forbidden: it has none of its own.
    """
    if principal.user_id is None or principal.on_behalf_of is not None:
        raise Forbidden("Only somebody with an account here can do this.")
    return principal.user_id
