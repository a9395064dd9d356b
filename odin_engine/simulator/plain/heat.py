"""Heaters of a plain machine."""

from dataclasses import dataclass

_AMBIENT_C = 22.0
_NEAR_C = 2.0
"""As near to its target a heater counts as there."""


@dataclass(slots=True)
class Heater:
    """A heater in °C: `power_c_s` is how fast it heats, `loss` of the difference a second."""

    max_c: float
    power_c_s: float
    loss: float
    current_c: float = _AMBIENT_C
    target_c: float = 0.0

    @property
    def is_there(self) -> bool:
        """Whether it has what it was told."""
        return self.target_c == 0 or abs(self.current_c - self.target_c) < _NEAR_C

    @property
    def power(self) -> float:
        """How hard it works, 0 to 1."""
        if self.target_c == 0:
            return 0.0
        holding = self.loss * (self.current_c - _AMBIENT_C) / self.power_c_s
        return min(1.0, max(0.0, holding + (self.target_c - self.current_c) / 5))

    def advance(self, seconds: float) -> None:
        """Heats or cools for that long."""
        gain = self.power * self.power_c_s - self.loss * (self.current_c - _AMBIENT_C)
        self.current_c += gain * seconds


def nozzle(max_c: float = 300.0) -> Heater:
    """Returns a nozzle: some 60 s to 210 °C."""
    return Heater(max_c, power_c_s=4.5, loss=0.006)


def bed(max_c: float = 110.0) -> Heater:
    """Returns a bed: some two minutes to 60 °C."""
    return Heater(max_c, power_c_s=0.5, loss=0.002)


def chamber(max_c: float = 60.0) -> Heater:
    """Returns a heated chamber."""
    return Heater(max_c, power_c_s=0.2, loss=0.002)
