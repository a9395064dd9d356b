"""One Centauri Carbon 2: its reports as states, commands as method calls."""

import asyncio
import contextlib
import itertools
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson

from odin_engine.drivers.printers.elegoo import discovery
from odin_engine.drivers.printers.elegoo.camera import Camera
from odin_engine.drivers.printers.elegoo.cc2.link import Link
from odin_engine.drivers.printers.elegoo.cc2.uploads import Cc2Uploads
from odin_engine.drivers.printers.elegoo.exchange import Exchange
from odin_engine.drivers.printers.elegoo.ports import port_in
from odin_engine.drivers.printers.elegoo.protocol.cc2 import requests
from odin_engine.drivers.printers.elegoo.protocol.cc2.document import (
    Document,
    expect,
    fold,
    settle,
)
from odin_engine.drivers.printers.elegoo.protocol.cc2.messages import (
    Answer,
    Unknown,
    parse,
)
from odin_engine.drivers.printers.elegoo.protocol.cc2.requests import Call, Method
from odin_engine.drivers.printers.elegoo.protocol.cc2.translate import translate
from odin_engine.drivers.printers.elegoo.protocol.dialect import limits_of
from odin_engine.drivers.printers.elegoo.protocol.lifecycle import Expected
from odin_engine.drivers.printers.elegoo.protocol.messages import Reply
from odin_engine.drivers.printers.elegoo.protocol.translate import is_running
from odin_engine.drivers.printers.elegoo.uploads import check_name
from odin_engine.drivers.web import Web
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    Command,
    CommandRejected,
    DriverError,
    NotSupported,
    PrinterState,
    StartPrint,
    Unreachable,
    WrongSerial,
)
from odin_engine.printers.ports import (
    Certificate,
    Connection,
    Frame,
    Progress,
    Record,
    StoredFile,
)

_IDENTIFY_S = 1.5
_NAP_RUNNING_S = 2.0
_NAP_RESTING_S = 5.0
_PING_S = 10.0
_JOB_S = 10.0
_EVERYTHING_S = 60.0
"""Stock firmware never sends file and task by itself, and what is missed not again."""
_REPORTS = frozenset({1002, 6000})


class Cc2Driver:
    """Implements `printers.ports.Driver` and `ListsFiles`."""

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        ticker: Ticker,
        tap: Callable[[Record], None] | None = None,
    ) -> None:
        self._connection = connection
        self._code = connection.secret or requests.NO_CODE
        self._clock = clock
        self._ticker = ticker
        self._tap = tap
        self._news = asyncio.Event()
        self._turn = asyncio.Lock()
        self._numbers = itertools.count(1)
        self._exchange = Exchange(self._send, ticker, self._number)
        self._document = Document(limits=limits_of(connection.options))
        self._state: PrinterState | None = None
        self._is_shown = False
        self._fresh: deque[PrinterState] = deque()
        self._heard_s: float | None = None
        self._rejected = 0
        self._link: Link | None = None
        self._failure: DriverError | None = None
        self._web = Web(connection.host, port_in(connection.ports, "upload"))
        self._uploads = Cc2Uploads(self._web, self, self._code, ticker)
        self._camera = Camera(
            connection.host, connection.ports, self._video, clock, ticker
        )

    @property
    def certificate(self) -> Certificate | None:
        """None: the machine knows no TLS."""
        return None

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

        Raises:
            DriverError: when the connection cannot be made or is lost; always ends so.
        """
        link = await self._open()
        loss = asyncio.create_task(link.lost())
        beat = asyncio.create_task(self._keep_alive())
        for task in (loss, beat):
            task.add_done_callback(lambda _: self._news.set())
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
                if beat.done():
                    beat.result()
                await self._news.wait()
        finally:
            self._link = None
            self._exchange.lost()
            for task in (loss, beat):
                task.cancel()
            await asyncio.wait({loss, beat})
            await self._camera.forget()
            await link.close()

    async def _open(self) -> Link:
        connection = self._connection
        self._failure = None
        self._is_shown = False
        self._fresh.clear()
        serial = await self._identify()
        link = Link(
            connection.host,
            port_in(connection.ports, "mqtt"),
            serial,
            self._code,
            self._hear,
        )
        await link.open()
        self._link = link
        return link

    async def _identify(self) -> str:
        """Returns the serial, which names the topics.

        Raises:
            WrongSerial: another machine answers.
            Unreachable: it is not known, or the machine only talks to its cloud.
        """
        connection, expected = self._connection, self._connection.serial
        told = await discovery.ask(connection.host, connection.ports, _IDENTIFY_S)
        if told is not None and not told.is_local:
            raise Unreachable(
                "The printer talks to its maker's cloud only. On the printer, switch on "
                "Settings → Network → LAN Only Mode."
            )
        found = told.board if told is not None else None
        if found and expected and found.casefold() != expected.casefold():
            raise WrongSerial(
                f"Another machine answers at {connection.host}: its serial is {found}, "
                f"not {expected}.",
                expected=expected,
                found=found,
            )
        serial = found or expected
        if not serial:
            raise Unreachable(
                f"{connection.host} does not say its serial. Enter the one that the "
                "printer's screen shows."
            )
        return serial

    async def _greet(self) -> None:
        # The status comes last: it is shown with what the others told.
        for method in (Method.ATTRIBUTES, Method.CANVAS, Method.STATUS):
            await self._tell(method)

    async def _keep_alive(self) -> None:
        """Pings, and asks for what does not come by itself."""
        now_s = self._clock.monotonic_s()
        due_s = {"ping": now_s, "job": now_s + _JOB_S, "all": now_s + _EVERYTHING_S}
        with contextlib.suppress(DriverError):
            while True:
                now_s = self._clock.monotonic_s()
                self._take(settle(self._document, self._clock.now()))
                if now_s >= due_s["ping"]:
                    due_s["ping"] = now_s + _PING_S
                    await self._say({"type": "PING"})
                if now_s >= due_s["job"]:
                    due_s["job"] = now_s + _JOB_S
                    await self._tell(Method.PRINT_STATUS)
                if now_s >= due_s["all"] or self._document.wants_everything:
                    due_s["all"] = now_s + _EVERYTHING_S
                    await self._tell(Method.STATUS)
                    await self._tell(Method.CANVAS)
                runs = is_running(self._state)
                await self._ticker.sleep(_NAP_RUNNING_S if runs else _NAP_RESTING_S)

    def _hear(self, topic: str, payload: bytes) -> None:
        self._heard_s = self._clock.monotonic_s()
        self._record("in", topic, payload)
        message = parse(payload)
        if isinstance(message, Unknown):
            self._rejected += 1
            return
        self._take(fold(self._document, message, self._clock.now()))
        is_report = isinstance(message, Answer) and message.method in _REPORTS
        if is_report and self._state is not None:
            self._exchange.heard_state(self._state)
        if isinstance(message, Answer) and message.number is not None:
            self._exchange.heard(
                Reply(str(message.number), message.error, message.result)
            )

    def _take(self, document: Document) -> None:
        """Makes a document the current one; a state that differs is handed on."""
        self._document = document
        if not document.has_status or document.serial is None:
            return
        state = translate(document, self._state)
        if state is not self._state or not self._is_shown:
            self._is_shown = True
            self._state = state
            self._fresh.append(state)
            self._news.set()

    def _number(self) -> str:
        return str(next(self._numbers))

    async def _tell(self, method: Method) -> None:
        """Asks what nobody waits for; `fold` takes in the answer."""
        await self._send(method, {}, self._number())

    async def _send(self, method: int, params: Mapping[str, Any], number: str) -> None:
        await self._say(
            {"id": int(number), "method": int(method), "params": dict(params)}
        )

    async def _say(self, body: dict[str, Any]) -> None:
        if self._link is None:
            raise Unreachable("The printer is not connected.")
        self._record("out", self._link.request_topic, body)
        await self._link.publish(body)

    async def ask_for_report(self) -> None:
        """Asks for a full report.

        Raises:
            Unreachable: not connected.
        """
        await self._tell(Method.STATUS)

    async def ask_for(
        self, method: Method, params: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Returns the result of a method. Raises as `execute`."""
        reply = await self._exchange.ask(method, params)
        if reply is None:
            return {}
        if reply.ack:
            raise requests.refusal(reply.ack)
        return reply.data

    async def execute(self, command: Command) -> None:
        """Does one command; returns when the printer confirmed it.

        Raises:
            CommandRejected: the printer said no.
            CommandTimedOut: neither confirmed nor refused in time.
            NotSupported: not in the declared capabilities.
            Unreachable: not connected.
        """
        state = self._state
        if self._link is None or state is None:
            raise Unreachable("The printer is not connected, or has not reported yet.")
        if command.kind.value not in state.capabilities.commands:
            raise NotSupported("This printer cannot do that over the network.")
        async with self._turn:
            wanted = requests.call(command, self._document)
            if isinstance(command, StartPrint):
                deadline_s = state.capabilities.start_deadline_s
                await self._start(command, wanted, deadline_s)
            else:
                await self.ask_for(wanted.method, wanted.params)
        with contextlib.suppress(DriverError):
            await self._tell(Method.STATUS)

    async def _start(self, command: StartPrint, wanted: Call, within_s: int) -> None:
        """Starts a print; the job that begins next with its file is ours."""
        until = self._clock.now() + timedelta(seconds=within_s)
        expected = Expected(command.token, command.file, until)
        self._take(expect(self._document, expected))
        try:
            await self.ask_for(wanted.method, wanted.params)
        except CommandRejected:
            self._take(expect(self._document, None))
            raise

    async def emergency_stop(self) -> None:
        """Sends the strongest stop at once, past queues and locks.

        Raises as `execute`. The caller bounds the time.
        """
        if self._link is None:
            raise Unreachable("The printer is not connected.")
        reply = await self._exchange.ask(
            Method.STOP, {}, confirms=lambda state: not is_running(state)
        )
        if reply is not None and reply.ack:
            raise requests.refusal(reply.ack)
        with contextlib.suppress(DriverError):
            await self._tell(Method.STATUS)

    async def upload(self, source: Path, name: str, progress: Progress) -> None:
        """Streams a file to the printer under `name` and verifies its size there.

        Cancelling the task stops the transfer; of half a file nothing is listed. Raises
        as `execute`.
        """
        check_name(name)
        if self._link is None:
            raise Unreachable("The printer is not connected.")
        if not name.lower().endswith(".gcode"):
            raise CommandRejected("This printer prints files that end in .gcode.")
        await self._uploads.put(source, name, progress)

    async def delete_file(self, name: str) -> None:
        """Removes a file that we uploaded; one that is gone already is fine."""
        await self._uploads.delete(name)

    async def files(self) -> Sequence[StoredFile]:
        """Returns what lies in the machine's memory, without folders."""
        return await self._uploads.files()

    async def timelapses(self) -> Sequence[StoredFile]:
        """Returns none: where the machine keeps them is not known."""
        return ()

    async def camera_frame(self, camera_id: str) -> Frame:
        """Returns the latest picture, waiting for a first one if need be.

        Raises:
            NotSupported: no such camera.
            Unavailable: no picture in time.
        """
        cameras = self._state.cameras if self._state is not None else ()
        if all(each.id != camera_id for each in cameras):
            raise NotSupported(f"This printer has no camera called {camera_id}.")
        return await self._camera.frame()

    async def _video(self, is_on: bool) -> Mapping[str, Any]:  # noqa: FBT001 - `Video`
        """Switches the video; nobody waits until it is off."""
        if not is_on:
            await self._send(Method.VIDEO, {"enable": False}, self._number())
            return {}
        result = await self.ask_for(Method.VIDEO, {"enable": True})
        stream = f"http://{self._connection.host}:8080/?action=stream"
        return {"Ack": 0, "VideoUrl": result.get("url") or stream}

    async def close(self) -> None:
        """Ends the connection and everything that hangs on it."""
        await self._camera.close()
        if self._failure is None:
            self._failure = Unreachable("The connection was closed.")
        self._news.set()
        await self._web.close()

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
