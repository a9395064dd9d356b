"""What callers may tell a printer. What a machine can do is judged in `model`."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from odin_engine.kernel.errors import Invalid, Problem
from odin_engine.printers.model import (
    Axis,
    Calibration,
    Capabilities,
    Command,
    ConfigureSlot,
    LightMode,
    PrintOptions,
    Sensitivity,
    SetBedTemperature,
    SetChamberTemperature,
    SetHeater,
    SetNozzleTemperature,
    SetSpeed,
    SetSpeedPercent,
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
from odin_engine.printers.model.speeds import nearest_level
from odin_engine.printers.service import PrintOrder
from odin_engine.printers.wire.parts import Body, Index, Word

_FAN_STEPS = 255
_COLOR_CHARS = len("#RRGGBBAA")
_PROFILES_LEAST_PCT, _PROFILES_MOST_PCT = 25, 200
"""Beyond this a percentage says that somebody did not mean a profile."""

Degrees = Annotated[int, Field(ge=0, le=500)]
Percent = Annotated[int, Field(ge=1, le=1000)]


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
    """A speed profile, or a percentage: as it is, or as the nearest profile comes to."""

    level: Annotated[SpeedLevel, Field(strict=False)] | None = None
    percent: Percent | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        return self.one_of("level", "percent")

    def to_model(self, can: Capabilities) -> SetSpeed | SetSpeedPercent:
        """Returns the command that comes nearest on such a machine.

        Raises:
            Invalid: no profile is anywhere near that percentage.
        """
        if self.level is not None:
            return SetSpeed(self.level)
        percent = self.percent or 0
        if can.speed_bounds is not None:
            return SetSpeedPercent(percent)
        if not _PROFILES_LEAST_PCT <= percent <= _PROFILES_MOST_PCT:
            said = f"{_PROFILES_LEAST_PCT} to {_PROFILES_MOST_PCT} %"
            raise Invalid(f"Choose {said}.", Problem("/percent", said))
        return SetSpeed(nearest_level(percent))


class SetFlowBody(Body):
    """The extrusion factor in %."""

    percent: Percent


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
    """One target in °C, 0 for off. `nozzle` is the head that `nozzle_c` is for.

    `target_c` is for the `heater` of that name, one beside nozzles, bed and chamber.
    """

    nozzle_c: Degrees | None = None
    nozzle: Index = 0
    bed_c: Degrees | None = None
    chamber_c: Degrees | None = None
    heater: Word | None = None
    target_c: Degrees | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.heater is None) is not (self.target_c is None):
            raise ValueError("heater and target_c belong together")
        return self.one_of("nozzle_c", "bed_c", "chamber_c", "heater")

    def to_model(self) -> Command:
        """Returns the command that sets it."""
        if self.nozzle_c is not None:
            return SetNozzleTemperature(self.nozzle_c, self.nozzle)
        if self.bed_c is not None:
            return SetBedTemperature(self.bed_c)
        if self.heater is not None:
            return SetHeater(self.heater, self.target_c or 0)
        return SetChamberTemperature(self.chamber_c or 0)


class JogBody(Body):
    """A signed distance along one axis."""

    axis: Annotated[Axis, Field(strict=False)]
    distance_mm: Annotated[float, Field(ge=-1000, le=1000)]


class SkipObjectsBody(Body):
    """Objects to leave out; one must remain.

    `total_objects` matters only where the engine could not look into the file.
    """

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


class SelectToolBody(Body):
    """The head that shall work, counted from 0."""

    tool: Index


class AnswerPromptBody(Body):
    """Which of the choices that the machine offers, counted from 0."""

    choice: Index


class SetPowerBody(Body):
    """On or off."""

    is_on: bool


class SetActiveSpoolBody(Body):
    """The number of a spool in Spoolman; `null` for none."""

    spool_id: Annotated[int, Field(ge=1, le=TOKEN_MOST)] | None


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
    mapping: list[SlotBody | None] = Field(
        default_factory=list, max_length=MAPPING_MOST
    )
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
