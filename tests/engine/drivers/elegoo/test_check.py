import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, override

import pytest

from odin_engine.drivers.printers.elegoo.family import ElegooFamily
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.ports import Check, Checked, Connection
from tests.engine.doubles import ManualClock
from tests.engine.drivers.contract import finish
from tests.engine.drivers.elegoo.cc2_rigs import simulated_cc2
from tests.engine.drivers.elegoo.rigs import ElegooRig, simulated

_STEPS = ("address", "identity", "report", "storage", "camera", "firmware")


@pytest.fixture
async def carbon() -> AsyncIterator[ElegooRig]:
    async with simulated("centauri-carbon") as rig:
        yield rig


async def _check(connection: Connection) -> Checked:
    async with asyncio.timeout(20):
        return await ElegooFamily().check(connection, SystemClock(), LoopTicker())


def _by_step(checked: Checked) -> dict[str, Check]:
    steps = tuple(check.step for check in checked.checks if check.step != "login")
    assert steps == _STEPS
    return {check.step: check for check in checked.checks}


def _failed(checked: Checked) -> Check:
    (failed,) = [each for each in _by_step(checked).values() if each.ok is False]
    assert failed.detail
    assert failed.remedy
    return failed


async def test_a_healthy_machine_passes_every_step(carbon: ElegooRig) -> None:
    checked = await _check(carbon.connection)
    assert all(check.ok for check in _by_step(checked).values()), checked.checks
    assert checked.state is not None
    assert "1.1.46" in _by_step(checked)["firmware"].detail
    assert carbon.printer.serial is not None
    assert carbon.printer.serial in _by_step(checked)["identity"].detail


async def test_the_id_may_be_left_out_to_be_told(carbon: ElegooRig) -> None:
    checked = await _check(replace(carbon.connection, serial=None))
    assert str(carbon.printer.serial) in _by_step(checked)["identity"].detail


async def test_a_resin_camera_is_left_open() -> None:
    async with simulated("saturn-4-ultra") as rig:
        checks = _by_step(await _check(rig.connection))
        assert checks["camera"].ok is None
        assert "RTSP" in checks["camera"].detail
        assert all(check.ok for step, check in checks.items() if step != "camera")


async def test_nobody_at_the_address() -> None:
    checked = await _check(Connection("127.0.0.1", ports={"web": 1, "search": 1}))
    assert _failed(checked).step == "address"
    assert checked.state is None


async def test_another_machine(carbon: ElegooRig) -> None:
    failed = _failed(await _check(replace(carbon.connection, serial="ffff")))
    assert failed.step == "identity"
    assert "ffff" in failed.detail


async def test_a_network_that_blocks_searches(carbon: ElegooRig) -> None:
    ports = {**carbon.connection.ports, "search": 1}
    checks = _by_step(await _check(replace(carbon.connection, ports=ports)))
    assert checks["identity"].ok
    assert "UDP" in checks["identity"].detail


async def test_a_machine_that_has_no_place_left(carbon: ElegooRig) -> None:
    carbon.printer.misbehave("silent")
    clock = ManualClock()
    checking = asyncio.create_task(
        ElegooFamily().check(carbon.connection, clock, clock)
    )
    while not carbon.clients:  # noqa: ASYNC110 - the machine tells nobody
        await asyncio.sleep(0.05)
    failed = _failed(await finish(checking, clock))
    assert failed.step == "report"
    assert "close" in str(failed.remedy)


async def test_a_camera_that_others_have(carbon: ElegooRig) -> None:
    carbon.printer.misbehave("camera_taken")
    assert _failed(await _check(carbon.connection)).step == "camera"


class _Answers(asyncio.DatagramProtocol):
    """A machine of which nothing is there but its answer to a search."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self._answer = json.dumps(answer).encode()
        self._transport: asyncio.DatagramTransport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.DatagramTransport)
        self._transport = transport

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        assert self._transport is not None
        self._transport.sendto(self._answer, addr)


_V1 = {
    "Data": {
        "Attributes": {
            "MachineName": "Saturn 3 Ultra",
            "MainboardID": "abcd",
            "ProtocolVersion": "V1.0.0",
        },
        "Status": {"CurrentStatus": 0},
    }
}
_CC2 = {"id": 0, "result": {"machine_model": "Centauri Carbon 2", "sn": "CC2TEST"}}


@pytest.mark.parametrize(
    ("answer", "word"),
    [(_V1, "cannot be driven yet"), (_CC2, "Choose it as the kind of machine")],
)
async def test_a_machine_that_speaks_otherwise_is_recognised(
    answer: dict[str, Any], word: str
) -> None:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Answers(answer), local_addr=("127.0.0.1", 0)
    )
    port = transport.get_extra_info("sockname")[1]
    try:
        ports = {"web": 1, "search": port}
        failed = _failed(await _check(Connection("127.0.0.1", ports=ports)))
        assert failed.step == "identity"
        assert word in str(failed.remedy)
        found = await ElegooFamily().probe("127.0.0.1", ports)
        assert found is not None
    finally:
        transport.close()


async def test_a_carbon_2_passes_every_step() -> None:
    async with simulated_cc2() as rig:
        checked = await _check(rig.connection)
        assert [check.step for check in checked.checks][2] == "login"
        assert all(check.ok for check in checked.checks), checked.checks


async def test_a_carbon_2_with_another_code() -> None:
    async with simulated_cc2() as rig:
        failed = _failed(await _check(replace(rig.connection, secret="wrong")))
        assert failed.step == "login"
        assert "access code" in str(failed.remedy)


async def test_a_carbon_2_that_talks_to_its_cloud_only() -> None:
    async with simulated_cc2() as rig:
        rig.printer.misbehave("cloud")
        failed = _failed(await _check(rig.connection))
        assert "LAN Only Mode" in failed.detail


async def test_a_carbon_2_without_a_place_left() -> None:
    async with simulated_cc2() as rig:
        rig.printer.misbehave("too_many_clients")
        failed = _failed(await _check(rig.connection))
        assert "Too many programs" in failed.detail


async def test_what_is_no_carbon_2_is_recognised(carbon: ElegooRig) -> None:
    wrong = replace(carbon.connection, options={"kind": "centauri-carbon-2"})
    failed = _failed(await _check(wrong))
    assert failed.step == "identity"
    assert "SDCP" in str(failed.remedy)
