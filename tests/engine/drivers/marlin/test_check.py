"""Checks, discovery and the family as the engine sees it."""

import asyncio
import os
from pathlib import Path

import pytest

from odin_engine.drivers.printers.marlin.discovery import look
from odin_engine.drivers.printers.marlin.family import MarlinFamily, make
from odin_engine.drivers.printers.marlin.place import Place, Transport, settings_of
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.model import Activity, Unreachable
from odin_engine.printers.ports import (
    Checked,
    Connection,
    Found,
    Surroundings,
)
from tests.engine.doubles import ManualClock
from tests.engine.drivers.contract import Watch, finish
from tests.engine.drivers.marlin.rigs import MarlinRig, simulated
from tests.engine.drivers.marlin.test_streaming import gcode, true


@pytest.fixture
def family(tmp_path: Path) -> MarlinFamily:
    return make(Surroundings(tmp_path))


def by_step(checked: Checked) -> dict[str, bool | None]:
    return {check.step: check.ok for check in checked.checks}


async def checked(family: MarlinFamily, rig: MarlinRig) -> Checked:
    return await family.check(rig.connection, SystemClock(), LoopTicker())


async def test_a_good_machine_passes(family: MarlinFamily, tmp_path: Path) -> None:
    async with simulated(tmp_path) as rig:
        found = await checked(family, rig)
    assert by_step(found) == dict.fromkeys(
        ("address", "report", "machine", "control", "firmware"), True
    )
    assert found.state is not None


async def test_missing_thermal_protection_fails_loudly(
    family: MarlinFamily, tmp_path: Path
) -> None:
    async with simulated(tmp_path, lacks="thermal_protection") as rig:
        found = await checked(family, rig)
    check = found.checks[-1]
    assert (check.step, check.ok) == ("firmware", False)
    assert "thermal protection" in check.detail
    assert check.remedy


async def test_nobody_there_stops_the_check(family: MarlinFamily) -> None:
    connection = Connection("/dev/ttyNOBODY9")
    found = await family.check(connection, SystemClock(), LoopTicker())
    assert by_step(found) == {
        "address": False,
        "report": None,
        "machine": None,
        "control": None,
        "firmware": None,
    }
    assert "Plug the cable in" in (found.checks[0].remedy or "")


async def test_a_silent_machine_fails_its_report(
    family: MarlinFamily, tmp_path: Path
) -> None:
    clock = ManualClock()
    async with simulated(tmp_path) as rig:
        rig.printer.misbehave("silent")
        task = asyncio.create_task(family.check(rig.connection, clock, clock))
        found = await finish(task, clock)
    assert by_step(found)["address"] is True
    assert by_step(found)["report"] is False
    assert "baud rate" in (found.checks[1].remedy or "")


async def test_ports_are_found_by_their_lasting_names(tmp_path: Path) -> None:
    board, host = os.openpty()
    port = Path(os.ttyname(host))
    other_board, other_host = os.openpty()
    folder = tmp_path / "serial" / "by-id"
    folder.mkdir(parents=True)
    (folder / "usb-Prusa_Research_Original_Prusa_MK3-if00").symlink_to(port)
    (folder / "usb-ITead_Sonoff_Zigbee_3.0-if00-port0").symlink_to(
        os.ttyname(other_host)
    )
    (folder / "usb-gone-if00").symlink_to(tmp_path / "nothing")
    (tmp_path / "ttyACM0").symlink_to(port)
    (tmp_path / "ttyUSB0").symlink_to(os.ttyname(other_host))
    found = [each async for each in look(tmp_path)]
    for each in (board, host, other_board, other_host):
        os.close(each)
    assert found == [
        Found(
            "marlin",
            str(folder / "usb-Prusa_Research_Original_Prusa_MK3-if00"),
            serial=None,
            model=None,
            name="Prusa Research Original Prusa MK3",
            via="serial",
        )
    ]


async def test_a_bridge_is_asked_only_where_a_port_is_named(
    family: MarlinFamily, tmp_path: Path
) -> None:
    async with simulated(tmp_path) as rig:
        found = await family.probe(rig.connection.host, rig.connection.ports)
        assert found is not None
        assert found.model == "Simulated"
        taken = rig.printer.firmware.lines
        assert await family.probe(rig.connection.host, {}) is None
        assert await family.probe("/dev/null", {"serial": 1}) is None
        assert rig.printer.firmware.lines == taken


async def test_discovery_opens_nothing(family: MarlinFamily) -> None:
    found = [each async for each in family.discover(0.1)]
    assert {each.family for each in found} <= {"marlin"}


def test_the_fields_have_help_and_the_host_is_first(family: MarlinFamily) -> None:
    assert family.fields[0].name == "host"
    names = [field.name for field in family.fields]
    assert len(set(names)) == len(names)
    assert all(field.label for field in family.fields)
    assert family.filament_presets() == ()
    assert ".gcode" in family.file_kinds


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({}, Place("10.0.0.7", 8080)),
        (
            {"transport": "rfc2217", "baudrate": "250000"},
            Place("10.0.0.7", 8080, Transport.RFC2217, 250_000),
        ),
        ({"transport": True, "baudrate": "fast"}, Place("10.0.0.7", 8080)),
    ],
)
def test_a_place_is_read_from_a_connection(
    options: dict[str, str | int | bool], place: Place
) -> None:
    connection = Connection("10.0.0.7", ports={"serial": 8080}, options=options)
    assert Place.of(connection) == place
    assert settings_of(connection).parks
    assert not settings_of(Connection("10.0.0.7", options={"parks": False})).parks


async def test_a_machine_that_prints_for_us_is_not_talked_to_twice(
    family: MarlinFamily, tmp_path: Path
) -> None:
    """A second connection would begin its count anew and switch its heaters off."""
    async with simulated(tmp_path) as rig:
        driver = family.driver(rig.connection, SystemClock(), LoopTicker())
        async with Watch(driver) as watch:
            await watch.until(lambda s: s.model is not None)
            await driver.execute(rig.keep("cube.gcode", gcode(40_000)))
            bed = rig.printer.machine.bed
            assert bed is not None
            await true(lambda: bed.target_c == 60)
            found = await checked(family, rig)
            assert found.state is not None
            assert found.state.activity in {Activity.PREPARING, Activity.PRINTING}
            assert by_step(found)["report"] is True
            assert await family.probe(rig.connection.host, rig.connection.ports) is None
            second = family.driver(rig.connection, SystemClock(), LoopTicker())
            async with Watch(second) as other:
                error = await other.end()
            assert isinstance(error, Unreachable)
            assert "open already" in error.message
            assert rig.clients == 1
            assert bed.target_c == 60
            assert watch.error is None
        await driver.close()
        assert by_step(await checked(family, rig))["report"] is True


async def test_a_check_leaves_what_was_printed_to_the_driver(
    family: MarlinFamily, tmp_path: Path
) -> None:
    async with simulated(tmp_path) as rig:
        rig.spool.folder.mkdir(parents=True)
        note = rig.spool.folder / ".feeding.json"
        note.write_text('{"name": "cube", "file": "cube.gcode", "token": 7}')
        found = await checked(family, rig)
        assert found.state is not None
        assert found.state.activity is Activity.IDLE
        assert note.exists()
        driver = family.driver(rig.connection, SystemClock(), LoopTicker())
        async with Watch(driver) as watch:
            state = await watch.until(lambda s: s.job is not None)
            assert state.activity is Activity.FAILED
        await driver.close()
