from collections.abc import AsyncIterator

import pytest

from tests.engine.drivers.contract import DriverContract
from tests.engine.drivers.octoprint.rigs import OctoprintRig, simulated


class TestOctoprint(DriverContract):
    """The shapes of all servers up to 1.11."""

    @pytest.fixture
    async def rig(self) -> AsyncIterator[OctoprintRig]:
        async with simulated("1.11") as rig:
            yield rig


class TestOctoprint2(DriverContract):
    """The shapes of 2.0, two tools and a heated chamber."""

    @pytest.fixture
    async def rig(self) -> AsyncIterator[OctoprintRig]:
        async with simulated("2.0", extruders=2, has_chamber=1) as rig:
            yield rig


class TestOctoprintBehindHttps(DriverContract):
    """A proxy with a certificate of its own and a path before everything."""

    @pytest.fixture
    async def rig(self) -> AsyncIterator[OctoprintRig]:
        async with simulated("1.11", "/octoprint", is_tls=True) as rig:
            rig.camera_id = None
            yield rig
