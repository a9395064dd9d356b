"""The camera itself: where things in space fall on the picture, and how bright."""

from dataclasses import dataclass
from math import sqrt
from typing import Self

from odin_engine.simulator.bambu.scene.look import Color

# Pictures are drawn smaller and then enlarged: that is quick, and as soft as a lens.
FRAME = (960, 540)

type Point = tuple[float, float, float]
type Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Eye:
    """A pinhole camera. Space: x to the right, y away, z up; the plate is 1 wide."""

    at: Point
    right: Point
    up: Point
    ahead: Point
    zoom: float

    @classmethod
    def looking(cls, at: Point, towards: Point, zoom: float) -> Self:
        """Points a camera at a place."""
        ahead = _unit(_minus(towards, at))
        right = _unit((ahead[1], -ahead[0], 0.0))
        return cls(at, right, _cross(right, ahead), ahead, zoom)

    def see(self, point: Point) -> Spot:
        """Finds a point of space in the picture."""
        away = _minus(point, self.at)
        depth = max(0.05, _dot(away, self.ahead))
        scale = self.zoom * FRAME[1] / depth
        return (
            FRAME[0] / 2 + _dot(away, self.right) * scale,
            FRAME[1] / 2 - _dot(away, self.up) * scale,
        )

    def all(self, *points: Point) -> list[Spot]:
        """Finds several points."""
        return [self.see(each) for each in points]


def shade(color: Color, light: float) -> Color:
    """Makes a colour darker or brighter."""
    red, green, blue = color
    return (
        min(255, int(red * light)),
        min(255, int(green * light)),
        min(255, int(blue * light)),
    )


def _minus(a: Point, b: Point) -> Point:
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def _dot(a: Point, b: Point) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _cross(a: Point, b: Point) -> Point:
    return (
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    )


def _unit(a: Point) -> Point:
    size = sqrt(_dot(a, a))
    return a[0] / size, a[1] / size, a[2] / size
