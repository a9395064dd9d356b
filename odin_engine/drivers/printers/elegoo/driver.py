"""One SDCP V3 machine: its reports as states, commands as requests over one socket.

Machines allow four or five sockets in all, the slicer's and the app's among them, so
there is one for everything that is not a file or a picture.
"""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from odin_engine.drivers.printers.elegoo import discovery
from odin_engine.drivers.printers.elegoo.camera import Camera
from odin_engine.drivers.printers.elegoo.exchange import ANSWER_S, Exchange
from odin_engine.drivers.printers.elegoo.mirror import Mirror
from odin_engine.drivers.printers.elegoo.ports import port_in
from odin_engine.drivers.printers.elegoo.protocol import files, requests
from odin_engine.drivers.printers.elegoo.protocol.beacon import Identity
from odin_engine.drivers.printers.elegoo.protocol.dialect import (
    UNSUPPORTED,
    Dialect,
    limits_of,
)
from odin_engine.drivers.printers.elegoo.protocol.document import (
    expect,
    forget_trouble,
    note_camera,
    note_light,
    note_stop_sent,
)
from odin_engine.drivers.printers.elegoo.protocol.fields import whole, words
from odin_engine.drivers.printers.elegoo.protocol.lifecycle import Expected
from odin_engine.drivers.printers.elegoo.protocol.messages import Attributes
from odin_engine.drivers.printers.elegoo.protocol.requests import STORE, Cmd, Order
from odin_engine.drivers.printers.elegoo.protocol.translate import (
    is_running,
    translate,
)
from odin_engine.drivers.printers.elegoo.uploads import Uploads, check_name
from odin_engine.drivers.web import Web, WebSocket
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    CameraKind,
    Command,
    CommandKind,
    CommandRejected,
    DriverError,
    LightMode,
    NotSupported,
    PrinterState,
    ProtocolViolation,
    SetLight,
    StartPrint,
    Unreachable,
    WrongSerial,
)
from odin_engine.printers.ports import (
    Certificate,
    Connection,
    Frame,
    PastJob,
    Progress,
    Record,
    StoredFile,
)

_SOCKET = "/websocket"
_PING_S = 15.0
"""The machine closes a socket that says nothing for a minute."""
_PROD_RUNNING_S = 2.0
_PROD_RESTING_S = 10.0
_NAP_RESTING_S = 5.0
"""FDM machines report when asked; one that has just reported is left alone."""
_LOOK_AROUND_S = 60.0
_IDENTIFY_S = 1.0
_START_S = 30.0
"""The machine reads a large file before it answers."""
_TASKS_AT_ONCE = 20
_MOST_TASKS = 200


class ElegooDriver:
    """Implements `printers.ports.Driver`, `ListsFiles` and `RemembersJobs`."""

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        ticker: Ticker,
        tap: Callable[[Record], None] | None = None,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._ticker = ticker
        self._tap = tap
        self._news = asyncio.Event()
        self._turn = asyncio.Lock()
        self._exchange = Exchange(self._send, ticker)
        self._mirror = Mirror(
            limits_of(connection.options),
            self._exchange,
            clock,
            self._news.set,
            self._check_board,
        )
        self._web = Web(connection.host, port_in(connection.ports, "web"))
        self._socket: WebSocket | None = None
        self._failure: DriverError | None = None
        self._asked: tuple[str, object] | None = None
        self._uploads = Uploads(self._web, self, ticker)
        self._camera = Camera(
            connection.host, connection.ports, self._video, clock, ticker
        )

    @property
    def certificate(self) -> Certificate | None:
        """None: these machines know no TLS."""
        return None

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
        socket = await self._open()
        tasks = (
            asyncio.create_task(self._read(socket)),
            asyncio.create_task(self._keep_alive()),
        )
        for task in tasks:
            task.add_done_callback(lambda _: self._news.set())
        try:
            await self._greet()
            while True:
                self._news.clear()
                while self._mirror.fresh:
                    yield self._mirror.fresh.popleft()
                if self._failure is not None:
                    raise self._failure
                for task in tasks:
                    if task.done():
                        task.result()
                await self._news.wait()
        finally:
            self._socket = None
            self._exchange.lost()
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await self._camera.forget()
            await socket.close()

    async def _open(self) -> WebSocket:
        connection = self._connection
        self._failure = None
        self._mirror.begin()
        asking = asyncio.create_task(
            discovery.ask(connection.host, connection.ports, _IDENTIFY_S)
        )
        try:
            try:
                socket = await self._web.socket(_SOCKET)
            except DriverError:
                await self._admit(asking)
                raise
            try:
                await self._admit(asking)
            except BaseException:
                await socket.close()
                raise
        finally:
            asking.cancel()
            await asyncio.wait({asking})
        self._socket = socket
        return socket

    async def _admit(self, asking: asyncio.Task[Identity | None]) -> None:
        """Takes in who answers to a search there, which a network may not let through.

        Raises:
            ProtocolViolation: a machine that we cannot drive.
            WrongSerial: another one than expected.
        """
        identity = await asking
        if identity is None:
            return
        if identity.dialect in UNSUPPORTED:
            raise ProtocolViolation(UNSUPPORTED[identity.dialect])
        self._check_board(identity.board)
        told = {"MachineName": identity.machine, "Name": identity.name}
        self._mirror.learn(Attributes(_without_none(told), identity.board))
        self._mirror.begin()

    def _check_board(self, board: str) -> None:
        expected = self._connection.serial
        if expected and board.casefold() != expected.casefold():
            error = WrongSerial(
                f"Another machine answers at {self._connection.host}: its mainboard is "
                f"{board}, not {expected}.",
                expected=expected,
                found=board,
            )
            self._fail(error)
            raise error

    async def _read(self, socket: WebSocket) -> None:
        try:
            async for frame in socket:
                self._record("in", frame)
                self._mirror.hear(frame)
                await self._ask_how()
        except DriverError as error:
            self._fail(error)
        self._fail(Unreachable(f"The connection to {self._connection.host} was lost."))

    async def _ask_how(self) -> None:
        """Asks the history once how a job ended, or why it stands still."""
        question = self._mirror.document.question
        if question != self._asked:
            self._asked = question
            if question is not None:
                await self._tell(Cmd.TASKS, {"Id": [question[0]]})

    async def _keep_alive(self) -> None:
        """Pings, and asks for reports that do not come by themselves."""
        pinged_s = looked_s = prodded_s = self._clock.monotonic_s()
        with contextlib.suppress(DriverError):
            while True:
                runs = self._mirror.state is None or is_running(self._mirror.state)
                await self._ticker.sleep(_PROD_RUNNING_S if runs else _NAP_RESTING_S)
                now_s = self._clock.monotonic_s()
                self._mirror.look_at_clock()
                every_s = _PROD_RUNNING_S if runs else _PROD_RESTING_S
                quiet_since_s = max(self._mirror.reported_s, prodded_s)
                if now_s - pinged_s >= _PING_S:
                    pinged_s = now_s
                    await self._say("ping")
                if now_s - quiet_since_s >= every_s:
                    prodded_s = now_s
                    await self._tell(Cmd.STATUS)
                if now_s - looked_s >= _LOOK_AROUND_S:
                    looked_s = now_s
                    await self._look_around()

    async def _greet(self) -> None:
        await self._look_around()
        await self._tell(Cmd.STATUS)

    async def _look_around(self) -> None:
        """Asks what the machine is, and what is in its Canvas if it may have one."""
        await self._tell(Cmd.ATTRIBUTES)
        if self._mirror.document.dialect is Dialect.FDM:
            await self._tell(Cmd.CANVAS)

    async def _tell(self, cmd: Cmd, data: Mapping[str, Any] | None = None) -> None:
        """Sends a request whose answer nobody waits for; `fold` knows it by its shape."""
        for board in self._boards():
            await self._say_to(board, cmd, data or {}, secrets.token_hex(16))

    async def _send(self, cmd: int, data: Mapping[str, Any], request_id: str) -> None:
        await self._say_to(self._boards()[0], cmd, data, request_id)

    def _boards(self) -> tuple[str, ...]:
        """Returns the id that requests go to, or, before it was told, what it may be.

        Machines write it in small letters, and people as they like.
        """
        known, told = self._mirror.document.board, self._connection.serial or ""
        return (known,) if known else tuple(dict.fromkeys((told.lower(), told)))

    async def _say_to(
        self, board: str, cmd: int, data: Mapping[str, Any], request_id: str
    ) -> None:
        at_s = int(self._clock.now().timestamp())
        body = requests.envelope(cmd, data, request_id, board, at_s)
        await self._say(orjson.dumps(body).decode())

    async def _say(self, frame: str) -> None:
        if self._socket is None:
            raise Unreachable("The printer is not connected.")
        self._record("out", frame)
        await self._socket.send(frame)

    async def ask_for_report(self) -> None:
        """Asks for a full report.

        Raises:
            Unreachable: not connected.
        """
        await self._tell(Cmd.STATUS)

    async def execute(self, command: Command) -> None:
        """Does one command; returns when the printer confirmed it.

        Raises:
            CommandRejected: the printer said no.
            CommandTimedOut: neither confirmed nor refused in time.
            NotSupported: not in the declared capabilities.
            Unreachable: not connected.
        """
        state = self._mirror.state
        if self._socket is None or state is None:
            raise Unreachable("The printer is not connected, or has not reported yet.")
        if command.kind.value not in state.capabilities.commands:
            raise NotSupported("This printer cannot do that over the network.")
        async with self._turn:
            order = requests.order(command, self._mirror.document)
            if order.is_done:
                return
            if command.kind is CommandKind.STOP:
                await self._stop(order)
            elif isinstance(command, StartPrint):
                await self._start(command, order)
            else:
                await self._do(order)
            if isinstance(command, SetLight):
                is_on = command.mode is LightMode.ON
                self._mirror.take(note_light(self._mirror.document, is_on=is_on))
        with contextlib.suppress(DriverError):
            await self._tell(Cmd.STATUS)

    async def _start(self, command: StartPrint, order: Order) -> None:
        """Starts a print; the job that begins next with its file is ours."""
        document = forget_trouble(self._mirror.document)
        deadline_s = translate(document).capabilities.start_deadline_s
        until = self._clock.now() + timedelta(seconds=deadline_s)
        expected = Expected(command.token, command.file, until)
        self._mirror.take(expect(document, expected))
        try:
            await self._do(order, _START_S)
        except CommandRejected:
            self._mirror.take(expect(self._mirror.document, None))
            raise

    async def _stop(self, order: Order) -> None:
        """Stops the job, whose end is then no accident."""
        self._mirror.take(note_stop_sent(self._mirror.document))
        try:
            await self._do(order)
        except CommandRejected:
            refused = note_stop_sent(self._mirror.document, is_taken=False)
            self._mirror.take(refused)
            raise

    async def _do(self, order: Order, within_s: float = ANSWER_S) -> None:
        reply = await self._exchange.ask(
            order.cmd, order.data, confirms=order.confirms, within_s=within_s
        )
        if reply is not None and reply.ack:
            raise requests.refusal(order.cmd, reply.ack)

    async def emergency_stop(self) -> None:
        """Sends the strongest stop at once, past queues and locks.

        Raises as `execute`. The caller bounds the time.
        """
        if self._socket is None:
            raise Unreachable("The printer is not connected.")
        await self._stop(requests.stop())
        with contextlib.suppress(DriverError):
            await self._tell(Cmd.STATUS)

    async def ask_for(self, cmd: Cmd, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Returns what the machine answers to a question. Raises as `execute`."""
        reply = await self._exchange.ask(cmd, data)
        if reply is None:
            return {}
        if reply.ack:
            raise requests.refusal(cmd, reply.ack)
        return reply.data

    def check_trouble(self) -> None:
        """Raises `CommandRejected` where the machine pushed an error since the upload."""
        trouble = self._mirror.document.trouble
        if trouble is not None:
            raise CommandRejected(trouble.text, trouble.code)

    async def upload(self, source: Path, name: str, progress: Progress) -> None:
        """Streams a file to the printer under `name` and verifies its size there.

        Cancelling the task stops the transfer and removes the partial file. Raises as
        `execute`.
        """
        check_name(name)
        if self._socket is None:
            raise Unreachable("The printer is not connected.")
        kinds = words(self._mirror.document.attributes.get("SupportFileType"))
        if kinds and name.rpartition(".")[2].upper() not in map(str.upper, kinds):
            listed = ", ".join(f".{kind.lower()}" for kind in kinds)
            raise CommandRejected(f"This printer prints files that end in {listed}.")
        self._mirror.take(forget_trouble(self._mirror.document))
        await self._uploads.put(source, name, progress)

    async def delete_file(self, name: str) -> None:
        """Removes a file that we uploaded; one that is gone already is fine."""
        await self._uploads.delete(name)

    async def files(self) -> Sequence[StoredFile]:
        """Returns what lies in the machine's memory and on its stick, without folders."""
        folders = [STORE]
        if whole(self._mirror.document.attributes.get("UsbDiskStatus")):
            folders.append("/usb/")
        found: list[StoredFile] = []
        for folder in folders:
            answer = await self.ask_for(Cmd.LIST, {"Url": folder})
            found += files.listed(answer, folder)
        return found

    async def timelapses(self) -> Sequence[StoredFile]:
        """Returns the recordings there, none where it makes none."""
        return [
            each for answer in await self._tasks() for each in files.recordings(answer)
        ]

    async def past_jobs(self, since: datetime) -> Sequence[PastJob]:
        """Returns what ended since then, oldest first. Raises as `execute`."""
        jobs = [
            job for answer in await self._tasks() for job in files.past_jobs(answer)
        ]
        recent = [job for job in jobs if (job.ended_at or job.started_at) >= since]
        return sorted(recent, key=lambda job: job.ended_at or job.started_at)

    async def _tasks(self) -> list[Mapping[str, Any]]:
        """Returns the answers that describe every task the machine remembers."""
        ids = files.task_ids(await self.ask_for(Cmd.HISTORY, {}))[:_MOST_TASKS]
        return [
            await self.ask_for(Cmd.TASKS, {"Id": list(ids[at : at + _TASKS_AT_ONCE])})
            for at in range(0, len(ids), _TASKS_AT_ONCE)
        ]

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
                "This printer's camera sends video (RTSP), no single pictures. Add its "
                "stream as a camera of the engine to see it."
            )
        try:
            frame = await self._camera.frame()
        except NotSupported as error:
            self._mirror.take(note_camera(self._mirror.document, error.message))
            raise
        self._mirror.take(note_camera(self._mirror.document, None))
        return frame

    async def _video(self, is_on: bool) -> Mapping[str, Any]:  # noqa: FBT001 - `Video`
        """Switches the video; nobody waits until it is off."""
        if not is_on:
            await self._tell(Cmd.VIDEO, {"Enable": 0})
            return {}
        reply = await self._exchange.ask(Cmd.VIDEO, {"Enable": 1})
        return reply.data if reply is not None else {}

    async def close(self) -> None:
        """Ends the connection and everything that hangs on it."""
        await self._camera.close()
        self._fail(Unreachable("The connection was closed."))
        await self._web.close()

    def _fail(self, error: DriverError) -> None:
        if self._failure is None:
            self._failure = error
        self._news.set()

    def _record(self, direction: str, frame: str) -> None:
        if self._tap is None:
            return
        payload: dict[str, Any] | str = frame
        topic = "websocket"
        with contextlib.suppress(orjson.JSONDecodeError):
            body = orjson.loads(frame)
            if isinstance(body, dict):
                payload, topic = body, str(body.get("Topic") or topic)
        self._tap(Record(self._clock.now().timestamp(), direction, topic, payload))


def _without_none(values: Mapping[str, str | None]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
