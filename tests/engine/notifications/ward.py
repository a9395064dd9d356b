"""A farm with alerts listening to it: real services, bus and database, time by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from odin_engine.identity.model import ROLE_PERMISSIONS, Principal, Role
from odin_engine.kernel.bus import Facts
from odin_engine.kernel.config import Config
from odin_engine.kernel.db import Database
from odin_engine.kernel.pages import PageRequest
from odin_engine.notifications import reactions
from odin_engine.notifications.model import TUNABLES, Alert, AlertFilter, AlertState
from odin_engine.notifications.service import Alerts
from odin_engine.printers.model import Fault, FaultKind, Severity
from tests.engine.doubles import ManualClock
from tests.engine.printers.farm import Farm, run_farm
from tests.engine.printers.memory_driver import MemoryFamily

HOT = Fault(
    "0300-0100-0001-0001",
    FaultKind.HEALTH,
    Severity.SERIOUS,
    "Bed: too hot.",
    help_url="https://help.test/hot",
)
ANNA = Principal("1", "anna", Role.OPERATOR, ROLE_PERMISSIONS[Role.OPERATOR])
MILD = Fault("0C00-0300-0003-0007", FaultKind.HEALTH, Severity.COMMON, "Look.")


class Ward:
    """The farm and its alerts."""

    def __init__(self, farm: Farm, alerts: Alerts, config: Config) -> None:
        self.farm = farm
        self.alerts = alerts
        self.config = config

    async def go(self, seconds: int = 1) -> None:
        """Lets so many seconds pass one by one, and everything seen be told."""
        for _ in range(seconds):
            await self.farm.go(1)
            await self.farm.go()

    def active(self) -> dict[str, Alert]:
        """Returns the active alerts by code; each code must be there once only."""
        found = {alert.code: alert for alert in self.alerts.active().values()}
        assert len(found) == len(self.alerts.active())
        return found

    async def history(self, state: AlertState = AlertState.ALL) -> list[Alert]:
        """Returns the alerts of the database, newest first."""
        page = await self.alerts.page(PageRequest(), AlertFilter(state))
        assert page.total == len(page.items)
        return list(page.items)


@asynccontextmanager
async def listening(
    farm: Farm, database: Database, facts: Facts, clock: ManualClock
) -> AsyncIterator[Ward]:
    """Adds alerts to a farm for the length of the block."""
    config = Config(database, clock, TUNABLES)
    await config.load()
    alerts = Alerts(database, clock, config, farm.printers)
    await alerts.start()
    beat = asyncio.create_task(reactions.run(alerts, facts, clock))
    ward = Ward(farm, alerts, config)
    await ward.go(2)
    try:
        yield ward
    finally:
        beat.cancel()
        with suppress(asyncio.CancelledError):
            await beat


@asynccontextmanager
async def run_ward(
    database: Database,
    facts: Facts,
    clock: ManualClock,
    family: MemoryFamily,
    folder: Path,
) -> AsyncIterator[Ward]:
    """Runs a farm and its alerts for the length of the block; the database survives."""
    async with (
        run_farm(database, facts, clock, family, folder) as farm,
        listening(farm, database, facts, clock) as ward,
    ):
        yield ward
