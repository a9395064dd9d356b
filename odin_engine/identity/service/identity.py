"""The domain in one hand."""

from odin_engine.identity.ports import Household, NoHousehold
from odin_engine.identity.service.audit import Audit
from odin_engine.identity.service.doors import Doors
from odin_engine.identity.service.house_key import HouseKey
from odin_engine.identity.service.logins import Logins
from odin_engine.identity.service.passwords import Passwords
from odin_engine.identity.service.setup import Setup
from odin_engine.identity.service.tokens import Tokens
from odin_engine.identity.service.users import Users
from odin_engine.identity.store import sessions
from odin_engine.kernel.clock import Clock
from odin_engine.kernel.db import Database


class Identity:
    """Who may do what: doors, logins, setup, users, tokens and the audit log.

    `external_url` is where browsers find the engine, if not where they connect to.
    `household` knows the people who come through Home Assistant's ingress.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        external_url: str | None = None,
        household: Household | None = None,
    ) -> None:
        passwords = Passwords()
        self._database = database
        self.clock = clock
        self.external_url = external_url
        self.doors = Doors(database, clock, household or NoHousehold())
        self.logins = Logins(database, clock, passwords, self.doors)
        self.setup = Setup(database, clock, passwords, self.doors, self.logins)
        self.users = Users(database, clock, passwords, self.doors)
        self.tokens = Tokens(database, clock, self.doors)
        self.house_key = HouseKey(self.users, self.tokens, self.doors)
        self.audit = Audit(database, clock)

    async def start(self) -> None:
        """Makes the setup code where nobody administers yet; call it once at start."""
        await self.setup.open()

    def setup_code(self) -> str | None:
        """Returns the code to print, past any redaction; `None` once setup is done."""
        return self.setup.code()

    async def purge(self) -> None:
        """Removes sessions that ran out and old audit entries; call it hourly."""
        await self.audit.purge()
        async with self._database.work() as work:
            await sessions.remove_ended(work.session, self.clock.now())

    async def close(self) -> None:
        """Writes what still waits; call it last at a stop, while the database is open."""
        await self.audit.flush()
        await self.doors.flush()
