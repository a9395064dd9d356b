"""Serial ports of this computer, and what answers at a raw bridge.

Looking opens nothing: a board may reset when its port is opened, and so lose what it
prints from its card (§1).
"""

import asyncio
import re
import stat
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

from odin_engine.drivers.printers.marlin.place import PORT, Place
from odin_engine.drivers.printers.marlin.protocol.machine import FAMILY
from odin_engine.drivers.printers.marlin.protocol.replies import Identity, parse
from odin_engine.printers.ports import Found

DEVICES = Path("/dev")
_VIA = "serial"
_PLAIN = ("ttyUSB*", "ttyACM*", "cu.usb*")
_NO_PRINTER = re.compile(
    r"zig|z-?wave|thread|skyconnect|conbee|sonoff|nabu|bluetooth|modem|gps|ups|enocean",
    re.IGNORECASE,
)
"""Sticks that share the shelf with printers where Home Assistant runs."""
_ASK = b"\nM115\n"
_ANSWER_S = 4.0
_MOST_BYTES = 64 * 1024


async def look(devices: Path = DEVICES) -> AsyncIterator[Found]:
    """Yields each serial port that may be a printer's, by its lasting name."""
    for path in await asyncio.to_thread(lambda: list(_ports(devices))):
        yield Found(
            FAMILY, str(path), serial=None, model=None, name=_name(path), via=_VIA
        )


def _ports(devices: Path) -> Iterator[Path]:
    """Lasting names first: the numbers change when a cable is plugged anew (§10.3)."""
    seen: set[Path] = set()
    for folder, patterns in (
        (devices / "serial" / "by-id", ("*",)),
        (devices / "serial" / "by-path", ("*",)),
        (devices, _PLAIN),
    ):
        for path in sorted(each for want in patterns for each in folder.glob(want)):
            target = path.resolve()
            if target in seen or not _is_port(target):
                continue
            seen.add(target)
            if not _NO_PRINTER.search(path.name):
                yield path


def _is_port(path: Path) -> bool:
    try:
        return stat.S_ISCHR(path.stat().st_mode)
    except OSError:
        return False


def _name(path: Path) -> str:
    plain = re.sub(r"^usb-|-if\d+.*$|-port\d+$", "", path.name)
    return " ".join(plain.replace("_", " ").split()) or path.name


async def probe(host: str, ports: Mapping[str, int]) -> Found | None:
    """Asks who is behind a raw bridge; only where a port was named for it.

    Devices are not asked, and neither is port 23 of whoever there is.
    """
    if PORT not in ports or Place(host).is_device:
        return None
    try:
        async with asyncio.timeout(_ANSWER_S):
            reader, writer = await asyncio.open_connection(host, ports[PORT])
            try:
                writer.write(_ASK)
                identity = await _identity(reader)
            finally:
                writer.close()
    except OSError, ValueError:
        return None
    if identity is None:
        return None
    model = identity.values.get("MACHINE_TYPE")
    return Found(
        FAMILY, host, serial=None, model=model, name=model, via=_VIA, ports=dict(ports)
    )


async def _identity(reader: asyncio.StreamReader) -> Identity | None:
    left = _MOST_BYTES
    while left > 0 and (line := await reader.readline()):
        left -= len(line)
        reply = parse(line.strip())
        if isinstance(reply, Identity):
            return reply
    return None
