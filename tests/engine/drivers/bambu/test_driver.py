import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from odin_engine.drivers.printers.bambu.driver import BambuDriver
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.model import (
    Activity,
    ClearFaults,
    CommandRejected,
    CommandTimedOut,
    ConfigureSlot,
    Control,
    LightMode,
    LoadFilament,
    NotSupported,
    PrinterState,
    ReadFilament,
    SetBedTemperature,
    SetChamberTemperature,
    SetDetector,
    SetFan,
    SetLight,
    SetNozzleTemperature,
    SetSpeed,
    SetTimelapse,
    SlotRef,
    SpeedLevel,
    StartDrying,
    StartPrint,
    Stop,
    StopDrying,
    Storage,
    Unreachable,
)
from odin_engine.printers.ports import Driver, Record
from odin_engine.simulator.bambu import Misbehaviour, make_sliced_3mf
from tests.engine.doubles import ManualClock, settle
from tests.engine.drivers.bambu.rigs import BambuRig, simulated
from tests.engine.drivers.contract import Watch, anything, connected, finish, make
from tests.patience import PATIENCE_S


@pytest.fixture
async def p1s() -> AsyncIterator[BambuRig]:
    async with simulated("P1S") as rig:
        yield rig


@pytest.fixture
async def h2d() -> AsyncIterator[BambuRig]:
    async with simulated("H2D") as rig:
        yield rig


def _is_running(state: PrinterState) -> bool:
    return state.activity is not None and state.activity.has_running_job


def _asked(rig: BambuRig) -> list[str]:
    return [request.command for request in rig.printer.requests]


async def _until_asked(rig: BambuRig, *commands: str) -> None:
    """Waits until exactly these commands were published, in order."""
    async with asyncio.timeout(PATIENCE_S):
        while len(_asked(rig)) < len(commands):
            await settle(1)
    assert _asked(rig) == list(commands)


async def test_it_asks_who_the_machine_is_and_then_for_everything(
    p1s: BambuRig,
) -> None:
    async with connected(p1s):
        version, everything = p1s.printer.requests
    assert version.namespace == "info"
    assert version.command == "get_version"
    assert (version.qos, everything.qos) == (1, 0)
    assert everything.namespace == "pushing"
    assert everything.command == "pushall"
    assert (everything.body["version"], everything.body["push_target"]) == (1, 1)


async def test_numbers_are_our_own_and_never_used_twice(p1s: BambuRig) -> None:
    async with connected(p1s) as (driver, _):
        for _ in range(2):
            await driver.execute(SetBedTemperature(45))
    numbers = [request.body["sequence_id"] for request in p1s.printer.requests]
    assert len(set(numbers)) == len(numbers) == 4
    assert all(number.isdecimal() and int(number) >= 30_000 for number in numbers)


async def test_a_small_board_is_not_asked_for_everything_too_often(
    p1s: BambuRig,
) -> None:
    clock = ManualClock()
    async with connected(p1s, clock) as (driver, _):
        await driver.ask_for_report()
        await _until_asked(p1s, "get_version", "pushall", "get_version")
        await clock.advance(299)
        await driver.ask_for_report()
        assert _asked(p1s).count("pushall") == 1
        await clock.advance(1)
        await driver.ask_for_report()
        async with asyncio.timeout(PATIENCE_S):
            while _asked(p1s).count("pushall") < 2:
                await settle(1)


async def test_a_small_board_that_fell_silent_while_printing_is_asked_to_go_on(
    p1s: BambuRig,
) -> None:
    p1s.begin_print()
    async with connected(p1s) as (driver, _):
        await driver.ask_for_report()
        await _until_asked(p1s, "get_version", "pushall", "start", "get_version")


async def test_a_large_board_may_be_asked_every_three_seconds(h2d: BambuRig) -> None:
    clock = ManualClock()
    async with connected(h2d, clock) as (driver, _):
        await driver.ask_for_report()
        await clock.advance(3)
        await driver.ask_for_report()
        await _until_asked(
            h2d, "get_version", "pushall", "start", "get_version", "pushall"
        )


async def test_a_quick_reconnect_does_not_ask_for_everything_again(
    p1s: BambuRig,
) -> None:
    clock = ManualClock()
    async with connected(p1s, clock) as (driver, watch):
        p1s.cut()
        await watch.end()
        async with Watch(driver) as again:
            await again.until(anything)
    assert _asked(p1s) == ["get_version", "pushall", "get_version", "start"]


async def test_each_connection_has_a_client_id_of_its_own(p1s: BambuRig) -> None:
    async with connected(p1s) as (driver, watch):
        p1s.cut()
        await watch.end()
        async with Watch(driver) as again:
            await again.until(anything)
    first, second = p1s.printer.connects
    assert first.client_id != second.client_id


async def test_changes_ahead_of_the_first_full_report_wait_for_it(
    p1s: BambuRig,
) -> None:
    p1s.printer.machine.misbehave(Misbehaviour.SILENT)
    clock = ManualClock()
    driver = make(p1s, p1s.connection, clock)
    async with Watch(driver) as watch:
        await _until_asked(p1s, "get_version", "pushall")
        delta = {"command": "push_status", "msg": 1, "gcode_state": "RUNNING"}
        p1s.printer.publish({"print": delta})
        async with asyncio.timeout(PATIENCE_S):
            while driver.last_heard_s is None:
                await settle(1)
        assert watch.states == []
        await clock.advance(15)
        p1s.printer.publish({"print": {**delta, "bed_temper": 21.0}})
        state = await watch.until(anything)
        assert state.activity is Activity.PRINTING
        await driver.close()


async def test_a_new_connection_shows_the_state_even_if_nothing_changed(
    p1s: BambuRig,
) -> None:
    p1s.printer.machine.misbehave(Misbehaviour.SILENT)
    report: dict[str, object] = {
        "print": {"command": "push_status", "msg": 0, "gcode_state": "IDLE"}
    }
    driver = make(p1s, p1s.connection)
    states: list[PrinterState] = []
    for connections in (1, 2):
        async with Watch(driver) as watch:
            async with asyncio.timeout(PATIENCE_S):
                while p1s.logins < connections or not p1s.clients:
                    await settle(1)
            await p1s.printer.request("get_version", nth=connections)
            p1s.printer.publish(report)
            states.append(await watch.until(anything))
            p1s.cut()
            await watch.end()
    assert states[0] is states[1]
    await driver.close()


async def test_a_silent_machine_is_no_error_here(p1s: BambuRig) -> None:
    p1s.printer.machine.misbehave(Misbehaviour.SILENT)
    clock = ManualClock()
    driver = make(p1s, p1s.connection, clock)
    async with Watch(driver) as watch:
        await _until_asked(p1s, "get_version", "pushall")
        await clock.advance(600)
        assert watch.error is None
        assert driver.last_heard_s is None
        await driver.close()


async def test_a_failed_print_waits_for_its_reason(p1s: BambuRig) -> None:
    clock = ManualClock()
    async with connected(p1s, clock) as (_, watch):
        p1s.begin_print()
        await watch.until(_is_running)
        p1s.printer.machine.misbehave(Misbehaviour.SILENT)
        failed = {"command": "push_status", "msg": 1, "gcode_state": "FAILED"}
        p1s.printer.publish({"print": {**failed, "print_error": 0x0300_4006}})
        await settle(50)
        assert _is_running(watch.states[-1])
        await clock.advance(6)
        state = await watch.until(lambda s: s.activity is Activity.FAILED)
        assert [fault.code for fault in state.faults]


async def test_a_late_code_makes_it_a_cancelled_print(p1s: BambuRig) -> None:
    async with connected(p1s, ManualClock()) as (_, watch):
        p1s.begin_print()
        await watch.until(_is_running)
        p1s.printer.machine.misbehave(Misbehaviour.CANCEL)
        p1s.printer.advance(5)
        await watch.until(lambda s: s.activity is Activity.CANCELLED)
        assert Activity.FAILED not in {state.activity for state in watch.states}


async def test_our_own_stop_is_a_cancel_at_once(p1s: BambuRig) -> None:
    async with connected(p1s) as (driver, watch):
        p1s.begin_print()
        await watch.until(_is_running)
        await driver.execute(Stop())
        await watch.until(lambda s: s.activity is Activity.CANCELLED)


async def test_commands_keep_their_distance(p1s: BambuRig) -> None:
    clock = ManualClock()
    async with connected(p1s, clock) as (driver, _):
        async with asyncio.timeout(PATIENCE_S):
            await driver.execute(SetBedTemperature(45))
        second = asyncio.create_task(driver.execute(SetBedTemperature(46)))
        await clock.advance(0.19)
        assert _asked(p1s).count("gcode_line") == 1
        await clock.advance(0.01)
        async with asyncio.timeout(PATIENCE_S):
            await second


async def test_an_emergency_stop_keeps_no_distance(p1s: BambuRig) -> None:
    async with connected(p1s, ManualClock()) as (driver, watch):
        p1s.begin_print()
        await watch.until(_is_running)
        async with asyncio.timeout(PATIENCE_S):
            await driver.execute(SetBedTemperature(45))
            await driver.emergency_stop()
    (stop,) = [r for r in p1s.printer.requests if r.command == "stop"]
    assert stop.qos == 1


async def test_several_kinds_of_commands_reach_the_machine(p1s: BambuRig) -> None:
    async with connected(p1s) as (driver, watch):
        machine = p1s.printer.machine
        await driver.execute(SetLight("chamber", LightMode.OFF))
        await driver.execute(SetSpeed(SpeedLevel.SPORT))
        await driver.execute(SetFan("aux", 60))
        await driver.execute(SetTimelapse(enabled=True))
        assert machine.settings.lights["chamber_light"] == "off"
        assert machine.settings.speed_level == 3
        assert machine.settings.fans["aux"] == 60
        assert machine.settings.timelapse
        state = await watch.until(lambda s: s.is_timelapse_on is True)
        assert state.speed is not None
        assert state.speed.level is SpeedLevel.SPORT


async def test_two_heads_are_heated_one_by_one(h2d: BambuRig) -> None:
    async with connected(h2d) as (driver, watch):
        await driver.execute(SetNozzleTemperature(220, nozzle=1))
        state = await watch.until(lambda s: s.temperatures.nozzles[1].target_c == 220)
        assert state.temperatures.nozzles[0].target_c == 0


async def test_a_new_machine_takes_its_own_forms(h2d: BambuRig) -> None:
    async with connected(h2d) as (driver, watch):
        lights = h2d.printer.machine.settings.lights
        await driver.execute(SetLight("chamber", LightMode.OFF))
        assert lights["chamber_light"] == lights["chamber_light2"] == "off"
        await driver.execute(SetFan("part", 70))
        assert "set_fan" in _asked(h2d)
        await driver.execute(SetDetector("spaghetti", enabled=False))
        await watch.until(
            lambda s: any(
                d.name == "spaghetti" and not d.is_enabled for d in s.detectors
            )
        )


async def test_spools_are_described_read_and_dried(h2d: BambuRig) -> None:
    async with connected(h2d) as (driver, watch):
        units = watch.states[-1].filament_units
        dryer = next(unit for unit in units if unit.drying is not None)
        ref = SlotRef(dryer.id, dryer.slots[0].id)
        await driver.execute(ReadFilament(ref))
        await driver.execute(ConfigureSlot(ref, "GFG99", "PETG", "#00FF00FF", 220, 270))
        state = await watch.until(
            lambda s: any(
                slot.material == "PETG" and slot.color == "#00FF00FF"
                for unit in s.filament_units
                if unit.id == dryer.id
                for slot in unit.slots
            )
        )
        assert state.activity is Activity.IDLE
        await driver.execute(StartDrying(dryer.id, 55, 8, "PETG"))
        unit = h2d.printer.machine.feed.unit(dryer.id)
        assert unit is not None
        assert (unit.dry_target_c, unit.dry_for_h) == (55, 8)
        await driver.execute(StopDrying(dryer.id))


async def test_without_a_stick_nothing_is_even_tried(
    p1s: BambuRig, tmp_path: Path
) -> None:
    async with connected(p1s) as (driver, watch):
        p1s.printer.machine.misbehave(Misbehaviour.STORAGE_NONE)
        await watch.until(lambda s: s.storage is Storage.MISSING)
        with pytest.raises(CommandRejected, match="Insert a USB stick"):
            await driver.upload(_cube(tmp_path), "cube.gcode.3mf", lambda *_: None)


async def test_a_refusal_for_now_is_worded(h2d: BambuRig) -> None:
    async with connected(h2d) as (driver, watch):
        slot = next(
            SlotRef(unit.id, slot.id)
            for unit in watch.states[-1].filament_units
            for slot in unit.slots
            if slot.material == "PLA"
        )
        await driver.execute(LoadFilament(slot))
        h2d.printer.advance(300)
        await watch.until(lambda s: s.active_slot == slot)
        with pytest.raises(CommandRejected, match="cannot do that now") as caught:
            await driver.execute(SetChamberTemperature(60))
        assert caught.value.device_code == "-2"


async def test_a_small_board_shows_by_its_answers_that_it_takes_commands(
    p1s: BambuRig,
) -> None:
    async with connected(p1s) as (driver, watch):
        assert watch.states[0].control is Control.UNKNOWN
        await driver.execute(SetBedTemperature(45))
        await watch.until(lambda s: s.control is Control.ALLOWED)
        p1s.refuse_commands()
        with pytest.raises(CommandRejected, match="Developer Mode") as caught:
            await driver.execute(SetBedTemperature(50))
        assert caught.value.device_code == "0502_4007"
        await watch.until(lambda s: s.control is Control.REFUSED)


async def test_a_refusal_may_be_told_by_the_health_list_alone(p1s: BambuRig) -> None:
    async with connected(p1s) as (driver, watch):
        p1s.printer.machine.misbehave(Misbehaviour.REFUSE_COMMANDS, form="b")
        with pytest.raises(CommandRejected, match="Developer Mode") as caught:
            async with asyncio.timeout(PATIENCE_S):
                await driver.execute(SetBedTemperature(50))
        assert caught.value.device_code == "0502_4007"
        await watch.until(lambda s: s.control is Control.REFUSED)


async def test_answers_to_other_clients_are_not_ours(p1s: BambuRig) -> None:
    clock = ManualClock()
    async with connected(p1s, clock) as (driver, _):
        p1s.ignore_commands()
        command = asyncio.create_task(driver.execute(SetBedTemperature(50)))
        request = await p1s.printer.request("gcode_line")
        ours = request.body["sequence_id"]
        for body in (
            {**request.body, "sequence_id": "20001", "result": "success"},
            {"command": "pause", "sequence_id": ours, "result": "success"},
        ):
            p1s.printer.publish({"print": body})
        await settle(50)
        assert not command.done()
        p1s.printer.publish({"print": {**request.body, "result": "SUCCESS"}})
        async with asyncio.timeout(PATIENCE_S):
            await command


async def test_what_is_so_already_needs_no_answer(p1s: BambuRig) -> None:
    clock = ManualClock()
    async with connected(p1s, clock) as (driver, _):
        p1s.printer.machine.misbehave(Misbehaviour.SILENT)
        await finish(asyncio.create_task(driver.execute(SetBedTemperature(0))), clock)
        with pytest.raises(CommandTimedOut):
            await finish(
                asyncio.create_task(driver.execute(SetBedTemperature(50))), clock
            )


async def test_a_wedged_session_is_given_up(p1s: BambuRig) -> None:
    clock = ManualClock()
    async with connected(p1s, clock) as (driver, watch):
        p1s.printer.machine.misbehave(Misbehaviour.SILENT)
        for number in range(8):
            assert watch.error is None
            with pytest.raises(CommandTimedOut):
                await finish(
                    asyncio.create_task(driver.execute(SetBedTemperature(50 + number))),
                    clock,
                )
        error = await watch.end()
        assert isinstance(error, Unreachable)
        assert "stopped answering" in error.message


async def test_clearing_faults_closes_the_dialog_too(p1s: BambuRig) -> None:
    async with connected(p1s) as (driver, watch):
        p1s.printer.machine.alarms.print_error = 0x0300_8003
        p1s.printer.machine.notice()
        await watch.until(lambda s: bool(s.faults))
        await driver.execute(ClearFaults())
        await watch.until(lambda s: not s.faults)
    closing = next(r for r in p1s.printer.requests if r.command == "uiop")
    assert closing.body["err"] == "03008003"


def _cube(folder: Path, model_code: str = "C12") -> Path:
    return make_sliced_3mf(folder / "cube.gcode.3mf", printer_model_id=model_code)


async def _start(
    driver: Driver, rig: BambuRig, command: StartPrint
) -> asyncio.Task[None]:
    """Sends a start and lets the machine work on it for a while."""
    starting = asyncio.create_task(driver.execute(command))
    await rig.printer.request("project_file")
    await settle(20)
    rig.printer.advance(12)
    return starting


@pytest.mark.parametrize("model", ["P1S", "X1C", "A1 mini", "P2S", "H2S", "H2D"])
async def test_an_uploaded_plate_is_printed_as_our_job(
    model: str, tmp_path: Path
) -> None:
    async with simulated(model) as rig:
        clock = ManualClock()
        async with connected(rig, clock) as (driver, watch):
            upload = driver.upload(_cube(tmp_path), "cube.gcode.3mf", lambda *_: None)
            await finish(asyncio.create_task(upload), clock)
            slot = next(
                SlotRef(unit.id, slot.id)
                for unit in watch.states[-1].filament_units
                for slot in unit.slots
                if slot.is_occupied
            )
            command = StartPrint("cube.gcode.3mf", "Cube", 1, (slot,), 1_234_567)
            starting = await _start(driver, rig, command)
            async with asyncio.timeout(PATIENCE_S):
                await starting
            state = await watch.until(_is_running)
            assert state.job is not None
            assert state.job.token == 1_234_567
            assert state.job.name == "Cube"
    (request,) = [r for r in rig.printer.requests if r.command == "project_file"]
    assert request.qos == 0


async def test_an_acknowledged_start_that_shows_no_job_times_out(
    p1s: BambuRig, tmp_path: Path
) -> None:
    """An acknowledgement alone is no start: prints stood at 0 % for ever."""
    clock = ManualClock()
    async with connected(p1s, clock) as (driver, _):
        upload = driver.upload(_cube(tmp_path), "cube.gcode.3mf", lambda *_: None)
        await finish(asyncio.create_task(upload), clock)
        command = StartPrint("cube.gcode.3mf", "Cube", 1, (SlotRef(0, 0),), 7)
        starting = asyncio.create_task(driver.execute(command))
        await p1s.printer.request("project_file")
        await settle(50)
        assert not starting.done()
        with pytest.raises(CommandTimedOut):
            await finish(starting, clock)


async def test_a_start_that_the_machine_refuses_is_refused(p1s: BambuRig) -> None:
    async with connected(p1s) as (driver, _):
        p1s.printer.machine.misbehave(Misbehaviour.BUSY)
        command = StartPrint("cube.3mf", "Cube", 1, (SlotRef(0, 0),), 7)
        with pytest.raises(CommandRejected) as caught:
            await driver.execute(command)
        assert caught.value.device_code == "0500_4004"


async def test_a_start_that_raises_an_error_instead_is_refused(p1s: BambuRig) -> None:
    async with connected(p1s) as (driver, _):
        p1s.ignore_commands()
        command = StartPrint("cube.3mf", "Cube", 1, (SlotRef(0, 0),), 7)
        starting = asyncio.create_task(driver.execute(command))
        await p1s.printer.request("project_file")
        p1s.printer.machine.alarms.print_error = 0x0500_C010
        p1s.printer.machine.notice()
        with pytest.raises(CommandRejected) as caught:
            async with asyncio.timeout(PATIENCE_S):
                await starting
        assert caught.value.device_code == "0500_C010"


async def test_a_file_that_cannot_be_read_is_our_job_that_failed(p1s: BambuRig) -> None:
    async with connected(p1s, ManualClock()) as (driver, watch):
        command = StartPrint("absent.3mf", "Absent", 1, (SlotRef(0, 0),), 7)
        starting = await _start(driver, p1s, command)
        async with asyncio.timeout(PATIENCE_S):
            await starting
        state = await watch.until(lambda s: bool(s.faults))
        assert state.faults[0].code == "0500_4003"


async def test_a_wedge_is_not_declared_while_a_file_may_be_parsed(
    p1s: BambuRig, tmp_path: Path
) -> None:
    clock = ManualClock()
    async with connected(p1s, clock) as (driver, watch):
        upload = driver.upload(_cube(tmp_path), "cube.gcode.3mf", lambda *_: None)
        await finish(asyncio.create_task(upload), clock)
        p1s.printer.machine.misbehave(Misbehaviour.SILENT)
        command = StartPrint("cube.gcode.3mf", "Cube", 1, (SlotRef(0, 0),), 7)
        with pytest.raises(CommandTimedOut):
            await finish(asyncio.create_task(driver.execute(command)), clock)
        for number in range(8):
            with pytest.raises(CommandTimedOut):
                await finish(
                    asyncio.create_task(driver.execute(SetBedTemperature(50 + number))),
                    clock,
                )
        assert watch.error is None


async def test_a_video_camera_gives_no_pictures(h2d: BambuRig) -> None:
    async with connected(h2d) as (driver, watch):
        (camera,) = watch.states[-1].cameras
        with pytest.raises(NotSupported, match="RTSPS"):
            await driver.camera_frame(camera.id)


async def test_a_tap_gets_every_message_both_ways(p1s: BambuRig) -> None:
    records: list[Record] = []
    driver = BambuDriver(
        p1s.connection, (), SystemClock(), LoopTicker(), records.append
    )
    async with Watch(driver) as watch:
        await watch.until(anything)
        p1s.speak_nonsense()
        await driver.execute(SetBedTemperature(45))
        await driver.close()
    topic = f"device/{p1s.printer.serial}"
    out = [record for record in records if record.direction == "out"]
    heard = [record for record in records if record.direction == "in"]
    assert [next(iter(r.payload)) for r in out if isinstance(r.payload, dict)] == [
        "info",
        "pushing",
        "print",
    ]
    assert {record.topic for record in out} == {f"{topic}/request"}
    assert {record.topic for record in heard} == {f"{topic}/report"}
    assert any(isinstance(record.payload, str) for record in heard)
    assert [record.at_s for record in records] == sorted(r.at_s for r in records)


async def test_a_message_makes_no_task(p1s: BambuRig) -> None:
    """At farm rates the wake-ups cost more than the parsing."""
    async with connected(p1s) as (driver, _):
        p1s.printer.machine.misbehave(Misbehaviour.SILENT)
        await settle(50)
        before = await _tasks_made()
        before_s = driver.last_heard_s
        for number in range(100):
            delta = {"command": "push_status", "msg": 1, "bed_temper": 20.0 + number}
            p1s.printer.publish({"print": delta})
        await settle(200)
        assert driver.last_heard_s != before_s
        # The simulated machine's own heart and aiomqtt's keep-alive make none either.
        assert await _tasks_made() == before + 1


async def _tasks_made() -> int:
    """Returns the number of a new task; the loop numbers them one by one."""
    task = asyncio.create_task(settle(0))
    await task
    return int(task.get_name().removeprefix("Task-"))
