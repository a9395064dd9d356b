"""What callers may send. Shapes and sizes are here; what a machine can do is in `model`.

Bodies are strict: unknown members, numbers as text and numbers that are none are
refused.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Self, override

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from odin_engine.printers.model import (
    Activity,
    Axis,
    Calibration,
    Command,
    ConfigureSlot,
    LightMode,
    LinkStatus,
    PrintOptions,
    Sensitivity,
    SetBedTemperature,
    SetChamberTemperature,
    SetNozzleTemperature,
    SlotRef,
    SpeedLevel,
)
from odin_engine.printers.model.bounds import (
    FILE_NAME_MOST,
    GCODE_LINE_MOST,
    GCODE_LINES_MOST,
    MAPPING_MOST,
    OBJECTS_MOST,
    PLATE_MOST,
    TOKEN_MOST,
)
from odin_engine.printers.model.record import (
    HEATER_OFF_MAX_MIN,
    NOTES_MAX,
    PORTS_MAX,
    SECRET_MAX,
    TAGS_MAX,
    URL_MAX,
)
from odin_engine.printers.service import BulkAction, PrintOrder
from odin_engine.printers.service.discovery import SECONDS_MOST
from odin_engine.printers.service.listing import LIMIT_DEFAULT, LIMIT_MOST, Wanted
from odin_engine.printers.service.nozzles import HEADS_MOST

_WORD_MOST = 64
_HOST_MOST = 253
_NOTE_MOST = 500
_QUERY_MOST = 200
_PRINTERS_MOST = 5000
_SPEEDS = {
    SpeedLevel.SILENT: 50,
    SpeedLevel.STANDARD: 100,
    SpeedLevel.SPORT: 124,
    SpeedLevel.LUDICROUS: 166,
}
"""What the named profiles amount to in % (protocols/bambu, "Job and state")."""
_FAN_STEPS = 255


def _utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("lies beyond the calendar") from error


_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_COLOR_CHARS = len("#RRGGBBAA")

Moment = Annotated[AwareDatetime, Field(strict=False), AfterValidator(_utc)]
Word = Annotated[str, Field(min_length=1, max_length=_WORD_MOST)]
Id = Annotated[str, Field(min_length=1, max_length=_WORD_MOST)]
Index = Annotated[int, Field(ge=0, le=255)]
Degrees = Annotated[int, Field(ge=0, le=500)]
Secret = Annotated[str, Field(max_length=SECRET_MAX)]
Url = Annotated[str, Field(max_length=URL_MAX)]
Ports = Annotated[dict[str, int], Field(max_length=PORTS_MAX)]
Name = Annotated[str, Field(max_length=_HOST_MOST)]
Host = Annotated[str, Field(max_length=_HOST_MOST)]
Note = Annotated[str, Field(max_length=_NOTE_MOST)]
Diameter = Annotated[float, Field(ge=0.05, le=5)]
Text = Annotated[str, Field(max_length=_QUERY_MOST)] | None
Fingerprint = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Body(BaseModel):
    """A body that must not hold anything unknown, or of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    def told(self) -> dict[str, Any]:
        """Returns the members that the caller sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}

    def one_of(self, *names: str) -> Self:
        """Passes when exactly one of these members was sent with a value."""
        if sum(getattr(self, name) is not None for name in names) != 1:
            raise ValueError(f"give exactly one of: {', '.join(names)}")
        return self


class _Described(Body):
    serial: Annotated[str, Field(max_length=_WORD_MOST)] | None = None
    secret: Secret | None = Field(default=None, repr=False)
    ports: Ports = {}
    tags: Annotated[list[Word], Field(max_length=TAGS_MAX)] = []
    notes: Annotated[str, Field(max_length=NOTES_MAX)] = ""
    is_enabled: bool = True
    is_observe_only: bool = False
    is_plate_gated: bool = True
    camera_url: Url | None = Field(default=None, repr=False)
    heater_off_min: Annotated[int, Field(ge=0, le=HEATER_OFF_MAX_MIN)] | None = None

    @override
    def told(self) -> dict[str, Any]:
        told = super().told()
        return told | ({"tags": tuple(self.tags)} if "tags" in told else {})


class CreatePrinter(_Described):
    """A printer to be. `secret` is its access code or key; it is never shown again."""

    name: Name
    family: Word
    host: Host


class ChangePrinter(_Described):
    """What to change of a printer; what is left out stays, `null` empties a field."""

    name: Name = ""
    host: Host = ""


class PrintersQuery(BaseModel):
    """Which printers to list; `q` looks into names, hosts, serials and tags."""

    limit: Annotated[int, Field(ge=1, le=LIMIT_MOST)] = LIMIT_DEFAULT
    cursor: Text = None
    sort: Text = None
    q: Text = None
    tag: Text = None
    family: Text = None
    link: LinkStatus | None = None
    activity: Activity | None = None
    is_enabled: bool | None = None

    def to_model(self) -> Wanted:
        """Returns it in the domain's words."""
        return Wanted(**dict(self))


class OrderPrinters(Body):
    """Every printer's id, in the order to show them."""

    ids: Annotated[list[Id], Field(max_length=_PRINTERS_MOST)]


class BulkChange(Body):
    """One action for many printers; the tag actions need a `tag`."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=_PRINTERS_MOST)]
    action: Annotated[BulkAction, Field(strict=False)]
    tag: Word | None = None


class RenameTag(Body):
    """A tag's new name."""

    name: Word


class Discover(Body):
    """How long to look."""

    seconds: Annotated[float, Field(gt=0, le=SECONDS_MOST)] = 5.0


class EmergencyStop(Body):
    """Whom to stop; without `ids` everybody."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=_PRINTERS_MOST)] | None = (
        None
    )


class Maintenance(Body):
    """Takes a printer out of service, or back."""

    is_on: bool
    note: Annotated[str, Field(max_length=NOTES_MAX)] = ""


class ConfirmCertificate(Body):
    """Both SHA-256 fingerprints, as they were compared."""

    pinned: Fingerprint
    found: Fingerprint


class InstallNozzle(Body):
    """A nozzle that was put in; the one before it is retired. `at` is now if not said."""

    head: Annotated[int, Field(ge=0, lt=HEADS_MOST)] = 0
    diameter_mm: Diameter
    material: Word | None = None
    note: Note = ""
    at: Moment | None = None


class ChangeNozzle(Body):
    """What to correct about a nozzle; a `retired_at` retires it."""

    diameter_mm: Diameter = 0.4
    material: Word | None = None
    note: Note = ""
    installed_at: Moment = _EPOCH
    retired_at: Moment | None = None


class SlotBody(Body):
    """A slot of a filament unit."""

    unit: Index
    slot: Index

    def to_model(self) -> SlotRef:
        """Returns it in the domain's words."""
        return SlotRef(self.unit, self.slot)


class SetLightBody(Body):
    """A light by its name; the first one where none is named."""

    light: Word | None = None
    mode: Annotated[LightMode, Field(strict=False)]


class SetSpeedBody(Body):
    """A speed profile, or the percentage that the nearest profile comes to."""

    level: Annotated[SpeedLevel, Field(strict=False)] | None = None
    percent: Annotated[int, Field(ge=25, le=200)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        return self.one_of("level", "percent")

    def nearest(self) -> SpeedLevel:
        """Returns the profile that is meant."""
        percent = self.percent
        if percent is None:
            return self.level or SpeedLevel.STANDARD
        return min(_SPEEDS, key=lambda level: abs(_SPEEDS[level] - percent))


class SetFanBody(Body):
    """A fan's speed in %, or in steps of 0 to 255 as in G-code."""

    fan: Word
    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    speed: Annotated[int, Field(ge=0, le=_FAN_STEPS)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        return self.one_of("percent", "speed")

    def in_percent(self) -> int:
        """Returns the speed in %; anything but 0 keeps the fan turning."""
        if self.percent is not None:
            return self.percent
        speed = self.speed or 0
        return max(round(speed * 100 / _FAN_STEPS), min(speed, 1))


class SetTemperatureBody(Body):
    """One target in °C, 0 for off. `nozzle` is the head that `nozzle_c` is for."""

    nozzle_c: Degrees | None = None
    nozzle: Index = 0
    bed_c: Degrees | None = None
    chamber_c: Degrees | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        return self.one_of("nozzle_c", "bed_c", "chamber_c")

    def to_model(self) -> Command:
        """Returns the command that sets it."""
        if self.nozzle_c is not None:
            return SetNozzleTemperature(self.nozzle_c, self.nozzle)
        if self.bed_c is not None:
            return SetBedTemperature(self.bed_c)
        return SetChamberTemperature(self.chamber_c or 0)


class JogBody(Body):
    """A signed distance along one axis."""

    axis: Annotated[Axis, Field(strict=False)]
    distance_mm: Annotated[float, Field(ge=-1000, le=1000)]


class SkipObjectsBody(Body):
    """Objects to leave out. `total_objects` lets the engine see that one remains."""

    object_ids: Annotated[
        list[Annotated[int, Field(ge=0, le=TOKEN_MOST)]],
        Field(min_length=1, max_length=OBJECTS_MOST),
    ]
    total_objects: Annotated[int, Field(ge=1, le=10_000)] | None = None


class UnloadBody(Body):
    """The head to unload, on machines with two."""

    nozzle: Index = 0


class ConfigureSlotBody(Body):
    """What is in a slot that has no readable tag."""

    preset_id: Word
    material: Word
    color: Annotated[str, Field(pattern=r"^#([0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$")]
    nozzle_min_c: Degrees
    nozzle_max_c: Degrees
    k: Annotated[float, Field(ge=0, le=10)] | None = None

    def to_model(self, slot: SlotRef) -> ConfigureSlot:
        """Returns the command; a colour without transparency is opaque."""
        color = self.color.upper()
        return ConfigureSlot(
            slot,
            self.preset_id,
            self.material,
            color if len(color) == _COLOR_CHARS else f"{color}FF",
            self.nozzle_min_c,
            self.nozzle_max_c,
            self.k,
        )


class DryBody(Body):
    """How hot and how long to dry which material."""

    target_c: Degrees
    hours: Annotated[int, Field(ge=1, le=100)]
    material: Word
    rotate: bool = False


class CalibrateBody(Body):
    """The routines to run."""

    routines: Annotated[
        list[Annotated[Calibration, Field(strict=False)]],
        Field(min_length=1, max_length=len(Calibration)),
    ]


class SwitchBody(Body):
    """On or off."""

    enabled: bool


class SetDetectorBody(SwitchBody):
    """A detector's setting; `halts` says whether it pauses the print."""

    sensitivity: Annotated[Sensitivity, Field(strict=False)] | None = None
    halts: bool = True


class GcodeBody(Body):
    """Lines of G-code, sent as they are."""

    lines: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=GCODE_LINE_MOST)]],
        Field(min_length=1, max_length=GCODE_LINES_MOST),
    ]


class OptionsBody(Body):
    """What to do before and during a print; `null` leaves it to the printer."""

    bed_leveling: bool | None = None
    flow_calibration: bool | None = None
    nozzle_offset_calibration: bool | None = None
    vibration_calibration: bool = False
    first_layer_inspection: bool = False
    timelapse: bool = False
    bed_type: Word = "auto"


class PrintBody(Body):
    """A plate of a file on the printer. `mapping[i]` is the slot of filament i + 1."""

    file: Annotated[str, Field(min_length=1, max_length=FILE_NAME_MOST)]
    plate: Annotated[int, Field(ge=1, le=PLATE_MOST)] = 1
    name: Annotated[str, Field(min_length=1, max_length=FILE_NAME_MOST)] | None = None
    mapping: Annotated[list[SlotBody | None], Field(max_length=MAPPING_MOST)] = []
    options: OptionsBody = OptionsBody()

    def to_model(self) -> PrintOrder:
        """Returns it in the domain's words."""
        return PrintOrder(
            file=self.file,
            plate=self.plate,
            name=self.name,
            mapping=tuple(
                None if slot is None else slot.to_model() for slot in self.mapping
            ),
            options=PrintOptions(**dict(self.options)),
        )
