"""One Bambu Lab machine: its reports as states, commands as messages to it.

The way of a message: `link` hands it over in the callback that read it, `protocol`
parses, folds and translates it, and a state that differs waits for whoever iterates
`states`. No task and no timer is made for a message.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson

from odin_engine.drivers.printers.bambu import ftps
from odin_engine.drivers.printers.bambu.camera import Camera
from odin_engine.drivers.printers.bambu.commander import Commander, is_unsigned
from odin_engine.drivers.printers.bambu.link import Link
from odin_engine.drivers.printers.bambu.ports import port
from odin_engine.drivers.printers.bambu.protocol import encode
from odin_engine.drivers.printers.bambu.protocol.document import (
    Document,
    fold,
    note_accepted,
    note_refused,
    note_stop_sent,
    settle,
)
from odin_engine.drivers.printers.bambu.protocol.messages import (
    Ack,
    Report,
    VersionReply,
    parse,
)
from odin_engine.drivers.printers.bambu.protocol.translate import translate
from odin_engine.drivers.printers.bambu.storage import Storage
from odin_engine.drivers.printers.bambu.tls import PrinterContext, Roots
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    CameraKind,
    Command,
    CommandKind,
    DriverError,
    LoginRejected,
    NotSupported,
    PrinterState,
    Unreachable,
    WrongSerial,
)
from odin_engine.printers.ports import (
    Certificate,
    Connection,
    Frame,
    Progress,
    Record,
)

_FULL_REPORT_WITHIN_S = 15.0
"""How long changes alone wait for the full report that they belong to."""
_PUSHALL_GAP_S = 3.0
_SLOW_PUSHALL_GAP_S = 300.0
_START_UP_GAP_S = 15.0
_MAY_SEND_IN_CLEAR = frozenset({"a1", "a1_mini"})
"""Some of their firmwares stall on an encrypted data channel (§9)."""


class BambuDriver:
    """Implements `printers.ports.Driver`."""

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
        self._document = Document.new(connection.serial)
        self._state: PrinterState | None = None
        self._link: Link | None = None
        self._commander = Commander(clock, ticker)
        self._certificate: Certificate | None = None
        self._heard_s: float | None = None
        self._rejected = 0
        self._fresh: deque[PrinterState] = deque()
        self._news = asyncio.Event()
        self._failure: DriverError | None = None
        self._has_report = False
        self._full_by_s: float | None = None
        self._asked_s: float | None = None
        self._start_until_s = 0.0
        self._settling: asyncio.Task[None] | None = None
        self._storage: Storage | None = None
        self._camera: Camera | None = None

    @property
    def certificate(self) -> Certificate | None:
        """The certificate shown by the current or last connection."""
        return self._certificate

    @property
    def last_heard_s(self) -> float | None:
        """`Clock.monotonic_s` of the last message of any kind; `None` before the first."""
        return self._heard_s

    @property
    def rejected_messages(self) -> int:
        """How many messages made no sense since the driver was made."""
        return self._rejected

    async def states(self) -> AsyncGenerator[PrinterState]:
        """Connects and yields a state per report that changed something.

        Changes that arrive ahead of the first full report are only remembered: a state
        made of them alone would show a machine without filament.

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
                while self._fresh:
                    yield self._fresh.popleft()
                if self._failure is not None:
                    raise self._failure
                if loss.done():
                    raise loss.result()
                await self._news.wait()
        finally:
            self._link = None
            self._commander.detach()
            if self._settling is not None:
                self._settling.cancel()
                self._settling = None
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
        self._fresh.clear()
        self._failure = None
        self._full_by_s = self._clock.monotonic_s() + _FULL_REPORT_WITHIN_S
        try:
            await link.open()
        finally:
            self._certificate = context.certificate or self._certificate
        self._link = link
        self._commander.attach(self._publish)
        self._arm_settling()
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

        Raises:
            Unreachable: not connected.
        """
        is_slow = self._document.model.sends_deltas
        gap_s = _SLOW_PUSHALL_GAP_S if is_slow else _PUSHALL_GAP_S
        now_s = self._clock.monotonic_s()
        if self._asked_s is None or now_s - self._asked_s >= gap_s:
            await self._ask_for_everything()
        else:
            await self._send(encode.push_start())
            await self._send(encode.get_version())

    async def _ask_for_everything(self) -> None:
        self._asked_s = self._clock.monotonic_s()
        await self._send(encode.push_all())

    async def _send(self, request: encode.Request) -> None:
        """Sends a question whose answer nobody waits for."""
        await self._publish(request.payload(self._commander.number()), 0)

    async def _publish(self, payload: dict[str, Any], qos: int) -> None:
        if self._link is None:
            raise Unreachable("The printer is not connected.")
        if self._tap is not None:
            self._record("out", self._link.request_topic, payload)
        await self._link.publish(orjson.dumps(payload), qos)

    def _deliver(self, topic: str, payload: bytes) -> None:
        """Takes one message; called by the link for each, must be quick."""
        if not topic.endswith("/report"):
            return
        self._heard_s = self._clock.monotonic_s()
        if self._tap is not None:
            self._record("in", topic, payload)
        message = parse(payload)
        if message.__class__ is Report:
            self._has_report = True
            if message.is_full:
                self._full_by_s = None
            self._take(fold(self._document, message, self._clock.now()))
        elif message.__class__ is VersionReply:
            self._take(fold(self._document, message, self._clock.now()))
        elif message.__class__ is Ack:
            self._acknowledged(message)
        else:
            self._rejected += 1

    def _acknowledged(self, ack: Ack) -> None:
        if is_unsigned(ack):
            self._take(note_refused(self._document))
        elif ack.ok and ack.namespace == "print" and self._commander.is_ours(ack):
            self._take(note_accepted(self._document))
        self._commander.heard_ack(ack)

    def _take(self, document: Document) -> None:
        """Makes a document the current one; a state that differs is handed on."""
        if document is not self._document:
            self._document = document
            self._arm_settling()
        if self._full_by_s is not None:
            if self._clock.monotonic_s() < self._full_by_s:
                return
            self._full_by_s = None
        if not self._has_report:
            return
        state = translate(document)
        self._commander.heard_state(state)
        if state is not self._state:
            self._state = state
            self._fresh.append(state)
            self._news.set()

    def _arm_settling(self) -> None:
        """Keeps one timer while the end of a job waits for its reason."""
        if self._document.settles_at is not None and self._settling is None:
            self._settling = asyncio.create_task(self._settle())

    async def _settle(self) -> None:
        try:
            while (due := self._document.settles_at) is not None:
                wait = due - self._clock.now()
                if wait > timedelta():
                    await self._ticker.sleep(wait.total_seconds())
                self._take(settle(self._document, self._clock.now()))
        finally:
            self._settling = None

    async def execute(self, command: Command) -> None:
        """Does one command; returns when the printer confirmed it.

        Raises:
            CommandRejected: the printer said no.
            CommandTimedOut: neither confirmed nor refused in time.
            NotSupported: not in the declared capabilities.
            Unreachable: not connected.
        """
        if self._link is None or self._state is None:
            raise Unreachable("The printer is not connected, or has not reported yet.")
        document = self._document
        machine = encode.Machine(document.model, self._state, document)
        requests = encode.encode(command, machine)
        if command.kind is CommandKind.STOP:
            self._take(note_stop_sent(document, self._clock.now()))
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
        self._take(note_stop_sent(self._document, self._clock.now()))
        await self._commander.run_now(encode.emergency_stop())

    async def upload(self, source: Path, name: str, progress: Progress) -> None:
        """Streams a file to the printer under `name` and verifies its size there.

        Cancelling the task stops the transfer and removes the partial file. Raises as
        `execute`.
        """
        model = self._document.model
        await self._storage_().put(
            source,
            encode.storage_path(model, name),
            progress,
            may_be_in_clear=model.id in _MAY_SEND_IN_CLEAR,
        )

    async def delete_file(self, name: str) -> None:
        """Removes a file that we uploaded; one that is gone already is fine."""
        path = encode.storage_path(self._document.model, name)
        await self._storage_().delete(path)

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
        cameras = self._state.cameras if self._state is not None else ()
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
