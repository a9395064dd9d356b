"""Finding printers: what they announce, and what one address answers.

Nothing heard here is proof. Source: Buddy `lib/WUI/mdns`, Prusa-Link
`prusa/link/__main__.py` (what is announced); RFC 9110 §11 (what a refusal names).
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from ipaddress import IPv4Address

from odin_engine.drivers.dnssd import Service, browse
from odin_engine.drivers.printers.prusalink.protocol.answers import parse_version
from odin_engine.drivers.printers.prusalink.protocol.document import OK, VERSION
from odin_engine.drivers.printers.prusalink.protocol.machines import (
    FAMILY,
    is_resin,
    model,
    model_by_hostname,
)
from odin_engine.drivers.web import Answer, Web
from odin_engine.printers.model import DriverError
from odin_engine.printers.ports import Found

KINDS = ("_prusalink._tcp.local.", "_prusa-link._tcp.local.")
"""The firmware's own, and that of the program on the Pi."""
PORT = 80
_PROBE_S = 3.0
_REALMS = ("Printer API", "Administrator")
"""What the firmware and the Pi call themselves when they ask for a login."""
_MOST_BYTES = 64 * 1024
_UNAUTHORISED = 401


async def discover(seconds: float, look_by: IPv4Address | None) -> AsyncIterator[Found]:
    """Listens for announcements; yields each address once."""
    heard: asyncio.Queue[Service | None] = asyncio.Queue()

    async def listen(kind: str) -> None:
        try:
            async for service in browse(kind, seconds, look_by):
                heard.put_nowait(service)
        finally:
            heard.put_nowait(None)

    tasks = [asyncio.create_task(listen(kind)) for kind in KINDS]
    seen: set[str] = set()
    left = len(tasks)
    try:
        while left:
            service = await heard.get()
            if service is None:
                left -= 1
            elif service.host not in seen:
                seen.add(service.host)
                yield _found(service)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def _found(service: Service) -> Found:
    return Found(
        family=FAMILY,
        host=service.host,
        serial=None,
        model=model_by_hostname(service.name),
        name=service.name,
        via="mdns",
        ports={"http": service.port},
    )


async def probe(host: str, ports: Mapping[str, int]) -> Found | None:
    """Asks one address what it is, without a key; `None` if it is none of these."""
    port = ports.get("http", PORT)
    web = Web(host, port, most_bytes=_MOST_BYTES, connections=1)
    try:
        answer = await web.request("GET", VERSION, within_s=_PROBE_S)
        name = _model(answer)
    except DriverError:
        return None
    finally:
        await web.close()
    if name is None:
        return None
    return Found(FAMILY, host, None, name or None, None, "probe", {"http": port})


def _model(answer: Answer) -> str | None:
    """Returns the model, empty where it is a printer that does not say; else `None`."""
    if answer.status == _UNAUTHORISED:
        challenge = answer.headers.get("www-authenticate", "")
        return "" if any(f'"{realm}"' in challenge for realm in _REALMS) else None
    if answer.status != OK:
        return None
    version = parse_version(answer.json())
    if version is None or is_resin(version):
        return None
    if not (version.title or "").startswith("PrusaLink"):
        return None
    return model(version, None).name or ""
