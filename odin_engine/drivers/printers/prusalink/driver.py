"""One machine with PrusaLink: its statuses as states, commands as requests.

`watch` looks at the machine, `mirror` makes states of what it says; whoever iterates
`states` is the one that looks. `commander` tells it what to do.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from odin_engine.drivers.printers.prusalink.cameras import Cameras
from odin_engine.drivers.printers.prusalink.commander import Commander
from odin_engine.drivers.printers.prusalink.link import Link
from odin_engine.drivers.printers.prusalink.mirror import Mirror
from odin_engine.drivers.printers.prusalink.protocol.answers import FileInfo
from odin_engine.drivers.printers.prusalink.protocol.files import in_storage
from odin_engine.drivers.printers.prusalink.protocol.pace import Pace
from odin_engine.drivers.printers.prusalink.storage import Storage
from odin_engine.drivers.printers.prusalink.watch import Watch
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    Command,
    CommandRejected,
    DriverError,
    Job,
    NotSupported,
    PrinterState,
    PrintFileUnavailable,
    Unreachable,
)
from odin_engine.printers.model import Storage as StorageState
from odin_engine.printers.ports import (
    Certificate,
    Connection,
    Frame,
    PlateFile,
    Progress,
    Record,
    StoredFile,
)

_NO_STORAGE = {
    StorageState.MISSING: "The printer has no storage. Insert a USB stick into it.",
    StorageState.READ_ONLY: "The printer's storage cannot be written to.",
}
_NO_PUTS = (
    "This firmware takes no files this way. Update the printer's firmware, or PrusaLink "
    "on the Raspberry Pi."
)


@dataclass(frozen=True, slots=True)
class _Session:
    """What lives as long as one connection."""

    link: Link
    watch: Watch
    commander: Commander
    storage: Storage
    cameras: Cameras


class PrusaLinkDriver:
    """Implements `printers.ports.Driver`, `LooksIntoPrints` and `ListsFiles`."""

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        ticker: Ticker,
        tap: Callable[[Record], None] | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._ticker = ticker
        self._tap = tap
        self._pace = pace or Pace()
        self._mirror = Mirror(clock)
        self._uploads = asyncio.Lock()
        self._session: _Session | None = None
        self._heard_s: float | None = None
        self._is_closed = False

    @property
    def certificate(self) -> Certificate | None:
        """Always `None`: the printers speak plain HTTP."""
        return None

    @property
    def last_heard_s(self) -> float | None:
        """`Clock.monotonic_s` of the last answer of any kind; `None` before the first."""
        session = self._session
        heard_s = session.link.heard_s if session is not None else None
        return heard_s if heard_s is not None else self._heard_s

    @property
    def rejected_messages(self) -> int:
        """How many answers made no sense since the driver was made."""
        return self._mirror.rejected

    async def states(self) -> AsyncGenerator[PrinterState]:
        """Connects and yields a state per look that showed a change.

        Raises:
            DriverError: when the connection cannot be made or is lost; always ends so.
        """
        self._is_closed = False
        self._mirror.begin()
        session = self._open()
        self._session = session
        error: DriverError = Unreachable("The connection to the printer ended.")
        try:
            await session.watch.first()
            while True:
                while self._mirror.fresh:
                    yield self._mirror.fresh.popleft()
                self._stop_if_closed()
                await session.watch.again()
                self._stop_if_closed()
        except DriverError as caught:
            error = caught
            raise
        finally:
            self._heard_s = self.last_heard_s
            self._session = None
            self._mirror.end(
                Unreachable(f"{error.message} What was asked may have been done.")
            )
            await session.link.close()

    def _open(self) -> _Session:
        connection, clock, ticker = self._connection, self._clock, self._ticker
        link = Link(connection, clock, self._tap)
        watch = Watch(link, self._mirror, connection.serial, self._pace, clock, ticker)
        return _Session(
            link,
            watch,
            Commander(link, self._mirror, watch, clock, ticker),
            Storage(link, ticker),
            Cameras(link, clock),
        )

    def _stop_if_closed(self) -> None:
        if self._is_closed:
            raise Unreachable("The connection was closed.")

    def _connected(self) -> _Session:
        if self._session is None or self._mirror.state is None:
            raise Unreachable("The printer is not connected, or has not reported yet.")
        return self._session

    async def ask_for_report(self) -> None:
        """Looks at the printer at once.

        Raises:
            Unreachable: not connected.
        """
        self._connected().watch.hurry()

    async def execute(self, command: Command) -> None:
        """Does one command; returns when the printer confirmed it.

        Raises:
            CommandRejected: the printer said no.
            CommandTimedOut: neither confirmed nor refused in time.
            NotSupported: not in the declared capabilities.
            Unreachable: not connected.
        """
        await self._connected().commander.do(command)

    async def emergency_stop(self) -> None:
        """Stops the print at once, past everything that waits.

        There is no emergency stop in PrusaLink; this is the strongest order it has. It
        does not wait for a first report. Raises as `execute`. The caller bounds the time.
        """
        if self._session is None:
            raise Unreachable("The printer is not connected.")
        await self._session.commander.stop_now()

    async def upload(self, source: Path, name: str, progress: Progress) -> None:
        """Streams a file to the printer under `name` and verifies its size there.

        Cancelling the task stops the transfer and removes the partial file. Raises as
        `execute`.
        """
        session = self._connected()
        if self._lacks_storage() is not None:
            # It may have been put in since.
            await session.watch.look_at_storage()
            self._mirror.show()
        lacking = self._lacks_storage()
        if lacking is not None:
            raise CommandRejected(lacking)
        version = self._mirror.document.version
        if version is not None and version.takes_puts is False:
            raise NotSupported(_NO_PUTS)
        async with self._uploads:
            session.watch.is_patient = True
            try:
                drive = self._mirror.document.own_drive
                await session.storage.put(drive, source, name, progress)
            finally:
                session.watch.is_patient = False

    def _lacks_storage(self) -> str | None:
        storage = self._mirror.state.storage if self._mirror.state else None
        return _NO_STORAGE.get(storage) if storage is not None else None

    async def delete_file(self, name: str) -> None:
        """Removes a file that we uploaded; one that is gone already is fine."""
        session = self._connected()
        await session.storage.delete(self._mirror.document.own_drive, name)

    async def files(self) -> Sequence[StoredFile]:
        """Returns what can be printed there. Raises as `execute`."""
        session, document = self._connected(), self._mirror.document
        own = document.own_drive
        return await session.storage.files(document.drives or (own,), own)

    async def timelapses(self) -> Sequence[StoredFile]:
        """Returns none: the printers record nothing."""
        return ()

    async def read_print_details(self, job: Job) -> PlateFile:
        """Asks for the picture of a job, and for what is known of its file.

        Raises:
            PrintFileUnavailable: the printer does not have it, or an upload runs.
            DriverError: as it says.
        """
        course = self._mirror.document.course
        info = course.info
        if info is not None and info.file and job.external_id == str(info.id):
            return await self._plate(info.file)
        return await self._plate(await self._file(in_storage(job.file)))

    async def read_plates(self, name: str, keep: Callable[[PlateFile], None]) -> None:
        """Finds a file that we uploaded and hands `keep` what is known of it.

        Raises as `read_print_details`.
        """
        plate = await self._plate(await self._file(name))
        await asyncio.to_thread(keep, plate)

    def inspect_file(self, source: Path) -> Iterator[PlateFile]:
        """Tells nothing of a file on our own disk.

        Raises:
            NotSupported: always; the printer tells of it once it is there.
        """
        raise NotSupported(f"{source.name} is looked into on the printer only.")

    async def _file(self, name: str | None) -> FileInfo:
        session = self._connected()
        file = None
        if name is not None:
            self._check_no_upload()
            file = await session.storage.info(self._mirror.document.own_drive, name)
        if file is None:
            raise PrintFileUnavailable(
                "missing", "The file is not on the printer's storage any more."
            )
        return file

    async def _plate(self, file: FileInfo) -> PlateFile:
        session = self._connected()
        self._check_no_upload()
        try:
            return await session.storage.plate(file)
        except CommandRejected as error:
            raise PrintFileUnavailable("storage", error.message) from error

    def _check_no_upload(self) -> None:
        if self._uploads.locked():
            raise PrintFileUnavailable(
                "unreachable", "A file is being sent to the printer; it comes first."
            )

    async def camera_frame(self, camera_id: str) -> Frame:
        """Returns the latest picture.

        Raises:
            NotSupported: no such camera.
            Unavailable: no picture yet.
        """
        known = self._mirror.state.cameras if self._mirror.state is not None else ()
        if all(each.id != camera_id for each in known):
            raise NotSupported(f"This printer has no camera called {camera_id}.")
        return await self._connected().cameras.frame(camera_id)

    async def close(self) -> None:
        """Ends the connection and everything that hangs on it."""
        self._is_closed = True
        if self._session is not None:
            self._session.watch.wake()
            await self._session.link.close()
