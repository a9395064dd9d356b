"""One simulated printer on the network: its ports, its clock, its certificate."""

import asyncio
import logging
import ssl
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from odin_engine.simulator.bambu.certificate import (
    fingerprint,
    keep_certificate,
    make_certificate,
    server_context,
)
from odin_engine.simulator.bambu.description import Model, load_model
from odin_engine.simulator.bambu.ftps import FtpsHabits, FtpsServer
from odin_engine.simulator.bambu.machine import EPOCH, Machine
from odin_engine.simulator.bambu.machine.misbehaviour import Misbehaviour, Option
from odin_engine.simulator.bambu.machine.units import Unit
from odin_engine.simulator.bambu.mqtt import Connect
from odin_engine.simulator.bambu.own_files import OwnFiles
from odin_engine.simulator.bambu.sockets import Sockets
from odin_engine.simulator.bambu.storage import Card
from odin_engine.simulator.bambu.wire import Request, Wire

_LOG = logging.getLogger(__name__)

_FULL_EVERY_S, _DELTA_EVERY_S = 1.0, 2.0
_SHORTEST_BEAT_S = 0.02


class SimulatedPrinter:
    """A machine with its servers; `async with` opens and closes the ports.

    `machine` is the machine itself: look at it, or tell it to misbehave. Ports are given
    by name (`mqtt`, `ftps`, `detect`, and `camera` where the model has the JPEG one); 0,
    the default, takes free ones. With `clock_factor` 0 the machine's clock stands still
    and only `advance` moves it; so it is with `beacon_s`, and the machine sends one small
    report that often, a steady load to measure with (`Wire.beacon`).
    """

    def __init__(  # noqa: PLR0913 - all have defaults, and tests name the few they set
        self,
        model: str | Model = "P1S",
        serial: str | None = None,
        access_code: str = "12345678",
        *,
        name: str = "",
        host: str = "127.0.0.1",
        ports: Mapping[str, int] | None = None,
        clock_factor: float = 1.0,
        report_every_s: float | None = None,
        beacon_s: float | None = None,
        units: list[Unit] | None = None,
        developer_mode: bool = True,
        state_dir: Path | None = None,
        started_at: datetime | None = None,
    ) -> None:
        described = load_model(model) if isinstance(model, str) else model
        self.serial = serial or f"{described.serial_prefix}00A2B1234567"[:15]
        self.machine = Machine(
            described,
            serial=self.serial,
            name=name,
            access_code=access_code,
            units=units,
            started_at=started_at or EPOCH,
        )
        self.machine.settings.developer_mode = developer_mode
        self.host = host
        self.ports: dict[str, int] = dict(ports or {})
        self.clock_factor = clock_factor
        self._report_every_s = report_every_s or (
            _DELTA_EVERY_S if described.sends_deltas else _FULL_EVERY_S
        )
        self._beacon_s = beacon_s and max(beacon_s, _SHORTEST_BEAT_S)
        self._state_dir = state_dir
        self._stack = AsyncExitStack()
        self._chores: set[asyncio.Task[None]] = set()
        self._pulse = asyncio.Event()
        self._is_open = False
        self._switching = asyncio.Lock()
        self.machine.watch(self._beat)
        self.machine.misbehaviours.listen(self._misbehave)

    @property
    def access_code(self) -> str:
        """Gives the code that is valid now."""
        return self.machine.access_code

    @property
    def requests(self) -> list[Request]:
        """Lists what was published to the printer, in order."""
        return self._wire.requests

    @property
    def connects(self) -> list[Connect]:
        """Lists the CONNECT packets seen, refused ones too."""
        return self._wire.broker.connects

    @property
    def clients(self) -> int:
        """Counts the clients connected now."""
        return len(self._wire.broker.sessions)

    @property
    def uploads(self) -> list[str]:
        """Lists the card paths of finished uploads, in order."""
        return [str(path) for path in self._ftps.uploads]

    @property
    def fingerprint(self) -> str:
        """Gives the SHA-256 of the certificate shown now, in hexadecimal."""
        return fingerprint(self._certificate)

    async def __aenter__(self) -> Self:
        folder = self._state_dir
        if folder is None:
            temporary = TemporaryDirectory(prefix="odin-simulator-")
            folder = Path(self._stack.enter_context(temporary))
        folder = folder / self.serial
        self._certificate = keep_certificate(folder / "certificate.pem", self.serial)
        self._context = server_context(self._certificate)
        machine = self.machine
        self.card = Card(
            folder / "card", lambda: machine.settings.storage, own=OwnFiles(machine)
        )
        self._wire = Wire(machine, self.card)
        self._ftps = FtpsServer(self._habits(self._context))
        self._sockets = Sockets(machine, self._wire, self._ftps, self._context)
        if not machine.does(Misbehaviour.POWER_CUT):
            try:
                await self._power_on()
            except OSError:
                await self._stack.aclose()
                raise
        self._is_open = True
        beacon_s = self._beacon_s
        self._chore(self._send_beacons(beacon_s) if beacon_s else self._run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_open = False
        for chore in list(self._chores):
            chore.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)
        await self._sockets.close()
        await self._stack.aclose()

    @property
    def is_on(self) -> bool:
        """Says whether the ports are open."""
        return self._sockets.are_open

    async def wait_until_open(self, timeout_s: float = 5.0) -> None:
        """Waits until the ports are open again after a power cut.

        Raises:
            TimeoutError: they stayed closed.
        """
        await self._wait(lambda: self._sockets.are_open, timeout_s)

    def advance(self, seconds: float) -> None:
        """Moves the machine's clock and sends what is then to be said."""
        self.machine.tick(seconds)
        self._wire.report()
        self._beat()

    def report(self) -> None:
        """Sends the next state report now."""
        self._wire.report()

    def publish(self, document: dict[str, object]) -> None:
        """Sends a document of the caller's own making on the report topic."""
        self._wire.send(document)

    async def request(
        self, command: str, *, nth: int = 1, timeout_s: float = 5.0
    ) -> Request:
        """Gives the nth request with this command, waiting until it has come.

        Raises:
            TimeoutError: it did not come.
        """

        def found() -> list[Request]:
            return [each for each in self.requests if each.command == command]

        await self._wait(lambda: len(found()) >= nth, timeout_s)
        return found()[nth - 1]

    async def wait_until(
        self, condition: Callable[[Machine], bool], *, timeout_s: float = 5.0
    ) -> None:
        """Waits for the machine to be as wished.

        Raises:
            TimeoutError: it did not come to that.
        """
        await self._wait(lambda: condition(self.machine), timeout_s)

    async def _wait(self, condition: Callable[[], bool], timeout_s: float) -> None:
        async with asyncio.timeout(timeout_s):
            while not condition():
                self._pulse.clear()
                await self._pulse.wait()

    def _habits(self, context: ssl.SSLContext) -> FtpsHabits:
        machine = self.machine
        return FtpsHabits(
            card=self.card,
            context=context,
            password=lambda: machine.access_code,
            demands_session_reuse=machine.model.demands_session_reuse,
            lists_full_paths=machine.model.lists_full_paths,
            is_full=lambda: machine.does(Misbehaviour.STORAGE_FULL),
            truncates=lambda: machine.does(Misbehaviour.TRUNCATED_UPLOAD),
            now=lambda: machine.now,
        )

    async def _power_on(self) -> None:
        self.ports = await self._sockets.open(self.host, self.ports)
        self._beat()

    async def _follow_switch(self) -> None:
        """Opens or closes the ports, one after the other however fast it is switched."""
        async with self._switching:
            if self.machine.does(Misbehaviour.POWER_CUT):
                await self._sockets.close()
            elif not self.is_on:
                try:
                    await self._power_on()
                except OSError as error:
                    _LOG.warning("%s cannot come back: %s", self.machine.name, error)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        beat_s = self._report_every_s
        if self.clock_factor > 0:
            beat_s = min(beat_s, max(_SHORTEST_BEAT_S, 1 / self.clock_factor))
        last = report_at = loop.time()
        while True:
            await asyncio.sleep(beat_s)
            now = loop.time()
            self.machine.tick((now - last) * self.clock_factor)
            last = now
            if now >= report_at:
                report_at = now + self._report_every_s
                self._wire.report()
            self._beat()

    async def _send_beacons(self, period_s: float) -> None:
        loop = asyncio.get_running_loop()
        # A farm opens all its printers in one go; on a network they speak at any time.
        due = loop.time() + self.machine.flicker.random() * period_s
        while True:
            await asyncio.sleep(due - loop.time())
            self._wire.beacon()
            due += period_s

    def _beat(self) -> None:
        self._pulse.set()

    def _misbehave(
        self, which: Misbehaviour, options: Mapping[str, Option], *, begins: bool
    ) -> None:
        match which:
            case Misbehaviour.DROP_LINK if begins:
                self._wire.broker.drop_all()
                self.machine.misbehaviours.forget(which)
            case Misbehaviour.CHANGE_ACCESS_CODE if begins:
                code = str(options.get("code", self.access_code[::-1] + "9"))
                self.machine.access_code = code[-8:]
                self._wire.broker.drop_all()
                self.machine.misbehaviours.forget(which)
            case Misbehaviour.CHANGE_CERTIFICATE if begins:
                make_certificate(self._certificate, self.serial)
                self._context.load_cert_chain(self._certificate)
                self._wire.broker.drop_all()
                self.machine.misbehaviours.forget(which)
            case Misbehaviour.POWER_CUT if self._is_open and begins:
                self._wire.broker.drop_all()
                self._chore(self._follow_switch())
            case Misbehaviour.POWER_CUT if self._is_open:
                self._chore(self._follow_switch())
            case _:
                pass

    def _chore(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)
