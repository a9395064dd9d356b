"""Filaments and the spools they come on."""

from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

_TABLE = Path(__file__).with_name("filaments.yaml")
NO_TAG = "0" * 16
NO_UUID = "0" * 32


class UnknownFilament(ValueError):
    """No preset carries this id."""


@dataclass(frozen=True, slots=True)
class Filament:
    """A material preset. `brand` is empty where no tag names the product."""

    idx: str
    type: str
    brand: str
    nozzle_min_c: int
    nozzle_max_c: int
    dry_c: int = 0
    dry_h: int = 0
    print_c: int = 220
    bed_c: int = 60


@dataclass(slots=True)
class Spool:
    """A spool as a tray sees it. `color` is RRGGBBAA; tagless spools have no uids."""

    filament: Filament
    color: str
    remaining_g: float
    net_g: float = 1000.0
    tag_uid: str = NO_TAG
    uuid: str = NO_UUID
    k: float = 0.02
    cali_idx: int = -1

    @property
    def has_tag(self) -> bool:
        """Says whether the tray can read the spool's RFID tag."""
        return self.tag_uid != NO_TAG

    @property
    def remaining_percent(self) -> int:
        """Gives whole percent, or -1 where nobody can know."""
        if not self.has_tag:
            return -1
        return round(100 * max(self.remaining_g, 0) / self.net_g)

    def successor(self) -> Spool:
        """Makes a full spool of the same product, with a tag of its own."""
        made = replace(self, remaining_g=self.net_g)
        if self.has_tag:
            made.tag_uid, made.uuid = _tag(self.uuid)
        return made

    def use(self, grams: float) -> None:
        """Pulls filament off the spool."""
        self.remaining_g = max(0.0, self.remaining_g - grams)


@cache
def filaments() -> dict[str, Filament]:
    """Reads the table of presets, by id."""
    rows: list[dict[str, Any]] = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    return {
        row["idx"]: Filament(
            idx=row["idx"],
            type=row["type"],
            brand=row["brand"],
            nozzle_min_c=row["nozzle"][0],
            nozzle_max_c=row["nozzle"][1],
            dry_c=row["dry"][0],
            dry_h=row["dry"][1],
            print_c=row["print_c"],
            bed_c=row["bed_c"],
        )
        for row in rows
    }


def filament(idx: str) -> Filament:
    """Finds a preset by its id.

    Raises:
        UnknownFilament: the table has no such id.
    """
    try:
        return filaments()[idx]
    except KeyError:
        raise UnknownFilament(f"no filament preset has the id {idx!r}") from None


def settings_for(material: str) -> Filament:
    """Finds a preset of this material, PLA where none is known."""
    for each in filaments().values():
        if each.type == material:
            return each
    return filaments()["GFA00"]


def spool(idx: str, color: str, percent: float = 100, *, mark: str) -> Spool:
    """Makes a spool; branded ones get a tag derived from `mark`, so it never changes."""
    preset = filament(idx)
    full = color.upper().lstrip("#").ljust(8, "F")
    made = Spool(preset, full, remaining_g=1000 * percent / 100)
    if preset.brand:
        made.tag_uid, made.uuid = _tag(mark)
    return made


def _tag(mark: str) -> tuple[str, str]:
    digest = sha256(mark.encode()).hexdigest().upper()
    return digest[:12] + "0100", digest[12:44]
