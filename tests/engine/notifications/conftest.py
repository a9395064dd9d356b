"""A farm with alerts, once for each kind of database."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from odin_engine.kernel.bus import Facts
from odin_engine.kernel.db import Database
from tests.engine.doubles import ManualClock
from tests.engine.notifications.ward import Ward, run_ward
from tests.engine.printers.farm import Farm, run_farm
from tests.engine.printers.memory_driver import MemoryFamily

type Start = Callable[[], AbstractAsyncContextManager[Ward]]


@pytest.fixture
def family() -> MemoryFamily:
    return MemoryFamily()


@pytest.fixture
def start(
    any_database: Database,
    facts: Facts,
    clock: ManualClock,
    family: MemoryFamily,
    tmp_path: Path,
) -> Start:
    """Starts the engine's part of it, as often as a test wants."""
    return lambda: run_ward(any_database, facts, clock, family, tmp_path)


@pytest.fixture
async def ward(start: Start) -> AsyncIterator[Ward]:
    async with start() as ward:
        yield ward


@pytest.fixture
async def farm_alone(
    any_database: Database,
    facts: Facts,
    clock: ManualClock,
    family: MemoryFamily,
    tmp_path: Path,
) -> AsyncIterator[Farm]:
    """A farm to which nobody listens yet."""
    async with run_farm(any_database, facts, clock, family, tmp_path) as farm:
        yield farm
