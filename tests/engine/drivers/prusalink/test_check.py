from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from odin_engine.drivers.printers.prusalink.check import STEPS, check
from odin_engine.drivers.printers.prusalink.discovery import probe
from odin_engine.drivers.printers.prusalink.family import PrusaLinkFamily, make
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.model import Activity
from odin_engine.printers.ports import Checked, Connection, FieldKind, Surroundings
from odin_engine.simulator.prusalink.http import HttpServer, Request, Response
from tests.engine.drivers.prusalink.rigs import PrusaRig, simulated


@pytest.fixture
async def buddy(tmp_path: Path) -> AsyncIterator[PrusaRig]:
    async with simulated(tmp_path / "printer", "MK4S") as rig:
        yield rig


@pytest.fixture
async def pi(tmp_path: Path) -> AsyncIterator[PrusaRig]:
    async with simulated(tmp_path / "printer", "MK3S") as rig:
        yield rig


async def checked(connection: Connection) -> Checked:
    return await check(connection, SystemClock(), LoopTicker())


def results(found: Checked) -> dict[str, bool | None]:
    return {each.step: each.ok for each in found.checks}


def failed(found: Checked) -> str:
    (one,) = (each for each in found.checks if each.ok is False)
    assert one.remedy
    return one.step


async def test_a_printer_that_is_well(buddy: PrusaRig) -> None:
    found = await checked(buddy.connection)
    assert [each.step for each in found.checks] == list(STEPS)
    assert results(found) == dict.fromkeys(STEPS, True) | {"camera": None}
    assert found.state is not None
    assert found.state.activity is Activity.IDLE
    assert found.state.model is not None
    assert found.state.model.name == "MK4S"
    assert buddy.clients == 0


async def test_a_pi_that_is_well(pi: PrusaRig) -> None:
    found = await checked(pi.connection)
    assert results(found) == dict.fromkeys(STEPS, True)


async def test_nobody_is_there(buddy: PrusaRig) -> None:
    await buddy.printer.server.close()
    assert failed(await checked(buddy.connection)) == "address"


async def test_a_wrong_key(buddy: PrusaRig) -> None:
    found = await checked(replace(buddy.connection, secret="00000000"))
    assert failed(found) == "login"
    text = " ".join(f"{each.detail} {each.remedy}" for each in found.checks)
    assert "Settings → Network → PrusaLink" in text
    assert "00000000" not in text


async def test_no_key_at_all(pi: PrusaRig) -> None:
    found = await checked(replace(pi.connection, secret=None))
    assert failed(found) == "login"
    assert pi.logins == 0


async def test_another_printer(buddy: PrusaRig) -> None:
    found = await checked(replace(buddy.connection, serial="10589-1"))
    assert failed(found) == "identity"


async def test_a_pi_without_its_machine(pi: PrusaRig) -> None:
    pi.printer.misbehave("away")
    assert failed(await checked(pi.connection)) == "machine"


async def test_no_stick(buddy: PrusaRig) -> None:
    buddy.printer.act("remove_stick")
    assert failed(await checked(buddy.connection)) == "storage"


async def test_garbage(buddy: PrusaRig) -> None:
    buddy.printer.misbehave("garbage", times=9)
    assert failed(await checked(buddy.connection)) == "report"


@pytest.mark.parametrize(
    ("status", "body", "step"),
    [
        (404, b"", "identity"),
        (403, b"", "identity"),
        (200, b'{"api": "0.1", "text": "OctoPrint 1.11"}', "report"),
        (200, b'{"api": "0.1", "text": "Prusa SLA 1.0.5"}', "report"),
        (200, b"[]", "report"),
        (500, b"oh", "report"),
    ],
)
async def test_something_else(status: int, body: bytes, step: str) -> None:
    async def answer(_: Request) -> Response:
        return Response(status, body)

    server = HttpServer(answer, None)
    port = await server.open("127.0.0.1", 0)
    try:
        connection = Connection("127.0.0.1", None, "key", {"http": port})
        assert failed(await checked(connection)) == step
        assert await probe("127.0.0.1", {"http": port}) is None
    finally:
        await server.close()


async def test_a_probe_needs_no_key(buddy: PrusaRig, pi: PrusaRig) -> None:
    family = PrusaLinkFamily()
    for rig in (buddy, pi):
        found = await family.probe(rig.printer.host, rig.printer.ports)
        assert found is not None
        assert found.family == "prusalink"
        assert found.ports == rig.printer.ports
        assert rig.logins == 0
    await buddy.printer.server.close()
    assert await family.probe(buddy.printer.host, buddy.printer.ports) is None


async def test_an_open_server_says_what_it_is() -> None:
    async def answer(_: Request) -> Response:
        body = b'{"api": "2.0.0", "text": "PrusaLink", "hostname": "prusa-xl"}'
        return Response(200, body)

    server = HttpServer(answer, None)
    port = await server.open("127.0.0.1", 0)
    found = await probe("127.0.0.1", {"http": port})
    await server.close()
    assert found is not None
    assert found.model == "XL"


def test_what_a_person_is_asked(tmp_path: Path) -> None:
    family = make(Surroundings(tmp_path))
    assert family.name == "prusalink"
    assert family.label
    assert family.filament_presets() == ()
    names = [each.name for each in family.fields]
    assert names == ["host", "secret", "username", "serial", "ports/http"]
    required = [each.name for each in family.fields if each.is_required]
    assert required == ["host", "secret"]
    assert family.fields[1].kind is FieldKind.SECRET
    assert all(each.label for each in family.fields)
    assert ".bgcode" in family.file_kinds
