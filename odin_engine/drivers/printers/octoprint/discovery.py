"""Finding servers: what they announce, and what one address answers.

Source: docs.octoprint.org, "Bundled plugins: Discovery Plugin".
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from odin_engine.drivers.printers.octoprint import reach
from odin_engine.drivers.printers.octoprint.appkeys import has_app_keys
from odin_engine.drivers.printers.octoprint.protocol.answers import is_octoprint
from odin_engine.drivers.printers.octoprint.protocol.encode import VERSION
from odin_engine.drivers.printers.octoprint.protocol.translate import FAMILY
from odin_engine.drivers.printers.octoprint.session import NO_ACCESS, OK
from odin_engine.printers.model import DriverError
from odin_engine.printers.ports import Connection, Found

if TYPE_CHECKING:
    from odin_engine.drivers.dnssd import Service

_KIND = "_octoprint._tcp.local."
_PROBE_S = 4.0


async def listen(seconds: float, look_by: IPv4Address | None) -> AsyncIterator[Found]:
    """Hears which servers announce themselves; yields each once."""
    # What it needs is loaded when somebody looks.
    from odin_engine.drivers.dnssd import browse  # noqa: PLC0415

    seen: set[tuple[str, int]] = set()
    async for service in browse(_KIND, seconds, look_by):
        place = (service.host, service.port)
        if place not in seen:
            seen.add(place)
            yield _announced(service)


def _announced(service: Service) -> Found:
    path = service.properties.get("path", "").strip("/")
    return Found(
        family=FAMILY,
        host=service.host,
        serial=None,
        model=service.properties.get("model") or None,
        name=service.name or None,
        via="mdns",
        ports={"http": service.port},
        options={"prefix": f"/{path}"} if path else {},
    )


async def probe(host: str, ports: Mapping[str, int]) -> Found | None:
    """Asks one address what it is; `None` if it is no OctoPrint."""
    named = ports.get("http")
    numbers = (reach.PORT, reach.PLAIN_PORT) if named is None else (named,)
    answers = await asyncio.gather(*(_ask(host, number) for number in numbers))
    return next((answer for answer in answers if answer is not None), None)


async def _ask(host: str, port: int) -> Found | None:
    web = reach.web(Connection(host, ports={"http": port}), None)
    try:
        async with asyncio.timeout(_PROBE_S):
            answer = await web.request("GET", VERSION)
            if answer.status == OK:
                is_it = is_octoprint(answer.json())
            else:
                # It tells strangers nothing, but will have them asked for.
                is_it = answer.status in NO_ACCESS and await has_app_keys(web)
    except DriverError, TimeoutError:
        return None
    finally:
        await web.close()
    if not is_it:
        return None
    return Found(FAMILY, host, None, None, None, "probe", {"http": port})
