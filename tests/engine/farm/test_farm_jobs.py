"""What a farm file lets a machine print, seen through the driver and the service."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from odin_engine.printers.model import SkipObjects
from odin_engine.printers.service.details import PrintInside
from odin_engine.simulator.bambu.scene import look
from odin_engine.simulator.farm import Farm
from odin_engine.simulator.farm_file import read_farm
from tests.engine.farm.yard import Place, Yard

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
JOB = (
    '{name: "Fan duct, left", minutes: 90, layers: 210, used_g: [30, 12],'
    " at_percent: 40, objects: [Duct, Flange, Clip]"
)
UNITS = {
    "A1 mini": "[{kind: ams_lite, slots: [[GFA00, F2754E], [GFG02, '2850E0']]}]",
    "P1S": "[{kind: ams, slots: [[GFA00, F2754E], [GFG02, '2850E0']]}]",
    "X1C": "[{kind: ams, slots: [[GFA00, F2754E], [GFG02, '2850E0']]}]",
    "P2S": "[{kind: ams_2_pro, slots: [[GFA00, F2754E], [GFG02, '2850E0']]}]",
    "H2D": (
        "[{kind: ams_2_pro, head: 0, slots: [[GFA00, F2754E]]},"
        " {kind: ams_2_pro, head: 1, slots: [[GFG02, '2850E0']]}]"
    ),
}


@asynccontextmanager
async def printing(yard: Yard, folder: Path, model: str) -> AsyncIterator[Place]:
    """Runs a farm of one machine in the middle of a job, and registers it."""
    slots = "[0, 4]" if model == "H2D" else "[0, 1]"
    path = folder / "farm.yaml"
    path.write_text(
        f"printers: [{{model: {model}, units: {UNITS[model]}, clock_factor: 0,"
        " ports: {mqtt: 0, ftps: 0, camera: 0, detect: 0},"
        f" job: {JOB}, slots: {slots}}}}}]"
    )
    async with Farm(read_farm(path), folder, started_at=NOON) as farm:
        place = await yard.register(farm.printers[0])
        await place.online()
        await place.until(lambda state: state.activity == "printing")
        yield place
        await yard.printers.registry.delete(place.id)


async def inside(place: Place) -> PrintInside:
    return await place.yard.in_time(place.yard.printers.details.of(place.id))


@pytest.mark.parametrize("model", UNITS)
async def test_a_job_of_a_farm_file_can_be_looked_into(
    yard: Yard, tmp_path: Path, model: str
) -> None:
    async with printing(yard, tmp_path, model) as place:
        found = await inside(place)
        job = place.machine.machine.prints.job
        assert job is not None
        details = found.details
        assert found.job.name == "Fan duct, left"
        assert [each.id for each in details.objects] == list(job.plan.objects)
        assert [each.name for each in details.objects] == ["Duct", "Flange", "Clip"]
        assert all(each.box is not None for each in details.objects)
        assert [(each.color, each.used_g) for each in details.filaments] == [
            ("#F2754EFF", 30),
            ("#2850E0FF", 12),
        ]
        heads = [0, 1] if model == "H2D" else [None, None]
        assert [each.head for each in details.filaments] == heads
        assert (details.weight_g, details.estimated_s) == (42, 5400)
        assert found.cannot_skip is None
        _, png = await yard.in_time(yard.printers.details.picture(place.id))
        assert Image.open(io.BytesIO(png)).size == (512, 512)


async def test_an_object_of_it_can_be_skipped(yard: Yard, tmp_path: Path) -> None:
    async with printing(yard, tmp_path, "X1C") as place:
        middle = (await inside(place)).details.objects[1].id
        await place.does(SkipObjects((middle,)))
        await place.until(
            lambda state: (
                state.job is not None and tuple(state.job.skipped_objects) == (middle,)
            )
        )
        assert look(place.machine.machine).skipped == (1,)
