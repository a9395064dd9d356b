"""Heaters and the air around them: power drives them up, losses pull them down."""

from dataclasses import dataclass, field
from math import exp, sin

AMBIENT_C = 24.0
# So near its target a reading ripples; a regulator is never quite still.
_RIPPLE_WITHIN_C = 4.0
_STILL_C = 0.02


@dataclass(slots=True)
class Heater:
    """One heated body under a regulator.

    `heats_c_s` is the pace at room temperature with full power, which losses slow down
    towards the top. The regulator asks for `eager` of the gap per second, and what it
    asks for arrives `lags_s` later: from that come the overshoot and the settling that
    owners see. Near its target the sensor wanders by about `ripple_c`. `breeze` is a fan
    on the body, 0-1.
    """

    heats_c_s: float
    cools_in_s: float
    max_c: float
    eager: float = 0.16
    lags_s: float = 3.5
    ripple_c: float = 0.45
    current_c: float = AMBIENT_C
    target_c: float = 0.0
    breeze: float = 0.0
    _pace_c_s: float = field(default=0.0, repr=False)
    _age_s: float = field(default=0.0, repr=False)

    def aim(self, target_c: float) -> None:
        """Sets the target, cut to what the machine allows."""
        self.target_c = min(max(target_c, 0.0), self.max_c)

    @property
    def is_ready(self) -> bool:
        """Says whether the body is as hot as it should be."""
        return self.current_c >= self.target_c - 1

    @property
    def reading_c(self) -> float:
        """Gives what the sensor says, with the ripple of the regulator."""
        if self.target_c <= 0 or abs(self.current_c - self.target_c) > _RIPPLE_WITHIN_C:
            return self.current_c
        wave = sin(self._age_s * 0.37) + 0.6 * sin(self._age_s * 1.13)
        return self.current_c + self.ripple_c * wave

    def tick(self, seconds: float) -> None:
        """Lets time pass."""
        self._age_s += seconds
        above_c = self.current_c - AMBIENT_C
        if self.target_c <= 0 and above_c < _STILL_C:
            self.current_c, self._pace_c_s = AMBIENT_C, 0.0
            return
        loss_c_s = above_c / self.cools_in_s * (1 + self.breeze)
        asked_c_s = (self.target_c - self.current_c) * self.eager
        pace_c_s = min(max(asked_c_s, -loss_c_s), self.heats_c_s - loss_c_s)
        share = min(1.0, seconds / self.lags_s)
        self._pace_c_s += (pace_c_s - self._pace_c_s) * share
        self.current_c = max(AMBIENT_C, self.current_c + self._pace_c_s * seconds)


def nozzle(max_c: float, heats_c_s: float) -> Heater:
    """Makes a hot end: at 4.2 °C/s it has 220 °C in about a minute."""
    return Heater(heats_c_s=heats_c_s, cools_in_s=150, max_c=max_c)


def bed(max_c: float, heats_c_s: float) -> Heater:
    """Makes a heat bed: at 0.34 °C/s it has 60 °C in about two minutes."""
    return Heater(
        heats_c_s=heats_c_s,
        cools_in_s=900,
        max_c=max_c,
        eager=0.06,
        lags_s=10,
        ripple_c=0.12,
    )


@dataclass(slots=True)
class Chamber:
    """The air around the plate: follows the bed slowly, or its own heater."""

    heater: Heater
    is_open: bool = False
    _bed_share: float = field(default=0.33, repr=False)

    def tick(self, seconds: float, bed_c: float) -> None:
        """Lets time pass beside a bed of this temperature."""
        share = 0.05 if self.is_open else self._bed_share
        settles_at = AMBIENT_C + (bed_c - AMBIENT_C) * share
        if self.heater.target_c > settles_at:
            self.heater.tick(seconds)
            return
        gap = settles_at - self.heater.current_c
        in_s = 300 if self.is_open else 1500
        self.heater.current_c += gap * (1 - exp(-seconds / in_s))


def chamber(max_c: float) -> Chamber:
    """Makes a chamber; `max_c` of 0 means that it has no heater."""
    return Chamber(
        Heater(
            heats_c_s=0.07,
            cools_in_s=1500,
            max_c=max_c,
            eager=0.02,
            lags_s=20,
            ripple_c=0.2,
        )
    )
