"""Files on disk: stored under the digest of their content, spooled while they arrive.

No name that somebody gave is ever part of a path. Names for a printer's own disk are
made safe by `safe_name`.
"""

import asyncio
import errno
import hashlib
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, ClassVar

from odin_engine.kernel.errors import Invalid, NotFound, Unavailable

_BLOCK_BYTES = 1024 * 1024
"""Chunks are gathered to this size, so that a slow sender costs few disk calls."""
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SPOOL_PREFIX = "spool-"

LONGEST_NAME = 64
"""Bambu firmware truncates what is much longer; other families take at least this."""
_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "Æ": "AE",
        "ø": "o",
        "Ø": "O",
        "œ": "oe",
        "Œ": "OE",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "þ": "th",
        "Þ": "Th",
    }
)
"""Letters that Unicode decomposition leaves whole."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_BEFORE_DOT = re.compile(r"[._-]+\.")
"""A shortened name may end in what looks like an extension; nothing is to strip then."""
_EXTENSIONS = re.compile(r"(\.gcode)?\.[A-Za-z0-9]{1,8}$", re.IGNORECASE)


class FileTooLarge(Invalid):
    """More arrived than is taken."""

    code: ClassVar[str] = "file_too_large"
    http_status: ClassVar[int] = 413

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"The file may have at most {limit_bytes} bytes.")
        self.limit_bytes = limit_bytes


class DiskFull(Unavailable):
    """There is no room for the file."""

    code: ClassVar[str] = "disk_full"
    http_status: ClassVar[int] = 507

    def __init__(self) -> None:
        super().__init__("The disk is full. Make room, then try again.")


@dataclass(frozen=True, slots=True)
class Room:
    """How much the disk with our data holds, and how much of it we may still fill."""

    total_bytes: int
    free_bytes: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the store: the digest of its content, which is its name, and its size."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Spooled:
    """A file that arrived and is gone when the block that asked for it ends."""

    path: Path
    sha256: str
    size_bytes: int


class Files:
    """The store and the spool below a data directory."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self.root = data_dir / "files"
        self.cache = data_dir / "cache"
        """For what can be had again: it is in no backup, and may be deleted."""
        self._spool = data_dir / "spool"

    async def room(self) -> Room:
        """Returns what is left of the disk."""
        usage = await asyncio.to_thread(shutil.disk_usage, self._data_dir)
        return Room(usage.total, usage.free)

    async def store(self, chunks: AsyncIterator[bytes], limit_bytes: int) -> Stored:
        """Writes a stream to the store; the same content twice is kept once.

        Raises:
            FileTooLarge: nothing is kept of it.
            DiskFull: nothing is kept of it.
        """
        async with self.spool(chunks, limit_bytes) as spooled:
            await asyncio.to_thread(self.adopt, spooled.path, spooled.sha256)
            return Stored(spooled.sha256, spooled.size_bytes)

    def adopt(self, source: Path, sha256: str) -> None:
        """Moves a file of ours, whose digest is known, into the store."""
        target = self._place(sha256)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        source.replace(target)

    @asynccontextmanager
    async def spool(
        self, chunks: AsyncIterator[bytes], limit_bytes: int
    ) -> AsyncIterator[Spooled]:
        """Writes a stream to a temporary file and removes it at the end of the block.

        Raises:
            FileTooLarge: more than the limit arrived.
            DiskFull: no room.
        """
        self._spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=_SPOOL_PREFIX, dir=self._spool)
        path = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                digest, size_bytes = await _write(file, chunks, limit_bytes)
            yield Spooled(path, digest, size_bytes)
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)

    def path(self, sha256: str) -> Path:
        """Returns where a stored file is.

        Raises:
            NotFound: it is not in the store.
        """
        if _DIGEST.fullmatch(sha256) and (place := self._place(sha256)).is_file():
            return place
        raise NotFound("There is no such file.")

    def remove(self, sha256: str) -> None:
        """Removes a stored file; one that is gone already is fine."""
        if _DIGEST.fullmatch(sha256):
            self._place(sha256).unlink(missing_ok=True)

    def stored(self) -> list[str]:
        """Returns the digests of all stored files, sorted."""
        names = (path.name for path in self.root.glob("??/??/*") if path.is_file())
        return sorted(name for name in names if _DIGEST.fullmatch(name))

    def sweep(self) -> None:
        """Removes what a former process left in the spool; call it at start."""
        for leftover in self._spool.glob(f"{_SPOOL_PREFIX}*"):
            leftover.unlink(missing_ok=True)

    def _place(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256[2:4] / sha256


def safe_name(name: str, longest: int = LONGEST_NAME) -> str:
    """Returns a name of `[A-Za-z0-9._-]` only, with its extension, never empty.

    Letters with marks lose them; everything else unknown becomes one underscore.
    """
    decomposed = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    clean = _BEFORE_DOT.sub(".", _UNSAFE.sub("_", bare))
    found = _EXTENSIONS.search(clean)
    extension = found[0] if found else ""
    stem = clean[: len(clean) - len(extension)].strip("._-") or "file"
    return stem[: max(longest - len(extension), 1)].rstrip("._-") + extension


async def _write(
    file: BinaryIO, chunks: AsyncIterator[bytes], limit_bytes: int
) -> tuple[str, int]:
    digest = hashlib.sha256()
    block = bytearray()
    size_bytes = 0
    try:
        async for chunk in chunks:
            size_bytes += len(chunk)
            if size_bytes > limit_bytes:
                raise FileTooLarge(limit_bytes)
            block += chunk
            if len(block) >= _BLOCK_BYTES:
                await asyncio.to_thread(_append, file, digest, bytes(block))
                block.clear()
        await asyncio.to_thread(_append, file, digest, bytes(block))
        await asyncio.to_thread(_flush, file)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull from error
        raise
    return digest.hexdigest(), size_bytes


def _append(file: BinaryIO, digest: hashlib._Hash, block: bytes) -> None:
    digest.update(block)
    file.write(block)


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
