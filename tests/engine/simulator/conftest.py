"""Simulated printers whose clock stands still unless a test moves it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from odin_engine.simulator.bambu import SimulatedPrinter, make_sliced_3mf


@pytest.fixture
async def p1s() -> AsyncIterator[SimulatedPrinter]:
    async with SimulatedPrinter("P1S", clock_factor=0, report_every_s=0.05) as printer:
        yield printer


@pytest.fixture
async def x1c() -> AsyncIterator[SimulatedPrinter]:
    async with SimulatedPrinter("X1C", clock_factor=0, report_every_s=0.05) as printer:
        yield printer


@pytest.fixture
def sliced(tmp_path: Path) -> Path:
    return make_sliced_3mf(tmp_path / "job.gcode.3mf")
