"""One Klipper machine behind Moonraker: its reports as states, commands as requests.

The way of a message: `link` hands it over, `mirror` makes a state of it, and a state
that differs waits for whoever iterates `states`. `keeper` runs beside it and asks. The
way of a command: `protocol.encode` words it, `link` waits for the answer, or a report
shows first that it was done.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson

from odin_engine.drivers.printers.moonraker import files, shelf
from odin_engine.drivers.printers.moonraker.cameras import Cameras
from odin_engine.drivers.printers.moonraker.commander import (
    Commander,
    first_success,
)
from odin_engine.drivers.printers.moonraker.keeper import Keeper, refusal
from odin_engine.drivers.printers.moonraker.link import Link, Refused
from odin_engine.drivers.printers.moonraker.mirror import Mirror
from odin_engine.drivers.printers.moonraker.protocol import encode
from odin_engine.drivers.printers.moonraker.protocol.frames import Refusal, Reply
from odin_engine.drivers.printers.moonraker.protocol.replaying import SOCKET_TOPIC
from odin_engine.drivers.printers.moonraker.reach import web_to
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    Command,
    CommandRejected,
    DriverError,
    Job,
    PrinterState,
    Unreachable,
)
from odin_engine.printers.ports import (
    Certificate,
    Connection,
    ConsoleLine,
    Frame,
    PastJob,
    PlateFile,
    Progress,
    Record,
    StoredFile,
)

_STOP_S = 5.0
_SECRET = "api_key"  # noqa: S105 - the name of the parameter


class MoonrakerDriver:
    """Implements `printers.ports.Driver` and what it can do besides."""

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
        self._mirror = Mirror(connection.host, clock, self._news.set, self._turned)
        self._commander = Commander(self._mirror, self._ask)
        self._link: Link | None = None
        self._keeper: Keeper | None = None
        self._web = web_to(connection)
        self._cameras = Cameras(connection, clock, self._web)
        self._failure: DriverError | None = None
        self._certificate: Certificate | None = None

    @property
    def certificate(self) -> Certificate | None:
        """The certificate shown by the current or last connection; none without TLS."""
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
        web = web_to(self._connection)
        link = Link(web, self._ticker, self._deliver, self._sent)
        self._failure = None
        self._mirror.begin()
        work: tuple[asyncio.Future[Any], ...] = ()
        try:
            try:
                await link.open()
            finally:
                self._certificate = web.certificate or self._certificate
            self._link = link
            self._keeper = Keeper(
                link, self._mirror, self._connection.secret, self._clock, self._ticker
            )
            work = (
                asyncio.ensure_future(link.lost()),
                asyncio.ensure_future(self._keeper.run()),
            )
            for each in work:
                each.add_done_callback(lambda _: self._news.set())
            async for state in self._yielding(*work):
                yield state
        finally:
            self._link = self._keeper = None
            for doing in work:
                doing.cancel()
            # Who iterates may be cancelled in here as well; each step must still come.
            try:
                await asyncio.gather(*work, return_exceptions=True)
            finally:
                try:
                    await link.close()
                finally:
                    await web.close()

    async def _yielding(
        self, loss: asyncio.Future[DriverError], keeping: asyncio.Future[None]
    ) -> AsyncGenerator[PrinterState]:
        """Yields what is fresh until the connection ends or was closed."""
        while True:
            self._news.clear()
            while self._mirror.fresh:
                yield self._mirror.fresh.popleft()
            if self._failure is not None:
                raise self._failure
            if keeping.done() and (error := keeping.exception()) is not None:
                raise error
            if loss.done():
                raise loss.result()
            await self._news.wait()

    async def ask_for_report(self) -> None:
        """Asks for everything again.

        Raises:
            Unreachable: not connected.
        """
        if self._keeper is None:
            raise Unreachable("The printer is not connected.")
        try:
            await self._keeper.ask()
        except Refused as error:
            raise _rejection(error) from error

    async def execute(self, command: Command) -> None:
        """Does one command; returns when the machine confirmed it.

        Raises:
            CommandRejected: the printer said no.
            CommandTimedOut: neither confirmed nor refused in time.
            NotSupported: not in the declared capabilities.
            Unreachable: not connected.
        """
        if self._link is None:
            raise Unreachable("The printer is not connected.")
        await self._commander.execute(command)

    async def emergency_stop(self) -> None:
        """Stops the machine at once, by every way there is and past everything that waits.

        It needs no connection that is open. Klipper is shut down by it, and works again
        after a firmware restart. Raises as `execute`. The caller bounds the time.
        """
        ways = [self._stop_by_http()]
        if self._link is not None:
            # A server may hang in one way and still answer in the other.
            ways.append(self._ask("printer.emergency_stop", {}, _STOP_S))
        await first_success(*ways)

    async def _stop_by_http(self) -> None:
        web = web_to(self._connection)
        try:
            answer = await web.request(
                "POST", "/printer/emergency_stop", json={}, within_s=_STOP_S
            )
        finally:
            await web.close()
        self._record_http("POST /printer/emergency_stop", answer.body)
        if answer.status == HTTPStatus.NOT_FOUND:
            # So it answers for a moment after its start.
            raise Unreachable("Moonraker does not know Klipper yet.")
        files.check_status(answer)

    async def upload(self, source: Path, name: str, progress: Progress) -> None:
        """Streams a file to the printer under `name` and verifies its size there.

        Cancelling the task stops the transfer; Moonraker keeps nothing of it. Raises as
        `execute`.
        """
        if self._link is None:
            raise Unreachable("The printer is not connected.")
        try:
            answer = await files.upload(self._web, source, name, progress)
            self._record_http("POST /server/files/upload", answer.body)
            size = (await asyncio.to_thread(source.stat)).st_size
            there = files.told_size(answer)
            if there is None:
                # Servers from before the middle of 2023 do not say it.
                told = await self._ask("server.files.list", {"root": "gcodes"})
                there = files.listed_size(told, name)
            files.check_size(there, size)
        except files.NotWhole:
            await self.delete_file(name)
            raise

    async def delete_file(self, name: str) -> None:
        """Removes a file that we uploaded; one that is gone already is fine."""
        params = {"path": f"gcodes/{files.check_name(name)}"}
        try:
            await self._ask("server.files.delete_file", params)
        except CommandRejected as error:
            if not files.is_missing(error):
                raise

    async def files(self) -> Sequence[StoredFile]:
        """Returns what can be printed there. Raises as `execute`."""
        return shelf.stored(await self._ask("server.files.list", {"root": "gcodes"}))

    async def timelapses(self) -> Sequence[StoredFile]:
        """Returns the recordings there, none where it makes none."""
        if shelf.TIMELAPSE not in self._mirror.document.directories:
            return ()
        params = {"root": shelf.TIMELAPSE}
        return shelf.recordings(await self._ask("server.files.list", params))

    async def past_jobs(self, since: datetime) -> Sequence[PastJob]:
        """Returns what ended since then, oldest first. Raises as `execute`."""
        if "history" not in self._mirror.document.components:
            return ()
        params = shelf.history_query(since)
        return shelf.past_jobs(await self._ask("server.history.list", params), since)

    async def read_print_details(self, job: Job) -> PlateFile:
        """Reads what the machine knows of a job's file, with its picture.

        Raises:
            PrintFileUnavailable: the printer does not have it, or it makes no sense.
            DriverError: as it says.
        """
        return await shelf.read_file(
            job.file or job.name, self._mirror.document, self._ask, self._web
        )

    async def read_plates(self, name: str, keep: Callable[[PlateFile], None]) -> None:
        """Hands `keep` what the machine knows of a file that we uploaded, in a thread.

        Raises as `read_print_details`.
        """
        plate = await shelf.read_file(name, self._mirror.document, self._ask, self._web)
        await asyncio.to_thread(keep, plate)

    def inspect_file(self, source: Path) -> Iterator[PlateFile]:
        """Yields what a G-code file on our own disk says of itself; blocks on the disk.

        Raises:
            Invalid: it is no file that tells anything.
        """
        return shelf.inspect(source)

    def console(self, after: int) -> Sequence[ConsoleLine]:
        """Returns the lines with a higher number, oldest first; old ones are gone."""
        return self._mirror.console(after)

    async def camera_frame(self, camera_id: str) -> Frame:
        """Returns a picture.

        Raises:
            NotSupported: no such camera, or one that sends no single pictures.
            Unavailable: no picture in time.
        """
        return await self._cameras.frame(camera_id, self._mirror.document)

    async def close(self) -> None:
        """Ends the connection and everything that hangs on it."""
        self._failure = Unreachable("The connection was closed.")
        self._news.set()
        await self._cameras.close()
        await self._web.close()

    async def _ask(
        self, method: str, params: dict[str, Any], within_s: float = encode.HOST_S
    ) -> Any:  # noqa: ANN401 - a wire value
        if self._link is None:
            raise Unreachable("The printer is not connected.")
        try:
            return await self._link.call(method, params, within_s)
        except Refused as error:
            raise _rejection(error) from error

    def _turned(self) -> None:
        if self._keeper is not None:
            self._keeper.wake()

    def _deliver(self, text: str) -> None:
        if self._tap is not None:
            self._record("in", text)
        frame = self._mirror.hear(text)
        if isinstance(frame, Reply | Refusal) and self._link is not None:
            self._link.settle(frame)

    def _sent(self, body: dict[str, Any]) -> None:
        if body["method"] == "printer.gcode.script":
            for line in body["params"]["script"].splitlines():
                self._mirror.note_line(line, is_sent=True)
        if self._tap is not None:
            shown = body["params"]
            if _SECRET in shown:
                shown = {**shown, _SECRET: "***"}
            self._record("out", {**body, "params": shown})

    def _record_http(self, topic: str, body: bytes) -> None:
        if self._tap is not None:
            self._record("in", body.decode("utf-8", errors="replace"), topic)

    def _record(
        self, direction: str, said: str | dict[str, Any], topic: str = SOCKET_TOPIC
    ) -> None:
        body: Any = said
        if isinstance(said, str):
            try:
                body = orjson.loads(said)
            except orjson.JSONDecodeError:
                body = said
        if not isinstance(body, dict | str):
            body = orjson.dumps(body).decode()
        if self._tap is not None:
            self._tap(Record(self._clock.now().timestamp(), direction, topic, body))


def _rejection(error: Refused) -> DriverError | CommandRejected:
    """Returns a refusal as what the port knows."""
    words = error.message.rstrip(".") or "it gave no reason"
    return refusal(error) or CommandRejected(
        f"The printer refused: {words}.", str(error.code)
    )
