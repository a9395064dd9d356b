"""The farm, with the machines in memory."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from odin_engine.kernel.bus import Facts
from odin_engine.kernel.db import Database
from tests.engine.doubles import ManualClock
from tests.engine.printers.farm import Farm, run_farm
from tests.engine.printers.memory_driver import MemoryFamily


@pytest.fixture
def family() -> MemoryFamily:
    return MemoryFamily()


@pytest.fixture
async def farm(
    database: Database,
    facts: Facts,
    clock: ManualClock,
    family: MemoryFamily,
    tmp_path: Path,
) -> AsyncIterator[Farm]:
    async with run_farm(database, facts, clock, family, tmp_path) as farm:
        yield farm
