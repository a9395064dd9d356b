"""Where the head is and how long its moves take: a planner that blocks when full."""

import math
from dataclasses import dataclass, field

_PLANNED_MOST_S = 2.0
_FASTEST_MM_S = 250.0


@dataclass(slots=True)
class Motion:
    """The axes in mm. Without `takes_time` every move is done at once."""

    takes_time: bool
    at: dict[str, float] = field(
        default_factory=lambda: {"X": 0.0, "Y": 0.0, "Z": 0.0, "E": 0.0}
    )
    is_relative: bool = False
    is_e_relative: bool = False
    feed_mm_s: float = 25.0
    extruded_mm: float = 0.0
    planned_s: float = 0.0

    @property
    def is_full(self) -> bool:
        """Whether the next move has to wait."""
        return self.planned_s > _PLANNED_MOST_S

    def move(self, words: dict[str, float], speed_pct: int) -> None:
        """Does a G0 or G1."""
        if "F" in words:
            self.feed_mm_s = max(0.1, words["F"] / 60)
        way = 0.0
        for axis, here in tuple(self.at.items()):
            if axis not in words:
                continue
            is_relative = self.is_e_relative if axis == "E" else self.is_relative
            there = here + words[axis] if is_relative else words[axis]
            if axis == "E":
                self.extruded_mm += max(0.0, there - here)
            else:
                way = math.hypot(way, there - here)
            self.at[axis] = there
        if self.takes_time:
            speed = min(self.feed_mm_s * speed_pct / 100, _FASTEST_MM_S)
            self.planned_s += way / speed

    def advance(self, seconds: float) -> None:
        """Lets moves be done for that long."""
        self.planned_s = max(0.0, self.planned_s - seconds)

    def text(self) -> str:
        """Returns the answer to M114."""
        x, y, z, e = (self.at[axis] for axis in "XYZE")
        return f"X:{x:.2f} Y:{y:.2f} Z:{z:.2f} E:{e:.2f} Count X:0 Y:0 Z:0"
