"""What a printer is doing, as one immutable value.

A driver replaces only the sections that a report touched, so comparing two states is
comparing a few references. °C, %, seconds, grams, aware UTC instants; colours are
`#RRGGBBAA`; `None` is unknown.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class LinkStatus(StrEnum):
    """How well we hear the printer. Decided by supervision, never by a driver."""

    DISABLED = "disabled"
    OFFLINE = "offline"
    CONNECTING = "connecting"
    NO_REPORT = "no_report"
    ONLINE = "online"
    STALE = "stale"
    UNAUTHORISED = "unauthorised"
    CERTIFICATE_CHANGED = "certificate_changed"


class LinkReason(StrEnum):
    """Why the link is not simply online; the API has a sentence and a remedy for each."""

    SWITCHED_OFF = "switched_off"
    NO_ANSWER = "no_answer"
    LINK_LOST = "link_lost"
    ACCESS_CODE_REJECTED = "access_code_rejected"
    SERIAL_MISMATCH = "serial_mismatch"
    WRONG_SERIAL_OR_CASE = "wrong_serial_or_case"
    CERTIFICATE_CHANGED = "certificate_changed"
    SILENT = "silent"
    PROTOCOL = "protocol"
    MACHINE_AWAY = "machine_away"


class Control(StrEnum):
    """Whether the printer takes commands from us."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Activity(StrEnum):
    """What the printer does. `attention`: not printing, and a person must act first."""

    IDLE = "idle"
    PREPARING = "preparing"
    PRINTING = "printing"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ATTENTION = "attention"

    @property
    def has_running_job(self) -> bool:
        """Whether a job occupies the machine."""
        return self in {Activity.PREPARING, Activity.PRINTING, Activity.PAUSED}

    @property
    def is_end(self) -> bool:
        """Whether a job has ended and its part may lie on the plate."""
        return self in {Activity.FINISHED, Activity.FAILED, Activity.CANCELLED}


class PrintResult(StrEnum):
    """How a job ended; `unknown` when the printer was not heard at that moment."""

    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """How bad a fault is, worst first."""

    FATAL = "fatal"
    SERIOUS = "serious"
    COMMON = "common"
    INFO = "info"


class FaultKind(StrEnum):
    """Where the printer reported it: its health list, or the error of the print."""

    HEALTH = "health"
    PRINT = "print"


class LightMode(StrEnum):
    """What a light does."""

    ON = "on"
    OFF = "off"
    FLASHING = "flashing"


class SpeedLevel(StrEnum):
    """Speed profiles of printers that have named ones."""

    SILENT = "silent"
    STANDARD = "standard"
    SPORT = "sport"
    LUDICROUS = "ludicrous"


class UnitKind(StrEnum):
    """What kind of thing holds the spools."""

    AMS = "ams"
    AMS_LITE = "ams_lite"
    AMS_2_PRO = "ams_2_pro"
    AMS_HT = "ams_ht"
    CANVAS = "canvas"
    MMU = "mmu"
    AFC = "afc"
    TOOLS = "tools"
    EXTERNAL = "external"
    UNKNOWN = "unknown"


class ColorKind(StrEnum):
    """How the colours of a filament with several lie."""

    SOLID = "solid"
    MULTI = "multi"
    GRADIENT = "gradient"


class DryingStatus(StrEnum):
    """Phase of a drying run."""

    OFF = "off"
    CHECKING = "checking"
    DRYING = "drying"
    COOLING = "cooling"
    STOPPING = "stopping"
    ERROR = "error"


class FilamentChange(StrEnum):
    """What the filament path is doing just now."""

    NONE = "none"
    CHANGING = "changing"
    READING = "reading"
    CALIBRATING = "calibrating"


class Sensitivity(StrEnum):
    """How eager a detector is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class CameraKind(StrEnum):
    """How pictures arrive. Only `jpeg` gives single ones, by `Driver.camera_frame`."""

    JPEG = "jpeg"
    RTSP = "rtsp"
    RTSPS = "rtsps"
    STREAM = "stream"


class Technology(StrEnum):
    """What a machine makes parts of."""

    FDM = "fdm"
    RESIN = "resin"


class HeadNames(StrEnum):
    """How people tell the heads apart: by their side, or as tools by number from 0."""

    SIDES = "sides"
    TOOLS = "tools"


class SensorKind(StrEnum):
    """What a sensor measures, and so in which unit: °C, %, or how many."""

    TEMPERATURE = "temperature"
    HUMIDITY = "humidity"
    COUNT = "count"


class EstimateSource(StrEnum):
    """What the remaining time was made of, where the printer does not say it itself."""

    PRINTER = "printer"
    SLICER = "slicer"
    BLEND = "blend"
    ELAPSED = "elapsed"


class Storage(StrEnum):
    """The card or stick that files are uploaded to."""

    OK = "ok"
    MISSING = "missing"
    ABNORMAL = "abnormal"
    READ_ONLY = "read_only"


@dataclass(frozen=True, slots=True)
class Heat:
    """A temperature in °C and its target; a target of 0 is off, `None` has none."""

    current_c: float | None = None
    target_c: float | None = None


@dataclass(frozen=True, slots=True)
class NamedHeat:
    """A heater beside nozzles, bed and chamber, by the machine's own name for it."""

    name: str
    current_c: float | None = None
    target_c: float | None = None


@dataclass(frozen=True, slots=True)
class Temperatures:
    """Every heater. `nozzles[i]` is head i (`Capabilities.head_names` says which that is)."""

    nozzles: tuple[Heat, ...] = ()
    bed: Heat | None = None
    chamber: Heat | None = None
    others: tuple[NamedHeat, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedFan:
    """A fan by the machine's own name for it; `rpm` where it has a tachometer."""

    name: str
    percent: int | None = None
    rpm: int | None = None


@dataclass(frozen=True, slots=True)
class Fans:
    """Fan speeds in whole %; `None` where the machine has no such fan or does not say."""

    part_pct: int | None = None
    aux_pct: int | None = None
    chamber_pct: int | None = None
    heatbreak_pct: int | None = None
    aux_left_pct: int | None = None
    others: tuple[NamedFan, ...] = ()


@dataclass(frozen=True, slots=True)
class Speed:
    """The speed profile and what it amounts to in %; `flow_pct` is of the extrusion."""

    level: SpeedLevel | None = None
    percent: int | None = None
    flow_pct: int | None = None


@dataclass(frozen=True, slots=True)
class Sensor:
    """A sensor that heats nothing, by the machine's own name for it."""

    name: str
    kind: SensorKind
    value: float | None = None


@dataclass(frozen=True, slots=True)
class FilamentSensor:
    """A sensor in a filament's path. One that is switched off raises no alarm."""

    name: str
    sees_filament: bool | None = None
    is_enabled: bool = True


@dataclass(frozen=True, slots=True)
class PowerDevice:
    """A switch that the machine's host has; `is_locked` while it prints."""

    name: str
    is_on: bool | None = None
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question that the machine asks; answered by the index of a choice, if any."""

    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Light:
    """One light by its own name, such as `chamber`."""

    name: str
    mode: LightMode


@dataclass(frozen=True, slots=True)
class Nozzle:
    """A nozzle as the printer reports it; `id` is the head it sits in."""

    id: int
    diameter_mm: float | None = None
    material: str | None = None
    flow: str | None = None
    code: str | None = None
    wear: int | None = None
    is_active: bool = False
    is_mounted: bool = True


@dataclass(frozen=True, slots=True)
class SlotRef:
    """Where a spool sits: `unit` is `FilamentUnit.id`, `slot` is `Slot.id` in it."""

    unit: int
    slot: int


@dataclass(frozen=True, slots=True)
class Slot:
    """One place for a spool. An empty slot has `is_occupied` false and no material.

    `spool_id` is its number in Spoolman, where the machine's host knows it.
    """

    id: int
    is_occupied: bool | None = None
    is_active: bool = False
    material: str | None = None
    preset_id: str | None = None
    product: str | None = None
    color: str | None = None
    colors: tuple[str, ...] = ()
    color_kind: ColorKind = ColorKind.SOLID
    remaining_pct: int | None = None
    spool_weight_g: int | None = None
    diameter_mm: float | None = None
    nozzle_min_c: int | None = None
    nozzle_max_c: int | None = None
    bed_c: int | None = None
    drying_c: int | None = None
    drying_hours: int | None = None
    k: float | None = None
    calibration_index: int | None = None
    tag_uid: str | None = None
    spool_uid: str | None = None
    spool_id: int | None = None


@dataclass(frozen=True, slots=True)
class Drying:
    """A drying run; `blocked_by` names what forbids starting one now."""

    status: DryingStatus = DryingStatus.OFF
    remaining_s: int | None = None
    target_c: int | None = None
    duration_s: int | None = None
    material: str | None = None
    blocked_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DryingBounds:
    """How hot, in °C, and for how many whole hours a unit can be told to dry."""

    min_c: int
    max_c: int
    min_hours: int
    max_hours: int


@dataclass(frozen=True, slots=True)
class FilamentUnit:
    """An AMS or another holder of slots.

    `humidity_level` is the maker's scale 1 (wet) … 5 (dry). `nozzle` is the head it
    feeds; `None` means any or unknown. `drying` and `drying_bounds` are `None` where it
    cannot dry; the engine enforces the bounds, a user interface reads them.
    """

    id: int
    kind: UnitKind
    name: str
    slots: tuple[Slot, ...] = ()
    nozzle: int | None = None
    temperature_c: float | None = None
    humidity_pct: int | None = None
    humidity_level: int | None = None
    drying: Drying | None = None
    drying_bounds: DryingBounds | None = None
    serial: str | None = None
    firmware: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """What is being, or was last, printed. Stays after the end until the next job.

    `stage` is a stable word such as `bed_leveling`; `stage_text` is English for people.
    Words that begin with `paused_` name pauses (see `attention_reason`).
    `token` is the number the printer reports the job under: ours is what `StartPrint`
    sent, a job started elsewhere has one of its own or none. `elapsed_s` is without
    pauses where the machine counts so; `used_mm` is of filament.
    """

    name: str | None = None
    file: str | None = None
    plate: int | None = None
    token: int | None = None
    external_id: str | None = None
    source: str | None = None
    progress_pct: int | None = None
    prepare_pct: int | None = None
    remaining_s: int | None = None
    remaining_source: EstimateSource | None = None
    elapsed_s: int | None = None
    used_mm: float | None = None
    layer: int | None = None
    total_layers: int | None = None
    stage: str | None = None
    stage_text: str | None = None
    started_at: datetime | None = None
    skipped_objects: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong. `code` is the printer's own, in full, and identifies it."""

    code: str
    kind: FaultKind
    severity: Severity
    text: str
    module: str | None = None
    unit: int | None = None
    slot: int | None = None
    help_url: str | None = None


@dataclass(frozen=True, slots=True)
class Detector:
    """One of the printer's own watchers, such as spaghetti detection."""

    name: str
    is_enabled: bool
    sensitivity: Sensitivity | None = None
    halts: bool | None = None


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera of the printer; `unavailable_because` says how to make it available."""

    id: str
    kind: CameraKind
    is_available: bool = True
    unavailable_because: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class FirmwareModule:
    """One board or unit and what runs on it."""

    name: str
    version: str
    hardware: str | None = None
    serial: str | None = None
    product: str | None = None


@dataclass(frozen=True, slots=True)
class Firmware:
    """The printer's software; `update` is the version offered, `is_updating` now."""

    version: str | None = None
    update: str | None = None
    is_updating: bool = False
    modules: tuple[FirmwareModule, ...] = ()


@dataclass(frozen=True, slots=True)
class PercentBounds:
    """How far a factor can be turned, in whole %."""

    min_pct: int
    max_pct: int


@dataclass(frozen=True, slots=True)
class HeaterBounds:
    """A heater of `Temperatures.others` that can be set, and its maximum in °C."""

    name: str
    max_c: int


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this machine can be told and within which bounds.

    The bounds are the model's maxima in °C; the engine enforces them, a user
    interface reads them. `commands` holds `CommandKind` words, sorted.
    `has_print_details`: the file that is printed can be looked into. `fans` names
    those that can be set: `part`, `aux` … or names of `Fans.others`. `macros` are all
    that the machine knows. `has_console`: its conversation can be read. `file_kinds` is
    what the names of files end in that it takes, where those are not all its family's.
    `has_file_list`: what lies on it can be listed, recordings too.
    """

    commands: tuple[str, ...] = ()
    heads: int = 1
    nozzle_max_c: int | None = None
    bed_max_c: int | None = None
    chamber_max_c: int | None = None
    fans: tuple[str, ...] = ()
    lights: tuple[str, ...] = ()
    speed_levels: tuple[SpeedLevel, ...] = ()
    calibrations: tuple[str, ...] = ()
    detectors: tuple[str, ...] = ()
    has_door_sensor: bool = False
    has_chamber_sensor: bool = False
    has_print_details: bool = False
    start_deadline_s: int = 180
    technology: Technology = Technology.FDM
    head_names: HeadNames = HeadNames.SIDES
    heaters: tuple[HeaterBounds, ...] = ()
    speed_bounds: PercentBounds | None = None
    flow_bounds: PercentBounds | None = None
    macros: tuple[str, ...] = ()
    has_console: bool = False
    file_kinds: tuple[str, ...] = ()
    has_file_list: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """Which machine this is; `id` is the driver's own word for the model."""

    family: str
    id: str | None = None
    name: str | None = None
    maker: str | None = None
    serial: str | None = None


@dataclass(frozen=True, slots=True)
class PrinterState:
    """Everything known about a printer at one moment.

    Sections are replaced whole and shared between states, so `is` tells whether one
    changed. `activity` is `None` until the first report. `active_spool_id` is the number
    in Spoolman of what the machine's host books to.
    """

    link: LinkStatus = LinkStatus.CONNECTING
    link_reason: LinkReason | None = None
    control: Control = Control.UNKNOWN
    activity: Activity | None = None
    job: Job | None = None
    temperatures: Temperatures = field(default_factory=Temperatures)
    fans: Fans = field(default_factory=Fans)
    speed: Speed | None = None
    lights: tuple[Light, ...] = ()
    nozzles: tuple[Nozzle, ...] = ()
    filament_units: tuple[FilamentUnit, ...] = ()
    active_slot: SlotRef | None = None
    filament_change: FilamentChange = FilamentChange.NONE
    faults: tuple[Fault, ...] = ()
    detectors: tuple[Detector, ...] = ()
    cameras: tuple[Camera, ...] = ()
    firmware: Firmware = field(default_factory=Firmware)
    model: Model | None = None
    capabilities: Capabilities = field(default_factory=Capabilities)
    is_door_open: bool | None = None
    is_timelapse_on: bool | None = None
    storage: Storage | None = None
    wifi_dbm: int | None = None
    sensors: tuple[Sensor, ...] = ()
    filament_sensors: tuple[FilamentSensor, ...] = ()
    power_devices: tuple[PowerDevice, ...] = ()
    prompt: Prompt | None = None
    active_spool_id: int | None = None


_PAUSED_BY_PEOPLE = frozenset({"paused_by_user", "paused_by_gcode"})


def attention_reason(state: PrinterState) -> str | None:
    """Returns why a person must act, as a fault's code or a stage; `None` if nobody must.

    A print that a person paused asks for nothing; one that the printer paused does, and
    so does any fault that is fatal or serious.
    """
    for fault in state.faults:
        if fault.severity in {Severity.FATAL, Severity.SERIOUS}:
            return fault.code
    stage = state.job.stage if state.job else None
    if state.activity is Activity.PAUSED:
        if state.faults:
            return state.faults[0].code
        if stage and stage.startswith("paused_") and stage not in _PAUSED_BY_PEOPLE:
            return stage
    if state.activity is Activity.ATTENTION:
        return state.faults[0].code if state.faults else Activity.ATTENTION.value
    return None
