"""What the print at a printer is made of: found in its file once, and kept.

Looking costs a connection to a small machine that is printing. So one at a time looks,
a failure is remembered, an upload goes first, and what we sent ourselves is known.
"""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import override

from odin_engine.kernel.clock import Clock
from odin_engine.kernel.db import Work
from odin_engine.kernel.errors import Invalid, OdinError
from odin_engine.printers import store
from odin_engine.printers.model import (
    Activity,
    Job,
    LinkStatus,
    NotSupported,
    PictureNotFound,
    PrintDetails,
    PrintFileUnavailable,
)
from odin_engine.printers.model.details import NothingPrinted, is_another_print
from odin_engine.printers.model.history import Run, is_another
from odin_engine.printers.model.safety import (
    NotConnected,
    NotNow,
    Situation,
    skip_refusal,
)
from odin_engine.printers.ports import LooksIntoPrints, PlateFile
from odin_engine.printers.service.errands import Errands
from odin_engine.printers.service.fleet import Fleet, Machine
from odin_engine.printers.service.pictures import Pictures, small
from odin_engine.printers.service.recorder import Recorder
from odin_engine.printers.service.search import Known, Ordered, Search

_LOG = logging.getLogger(__name__)

READ_S = 90.0
"""A sane file takes seconds; the smallest boards send 50 kB/s while they print."""
_READ_BEFORE_START_S = 20.0
_READINGS_MOST = 4
"""Printers looked into at the same time while nobody asks: a farm comes up at once."""
_PAUSE_S = 30.0
"""Between two looks into one printer that nobody asked for, whatever it reports."""
_PLATES_MOST = 40
_RUNNING = frozenset({Activity.PRINTING, Activity.PAUSED})
_TOO_SLOW = "The printer sends its file too slowly. It is tried again later."


@dataclass(frozen=True, slots=True)
class PrintInside:
    """A print with what its file told. `cannot_skip` is why no object can be skipped.

    `picture` names the picture; another picture has another name.
    """

    job: Job
    details: PrintDetails
    picture: str | None
    cannot_skip: OdinError | None


class Details:
    """Looks into what is printed."""

    def __init__(
        self,
        fleet: Fleet,
        recorder: Recorder,
        pictures: Pictures,
        errands: Errands,
        clock: Clock,
    ) -> None:
        self._fleet = fleet
        self._recorder = recorder
        self._pictures = pictures
        self._errands = errands
        self._clock = clock
        self._unasked: set[str] = set()

    async def of(self, printer_id: str) -> PrintInside:
        """Returns what is known of the present or last print, looking if need be.

        Raises:
            NothingPrinted: there is none.
            NotSupported, NotNow, NotConnected: it cannot be looked into now.
            PrintFileUnavailable: its file cannot be read; says why.
        """
        machine = self._fleet.get(printer_id)
        known = await self._found(machine)
        situation = Situation(machine.printer, machine.state, details=known.details)
        return PrintInside(
            job=machine.state.job or Job(),
            details=known.details,
            picture=known.picture,
            cannot_skip=skip_refusal(situation),
        )

    async def picture(self, printer_id: str) -> tuple[str, bytes]:
        """Returns the picture of the present or last print, and its name.

        Raises as `of`, and PictureNotFound: its file has none.
        """
        machine = self._fleet.get(printer_id)
        for _ in range(2):
            known = await self._found(machine)
            if known.picture is None:
                break
            png = await asyncio.to_thread(self._pictures.get, known.picture)
            if png is not None:
                return known.picture, png
            # It had to make room, so its file is looked into again.
            machine.search = None
            machine.sent.files.clear()
        raise PictureNotFound("The file of this print holds no picture.")

    async def heads(
        self, machine: Machine, file: str, plate: int
    ) -> tuple[int | None, ...]:
        """Returns which head each filament of a plate needs; empty if nobody knows.

        Only asked of machines with several heads.
        """
        activity = machine.state.activity
        if machine.state.capabilities.heads == 1 or activity is None:
            return ()
        known = machine.sent.find(file, plate)
        if known is None and not activity.has_running_job:
            known = await self._read_before_start(machine, file, plate)
        return known.details.heads if known else ()

    async def _read_before_start(
        self, machine: Machine, file: str, plate: int
    ) -> Known | None:
        job = Job(file=file, plate=plate)
        try:
            async with machine.reading:
                reader = _reader(machine)
                known = await self._keep(
                    await self._errands.within(
                        _READ_BEFORE_START_S, reader.read_print_details(job)
                    )
                )
        except (OdinError, TimeoutError) as error:
            _LOG.debug("%s: %s is not known: %s", machine.printer.name, file, error)
            return None
        machine.sent.keep_plate(file, plate, known)
        return known

    async def plates(self, machine: Machine, name: str) -> dict[int, Known]:
        """Returns every plate of a file that we put on a printer, looking if need be.

        Raises:
            NotSupported, NotNow, NotConnected: it cannot be looked into now.
            PrintFileUnavailable: it cannot be read; says why.
        """
        known = machine.sent.plates(name)
        if known is not None:
            return known
        async with machine.reading:
            # Somebody else may have looked meanwhile.
            known = machine.sent.plates(name)
            return known or await self._read_plates(machine, name)

    async def _read_plates(self, machine: Machine, name: str) -> dict[int, Known]:
        plates: dict[int, Known] = {}

        def keep(file: PlateFile) -> None:
            self._keep_plate(plates, file)

        reader = _reader(machine)
        try:
            await self._errands.within(READ_S, reader.read_plates(name, keep))
        except TimeoutError:
            raise PrintFileUnavailable("unreachable", _TOO_SLOW) from None
        machine.sent.keep(name, plates)
        return plates

    async def plate_picture(
        self, machine: Machine, name: str, plate: int
    ) -> tuple[str, bytes]:
        """Returns the picture of a plate of such a file, and its name.

        Raises as `plates`, and PictureNotFound: there is none.
        """
        known = (await self.plates(machine, name)).get(plate)
        if known is not None and known.picture is not None:
            png = await asyncio.to_thread(self._pictures.get, known.picture)
            if png is not None:
                return known.picture, png
        raise PictureNotFound("There is no picture of this plate.")

    async def keep_sent(self, machine: Machine, name: str, source: Path) -> str | None:
        """Looks into a file that was put on a printer, so that nobody need ask there.

        Returns why it told nothing, `None` where it did or nobody could look.
        """
        driver: object = machine.driver
        if not isinstance(driver, LooksIntoPrints):
            return None
        try:
            plates = await asyncio.to_thread(
                self._keep_all, driver.inspect_file(source)
            )
        except Invalid as error:
            _LOG.debug("%s tells nothing of itself: %s", name, error)
            return error.message
        except NotSupported:
            # Only the printer can look; it is asked when somebody wants to know.
            return None
        machine.sent.keep(name, plates)
        return None

    def watch(self) -> None:
        """Looks into prints that nobody asked for yet; call it every second."""
        for machine in self._fleet:
            search = self._search(machine)
            if search is None or search.known is not None:
                continue
            if self._take_over(machine, search) or not self._is_quiet(machine, search):
                continue
            self._unasked.add(machine.printer.id)
            machine.look_after_s = self._clock.monotonic_s() + _PAUSE_S
            self._errands.run(self._look_unasked(machine))

    def _is_quiet(self, machine: Machine, search: Search) -> bool:
        """Whether a look disturbs nothing and is likely to find something."""
        now_s = self._clock.monotonic_s()
        return (
            len(self._unasked) < _READINGS_MOST
            and machine.state.activity in _RUNNING
            and machine.state.link is LinkStatus.ONLINE
            and machine.state.capabilities.has_print_details
            and search.is_worth_trying(now_s)
            and now_s >= machine.look_after_s
            and machine.uploading is None
            and not machine.commanding.locked()
            and not machine.reading.locked()
        )

    async def _look_unasked(self, machine: Machine) -> None:
        try:
            await self._found(machine)
        except OdinError as error:
            _LOG.debug("%s: what it prints: %s", machine.printer.name, error)
        finally:
            self._unasked.discard(machine.printer.id)

    def _search(self, machine: Machine) -> Search | None:
        """Returns the search for the present or last print; `None` if there is none."""
        job, activity = machine.state.job, machine.state.activity
        if job is None or activity is None:
            return None
        if not (activity.has_running_job or activity.is_end):
            return None
        if machine.search is None or not machine.search.is_for(job):
            machine.search = Search(job)
        return machine.search

    async def _found(self, machine: Machine) -> Known:
        search = self._search(machine)
        if search is None:
            raise NothingPrinted("Nothing is being printed.")
        if search.known is None and not self._take_over(machine, search):
            async with machine.reading:
                if search.known is None:
                    await self._look(machine, search)
        assert search.known is not None  # noqa: S101 - `_look` raises otherwise
        return search.known

    def _take_over(self, machine: Machine, search: Search) -> bool:
        """Takes what is known of a file that we sent; returns whether that was so."""
        ordered = _order_of(machine)
        if ordered is None:
            return False
        search.known = machine.sent.find(ordered.file, ordered.plate)
        if search.known is None:
            return False
        self._errands.run(self._tell_history(machine, search))
        return True

    async def _look(self, machine: Machine, search: Search) -> None:
        refusal = search.refusal(self._clock.monotonic_s())
        if refusal is not None:
            raise refusal
        reader = _reader(machine)
        if machine.state.activity is Activity.PREPARING:
            raise NotNow(
                "preparing",
                "The printer is still fetching or reading the file. Ask again when it "
                "prints.",
            )
        job = machine.state.job or search.job
        if ordered := _order_of(machine):
            job = replace(job, file=ordered.file, plate=ordered.plate)
        try:
            file = await self._errands.within(READ_S, reader.read_print_details(job))
        except PrintFileUnavailable as error:
            self._fail(search, error)
        except TimeoutError:
            self._fail(search, PrintFileUnavailable("unreachable", _TOO_SLOW))
        except OdinError as error:
            self._fail(search, PrintFileUnavailable("unreachable", error.message))
        else:
            search.known = await self._keep(file)
            await self._tell_history(machine, search)

    def _fail(self, search: Search, failure: PrintFileUnavailable) -> None:
        now_s = self._clock.monotonic_s()
        search.fail(failure, now_s)
        raise search.refusal(now_s) or failure

    async def _keep(self, file: PlateFile) -> Known:
        return await asyncio.to_thread(self._keep_one, file)

    def _keep_all(self, files: Iterator[PlateFile]) -> dict[int, Known]:
        """Keeps each plate before the next is read, so that memory stays flat."""
        plates: dict[int, Known] = {}
        for file in files:
            self._keep_plate(plates, file)
        return plates

    def _keep_plate(self, plates: dict[int, Known], file: PlateFile) -> None:
        number = file.details.plate
        if number is not None and len(plates) < _PLATES_MOST:
            plates[number] = self._keep_one(file)

    def _keep_one(self, file: PlateFile) -> Known:
        picture = self._pictures.put(file.picture)
        little = file.small_picture
        if little is None and file.picture is not None:
            little = small(file.picture)
        details = replace(file.details, has_picture=picture is not None)
        return Known(details, picture, self._pictures.put(little))

    async def _tell_history(self, machine: Machine, search: Search) -> None:
        """Has what is known written to the run, after whatever was seen before."""
        known = search.known
        if known is None:
            return
        png = None
        if known.small_picture is not None:
            png = await asyncio.to_thread(self._pictures.get, known.small_picture)
        self._recorder.put(_Told(machine.printer.id, search.job, known.details, png))


class _Told:
    """What a file told of a print, on its way into the database."""

    def __init__(
        self, printer_id: str, job: Job, details: PrintDetails, png: bytes | None
    ) -> None:
        self._printer_id = printer_id
        self._job = job
        self._details = details
        self._png = png

    @override
    def __repr__(self) -> str:
        return f"details of {self._job.name}"

    async def write(self, work: Work) -> None:
        """Writes it to the run of that print, if it was recorded."""
        run = await store.last_run(work.session, self._printer_id)
        if run is not None and _is_its(run, self._job):
            await store.describe_run(work.session, run.id, self._details, self._png)

    def settle(self) -> None:
        """Does nothing: history is not in memory."""


def _is_its(run: Run, job: Job) -> bool:
    named = Job(name=run.name, file=run.file, plate=run.plate)
    return not is_another(run, job) and not is_another_print(named, job)


def _order_of(machine: Machine) -> Ordered | None:
    """Returns our order that the present or last print carries out, if it does."""
    job, ordered = machine.state.job, machine.ordered
    if job is None or ordered is None or job.token != ordered.token:
        return None
    return ordered


def _reader(machine: Machine) -> LooksIntoPrints:
    """Returns who can look; it is no command, so observing only allows it.

    Raises:
        NotSupported: this family or model cannot be looked into.
        NotConnected, NotNow: not at this moment.
    """
    driver = machine.driver
    if driver is None or not machine.is_heard:
        raise NotConnected(machine.state.link, machine.state.link_reason)
    if not machine.state.capabilities.has_print_details or not isinstance(
        driver, LooksIntoPrints
    ):
        raise NotSupported("This printer does not let anybody look into its files.")
    if machine.uploading is not None:
        raise NotNow(
            "uploading",
            "A file is on its way to the printer. Ask again when it is there.",
        )
    return driver
