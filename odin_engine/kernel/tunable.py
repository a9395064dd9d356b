"""What people may change while the engine runs: declared once, with its bounds.

A domain declares its tunables in its `model.py`; `kernel.config` keeps their values.
"""

import math
from dataclasses import dataclass
from typing import cast

from odin_engine.kernel.errors import Invalid, Problem

_MAX_TEXT = 1000

type Value = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Tunable[T: Value]:
    """One run-time setting. Its default says its type; bounds are inclusive.

    The unit is in the key (`printers.heater_off_after_s`).
    """

    key: str
    default: T
    title: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()

    def check(self, value: object) -> T:
        """Returns the value in this tunable's type.

        Raises:
            Invalid: another type, or out of bounds.
        """
        if isinstance(self.default, float) and type(value) is int:
            value = float(value)
        fault = self._fault(value)
        if fault is not None:
            raise Invalid(f"{self.title}: {fault}.", Problem(f"/{self.key}", fault))
        return cast("T", value)

    def _fault(self, value: object) -> str | None:
        if type(value) is not type(self.default):
            return f"takes {_KINDS[type(self.default)]}"
        if isinstance(value, str):
            return self._fault_of_text(value)
        return self._fault_of_number(float(cast("float", value)))

    def _fault_of_text(self, value: str) -> str | None:
        if self.choices and value not in self.choices:
            return f"takes one of {', '.join(self.choices)}"
        is_long = len(value) > _MAX_TEXT or "\0" in value
        return f"takes at most {_MAX_TEXT} plain characters" if is_long else None

    def _fault_of_number(self, number: float) -> str | None:
        if not math.isfinite(number):
            return "takes a finite number"
        if self.minimum is not None and number < self.minimum:
            return f"takes at least {self.minimum:g}"
        if self.maximum is not None and number > self.maximum:
            return f"takes at most {self.maximum:g}"
        return None


_KINDS: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
}
