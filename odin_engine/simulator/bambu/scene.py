"""Draws what the printer's camera sees: bed, head, and the part growing on the plate."""

from dataclasses import dataclass
from io import BytesIO
from math import cos, sin
from random import Random

from PIL import Image, ImageDraw

from odin_engine.simulator.bambu.machine import GcodeState, Machine
from odin_engine.simulator.bambu.machine.misbehaviour import Misbehaviour

WIDTH, HEIGHT = 1280, 720
_PLATE_TOP, _PLATE_BOTTOM = 430, 610
_PART_PX = 230
_QUALITY = 70

type Color = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to see. `share` is the finished part of the print, 0-1."""

    caption: str
    color: Color
    share: float
    is_lit: bool
    is_moving: bool
    slings_bed: bool
    shows_part: bool
    is_spaghetti: bool
    is_detached: bool
    moment_s: float


def look(machine: Machine) -> Scene:
    """Takes down what the camera would see now."""
    prints = machine.prints
    share = prints.job.share if prints.job else 0.0
    has_part = prints.plate_occupied and prints.layer > 0
    return Scene(
        caption=f"{machine.name}  {machine.now:%Y-%m-%d %H:%M:%S}",
        color=_color(machine),
        share=share,
        is_lit=machine.settings.lights.get("chamber_light") != "off",
        is_moving=prints.state is GcodeState.RUNNING,
        slings_bed=machine.model.bed_slinger,
        shows_part=has_part,
        is_spaghetti=machine.does(Misbehaviour.SPAGHETTI),
        is_detached=machine.does(Misbehaviour.DETACHED),
        moment_s=machine.elapsed_s,
    )


def draw(scene: Scene) -> bytes:
    """Renders the scene as a JPEG of 1280 by 720."""
    light = 1.0 if scene.is_lit else 0.25
    image = Image.new("RGB", (WIDTH, HEIGHT), _dim((58, 60, 64), light))
    pen = ImageDraw.Draw(image)
    _frame(pen, light)
    sway = round(60 * sin(scene.moment_s * 1.7)) if scene.is_moving else 0
    bed_x = sway // 2 if scene.slings_bed else 0
    _plate(pen, bed_x, light)
    top = _PLATE_TOP + 70
    if scene.shows_part:
        top = _part(pen, scene, bed_x, light)
    head_x = WIDTH // 2 + (sway * 2 if scene.is_moving else -420)
    _head(pen, head_x, top, light)
    pen.text((24, HEIGHT - 34), scene.caption, fill=_dim((235, 235, 235), 1.0))
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()


def _color(machine: Machine) -> Color:
    spool = machine.feed.spool(machine.feed.now)
    job = machine.prints.job
    code = spool.color if spool else "808080"
    if not spool and job:
        code = job.plan.filaments[0].color.lstrip("#")
    try:
        red, green, blue = bytes.fromhex(code[:6])
    except ValueError:
        return 128, 128, 128
    return red, green, blue


def _dim(color: Color, light: float) -> Color:
    red, green, blue = (min(255, round(each * light)) for each in color)
    return red, green, blue


def _frame(pen: ImageDraw.ImageDraw, light: float) -> None:
    for left in (60, WIDTH - 100):
        pen.rectangle((left, 40, left + 40, HEIGHT - 60), _dim((34, 35, 38), light))
    pen.rectangle((60, 40, WIDTH - 60, 84), _dim((34, 35, 38), light))


def _plate(pen: ImageDraw.ImageDraw, x: int, light: float) -> None:
    corners = [
        (330 + x, _PLATE_TOP),
        (950 + x, _PLATE_TOP),
        (1090 + x, _PLATE_BOTTOM),
        (190 + x, _PLATE_BOTTOM),
    ]
    pen.polygon(corners, fill=_dim((150, 128, 70), light))
    pen.rectangle(
        (190 + x, _PLATE_BOTTOM, 1090 + x, _PLATE_BOTTOM + 18),
        _dim((40, 40, 42), light),
    )


def _part(pen: ImageDraw.ImageDraw, scene: Scene, bed_x: int, light: float) -> int:
    """Draws the part layer by layer and gives the height of its top in the picture."""
    base = _PLATE_TOP + 90
    height = max(4, round(_PART_PX * scene.share))
    x = WIDTH // 2 + bed_x + (170 if scene.is_detached else 0)
    for level in range(0, height, 4):
        half = round(110 + 26 * cos(level / 38))
        shade = 0.75 + 0.25 * (level // 4 % 2)
        pen.rectangle(
            (x - half, base - level - 4, x + half, base - level),
            _dim(scene.color, light * shade),
        )
    if scene.is_spaghetti:
        _spaghetti(pen, scene, (x, base - height), light)
    return base - height


def _spaghetti(
    pen: ImageDraw.ImageDraw, scene: Scene, at: tuple[int, int], light: float
) -> None:
    dice = Random(7)  # noqa: S311 - the same mess in every frame
    for _ in range(70):
        x, y = at[0] + dice.randint(-170, 170), at[1] + dice.randint(-60, 70)
        size = dice.randint(20, 90)
        pen.arc(
            (x - size, y - size // 2, x + size, y + size // 2),
            dice.randint(0, 180),
            dice.randint(181, 360),
            fill=_dim(scene.color, light),
            width=3,
        )


def _head(pen: ImageDraw.ImageDraw, x: int, top: int, light: float) -> None:
    tip = min(top, _PLATE_TOP + 86)
    body, nozzle = _dim((70, 74, 80), light), _dim((190, 160, 90), light)
    pen.rectangle((100, tip - 150, WIDTH - 100, tip - 136), _dim((90, 92, 96), light))
    pen.rectangle((x - 60, tip - 190, x + 60, tip - 24), body)
    pen.polygon([(x - 18, tip - 24), (x + 18, tip - 24), (x, tip)], nozzle)
