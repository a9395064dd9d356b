"""One Bambu Lab machine: its reports as states, commands as messages to it.

The way of a message: `link` hands it over, `mirror` makes a state of it, and a state
that differs waits for whoever iterates `states`. The way of a command: `protocol.encode`
words it, `commander` sends it and waits for the answer.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from odin_engine.drivers.printers.bambu import ftps, plates, remote
from odin_engine.drivers.printers.bambu.camera import Camera
from odin_engine.drivers.printers.bambu.commander import Commander
from odin_engine.drivers.printers.bambu.link import Link
from odin_engine.drivers.printers.bambu.mirror import Mirror
from odin_engine.drivers.printers.bambu.ports import port
from odin_engine.drivers.printers.bambu.protocol import encode
from odin_engine.drivers.printers.bambu.protocol.files import likely_paths
from odin_engine.drivers.printers.bambu.storage import Storage
from odin_engine.drivers.printers.bambu.tls import PrinterContext, Roots
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.kernel.errors import Invalid
from odin_engine.printers.model import (
    CameraKind,
    Command,
    CommandKind,
    CommandRejected,
    DriverError,
    Job,
    LoginRejected,
    NotSupported,
    PrinterState,
    PrintFileUnavailable,
    Unreachable,
    WrongSerial,
)
from odin_engine.printers.model import Storage as StorageState
from odin_engine.printers.ports import (
    Certificate,
    Connection,
    Frame,
    PlateFile,
    Progress,
    Record,
)

_PUSHALL_GAP_S = 3.0
_SLOW_PUSHALL_GAP_S = 300.0
_START_UP_GAP_S = 15.0
_MAY_SEND_IN_CLEAR = frozenset({"a1", "a1_mini"})
"""Some of their firmwares stall on an encrypted data channel (§9)."""


_UNREADABLE = frozenset({StorageState.MISSING, StorageState.ABNORMAL})
_NOT_THERE = {
    "cloud": (
        "The printer got this file from the cloud and does not give it out, so neither "
        "its picture nor its objects can be shown."
    ),
    "missing": (
        "The file of this print is not on the printer's card or stick, so neither its "
        "picture nor its objects can be shown."
    ),
}


class BambuDriver:
    """Implements `printers.ports.Driver` and `LooksIntoPrints`."""

    def __init__(
        self,
        connection: Connection,
        roots: Roots,
        clock: Clock,
        ticker: Ticker,
        tap: Callable[[Record], None] | None = None,
    ) -> None:
        self._connection = connection
        self._roots = roots
        self._clock = clock
        self._ticker = ticker
        self._tap = tap
        self._commander = Commander(clock, ticker)
        self._news = asyncio.Event()
        self._mirror = Mirror(
            connection.serial, self._commander, clock, ticker, self._news.set
        )
        self._link: Link | None = None
        self._certificate: Certificate | None = None
        self._failure: DriverError | None = None
        self._asked_s: float | None = None
        self._start_until_s = 0.0
        self._unconfirmed: set[asyncio.Future[None]] = set()
        self._storage: Storage | None = None
        self._camera: Camera | None = None

    @property
    def certificate(self) -> Certificate | None:
        """The certificate shown by the current or last connection."""
        return self._certificate

    @property
    def last_heard_s(self) -> float | None:
        """`Clock.monotonic_s` of the last message of any kind; `None` before the first."""
        return self._mirror.heard_s

    @property
    def rejected_messages(self) -> int:
        """How many messages made no sense since the driver was made."""
        return self._mirror.rejected

    async def states(self) -> AsyncGenerator[PrinterState]:
        """Connects and yields a state per report that changed something.

        Raises:
            DriverError: when the connection cannot be made or is lost; always ends so.
        """
        link = await self._open()
        loss = asyncio.create_task(link.lost())
        loss.add_done_callback(lambda _: self._news.set())
        try:
            await self._greet()
            while True:
                self._news.clear()
                while self._mirror.fresh:
                    yield self._mirror.fresh.popleft()
                if self._failure is not None:
                    raise self._failure
                if loss.done():
                    raise loss.result()
                await self._news.wait()
        finally:
            self._link = None
            self._commander.detach()
            self._mirror.end()
            for sending in tuple(self._unconfirmed):
                sending.cancel()
            loss.cancel()
            await asyncio.wait({loss})
            await link.close()

    async def _open(self) -> Link:
        connection = self._connection
        if not connection.serial:
            raise WrongSerial(
                "The printer's serial is missing; it names the topics it reports on.",
                expected="",
                found="",
            )
        if not connection.secret:
            raise LoginRejected("The printer's access code is missing.")
        context = PrinterContext.to(
            connection.serial, connection.pin_sha256, self._roots
        )
        link = Link(
            connection.host,
            port(connection, "mqtt"),
            connection.serial,
            connection.secret,
            context,
            self._deliver,
        )
        self._failure = None
        self._mirror.begin()
        try:
            await link.open()
        finally:
            self._certificate = context.certificate or self._certificate
        self._link = link
        self._commander.attach(self._publish)
        return link

    async def _greet(self) -> None:
        """Asks who it is and for everything; gently when it was asked moments ago."""
        await self._send(encode.get_version())
        now_s = self._clock.monotonic_s()
        if self._asked_s is None or now_s - self._asked_s >= _START_UP_GAP_S:
            await self._ask_for_everything()
        else:
            await self._send(encode.push_start())

    async def ask_for_report(self) -> None:
        """Asks for a full report; where that would be too often, for a sign of life.

        A small board at rest may be quiet; it is only asked who it is.

        Raises:
            Unreachable: not connected.
        """
        is_slow = self._mirror.document.model.sends_deltas
        gap_s = _SLOW_PUSHALL_GAP_S if is_slow else _PUSHALL_GAP_S
        now_s = self._clock.monotonic_s()
        if self._asked_s is None or now_s - self._asked_s >= gap_s:
            await self._ask_for_everything()
        else:
            if not is_slow or self._has_running_job():
                await self._send(encode.push_start())
            await self._send(encode.get_version())

    def _has_running_job(self) -> bool:
        activity = self._mirror.document.run.activity
        return activity is not None and activity.has_running_job

    async def _ask_for_everything(self) -> None:
        self._asked_s = self._clock.monotonic_s()
        await self._send(encode.push_all())

    async def _send(self, request: encode.Request) -> None:
        """Sends a question whose answer nobody waits for, nor the broker's receipt."""
        payload = request.payload(self._commander.number())
        sending = asyncio.ensure_future(self._publish(payload, request.qos))
        if request.qos == 0:
            await sending
            return
        self._unconfirmed.add(sending)
        sending.add_done_callback(self._confirmed)

    def _confirmed(self, sending: asyncio.Future[None]) -> None:
        self._unconfirmed.discard(sending)
        if not sending.cancelled():
            # The loss of the link shows itself in `states`.
            sending.exception()

    async def _publish(self, payload: dict[str, Any], qos: int) -> None:
        if self._link is None:
            raise Unreachable("The printer is not connected.")
        if self._tap is not None:
            self._record("out", self._link.request_topic, payload)
        await self._link.publish(orjson.dumps(payload), qos)

    def _deliver(self, payload: bytes) -> None:
        if self._tap is not None:
            self._record("in", f"device/{self._connection.serial}/report", payload)
        self._mirror.hear(payload)

    async def execute(self, command: Command) -> None:
        """Does one command; returns when the printer confirmed it.

        Raises:
            CommandRejected: the printer said no.
            CommandTimedOut: neither confirmed nor refused in time.
            NotSupported: not in the declared capabilities.
            Unreachable: not connected.
        """
        document, state = self._mirror.document, self._mirror.state
        if self._link is None or state is None:
            raise Unreachable("The printer is not connected, or has not reported yet.")
        machine = encode.Machine(document.model, state, document)
        requests = encode.encode(command, machine)
        if command.kind is CommandKind.STOP:
            self._mirror.note_stop_sent()
        elif command.kind is CommandKind.START_PRINT:
            deadline_s = document.model.start_deadline_s
            self._start_until_s = self._clock.monotonic_s() + deadline_s
        try:
            await self._commander.run(requests)
        finally:
            self._check_wedged()

    def _check_wedged(self) -> None:
        """Ends a session that takes no commands; never while a file is being parsed."""
        if (
            self._commander.is_wedged
            and self._clock.monotonic_s() >= self._start_until_s
        ):
            self._fail(
                Unreachable(
                    "The printer stopped answering commands; connecting to it anew."
                )
            )

    def _fail(self, error: DriverError) -> None:
        self._failure = error
        self._news.set()

    async def emergency_stop(self) -> None:
        """Sends the strongest stop at once, past pacing, queues and locks.

        Raises as `execute`. The caller bounds the time.
        """
        if self._link is None:
            raise Unreachable("The printer is not connected.")
        self._mirror.note_stop_sent()
        await self._commander.run_now(encode.emergency_stop())

    async def upload(self, source: Path, name: str, progress: Progress) -> None:
        """Streams a file to the printer under `name` and verifies its size there.

        Cancelling the task stops the transfer and removes the partial file. Raises as
        `execute`.
        """
        model, state = self._mirror.document.model, self._mirror.state
        if state is not None and state.storage in encode.STORAGE_TROUBLE:
            raise CommandRejected(encode.STORAGE_TROUBLE[state.storage])
        await self._storage_().put(
            source,
            encode.storage_path(model, name),
            progress,
            may_be_in_clear=model.id in _MAY_SEND_IN_CLEAR,
        )

    async def delete_file(self, name: str) -> None:
        """Removes a file that we uploaded; one that is gone already is fine."""
        path = encode.storage_path(self._mirror.document.model, name)
        await self._storage_().delete(path)

    async def read_print_details(self, job: Job) -> PlateFile:
        """Finds the file of a job on the printer and reads what is needed of it.

        Raises:
            PrintFileUnavailable: the printer does not have it, or it makes no sense.
            DriverError: as it says.
        """
        try:
            return await self._look_into(
                likely_paths(job, self._mirror.document.model),
                lambda file: plates.plate_file(file, job.plate),
            )
        except remote.NotThere:
            because = "cloud" if job.source == "cloud" else "missing"
            raise PrintFileUnavailable(because, _NOT_THERE[because]) from None

    async def read_plates(self, name: str, keep: Callable[[PlateFile], None]) -> None:
        """Finds a file that we uploaded and hands `keep` each plate, in a thread.

        Raises as `read_print_details`.
        """

        def look(file: BinaryIO) -> None:
            for plate in plates.plates_in(file):
                keep(plate)

        path = encode.storage_path(self._mirror.document.model, name)
        try:
            await self._look_into((path,), look)
        except remote.NotThere:
            raise PrintFileUnavailable(
                "missing", "The file is not on the printer any more."
            ) from None

    async def _look_into[T](
        self, paths: Sequence[str], work: Callable[[BinaryIO], T]
    ) -> T:
        """Returns what `work` makes of one of these files.

        Raises:
            remote.NotThere: none of them is there.
            PrintFileUnavailable: as it says.
        """
        model, state = self._mirror.document.model, self._mirror.state
        if state is not None and state.storage in _UNREADABLE:
            text = encode.STORAGE_TROUBLE[state.storage]
            raise PrintFileUnavailable("storage", text)
        try:
            return await self._storage_().look_into(
                paths, work, may_be_in_clear=model.id in _MAY_SEND_IN_CLEAR
            )
        except remote.TooMuch as error:
            raise PrintFileUnavailable(
                "too_large", "Too much of the file would have to be read over and over."
            ) from error
        except Invalid as error:
            raise PrintFileUnavailable("unreadable", error.message) from error
        except CommandRejected as error:
            raise PrintFileUnavailable("storage", error.message) from error

    def inspect_file(self, source: Path) -> Iterator[PlateFile]:
        """Yields each plate of a file on our own disk, which it blocks on.

        Raises:
            Invalid: it is no sliced 3MF, or broken.
        """
        return plates.plate_files(source)

    async def look_in_storage(self) -> None:
        """Logs in to the file server and out again. Raises as `upload`."""
        await self._storage_().look_in()

    def _storage_(self) -> Storage:
        if self._storage is None:
            connection = self._connection
            server = ftps.Server(
                connection.host,
                port(connection, "ftps"),
                connection.secret or "",
                connection.serial,
                self._pin(),
                self._roots,
            )
            self._storage = Storage(server, self._ticker)
        return self._storage

    def _pin(self) -> str | None:
        """Returns the leaf that every port must show: pinned, or seen just now."""
        seen = self._certificate.sha256 if self._certificate else None
        return self._connection.pin_sha256 or seen

    async def camera_frame(self, camera_id: str) -> Frame:
        """Returns the latest picture, waiting for a first one if need be.

        Raises:
            NotSupported: no such camera, or one that sends no single pictures.
            Unavailable: no picture in time.
        """
        cameras = self._mirror.state.cameras if self._mirror.state is not None else ()
        camera = next((each for each in cameras if each.id == camera_id), None)
        if camera is None:
            raise NotSupported(f"This printer has no camera called {camera_id}.")
        if camera.kind is not CameraKind.JPEG:
            raise NotSupported(
                "This printer's camera sends video (RTSPS), no single pictures. Add its "
                "stream as a camera of the engine to see it."
            )
        if self._camera is None:
            connection = self._connection
            self._camera = Camera(
                connection.host,
                port(connection, "camera"),
                connection.secret or "",
                lambda: PrinterContext.to(connection.serial, self._pin(), self._roots),
                self._clock,
                self._ticker,
            )
        return await self._camera.frame()

    async def close(self) -> None:
        """Ends the connection and everything that hangs on it."""
        self._fail(Unreachable("The connection was closed."))
        if self._storage is not None:
            self._storage.close()
        if self._camera is not None:
            await self._camera.close()

    def _record(
        self, direction: str, topic: str, payload: bytes | dict[str, Any]
    ) -> None:
        if self._tap is None:
            return
        body: Any = payload
        if isinstance(payload, bytes):
            try:
                body = orjson.loads(payload)
            except orjson.JSONDecodeError:
                body = payload.decode("utf-8", errors="replace")
        if not isinstance(body, dict | str):
            body = orjson.dumps(body).decode()
        self._tap(Record(self._clock.now().timestamp(), direction, topic, body))
