"""`Printers`: every printer of the house, put together from its groups of verbs."""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping

from odin_engine.kernel.bus import Telemetry
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.kernel.config import Config
from odin_engine.kernel.db import Database
from odin_engine.kernel.fetch import LOCAL_ALLOWED
from odin_engine.kernel.files import Files
from odin_engine.kernel.pages import Slice
from odin_engine.kernel.secrets import Secrets
from odin_engine.kernel.tasks import Tasks
from odin_engine.printers.model import PrinterState
from odin_engine.printers.ports import DriverFamily
from odin_engine.printers.service.chronicle import Chapter
from odin_engine.printers.service.commands import Commands
from odin_engine.printers.service.details import Details
from odin_engine.printers.service.discovery import Discovery
from odin_engine.printers.service.doctor import Doctor
from odin_engine.printers.service.emergency import Emergency
from odin_engine.printers.service.errands import Errands
from odin_engine.printers.service.fleet import Fleet, Observation, PrinterView
from odin_engine.printers.service.groups import Groups
from odin_engine.printers.service.handover import HandOver
from odin_engine.printers.service.history import History
from odin_engine.printers.service.keepsakes import Keepsakes
from odin_engine.printers.service.key_requests import KeyRequests
from odin_engine.printers.service.listing import Wanted, page
from odin_engine.printers.service.nozzles import Nozzles
from odin_engine.printers.service.pictures import Pictures
from odin_engine.printers.service.presets import Presets
from odin_engine.printers.service.recorder import Recorder
from odin_engine.printers.service.registry import Registry
from odin_engine.printers.service.sampling import Sampling
from odin_engine.printers.service.scanning import Scanning
from odin_engine.printers.service.supervision import Supervision
from odin_engine.printers.service.uploads import Uploads

_LOG = logging.getLogger(__name__)

TICK_PERIOD_S = 1.0
_DRAIN_S = 0.5
_UPLOAD_MOST_BYTES = 4 * 1024**3


class Printers:
    """The live truth about all printers, and what can be done with them.

    `start` once, then `reactions.run` beats the time; `stop` at the end. Verbs are in
    groups: `registry`, `groups`, `commands`, `emergency`, `details`, `uploads`, `nozzles`,
    `presets`, `keepsakes`, `key_requests`, `discovery`, `scanning`, `doctor`, `history`,
    `sampling`, `supervision`.
    """

    def __init__(  # noqa: PLR0913 - the composition root names each collaborator
        self,
        database: Database,
        clock: Clock,
        ticker: Ticker,
        secrets: Secrets,
        families: Mapping[str, DriverFamily],
        files: Files,
        tasks: Tasks,
        config: Config,
        *,
        allow_loopback: bool = False,
        upload_most_bytes: int = _UPLOAD_MOST_BYTES,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        reach = LOCAL_ALLOWED.with_loopback() if allow_loopback else LOCAL_ALLOWED
        self._fleet = fleet = Fleet(clock, self._note)
        self._errands = errands = Errands(ticker)
        self.history = history = History(database, clock)
        self._recorder = recorder = Recorder(database, ticker, fleet.writing)
        self._recording: asyncio.Task[None] | None = None
        self.supervision = Supervision(
            fleet,
            families,
            recorder,
            errands,
            HandOver(errands, clock),
            clock,
            ticker,
            jitter,
            reach,
        )
        self.key_requests = KeyRequests(families, secrets, clock, ticker, reach)
        self.registry = Registry(
            fleet,
            database,
            secrets,
            families,
            self.supervision,
            self.key_requests,
            clock,
            reach,
        )
        self.groups = Groups(fleet, database, self.registry)
        pictures = Pictures(files.cache / "print-pictures")
        self.details = details = Details(fleet, recorder, pictures, errands, clock)
        self.commands = Commands(
            fleet, database, config, details, errands, clock, ticker
        )
        self.emergency = Emergency(fleet, errands, ticker)
        self.uploads = Uploads(
            fleet,
            database,
            files,
            tasks,
            details,
            families,
            clock,
            most_bytes=upload_most_bytes,
        )
        self.nozzles = Nozzles(fleet, database, clock)
        self.presets = Presets(fleet, families)
        self.keepsakes = Keepsakes(fleet, errands, clock)
        self.discovery = discovery = Discovery(
            fleet, families, errands, clock, ticker, reach
        )
        self.doctor = Doctor(fleet, discovery, clock)
        self.scanning = Scanning(
            families, tasks, errands, ticker, reach, discovery.known
        )
        self.sampling = Sampling(
            fleet, recorder, database, config, clock, history.totals.forget
        )

    @property
    def telemetry(self) -> Telemetry[PrinterView]:
        """The lane of changes: the latest view per printer id, `None` when removed."""
        return self._fleet.telemetry

    async def start(self) -> None:
        """Takes in the printers and begins to connect the enabled ones."""
        await self.registry.load()
        self._recording = asyncio.create_task(self._recorder.run(), name="recorder")
        self.supervision.start_all()

    async def stop(self) -> None:
        """Ends every connection and writes what is still to be remembered."""
        await self._errands.close()
        await self.key_requests.close()
        await self.supervision.stop_all()
        await self.sampling.sample()
        await self.uploads.close()
        if self._recording is not None:
            try:
                async with asyncio.timeout(_DRAIN_S):
                    # There may be room again since it was asked last.
                    self._recorder.hurry()
                    await self.flush()
            except TimeoutError:
                _LOG.error("the last seconds of history could not be written")
            self._recording.cancel()
            await asyncio.wait({self._recording})

    def view(self, printer_id: str) -> PrinterView:
        """Returns a printer with its live state.

        Raises:
            PrinterNotFound: nobody has that id.
        """
        return self._fleet.get(printer_id).view

    def views(self) -> dict[str, PrinterView]:
        """Returns every printer with its live state, by id, in their order."""
        return {machine.printer.id: machine.view for machine in self._fleet}

    def page(self, wanted: Wanted) -> Slice[PrinterView]:
        """Returns a page of the printers that match.

        Raises:
            Invalid: an unknown sort field or cursor.
        """
        return page((machine.view for machine in self._fleet), wanted)

    def observe(self, printer_id: str, state: PrinterState) -> None:
        """Takes in the state that a report led to; what follows is up to others."""
        self._fleet.observe(self._fleet.get(printer_id), state)

    def refresh(self, printer_id: str) -> None:
        """Asks a connected printer for a full report, tries a lost one again at once."""
        self.supervision.hurry(self._fleet.get(printer_id))

    async def tick(self) -> None:
        """Looks after silence, printing time, heaters, files; call it every second."""
        await self.supervision.tick()
        self.sampling.count()
        self.details.watch()
        self.commands.watch_heaters()
        self.key_requests.sweep()
        await self.uploads.sweep()

    async def flush(self) -> None:
        """Waits until everything that was seen so far is written."""
        await self._recorder.drain()

    def _note(self, seen: Observation) -> None:
        self._recorder.put(Chapter(self._fleet, self.history.totals, seen))
