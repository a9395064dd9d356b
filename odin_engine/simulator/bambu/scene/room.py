"""What never moves: the inside of the machine, or the room behind an open one."""

from functools import lru_cache
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from odin_engine.simulator.bambu.scene.eye import FRAME, Eye, Point, shade
from odin_engine.simulator.bambu.scene.look import Body, Color

SIDE, BACK, FRONT, FLOOR, TOP = 0.72, 1.22, -0.5, -0.85, 0.42
_WALL: Color = (104, 108, 114)
_METAL: Color = (150, 154, 160)
_DARK: Color = (30, 32, 35)
_LIGHT: Color = (244, 248, 255)


@lru_cache(maxsize=8)
def backdrop(body: Body, eye: Eye, light: float, *, is_door_open: bool) -> Image.Image:
    """Draws everything that stands still; kept, for drawing it takes long."""
    image = Image.new("RGB", FRAME, shade((40, 42, 46), light))
    if body is Body.BOX:
        _chamber(image, eye, light)
    else:
        _workshop(image, light)
        _stand(ImageDraw.Draw(image), eye, body, light)
    if is_door_open:
        _door(image)
    return _grain(image)


def _chamber(image: Image.Image, eye: Eye, light: float) -> None:
    pen = ImageDraw.Draw(image)
    back, left, right, floor = (
        [
            (-SIDE, BACK, FLOOR),
            (SIDE, BACK, FLOOR),
            (SIDE, BACK, TOP),
            (-SIDE, BACK, TOP),
        ],
        [
            (-SIDE, FRONT, FLOOR),
            (-SIDE, BACK, FLOOR),
            (-SIDE, BACK, TOP),
            (-SIDE, FRONT, TOP),
        ],
        [
            (SIDE, FRONT, FLOOR),
            (SIDE, BACK, FLOOR),
            (SIDE, BACK, TOP),
            (SIDE, FRONT, TOP),
        ],
        [
            (-SIDE, FRONT, FLOOR),
            (SIDE, FRONT, FLOOR),
            (SIDE, BACK, FLOOR),
            (-SIDE, BACK, FLOOR),
        ],
    )
    for face, bright in ((floor, 0.42), (right, 0.72), (left, 0.62), (back, 1.0)):
        pen.polygon(eye.all(*face), fill=shade(_WALL, light * bright))
    _back_wall(pen, eye, light)
    lamp = [
        (-SIDE, 0.1, TOP - 0.06),
        (-SIDE, 1.0, TOP - 0.06),
        (-SIDE, 1.0, TOP - 0.1),
        (-SIDE, 0.1, TOP - 0.1),
    ]
    if light > 0.5:
        glow = Image.new("L", FRAME, 0)
        brush = ImageDraw.Draw(glow)
        brush.polygon(eye.all(*lamp), fill=255)
        near = eye.see((-0.25, BACK, 0.12))
        brush.ellipse(
            (near[0] - 210, near[1] - 120, near[0] + 210, near[1] + 120), fill=46
        )
        glow = glow.filter(ImageFilter.GaussianBlur(55))
        image.paste(Image.new("RGB", FRAME, _LIGHT), mask=glow)
        pen = ImageDraw.Draw(image)
        pen.polygon(eye.all(*lamp), fill=_LIGHT)
    else:
        pen.polygon(eye.all(*lamp), fill=shade(_WALL, light))


def _back_wall(pen: ImageDraw.ImageDraw, eye: Eye, light: float) -> None:
    for x in (-0.5, 0.0, 0.5):
        foot, head = eye.all((x, BACK - 0.02, FLOOR), (x, BACK - 0.02, TOP))
        pen.line((*foot, *head), fill=shade(_METAL, light * 0.85), width=7)
        pen.line(
            (foot[0] - 2, foot[1], head[0] - 2, head[1]),
            fill=shade(_METAL, light * 1.2),
            width=2,
        )
    x, y = eye.see((0.27, BACK, 0.2))
    for size in (34, 26, 18, 9):
        pen.ellipse(
            (x - size, y - size, x + size, y + size),
            outline=shade(_DARK, light * 0.8),
            width=3,
        )
    for row in range(5):
        level = -0.1 - row * 0.05
        pen.line(
            eye.all((-0.4, BACK, level), (-0.12, BACK, level)),
            fill=shade(_DARK, light),
            width=3,
        )
    chute = [
        (0.3, BACK, -0.02),
        (0.46, BACK, -0.02),
        (0.44, BACK, -0.14),
        (0.32, BACK, -0.14),
    ]
    pen.polygon(eye.all(*chute), fill=shade(_DARK, light * 0.7))


def _workshop(image: Image.Image, light: float) -> None:
    """A room out of focus: a wall, a shelf with spools, a bench."""
    pen = ImageDraw.Draw(image)
    width, height = FRAME
    pen.rectangle((0, 0, width, height), fill=shade((176, 170, 160), light))
    pen.rectangle((620, 30, 900, 200), fill=shade((222, 232, 240), light * 1.05))
    pen.rectangle((60, 150, 430, 164), fill=shade((120, 88, 60), light))
    dice = Random(11)  # noqa: S311 - the same shelf in every room
    for place in range(7):
        hue = (dice.randint(50, 220), dice.randint(50, 200), dice.randint(50, 210))
        x = 74 + place * 50
        pen.rectangle((x, 84, x + 40, 150), fill=shade(hue, light))
    pen.rectangle((0, 330, width, height), fill=shade((128, 102, 76), light))
    image.paste(image.filter(ImageFilter.GaussianBlur(9)))


def _stand(pen: ImageDraw.ImageDraw, eye: Eye, body: Body, light: float) -> None:
    if body is Body.FRAME:
        for x, y in ((-SIDE, BACK), (SIDE, BACK)):
            foot, head = eye.all((x, y, FLOOR), (x, y, TOP))
            pen.line((*foot, *head), fill=shade(_DARK, light * 1.3), width=24)
        for ends in (
            ((-SIDE, BACK, TOP), (SIDE, BACK, TOP)),
            ((-SIDE, BACK, TOP), (-SIDE, FRONT, TOP)),
            ((SIDE, BACK, TOP), (SIDE, FRONT, TOP)),
            ((-SIDE, BACK, FLOOR), (SIDE, BACK, FLOOR)),
        ):
            pen.line(eye.all(*ends), fill=shade(_DARK, light * 1.3), width=26)
        return
    base: list[Point] = [
        (-0.8, 0.16, -0.12),
        (0.8, 0.16, -0.12),
        (0.8, 0.95, -0.12),
        (-0.8, 0.95, -0.12),
    ]
    front: list[Point] = [
        (-0.8, 0.16, -0.12),
        (0.8, 0.16, -0.12),
        (0.8, 0.16, -0.26),
        (-0.8, 0.16, -0.26),
    ]
    pen.polygon(eye.all(*base), fill=shade((186, 188, 190), light * 0.9))
    pen.polygon(eye.all(*front), fill=shade((186, 188, 190), light * 0.66))


def _door(image: Image.Image) -> None:
    """Daylight falls in from the front, and the edge of the door stands out."""
    sheen = Image.new("L", FRAME, 40)
    pen = ImageDraw.Draw(sheen)
    pen.polygon([(0, FRAME[1]), (FRAME[0], FRAME[1]), (FRAME[0], 0)], fill=74)
    sheen = sheen.filter(ImageFilter.GaussianBlur(80))
    image.paste(Image.new("RGB", FRAME, (235, 226, 205)), mask=sheen)
    edge = ImageDraw.Draw(image)
    edge.polygon(
        [
            (FRAME[0] - 74, 0),
            (FRAME[0], 0),
            (FRAME[0], FRAME[1]),
            (FRAME[0] - 40, FRAME[1]),
        ],
        fill=(196, 204, 208),
    )
    edge.line((FRAME[0] - 74, 0, FRAME[0] - 40, FRAME[1]), fill=(70, 72, 76), width=9)


def _grain(image: Image.Image) -> Image.Image:
    """Adds what a small sensor adds of its own, and darkens the corners."""
    noise = Image.effect_noise(FRAME, 9).convert("RGB")
    grainy = Image.blend(image, noise, 0.05)
    falloff = (
        Image.radial_gradient("L").resize(FRAME).point(lambda v: max(0, v - 110) // 3)
    )
    grainy.paste((0, 0, 0), mask=falloff)
    return grainy
