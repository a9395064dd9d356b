"""The files that we feed to one machine: kept in the engine's own data folder.

A serial line has no storage worth the name (60 KB take minutes), so what is uploaded
stays here and is fed while it is printed. One folder a machine.
"""

import asyncio
import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from odin_engine.drivers.printers.marlin.place import Place
from odin_engine.kernel.errors import Invalid, Problem
from odin_engine.printers.model import CommandRejected, DriverError, ProtocolViolation
from odin_engine.printers.ports import Progress, StoredFile

FOLDER = "serial-files"
FILE_MOST_BYTES = 2 << 30
"""No slicer writes more for one plate; a disk full of a mistake stops every printer."""
SPARE_BYTES = 256 << 20
"""Left to the engine's database and logs, whatever people upload."""
_CHUNK = 1 << 20
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,119}")
_PART = ".part"
_FEEDING = ".feeding.json"
_NAME_RULE = "File names for this printer may hold only letters, digits, dot, dash and underscore."


class Spool:
    """One machine's files."""

    def __init__(
        self, data_dir: Path, place: Place, spare_bytes: int = SPARE_BYTES
    ) -> None:
        digest = hashlib.sha256(str(place).encode()).hexdigest()[:8]
        plain = re.sub(r"[^A-Za-z0-9]+", "-", str(place)).strip("-")[:60]
        self.folder = data_dir / FOLDER / f"{plain}-{digest}"
        self._spare_bytes = spare_bytes
        self._writing: set[Path] = set()

    def path(self, name: str) -> Path:
        """Returns where a file lies or would lie.

        Raises:
            Invalid: a name that is no plain file name.
        """
        if not _NAME.fullmatch(name) or name.endswith(_PART):
            raise Invalid(_NAME_RULE, Problem("/name", _NAME_RULE))
        return self.folder / name

    async def has(self, name: str) -> bool:
        """Whether there is such a file."""
        if not _NAME.fullmatch(name):
            return False
        return await asyncio.to_thread(self.path(name).is_file)

    async def put(self, source: Path, name: str, progress: Progress) -> None:
        """Copies a file here; cancelled or failed, it leaves nothing.

        Raises:
            Invalid: a name that is no plain file name.
            CommandRejected: it is empty or too big.
            DriverError: the disk does not take it.
        """
        target = self.path(name)
        part = target.with_name(target.name + _PART)
        self._writing.add(part)
        try:
            total = await asyncio.to_thread(self._prepare, source)
            await self._copy(source, part, total, progress)
            await asyncio.to_thread(part.replace, target)
        except OSError as error:
            raise DriverError(
                f"The engine's disk did not take the file: {error.strerror or error}."
            ) from error
        finally:
            self._writing.discard(part)
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def _prepare(self, source: Path) -> int:
        total = source.stat().st_size
        if total > FILE_MOST_BYTES:
            raise CommandRejected(
                f"The file is larger than {FILE_MOST_BYTES >> 30} GiB.", "too_large"
            )
        if total == 0:
            raise CommandRejected("The file is empty.", "empty")
        self.folder.mkdir(parents=True, exist_ok=True)
        self._clear_parts()
        if total + self._spare_bytes > shutil.disk_usage(self.folder).free:
            raise CommandRejected(
                "The engine's disk has no room for this file. Remove others first.",
                "no_room",
            )
        return total

    def _clear_parts(self) -> None:
        """Removes what a crash left of files on their way here."""
        for part in self.folder.glob(f"*{_PART}"):
            if part not in self._writing:
                part.unlink(missing_ok=True)

    async def _copy(
        self, source: Path, part: Path, total: int, progress: Progress
    ) -> None:
        done = 0
        while done < total:
            copied = await asyncio.to_thread(self.append, source, part, done)
            if copied == 0:
                break
            done += copied
            progress(done, total)
        arrived = await asyncio.to_thread(_size, part)
        if arrived != total:
            raise ProtocolViolation(f"Only {arrived} of {total} bytes arrived.")

    def append(self, source: Path, part: Path, offset: int) -> int:
        """Copies the piece of a file at `offset`; returns how many bytes it had."""
        with (
            source.open("rb") as reader,
            part.open("r+b" if offset else "wb") as writer,
        ):
            reader.seek(offset)
            writer.seek(offset)
            return writer.write(reader.read(_CHUNK))

    async def remove(self, name: str) -> None:
        """Removes a file; one that is gone already is fine.

        Raises:
            Invalid: a name that is no plain file name.
        """
        path = self.path(name)
        try:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        except OSError as error:
            raise DriverError(
                f"The file could not be removed: {error.strerror or error}."
            ) from error

    async def note_feeding(self, job: Mapping[str, Any] | None) -> None:
        """Remembers what is being fed, also through a crash; `None` that nothing is."""
        await asyncio.to_thread(self._note, job)

    def _note(self, job: Mapping[str, Any] | None) -> None:
        path = self.folder / _FEEDING
        with contextlib.suppress(OSError):
            if job is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(orjson.dumps(job))

    async def left_feeding(self) -> dict[str, Any] | None:
        """Returns what was being fed when the line, or this program, broke off."""
        return await asyncio.to_thread(self._left)

    def _left(self) -> dict[str, Any] | None:
        try:
            body = orjson.loads((self.folder / _FEEDING).read_bytes())
        except OSError, orjson.JSONDecodeError:
            return None
        return body if isinstance(body, dict) else None

    async def files(self) -> list[StoredFile]:
        """Returns what lies here."""
        return await asyncio.to_thread(self._list)

    def _list(self) -> list[StoredFile]:
        found = []
        with contextlib.suppress(FileNotFoundError), os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.is_file() and _is_kept(entry.name):
                    stat = entry.stat()
                    at = datetime.fromtimestamp(stat.st_mtime, UTC)
                    found.append(StoredFile(entry.name, stat.st_size, at, "engine"))
        return sorted(found, key=lambda file: file.name)


def _is_kept(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and not name.endswith(_PART)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
