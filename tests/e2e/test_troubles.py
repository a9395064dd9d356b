"""Everything that can happen, in an order that dice choose, each while machines print.

Network, disk, clock, database, power, `kill -9`: afterwards everything has recovered by
itself, and what the engine remembers is compared with what the machines truly did
(`witness`). `ODIN_KILLS` says how many troubles (5), `ODIN_KILLS_SEED` throws other dice.
"""

import asyncio
import os
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.e2e.scene import Scene, dice, open_scene
from tests.e2e.troubles import (
    DATABASE_LINES,
    DISK_LINES,
    LASTS_S,
    NETWORK,
    Trouble,
    fill_disk,
    kill_engine,
    kill_farm,
    turn_clock,
)
from tests.e2e.wrong_clock import turn
from tests.postgres import Postgres

TROUBLES = int(os.environ.get("ODIN_KILLS", "5"))
SEED = int(os.environ.get("ODIN_KILLS_SEED", "7"))
_FEW = max(2, TROUBLES // 3)
_WELL_BEFORE = 0.75
"""How many wait until all machines are heard; the others come on top of the last."""


@pytest.mark.timeout(150 + 25 * TROUBLES)
async def test_troubles_double_and_lose_nothing(tmp_path: Path) -> None:
    troubles = [*NETWORK, fill_disk, turn_clock, kill_engine, kill_farm]
    turn(tmp_path, 0)
    serve = ("tests.e2e.wrong_clock", str(tmp_path))
    async with open_scene(tmp_path, SEED, serve=serve, has_cables=True) as scene:
        await _meet(scene, troubles, dice(SEED), TROUBLES)
        await scene.judge(expected=DISK_LINES)


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """A server with an empty database `odin`."""
    server = Postgres()
    server.start()
    asyncio.run(_make_database(server.url))
    yield server
    server.close()


async def _make_database(url: str) -> None:
    engine = create_async_engine(f"{url}/postgres", isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text("CREATE DATABASE odin"))
    await engine.dispose()


@pytest.mark.timeout(150 + 25 * TROUBLES)
async def test_a_killed_postgresql_doubles_and_loses_nothing(
    tmp_path: Path, postgres: Postgres
) -> None:
    async def kill_database(scene: Scene, dice: random.Random) -> None:
        """The database is killed and started again."""
        with scene.outage():
            await asyncio.to_thread(postgres.kill)
            await asyncio.sleep(dice.uniform(*LASTS_S))
            await asyncio.to_thread(postgres.start)
        # An engine that was just starting says that there is no database, and ends; who
        # runs services starts it again.
        if not scene.engine.is_running:
            await scene.engine.start()

    environment = {"ODIN_DATABASE_URL": f"{postgres.url}/odin"}
    async with open_scene(tmp_path, SEED, environment) as scene:
        await _meet(scene, [kill_database, kill_engine], dice(SEED), _FEW)
        await scene.judge(expected=DATABASE_LINES)


async def _meet(
    scene: Scene, troubles: Sequence[Trouble], dice: random.Random, rounds: int
) -> None:
    waiting: list[Trouble] = []
    for _ in range(rounds):
        waiting = waiting or dice.sample(troubles, len(troubles))
        trouble = waiting.pop()
        if dice.random() < _WELL_BEFORE:
            print(f"well after {await scene.well():.0f} min of the farm")  # noqa: T201 - for whoever reads a failure
        await asyncio.sleep(dice.uniform(0.1, 4.0))
        print(trouble.__doc__)  # noqa: T201 - for whoever reads a failure
        await trouble(scene, dice)
