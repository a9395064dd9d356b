import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from odin_engine.printers.model import Activity, Pause, Resume
from tests.engine.drivers.contract import DriverContract, Rig, connected
from tests.engine.drivers.prusalink.rigs import PrusaRig, simulated
from tests.patience import PATIENCE_S


class PrusaLinkContract(DriverContract):
    """No command is taken at any time here: what can be done hangs on the print."""

    async def test_commands_take_their_turn(self, rig: Rig) -> None:
        async with connected(rig) as (driver, watch), asyncio.timeout(PATIENCE_S):
            rig.begin_print()
            await watch.until(lambda s: s.activity is Activity.PREPARING)
            commands = (Pause(), Resume(), Pause())
            await asyncio.gather(*(driver.execute(each) for each in commands))
            await watch.until(lambda s: s.activity is Activity.PAUSED)


class TestBuddyByKey(PrusaLinkContract):
    """The firmware's own server: three connections, one storage, no cameras."""

    @pytest.fixture
    async def rig(self, tmp_path: Path) -> AsyncIterator[PrusaRig]:
        async with simulated(tmp_path / "printer") as rig:
            yield rig


class TestBuddyByDigest(PrusaLinkContract):
    """The same, by the digest of 1997."""

    @pytest.fixture
    async def rig(self, tmp_path: Path) -> AsyncIterator[PrusaRig]:
        async with simulated(tmp_path / "printer", "MINI", "maker") as rig:
            yield rig


class TestPiByKey(PrusaLinkContract):
    """The program on a Raspberry Pi: a list of storages, a camera."""

    @pytest.fixture
    async def rig(self, tmp_path: Path) -> AsyncIterator[PrusaRig]:
        async with simulated(tmp_path / "printer", "MK3S") as rig:
            yield rig


class TestPiByDigest(PrusaLinkContract):
    """The same, by digest with `qop=auth`."""

    @pytest.fixture
    async def rig(self, tmp_path: Path) -> AsyncIterator[PrusaRig]:
        async with simulated(tmp_path / "printer", "MK3S", "owner") as rig:
            yield rig
