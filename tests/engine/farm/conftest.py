"""A farm on sockets for each test; asyncio must have nothing to complain of after it."""

import gc
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from odin_engine.kernel.bus import Facts
from odin_engine.kernel.db import Database
from tests.engine.doubles import ManualClock, settle
from tests.engine.farm.yard import Yard, complaints, run_yard


@pytest.fixture
async def yard(
    database: Database,
    facts: Facts,
    clock: ManualClock,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> AsyncIterator[Yard]:
    caplog.set_level(logging.INFO)
    async with run_yard(database, facts, clock, tmp_path) as yard:
        yield yard
        during = list(caplog.records)
    gc.collect()
    await settle()
    assert complaints([*during, *caplog.records]) == []
