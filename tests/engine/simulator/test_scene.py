"""The camera's picture: it shows what the machine is, has and does."""

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat

from odin_engine.simulator.bambu.description import load_model, model_names
from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.machine.plan import PlanFilament, PrintPlan
from odin_engine.simulator.bambu.scene import HEIGHT, WIDTH, Scene, draw, look

RED = PlanFilament(0, "PLA", "#E01010", 20)
BLUE = PlanFilament(1, "PLA", "#1020E0", 20)
MIDDLE = (400, 150, 900, 560)


def printing(model: str, share: float, *filaments: PlanFilament) -> Machine:
    machine = Machine(load_model(model), serial="01P00A000000001", name="Ada", units=[])
    plan = PrintPlan("job", 1, 400, 3600, filaments or (RED,), (1, 2))
    machine.start(plan)
    while machine.prints.job is not None and machine.prints.job.share < share:
        machine.tick(5)
    return machine


def picture(scene: Scene) -> Image.Image:
    return Image.open(BytesIO(draw(scene))).convert("RGB")


def brightness(image: Image.Image) -> float:
    return float(ImageStat.Stat(image.convert("L")).mean[0])


def amount(image: Image.Image, channel: int) -> int:
    """Counts the pixels in which one colour is much stronger than the others."""
    mine, *others = [image.getchannel(i) for i in (channel, (channel + 1) % 3)]
    over = ImageChops.subtract(mine, others[0])
    over = ImageChops.darker(
        over, ImageChops.subtract(mine, image.getchannel((channel + 2) % 3))
    )
    return sum(over.histogram()[60:])


@pytest.mark.parametrize("model", model_names())
def test_every_model_has_its_picture(model: str) -> None:
    image = picture(look(printing(model, 0.4)))
    assert image.size == (WIDTH, HEIGHT)
    assert amount(image.crop(MIDDLE), 0) > 1500


def test_bodies_look_different() -> None:
    scenes = [look(printing(name, 0.4)) for name in ("X1C", "P1P", "A1", "A1 mini")]
    assert len({scene.body for scene in scenes}) == 4


def test_the_part_grows_in_the_colours_that_are_loaded() -> None:
    amounts = []
    for share in (0.1, 0.3, 0.45, 0.9):
        image = picture(look(printing("P1S", share, RED, BLUE)))
        amounts.append((amount(image, 0), amount(image, 2)))
    reds = [red for red, _ in amounts]
    assert reds[0] < reds[1] < reds[2]
    assert [blue > 1000 for _, blue in amounts] == [False, False, False, True]


def test_an_empty_plate_has_no_part() -> None:
    machine = printing("P1S", 0.9)
    machine.tick(4000)
    finished = picture(look(machine))
    machine.clear_plate()
    cleared = picture(look(machine))
    assert amount(finished, 0) > 5000
    assert amount(cleared, 0) < 50


def test_the_head_moves_while_it_prints_and_rests_afterwards() -> None:
    machine = printing("A1", 0.4)
    scene = look(machine)
    assert draw(scene) != draw(replace(scene, moment_s=scene.moment_s + 1))
    machine.prints.pause()
    rests = look(machine)
    assert draw(rests) == draw(replace(rests, moment_s=rests.moment_s + 1))


@pytest.mark.parametrize("model", ["X1C", "P1P", "A1"])
def test_without_its_light_it_is_dark(model: str) -> None:
    machine = printing(model, 0.4)
    lit = brightness(picture(look(machine)))
    machine.settings.lights["chamber_light"] = "off"
    assert brightness(picture(look(machine))) < 0.3 * lit


def test_a_light_that_flashes_is_on_every_other_second() -> None:
    machine = printing("A1", 0.4)
    machine.settings.lights["chamber_light"] = "flashing"
    seen = []
    for _ in range(4):
        machine.tick(1)
        seen.append(look(machine).is_lit)
    assert sorted(seen) == [False, False, True, True]


def test_an_open_door_lets_the_day_in() -> None:
    machine = printing("X1C", 0.4)
    before = brightness(picture(look(machine)))
    machine.open_door()
    assert brightness(picture(look(machine))) > before + 3


def test_a_failure_is_seen() -> None:
    machine = printing("X1C", 0.4)
    seen = [picture(look(machine))]
    for name in ("spaghetti", "detached"):
        machine.misbehave(name)
        seen.append(picture(look(machine)))
        machine.behave(name)
    spread = [_width(image) for image in seen]
    assert spread[1] > spread[0] * 1.5
    assert spread[2] > spread[0] * 1.5


def test_an_object_left_out_stays_low() -> None:
    machine = printing("X1C", 0.2)
    machine.prints.skip([1])
    machine.tick(2400)
    both = replace(look(machine), skipped=())
    assert amount(picture(look(machine)), 0) < amount(picture(both), 0)


def _width(image: Image.Image) -> int:
    red, green, blue = image.split()
    over = ImageChops.darker(
        ImageChops.subtract(red, green), ImageChops.subtract(red, blue)
    )
    box = over.point(lambda value: 255 if value > 60 else 0).getbbox()
    return box[2] - box[0] if box else 0
