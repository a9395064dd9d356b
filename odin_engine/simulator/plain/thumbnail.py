"""A small picture of a part, as slicers put into their files: PNG, made from nothing."""

import struct
import zlib
from functools import cache

_SIDE_PX = 128
_TOP, _LEFT, _RIGHT = (242, 153, 104), (196, 92, 48), (150, 64, 30)


@cache
def cube_png(side_px: int = _SIDE_PX) -> bytes:
    """Returns a cube seen from a corner, on nothing."""
    rows = b"".join(
        b"\0" + b"".join(_pixel(x / side_px, y / side_px) for x in range(side_px))
        for y in range(side_px)
    )
    header = struct.pack(">IIBBBBB", side_px, side_px, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", _sum(kind, data))
        for kind, data in chunks
    )


def _sum(kind: bytes, data: bytes) -> int:
    return zlib.crc32(kind + data)


def _pixel(x: float, y: float) -> bytes:
    """Returns the colour at a place, 0 to 1 from the upper left."""
    across, slope = abs(x - 0.5), abs(x - 0.5) / 2
    if across > 0.38 or not 0.12 + slope <= y <= 0.88 - slope:
        return bytes(4)
    if y <= 0.5 - slope:
        return bytes((*_TOP, 255))
    return bytes((*(_LEFT if x < 0.5 else _RIGHT), 255))
