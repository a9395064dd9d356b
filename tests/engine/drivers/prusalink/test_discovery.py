from ipaddress import IPv4Address
from pathlib import Path

import pytest
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from odin_engine.drivers.printers.prusalink.discovery import KINDS
from odin_engine.drivers.printers.prusalink.family import make
from odin_engine.printers.ports import Found, Surroundings
from tests.engine.drivers.test_dnssd import can_multicast

pytestmark = pytest.mark.skipif(
    not can_multicast(), reason="no multicast on loopback here"
)
HERE = IPv4Address("127.0.0.1")


def announcement(kind: str, name: str, address: str, port: int) -> AsyncServiceInfo:
    return AsyncServiceInfo(
        kind,
        f"{name}.{kind}",
        port=port,
        parsed_addresses=[address],
        server=f"{name}.local.",
    )


async def test_what_announces_itself_is_found_once(tmp_path: Path) -> None:
    """The firmware and the Pi do so under different names."""
    family = make(Surroundings(tmp_path, HERE))
    firmware, pi = KINDS
    infos = (
        announcement(firmware, "prusa-mk4", "127.0.0.2", 80),
        announcement(pi, "workshop", "127.0.0.3", 8080),
        announcement(pi, "prusa-mk4-again", "127.0.0.2", 80),
    )
    zeroconf = AsyncZeroconf(interfaces=[str(HERE)])
    try:
        for info in infos:
            await zeroconf.async_register_service(info, cooperating_responders=True)
        found = {each.host: each async for each in family.discover(1.5)}
    finally:
        await zeroconf.async_close()
    assert set(found) == {"127.0.0.2", "127.0.0.3"}
    assert found["127.0.0.3"] == Found(
        "prusalink", "127.0.0.3", None, None, "workshop", "mdns", {"http": 8080}
    )


async def test_nobody_announces_anything(tmp_path: Path) -> None:
    family = make(Surroundings(tmp_path, HERE))
    assert [each async for each in family.discover(0.2)] == []
