"""Machines that hang in every way, of every family: they slow nobody."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import ModuleType

import aiohttp
import pytest

from odin_engine.simulator import elegoo, moonraker, octoprint, prusalink
from odin_engine.simulator.bambu.certificate import make_certificate, server_context
from odin_engine.simulator.moonraker import SimulatedMoonraker
from tests.e2e.conftest import Api, Engine
from tests.e2e.hangers import WAYS, hanging, narrow

_PORTS = {
    "bambu": ("mqtt", "ftps", "camera"),
    "elegoo": ("web",),
    "marlin": ("serial",),
    "moonraker": ("http",),
    "octoprint": ("http",),
    "prusalink": ("http",),
}
_SECRETS = {
    "bambu": "12345678",
    "octoprint": "a-key-of-thirty-two-characters-0",
    "prusalink": "a-password",
}
_CHANGES = 25
_LATE_S = 1.0
"""A change is heard within milliseconds; this computer may have much else to do."""
_SLOW_S = 3.0
_FILE_BYTES = 16_000_000


@dataclass
class House:
    """A real engine that watches one good machine, and whoever is added besides."""

    api: Api
    process: asyncio.subprocess.Process
    good: SimulatedMoonraker
    good_id: str

    async def add(self, **described: object) -> str:
        """Adds a printer; that takes no time, whatever is at its address."""
        began_s = time.monotonic()
        added = await self.api("POST", "/printers", json=described)
        assert time.monotonic() - began_s < _SLOW_S, described
        return str(added["id"])

    async def remove(self, printer_id: str) -> None:
        """Removes a printer; that takes as little."""
        began_s = time.monotonic()
        await self.api("DELETE", f"/printers/{printer_id}")
        assert time.monotonic() - began_s < _SLOW_S

    async def latest_s(self) -> float:
        """Changes the good machine again and again; returns the latest news of it."""
        waits_s: list[float] = []
        topic = {"type": "subscribe", "topics": [f"printers/{self.good_id}"]}
        async with self.api.session.ws_connect("/api/v1/ws", max_msg_size=0) as socket:
            await socket.send_json(topic)
            while (await socket.receive_json())["type"] != "snapshot":
                pass
            for percent in range(50, 50 + _CHANGES):
                began_s = time.monotonic()
                self.good.machine.change(speed_pct=percent)
                await asyncio.wait_for(_until_speed(socket, percent), 20)
                waits_s.append(time.monotonic() - began_s)
                await asyncio.sleep(0.1)
        return max(waits_s)

    async def stop_s(self) -> float:
        """Stops the engine; returns how long that took."""
        began_s = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(self.process.wait(), 30)
        return time.monotonic() - began_s


def _family_of(kind: ModuleType) -> str:
    return str(kind.__name__).rpartition(".")[2]


async def _until_speed(socket: aiohttp.ClientWebSocketResponse, percent: int) -> None:
    while True:
        told = await socket.receive_json()
        for changed in told.get("changed", {}).values():
            if (changed.get("speed") or {}).get("percent") == percent:
                return


@pytest.fixture
async def house(tmp_path: Path, engine: Engine) -> AsyncIterator[House]:
    """An engine with one good machine, which is heard."""
    good = moonraker.make("Good", state_dir=tmp_path / "good", clock_factor=0)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(good)
        process = await stack.enter_async_context(engine.running())
        headers = {"Authorization": f"Bearer {await engine.token()}"}
        session = aiohttp.ClientSession(engine.base, headers=headers)
        api = Api(await stack.enter_async_context(session))
        house = House(api, process, good, "")
        house.good_id = await house.add(
            name="Good", family="moonraker", host=good.host, ports=good.ports
        )
        await api.until(f"/printers/{house.good_id}", link="online")
        yield house
    assert "Traceback" not in engine.log.read_text()


async def test_machines_that_hang_in_every_way_slow_nobody(
    house: House, tmp_path: Path
) -> None:
    make_certificate(tmp_path / "leaf.pem", "00M00A000000000")
    tls = server_context(tmp_path / "leaf.pem")
    async with AsyncExitStack() as stack:
        added = []
        for number, way in enumerate(WAYS):
            bare = await stack.enter_async_context(hanging(way))
            wrapped = await stack.enter_async_context(hanging(way, tls))
            for family, names in _PORTS.items():
                # Half of what speaks TLS hangs before it, half behind it.
                port = wrapped if family == "bambu" and number % 2 == 0 else bare
                serial = f"00M00A{number:09}" if family == "bambu" else None
                printer_id = await house.add(
                    name=f"{family} {way.__name__}",
                    family=family,
                    host="127.0.0.1",
                    ports=dict.fromkeys(names, port),
                    serial=serial,
                    secret=_SECRETS.get(family),
                )
                added.append(printer_id)
        assert await house.latest_s() < _LATE_S
        for printer_id in added:
            shown = await house.api("GET", f"/printers/{printer_id}")
            assert shown["link"] != "online", shown["name"]
        for printer_id in added[::2]:
            await house.remove(printer_id)
        assert await house.latest_s() < _LATE_S
        assert await house.stop_s() < _SLOW_S


@pytest.mark.parametrize(
    "kind", [elegoo, moonraker, octoprint, prusalink], ids=_family_of
)
async def test_a_machine_that_reads_an_upload_slowly_slows_nobody(
    house: House, tmp_path: Path, kind: ModuleType
) -> None:
    slow = kind.make("Slow", state_dir=tmp_path / "slow")
    async with slow, AsyncExitStack() as stack:
        named = _PORTS[slow.family][0]
        ports = dict(slow.ports)
        ports[named] = await stack.enter_async_context(narrow(ports[named]))
        slow_id = await house.add(
            name="Slow",
            family=slow.family,
            host=slow.host,
            ports=ports,
            serial=slow.serial,
            secret=slow.secret,
            options=slow.options,
        )
        await house.api.until(f"/printers/{slow_id}", link="online")
        path = f"/printers/{slow_id}/files/large.gcode"
        task = await house.api("PUT", path, data=BytesIO(bytes(_FILE_BYTES)))
        assert await house.latest_s() < _LATE_S
        shown = await house.api("GET", f"/tasks/{task['id']}")
        assert shown["state"] == "running", shown
        assert shown["progress"] < 1
        await house.remove(slow_id)
        assert await house.latest_s() < _LATE_S
        assert await house.stop_s() < _SLOW_S
