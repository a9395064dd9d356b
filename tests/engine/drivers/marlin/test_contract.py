from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.engine.drivers.contract import DriverContract
from tests.engine.drivers.marlin.rigs import MarlinRig, simulated


class TestRawTcp(DriverContract):
    """Marlin 2 behind a raw bridge, with everything that it can report."""

    @pytest.fixture
    async def rig(self, tmp_path: Path) -> AsyncIterator[MarlinRig]:
        async with simulated(tmp_path) as rig:
            yield rig


class TestRfc2217(DriverContract):
    """The same behind a bridge that speaks RFC 2217."""

    @pytest.fixture
    async def rig(self, tmp_path: Path) -> AsyncIterator[MarlinRig]:
        async with simulated(tmp_path, link="rfc2217") as rig:
            yield rig
