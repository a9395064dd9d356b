import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from aiohttp import web
from zeroconf.asyncio import AsyncServiceInfo

from odin_engine.drivers.printers.moonraker.family import MoonrakerFamily
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.model import Activity, LinkReason
from odin_engine.printers.ports import Checked, Connection
from tests.engine.drivers.moonraker.rigs import MoonrakerRig, simulated
from tests.engine.drivers.test_dnssd import announced, can_multicast

_FAMILY = MoonrakerFamily()
_STEPS = ["address", "identity", "login", "report", "machine", "storage", "camera"]


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[MoonrakerRig]:
    async with simulated(tmp_path / "machine") as rig:
        yield rig


async def check(connection: Connection) -> Checked:
    return await _FAMILY.check(connection, SystemClock(), LoopTicker())


def failed(checked: Checked) -> list[str]:
    return [each.step for each in checked.checks if each.ok is False]


async def test_all_is_well(rig: MoonrakerRig) -> None:
    checked = await check(rig.connection)
    assert [each.step for each in checked.checks] == _STEPS
    assert all(each.ok for each in checked.checks)
    assert checked.state is not None
    assert checked.state.activity is Activity.IDLE
    assert rig.clients == 0


async def test_a_wrong_key(rig: MoonrakerRig) -> None:
    checked = await check(replace(rig.connection, secret="f" * 32))
    assert failed(checked) == ["login"]
    assert checked.state is None
    step = next(each for each in checked.checks if each.step == "login")
    assert "API key" in (step.remedy or "")
    assert "f" * 32 not in f"{step}"


async def test_klipper_is_away(rig: MoonrakerRig) -> None:
    rig.simulated.misbehave("klippy_disconnect")
    checked = await check(rig.connection)
    assert failed(checked) == ["machine"]
    assert checked.state is not None
    assert checked.state.link_reason is LinkReason.MACHINE_AWAY


async def test_klipper_has_shut_down(rig: MoonrakerRig) -> None:
    rig.simulated.misbehave("shutdown")
    checked = await check(rig.connection)
    assert failed(checked) == ["machine"]
    step = next(each for each in checked.checks if each.step == "machine")
    assert "Lost communication" in step.detail


async def test_a_machine_that_prints_no_files(tmp_path: Path) -> None:
    async with simulated(tmp_path / "bare", "bare") as rig:
        assert failed(await check(rig.connection)) == ["storage"]


async def test_nobody_there() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        checked = await check(Connection("127.0.0.1", ports={"http": port}))
        assert failed(checked) == ["address"]
        assert await _FAMILY.probe("127.0.0.1", {"http": port}) is None


async def test_something_else_there() -> None:
    app = web.Application()
    app.router.add_get("/server/info", _hello)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        checked = await check(Connection("127.0.0.1", ports={"http": port}))
        assert failed(checked) == ["identity"]
        assert await _FAMILY.probe("127.0.0.1", {"http": port}) is None
    finally:
        await runner.cleanup()


async def _hello(_: web.Request) -> web.Response:
    return web.Response(text="hello")


async def test_a_probe_knows_a_moonraker_by_its_yes_and_its_no(
    rig: MoonrakerRig, tmp_path: Path
) -> None:
    ports = {"http": rig.simulated.ports["http"]}
    found = await _FAMILY.probe("127.0.0.1", ports)
    assert found is not None
    assert (found.family, found.ports, found.options) == ("moonraker", ports, {})
    async with simulated(tmp_path / "open", secret=None) as other:
        ports = {"http": other.simulated.ports["http"]}
        assert await _FAMILY.probe("127.0.0.1", ports) is not None


def test_what_a_person_is_asked() -> None:
    names = [field.name for field in _FAMILY.fields]
    assert names[:2] == ["host", "secret"]
    assert all(field.label and field.help for field in _FAMILY.fields)
    assert [field.name for field in _FAMILY.fields if field.is_required] == ["host"]


@pytest.mark.skipif(not can_multicast(), reason="no multicast on this computer")
async def test_what_announces_itself_is_found() -> None:
    info = AsyncServiceInfo(
        "_moonraker._tcp.local.",
        "Moonraker @ voron._moonraker._tcp.local.",
        parsed_addresses=["127.0.0.1"],
        server="voron.local.",
        port=7126,
        properties={"uuid": "0", "https_port": "", "version": "v0.9.3"},
    )
    async with announced(info):
        family = MoonrakerFamily(IPv4Address("127.0.0.1"))
        found = [each async for each in family.discover(1.5)]
    # Others may announce themselves on this computer at the same time.
    told = [(each.name, each.host, each.ports) for each in found]
    assert told.count(("voron", "127.0.0.1", {"http": 7126})) == 1
