"""What the engine tells, as frozen dataclasses in its own words and units.

A field that is `None` is unknown. A word that this version does not know reads as the
field's default, so a newer engine breaks nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class LinkStatus(StrEnum):
    """How well the engine hears the printer."""

    DISABLED = "disabled"
    OFFLINE = "offline"
    CONNECTING = "connecting"
    NO_REPORT = "no_report"
    ONLINE = "online"
    STALE = "stale"
    UNAUTHORISED = "unauthorised"
    CERTIFICATE_CHANGED = "certificate_changed"


class LinkReason(StrEnum):
    """Why the link is not simply online."""

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
    """Whether the printer takes commands."""

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


class Severity(StrEnum):
    """How bad a fault is, worst first."""

    FATAL = "fatal"
    SERIOUS = "serious"
    COMMON = "common"
    INFO = "info"


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


class CameraKind(StrEnum):
    """How pictures arrive."""

    JPEG = "jpeg"
    RTSP = "rtsp"
    RTSPS = "rtsps"
    STREAM = "stream"


class HeadNames(StrEnum):
    """How people tell the heads apart: by their side, or as tools by number from 0."""

    SIDES = "sides"
    TOOLS = "tools"


class SensorKind(StrEnum):
    """What a sensor measures, and so in which unit: °C, %, or how many."""

    TEMPERATURE = "temperature"
    HUMIDITY = "humidity"
    COUNT = "count"


class Storage(StrEnum):
    """The card or stick that files are uploaded to."""

    OK = "ok"
    MISSING = "missing"
    ABNORMAL = "abnormal"
    READ_ONLY = "read_only"


class PlateState(StrEnum):
    """Whether the next print may start on this plate."""

    CLEAR = "clear"
    OCCUPIED = "occupied"


@dataclass(frozen=True, slots=True)
class Heat:
    """A temperature and its target; a target of 0 is off, `None` has none."""

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
    """Every heater. `nozzles[i]` is head i (`Capabilities.head_names`: which that is)."""

    nozzles: tuple[Heat, ...] = ()
    bed: Heat | None = None
    chamber: Heat | None = None
    others: tuple[NamedHeat, ...] = ()

    def other(self, name: str) -> NamedHeat | None:
        """Returns a heater by its name."""
        return next((each for each in self.others if each.name == name), None)


@dataclass(frozen=True, slots=True)
class NamedFan:
    """A fan by the machine's own name for it; `rpm` where it has a tachometer."""

    name: str
    percent: int | None = None
    rpm: int | None = None


@dataclass(frozen=True, slots=True)
class Fans:
    """Fan speeds in %; `None` where the machine has no such fan or does not say."""

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
class PercentBounds:
    """How far a factor can be turned, in whole %."""

    min_pct: int
    max_pct: int


@dataclass(frozen=True, slots=True)
class HeaterBounds:
    """A heater of `Temperatures.others` that can be set, and its maximum."""

    name: str
    max_c: int


@dataclass(frozen=True, slots=True)
class Light:
    """One light by its own name, such as `chamber`."""

    name: str
    mode: LightMode | None = None


@dataclass(frozen=True, slots=True)
class Nozzle:
    """A nozzle as the printer reports it; `id` is the head it sits in."""

    id: int
    diameter_mm: float | None = None
    material: str | None = None
    flow: str | None = None
    is_active: bool = False
    is_mounted: bool = True


@dataclass(frozen=True, slots=True)
class SlotRef:
    """Where a spool sits: `unit` is `FilamentUnit.id`, `slot` is `Slot.id` in it."""

    unit: int
    slot: int


@dataclass(frozen=True, slots=True)
class Slot:
    """One place for a spool. An empty slot has `is_occupied` false and no material."""

    id: int
    is_occupied: bool | None = None
    is_active: bool = False
    material: str | None = None
    preset_id: str | None = None
    product: str | None = None
    color: str | None = None
    colors: tuple[str, ...] = ()
    remaining_pct: int | None = None
    spool_weight_g: int | None = None
    nozzle_min_c: int | None = None
    nozzle_max_c: int | None = None
    k: float | None = None
    tag_uid: str | None = None
    spool_uid: str | None = None


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

    def allow(self, target_c: int, hours: int) -> bool:
        """Whether the unit would dry like that."""
        is_warm = self.min_c <= target_c <= self.max_c
        return is_warm and self.min_hours <= hours <= self.max_hours


@dataclass(frozen=True, slots=True)
class FilamentUnit:
    """An AMS or another holder of slots; where it cannot dry, both of drying are `None`."""

    id: int
    kind: UnitKind = UnitKind.UNKNOWN
    name: str = ""
    slots: tuple[Slot, ...] = ()
    nozzle: int | None = None
    temperature_c: float | None = None
    humidity_pct: int | None = None
    humidity_level: int | None = None
    drying: Drying | None = None
    drying_bounds: DryingBounds | None = None
    serial: str | None = None
    firmware: str | None = None

    @property
    def is_external(self) -> bool:
        """Whether it is the spool holder of the printer itself, no device of its own."""
        return self.kind is UnitKind.EXTERNAL


@dataclass(frozen=True, slots=True)
class Job:
    """What is being, or was last, printed. Stays after the end until the next job."""

    name: str | None = None
    file: str | None = None
    plate: int | None = None
    token: int | None = None
    external_id: str | None = None
    source: str | None = None
    progress_pct: int | None = None
    prepare_pct: int | None = None
    remaining_s: int | None = None
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
    text: str = ""
    kind: str | None = None
    severity: Severity | None = None
    module: str | None = None
    unit: int | None = None
    slot: int | None = None
    help_url: str | None = None


@dataclass(frozen=True, slots=True)
class Detector:
    """One of the printer's own watchers, such as spaghetti detection."""

    name: str
    is_enabled: bool = False
    sensitivity: str | None = None
    halts: bool | None = None


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera of the printer; `unavailable_because` says how to make it available."""

    id: str
    kind: CameraKind | None = None
    is_available: bool = True
    unavailable_because: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Firmware:
    """The printer's software; `update` is the version offered, `is_updating` now."""

    version: str | None = None
    update: str | None = None
    is_updating: bool = False


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this machine can be told and within which bounds; ask this, never the model."""

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
    head_names: HeadNames = HeadNames.SIDES
    heaters: tuple[HeaterBounds, ...] = ()
    speed_bounds: PercentBounds | None = None
    flow_bounds: PercentBounds | None = None
    macros: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """Which machine this is; `id` is the driver's own word for the model."""

    family: str | None = None
    id: str | None = None
    name: str | None = None
    maker: str | None = None
    serial: str | None = None


@dataclass(frozen=True, slots=True)
class Plate:
    """The gate between one print and the next; `is_gated` where it holds prints back."""

    is_gated: bool = True
    state: PlateState | None = None
    since: datetime | None = None
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class Printer:
    """A printer: its record, its live state and what follows from both.

    Sections that did not change keep their identity from one `Printer` to the next.
    """

    id: str
    name: str
    family: str = ""
    host: str | None = None
    serial: str | None = None
    tags: tuple[str, ...] = ()
    macro_buttons: tuple[str, ...] = ()
    is_enabled: bool = True
    is_observe_only: bool = False
    is_in_maintenance: bool = False
    maintenance_note: str = ""
    notes: str = ""
    location: str = ""
    plate: Plate = field(default_factory=Plate)
    link: LinkStatus | None = None
    link_reason: LinkReason | None = None
    link_text: str | None = None
    link_remedy: str | None = None
    is_live: bool = False
    control: Control = Control.UNKNOWN
    activity: Activity | None = None
    attention: str | None = None
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

    def can(self, command: str) -> bool:
        """Whether this machine takes a command, by the engine's word for it."""
        return command in self.capabilities.commands

    def unit(self, unit_id: int) -> FilamentUnit | None:
        """Returns a filament unit by its id."""
        return next((u for u in self.filament_units if u.id == unit_id), None)

    def slot(self, ref: SlotRef) -> Slot | None:
        """Returns a slot by its place."""
        unit = self.unit(ref.unit)
        if unit is None:
            return None
        return next((s for s in unit.slots if s.id == ref.slot), None)


@dataclass(frozen=True, slots=True)
class Alert:
    """Something people should know of, active until its cause is gone."""

    id: str
    kind: str = ""
    code: str = ""
    severity: str = ""
    printer_id: str | None = None
    printer_name: str | None = None
    title: str = ""
    detail: str = ""
    raised_at: datetime | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """Which engine this is. `engine_id` never changes, also when the address does."""

    engine_id: str
    version: str
    api_version: int


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk with the engine's data; `is_nearly_full` by the engine's own measure."""

    total_bytes: int
    free_bytes: int
    is_nearly_full: bool


@dataclass(frozen=True, slots=True)
class Farm:
    """Everything at one moment: never changed, only replaced."""

    engine: EngineInfo
    printers: Mapping[str, Printer]
    alerts: Mapping[str, Alert]


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """Something that happened, such as `print_ended`; the state tells the truth."""

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None

    @property
    def printer_id(self) -> str | None:
        """Where it happened."""
        found = self.data.get("printer_id")
        return found if isinstance(found, str) else None
