"""The announcement, heard by another machine's browser of services: on loopback only."""

import asyncio

from zeroconf import IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf

from odin_engine.drivers.bridges.mdns import (
    SERVICE_TYPE,
    Announcement,
    addresses_of,
    announce,
)
from tests.engine.doubles import settle

_SAID = Announcement(
    "0192f0c0ffee4000800000000000abcd",
    8710,
    ("127.0.0.1",),
    {"id": "0192f0c0ffee4000800000000000abcd", "api": "1"},
)


async def test_it_is_heard_with_what_a_client_needs_and_says_goodbye() -> None:
    heard: asyncio.Queue[tuple[ServiceStateChange, str]] = asyncio.Queue()

    def listen(
        zeroconf: Zeroconf,  # noqa: ARG001 - zeroconf names its arguments
        service_type: str,  # noqa: ARG001
        name: str,
        state_change: ServiceStateChange,
    ) -> None:
        heard.put_nowait((state_change, name))

    listener = AsyncZeroconf(interfaces=["127.0.0.1"])
    browser = AsyncServiceBrowser(listener.zeroconf, SERVICE_TYPE, handlers=[listen])
    telling = asyncio.create_task(announce(_SAID))
    try:
        async with asyncio.timeout(20):
            name = await _heard(heard, ServiceStateChange.Added)
            assert name == f"{_SAID.name}.{SERVICE_TYPE}"
            info = await listener.async_get_service_info(SERVICE_TYPE, name)
            assert info is not None
            assert info.parsed_addresses(IPVersion.All) == ["127.0.0.1"]
            assert info.port == 8710
            assert info.decoded_properties == dict(_SAID.properties)
            telling.cancel()
            assert await _heard(heard, ServiceStateChange.Removed) == name
    finally:
        if not telling.cancelling():
            telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        await browser.async_cancel()
        await listener.async_close()
        # Closed sockets are let go of by the loop, a round later.
        await settle()


async def _heard(
    heard: asyncio.Queue[tuple[ServiceStateChange, str]], wanted: ServiceStateChange
) -> str:
    while True:
        change, name = await heard.get()
        if change is wanted and name.startswith(_SAID.name):
            return name


async def test_an_interface_that_is_not_there_is_logged_and_left() -> None:
    said = Announcement(_SAID.engine_id, 8710, ("192.0.2.250",), {})
    async with asyncio.timeout(20):
        await announce(said)


def test_only_the_bound_address_is_named() -> None:
    assert addresses_of("192.0.2.7") == ("192.0.2.7",)
    assert addresses_of("localhost") == ("127.0.0.1",)
    assert addresses_of("::1") == ("::1",)


def test_all_interfaces_are_named_without_what_leads_nowhere() -> None:
    for host in ("0.0.0.0", "::"):  # noqa: S104 - the case itself
        for address in addresses_of(host):
            assert not address.startswith(("127.", "169.254.", "fe80:"))
            assert address != "::1"
    assert not any(":" in each for each in addresses_of("0.0.0.0"))  # noqa: S104
