from collections.abc import AsyncIterator

import pytest

from tests.engine.drivers.bambu.rigs import BambuRig, simulated
from tests.engine.drivers.contract import DriverContract


class TestP1S(DriverContract):
    """Deltas, a JPEG camera, files at the root."""

    @pytest.fixture
    async def rig(self) -> AsyncIterator[BambuRig]:
        async with simulated("P1S") as rig:
            yield rig


class TestP2S(DriverContract):
    """Full reports, air ducts, session reuse, files in a folder, no JPEG camera."""

    @pytest.fixture
    async def rig(self) -> AsyncIterator[BambuRig]:
        async with simulated("P2S") as rig:
            yield rig
