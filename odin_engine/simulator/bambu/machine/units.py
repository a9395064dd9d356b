"""The boxes that hold spools: AMS, AMS Lite, AMS 2 Pro, AMS HT."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from math import sin

from odin_engine.simulator.bambu.machine.heat import AMBIENT_C
from odin_engine.simulator.bambu.machine.spools import Spool, spool

FIRST_HT = 128
# The one unit of an A2L, whose bits begin elsewhere. Source: docs/protocols/bambu.md §6.4.
MIXED, _MIXED_BIT = 16, 24
NOTHING = 255
EXTERNAL = 254
# Two-head machines call their left holder 254 and the right one 255 on the wire; inside,
# 254 is always the main holder, so that 255 keeps meaning nothing.
EXTERNAL_LEFT = 253


# Before it heats, a unit turns its spools and looks at them.
_CHECK_S = 20.0
# 65 °C from a room's in a little less than half an hour.
_HEATS_C_S, _COOLED_C = 0.027, 40


class UnitKind(StrEnum):
    """The kinds of unit, by the words used in description files."""

    AMS = "ams"
    LITE = "ams_lite"
    PRO = "ams_2_pro"
    HT = "ams_ht"
    MIXED = "ams_lite_mixed"

    @property
    def wire_type(self) -> int:
        """Gives bits 0-3 of `info`. Source: docs/protocols/bambu.md §6.4."""
        return {self.AMS: 1, self.LITE: 2, self.PRO: 3, self.HT: 4, self.MIXED: 5}[self]

    @property
    def slots(self) -> int:
        """Gives the number of trays."""
        return 1 if self is UnitKind.HT else 4

    @property
    def can_dry(self) -> bool:
        """Says whether the unit has a heater."""
        return self in {UnitKind.PRO, UnitKind.HT}


class DryPhase(IntEnum):
    """Bits 4-7 of `info`. Source: docs/protocols/bambu.md §6.4."""

    OFF = 0
    CHECKING = 1
    DRYING = 2
    COOLING = 3


@dataclass(slots=True)
class Unit:
    """One unit: its trays, its air, and the head it feeds (0 right, 1 left)."""

    id: int
    kind: UnitKind
    slots: list[Spool | None]
    head: int = 0
    temperature_c: float = AMBIENT_C + 1
    humidity_percent: float = 22.0
    phase: DryPhase = DryPhase.OFF
    dry_target_c: int = 0
    dry_for_h: int = 0
    dry_filament: str = ""
    dry_left_s: float = field(default=0.0)
    _age_s: float = field(default=0.0, repr=False)

    @property
    def flat_base(self) -> int:
        """Gives the flat number of the first tray."""
        return self.id if self.kind is UnitKind.HT else self.id * 4

    @property
    def bit_base(self) -> int:
        """Gives the first tray's bit. Source: docs/protocols/bambu.md §6.4."""
        if self.kind is UnitKind.HT:
            return 16 + self.id - FIRST_HT
        return _MIXED_BIT if self.id == MIXED else self.id * 4

    @property
    def is_drying(self) -> bool:
        """Says whether its heater is at work, or about to be."""
        return self.phase in {DryPhase.CHECKING, DryPhase.DRYING}

    def dry(self, target_c: int, hours: int, material: str) -> None:
        """Begins to dry."""
        self.phase = DryPhase.CHECKING
        self.dry_target_c, self.dry_for_h = target_c, hours
        self.dry_filament = material
        self.dry_left_s = hours * 3600.0

    def stop_drying(self) -> None:
        """Turns the heater off; the unit then cools for a while."""
        if self.is_drying:
            self.phase = DryPhase.COOLING
            self.dry_left_s = 0.0

    def tick(self, seconds: float, air_c: float = AMBIENT_C) -> None:
        """Lets time pass in air of this temperature."""
        self._age_s += seconds
        if self.is_drying:
            self._dry_on(seconds)
            return
        # Rooms warm and cool by a degree in hours, and damp creeps in meanwhile.
        swing = sin(self._age_s / 3100 + self.id)
        rests_at_c = air_c + 1 + 0.6 * swing
        self.temperature_c += (rests_at_c - self.temperature_c) * min(1, seconds / 1500)
        self._settle_humidity(24 + 3 * swing, seconds / 21600)
        if self.phase is DryPhase.COOLING and self.temperature_c < _COOLED_C:
            self.phase = DryPhase.OFF

    def _dry_on(self, seconds: float) -> None:
        self.dry_left_s -= seconds
        asked_s = self.dry_for_h * 3600.0
        if self.dry_left_s <= 0:
            self.stop_drying()
        elif asked_s - self.dry_left_s > _CHECK_S:
            self.phase = DryPhase.DRYING
            rise = _HEATS_C_S * seconds
            self.temperature_c = min(self.dry_target_c, self.temperature_c + rise)
            # The spools give off their water first: the air gets damper, then dry.
            warms = self.temperature_c < self.dry_target_c - 10
            self._settle_humidity(32 if warms else 4, seconds / 3600)

    def _settle_humidity(self, percent: float, share: float) -> None:
        self.humidity_percent += (percent - self.humidity_percent) * min(1, share)


_SHELF = (
    ("GFA00", "F2754EFF", 83),
    ("GFA01", "2850E0FF", 57),
    ("GFG02", "161616FF", 100),
    ("GFL99", "FFFFFFFF", 100),
)


def unit(kind: UnitKind, number: int, mark: str, head: int = 0) -> Unit:
    """Makes a unit with a believable load; `mark` makes its tags its own."""
    return Unit(
        id=number,
        kind=kind,
        head=head,
        slots=[
            spool(idx, color, percent, mark=f"{mark}/{number}/{slot}")
            for slot, (idx, color, percent) in enumerate(_SHELF[: kind.slots])
        ],
    )


def number_units(kinds: Sequence[UnitKind]) -> list[int]:
    """Gives each unit the id a machine would: HT from 128, a mixed one 16, else from 0."""
    firsts = {UnitKind.HT: FIRST_HT, UnitKind.MIXED: MIXED}
    ids: list[int] = []
    for kind in kinds:
        number = firsts.get(kind, 0)
        while number in ids:
            number += 1
        ids.append(number)
    return ids
