from collections.abc import AsyncIterator

import pytest

from tests.engine.drivers.contract import DriverContract
from tests.engine.drivers.elegoo.cc2_rigs import Cc2Rig, simulated_cc2
from tests.engine.drivers.elegoo.rigs import ElegooRig, simulated


class TestCentauriCarbon(DriverContract):
    """FDM: heaters, fans, a camera that sends pictures."""

    @pytest.fixture
    async def rig(self) -> AsyncIterator[ElegooRig]:
        async with simulated("centauri-carbon") as rig:
            yield rig


class TestSaturn4(DriverContract):
    """Resin: takes only requests with its own id, no pictures, no heaters."""

    @pytest.fixture
    async def rig(self) -> AsyncIterator[ElegooRig]:
        async with simulated("saturn-4-ultra") as rig:
            yield rig


class TestCentauriCarbon2(DriverContract):
    """Its own broker, an access code, deltas."""

    @pytest.fixture
    async def rig(self) -> AsyncIterator[Cc2Rig]:
        async with simulated_cc2() as rig:
            yield rig
