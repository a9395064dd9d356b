"""Finding Moonrakers: what announces itself, and what one address answers.

Nothing heard is proof. Many vendors' builds announce nothing, and answer on the port of
their web front-end instead. Source: docs.moonraker.dev, "Configuration" ([zeroconf]).
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from http import HTTPStatus
from ipaddress import IPv4Address

from odin_engine.drivers import dnssd
from odin_engine.drivers.printers.moonraker.protocol.fields import table
from odin_engine.drivers.printers.moonraker.protocol.translate import FAMILY
from odin_engine.drivers.printers.moonraker.reach import (
    FRONT_END_PORT,
    PORT,
    TLS_PORT,
)
from odin_engine.drivers.web import Answer, Web
from odin_engine.printers.model import DriverError, ProtocolViolation
from odin_engine.printers.ports import Found, Option

_KIND = "_moonraker._tcp.local."
_PROBE_S = 3.0
_CREALITY_PORT = 4408
_PLACES: tuple[tuple[int, bool], ...] = (
    (PORT, False),
    (FRONT_END_PORT, False),
    (_CREALITY_PORT, False),
    (TLS_PORT, True),
)


async def discover(seconds: float, look_by: IPv4Address | None) -> AsyncIterator[Found]:
    """Yields what announces itself, each once."""
    async with aclosing(dnssd.browse(_KIND, seconds, look_by)) as services:  # type: ignore[type-var]
        async for service in services:
            yield Found(
                FAMILY,
                service.host,
                None,
                None,
                service.name.partition(" @ ")[2] or service.name,
                "mdns",
                {"http": service.port},
            )


async def probe(host: str, ports: Mapping[str, int]) -> Found | None:
    """Asks one address; `None` where no Moonraker answers on any of its ports."""
    given = ports.get("http")
    places = _PLACES if given is None else ((given, False), (given, True))
    for port, is_tls in places:
        if await _answers(host, port, is_tls=is_tls):
            options: dict[str, Option] = {"tls": True} if is_tls else {}
            return Found(
                FAMILY, host, None, None, None, "http", {"http": port}, options
            )
    return None


async def _answers(host: str, port: int, *, is_tls: bool) -> bool:
    web = Web(host, port, is_tls=is_tls, most_bytes=1024 * 1024, connections=1)
    try:
        answer = await web.request("GET", "/server/info", within_s=_PROBE_S)
        return is_moonraker(answer)
    except DriverError:
        return False
    finally:
        await web.close()


def is_moonraker(answer: Answer) -> bool:
    """Whether an answer to `GET /server/info` is Moonraker's, be it a no."""
    try:
        body = table(answer.json())
    except ProtocolViolation:
        return False
    if answer.status == HTTPStatus.OK:
        return "klippy_connected" in table(body.get("result"))
    error = table(body.get("error"))
    return answer.status == HTTPStatus.UNAUTHORIZED and "message" in error
