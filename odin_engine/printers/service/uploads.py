"""Files on their way to a printer: one at a time, with progress, and cancellable.

A file is received in full before the printer is bothered. Only what we put there is
ever deleted there.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from odin_engine.kernel.clock import Clock
from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import Conflict, Invalid, Problem
from odin_engine.kernel.files import Files, Spooled, safe_name
from odin_engine.kernel.tasks import Progress, Task, Tasks
from odin_engine.printers import store, views
from odin_engine.printers.model import FilamentUnit, PrintDetails, Storage
from odin_engine.printers.model.bounds import FILE_NAME_MOST, is_safe_file_name
from odin_engine.printers.model.history import Upload, UploadNotFound
from odin_engine.printers.model.safety import NotConnected, NotNow, ObserveOnly
from odin_engine.printers.ports import Driver, DriverFamily
from odin_engine.printers.service.details import Details
from odin_engine.printers.service.fleet import Fleet, Machine

KIND = "printer_upload"
_STALL_S = 60.0


class UploadRunning(Conflict):
    """One file at a time goes to a printer."""

    code = "printer_upload_running"


class WrongKind(Invalid):
    """No printer of this make prints such a file."""

    code = "printer_file_wrong_kind"


class SenderStalled(Invalid):
    """Whoever sends the file does not go on."""

    code = "upload_stalled"


@dataclass(frozen=True, slots=True)
class FilePlate:
    """A plate of a file on a printer; `picture` names its picture.

    `units` is what the printer holds at this moment.
    """

    details: PrintDetails
    picture: str | None
    units: Sequence[FilamentUnit]


class Uploads:
    """Puts files on printers, and takes them off again."""

    def __init__(
        self,
        fleet: Fleet,
        database: Database,
        files: Files,
        tasks: Tasks,
        details: Details,
        families: Mapping[str, DriverFamily],
        clock: Clock,
        most_bytes: int,
    ) -> None:
        self._fleet = fleet
        self._families = families
        self._database = database
        self._files = files
        self._tasks = tasks
        self._details = details
        self._clock = clock
        self.most_bytes = most_bytes
        self._held: dict[str, AsyncExitStack] = {}
        self._sweeping = asyncio.Lock()

    async def receive(
        self,
        printer_id: str,
        name: str,
        chunks: AsyncIterator[bytes],
        owner: str | None = None,
    ) -> Task:
        """Takes in a file; returns the task that puts it on the printer.

        There it has a plainer name, if need be: the task's result tells it, and with
        `note` why such a file is not likely to print.

        Raises:
            Invalid: the name is not one for a printer's disk, or the file too large.
            WrongKind: its printers print no such files.
            Refused, Unavailable: the printer cannot take a file now.
            UploadRunning: it is taking another one.
        """
        machine = self._fleet.get(printer_id)
        name = _plain_name(name)
        self._check_kind(machine, name)
        claim = self._claim(machine)
        async with AsyncExitStack() as held:
            held.callback(_release, machine, claim)
            spooled = await held.enter_async_context(
                self._files.spool(_steady(chunks), self.most_bytes)
            )
            if not spooled.size_bytes:
                raise Invalid("The file is empty.", Problem("", "a file with content"))
            title = f"{name} → {machine.printer.name}"

            async def put(progress: Progress) -> Mapping[str, Any]:
                try:
                    return await self._put(machine, name, spooled, progress)
                finally:
                    _release(machine, claim)

            task = await self._tasks.start(KIND, title, owner, put)
            self._held[task.id] = held.pop_all()
        return task

    async def sweep(self) -> None:
        """Lets go of files whose task has ended, even one that never began."""
        # Whoever sweeps beside another waits for what that one is letting go of.
        async with self._sweeping:
            for task_id in self._held.keys() - self._tasks.live().keys():
                await self._let_go(task_id)

    async def close(self) -> None:
        """Lets go of every file."""
        for task_id in tuple(self._held):
            await self._let_go(task_id)

    async def _let_go(self, task_id: str) -> None:
        held = self._held.pop(task_id, None)
        if held is not None:
            await held.aclose()

    def kinds(self, printer_id: str) -> Sequence[str]:
        """Returns what the names of files end in that a printer prints.

        None where no driver speaks its protocol any more.
        """
        machine = self._fleet.get(printer_id)
        family = self._families.get(machine.printer.family)
        own = machine.state.capabilities.file_kinds
        return own or (family.file_kinds if family else ())

    async def of(self, printer_id: str) -> list[Upload]:
        """Returns the files that we put on a printer, latest first."""
        self._fleet.get(printer_id)
        async with self._database.read() as session:
            return await views.uploads(session, printer_id)

    async def delete(self, printer_id: str, name: str) -> None:
        """Deletes a file that we put on a printer.

        Raises:
            UploadNotFound: it is not ours.
            Refused, Unavailable: the printer cannot do that now.
        """
        machine = await self._holder(printer_id, name)
        if _is_printed(machine, name):
            raise NotNow("busy", "This file is being printed.")
        driver = _driver(machine)
        async with machine.commanding:
            await driver.delete_file(name)
            machine.sent.forget(name)
        async with self._database.work() as work:
            await store.delete_upload(work.session, printer_id, name)

    async def plates(self, printer_id: str, name: str) -> list[FilePlate]:
        """Returns what is on each plate of a file, and which slots suit it now.

        Raises:
            UploadNotFound: we put no such file on that printer.
            NotSupported, NotNow, NotConnected: it cannot be looked into now.
            PrintFileUnavailable: it cannot be read; says why.
        """
        machine = await self._holder(printer_id, name)
        plates = await self._details.plates(machine, name)
        units = machine.state.filament_units
        return [
            FilePlate(known.details, known.picture, units)
            for _, known in sorted(plates.items())
        ]

    async def plate_picture(
        self, printer_id: str, name: str, plate: int
    ) -> tuple[str, bytes]:
        """Returns the picture of a plate of a file, and its name.

        Raises as `plates`, and PictureNotFound: there is none.
        """
        machine = await self._holder(printer_id, name)
        return await self._details.plate_picture(machine, name, plate)

    async def _holder(self, printer_id: str, name: str) -> Machine:
        """Returns the printer that we put such a file on."""
        machine = self._fleet.get(printer_id)
        async with self._database.read() as session:
            if await views.upload(session, printer_id, name) is not None:
                return machine
        raise UploadNotFound(
            "No file of that name was uploaded from here; others are left alone."
        )

    def _check_kind(self, machine: Machine, name: str) -> None:
        kinds = tuple(self.kinds(machine.printer.id))
        if not name.lower().endswith(kinds):
            raise WrongKind(
                f"This printer prints {' and '.join(kinds) or 'no'} files. Slice the "
                "model for it, and export the sliced file.",
                Problem("/name", "the name of a file that can be printed"),
            )

    def _claim(self, machine: Machine) -> object:
        _driver(machine)
        storage = machine.state.storage
        if storage not in {None, Storage.OK}:
            raise NotNow(
                "storage", "The printer's card or stick is missing or not writable."
            )
        if machine.uploading is not None:
            raise UploadRunning(
                "Another file is on its way to this printer. Wait, or cancel it."
            )
        machine.uploading = claim = object()
        return claim

    async def _put(
        self, machine: Machine, name: str, spooled: Spooled, progress: Progress
    ) -> Mapping[str, Any]:
        printer_id = machine.printer.id

        def report(done: int, total: int) -> None:
            progress(done / total if total else 0.0, None)

        machine.sent.forget(name)
        await _driver(machine).upload(spooled.path, name, report)
        upload = Upload(printer_id, name, spooled.size_bytes, self._clock.now())
        async with self._database.work() as work:
            if self._fleet.has(machine):
                await store.save_upload(work.session, upload)
        note = await self._details.keep_sent(machine, name, spooled.path)
        return {
            "printer_id": printer_id,
            "name": name,
            "size_bytes": spooled.size_bytes,
            "sha256": spooled.sha256,
            "note": note,
        }


async def _steady(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Passes chunks on as long as they keep coming: a printer waits for its turn.

    Raises:
        SenderStalled: none came for a minute.
    """
    while True:
        try:
            async with asyncio.timeout(_STALL_S):
                chunk = await anext(chunks, None)
        except TimeoutError as error:
            raise SenderStalled("The file stopped arriving. Send it again.") from error
        if chunk is None:
            return
        yield chunk


def _plain_name(name: str) -> str:
    """Returns a name that every printer's file system takes."""
    if not is_safe_file_name(name):
        raise Invalid(
            "This name cannot be used on a printer.",
            Problem(
                "/name", f"1 to {FILE_NAME_MOST} plain characters, without folders"
            ),
        )
    return safe_name(name)


def _driver(machine: Machine) -> Driver:
    if machine.printer.is_observe_only:
        raise ObserveOnly("This printer is set to be observed only.")
    if machine.driver is None or not machine.is_heard:
        raise NotConnected(machine.state.link, machine.state.link_reason)
    return machine.driver


def _is_printed(machine: Machine, name: str) -> bool:
    """Whether a job runs that may be of that file.

    Some printers report the plate inside the file instead, so our own order counts, and
    the job's name, which slicers and we make of the file's.
    """
    job, activity, ordered = machine.state.job, machine.state.activity, machine.ordered
    if job is None or activity is None or not activity.has_running_job:
        return False
    if ordered is not None and ordered.token == job.token:
        return ordered.file == name
    stem = name.removesuffix(".3mf").removesuffix(".gcode")
    reported = (job.file or "").rpartition("/")[2]
    return name == reported or stem == job.name


def _release(machine: Machine, claim: object) -> None:
    """Lets the next file in; harmless when that was done before."""
    if machine.uploading is claim:
        machine.uploading = None
