"""One machine behind an OctoPrint server: what it reports as states, commands as requests.

The push socket brings all that changes; `mirror` makes states of it. What the socket
does not tell is asked for once, when the connection is made.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from odin_engine.drivers.printers.octoprint import reach
from odin_engine.drivers.printers.octoprint.camera import Cameras
from odin_engine.drivers.printers.octoprint.mirror import Mirror
from odin_engine.drivers.printers.octoprint.protocol import encode
from odin_engine.drivers.printers.octoprint.session import (
    NO_ACCESS,
    NOT_FOUND,
    SOCKET,
    Session,
    check_done,
    check_version,
)
from odin_engine.drivers.printers.octoprint.storage import Storage
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    Command,
    CommandRejected,
    CommandTimedOut,
    LoginRejected,
    NotSupported,
    PrinterState,
    ProtocolViolation,
    StartPrint,
    Unreachable,
)
from odin_engine.printers.ports import (
    Certificate,
    Connection,
    ConsoleLine,
    Frame,
    Progress,
    Record,
    StoredFile,
)

if TYPE_CHECKING:
    from odin_engine.drivers.web import Answer, WebSocket

_ANSWER_S = 10.0
_SILENT_S = 5.0
"""A socket that knows us brings everything at once; one that does not stays silent."""
_SILENT_MOST = 3
_AGAIN_S = 1.0
_ASK_GAP_S = 3.0
_STEADY_S = 60.0

_PRINTER = "/api/printer?exclude=sd,history"
_PROMPT = "/api/plugin/action_command_prompt"
_LAYERS = "/plugin/DisplayLayerProgress/values"
_POWER = "/api/plugin/psucontrol"


class OctoprintDriver:
    """Implements `printers.ports.Driver`, `HasConsole` and `ListsFiles`."""

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
        self._mirror = Mirror(
            connection.host, reach.limits(connection), clock, self._news.set
        )
        self._session: Session | None = None
        self._certificate: Certificate | None = None
        self._attending: asyncio.Task[None] | None = None
        self._is_closed = False
        self._refused: LoginRejected | None = None
        self._asked_s: float | None = None
        self._storage = Storage(self._open_session)
        self._cameras = Cameras(connection, clock)

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

    @property
    def clock_skew_s(self) -> float | None:
        """How far the server's clock is ahead of ours; `None` where it does not say."""
        return self._mirror.skew_s

    async def states(self) -> AsyncGenerator[PrinterState]:
        """Connects and yields a state per report that changed something.

        Raises:
            DriverError: when the connection cannot be made or is lost; always ends so.
        """
        self._is_closed, self._refused = False, None
        session = Session(self._connection, self._pin(), self._record)
        self._mirror.begin()
        try:
            await self._meet(session)
            attending = asyncio.create_task(self._attend(session))
            attending.add_done_callback(lambda _: self._news.set())
            self._session, self._attending = session, attending
            try:
                while True:
                    self._news.clear()
                    while self._mirror.fresh:
                        yield self._mirror.fresh.popleft()
                    if self._is_closed:
                        raise Unreachable("The connection was closed.")
                    if self._refused is not None:
                        raise self._refused
                    if attending.done():
                        await attending
                    await self._news.wait()
            finally:
                self._session = None
                attending.cancel()
                await asyncio.gather(attending, return_exceptions=True)
        finally:
            self._certificate = session.certificate or self._certificate
            await session.close()

    async def _meet(self, session: Session) -> None:
        """Learns who is there and what it has; nothing of that changes by itself."""
        try:
            await session.identify()
        finally:
            self._certificate = session.certificate or self._certificate
        _, said = await session.login()
        self._mirror.take_answer(said)
        if not self._mirror.may("status"):
            raise LoginRejected(
                "The key may not read what the printer does. Give its user the "
                "permission “Status” in OctoPrint: Settings → Access Control."
            )
        answer = await session.send("GET", encode.VERSION)
        if answer.status in NO_ACCESS:
            raise LoginRejected("OctoPrint does not let the key read anything.")
        check_version(answer)
        self._mirror.take_answer(answer.json())
        self._mirror.take_answer(await session.settings())
        for path in ("/api/printerprofiles", "/api/connection"):
            self._mirror.take_answer(await session.look(path))
        await self._meet_plugins(session)

    async def _meet_plugins(self, session: Session) -> None:
        plugins = self._mirror.document.plugins
        # A plugin that fails keeps nothing else from working.
        with contextlib.suppress(ProtocolViolation, Unreachable):
            if "action_command_prompt" in plugins:
                self._mirror.take_prompt(await session.look(_PROMPT))
            if "DisplayLayerProgress" in plugins:
                self._mirror.take_answer(await session.look(_LAYERS))
            if "psucontrol" in plugins:
                answer = await session.send("POST", _POWER, {"command": "getPSUState"})
                self._mirror.take_answer(answer.json())

    async def _attend(self, session: Session) -> None:
        """Keeps a socket that reports, anew when the server forgot who we are."""
        vain = 0
        while True:
            auth, _ = await session.login()
            socket = await session.open(auth)
            begun_s = self._clock.monotonic_s()
            try:
                await self._listen(socket)
            finally:
                await socket.close()
            if self._clock.monotonic_s() - begun_s >= _STEADY_S:
                vain = 0
            vain += 1
            if vain >= _SILENT_MOST:
                raise Unreachable(
                    "OctoPrint takes the key and then sends nothing, or forgets it "
                    "again and again. Make a new key, and restart OctoPrint."
                )
            await self._ticker.sleep(_AGAIN_S)

    async def _listen(self, socket: WebSocket) -> None:
        """Reads until the server wants a new login, or never begins to report."""
        self._mirror.has_report = False
        reading = asyncio.ensure_future(self._read(socket))
        patience = asyncio.ensure_future(self._ticker.sleep(_SILENT_S))
        try:
            await asyncio.wait({reading, patience}, return_when=asyncio.FIRST_COMPLETED)
            if reading.done() or self._mirror.has_report:
                await reading
        finally:
            for each in (reading, patience):
                each.cancel()
            await asyncio.gather(reading, patience, return_exceptions=True)

    async def _read(self, socket: WebSocket) -> None:
        async for said in socket:
            self._record("in", SOCKET, said)
            if self._mirror.hear(said):
                return
        raise Unreachable(
            f"The connection to OctoPrint at {self._connection.host} was lost."
        )

    async def ask_for_report(self) -> None:
        """Asks what the machine does, unless that was asked a moment ago.

        Raises:
            DriverError: not connected, or the connection fails.
        """
        session = self._open_session()
        now_s = self._clock.monotonic_s()
        if self._asked_s is not None and now_s - self._asked_s < _ASK_GAP_S:
            return
        self._asked_s = now_s
        job = await session.look("/api/job")
        if job is None:
            # It was allowed to look: is the key still known?
            with self._losing_key():
                await session.login()
        self._mirror.take_answer(job)
        self._mirror.take_answer(await session.look(_PRINTER))

    def _open_session(self) -> Session:
        if self._session is None:
            raise Unreachable("The printer's OctoPrint is not connected.")
        return self._session

    async def execute(self, command: Command) -> None:
        """Does one command; returns when the server took it.

        Raises:
            CommandRejected: the server said no.
            CommandTimedOut: neither confirmed nor refused in time.
            LoginRejected: the key is refused by now; the connection ends with it.
            NotSupported: not in the declared capabilities.
            Unreachable: not connected.
        """
        session, state = self._open_session(), self._mirror.state
        if state is None:
            raise Unreachable("OctoPrint has not reported yet.")
        if command.kind not in state.capabilities.commands:
            raise NotSupported("This printer cannot do that, or not now.")
        if isinstance(command, StartPrint):
            path = self._storage.path(command.file)
            await self._start(session, command, path)
            return
        request = encode.encode(command)
        with self._losing_key():
            check_done(await self._answer(session.send("POST", *_said(request))))
        self._mirror.note_done(command)

    async def _start(self, session: Session, command: StartPrint, path: str) -> None:
        request = encode.start(path)
        # Before the answer: the event that it began may overtake that.
        self._mirror.note_asked(command.token, path)
        answer = await self._answer(session.send("POST", *_said(request)))
        try:
            with self._losing_key():
                check_done(answer)
        except CommandRejected as error:
            self._mirror.forget_asked(command.token)
            if answer.status != NOT_FOUND:
                raise
            raise CommandRejected(
                "The file is not on OctoPrint any more. Send it again.", "404"
            ) from error

    @contextlib.contextmanager
    def _losing_key(self) -> Iterator[None]:
        """Ends the connection where the key is refused: the socket would stay open."""
        try:
            yield
        except LoginRejected as error:
            self._refused = error
            self._news.set()
            raise

    async def _answer(self, asking: Awaitable[Answer]) -> Answer:
        """Returns the answer, in time and as long as the connection lives."""
        doing = asyncio.ensure_future(asking)
        timer = asyncio.ensure_future(self._ticker.sleep(_ANSWER_S))
        waits = {doing, timer}
        if self._attending is not None:
            waits.add(self._attending)
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            if doing.done():
                return await doing
            if timer.done():
                raise CommandTimedOut(
                    "OctoPrint did not answer. Look at what the printer does before "
                    "you try again."
                )
            raise Unreachable(
                "The connection was lost before OctoPrint answered. Look at what the "
                "printer does before you try again."
            )
        finally:
            for each in (doing, timer):
                each.cancel()
            await asyncio.gather(doing, timer, return_exceptions=True)

    async def emergency_stop(self) -> None:
        """Sends M112 at once, on a connection of its own, though no other may be left.

        Raises as `execute`. The caller bounds the time.
        """
        own = Session(self._connection, self._pin(), self._record)
        try:
            with self._losing_key():
                check_done(await own.send("POST", *_said(encode.emergency_stop())))
        finally:
            await own.close()

    async def upload(self, source: Path, name: str, progress: Progress) -> None:
        """Streams a file to the server under `name` and verifies its size there.

        Cancelling the task ends the transfer, of which the server keeps nothing. Raises
        as `execute`.
        """
        await self._storage.put(source, name, progress)

    async def delete_file(self, name: str) -> None:
        """Removes a file that we uploaded; one that is gone already is fine."""
        await self._storage.delete(name)

    async def files(self) -> Sequence[StoredFile]:
        """Returns what can be printed there. Raises as `execute`."""
        return await self._storage.files()

    async def timelapses(self) -> Sequence[StoredFile]:
        """Returns the recordings there. Raises as `execute`."""
        return await self._storage.timelapses()

    def console(self, after: int) -> Sequence[ConsoleLine]:
        """Returns the lines with a higher number, oldest first; old ones are gone."""
        return self._mirror.console.lines(after)

    async def camera_frame(self, camera_id: str) -> Frame:
        """Returns a picture; who asks meanwhile gets the same.

        Raises:
            NotSupported: no such camera, or one that sends no single pictures.
            Unavailable: no picture in time.
        """
        return await self._cameras.frame(self._mirror.document.webcams, camera_id)

    async def close(self) -> None:
        """Ends the connection and everything that hangs on it."""
        self._is_closed = True
        self._news.set()
        if self._session is not None:
            await self._session.close()

    def _pin(self) -> str | None:
        """Returns the leaf that every connection must show: pinned, or seen just now."""
        seen = self._certificate.sha256 if self._certificate else None
        return self._connection.pin_sha256 or seen

    def _record(self, direction: str, topic: str, said: Any) -> None:  # noqa: ANN401
        if self._tap is None:
            return
        body = said
        if isinstance(said, bytes | str):
            try:
                body = orjson.loads(said)
            except orjson.JSONDecodeError:
                body = (
                    said if isinstance(said, str) else said.decode("utf-8", "replace")
                )
        if isinstance(body, dict) and isinstance(body.get("connected"), dict):
            # The key of the server's own page stands in it.
            body = {"connected": body["connected"] | {"apikey": "…"}}
        if not isinstance(body, dict | str):
            body = orjson.dumps(body).decode()
        self._tap(Record(self._clock.now().timestamp(), direction, topic, body))


def _said(request: encode.Request) -> tuple[str, Any]:
    return request.path, dict(request.body)
