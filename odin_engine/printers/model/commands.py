"""What a printer can be told. A driver declares which kinds it supports.

A command is done when the printer acknowledged it or its reports show it; a driver
that knows neither raises `CommandTimedOut`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from odin_engine.printers.model.state import (
    LightMode,
    Sensitivity,
    SlotRef,
    SpeedLevel,
)


class CommandKind(StrEnum):
    """One word per command: capabilities, the audit trail and the API use it."""

    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    SET_LIGHT = "set_light"
    SET_SPEED = "set_speed"
    SET_FAN = "set_fan"
    SET_NOZZLE_TEMPERATURE = "set_nozzle_temperature"
    SET_BED_TEMPERATURE = "set_bed_temperature"
    SET_CHAMBER_TEMPERATURE = "set_chamber_temperature"
    HOME = "home"
    JOG = "jog"
    SKIP_OBJECTS = "skip_objects"
    CLEAR_FAULTS = "clear_faults"
    READ_FILAMENT = "read_filament"
    LOAD_FILAMENT = "load_filament"
    UNLOAD_FILAMENT = "unload_filament"
    CONFIGURE_SLOT = "configure_slot"
    START_DRYING = "start_drying"
    STOP_DRYING = "stop_drying"
    CALIBRATE = "calibrate"
    SET_TIMELAPSE = "set_timelapse"
    SET_DETECTOR = "set_detector"
    SEND_GCODE = "send_gcode"
    START_PRINT = "start_print"
    SET_SPEED_PERCENT = "set_speed_percent"
    SET_FLOW = "set_flow"
    SET_HEATER = "set_heater"
    SELECT_TOOL = "select_tool"
    RUN_MACRO = "run_macro"
    ANSWER_PROMPT = "answer_prompt"
    SET_POWER = "set_power"
    SET_ACTIVE_SPOOL = "set_active_spool"
    CONNECT_MACHINE = "connect_machine"
    DISCONNECT_MACHINE = "disconnect_machine"
    RESTART_FIRMWARE = "restart_firmware"
    RESTART_HOST = "restart_host"


class Axis(StrEnum):
    """A direction a head or bed can be moved in."""

    X = "x"
    Y = "y"
    Z = "z"


class Calibration(StrEnum):
    """A routine a printer can run on itself."""

    LIDAR = "lidar"
    BED_LEVEL = "bed_level"
    VIBRATION = "vibration"
    MOTOR_NOISE = "motor_noise"
    NOZZLE_OFFSET = "nozzle_offset"
    HOT_BED_LEVEL = "hot_bed_level"
    CLUMP_DETECTION = "clump_detection"


@dataclass(frozen=True, slots=True)
class Pause:
    """Pauses the running print."""

    kind: ClassVar = CommandKind.PAUSE


@dataclass(frozen=True, slots=True)
class Resume:
    """Resumes the paused print."""

    kind: ClassVar = CommandKind.RESUME


@dataclass(frozen=True, slots=True)
class Stop:
    """Ends the running print for good."""

    kind: ClassVar = CommandKind.STOP


@dataclass(frozen=True, slots=True)
class SetLight:
    """Switches a light; `light` is a name from `PrinterState.lights`."""

    light: str
    mode: LightMode
    kind: ClassVar = CommandKind.SET_LIGHT


@dataclass(frozen=True, slots=True)
class SetSpeed:
    """Chooses a speed profile."""

    level: SpeedLevel
    kind: ClassVar = CommandKind.SET_SPEED


@dataclass(frozen=True, slots=True)
class SetFan:
    """Sets a fan to 0-100 %; `fan` is a name from `Capabilities.fans`."""

    fan: str
    percent: int
    kind: ClassVar = CommandKind.SET_FAN


@dataclass(frozen=True, slots=True)
class SetNozzleTemperature:
    """Sets a nozzle's target in °C, 0 = off; `nozzle` is the head's id."""

    target_c: int
    nozzle: int = 0
    kind: ClassVar = CommandKind.SET_NOZZLE_TEMPERATURE


@dataclass(frozen=True, slots=True)
class SetBedTemperature:
    """Sets the bed's target in °C, 0 = off."""

    target_c: int
    kind: ClassVar = CommandKind.SET_BED_TEMPERATURE


@dataclass(frozen=True, slots=True)
class SetChamberTemperature:
    """Sets the chamber's target in °C, 0 = off."""

    target_c: int
    kind: ClassVar = CommandKind.SET_CHAMBER_TEMPERATURE


@dataclass(frozen=True, slots=True)
class Home:
    """Homes all axes."""

    kind: ClassVar = CommandKind.HOME


@dataclass(frozen=True, slots=True)
class Jog:
    """Moves one axis by a signed distance in mm, away from its end stop if positive."""

    axis: Axis
    distance_mm: float
    kind: ClassVar = CommandKind.JOG


@dataclass(frozen=True, slots=True)
class SkipObjects:
    """Leaves objects of the running plate unprinted; at least one must remain."""

    object_ids: tuple[int, ...]
    kind: ClassVar = CommandKind.SKIP_OBJECTS


@dataclass(frozen=True, slots=True)
class ClearFaults:
    """Dismisses what the printer lets a person dismiss."""

    kind: ClassVar = CommandKind.CLEAR_FAULTS


@dataclass(frozen=True, slots=True)
class ReadFilament:
    """Reads the spool's tag in a slot again."""

    slot: SlotRef
    kind: ClassVar = CommandKind.READ_FILAMENT


@dataclass(frozen=True, slots=True)
class LoadFilament:
    """Feeds the filament of a slot to the nozzle."""

    slot: SlotRef
    kind: ClassVar = CommandKind.LOAD_FILAMENT


@dataclass(frozen=True, slots=True)
class UnloadFilament:
    """Pulls the loaded filament back; `nozzle` matters on machines with two heads."""

    nozzle: int = 0
    kind: ClassVar = CommandKind.UNLOAD_FILAMENT


@dataclass(frozen=True, slots=True)
class ConfigureSlot:
    """Says what is in a slot that has no readable tag.

    `color` is `#RRGGBBAA`. Values left `None` keep what the preset or slot has.
    `k` is the pressure-advance factor in s.
    """

    slot: SlotRef
    preset_id: str
    material: str
    color: str
    nozzle_min_c: int
    nozzle_max_c: int
    k: float | None = None
    kind: ClassVar = CommandKind.CONFIGURE_SLOT


@dataclass(frozen=True, slots=True)
class StartDrying:
    """Dries what is in a unit at °C for hours."""

    unit: int
    target_c: int
    hours: int
    material: str
    rotate: bool = False
    kind: ClassVar = CommandKind.START_DRYING


@dataclass(frozen=True, slots=True)
class StopDrying:
    """Ends the drying of a unit."""

    unit: int
    kind: ClassVar = CommandKind.STOP_DRYING


@dataclass(frozen=True, slots=True)
class Calibrate:
    """Runs the routines named, in the printer's own order."""

    routines: tuple[Calibration, ...]
    kind: ClassVar = CommandKind.CALIBRATE


@dataclass(frozen=True, slots=True)
class SetTimelapse:
    """Switches the printer's own timelapse recording."""

    enabled: bool
    kind: ClassVar = CommandKind.SET_TIMELAPSE


@dataclass(frozen=True, slots=True)
class SetDetector:
    """Switches one of the printer's own detectors."""

    detector: str
    enabled: bool
    sensitivity: Sensitivity | None = None
    halts: bool = True
    kind: ClassVar = CommandKind.SET_DETECTOR


@dataclass(frozen=True, slots=True)
class SendGcode:
    """Sends lines of G-code as they are."""

    lines: tuple[str, ...]
    kind: ClassVar = CommandKind.SEND_GCODE


@dataclass(frozen=True, slots=True)
class SetSpeedPercent:
    """Sets the speed factor in %, within `Capabilities.speed_bounds`."""

    percent: int
    kind: ClassVar = CommandKind.SET_SPEED_PERCENT


@dataclass(frozen=True, slots=True)
class SetFlow:
    """Sets the extrusion factor in %, within `Capabilities.flow_bounds`."""

    percent: int
    kind: ClassVar = CommandKind.SET_FLOW


@dataclass(frozen=True, slots=True)
class SetHeater:
    """Sets a heater of `Capabilities.heaters` in °C, 0 = off."""

    heater: str
    target_c: int
    kind: ClassVar = CommandKind.SET_HEATER


@dataclass(frozen=True, slots=True)
class SelectTool:
    """Makes a head the one that works."""

    tool: int
    kind: ClassVar = CommandKind.SELECT_TOOL


@dataclass(frozen=True, slots=True)
class RunMacro:
    """Runs a macro of `Capabilities.macros`, without arguments."""

    macro: str
    kind: ClassVar = CommandKind.RUN_MACRO


@dataclass(frozen=True, slots=True)
class AnswerPrompt:
    """Answers `PrinterState.prompt` with the choice at that index."""

    choice: int
    kind: ClassVar = CommandKind.ANSWER_PROMPT


@dataclass(frozen=True, slots=True)
class SetPower:
    """Switches a device of `PrinterState.power_devices`."""

    device: str
    is_on: bool
    kind: ClassVar = CommandKind.SET_POWER


@dataclass(frozen=True, slots=True)
class SetActiveSpool:
    """Says which of Spoolman's spools is in use; `None` for none."""

    spool_id: int | None
    kind: ClassVar = CommandKind.SET_ACTIVE_SPOOL


@dataclass(frozen=True, slots=True)
class ConnectMachine:
    """Lets the host connect to its machine."""

    kind: ClassVar = CommandKind.CONNECT_MACHINE


@dataclass(frozen=True, slots=True)
class DisconnectMachine:
    """Lets the host leave its machine."""

    kind: ClassVar = CommandKind.DISCONNECT_MACHINE


@dataclass(frozen=True, slots=True)
class RestartFirmware:
    """Resets the machine's boards and its host software, as after an emergency stop."""

    kind: ClassVar = CommandKind.RESTART_FIRMWARE


@dataclass(frozen=True, slots=True)
class RestartHost:
    """Restarts the host software, which reads its configuration anew."""

    kind: ClassVar = CommandKind.RESTART_HOST


@dataclass(frozen=True, slots=True)
class PrintOptions:
    """What to do before and during a print; `None` leaves it to the printer ("auto")."""

    bed_leveling: bool | None = None
    flow_calibration: bool | None = None
    nozzle_offset_calibration: bool | None = None
    vibration_calibration: bool = False
    first_layer_inspection: bool = False
    timelapse: bool = False
    bed_type: str = "auto"


@dataclass(frozen=True, slots=True)
class StartPrint:
    """Starts a plate of a file that is on the printer already.

    `mapping[i]` is the slot for the project's filament i+1, `None` where the plate does
    not use that filament. `token` is 1…2³¹-1 and new for each start; the printer
    reports it back as `Job.token`, which proves that it runs *our* job. `heads[i]` is
    the head that filament i+1 was sliced for, `None` or missing where nobody knows.
    """

    file: str
    name: str
    plate: int
    mapping: tuple[SlotRef | None, ...]
    token: int
    options: PrintOptions = field(default_factory=PrintOptions)
    heads: tuple[int | None, ...] = ()
    kind: ClassVar = CommandKind.START_PRINT


type Command = (
    Pause
    | Resume
    | Stop
    | SetLight
    | SetSpeed
    | SetFan
    | SetNozzleTemperature
    | SetBedTemperature
    | SetChamberTemperature
    | Home
    | Jog
    | SkipObjects
    | ClearFaults
    | ReadFilament
    | LoadFilament
    | UnloadFilament
    | ConfigureSlot
    | StartDrying
    | StopDrying
    | Calibrate
    | SetTimelapse
    | SetDetector
    | SendGcode
    | StartPrint
    | SetSpeedPercent
    | SetFlow
    | SetHeater
    | SelectTool
    | RunMacro
    | AnswerPrompt
    | SetPower
    | SetActiveSpool
    | ConnectMachine
    | DisconnectMachine
    | RestartFirmware
    | RestartHost
)
