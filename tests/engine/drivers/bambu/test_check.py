import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from odin_engine.drivers.printers.bambu.family import BambuFamily
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.ports import Check, Checked, Connection
from odin_engine.simulator.bambu import Misbehaviour
from tests.engine.doubles import ManualClock
from tests.engine.drivers.bambu.rigs import BambuRig, simulated
from tests.engine.drivers.contract import finish
from tests.patience import PATIENCE_S

_STEPS = ("address", "certificate", "serial", "login", "report", "control", "storage")


@pytest.fixture
async def p1s() -> AsyncIterator[BambuRig]:
    async with simulated("P1S") as rig:
        yield rig


async def _check(connection: Connection) -> Checked:
    async with asyncio.timeout(20):
        return await BambuFamily().check(connection, SystemClock(), LoopTicker())


def _by_step(checked: Checked) -> dict[str, Check]:
    assert tuple(check.step for check in checked.checks) == _STEPS
    return {check.step: check for check in checked.checks}


def _failed(checked: Checked) -> Check:
    """Returns the one step that failed; those before passed, those after were not tried."""
    checks = _by_step(checked)
    (failed,) = [check for check in checks.values() if check.ok is False]
    assert failed.remedy
    assert failed.detail
    said, advised = (set(text.split(". ")) for text in (failed.detail, failed.remedy))
    assert not said & advised, "nobody wants to read it twice"
    return failed


async def test_a_healthy_machine_passes_every_step() -> None:
    async with simulated("H2D") as rig:
        checked = await _check(rig.connection)
        checks = _by_step(checked)
        assert all(check.ok for check in checks.values()), checks
        assert checked.certificate is not None
        assert checked.certificate.sha256 == rig.printer.fingerprint
        assert checked.certificate.sha256 in checks["certificate"].detail
        assert checked.state is not None
        assert checked.state.model is not None
        assert checked.state.model.name == "H2D"


async def test_the_serial_may_be_left_out_to_be_told(p1s: BambuRig) -> None:
    checked = await _check(replace(p1s.connection, serial=None))
    assert p1s.printer.serial in _by_step(checked)["serial"].detail
    assert checked.state is not None


async def test_an_old_firmware_leaves_control_open(p1s: BambuRig) -> None:
    checks = _by_step(await _check(p1s.connection))
    assert checks["control"].ok is None
    assert checks["storage"].ok


async def test_nobody_at_the_address(p1s: BambuRig) -> None:
    ports = {"mqtt": 1, "ftps": 1}
    checked = await _check(replace(p1s.connection, ports=ports))
    failed = _failed(checked)
    assert failed.step == "address"
    assert failed.remedy is not None
    assert "IP address" in failed.remedy
    assert checked.certificate is None
    assert checked.state is None


async def test_something_else_at_the_address(p1s: BambuRig) -> None:
    ports = {**p1s.connection.ports, "mqtt": p1s.connection.ports["detect"]}
    assert _failed(await _check(replace(p1s.connection, ports=ports))).step == (
        "certificate"
    )


async def test_another_machine(p1s: BambuRig) -> None:
    checked = await _check(replace(p1s.connection, serial="01P00A999999999"))
    failed = _failed(checked)
    assert failed.step == "serial"
    assert p1s.printer.serial in failed.detail
    assert p1s.logins == 0
    assert checked.certificate is not None


async def test_a_changed_certificate(p1s: BambuRig) -> None:
    pinned = replace(p1s.connection, pin_sha256="ab" * 32)
    failed = _failed(await _check(pinned))
    assert failed.step == "certificate"
    assert "ab" * 32 in failed.detail
    assert p1s.printer.fingerprint in failed.detail
    assert p1s.logins == 0


@pytest.mark.parametrize(
    ("code", "why"), [("00000000", "refused the access code"), (None, "is missing")]
)
async def test_a_wrong_access_code(p1s: BambuRig, code: str | None, why: str) -> None:
    failed = _failed(await _check(replace(p1s.connection, secret=code)))
    assert failed.step == "login"
    assert why in failed.detail
    assert failed.remedy is not None
    assert "show the access code" in failed.remedy


async def test_a_machine_that_stays_silent(p1s: BambuRig) -> None:
    p1s.printer.machine.misbehave(Misbehaviour.SILENT)
    clock = ManualClock()
    check = asyncio.create_task(BambuFamily().check(p1s.connection, clock, clock))
    await p1s.printer.request("pushall")
    checked = await finish(check, clock)
    assert _by_step(checked)["login"].ok
    failed = _failed(checked)
    assert failed.step == "report"
    assert failed.remedy is not None
    assert "serial" in failed.remedy


async def test_developer_mode_off() -> None:
    async with simulated("H2S", developer_mode=False) as rig:
        failed = _failed(await _check(rig.connection))
    assert failed.step == "control"
    assert failed.remedy is not None
    assert "Developer Mode" in failed.remedy


async def test_no_stick_in_the_machine(p1s: BambuRig) -> None:
    p1s.printer.machine.misbehave(Misbehaviour.STORAGE_NONE)
    failed = _failed(await _check(p1s.connection))
    assert failed.step == "storage"
    assert failed.remedy is not None
    assert "Insert a USB stick" in failed.remedy


async def test_a_file_server_that_is_closed(p1s: BambuRig) -> None:
    ports = {**p1s.connection.ports, "ftps": 1}
    failed = _failed(await _check(replace(p1s.connection, ports=ports)))
    assert failed.step == "storage"


async def test_a_check_leaves_no_connection_behind(p1s: BambuRig) -> None:
    await _check(p1s.connection)
    async with asyncio.timeout(PATIENCE_S):
        await p1s.printer.wait_until(lambda _: p1s.clients == 0)
