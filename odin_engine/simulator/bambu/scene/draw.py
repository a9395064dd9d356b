"""Draws a scene: the backdrop, the plate, the part, the head in front of it all."""

from io import BytesIO
from math import pi, sin
from random import Random

from PIL import Image, ImageDraw, ImageFont

from odin_engine.simulator.bambu.scene.eye import Eye, Point, shade
from odin_engine.simulator.bambu.scene.look import Act, Body, Color, Scene
from odin_engine.simulator.bambu.scene.part import (
    Place,
    draw_part,
    draw_strands,
    places,
    rim,
)
from odin_engine.simulator.bambu.scene.room import BACK, SIDE, backdrop

WIDTH, HEIGHT = 1280, 720
_QUALITY = 74
_LIT, _DARK, _DAYLIGHT = 1.0, 0.13, 1.12
_PLATE: Color = (168, 138, 74)
_BEAM: Color = (46, 48, 52)
_EYES = {
    Body.BOX: Eye.looking((-0.3, -0.82, 0.5), (0.0, 0.5, -0.1), 1.12),
    Body.FRAME: Eye.looking((-0.3, -0.82, 0.5), (0.0, 0.5, -0.1), 1.12),
    Body.SLINGER: Eye.looking((0.42, -1.15, 0.72), (-0.02, 0.5, 0.1), 1.16),
    Body.MINI: Eye.looking((0.42, -1.15, 0.72), (-0.02, 0.5, 0.1), 1.16),
}
_HEADS: dict[Body, Color] = {
    Body.BOX: (58, 61, 66),
    Body.FRAME: (58, 61, 66),
    Body.SLINGER: (202, 204, 206),
    Body.MINI: (202, 204, 206),
}
_FONT = ImageFont.load_default(22)
_FLECKS = [
    (dice.uniform(-0.48, 0.48), dice.uniform(0.02, 0.98), dice.random())
    for dice in [Random(5)]  # noqa: S311 - a plate looks the same in every frame
    for _ in range(220)
]


def draw(scene: Scene) -> bytes:
    """Renders the scene as a JPEG of 1280 by 720."""
    light = _LIT if scene.is_lit else _DARK
    if scene.is_door_open:
        light = _DAYLIGHT if scene.is_lit else 0.4
    eye = _EYES[scene.body]
    image = backdrop(scene.body, eye, light, is_door_open=scene.is_door_open).copy()
    pen = ImageDraw.Draw(image)
    tip = _tip(scene)
    foot = _foot(scene, tip)
    if scene.body in {Body.SLINGER, Body.MINI}:
        _columns(pen, eye, scene.body, light)
    _plate(pen, eye, foot, light)
    if scene.shows_part:
        for each in places(scene):
            draw_part(pen, eye, scene, each, foot=foot, light=light)
        if scene.is_spaghetti or scene.is_detached:
            around = (foot[0], foot[1] + 0.46, foot[2] + scene.height)
            draw_strands(pen, eye, scene, around, light)
    _gantry(pen, eye, scene, tip, light)
    _head(pen, eye, scene, tip, light)
    large = image.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR)
    _caption(large, scene.caption)
    buffer = BytesIO()
    large.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()


def _tip(scene: Scene) -> Point:
    """Finds the nozzle, in a space where the plate of a slinger rests at the middle."""
    rises = scene.body in {Body.SLINGER, Body.MINI}
    top = scene.height if rises else 0.0
    if scene.act is Act.PRINTING:
        made = [each for each in places(scene) if each.top >= scene.height]
        place = (
            made[int(scene.moment_s / 9) % len(made)]
            if made
            else Place(0, 0.5, 0.1, 0, 0)
        )
        share = scene.height / max(scene.full_height, 0.001)
        outline = rim(place, share)
        x, y = outline[int(scene.moment_s * 5.3) % len(outline)]
        return place.x + x, place.y + y, top
    if scene.act is Act.PROBING:
        step = int(scene.moment_s / 4) % 9
        return (
            (step % 3 - 1) * 0.36,
            0.14 + step // 3 * 0.36,
            0.02 + 0.02 * sin(scene.moment_s),
        )
    return (
        (-0.56 if rises else 0.42),
        (0.5 if rises else 1.0),
        top + (0.2 if rises else 0.03),
    )


def _foot(scene: Scene, tip: Point) -> Point:
    """Finds the front of the plate: it sinks, or slides under the nozzle."""
    if scene.body in {Body.BOX, Body.FRAME}:
        sinks = scene.height if scene.shows_part else 0.0
        return 0.0, 0.0, -sinks - (0.0 if scene.act is not Act.PARKED else 0.08)
    slides = 0.5 - tip[1] if scene.act is not Act.PARKED else -0.12
    return 0.0, slides, 0.0


def _plate(pen: ImageDraw.ImageDraw, eye: Eye, foot: Point, light: float) -> None:
    x, y, z = foot
    front, back, thick = y, y + 1, 0.035
    sheet = [
        (x - 0.5, front, z),
        (x + 0.5, front, z),
        (x + 0.5, back, z),
        (x - 0.5, back, z),
    ]
    edge = [
        sheet[0],
        sheet[1],
        (x + 0.5, front, z - thick),
        (x - 0.5, front, z - thick),
    ]
    pen.polygon(eye.all(*sheet), fill=shade(_PLATE, light))
    for right, away, bright in _FLECKS:
        spot = eye.see((x + right, y + away, z))
        pen.point(spot, fill=shade(_PLATE, light * (0.82 + 0.34 * bright)))
    pen.line(
        eye.all((x - 0.46, y + 0.05, z), (x + 0.46, y + 0.05, z)),
        fill=shade(_PLATE, light * 0.8),
    )
    pen.polygon(eye.all(*edge), fill=shade((44, 45, 48), light))
    tab = [
        (x - 0.12, front, z),
        (x + 0.12, front, z),
        (x + 0.1, front - 0.05, z),
        (x - 0.1, front - 0.05, z),
    ]
    pen.polygon(eye.all(*tab), fill=shade(_PLATE, light * 0.9))


def _columns(pen: ImageDraw.ImageDraw, eye: Eye, body: Body, light: float) -> None:
    for x in (-0.68,) if body is Body.MINI else (-0.68, 0.68):
        box = [
            (x - 0.06, 0.62, -0.12),
            (x + 0.06, 0.62, -0.12),
            (x + 0.06, 0.62, 0.95),
            (x - 0.06, 0.62, 0.95),
        ]
        pen.polygon(eye.all(*box), fill=shade((196, 198, 200), light * 0.9))
        side = [
            (x + 0.06, 0.62, -0.12),
            (x + 0.06, 0.74, -0.12),
            (x + 0.06, 0.74, 0.95),
            (x + 0.06, 0.62, 0.95),
        ]
        pen.polygon(eye.all(*side), fill=shade((196, 198, 200), light * 0.66))


def _gantry(
    pen: ImageDraw.ImageDraw, eye: Eye, scene: Scene, tip: Point, light: float
) -> None:
    if scene.body in {Body.BOX, Body.FRAME}:
        for away, level in ((tip[1] + 0.05, 0.17), (tip[1] + 0.05, 0.1)):
            ends = eye.all((-SIDE, away, level), (SIDE, away, level))
            pen.line(ends, fill=shade(_BEAM, light), width=9)
            pen.line(ends, fill=shade((120, 124, 130), light), width=2)
        for x in (-SIDE + 0.03, SIDE - 0.03):
            rail = eye.all((x, -0.2, 0.14), (x, BACK, 0.14))
            pen.line(rail, fill=shade((128, 132, 138), light), width=7)
        return
    end = 0.55 if scene.body is Body.MINI else 0.72
    low, high = tip[2] + 0.12, tip[2] + 0.21
    beam = [(-0.72, 0.6, low), (end, 0.6, low), (end, 0.6, high), (-0.72, 0.6, high)]
    pen.polygon(eye.all(*beam), fill=shade((206, 208, 210), light * 0.92))
    pen.line(
        eye.all((-0.72, 0.6, low), (end, 0.6, low)), fill=shade(_BEAM, light), width=4
    )


def _head(
    pen: ImageDraw.ImageDraw, eye: Eye, scene: Scene, tip: Point, light: float
) -> None:
    x, z = tip[0], tip[2]
    y = 0.5 if scene.body in {Body.SLINGER, Body.MINI} else tip[1]
    half = 0.13 if scene.heads > 1 else 0.1
    front, back, low, high = y - 0.1, y + 0.08, z + 0.045, z + 0.31
    color = _HEADS[scene.body]
    for nozzle in (x,) if scene.heads == 1 else (x, x + 0.07):
        cone = [
            (nozzle - 0.018, y, low),
            (nozzle + 0.018, y, low),
            (nozzle + 0.004, y, z),
            (nozzle - 0.004, y, z),
        ]
        pen.polygon(eye.all(*cone), fill=shade((206, 168, 92), light))
    side = x - half if eye.at[0] < x else x + half
    flank = [
        (side, front, low),
        (side, back, low),
        (side, back, high),
        (side, front, high),
    ]
    pen.polygon(eye.all(*flank), fill=shade(color, light * 0.6))
    lid = [
        (x - half, front, high),
        (x + half, front, high),
        (x + half, back, high),
        (x - half, back, high),
    ]
    pen.polygon(eye.all(*lid), fill=shade(color, light * 1.2))
    face = [
        (x - half, front, low),
        (x + half, front, low),
        (x + half, front, high),
        (x - half, front, high),
    ]
    pen.polygon(eye.all(*face), fill=shade(color, light * 0.92))
    panel = [
        (x - half * 0.7, front, low + 0.05),
        (x + half * 0.7, front, low + 0.05),
        (x + half * 0.62, front, high - 0.03),
        (x - half * 0.62, front, high - 0.03),
    ]
    pen.polygon(
        eye.all(*panel),
        fill=shade(color, light * 1.14),
        outline=shade(color, light * 0.7),
    )
    lamp = eye.see((x + half * 0.75, front, low + 0.03))
    pen.ellipse(
        (lamp[0] - 3, lamp[1] - 3, lamp[0] + 3, lamp[1] + 3), fill=(120, 220, 140)
    )
    tube = [
        eye.see((x + 0.02 + 0.1 * sin(i * pi / 8), y + i * 0.07, high + 0.05 * i))
        for i in range(6)
    ]
    pen.line(tube, fill=shade((225, 225, 220), light), width=5, joint="curve")


def _caption(image: Image.Image, text: str) -> None:
    pen = ImageDraw.Draw(image)
    spot = (24, HEIGHT - 44)
    pen.text(
        spot,
        text,
        font=_FONT,
        fill=(240, 240, 240),
        stroke_width=2,
        stroke_fill=(20, 20, 20),
    )
