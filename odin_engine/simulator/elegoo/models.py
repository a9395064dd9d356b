"""The machines that are simulated, by their variant.

Source: Elegoo's data sheets for sizes and temperatures; firmware versions are ones that
owners reported.
"""

from dataclasses import dataclass

from odin_engine.simulator.plain import Heater, PlainMachine, bed, nozzle


@dataclass(frozen=True, slots=True)
class Variant:
    """A model: how it calls itself, what it prints, and how large."""

    word: str
    machine: str
    firmware: str
    is_resin: bool
    kinds: tuple[str, ...]
    size: str
    resolution: str = ""
    nozzle_max_c: float = 320.0
    bed_max_c: float = 110.0

    def build(self, name: str, clock_factor: float) -> PlainMachine:
        """Returns a machine of the model."""
        if self.is_resin:
            return PlainMachine(
                name, nozzles=[], bed=None, fans_pct={}, clock_factor=clock_factor
            )
        heaters: list[Heater] = [nozzle(self.nozzle_max_c)]
        return PlainMachine(
            name,
            nozzles=heaters,
            bed=bed(self.bed_max_c),
            fans_pct={"part": 0, "aux": 0, "chamber": 0},
            clock_factor=clock_factor,
        )


VARIANTS = {
    each.word: each
    for each in (
        Variant(
            "centauri-carbon",
            "Centauri Carbon",
            "V1.1.46",
            is_resin=False,
            kinds=("GCODE",),
            size="256x256x256",
        ),
        Variant(
            "centauri",
            "Centauri",
            "V1.1.40",
            is_resin=False,
            kinds=("GCODE",),
            size="256x256x256",
        ),
        Variant(
            "saturn-4-ultra",
            "Saturn 4 Ultra",
            "V1.4.2",
            is_resin=True,
            kinds=("GOO", "CTB"),
            size="218.88x122.88x220",
            resolution="11520x5120",
        ),
        Variant(
            "mars-5-ultra",
            "Mars 5 Ultra",
            "V1.3.0",
            is_resin=True,
            kinds=("GOO", "CTB"),
            size="153.36x77.76x165",
            resolution="8520x4320",
        ),
    )
}


CC2 = Variant(
    "centauri-carbon-2",
    "Centauri Carbon 2",
    "1.0.5.2",
    is_resin=False,
    kinds=("GCODE",),
    size="256x256x256",
    nozzle_max_c=350.0,
)
"""Speaks another protocol than all the others."""


def variant(word: str) -> Variant:
    """Returns a model by its word or its name.

    Raises:
        ValueError: there is none; the text lists which there are.
    """
    found = VARIANTS.get(word.lower().replace(" ", "-"))
    if found is None:
        raise ValueError(
            f"no variant {word!r}; there are: {', '.join([*VARIANTS, CC2.word])}"
        )
    return found
