"""Which engine this is: made once, kept in the database, the same after a restore."""

from sqlalchemy import select

from odin_engine.kernel.clock import Clock
from odin_engine.kernel.db import Database
from odin_engine.kernel.ids import new_id
from odin_engine.kernel.tables import SettingRow

_KEY = "system.engine_id"
"""No run-time setting of that name is declared, so `Config` neither shows nor drops it."""


async def engine_id(database: Database, clock: Clock) -> str:
    """Returns the id that clients know this engine by, whatever its address is."""
    async with database.read() as session:
        found = await session.scalar(
            select(SettingRow.value).where(SettingRow.key == _KEY)
        )
    if isinstance(found, str):
        return found
    made = new_id()
    async with database.work() as work:
        await work.session.merge(
            SettingRow(key=_KEY, value=made, changed_at=clock.now())
        )
    return made
