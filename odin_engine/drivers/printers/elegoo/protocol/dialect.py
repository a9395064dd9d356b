"""Which of the vocabularies a machine speaks, and what its model can take.

Source: elegoo-link (one adapter for each dialect), and the makers' data sheets for the
highest temperatures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from odin_engine.drivers.printers.elegoo.protocol.fields import above_zero, text, words

NOZZLE_MAX_C = 320
BED_MAX_C = 110
"""Centauri and Centauri Carbon. Source: Elegoo's data sheet."""


class Dialect(StrEnum):
    """How a machine words things. `v1` is recognised, and cannot be driven."""

    FDM = "fdm"
    RESIN = "resin"
    V1 = "v1"
    CC2 = "cc2"


@dataclass(frozen=True, slots=True)
class Limits:
    """The highest temperatures that an owner lets us set, in °C."""

    nozzle_c: int = NOZZLE_MAX_C
    bed_c: int = BED_MAX_C


def limits_of(options: Mapping[str, Any]) -> Limits:
    """Returns the bounds that the owner set, else the maker's."""
    usual = Limits()
    return Limits(
        nozzle_c=above_zero(options.get("nozzle_max_c")) or usual.nozzle_c,
        bed_c=above_zero(options.get("bed_max_c")) or usual.bed_c,
    )


_FDM_NAMES = ("centauri", "neptune")
_RESIN_NAMES = ("saturn", "mars", "jupiter")
_FDM_KEYS = ("TempOfNozzle", "TempOfHotbed")
_SLICED_FOR_RESIN = frozenset({"CTB", "GOO", "PRZ"})


def dialect_of(
    attributes: Mapping[str, Any], status: Mapping[str, Any] | None = None
) -> Dialect:
    """Returns how a machine speaks, by its name, else by what it tells."""
    name = (text(attributes.get("MachineName")) or "").lower()
    if (text(attributes.get("ProtocolVersion")) or "").upper().startswith("V1"):
        return Dialect.V1
    if any(each in name for each in _FDM_NAMES):
        return Dialect.CC2 if "carbon 2" in name else Dialect.FDM
    if any(each in name for each in _RESIN_NAMES):
        return Dialect.RESIN
    kinds = {each.upper() for each in words(attributes.get("SupportFileType"))}
    if kinds & _SLICED_FOR_RESIN:
        return Dialect.RESIN
    if kinds or any(key in (status or {}) for key in _FDM_KEYS):
        return Dialect.FDM
    return Dialect.RESIN


UNSUPPORTED = {
    Dialect.V1: (
        "This machine speaks the older SDCP V1, in which the printer looks for a broker "
        "of its own. It is recognised and cannot be driven yet; Saturn 4 and Mars 5 can."
    ),
    Dialect.CC2: (
        "This is a Centauri Carbon 2, which speaks another protocol than the first one. "
        "Choose it as the kind of machine."
    ),
}
"""What is said of machines that do not speak SDCP V3."""
