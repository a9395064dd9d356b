"""The stand-in keeps what the port promises, so the tests above it mean something."""

from dataclasses import replace

import pytest

from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    Activity,
    Command,
    CommandRejected,
    Home,
    Model,
    SetTimelapse,
    Unreachable,
)
from odin_engine.printers.ports import Certificate, Connection, Driver
from tests.engine.drivers.contract import DriverContract, Rig
from tests.engine.printers.memory_driver import (
    CAPABILITIES,
    IDLE,
    MemoryFamily,
    MemoryMachine,
    job,
)

SERIAL, SECRET = "MEM1", "opensesame"


class MemoryRig:
    """A machine in memory that insists on its serial and its secret."""

    camera_id: str | None = "main"

    def __init__(self) -> None:
        self.connection = Connection("10.0.0.1", SERIAL, SECRET, {"memory": 1})
        self.harmless: Command = Home()
        self.unsupported: Command = SetTimelapse(enabled=True)
        known = tuple(k for k in CAPABILITIES.commands if k != "set_timelapse")
        self._family = MemoryFamily()
        self._machine = self._family.machines["10.0.0.1"] = MemoryMachine(
            state=replace(
                IDLE,
                model=Model("memory", serial=SERIAL),
                capabilities=replace(CAPABILITIES, commands=known),
            ),
            serial=SERIAL,
            secret=SECRET,
            certificate=Certificate(SERIAL, "a" * 64, is_vendor_signed=True),
        )

    def driver(self, connection: Connection, clock: Clock, ticker: Ticker) -> Driver:
        if connection.ports != self.connection.ports:
            nobody = Unreachable(f"nobody at {connection.host}")
            self._family.machine(connection.host).unreachable = nobody
        return self._family.driver(connection, clock, ticker)

    @property
    def logins(self) -> int:
        return self._machine.logins

    @property
    def clients(self) -> int:
        return int(self._machine.driver is not None)

    @property
    def stops(self) -> int:
        return self._machine.stops

    def begin_print(self) -> None:
        self._machine.report(activity=Activity.PRINTING, job=job())

    def cut(self) -> None:
        self._machine.lose()

    def speak_nonsense(self) -> None:
        self._machine.babble()

    def refuse_commands(self) -> None:
        self._machine.says = CommandRejected("This machine says no.", "0500")

    def ignore_commands(self) -> None:
        self._machine.hangs = True

    def truncate_uploads(self) -> None:
        self._machine.keeps_half = True

    def change_certificate(self) -> None:
        self._machine.certificate = Certificate(
            SERIAL, "b" * 64, is_vendor_signed=False
        )

    def stored(self, name: str) -> int | None:
        content = self._machine.disk.get(name)
        return None if content is None else len(content)

    async def uploading(self) -> None:
        await self._machine.uploading.wait()


class TestMemoryDriver(DriverContract):
    @pytest.fixture
    async def rig(self) -> Rig:
        return MemoryRig()
