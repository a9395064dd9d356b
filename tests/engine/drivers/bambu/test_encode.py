from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from odin_engine.drivers.printers.bambu.protocol.encode import (
    KINDS,
    Machine,
    Request,
    emergency_stop,
    encode,
    get_version,
    push_all,
)
from odin_engine.drivers.printers.bambu.protocol.encode.filament import setting_of
from odin_engine.drivers.printers.bambu.protocol.models import MODELS
from odin_engine.printers.model import (
    Activity,
    Axis,
    Calibrate,
    Calibration,
    Capabilities,
    ClearFaults,
    Command,
    CommandRejected,
    ConfigureSlot,
    Detector,
    Drying,
    DryingStatus,
    Fans,
    Fault,
    FaultKind,
    FilamentChange,
    FilamentUnit,
    Firmware,
    Heat,
    Home,
    Job,
    Jog,
    Light,
    LightMode,
    LoadFilament,
    NotSupported,
    Nozzle,
    Pause,
    PrinterState,
    PrintOptions,
    ReadFilament,
    Resume,
    SendGcode,
    Sensitivity,
    SetBedTemperature,
    SetChamberTemperature,
    SetDetector,
    SetFan,
    SetLight,
    SetNozzleTemperature,
    SetSpeed,
    SetTimelapse,
    Severity,
    SkipObjects,
    Slot,
    SlotRef,
    Speed,
    SpeedLevel,
    StartDrying,
    StartPrint,
    Stop,
    StopDrying,
    Storage,
    Temperatures,
    UnitKind,
    UnloadFilament,
)

_MODELS = {model.id: model for model in MODELS}
_UNITS = (
    FilamentUnit(
        0,
        UnitKind.AMS,
        "AMS A",
        slots=(
            Slot(0, is_occupied=True, material="PLA"),
            Slot(1, is_occupied=True, material="PETG"),
            Slot(2, is_occupied=False),
            Slot(3, is_occupied=None),
        ),
    ),
    FilamentUnit(
        1,
        UnitKind.AMS_2_PRO,
        "AMS 2 Pro B",
        slots=(Slot(0, is_occupied=True), Slot(1, is_occupied=True)),
        nozzle=1,
        drying=Drying(),
    ),
    FilamentUnit(128, UnitKind.AMS_HT, "AMS HT A", slots=(Slot(0, is_occupied=True),)),
    FilamentUnit(16, UnitKind.AMS_LITE, "Lite", slots=(Slot(2, is_occupied=True),)),
    FilamentUnit(254, UnitKind.EXTERNAL, "External left", slots=(Slot(0),)),
    FilamentUnit(255, UnitKind.EXTERNAL, "External", slots=(Slot(0),)),
)


_STATE = PrinterState(
    activity=Activity.IDLE,
    filament_units=_UNITS,
    lights=(Light("chamber", LightMode.OFF), Light("work", LightMode.ON)),
    capabilities=Capabilities(
        commands=tuple(KINDS),
        detectors=("spaghetti", "air_print", "filament_tangle"),
    ),
)


def _machine(
    name: str = "p1s",
    wire: Mapping[str, Any] | None = None,
    state: PrinterState = _STATE,
) -> Machine:
    return Machine(_MODELS[name], state, dict(wire or {}))


def _one(command: Command, machine: Machine | None = None) -> Request:
    (request,) = encode(command, machine or _machine())
    return request


def _gcode(command: Command, machine: Machine | None = None) -> str:
    request = _one(command, machine)
    assert request.command == "gcode_line"
    return str(request.body["param"])


def _confirms(request: Request, state: PrinterState) -> bool:
    assert request.confirms is not None
    return request.confirms(state)


def test_every_kind_of_command_can_be_worded() -> None:
    ref = SlotRef(0, 0)
    commands: list[Command] = [
        Pause(),
        Resume(),
        Stop(),
        SetLight("chamber", LightMode.ON),
        SetSpeed(SpeedLevel.SPORT),
        SetFan("part", 50),
        SetNozzleTemperature(200),
        SetBedTemperature(60),
        SetChamberTemperature(45),
        Home(),
        Jog(Axis.X, 10),
        SkipObjects((1,)),
        ClearFaults(),
        ReadFilament(ref),
        LoadFilament(ref),
        UnloadFilament(),
        ConfigureSlot(ref, "GFL99", "PLA", "#FF0000FF", 190, 240),
        StartDrying(1, 55, 8, "PLA"),
        StopDrying(1),
        Calibrate((Calibration.BED_LEVEL,)),
        SetTimelapse(enabled=True),
        SetDetector("spaghetti", enabled=True),
        SendGcode(("M400",)),
        StartPrint("a.3mf", "a", 1, (ref,), 7),
    ]
    assert {command.kind for command in commands} == KINDS
    for command in commands:
        for request in encode(command, _machine()):
            (namespace,) = request.payload("30001")
            body = request.payload("30001")[namespace]
            assert body["sequence_id"] == "30001"
            assert next(iter(body)) == "sequence_id"
            assert isinstance(body["command"], str)


def test_what_is_not_in_the_capabilities_is_not_supported() -> None:
    machine = _machine(
        state=replace(_STATE, capabilities=Capabilities(commands=("pause",)))
    )
    with pytest.raises(NotSupported, match="P1S cannot do that"):
        encode(Stop(), machine)


@pytest.mark.parametrize(
    ("command", "word", "activity"),
    [
        (Pause(), "pause", Activity.PAUSED),
        (Resume(), "resume", Activity.PRINTING),
        (Stop(), "stop", Activity.CANCELLED),
    ],
)
def test_the_running_print_is_told_with_qos_1(
    command: Command, word: str, activity: Activity
) -> None:
    request = _one(command)
    assert request.namespace == "print"
    assert request.body == {"command": word, "param": ""}
    assert request.qos == 1
    assert _confirms(request, PrinterState(activity=activity))
    assert not _confirms(request, PrinterState(activity=None))


def test_the_emergency_stop_is_the_stop_of_the_print() -> None:
    request = emergency_stop()
    assert request.body == {"command": "stop", "param": ""}
    assert request.qos == 1
    assert _confirms(request, PrinterState(activity=Activity.IDLE))
    assert not _confirms(request, PrinterState(activity=Activity.PRINTING))


def test_questions_have_the_documented_form() -> None:
    assert get_version().payload("1") == {
        "info": {"sequence_id": "1", "command": "get_version"}
    }
    assert push_all().payload("2") == {
        "pushing": {
            "sequence_id": "2",
            "command": "pushall",
            "version": 1,
            "push_target": 1,
        }
    }


@pytest.mark.parametrize(
    ("level", "param"),
    zip(SpeedLevel, ("1", "2", "3", "4"), strict=True),
)
def test_speed_is_a_string_of_one_digit(level: SpeedLevel, param: str) -> None:
    request = _one(SetSpeed(level))
    assert request.body == {"command": "print_speed", "param": param}
    assert _confirms(request, PrinterState(speed=Speed(level, 100)))


def test_skipped_objects_are_numbers() -> None:
    request = _one(SkipObjects((71, 96)))
    assert request.body == {
        "command": "skip_objects",
        "obj_list": [71, 96],
        "timestamp": 0,
    }
    assert _confirms(request, PrinterState(job=Job(skipped_objects=(96, 71, 3))))
    assert not _confirms(request, PrinterState(job=Job(skipped_objects=(96,))))


def test_clearing_an_error_names_it_and_closes_its_dialog() -> None:
    wire = {"print_error": 0x0300_400C, "subtask_id": "42"}
    clear, close = encode(ClearFaults(), _machine(wire=wire))
    assert clear.body == {
        "command": "clean_print_error",
        "subtask_id": "42",
        "print_error": 0x0300_400C,
    }
    assert _confirms(clear, PrinterState(faults=()))
    fault = Fault("0300_400C", FaultKind.PRINT, Severity.COMMON, "x")
    assert not _confirms(clear, PrinterState(faults=(fault,)))
    assert close.namespace == "system"
    assert close.body["command"] == "uiop"
    assert close.body["err"] == "0300400C"
    assert close.awaits_nothing


def test_one_light_is_one_lamp() -> None:
    request = _one(SetLight("chamber", LightMode.ON))
    assert request.namespace == "system"
    assert request.body == {
        "command": "ledctrl",
        "led_node": "chamber_light",
        "led_mode": "on",
        "led_on_time": 500,
        "led_off_time": 500,
        "loop_times": 0,
        "interval_time": 0,
    }
    assert _confirms(request, PrinterState(lights=(Light("chamber", LightMode.ON),)))


def test_an_h2d_has_two_lamps_in_its_chamber() -> None:
    requests = encode(SetLight("chamber", LightMode.OFF), _machine("h2d"))
    assert [request.body["led_node"] for request in requests] == [
        "chamber_light",
        "chamber_light2",
    ]
    assert _confirms(
        requests[1], PrinterState(lights=(Light("chamber_2", LightMode.OFF),))
    )


def test_a_light_that_is_only_reported_can_be_switched() -> None:
    request = _one(SetLight("work", LightMode.FLASHING))
    assert request.body["led_node"] == "work_light"
    with pytest.raises(NotSupported, match="no light called disco"):
        encode(SetLight("disco", LightMode.ON), _machine())


@pytest.mark.parametrize(
    ("fan", "percent", "line"),
    [
        ("part", 0, "M106 P1 S0\n"),
        ("aux", 50, "M106 P2 S128\n"),
        ("chamber", 100, "M106 P3 S255\n"),
        ("part", 900, "M106 P1 S255\n"),
    ],
)
def test_fans_take_g_code(fan: str, percent: int, line: str) -> None:
    assert _gcode(SetFan(fan, percent)) == line


def test_fans_of_a_machine_with_air_ducts_take_percent() -> None:
    machine = _machine("x2d", wire={"device": {"airduct": {}}})
    request = _one(SetFan("aux_left", 40), machine)
    assert request.body == {"command": "set_fan", "fan_index": 10, "speed": 40}
    assert _confirms(request, PrinterState(fans=Fans(aux_left_pct=42)))
    assert not _confirms(request, PrinterState(fans=Fans(aux_left_pct=60)))


def test_a_fan_that_is_not_there_is_not_supported() -> None:
    with pytest.raises(NotSupported, match="no fan called chamber"):
        encode(SetFan("chamber", 10), _machine("a1"))


def test_temperatures_are_g_code_and_name_a_head_only_where_there_are_two() -> None:
    assert _gcode(SetNozzleTemperature(220)) == "M104 S220\n"
    assert _gcode(SetNozzleTemperature(220, 0), _machine("h2d")) == "M104 T0 S220\n"
    assert _gcode(SetNozzleTemperature(0, 1), _machine("h2d")) == "M104 T1 S0\n"
    assert _gcode(SetBedTemperature(60)) == "M140 S60\n"
    with pytest.raises(NotSupported, match="no head 1"):
        encode(SetNozzleTemperature(220, 1), _machine())


def test_temperatures_are_confirmed_by_the_target() -> None:
    request = _one(SetNozzleTemperature(220, 1), _machine("h2d"))
    heats = (Heat(25.0, 0.0), Heat(25.0, 220.0))
    assert _confirms(request, PrinterState(temperatures=Temperatures(nozzles=heats)))
    assert not _confirms(
        request, PrinterState(temperatures=Temperatures(nozzles=heats[:1]))
    )


def test_the_chamber_has_a_command_of_its_own() -> None:
    request = _one(SetChamberTemperature(45), _machine("x1e"))
    assert request.body == {"command": "set_ctt", "ctt_val": 45}
    assert request.qos == 1


def test_homing_is_bare() -> None:
    assert _gcode(Home()) == "G28\n"


@pytest.mark.parametrize(
    ("model", "axis", "distance_mm", "move"),
    [
        ("p1s", Axis.X, 10, "G1 X10.0 F3000"),
        ("p1s", Axis.Y, -0.5, "G1 Y-0.5 F3000"),
        ("h2d", Axis.Z, 10, "G1 Z10.0 F900"),
        ("a1", Axis.Y, 10, "G1 Y-10.0 F3000"),
        ("a1_mini", Axis.Z, 1, "G1 Z1.0 F900"),
    ],
)
def test_a_jog_saves_and_restores_limits_and_mode(
    model: str, axis: Axis, distance_mm: float, move: str
) -> None:
    assert _gcode(Jog(axis, distance_mm), _machine(model)).splitlines() == [
        "M211 S",
        "M211 X1 Y1 Z1",
        "M1002 push_ref_mode",
        "G91",
        move,
        "M1002 pop_ref_mode",
        "M211 R",
    ]


def test_g_code_goes_a_few_lines_at_a_time() -> None:
    lines = tuple(f"M117 {number}" for number in range(6))
    requests = encode(SendGcode(("", *lines)), _machine())
    assert [request.body["param"].count("\n") for request in requests] == [4, 2]
    joined = "".join(str(request.body["param"]) for request in requests)
    assert joined.splitlines() == list(lines)


@pytest.mark.parametrize("line", ["G28 X", "g28Z", "M400\nG28 X Y"])
def test_homing_one_axis_is_refused(line: str) -> None:
    with pytest.raises(CommandRejected, match="Send G28 alone"):
        encode(SendGcode((line,)), _machine())


@pytest.mark.parametrize("line", ["G28", "G28 ; home", "M28 X"])
def test_other_lines_are_sent_as_they_are(line: str) -> None:
    assert _gcode(SendGcode((line,))) == f"{line}\n"


def test_calibrations_are_bits() -> None:
    wanted = (Calibration.BED_LEVEL, Calibration.VIBRATION)
    assert _one(Calibrate(wanted)).body == {"command": "calibration", "option": 6}
    with pytest.raises(NotSupported, match="no calibration lidar"):
        encode(Calibrate((Calibration.LIDAR,)), _machine())
    with pytest.raises(CommandRejected, match="at least one"):
        encode(Calibrate(()), _machine())


def test_timelapse_is_a_command_of_the_camera() -> None:
    request = _one(SetTimelapse(enabled=False))
    assert request.payload("1") == {
        "camera": {
            "sequence_id": "1",
            "command": "ipcam_timelapse",
            "control": "disable",
        }
    }
    assert _confirms(request, PrinterState(is_timelapse_on=False))


def test_a_detector_is_a_module_of_the_camera() -> None:
    request = _one(SetDetector("spaghetti", enabled=True, sensitivity=Sensitivity.HIGH))
    assert request.payload("1") == {
        "xcam": {
            "sequence_id": "1",
            "command": "xcam_control_set",
            "module_name": "spaghetti_detector",
            "control": True,
            "enable": True,
            "print_halt": True,
            "halt_print_sensitivity": "high",
        }
    }
    shown = (Detector("spaghetti", is_enabled=True),)
    assert _confirms(request, PrinterState(detectors=shown))
    assert not _confirms(
        request, PrinterState(detectors=(replace(shown[0], is_enabled=False),))
    )


def test_some_detectors_are_options_of_the_print() -> None:
    tangle = _one(SetDetector("filament_tangle", enabled=False))
    assert tangle.body == {"command": "print_option", "filament_tangle_detect": False}
    old = _one(SetDetector("air_print", enabled=True))
    assert old.body == {"command": "print_option", "air_print_detect": True}
    new = _one(
        SetDetector("air_print", enabled=True), _machine(wire={"xcam": {"cfg": 0}})
    )
    assert new.body["module_name"] == "airprint_detector"


def test_a_detector_that_is_not_there_is_not_supported() -> None:
    with pytest.raises(NotSupported, match="no detector clump"):
        encode(SetDetector("clump", enabled=True), _machine())


def test_a_tag_is_read_with_its_own_command() -> None:
    request = _one(ReadFilament(SlotRef(0, 2)))
    assert request.body == {"command": "ams_get_rfid", "ams_id": 0, "slot_id": 2}
    with pytest.raises(NotSupported, match="no tag reader"):
        encode(ReadFilament(SlotRef(255, 0)), _machine())


@pytest.mark.parametrize(
    ("ref", "body"),
    [
        (SlotRef(0, 2), {"ams_id": 0, "slot_id": 2, "target": 2}),
        (SlotRef(1, 1), {"ams_id": 1, "slot_id": 1, "target": 5}),
        (SlotRef(128, 0), {"ams_id": 128, "slot_id": 0, "target": 128}),
        (SlotRef(255, 0), {"ams_id": 255, "slot_id": 0, "target": 255}),
        (SlotRef(254, 0), {"ams_id": 254, "slot_id": 0, "target": 254}),
    ],
)
def test_loading_names_unit_slot_and_target(ref: SlotRef, body: dict[str, int]) -> None:
    request = _one(LoadFilament(ref))
    temperatures = {"curr_temp": -1, "tar_temp": -1}
    assert request.body == {"command": "ams_change_filament", **body, **temperatures}
    assert _confirms(request, PrinterState(active_slot=ref))
    assert _confirms(request, PrinterState(filament_change=FilamentChange.CHANGING))
    assert not _confirms(request, PrinterState(active_slot=SlotRef(0, 3)))


def test_unloading_targets_nothing() -> None:
    request = _one(
        UnloadFilament(), _machine(state=replace(_STATE, active_slot=SlotRef(1, 0)))
    )
    assert request.body["ams_id"] == 1
    assert request.body["slot_id"] == request.body["target"] == 255
    assert _confirms(request, PrinterState(active_slot=None))


def test_unloading_a_head_names_the_unit_that_feeds_it() -> None:
    heads = [{"id": 0, "snow": 0xFEFF}, {"id": 1, "snow": 0x8000}]
    machine = _machine("h2d", wire={"device": {"extruder": {"info": heads}}})
    assert _one(UnloadFilament(1), machine).body["ams_id"] == 128


@pytest.mark.parametrize("ref", [SlotRef(3, 0), SlotRef(0, 9)])
def test_a_slot_that_is_not_there_is_not_supported(ref: SlotRef) -> None:
    with pytest.raises(NotSupported):
        encode(LoadFilament(ref), _machine())


def _pla(ref: SlotRef, k: float | None = None) -> ConfigureSlot:
    return ConfigureSlot(ref, "GFL99", "PLA", "#ff0000ff", 190, 240, k)


def test_a_slot_is_described_with_the_ids_of_its_preset() -> None:
    request = _one(_pla(SlotRef(0, 2)))
    assert request.body == {
        "command": "ams_filament_setting",
        "ams_id": 0,
        "tray_id": 2,
        "slot_id": 2,
        "tray_info_idx": "GFL99",
        "setting_id": "GFSL99",
        "tray_type": "PLA",
        "tray_sub_brands": "",
        "tray_color": "FF0000FF",
        "nozzle_temp_min": 190,
        "nozzle_temp_max": 240,
    }
    slot = Slot(2, preset_id="GFL99", material="PLA", color="#FF0000FF")
    unit = FilamentUnit(0, UnitKind.AMS, "A", slots=(slot,))
    assert _confirms(request, PrinterState(filament_units=(unit,)))
    assert not _confirms(request, PrinterState(filament_units=()))


@pytest.mark.parametrize(
    ("model", "ref", "unit"),
    [
        ("p1s", SlotRef(254, 0), 255),
        ("p1s", SlotRef(255, 0), 255),
        ("h2d", SlotRef(255, 0), 255),
        ("h2d", SlotRef(254, 0), 254),
    ],
)
def test_an_external_spool_has_a_tray_of_its_own(
    model: str, ref: SlotRef, unit: int
) -> None:
    body = _one(_pla(ref), _machine(model)).body
    assert (body["ams_id"], body["tray_id"], body["slot_id"]) == (unit, 254, 0)


@pytest.mark.parametrize(
    ("preset", "setting"),
    [
        ("GFL99", "GFSL99"),
        ("GFA00", "GFSA00"),
        ("GFS00", "GFSS00"),
        ("GFSL99", "GFSL99"),
        ("P1234567", ""),
        ("", ""),
    ],
)
def test_settings_ids_follow_from_filament_ids(preset: str, setting: str) -> None:
    assert setting_of(preset) == setting


def test_a_k_factor_goes_into_the_slot_where_slots_have_one() -> None:
    setting, pressure = encode(_pla(SlotRef(1, 1), 0.025), _machine("p1s"))
    assert setting.command == "ams_filament_setting"
    assert pressure.command == "extrusion_cali_set"
    assert pressure.body["tray_id"] == 5
    assert pressure.body["k_value"] == 0.025
    assert "filaments" not in pressure.body


def test_a_k_factor_is_filed_found_and_chosen_where_there_is_a_table() -> None:
    nozzles = (Nozzle(1, diameter_mm=0.4, flow="high"),)
    machine = _machine("h2d", state=replace(_STATE, nozzles=nozzles))
    _, filing = encode(_pla(SlotRef(1, 0), 0.025), machine)
    (profile,) = filing.body["filaments"]
    assert profile["cali_idx"] == -1
    assert profile["extruder_id"] == 1
    assert profile["k_value"] == "0.025000"
    assert profile["n_coef"] == "0.000000"
    assert profile["nozzle_id"] == "HH00-0.4"
    assert len(profile["setting_id"]) == 19
    assert filing.follow is not None
    (ask,) = filing.follow({})
    assert ask.command == "extrusion_cali_get"
    assert ask.body["filament_id"] == "GFL99"
    assert ask.follow is not None
    rows = [
        {"name": "Default", "cali_idx": 0},
        {"name": profile["name"], "cali_idx": 7},
    ]
    (choose,) = ask.follow({"filaments": rows})
    assert choose.body == {
        "command": "extrusion_cali_sel",
        "cali_idx": 7,
        "filament_id": "GFL99",
        "nozzle_diameter": "0.4",
        "tray_id": 4,
        "ams_id": 1,
        "slot_id": 0,
    }
    with pytest.raises(CommandRejected, match="did not keep the K factor"):
        ask.follow({"filaments": rows[:1]})


def test_drying_is_timed_and_its_end_is_all_zeros() -> None:
    start = _one(StartDrying(1, 55, 8, "PLA", rotate=True))
    assert start.body == {
        "command": "ams_filament_drying",
        "ams_id": 1,
        "mode": 1,
        "filament": "PLA",
        "temp": 55,
        "duration": 8,
        "humidity": 0,
        "rotate_tray": True,
        "cooling_temp": 20,
        "close_power_conflict": False,
    }
    stop = _one(StopDrying(1))
    assert stop.body["mode"] == stop.body["temp"] == stop.body["cooling_temp"] == 0
    dries = replace(_UNITS[1], drying=Drying(DryingStatus.DRYING))
    assert _confirms(start, PrinterState(filament_units=(dries,)))
    assert not _confirms(stop, PrinterState(filament_units=(dries,)))
    assert _confirms(stop, PrinterState(filament_units=(_UNITS[1],)))


def test_a_unit_that_cannot_dry_or_not_now_says_so() -> None:
    with pytest.raises(NotSupported, match="AMS A cannot dry"):
        encode(StartDrying(0, 55, 8, "PLA"), _machine())
    blocked = replace(_UNITS[1], drying=Drying(blocked_by=("needs_power",)))
    machine = _machine(state=replace(_STATE, filament_units=(blocked,)))
    with pytest.raises(CommandRejected, match="cannot dry now: needs power"):
        encode(StartDrying(1, 55, 8, "PLA"), machine)
    assert encode(StopDrying(1), machine)


def _start(*mapping: SlotRef | None, options: PrintOptions | None = None) -> StartPrint:
    options = options or PrintOptions()
    return StartPrint("cube.3mf", "Cube", 2, mapping, 1_234_567, options)


def test_a_start_has_every_parameter() -> None:
    request = _one(_start(SlotRef(0, 1)))
    assert request.qos == 0
    assert not request.is_settled_by_ack
    assert request.timeout_s == 30
    assert request.body == {
        "command": "project_file",
        "param": "Metadata/plate_2.gcode",
        "url": "file:///sdcard/cube.3mf",
        "file": "cube.3mf",
        "md5": "",
        "subtask_name": "Cube",
        "project_id": "1234567",
        "profile_id": "0",
        "task_id": "1234567",
        "subtask_id": "1234567",
        "bed_type": "auto",
        "timelapse": False,
        "bed_leveling": True,
        "auto_bed_leveling": 1,
        "flow_cali": False,
        "extrude_cali_flag": 0,
        "extrude_cali_manual_mode": 0,
        "nozzle_offset_cali": 0,
        "vibration_cali": False,
        "layer_inspect": False,
        "use_ams": True,
        "ams_mapping": [1],
        "ams_mapping2": [{"ams_id": 0, "slot_id": 1}],
        "cfg": "0",
    }


@pytest.mark.parametrize(
    ("model", "url"),
    [
        ("x1c", "file:///sdcard/cube.3mf"),
        ("a1_mini", "file:///sdcard/cube.3mf"),
        ("h2d", "ftp:///cube.3mf"),
        ("x2d", "ftp:///cube.3mf"),
        ("p2s", "ftp:///cache/cube.3mf"),
    ],
)
def test_the_place_of_the_file_is_worded_as_the_model_wants_it(
    model: str, url: str
) -> None:
    assert _one(_start(SlotRef(0, 0)), _machine(model)).body["url"] == url


def test_a_mapping_names_every_kind_of_slot_twice() -> None:
    refs = (
        SlotRef(0, 1),
        None,
        SlotRef(128, 0),
        SlotRef(255, 0),
        SlotRef(254, 0),
        SlotRef(16, 2),
    )
    body = _one(_start(*refs), _machine("h2d")).body
    assert body["ams_mapping"] == [1, -1, 128, -1, -1, 2]
    assert body["ams_mapping2"] == [
        {"ams_id": 0, "slot_id": 1},
        {"ams_id": 255, "slot_id": 255},
        {"ams_id": 128, "slot_id": 0},
        {"ams_id": 255, "slot_id": 0},
        {"ams_id": 254, "slot_id": 0},
        {"ams_id": 16, "slot_id": 2},
    ]
    assert body["use_ams"] is True


def test_an_external_spool_alone_needs_no_ams() -> None:
    body = _one(_start(SlotRef(254, 0))).body
    assert body["use_ams"] is False
    assert body["ams_mapping"] == [-1]
    assert body["ams_mapping2"] == [{"ams_id": 255, "slot_id": 0}]


@pytest.mark.parametrize(
    ("mapping", "text"),
    [
        ((SlotRef(0, 0), SlotRef(3, 1)), "Filament 2 is to come from a slot that"),
        ((SlotRef(0, 2),), "Filament 1 is to come from AMS A slot 3, which is empty"),
        ((None, None), "No filament of this plate was given a slot"),
        ((), "No filament of this plate was given a slot"),
    ],
)
def test_a_filament_without_a_usable_slot_is_refused(
    mapping: tuple[SlotRef | None, ...], text: str
) -> None:
    with pytest.raises(CommandRejected, match=text):
        encode(_start(*mapping), _machine())


def test_a_slot_that_does_not_say_whether_it_is_empty_may_be_used() -> None:
    assert _one(_start(SlotRef(0, 3))).body["ams_mapping"] == [3]


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (replace(_STATE, activity=Activity.PAUSED), "busy with another print"),
        (replace(_STATE, activity=None), "has not said yet"),
        (replace(_STATE, firmware=Firmware(is_updating=True)), "updating its firmware"),
        (replace(_STATE, storage=Storage.MISSING), "no card or stick"),
        (replace(_STATE, storage=Storage.READ_ONLY), "write-protected"),
    ],
)
def test_a_machine_that_is_not_ready_is_not_started(
    state: PrinterState, text: str
) -> None:
    with pytest.raises(CommandRejected, match=text):
        encode(_start(SlotRef(0, 0)), _machine(state=state))


@pytest.mark.parametrize("token", [0, -1, 2**31])
def test_a_token_outside_of_int32_is_refused(token: int) -> None:
    command = replace(_start(SlotRef(0, 0)), token=token)
    with pytest.raises(NotSupported, match="token"):
        encode(command, _machine())


def test_options_are_left_to_machines_that_can_decide() -> None:
    body = _one(_start(SlotRef(0, 0)), _machine("h2d")).body
    assert (body["bed_leveling"], body["auto_bed_leveling"]) == (False, 2)
    assert (body["flow_cali"], body["extrude_cali_flag"]) == (False, 2)
    assert body["nozzle_offset_cali"] == 2


def test_options_that_were_chosen_are_real_booleans() -> None:
    options = PrintOptions(
        bed_leveling=False,
        flow_calibration=True,
        nozzle_offset_calibration=True,
        vibration_calibration=True,
        first_layer_inspection=True,
        timelapse=True,
        bed_type="textured_plate",
    )
    body = _one(_start(SlotRef(0, 0), options=options), _machine("h2d")).body
    assert body["bed_leveling"] is False
    assert body["auto_bed_leveling"] == 0
    assert body["flow_cali"] is True
    assert body["extrude_cali_flag"] == 1
    assert body["nozzle_offset_cali"] == 1
    assert body["vibration_cali"] is True
    assert body["layer_inspect"] is True
    assert body["timelapse"] is True
    assert body["bed_type"] == "textured_plate"
    p2s = _one(_start(SlotRef(0, 0), options=options), _machine("p2s")).body
    assert p2s["vibration_cali"] is False
    assert p2s["nozzle_offset_cali"] == 0


@pytest.mark.parametrize(
    ("activity", "job", "is_ours"),
    [
        (Activity.PREPARING, Job(token=1_234_567), True),
        (Activity.PRINTING, Job(token=1_234_567, name="other"), True),
        (Activity.PREPARING, Job(token=99, name="Cube"), False),
        (Activity.PREPARING, Job(name="Cube"), True),
        (Activity.PREPARING, Job(file="/data/cube.3mf"), True),
        (Activity.PREPARING, Job(file="Metadata/plate_2.gcode"), False),
        (Activity.IDLE, Job(token=1_234_567), False),
        (Activity.PREPARING, None, False),
    ],
)
def test_a_start_is_confirmed_by_our_job_only(
    activity: Activity, job: Job | None, *, is_ours: bool
) -> None:
    request = _one(_start(SlotRef(0, 0)))
    assert _confirms(request, PrinterState(activity=activity, job=job)) is is_ours
