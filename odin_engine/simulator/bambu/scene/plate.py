"""The pictures that a slicer puts beside a plate: the part alone, on nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from odin_engine.simulator.bambu.scene.eye import FRAME, Eye
from odin_engine.simulator.bambu.scene.look import Color, Scene
from odin_engine.simulator.bambu.scene.part import (
    Place,
    color_at,
    draw_part,
    places,
    rim,
)

_SIDE, _SMALL_SIDE, _MARGIN = 512, 128, 12
_SLANTED = Eye.looking((0.62, -1.0, 1.15), (0.0, 0.5, 0.12), 2.0)
# From so high up that nothing leans, and the plate fills the height of the picture.
_HIGH = 40.0
_ABOVE = Eye.looking((0.0, 0.499, _HIGH), (0.0, 0.5, 0.0), _HIGH)
_RINGS = 24
_COLORS = 200

type _Paint = Callable[[ImageDraw.ImageDraw, Place], None]


@dataclass(frozen=True, slots=True)
class PlatePictures:
    """PNGs of one plate. In `pick` each object has the colour of its number."""

    plate: bytes
    small: bytes
    no_light: bytes
    top: bytes
    pick: bytes


@lru_cache(maxsize=32)
def draw_plate(scene: Scene, numbers: tuple[int, ...]) -> PlatePictures:
    """Draws a plate; takes some tens of milliseconds, the same one again nothing.

    Args:
        scene: The finished part, of `imagine`.
        numbers: What each object is called by when it is to be skipped.
    """

    def lit(pen: ImageDraw.ImageDraw, place: Place) -> None:
        draw_part(
            pen, _SLANTED, scene, place, foot=(0, 0, 0), light=1, has_shadow=False
        )

    def flat(pen: ImageDraw.ImageDraw, place: Place) -> None:
        _stack(pen, _SLANTED, place, lambda share: color_at(scene, share))

    def above(pen: ImageDraw.ImageDraw, place: Place) -> None:
        _stack(pen, _ABOVE, place, lambda share: color_at(scene, share))

    def number(pen: ImageDraw.ImageDraw, place: Place) -> None:
        known = place.number < len(numbers)
        color = _number_color(numbers[place.number] if known else 0)
        _stack(pen, _ABOVE, place, lambda _: color)

    slanted = _cut_out(_paint(scene, lit))
    return PlatePictures(
        plate=_packed(_small(slanted, _SIDE)),
        small=_packed(_small(slanted, _SMALL_SIDE)),
        no_light=_packed(_small(_cut_out(_paint(scene, flat)), _SIDE)),
        top=_packed(_small(_middle(_paint(scene, above)), _SIDE)),
        # Colours are numbers here: none may be mixed.
        pick=_png(
            _middle(_paint(scene, number)).resize(
                (_SIDE, _SIDE), Image.Resampling.NEAREST
            )
        ),
    )


def _paint(scene: Scene, paint: _Paint) -> Image.Image:
    image = Image.new("RGBA", FRAME)
    pen = ImageDraw.Draw(image)
    for place in places(scene):
        paint(pen, place)
    return image


def _stack(
    pen: ImageDraw.ImageDraw, eye: Eye, place: Place, color: Callable[[float], Color]
) -> None:
    """Lays outlines upon one another, as light from everywhere would show them."""
    for ring in range(_RINGS + 1):
        share = ring / _RINGS
        outline = [
            eye.see((place.x + x, place.y + y, place.top * share))
            for x, y in rim(place, share)
        ]
        pen.polygon(outline, fill=color(share))


def _number_color(number: int) -> Color:
    return number & 0xFF, number >> 8 & 0xFF, number >> 16 & 0xFF


def _cut_out(image: Image.Image) -> Image.Image:
    """Cuts a square around what was drawn."""
    left, top, right, bottom = image.getbbox() or (0, 0, *FRAME)
    half = max(right - left, bottom - top) // 2 + _MARGIN
    x, y = (left + right) // 2, (top + bottom) // 2
    return image.crop((x - half, y - half, x + half, y + half))


def _middle(image: Image.Image) -> Image.Image:
    """Cuts out the plate as seen from above."""
    width, height = FRAME
    left = (width - height) // 2
    return image.crop((left, 0, left + height, height))


def _small(image: Image.Image, side: int) -> Image.Image:
    return image.resize((side, side), Image.Resampling.BILINEAR)


def _packed(image: Image.Image) -> bytes:
    return _png(image.quantize(_COLORS, method=Image.Quantize.FASTOCTREE))


def _png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
