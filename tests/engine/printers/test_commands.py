"""Telling printers what to do."""

import asyncio
import contextlib
from dataclasses import replace

import pytest

from odin_engine.kernel.errors import Refused, Unavailable
from odin_engine.printers.model import (
    Activity,
    CommandRejected,
    CommandTimedOut,
    Heat,
    Home,
    Light,
    LightMode,
    NotSupported,
    Pause,
    SetBedTemperature,
    SetChamberTemperature,
    SetLight,
    SetNozzleTemperature,
    SlotRef,
    StartPrint,
    Temperatures,
    Unreachable,
)
from odin_engine.printers.model.record import PlateState, PrinterNotFound
from odin_engine.printers.model.safety import (
    NotConnected,
    NotNow,
    ObserveOnly,
    SlotUnresolved,
)
from odin_engine.printers.service import PrintOrder
from tests.engine.doubles import settle
from tests.engine.printers.farm import Farm
from tests.engine.printers.memory_driver import MemoryMachine, job

ORDER = PrintOrder("benchy.gcode.3mf", mapping=(SlotRef(0, 0),))
HOT = Temperatures((Heat(200.0, 210.0),), Heat(50.0, 60.0), Heat(30.0, 45.0))
OFF = Temperatures((Heat(200.0, 0.0),), Heat(50.0, 0.0), Heat(30.0, 0.0))


async def test_a_command_reaches_the_machine(farm: Farm) -> None:
    printer_id = await farm.add()
    await farm.printers.commands.execute(printer_id, Home())
    assert farm.machine(printer_id).told == [Home()]


async def test_guards_come_first(farm: Farm) -> None:
    printer_id = await farm.add(is_observe_only=True)
    with pytest.raises(ObserveOnly):
        await farm.printers.commands.execute(printer_id, Home())
    assert farm.machine(printer_id).told == []
    with pytest.raises(PrinterNotFound):
        await farm.printers.commands.execute("nobody", Home())


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (CommandRejected("no", "0500"), Refused),
        (CommandTimedOut("no"), Unavailable),
        (NotSupported("no"), Refused),
        (Unreachable("no"), Unavailable),
    ],
)
async def test_the_printers_own_words_come_through(
    farm: Farm, error: Exception, kind: type[Exception]
) -> None:
    printer_id = await farm.add()
    farm.machine(printer_id).says = error
    with pytest.raises(kind) as raised:
        await farm.printers.commands.execute(printer_id, Home())
    assert raised.value is error


async def test_one_command_at_a_time_and_guarded_again_when_its_turn_comes(
    farm: Farm,
) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.hangs = True
    first = asyncio.create_task(
        farm.printers.commands.execute(printer_id, SetLight("work", LightMode.ON))
    )
    await settle()
    second = asyncio.create_task(farm.printers.commands.execute(printer_id, Home()))
    await settle()
    machine.report(activity=Activity.PRINTING, job=job())
    await farm.go()
    first.cancel()
    machine.hangs = False
    with pytest.raises(NotNow):
        await second
    assert machine.told == []


async def test_a_lost_printer_is_not_commanded(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.unreachable = Unreachable("no")
    machine.lose()
    await farm.go()
    with pytest.raises(NotConnected):
        await farm.printers.commands.execute(printer_id, Pause())


async def test_a_print_is_accepted_not_started(farm: Farm) -> None:
    printer_id = await farm.add()
    accepted = await farm.printers.commands.print(printer_id, ORDER)
    assert 1 <= accepted.token < 2**31
    (told,) = farm.machine(printer_id).told
    assert isinstance(told, StartPrint)
    assert (told.token, told.name) == (accepted.token, "benchy")
    assert (accepted.deadline_at - farm.clock.now()).total_seconds() == 180
    assert farm.state(printer_id).activity is Activity.IDLE


async def test_every_start_has_a_new_token(farm: Farm) -> None:
    printer_id = await farm.add()
    tokens = set()
    for _ in range(5):
        accepted = await farm.printers.commands.print(printer_id, ORDER)
        tokens.add(accepted.token)
        farm.machine(printer_id).report(
            activity=Activity.PRINTING, job=job(token=accepted.token)
        )
        farm.machine(printer_id).report(activity=Activity.FINISHED)
        await farm.go()
        await farm.printers.registry.set_plate(printer_id, PlateState.CLEAR)
    assert len(tokens) == 5


@pytest.mark.parametrize("says", [None, CommandTimedOut("no"), Unreachable("no")])
async def test_no_second_start_while_the_first_may_still_come(
    farm: Farm, says: Exception | None
) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.says = says
    with contextlib.suppress(Unavailable):
        await farm.printers.commands.print(printer_id, ORDER)
    machine.says = None
    before = len(machine.told)
    with pytest.raises(NotNow) as refused:
        await farm.printers.commands.print(printer_id, ORDER)
    assert refused.value.because == "starting"
    assert len(machine.told) == before
    await farm.go(181)
    await farm.printers.commands.print(printer_id, ORDER)
    assert len(machine.told) == before + 1


async def test_a_refused_start_may_be_tried_again_at_once(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.says = CommandRejected("no")
    with pytest.raises(CommandRejected):
        await farm.printers.commands.print(printer_id, ORDER)
    machine.says = None
    await farm.printers.commands.print(printer_id, ORDER)


async def test_a_start_asks_for_a_report_when_the_last_one_is_old(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    await farm.go(30)
    assert machine.asked == 0
    await farm.printers.commands.print(printer_id, ORDER)
    assert machine.asked == 1
    assert len(machine.told) == 1


async def test_a_start_without_a_fresh_report_is_refused(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.is_silent_when_asked = True
    await farm.go(30)
    starting = asyncio.create_task(farm.printers.commands.print(printer_id, ORDER))
    began_s = farm.clock.monotonic_s()
    while not starting.done():
        await farm.go(0.25)
    with pytest.raises(NotNow) as refused:
        await starting
    assert refused.value.because == "stale_report"
    assert farm.clock.monotonic_s() - began_s >= 5
    assert machine.told == []


async def test_a_report_that_comes_while_waiting_decides(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.is_silent_when_asked = True
    await farm.go(30)
    starting = asyncio.create_task(farm.printers.commands.print(printer_id, ORDER))
    while not machine.asked:
        await farm.go(0.25)
    machine.report(activity=Activity.PRINTING, job=job("somebody else's"))
    while not starting.done():
        await farm.go(0.25)
    with pytest.raises(NotNow) as refused:
        await starting
    assert refused.value.because == "activity"
    assert machine.told == []


async def test_no_start_on_an_occupied_plate(farm: Farm) -> None:
    printer_id = await farm.add()
    await farm.printers.registry.set_plate(printer_id, PlateState.OCCUPIED)
    with pytest.raises(NotNow) as refused:
        await farm.printers.commands.print(printer_id, ORDER)
    assert refused.value.because == "plate_occupied"
    await farm.printers.registry.set_plate(printer_id, PlateState.CLEAR)
    await farm.printers.commands.print(printer_id, ORDER)


async def test_an_unresolved_filament_is_refused(farm: Farm) -> None:
    printer_id = await farm.add()
    with pytest.raises(SlotUnresolved):
        await farm.printers.commands.print(printer_id, PrintOrder("benchy.3mf"))


async def test_no_reconnect_while_a_slow_machine_reads_its_file(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    await farm.printers.commands.print(printer_id, ORDER)
    machine.is_silent_when_asked = True
    await farm.go(170)
    assert machine.connections == 1
    await farm.go(30)
    assert machine.connections == 2


async def test_heaters_set_by_hand_go_off(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.report(temperatures=HOT)
    await breathe(farm, machine, 29)
    assert machine.told == []
    await breathe(farm, machine, 2)
    assert set(map(repr, machine.told)) == {
        repr(SetNozzleTemperature(0, 0)),
        repr(SetBedTemperature(0)),
        repr(SetChamberTemperature(0)),
    }
    machine.report(temperatures=OFF)
    await breathe(farm, machine, 60)
    assert len(machine.told) == 3


async def test_heaters_of_a_print_are_left_alone(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.report(temperatures=HOT, activity=Activity.PRINTING, job=job())
    await breathe(farm, machine, 60)
    assert machine.told == []
    machine.report(activity=Activity.FINISHED)
    await breathe(farm, machine, 31)
    assert len(machine.told) == 3


@pytest.mark.parametrize(("own_min", "goes_off"), [(0, False), (5, True), (90, False)])
async def test_the_time_is_each_printers_own(
    farm: Farm,
    own_min: int,
    goes_off: bool,  # noqa: FBT001 - a parameter of the table
) -> None:
    printer_id = await farm.add(heater_off_min=own_min)
    machine = farm.machine(printer_id)
    machine.report(temperatures=HOT)
    await breathe(farm, machine, 35)
    assert bool(machine.told) is goes_off


async def test_the_default_time_is_a_setting(farm: Farm) -> None:
    await farm.config.change({"printers.heater_off_after_min": 2})
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.report(temperatures=HOT)
    await breathe(farm, machine, 3)
    assert len(machine.told) >= 3


async def test_a_heater_that_will_not_go_off_is_told_once_and_tried_again(
    farm: Farm, caplog: pytest.LogCaptureFixture
) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.says = CommandTimedOut("no answer")
    machine.report(temperatures=HOT)
    await breathe(farm, machine, 40)
    errors = [r for r in caplog.records if r.levelname == "ERROR"]
    assert [r.getMessage() for r in errors] == ["Anna: a heater stays on: no answer"]
    machine.says = None
    await breathe(farm, machine, 2)
    assert len(machine.told) >= 3


async def test_an_observed_printer_keeps_its_heat(farm: Farm) -> None:
    printer_id = await farm.add(is_observe_only=True)
    machine = farm.machine(printer_id)
    machine.report(temperatures=HOT)
    await breathe(farm, machine, 40)
    assert machine.told == []


async def test_pictures(farm: Farm) -> None:
    printer_id = await farm.add()
    frame = await farm.printers.commands.camera_frame(printer_id, "main")
    assert frame.data.startswith(b"\xff\xd8")
    with pytest.raises(NotSupported):
        await farm.printers.commands.camera_frame(printer_id, "other")
    camera = replace(
        farm.state(printer_id).cameras[0],
        is_available=False,
        unavailable_because="Switch on LAN live view.",
    )
    farm.machine(printer_id).report(
        cameras=(camera,), lights=(Light("work", LightMode.ON),)
    )
    await farm.go()
    with pytest.raises(NotSupported, match="live view"):
        await farm.printers.commands.camera_frame(printer_id, "main")


async def breathe(farm: Farm, machine: MemoryMachine, minutes: int) -> None:
    """Lets time pass with a report every 20 s."""
    for _ in range(minutes * 3):
        machine.breathe()
        await farm.clock.advance(20)
