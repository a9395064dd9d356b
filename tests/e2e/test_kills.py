"""`kill -9` at moments that dice choose, of the engine and of the farm, again and again.

Afterwards everything has recovered by itself, and what the engine remembers is compared
with what the machines truly did (`witness`). `ODIN_KILLS` says how often (4),
`ODIN_KILLS_SEED` throws other dice.
"""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.scene import Scene, dice, open_scene

KILLS = int(os.environ.get("ODIN_KILLS", "4"))
SEED = int(os.environ.get("ODIN_KILLS_SEED", "7"))
_WELL_BEFORE = 0.75
"""How many kills wait until all machines are heard; the others may hit the start."""


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(tmp_path, SEED) as scene:
        yield scene


@pytest.mark.timeout(150 + 20 * KILLS)
async def test_kills_at_any_moment_double_and_lose_nothing(scene: Scene) -> None:
    await _kill_often(scene, dice(SEED))
    await scene.judge()


async def _kill_often(scene: Scene, dice: random.Random) -> None:
    both = [scene.engine, scene.farm]
    turns = [[scene.engine], [scene.engine], [scene.farm], both]
    for kill in range(KILLS):
        if kill % len(turns) == 0:
            dice.shuffle(turns)
        victims = turns[kill % len(turns)]
        if dice.random() < _WELL_BEFORE:
            await scene.well()
        await asyncio.sleep(dice.uniform(0.1, 4.0))
        for victim in victims:
            await victim.end(signal.SIGKILL)
        await asyncio.sleep(dice.choice((0.0, dice.uniform(0.0, 3.0))))
        for victim in dice.sample(victims, len(victims)):
            await victim.start()
