import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Address

import pytest
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from odin_engine.drivers.dnssd import Service, browse

HERE = IPv4Address("127.0.0.1")
KIND = "_odin-try._tcp.local."


def can_multicast() -> bool:
    """Whether this machine lets a program hear itself over multicast on loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        group = socket.inet_aton("224.0.0.251") + socket.inet_aton("127.0.0.1")
        try:
            probe.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
        except OSError:
            return False
    return True


pytestmark = pytest.mark.skipif(
    not can_multicast(), reason="no multicast on loopback here"
)


def _info(name: str, port: int, address: str, **properties: str) -> AsyncServiceInfo:
    return AsyncServiceInfo(
        KIND,
        f"{name}.{KIND}",
        port=port,
        parsed_addresses=[address],
        properties=properties,
        server=f"{name.lower().replace(' ', '-')}.local.",
    )


@asynccontextmanager
async def announced(*infos: AsyncServiceInfo) -> AsyncIterator[None]:
    zeroconf = AsyncZeroconf(interfaces=[str(HERE)])
    try:
        for info in infos:
            # Who cooperates does not ask for seconds whether the name is taken.
            await zeroconf.async_register_service(info, cooperating_responders=True)
        yield
    finally:
        await zeroconf.async_close()


async def test_services_are_told_once_with_what_they_say() -> None:
    infos = (
        _info("Voron 2", 7125, "127.0.0.2", path="/x", api="1"),
        _info("Elsewhere", 80, "10.0.0.1"),
    )
    async with announced(*infos):
        found = [each async for each in browse(KIND, 1.5, HERE)]
    assert found == [Service("127.0.0.2", 7125, "Voron 2", {"path": "/x", "api": "1"})]


async def test_nobody_is_there() -> None:
    assert [each async for each in browse("_odin-no._tcp.local.", 0.2, HERE)] == []


async def test_an_interface_that_is_not_ours(caplog: pytest.LogCaptureFixture) -> None:
    nowhere = IPv4Address("192.0.2.77")
    assert [each async for each in browse(KIND, 0.2, nowhere)] == []
    assert "cannot be looked for" in caplog.text


async def test_whoever_stops_listening_leaves_nothing_open() -> None:
    async with announced(_info("One", 1, "127.0.0.1"), _info("Two", 2, "127.0.0.1")):
        looking = browse(KIND, 30, HERE)
        first = await anext(looking)
        assert first.port in {1, 2}
        await looking.aclose()  # type: ignore[attr-defined]
