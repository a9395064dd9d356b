from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.engine.drivers.contract import DriverContract
from tests.engine.drivers.moonraker.rigs import MoonrakerRig, simulated


class TestPlain(DriverContract):
    """One head, a bed, an API key."""

    @pytest.fixture
    async def rig(self, tmp_path: Path) -> AsyncIterator[MoonrakerRig]:
        async with simulated(tmp_path / "machine") as rig:
            yield rig


class TestToolchanger(DriverContract):
    """Four heads, no part fan."""

    @pytest.fixture
    async def rig(self, tmp_path: Path) -> AsyncIterator[MoonrakerRig]:
        async with simulated(tmp_path / "machine", "toolchanger") as rig:
            yield rig
