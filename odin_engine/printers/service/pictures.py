"""Pictures of what is printed, on disk under the digest of their content.

A cache: what is not asked for goes when room is needed. Every call blocks on the disk.
"""

import hashlib
import io
import logging
import struct
import threading
import zlib
from pathlib import Path

_LOG = logging.getLogger(__name__)

ROOM_BYTES = 128 << 20
"""For some 500 pictures as slicers draw them (512 pixels wide)."""
SMALL_MOST_BYTES = 64 << 10
_SMALL_PX = 160
_DRAWN_MOST_PX = 2048
_BROKEN = (
    *(OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error),
    *(LookupError, TypeError, ArithmeticError),
)
"""What Pillow raises for a broken PNG: SyntaxError on purpose, the last three by chance."""


class Pictures:
    """A folder of PNG files that never grows beyond its room."""

    def __init__(self, folder: Path, room_bytes: int = ROOM_BYTES) -> None:
        self._folder = folder
        self._room_bytes = room_bytes
        self._lock = threading.Lock()
        self._sizes: dict[str, int] | None = None

    def put(self, png: bytes | None) -> str | None:
        """Keeps a picture; returns its digest, `None` where there is no room for it."""
        if png is None or len(png) > self._room_bytes:
            return None
        digest = hashlib.sha256(png).hexdigest()
        with self._lock:
            sizes = self._known()
            try:
                if sizes.pop(digest, None) is None:
                    self._write(digest, png)
            except OSError as error:
                _LOG.warning("a picture could not be kept: %s", error)
                return None
            # The end of the line is for what was wanted last.
            sizes[digest] = len(png)
            self._make_room(sizes)
        return digest

    def get(self, digest: str) -> bytes | None:
        """Returns a picture, `None` where it had to go."""
        with self._lock:
            sizes = self._known()
            try:
                png = self._place(digest).read_bytes()
            except OSError:
                sizes.pop(digest, None)
                return None
            sizes[digest] = sizes.pop(digest, len(png))
            return png

    def _known(self) -> dict[str, int]:
        if self._sizes is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = [(path.stat(), path) for path in self._folder.glob("*.png")]
            found.sort(key=lambda each: each[0].st_mtime)
            self._sizes = {path.stem: stat.st_size for stat, path in found}
        return self._sizes

    def _write(self, digest: str, png: bytes) -> None:
        place = self._place(digest)
        half = place.with_suffix(".half")
        half.write_bytes(png)
        half.replace(place)

    def _make_room(self, sizes: dict[str, int]) -> None:
        total = sum(sizes.values())
        for digest in list(sizes):
            if total <= self._room_bytes:
                return
            total -= sizes.pop(digest)
            self._place(digest).unlink(missing_ok=True)

    def _place(self, digest: str) -> Path:
        return self._folder / f"{digest}.png"


def small(png: bytes) -> bytes | None:
    """Returns a picture for lists made of a larger one; `None` where it is no picture."""
    from PIL import Image  # noqa: PLC0415 - a quarter of a second that start can do without

    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
            if max(image.size) > _DRAWN_MOST_PX:
                return None
            image.thumbnail((_SMALL_PX, _SMALL_PX))
            drawn = io.BytesIO()
            image.convert("RGBA").save(drawn, "PNG", optimize=True)
    except (*_BROKEN, Image.DecompressionBombError):
        return None
    made = drawn.getvalue()
    return made if len(made) <= SMALL_MOST_BYTES else None
