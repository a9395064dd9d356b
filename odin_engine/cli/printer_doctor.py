"""The connection doctor from the command line: as the engine would try it, without it."""

from collections.abc import Sequence

from odin_engine.drivers import families
from odin_engine.kernel.bus import Facts
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import NotFound, Refused
from odin_engine.kernel.fetch import LOCAL_ALLOWED
from odin_engine.kernel.migrate import current, head
from odin_engine.kernel.secrets import KEY_FILE, Secrets
from odin_engine.kernel.settings import Settings
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers import store
from odin_engine.printers.model.record import Access, Printer
from odin_engine.printers.ports import Check, Surroundings
from odin_engine.printers.service.discovery import Discovery
from odin_engine.printers.service.errands import Errands
from odin_engine.printers.service.fields import takes_device
from odin_engine.printers.service.fleet import Fleet


async def try_connection(
    settings: Settings, name: str, *, is_running: bool
) -> Sequence[Check]:
    """Tries the connection of a registered printer, by its name or id.

    `is_running`: an engine has the printers now. Over a serial line only one may talk,
    also where a bridge lets a second one in: it would end what is printed.

    Raises:
        NotFound: there is no such printer; says which there are.
        Refused: there is no database to look into.
    """
    printer, access = await _find(settings, name)
    surroundings = Surroundings(settings.data_dir, settings.discovery_address)
    family = families.load_one(printer.family, surroundings)
    if family is None:
        raise NotFound(f"No driver for {printer.family!r} printers is installed.")
    if is_running and takes_device(family):
        return [
            Check(
                "address",
                ok=None,
                detail=f"The running engine has {printer.host} open.",
                remedy="Check the connection on the printer's page, or stop the engine.",
            )
        ]
    clock, ticker = SystemClock(), LoopTicker()
    fleet = Fleet(clock, lambda _: None)
    fleet.add(printer, access)
    reach = LOCAL_ALLOWED.with_loopback() if settings.allow_loopback else LOCAL_ALLOWED
    discovery = Discovery(
        fleet, {family.name: family}, Errands(ticker), clock, ticker, reach
    )
    return (await discovery.check_printer(printer.id)).checks


async def stored(settings: Settings) -> Sequence[tuple[Printer, Access]]:
    """Returns every registered printer, with what opens it.

    Raises:
        KeyUnusable: the key is not that of the database.
        Refused: there is no database to look into.
    """
    key, place = settings.data_dir / KEY_FILE, settings.database_path
    is_there = key.exists() and (place is None or place.exists())
    found = await current(settings.database_url) if is_there else None
    if found is None:
        raise Refused(
            "No engine ran with this data yet: ODIN_DATA_DIR names its place."
        )
    if found != head():
        raise Refused("The database is of another version. Start the engine once.")
    secrets = Secrets(key.read_bytes().strip())
    database = Database(settings.database_url, Facts())
    try:
        async with database.read() as session:
            return await store.load_printers(session, secrets)
    finally:
        await database.close()


async def _find(settings: Settings, name: str) -> tuple[Printer, Access]:
    known = await stored(settings)
    for printer, access in known:
        if name == printer.id or name.casefold() == printer.name.casefold():
            return printer, access
    names = ", ".join(printer.name for printer, _ in known) or "none"
    raise NotFound(f"There is no printer called {name!r}. There are: {names}.")
