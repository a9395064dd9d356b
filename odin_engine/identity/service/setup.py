"""The first start: a one-time code makes the first administrator, then never again."""

import secrets
from dataclasses import replace

from odin_engine.identity.events import UserCreated
from odin_engine.identity.model import (
    CROCKFORD,
    SETUP_CODE_CHARS,
    SETUP_CODE_VALID,
    Role,
    SetupCode,
    SetupDone,
    SetupRefused,
)
from odin_engine.identity.service.doors import Doors
from odin_engine.identity.service.limits import FailureLimit
from odin_engine.identity.service.logins import Caller, Logins, Opened
from odin_engine.identity.service.passwords import Passwords
from odin_engine.identity.service.users import NewUser, new_user
from odin_engine.identity.store import setup, users
from odin_engine.kernel.clock import Clock
from odin_engine.kernel.db import Database


class Setup:
    """Holds the code in memory: a restart makes a new one, until one was used."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        passwords: Passwords,
        doors: Doors,
        logins: Logins,
    ) -> None:
        self._database = database
        self._doors = doors
        self._clock = clock
        self._passwords = passwords
        self._logins = logins
        self._limit = FailureLimit(clock)
        self._code: SetupCode | None = None

    async def open(self) -> None:
        """Makes the code if setup is needed; call it once at start."""
        if await self.is_needed():
            text = "".join(secrets.choice(CROCKFORD) for _ in range(SETUP_CODE_CHARS))
            self._code = SetupCode(text, self._clock.now() + SETUP_CODE_VALID)

    def code(self) -> str | None:
        """Returns the code to print, if there is a valid one."""
        if self._code is None or self._clock.now() >= self._code.expires_at:
            return None
        return self._code.printed

    async def is_needed(self) -> bool:
        """Whether the first administrator is still to be made."""
        async with self._database.read() as session:
            return not await setup.is_done(session)

    async def complete(
        self, code: str, name: str, password: str, caller: Caller
    ) -> Opened:
        """Makes the first administrator and signs it in, in one transaction.

        Raises:
            SetupDone: there is one; of two that try at once, one gets this.
            SetupRefused: the code is wrong or too old.
            TooManyTries: too many wrong codes from that address.
            Invalid: the name or the password will not do.
        """
        if not await self.is_needed():
            raise SetupDone
        self._limit.take(caller.address)
        self._check(code)
        self._limit.forgive(caller.address)
        now = self._clock.now()
        wanted = NewUser(name, Role.ADMIN, password)
        user = replace(new_user(wanted, now), last_login_at=now)
        password_hash = await self._passwords.hash(password)
        async with self._database.work() as work:
            await setup.claim(work.session, now)
            await users.add(work.session, user, password_hash)
            opened = await self._logins.open(work, user, caller)
            work.emit(UserCreated(user.id, user.name, user.role))
        self._code = None
        self._doors.forget()
        return opened

    def _check(self, code: str) -> None:
        if self.code() is None or self._code is None:
            raise SetupRefused(
                "The setup code has expired. Restart the engine; it prints a new one."
            )
        if not self._code.matches(code):
            raise SetupRefused("This is not the setup code. Look at the engine's log.")
