"""Heaters: straight up with power, exponentially down without."""

from dataclasses import dataclass, field
from math import exp

AMBIENT_C = 24.0


@dataclass(slots=True)
class Heater:
    """One heated body. Rates are such as owners see on their screens."""

    heats_c_s: float
    cools_in_s: float
    max_c: float
    current_c: float = AMBIENT_C
    target_c: float = 0.0

    def aim(self, target_c: float) -> None:
        """Sets the target, cut to what the machine allows."""
        self.target_c = min(max(target_c, 0.0), self.max_c)

    @property
    def is_ready(self) -> bool:
        """Says whether the body is as hot as it should be."""
        return self.current_c >= self.target_c - 1

    def tick(self, seconds: float) -> None:
        """Lets time pass."""
        if self.current_c < self.target_c:
            step = self.heats_c_s * seconds
            self.current_c = min(self.target_c, self.current_c + step)
            return
        floor = max(self.target_c, AMBIENT_C)
        rest = (self.current_c - floor) * exp(-seconds / self.cools_in_s)
        self.current_c = floor + rest if rest > 0.01 else floor


def nozzle(max_c: float) -> Heater:
    """Makes a hot end: 220 °C in a little over a minute."""
    return Heater(heats_c_s=2.8, cools_in_s=150, max_c=max_c)


def bed(max_c: float) -> Heater:
    """Makes a heat bed: 60 °C in a little over a minute."""
    return Heater(heats_c_s=0.5, cools_in_s=900, max_c=max_c)


@dataclass(slots=True)
class Chamber:
    """The air around the plate: follows the bed slowly, or its own heater."""

    heater: Heater
    is_open: bool = False
    _bed_share: float = field(default=0.25, repr=False)

    def tick(self, seconds: float, bed_c: float) -> None:
        """Lets time pass beside a bed of this temperature."""
        if self.heater.target_c > 0:
            self.heater.tick(seconds)
            return
        share = 0.05 if self.is_open else self._bed_share
        settles_at = AMBIENT_C + (bed_c - AMBIENT_C) * share
        gap = settles_at - self.heater.current_c
        self.heater.current_c += gap * (1 - exp(-seconds / 1200))


def chamber(max_c: float) -> Chamber:
    """Makes a chamber; `max_c` of 0 means that it has no heater."""
    return Chamber(Heater(heats_c_s=0.05, cools_in_s=1200, max_c=max_c))
