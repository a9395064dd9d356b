import asyncio
import gc
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from odin_engine.drivers.printers.bambu.link import Link
from odin_engine.drivers.printers.bambu.tls import PrinterContext
from odin_engine.printers.model import (
    LoginRejected,
    Unreachable,
    WrongSerial,
)
from odin_engine.simulator.bambu import Misbehaviour, SimulatedPrinter
from odin_engine.simulator.bambu.certificate import keep_certificate, server_context
from odin_engine.simulator.listening import hang_up
from tests.engine.doubles import settle
from tests.patience import PATIENCE_S

_SERIAL = "01P00A000000001"


@pytest.fixture
async def printer() -> AsyncIterator[SimulatedPrinter]:
    async with SimulatedPrinter("P1S", clock_factor=0, report_every_s=0.05) as printer:
        yield printer


class Heard:
    """Keeps the messages of a link."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self._news = asyncio.Event()

    def __call__(self, payload: bytes) -> None:
        self.messages.append(payload)
        self._news.set()

    async def first(self) -> bytes:
        async with asyncio.timeout(PATIENCE_S):
            await self._news.wait()
        return self.messages[0]


def _link(
    printer: SimulatedPrinter,
    heard: Heard,
    *,
    code: str = "12345678",
    serial: str | None = None,
) -> Link:
    serial = serial or printer.serial
    context = PrinterContext.to(serial)
    return Link("127.0.0.1", printer.ports["mqtt"], serial, code, context, heard)


async def test_an_open_link_hears_reports(printer: SimulatedPrinter) -> None:
    heard = Heard()
    link = _link(printer, heard)
    await link.open()
    printer.report()
    assert link.report_topic == f"device/{printer.serial}/report"
    assert b"push_status" in await heard.first()
    await link.close()


async def test_the_session_is_as_the_machines_want_it(
    printer: SimulatedPrinter,
) -> None:
    first, second = _link(printer, Heard()), _link(printer, Heard())
    for link in (first, second):
        await link.open()
    one, two = printer.connects
    assert (one.username, one.password) == ("bblp", "12345678")
    assert one.keepalive_s == 30
    assert one.clean_session
    assert one.client_id != two.client_id
    assert printer.clients == 2
    for link in (first, second):
        await link.close()


@pytest.mark.parametrize("qos", [0, 1])
async def test_what_is_published_arrives(printer: SimulatedPrinter, qos: int) -> None:
    link = _link(printer, Heard())
    await link.open()
    await link.publish(b'{"pushing":{"command":"pushall"}}', qos)
    request = await printer.request("pushall")
    assert request.topic == link.request_topic
    assert request.qos == qos
    await link.close()


async def test_a_wrong_code_is_a_rejected_login(printer: SimulatedPrinter) -> None:
    with pytest.raises(LoginRejected, match="show the access code"):
        await _link(printer, Heard(), code="87654321").open()
    assert printer.clients == 0


async def test_a_full_machine_is_unreachable(printer: SimulatedPrinter) -> None:
    links = [_link(printer, Heard()) for _ in range(4)]
    for link in links:
        await link.open()
    with pytest.raises(Unreachable):
        await _link(printer, Heard()).open()
    for link in links:
        await link.close()


async def test_another_machine_gets_no_packet(printer: SimulatedPrinter) -> None:
    with pytest.raises(WrongSerial):
        await _link(printer, Heard(), serial=_SERIAL).open()
    assert printer.connects == []


async def test_a_lost_session_is_noticed(printer: SimulatedPrinter) -> None:
    link = _link(printer, Heard())
    await link.open()
    printer.machine.misbehave(Misbehaviour.DROP_LINK)
    async with asyncio.timeout(PATIENCE_S):
        assert isinstance(await link.lost(), Unreachable)
    with pytest.raises(Unreachable):
        await link.publish(b"{}", 0)
    await link.close()


async def test_a_failure_of_our_own_is_not_called_a_lost_link(
    printer: SimulatedPrinter,
) -> None:
    def fail(_: bytes) -> None:
        raise KeyError("a mistake of ours")

    link = Link(
        "127.0.0.1",
        printer.ports["mqtt"],
        printer.serial,
        "12345678",
        PrinterContext.to(printer.serial),
        fail,
    )
    await link.open()
    printer.report()
    with pytest.raises(KeyError, match="a mistake of ours"):
        async with asyncio.timeout(PATIENCE_S):
            await link.lost()
    await link.close()
    await _until_gone(printer)


async def test_closing_twice_is_fine(printer: SimulatedPrinter) -> None:
    link = _link(printer, Heard())
    await link.open()
    await link.close()
    await link.close()
    await _until_gone(printer)


async def _until_gone(printer: SimulatedPrinter) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while printer.clients:
            await settle(1)


class Stubborn:
    """A server that goes along with a client up to a point, and then says nothing.

    It notes what it was told, and that the client left.
    """

    def __init__(self) -> None:
        self.arrived = 0
        self.told = asyncio.Event()
        self.left = asyncio.Event()
        self.port = 0

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.arrived += 1
        while await reader.read(4096):
            self.told.set()
        if self.told.is_set():
            self.left.set()
        writer.close()

    @asynccontextmanager
    async def open(self, context: ssl.SSLContext | None) -> AsyncIterator[Stubborn]:
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            hang_up(server, cut=True)
            await server.wait_closed()


@pytest.mark.parametrize("speaks_tls", [False, True])
async def test_giving_up_while_connecting_leaves_no_session_behind(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, *, speaks_tls: bool
) -> None:
    """Neither a handshake that hangs nor a login without an answer outlives its caller.

    aiomqtt connects in a thread and would keep such a session for ever. What becomes of
    it is nobody's error: asyncio is given nothing to log.
    """
    context = None
    if speaks_tls:
        context = server_context(keep_certificate(tmp_path / "c.pem", _SERIAL))
    async with Stubborn().open(context) as server:
        link = Link(
            "127.0.0.1",
            server.port,
            _SERIAL,
            "12345678",
            PrinterContext.to(_SERIAL),
            Heard(),
        )
        opening = asyncio.create_task(link.open())
        async with asyncio.timeout(PATIENCE_S):
            await server.told.wait()
            opening.cancel()
            with pytest.raises(asyncio.CancelledError):
                await opening
            await server.left.wait()
        # Time for the thread that was connecting to tell its end.
        await asyncio.to_thread(bool)
    del link, opening
    await settle()
    gc.collect()
    assert [each for each in caplog.records if each.name == "asyncio"] == []


async def test_a_session_that_ends_before_it_hears_is_not_waited_for(
    tmp_path: Path,
) -> None:
    async def let_in_and_hang_up(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if await reader.read(4096):
            writer.write(bytes([0x20, 2, 0, 0]))
            await reader.read(4096)
        writer.close()

    context = server_context(keep_certificate(tmp_path / "c.pem", _SERIAL))
    server = await asyncio.start_server(let_in_and_hang_up, "127.0.0.1", 0, ssl=context)
    async with server:
        link = Link(
            "127.0.0.1",
            server.sockets[0].getsockname()[1],
            _SERIAL,
            "12345678",
            PrinterContext.to(_SERIAL),
            Heard(),
        )
        with pytest.raises(Unreachable):
            async with asyncio.timeout(PATIENCE_S):
                await link.open()
