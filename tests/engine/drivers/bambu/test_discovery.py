import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from odin_engine.drivers.printers.bambu.discovery import listen, probe
from odin_engine.drivers.printers.bambu.family import BambuFamily
from odin_engine.drivers.printers.bambu.protocol.frames import frame, search_request
from odin_engine.printers.ports import Found
from odin_engine.simulator.bambu import SimulatedPrinter
from odin_engine.simulator.bambu.announce import Announcement, Announcer
from odin_engine.simulator.bambu.certificate import keep_certificate, server_context
from tests.patience import PATIENCE_S

HERE = IPv4Address("127.0.0.1")
"""Nothing that these tests send leaves the machine."""
_EVERYBODY_HERE = "127.255.255.255"


@pytest.fixture
def port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def _found(port: int, datagrams: Sequence[bytes], count: int) -> list[Found]:
    """Listens while datagrams are sent again and again, until enough was found."""

    async def shout() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.settimeout(0)
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            while True:
                for datagram in datagrams:
                    await asyncio.get_running_loop().sock_sendto(
                        sender, datagram, (_EVERYBODY_HERE, port)
                    )
                await asyncio.sleep(0.02)

    shouting = asyncio.create_task(shout())
    found: list[Found] = []
    try:
        async with asyncio.timeout(PATIENCE_S):
            async for each in listen(5, port, HERE):
                found.append(each)
                if len(found) == count:
                    break
    finally:
        shouting.cancel()
        await asyncio.wait({shouting})
    return found


def _notify(
    serial: str, location: str = "192.0.2.7", model: str = "C12", ports: str = ""
) -> bytes:
    return (
        "NOTIFY * HTTP/1.1\r\n"
        f"Location: {location}\r\n"
        "NT: urn:bambulab-com:device:3dprinter:1\r\n"
        f"USN: {serial}\r\n"
        f"DevModel.bambu.com: {model}\r\n"
        "DevName.bambu.com: Front left\r\n"
        f"X-Simulated-Ports: {ports}\r\n\r\n"
    ).encode()


async def test_announcements_are_found_once_each(port: int) -> None:
    found = await _found(
        port, [_notify("01P00A000000001"), _notify("094ABC", model="O1D-V2")], 2
    )
    assert found[0] == Found(
        family="bambu",
        host="192.0.2.7",
        serial="01P00A000000001",
        model="P1S",
        name="Front left",
        via="ssdp",
    )
    assert found[1].model == "H2D"


async def test_hostile_datagrams_are_passed_over(port: int) -> None:
    hostile = [
        b"",
        b"\xff" * 3000,
        b"NOTIFY * HTTP/1.1\r\n" * 100,
        _notify("")[:60],
        _notify("../../etc/passwd\x00"),
    ]
    (found,) = await _found(port, [*hostile, _notify("01P00A000000001")], 1)
    assert found.serial == "01P00A000000001"


async def test_a_location_that_is_no_address_is_not_believed(port: int) -> None:
    (found,) = await _found(port, [_notify("01P1", "http://evil.example/x")], 1)
    assert found.host == "127.0.0.1"


async def test_an_unknown_model_keeps_its_code(port: int) -> None:
    (found,) = await _found(port, [_notify("99Z00A", model="ZZ9")], 1)
    assert found.model == "ZZ9"


@pytest.mark.parametrize(
    ("location", "ports", "believed"),
    [
        ("127.0.0.1", "mqtt=21000, ftps=21001", {"mqtt": 21000, "ftps": 21001}),
        ("127.0.0.1", "mqtt=0, ftps=99999, ssh=22, camera=x", {}),
        ("192.0.2.7", "mqtt=21000", {}),
    ],
)
async def test_only_a_machine_on_loopback_may_name_ports(
    port: int, location: str, ports: str, believed: Mapping[str, int]
) -> None:
    (found,) = await _found(port, [_notify("01P1", location, ports=ports)], 1)
    assert found.ports == believed


async def test_a_simulated_machine_answers_who_looks_for_it(port: int) -> None:
    async with SimulatedPrinter("H2D", clock_factor=0) as printer:
        announcer = Announcer(port=port)

        async def announce() -> None:
            while True:
                # Long after the search is over: only who asks is told in time.
                await announcer.wait_for_question(60)
                told = Announcement(printer.machine, "127.0.0.1", printer.ports)
                await announcer.announce([told])

        announcing = asyncio.create_task(announce())
        try:
            family = BambuFamily(ssdp_port=port, look_by=HERE)
            found = [each async for each in family.discover(4)]
        finally:
            announcing.cancel()
            await asyncio.wait({announcing})
            announcer.close()
    (machine,) = found
    assert machine.serial == printer.serial
    assert machine.host == "127.0.0.1"
    assert machine.ports == printer.ports


async def test_no_question_is_lost_between_two_answers(port: int) -> None:
    announcer = Announcer(port=port)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        async with asyncio.timeout(20):
            for _ in range(2):
                asking.sendto(search_request(), (_EVERYBODY_HERE, port))
                await announcer.wait_for_question(60)
    announcer.close()


async def test_listening_ends_in_time(port: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        assert [each async for each in listen(0.05, port, HERE)] == []


async def test_it_asks_printers_to_announce_themselves(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind((_EVERYBODY_HERE, port))
        other.settimeout(5)
        async for _ in listen(0.3, port, HERE):
            continue
        assert b"M-SEARCH" in await asyncio.to_thread(other.recv, 2048)


async def test_a_port_that_is_taken_finds_nothing(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("", port))
        assert [each async for each in listen(1, port)] == []
        assert [each async for each in listen(1, port, HERE)] == []
    assert "cannot be discovered" in caplog.text


async def test_a_machine_tells_who_it_is() -> None:
    async with SimulatedPrinter("P2S", clock_factor=0) as printer:
        found = await BambuFamily().probe("127.0.0.1", printer.ports)
        assert found is not None
        assert found.via == "detect"
        assert found.serial == printer.serial
        assert found.model == "P2S"
        assert found.ports == printer.ports
        assert printer.connects == []


async def test_the_certificate_tells_where_detect_is_closed() -> None:
    async with SimulatedPrinter("A1", clock_factor=0) as printer:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            ports = {**printer.ports, "detect": closed.getsockname()[1]}
            found = await probe("127.0.0.1", ports)
        assert found is not None
        assert (found.via, found.serial, found.model) == (
            "certificate",
            printer.serial,
            "A1",
        )
        assert printer.connects == []


@asynccontextmanager
async def _answering(data: bytes) -> AsyncIterator[int]:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\xa5\xa5\xff\xff",
        frame(b"not json"),
        frame(b'{"login":{"id":""}}'),
        frame(b'{"login":{"id":"01P"}}')[:-1],
    ],
)
async def test_something_else_is_none_of_ours(data: bytes) -> None:
    async with _answering(data) as port:
        ports = {"detect": port, "mqtt": port}
        assert await probe("127.0.0.1", ports) is None


async def test_another_broker_with_tls_is_none_of_ours(tmp_path: Path) -> None:
    certificate = keep_certificate(tmp_path / "c.pem", "mqtt.example.org")
    server = await asyncio.start_server(
        lambda _, writer: writer.close(),
        "127.0.0.1",
        0,
        ssl=server_context(certificate),
    )
    async with server:
        port = server.sockets[0].getsockname()[1]
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            ports = {"detect": closed.getsockname()[1], "mqtt": port}
            assert await probe("127.0.0.1", ports) is None


async def test_nobody_at_an_address_is_none() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        assert await probe("127.0.0.1", {"detect": port, "mqtt": port}) is None


def test_the_family_names_itself() -> None:
    family = BambuFamily()
    assert family.name == "bambu"
    assert family.label == "Bambu Lab"
