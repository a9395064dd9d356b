"""What may be sent to a printer, and when."""

import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.kernel.errors import Invalid, OdinError
from odin_engine.printers.model import (
    Activity,
    AnswerPrompt,
    Axis,
    Calibrate,
    Calibration,
    Capabilities,
    ClearFaults,
    Command,
    CommandKind,
    ConfigureSlot,
    ConnectMachine,
    Control,
    DisconnectMachine,
    Drying,
    DryingBounds,
    Fault,
    FaultKind,
    FilamentUnit,
    Firmware,
    Home,
    Job,
    Jog,
    LightMode,
    LinkReason,
    LinkStatus,
    LoadFilament,
    Pause,
    PrintDetails,
    PrintObject,
    PrintOptions,
    ReadFilament,
    RestartFirmware,
    RestartHost,
    Resume,
    RunMacro,
    SelectTool,
    SendGcode,
    SetActiveSpool,
    SetBedTemperature,
    SetChamberTemperature,
    SetDetector,
    SetFan,
    SetFlow,
    SetHeater,
    SetLight,
    SetNozzleTemperature,
    SetPower,
    SetSpeed,
    SetSpeedPercent,
    SetTimelapse,
    Severity,
    SkipObjects,
    Slot,
    SlotRef,
    SpeedLevel,
    StartDrying,
    StartPrint,
    Stop,
    StopDrying,
    Storage,
    UnitKind,
    UnloadFilament,
)
from odin_engine.printers.model.bounds import is_safe_file_name
from odin_engine.printers.model.record import Plate, PlateState, Printer
from odin_engine.printers.model.safety import (
    ControlRefused,
    NotConnected,
    NotNow,
    ObserveOnly,
    Situation,
    SlotUnresolved,
    refusal,
    skip_refusal,
)
from tests.engine.printers.memory_driver import UNITS
from tests.engine.printers.rich_machine import RICH

IDLE = replace(RICH, capabilities=replace(RICH.capabilities, heads=1))
"""A machine that can do everything, with one head."""

PRINTER = Printer("p1", "Anna", "memory", "10.0.0.1", datetime(2026, 1, 1, tzinfo=UTC))
SLOT, EMPTY = SlotRef(0, 0), SlotRef(0, 1)
START = StartPrint("benchy.3mf", "benchy", 1, (SLOT,), 7)
COLOR = ConfigureSlot(SLOT, "GFL99", "PLA", "#FF0000FF", 190, 230)
DRY = StartDrying(0, 55, 8, "PLA")

ALL: tuple[Command, ...] = (
    Pause(),
    Resume(),
    Stop(),
    SetLight("chamber", LightMode.ON),
    SetSpeed(SpeedLevel.SPORT),
    SetFan("part", 50),
    SetNozzleTemperature(200),
    SetBedTemperature(60),
    SetChamberTemperature(40),
    Home(),
    Jog(Axis.X, 10),
    SkipObjects((1,)),
    ClearFaults(),
    ReadFilament(SLOT),
    LoadFilament(SLOT),
    UnloadFilament(),
    COLOR,
    DRY,
    StopDrying(0),
    Calibrate((Calibration.BED_LEVEL,)),
    SetTimelapse(enabled=True),
    SetDetector("spaghetti", enabled=True),
    SendGcode(("G28",)),
    START,
    SetSpeedPercent(120),
    SetFlow(95),
    SetHeater("chamber_heater", 50),
    SelectTool(0),
    RunMacro("CLEAN"),
    AnswerPrompt(1),
    SetPower("psu", is_on=False),
    SetActiveSpool(7),
    ConnectMachine(),
    DisconnectMachine(),
    RestartFirmware(),
    RestartHost(),
)
RUNNING = (Activity.PREPARING, Activity.PRINTING, Activity.PAUSED)
MOVING = (Activity.PREPARING, Activity.PRINTING)
READY = (Activity.IDLE, Activity.FINISHED, Activity.FAILED, Activity.CANCELLED)
REST = tuple(set(Activity) - set(RUNNING))

ALLOWED_IN: dict[CommandKind, tuple[Activity, ...]] = {
    CommandKind.PAUSE: MOVING,
    CommandKind.RESUME: (Activity.PAUSED,),
    CommandKind.STOP: RUNNING,
    CommandKind.SKIP_OBJECTS: RUNNING,
    CommandKind.HOME: REST,
    CommandKind.JOG: REST,
    CommandKind.CALIBRATE: REST,
    CommandKind.READ_FILAMENT: REST,
    CommandKind.SEND_GCODE: REST,
    CommandKind.LOAD_FILAMENT: (*REST, Activity.PAUSED),
    CommandKind.UNLOAD_FILAMENT: (*REST, Activity.PAUSED),
    CommandKind.START_PRINT: READY,
    CommandKind.SELECT_TOOL: REST,
    CommandKind.RUN_MACRO: (*REST, Activity.PAUSED),
    CommandKind.SET_POWER: REST,
    CommandKind.DISCONNECT_MACHINE: REST,
    CommandKind.RESTART_FIRMWARE: REST,
    CommandKind.RESTART_HOST: REST,
}
"""What is not named here is allowed always."""


def situation(
    activity: Activity | None = None,
    printer: Printer = PRINTER,
    age_s: float | None = 1.0,
    **state: object,
) -> Situation:
    if activity is not None:
        state["activity"] = activity
    return Situation(printer, replace(IDLE, **state), age_s)  # type: ignore[arg-type]


def possible(command: Command) -> Activity:
    """Returns an activity in which a command is allowed."""
    return ALLOWED_IN.get(command.kind, (Activity.IDLE,))[0]


def kind(command: Command) -> str:
    return str(command.kind.value)


def test_every_command_is_in_the_table() -> None:
    assert {command.kind for command in ALL} == set(CommandKind)


@pytest.mark.parametrize("activity", list(Activity))
@pytest.mark.parametrize("command", ALL, ids=kind)
def test_when_each_command_is_allowed(command: Command, activity: Activity) -> None:
    objection = refusal(command, situation(activity))
    if activity in ALLOWED_IN.get(command.kind, tuple(Activity)):
        assert objection is None
    else:
        assert isinstance(objection, NotNow)
        assert objection.because in {"activity", "busy"}


@pytest.mark.parametrize("command", ALL, ids=kind)
def test_observe_only_refuses_everything(command: Command) -> None:
    watched = replace(PRINTER, is_observe_only=True)
    objection = refusal(command, situation(possible(command), watched))
    assert isinstance(objection, ObserveOnly)


@pytest.mark.parametrize("command", ALL, ids=kind)
@pytest.mark.parametrize("link", sorted(set(LinkStatus) - {LinkStatus.ONLINE}))
def test_nothing_is_sent_without_a_connection(
    command: Command, link: LinkStatus
) -> None:
    objection = refusal(command, situation(possible(command), link=link))
    if link is LinkStatus.STALE and isinstance(command, Pause | Stop):
        assert objection is None
    else:
        assert isinstance(objection, NotConnected)
        assert objection.facts()["link"] == link.value


def test_a_missing_connection_says_why_and_what_helps() -> None:
    state = replace(
        IDLE,
        link=LinkStatus.UNAUTHORISED,
        link_reason=LinkReason.ACCESS_CODE_REJECTED,
    )
    objection = refusal(Home(), Situation(PRINTER, state))
    assert isinstance(objection, NotConnected)
    assert objection.reason == "access_code_rejected"
    assert "screen" in objection.message


@pytest.mark.parametrize("command", ALL, ids=kind)
def test_refused_control_says_how_to_mend_it(command: Command) -> None:
    refused = situation(possible(command), control=Control.REFUSED)
    objection = refusal(command, refused)
    assert isinstance(objection, ControlRefused)
    assert "developer mode" in objection.message


@pytest.mark.parametrize("command", ALL, ids=kind)
def test_what_the_model_cannot_do_is_refused(command: Command) -> None:
    kinds = tuple(k for k in IDLE.capabilities.commands if k != command.kind)
    limited = replace(IDLE.capabilities, commands=kinds)
    objection = refusal(command, situation(possible(command), capabilities=limited))
    assert objection is not None
    assert objection.code == "printer_not_supported"


def test_a_machine_that_halted_says_why_it_can_do_nothing() -> None:
    dead = Fault("klippy_shutdown", FaultKind.PRINT, Severity.FATAL, "Lost the MCU.")
    limited = replace(IDLE.capabilities, commands=())
    case = situation(capabilities=limited, faults=(dead,))
    objection = refusal(Home(), case)
    assert isinstance(objection, NotNow)
    assert objection.because == "fault"
    assert objection.message.endswith("Lost the MCU.")


OCCUPIED = replace(PRINTER, plate=Plate(state=PlateState.OCCUPIED))


@pytest.mark.parametrize(
    ("case", "because"),
    [
        (situation(printer=OCCUPIED), "plate_occupied"),
        (situation(printer=replace(PRINTER, is_in_maintenance=True)), "maintenance"),
        (situation(firmware=Firmware(is_updating=True)), "firmware_update"),
        (situation(storage=Storage.MISSING), "storage"),
        (situation(storage=Storage.READ_ONLY), "storage"),
        (situation(age_s=5.1), "stale_report"),
        (situation(age_s=None), "stale_report"),
    ],
)
def test_what_keeps_a_print_from_starting(case: Situation, because: str) -> None:
    objection = refusal(START, case)
    assert isinstance(objection, NotNow)
    assert objection.because == because


@pytest.mark.parametrize("age_s", [0.0, 4.9, 5.0])
def test_a_fresh_report_lets_it_start(age_s: float) -> None:
    assert refusal(START, situation(age_s=age_s)) is None
    assert refusal(START, situation(age_s=age_s, storage=Storage.OK)) is None


@pytest.mark.parametrize(
    "mapping", [(), (None,), (EMPTY,), (SlotRef(0, 9),), (SLOT, SlotRef(3, 0))]
)
def test_a_filament_without_a_slot_is_never_guessed(
    mapping: tuple[SlotRef | None, ...],
) -> None:
    objection = refusal(replace(START, mapping=mapping), situation())
    assert isinstance(objection, SlotUnresolved)


def test_unused_filaments_and_machines_without_units_need_no_slot() -> None:
    assert refusal(replace(START, mapping=(None, SLOT)), situation()) is None
    bare = situation(filament_units=())
    assert refusal(replace(START, mapping=()), bare) is None


@pytest.mark.parametrize(
    ("command", "pointer"),
    [
        (SetNozzleTemperature(301), "/target_c"),
        (SetNozzleTemperature(-1), "/target_c"),
        (SetNozzleTemperature(200, 1), "/nozzle"),
        (SetBedTemperature(111), "/target_c"),
        (SetChamberTemperature(61), "/target_c"),
        (SetFan("nose", 10), "/fan"),
        (SetFan("part", 101), "/percent"),
        (SetFan("part", -1), "/percent"),
        (SetLight("moon", LightMode.ON), "/light"),
        (Jog(Axis.Z, 50.1), "/distance_mm"),
        (Jog(Axis.Z, -50.1), "/distance_mm"),
        (Jog(Axis.Z, 0), "/distance_mm"),
        (Jog(Axis.Z, math.nan), "/distance_mm"),
        (Jog(Axis.Z, math.inf), "/distance_mm"),
        (SkipObjects(()), "/object_ids"),
        (SkipObjects((-1,)), "/object_ids"),
        (SkipObjects(tuple(range(65))), "/object_ids"),
        (ReadFilament(SlotRef(7, 0)), "/unit"),
        (LoadFilament(SlotRef(0, 7)), "/slot"),
        (UnloadFilament(1), "/nozzle"),
        (replace(COLOR, slot=SlotRef(9, 0)), "/unit"),
        (replace(COLOR, preset_id=""), "/preset_id"),
        (replace(COLOR, preset_id="a b"), "/preset_id"),
        (replace(COLOR, material='PLA"'), "/material"),
        (replace(COLOR, color="red"), "/color"),
        (replace(COLOR, color="#ff0000ff"), "/color"),
        (replace(COLOR, nozzle_min_c=240), "/nozzle_min_c"),
        (replace(COLOR, nozzle_min_c=0), "/nozzle_min_c"),
        (replace(COLOR, nozzle_max_c=301), "/target_c"),
        (replace(COLOR, k=2.1), "/k"),
        (replace(COLOR, k=-0.1), "/k"),
        (replace(COLOR, k=math.nan), "/k"),
        (replace(DRY, unit=9), "/unit"),
        (replace(DRY, unit=255), "/unit"),
        (replace(DRY, target_c=34), "/target_c"),
        (replace(DRY, target_c=66), "/target_c"),
        (replace(DRY, hours=0), "/hours"),
        (replace(DRY, hours=25), "/hours"),
        (replace(DRY, material=""), "/material"),
        (StopDrying(255), "/unit"),
        (Calibrate(()), "/routines"),
        (Calibrate((Calibration.LIDAR,)), "/routines"),
        (SetDetector("ghosts", enabled=True), "/detector"),
        (SendGcode(()), "/lines"),
        (SendGcode(("G28",) * 21), "/lines"),
        (SendGcode(("G28", "")), "/lines/1"),
        (SendGcode(("G" * 201,)), "/lines/0"),
        (SendGcode(("G28\nM112",)), "/lines/0"),
        (SendGcode(("M117 Größe",)), "/lines/0"),
        (SendGcode(("M104 S301",)), "/lines/0"),
        (SendGcode(("m109 t0 s999.5",)), "/lines/0"),
        (SendGcode(("M140S111",)), "/lines/0"),
        (SendGcode(("M190 R200",)), "/lines/0"),
        (SendGcode(("G28 M141 S90",)), "/lines/0"),
        (replace(START, file="../etc/passwd"), "/file"),
        (replace(START, file="a/b.3mf"), "/file"),
        (replace(START, file=".hidden"), "/file"),
        (replace(START, file=""), "/file"),
        (replace(START, file="a\x00.3mf"), "/file"),
        (replace(START, name=""), "/name"),
        (replace(START, name="a\nb"), "/name"),
        (replace(START, plate=0), "/plate"),
        (replace(START, plate=100), "/plate"),
        (replace(START, token=0), "/token"),
        (replace(START, token=2**31), "/token"),
        (replace(START, mapping=(SLOT,) * 65), "/mapping"),
        (replace(START, options=PrintOptions(bed_type="a b")), "/options/bed_type"),
        (SetSpeedPercent(9), "/percent"),
        (SetSpeedPercent(301), "/percent"),
        (SetFlow(49), "/percent"),
        (SetFlow(151), "/percent"),
        (SetHeater("chamber_heater", 71), "/target_c"),
        (SetHeater("oven", 50), "/heater"),
        (SelectTool(1), "/tool"),
        (RunMacro("PURGE;M112"), "/macro"),
        (AnswerPrompt(2), "/choice"),
        (AnswerPrompt(-1), "/choice"),
        (SetPower("lamp", is_on=True), "/device"),
        (SetActiveSpool(0), "/spool_id"),
    ],
)
def test_values_out_of_bounds(command: Command, pointer: str) -> None:
    objection = refusal(command, situation(possible(command)))
    assert isinstance(objection, Invalid)
    assert objection.code == "printer_out_of_bounds"
    assert pointer in {problem.pointer for problem in objection.problems}


@pytest.mark.parametrize(
    "command",
    [
        SetNozzleTemperature(300),
        SetNozzleTemperature(0),
        SetBedTemperature(110),
        SetFan("aux", 100),
        Jog(Axis.X, -50),
        SendGcode(("M104 S300", "M140 S0 ; was 400", "G1 X10 F3000", "M106 P1 S255")),
        SendGcode(("M1041 S999",)),
        replace(DRY, target_c=65, hours=24),
        replace(START, token=2**31 - 1, plate=99, file="Ünïcode (1).gcode.3mf"),
    ],
)
def test_values_at_the_bounds(command: Command) -> None:
    assert refusal(command, situation(possible(command))) is None


def test_unknown_maxima_allow_only_switching_off() -> None:
    unknown = situation(capabilities=Capabilities(commands=IDLE.capabilities.commands))
    assert refusal(SetNozzleTemperature(0), unknown) is None
    assert refusal(SetBedTemperature(0), unknown) is None
    assert refusal(SetNozzleTemperature(1), unknown) is not None
    assert refusal(SetChamberTemperature(1), unknown) is not None
    assert refusal(SendGcode(("M104 S1",)), unknown) is not None


def test_one_object_must_remain() -> None:
    state = replace(IDLE, activity=Activity.PRINTING, job=Job(skipped_objects=(1,)))
    two, three = Situation(PRINTER, state, 1.0, 2), Situation(PRINTER, state, 1.0, 3)
    assert refusal(SkipObjects((2,)), two) is not None
    assert refusal(SkipObjects((1,)), two) is None
    assert refusal(SkipObjects((2,)), three) is None
    assert refusal(SkipObjects((2,)), Situation(PRINTER, state)) is None


def test_drying_says_what_is_in_the_way() -> None:
    busy = replace(UNITS[0], drying=Drying(blocked_by=("filament_at_outlet",)))
    objection = refusal(DRY, situation(filament_units=(busy,)))
    assert objection is not None
    assert "filament at outlet" in objection.message


def test_drying_keeps_to_the_bounds_that_the_unit_shows() -> None:
    cool = replace(
        UNITS[0],
        drying_bounds=DryingBounds(min_c=40, max_c=50, min_hours=2, max_hours=4),
    )
    fits = replace(DRY, target_c=50, hours=4)
    assert refusal(fits, situation(filament_units=(cool,))) is None
    for beyond in (replace(fits, target_c=51), replace(fits, hours=1)):
        assert refusal(beyond, situation(filament_units=(cool,))) is not None
        assert refusal(beyond, situation()) is None
    unknown = replace(UNITS[0], drying_bounds=None)
    assert refusal(fits, situation(filament_units=(unknown,))) is not None


commands = st.one_of(
    st.builds(SetNozzleTemperature, st.integers(), st.integers()),
    st.builds(SetBedTemperature, st.integers()),
    st.builds(SetFan, st.text(max_size=8), st.integers()),
    st.builds(Jog, st.sampled_from(Axis), st.floats()),
    st.builds(SkipObjects, st.lists(st.integers(), max_size=70).map(tuple)),
    st.builds(SendGcode, st.lists(st.text(max_size=210), max_size=22).map(tuple)),
    st.builds(
        ConfigureSlot,
        st.builds(SlotRef, st.integers(), st.integers()),
        st.text(max_size=40),
        st.text(max_size=40),
        st.text(max_size=12),
        st.integers(),
        st.integers(),
        st.none() | st.floats(),
    ),
    st.builds(
        StartPrint,
        st.text(max_size=210),
        st.text(max_size=210),
        st.integers(),
        st.lists(
            st.none() | st.builds(SlotRef, st.integers(0, 2), st.integers(0, 2)),
            max_size=3,
        ).map(tuple),
        st.integers(),
    ),
)


@given(commands, st.sampled_from(Activity))
def test_guards_never_break_and_let_nothing_hot_through(
    command: Command, activity: Activity
) -> None:
    objection = refusal(command, situation(activity))
    assert objection is None or isinstance(objection, OdinError)
    if objection is None:
        match command:
            case SetNozzleTemperature(target_c, nozzle):
                assert 0 <= target_c <= 300
                assert nozzle == 0
            case SetBedTemperature(target_c):
                assert 0 <= target_c <= 110
            case SetFan(fan, percent):
                assert fan in {"aux", "part"}
                assert 0 <= percent <= 100
            case StartPrint(file=file, token=token):
                assert activity in READY
                assert "/" not in file
                assert 1 <= token < 2**31
            case _:
                pass


@given(st.text(max_size=220))
def test_a_safe_file_name_is_one_plain_component(name: str) -> None:
    if is_safe_file_name(name):
        assert name.isprintable()
        assert not set(name) & set('/\\:*?"<>|\0')
        assert name not in {"", ".", ".."}
        assert len(name.encode()) <= 200


_TWO = PrintDetails(
    objects=(PrintObject(7, "Cube"), PrintObject(8, "Boat")), can_skip_objects=True
)


@pytest.mark.parametrize(
    ("ids", "skipped", "text"),
    [
        ((7,), (), None),
        ((7, 7), (), None),
        ((7, 8), (), "must remain"),
        ((8,), (7,), "must remain"),
        ((9,), (), "no object 9"),
    ],
)
def test_what_the_file_tells_decides_over_what_the_caller_says(
    ids: tuple[int, ...], skipped: tuple[int, ...], text: str | None
) -> None:
    now = replace(
        situation(activity=Activity.PRINTING, job=Job(skipped_objects=skipped)),
        objects_in_job=100,
        details=_TWO,
    )
    found = refusal(SkipObjects(ids), now)
    assert found is None if text is None else text in str(found)


@pytest.mark.parametrize(
    ("details", "skipped", "text"),
    [
        (_TWO, (), None),
        (_TWO, (8,), "must remain"),
        (_TWO, (7, 8), "must remain"),
        (PrintDetails(), (), "names no objects"),
        (replace(_TWO, can_skip_objects=None), (), None),
        (replace(_TWO, can_skip_objects=False), (), "without labels"),
    ],
)
def test_why_nothing_can_be_skipped(
    details: PrintDetails, skipped: tuple[int, ...], text: str | None
) -> None:
    job = Job(skipped_objects=skipped)
    now = situation(activity=Activity.PRINTING, job=job)
    found = skip_refusal(replace(now, details=details))
    assert found is None if text is None else text in str(found)
    ended = replace(situation(activity=Activity.FINISHED, job=job), details=_TWO)
    assert "Nothing is being printed" in str(skip_refusal(ended))


_LEFT_AND_RIGHT = (
    FilamentUnit(0, UnitKind.AMS, "AMS A", (Slot(0, is_occupied=True),), nozzle=0),
    FilamentUnit(1, UnitKind.AMS, "AMS B", (Slot(0, is_occupied=True),), nozzle=1),
    FilamentUnit(2, UnitKind.AMS, "AMS C", (Slot(0, is_occupied=True),)),
)


@pytest.mark.parametrize(
    ("units", "heads", "text"),
    [
        ((0, 1), (0, 1), None),
        ((0, 1), (None, None), None),
        ((0, 1), (), None),
        ((0, None), (0, 1), None),
        ((2, 2), (0, 1), None),
        ((0,), (0, 1, 1), None),
        ((1, 1), (0, 1), "Filament 1 was sliced for the right nozzle, and AMS B"),
        ((0, 0), (0, 1), "Filament 2 was sliced for the left nozzle, and AMS A"),
    ],
)
def test_a_slot_must_feed_the_head_that_a_filament_was_sliced_for(
    units: tuple[int | None, ...], heads: tuple[int | None, ...], text: str | None
) -> None:
    mapping = tuple(None if unit is None else SlotRef(unit, 0) for unit in units)
    command = StartPrint("a.3mf", "a", 1, mapping, 5, heads=heads)
    found = refusal(command, situation(filament_units=_LEFT_AND_RIGHT))
    assert found is None if text is None else text in str(found)


@pytest.mark.parametrize(
    "command",
    [ConnectMachine(), RestartFirmware(), RestartHost(), SetPower("psu", is_on=True)],
    ids=kind,
)
def test_what_brings_a_machine_back_goes_to_its_host(command: Command) -> None:
    away = situation(
        Activity.PRINTING, link=LinkStatus.OFFLINE, link_reason=LinkReason.MACHINE_AWAY
    )
    assert refusal(command, away) is None
    assert isinstance(refusal(Home(), away), NotConnected)


def test_power_is_never_cut_under_a_print_and_may_be_given() -> None:
    cut, give = SetPower("psu", is_on=False), SetPower("psu", is_on=True)
    assert isinstance(refusal(cut, situation(Activity.PRINTING)), NotNow)
    assert refusal(give, situation(Activity.PRINTING)) is None


def test_an_answer_needs_a_question() -> None:
    objection = refusal(AnswerPrompt(0), situation(prompt=None))
    assert isinstance(objection, NotNow)
    assert objection.because == "no_prompt"


def test_a_machine_without_factors_takes_none() -> None:
    bare = replace(IDLE.capabilities, speed_bounds=None, flow_bounds=None)
    for command in (SetSpeedPercent(100), SetFlow(100)):
        objection = refusal(command, situation(capabilities=bare))
        assert isinstance(objection, Invalid)
