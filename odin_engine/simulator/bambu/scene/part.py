"""The printed part: outlines that grow, lean when they come loose, and turn to strands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, cos, pi, sin, sqrt
from random import Random

from PIL import ImageDraw

from odin_engine.simulator.bambu.scene.eye import Eye, Point, Spot, shade
from odin_engine.simulator.bambu.scene.look import Color, Scene

_CORNERS, _KINDS = 28, 4
_STEP = 0.012
# How far objects stand apart and how wide they are, by how many stand in a row.
_LAYOUTS = {
    1: (0.0, 0.2),
    2: (0.34, 0.115),
    3: (0.27, 0.085),
    4: (0.21, 0.066),
    5: (0.17, 0.054),
}
# From the upper left and the front.
_SUN_X, _SUN_Y = -0.62, -0.55
_TURNS = [2 * pi * i / _CORNERS for i in range(_CORNERS)]
_SIDES = [
    0.5 + 0.5 * max(0.0, cos(turn) * _SUN_X + sin(turn) * _SUN_Y)
    for turn in (each + pi / _CORNERS for each in _TURNS)
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one object stands on the plate, and how it is shaped.

    `number` counts the objects from 0.
    """

    x: float
    y: float
    radius: float
    kind: int
    top: float
    number: int = 0


def places(scene: Scene) -> list[Place]:
    """Lays the objects out, the farthest first."""
    across = ceil(sqrt(scene.objects))
    apart, radius = _LAYOUTS[across]
    rows = -(-scene.objects // across)
    made = []
    for number in range(scene.objects):
        row, column = divmod(number, across)
        # A part left out stays as low as it was; nobody wrote down how low that is.
        top = scene.height * (0.3 if number in scene.skipped else 1)
        made.append(
            Place(
                x=(column - (across - 1) / 2) * apart,
                y=0.5 + (row - (rows - 1) / 2) * apart,
                radius=radius,
                kind=(scene.seed + number) % _KINDS,
                top=top,
                number=number,
            )
        )
    return sorted(made, key=lambda each: -each.y)


def rim(place: Place, share: float) -> list[tuple[float, float]]:
    """Gives the outline at a share of the full height, around the object's middle."""
    return [_corner(place, turn, share) for turn in _TURNS]


def _corner(place: Place, turn: float, share: float) -> tuple[float, float]:
    match place.kind:
        case 0:
            size = 0.72 + 0.28 * sin(2.4 * share * pi + 0.5)
        case 1:
            size = 0.88 / max(abs(cos(turn)), abs(sin(turn)), 0.78)
        case 2:
            part = (turn + 0.6 * share) % (pi / 3) - pi / 6
            size = (1 - 0.3 * share) * cos(pi / 6) / cos(part)
        case _:
            size = 0.92 + 0.08 * sin(7 * turn)
    return place.radius * size * cos(turn), place.radius * size * sin(turn)


def draw_part(
    pen: ImageDraw.ImageDraw,
    eye: Eye,
    scene: Scene,
    place: Place,
    *,
    foot: Point,
    light: float,
    has_shadow: bool = True,
) -> None:
    """Draws one object layer upon layer; `foot` is where the plate's middle front is."""
    lean = 0.55 if scene.is_detached else 0.0
    base = (foot[0] + place.x + lean * 0.25, foot[1] + place.y, foot[2])
    if has_shadow:
        _shadow(pen, eye, place, base, light)
    steps = max(1, round(place.top / _STEP))
    below: list[Spot] | None = None
    for step in range(steps + 1):
        level = place.top * step / steps
        share = level / max(scene.full_height, 0.001)
        ring = _ring(eye, place, base, level, share, lean)
        if below is not None:
            tint = shade(color_at(scene, share), light * (0.93 if step % 2 else 1.0))
            _band(pen, below, ring, tint)
        below = ring
    if below is not None:
        top = shade(color_at(scene, place.top / max(scene.full_height, 0.001)), light)
        pen.polygon(below, fill=shade(top, 1.04), outline=shade(top, 0.72))
        if place.top < scene.full_height:
            _infill(pen, below, shade(top, 0.8))


def color_at(scene: Scene, share: float) -> Color:
    """Names the colour at a share of the full height."""
    for ends, color in scene.bands:
        if share <= ends + 1e-6:
            return color
    return scene.bands[-1][1] if scene.bands else (128, 128, 128)


def draw_strands(
    pen: ImageDraw.ImageDraw, eye: Eye, scene: Scene, around: Point, light: float
) -> None:
    """Draws filament that found nothing to lie on."""
    dice = Random(7)  # noqa: S311 - the same mess in every frame
    color = color_at(scene, scene.height / max(scene.full_height, 0.001))
    for number in range(40):
        tint = shade(color, light * dice.uniform(0.55, 1.15))
        path = eye.all(*_curl(dice, around))
        pen.line(path, fill=shade(tint, 0.6), width=4, joint="curve")
        pen.line(path, fill=tint, width=2 + number % 2, joint="curve")


def _curl(dice: Random, around: Point) -> Iterator[Point]:
    x = around[0] + dice.gauss(0, 0.09)
    y = around[1] + dice.gauss(0, 0.07)
    z = around[2] + abs(dice.gauss(0, 0.035))
    heading, bend = dice.uniform(0, 2 * pi), dice.uniform(-0.4, 0.4)
    for _ in range(24):
        yield x, y, max(z, 0.0 if around[2] >= 0 else around[2] - 0.2)
        heading += bend + dice.gauss(0, 0.1)
        x += 0.018 * cos(heading)
        y += 0.014 * sin(heading)
        z += dice.gauss(0, 0.007)


def _ring(
    eye: Eye, place: Place, base: Point, level: float, share: float, lean: float
) -> list[Spot]:
    shift = lean * level
    return [
        eye.see((base[0] + x + shift, base[1] + y, base[2] + level))
        for x, y in rim(place, share)
    ]


def _band(
    pen: ImageDraw.ImageDraw, below: Sequence[Spot], above: Sequence[Spot], tint: Color
) -> None:
    for i, bright in enumerate(_SIDES):
        after = (i + 1) % _CORNERS
        left, right = below[i], below[after]
        # Seen from outside, the corners of a face run from left to right.
        if right[0] <= left[0]:
            continue
        pen.polygon([left, right, above[after], above[i]], fill=shade(tint, bright))


def _shadow(
    pen: ImageDraw.ImageDraw, eye: Eye, place: Place, base: Point, light: float
) -> None:
    reach = min(0.16, place.top * 0.5)
    outline = [
        eye.see(
            (
                base[0] + x * 1.06 + reach * 0.5,
                base[1] + y * 1.06 + reach * 0.2,
                base[2],
            )
        )
        for x, y in rim(place, 0.0)
    ]
    pen.polygon(outline, fill=shade((96, 78, 44), light))


def _infill(pen: ImageDraw.ImageDraw, top: Sequence[Spot], tint: Color) -> None:
    half = _CORNERS // 2
    for i in range(1, half):
        pen.line((top[i], top[-i]), fill=tint)
    for i in range(2, half, 2):
        pen.line(
            (top[(i + half // 2) % _CORNERS], top[(half // 2 - i) % _CORNERS]),
            fill=tint,
        )
