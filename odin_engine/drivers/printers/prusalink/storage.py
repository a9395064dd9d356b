"""Files on the printer: sending, removing, listing, and looking at their pictures."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import orjson

from odin_engine.drivers.printers.prusalink.link import Link
from odin_engine.drivers.printers.prusalink.protocol import document as documents
from odin_engine.drivers.printers.prusalink.protocol.answers import (
    Drive,
    FileInfo,
    parse_file,
    parse_folder,
)
from odin_engine.drivers.printers.prusalink.protocol.files import (
    BAD_NAME,
    PI_DRIVE,
    is_printable,
    may_be_path,
    path_of,
    reference,
    upload_headers,
)
from odin_engine.drivers.printers.prusalink.protocol.wording import Deed, rejection
from odin_engine.drivers.web import Answer
from odin_engine.kernel.clock import Ticker
from odin_engine.printers.model import (
    CommandRejected,
    CommandTimedOut,
    DriverError,
    PrintDetails,
    PrintFilament,
    ProtocolViolation,
)
from odin_engine.printers.ports import PlateFile, Progress, StoredFile

_SETTLES_S = 2.0
_LOOKS = 30
"""For a minute at most: by then the file is on the stick, or never will be."""
_SHOWS_UP = 8
_ENDS, _ENDS_S = 5, 1.0
_MOST_FOLDERS = 40
_DEEPEST = 4
_MOST_FILES = 5_000
_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_SMALL_BYTES = 64 * 1024
_MOST_LARGE_BYTES = 2 * 1024 * 1024
_FINE, _NOT_FOUND, _BROKEN = 300, 404, 500
_HALF_THERE = frozenset({400, 408, 500, 507})
"""Said of a transfer that had begun; any other refusal came before its first byte."""
_NO_ROOM = "The printer's storage has no room for this file. Remove others first."
_TRANSFER_RUNS = (
    "Another file is on its way to the printer, from a slicer or from Prusa Connect. Try "
    "again when it is there."
)


class Storage:
    """The storage of one machine, over its link."""

    def __init__(self, link: Link, ticker: Ticker) -> None:
        self._link = link
        self._ticker = ticker

    async def put(
        self, drive: Drive, source: Path, name: str, progress: Progress
    ) -> None:
        """Sends a file and looks whether all of it is there.

        What began and did not end well is removed, also when cancelled; a whole file
        that was there before stays, where the server has not touched it.
        """
        if not is_printable(name):
            raise CommandRejected(BAD_NAME)
        await self._expect_no_transfer()
        path = path_of(drive, name)
        size = (await asyncio.to_thread(source.stat)).st_size
        if drive.free_bytes is not None and size > drive.free_bytes:
            raise CommandRejected(_NO_ROOM, "507")
        before = await self._untouched(drive, name)
        try:
            headers = upload_headers(drive)
            answer = await self._link.send(path, source, size, progress, headers)
            if answer.status < _FINE:
                await self._settle()
                await self._compare(path, size, before)
        except BaseException:
            await self._remove(drive, path, before)
            raise
        if answer.status >= _FINE:
            if answer.status in _HALF_THERE:
                await self._remove(drive, path, before)
            raise rejection(Deed.UPLOAD, answer.status, answer.body)

    async def delete(self, drive: Drive, name: str) -> None:
        """Removes a file; one that is gone already is fine."""
        if not may_be_path(name):
            return
        path = path_of(drive, name)
        answer = await self._link.ask("DELETE", path)
        if answer.status < _FINE or answer.status == _NOT_FOUND:
            return
        if answer.status >= _BROKEN:
            # The Pi trips over what is gone already, until it has noticed.
            await self._ticker.sleep(_SETTLES_S)
            there = await self._link.ask("GET", path)
            if there.status == _NOT_FOUND:
                return
        raise rejection(Deed.DELETE, answer.status, answer.body)

    async def info(self, drive: Drive, name: str) -> FileInfo | None:
        """Returns what the printer tells of a file, `None` if it is not there."""
        if not may_be_path(name):
            return None
        answer = await self._link.ask("GET", path_of(drive, name))
        if answer.status == _NOT_FOUND:
            return None
        return parse_file(_json(answer, Deed.READ), f"/{drive.name}")

    async def plate(self, file: FileInfo) -> PlateFile:
        """Returns what is known of a file, and its pictures."""
        small = await self._picture(file.icon, _MOST_SMALL_BYTES)
        large = await self._picture(file.thumbnail, _MOST_LARGE_BYTES)
        return PlateFile(_details(file, has_picture=bool(large or small)), large, small)

    async def files(self, drives: tuple[Drive, ...], own: Drive) -> list[StoredFile]:
        """Returns what can be printed. Names on storages other than `own` say theirs."""
        found: list[StoredFile] = []
        folders = [(drive, "", 0) for drive in drives if drive.is_available]
        seen = 0
        while folders and seen < _MOST_FOLDERS and len(found) < _MOST_FILES:
            drive, folder, depth = folders.pop(0)
            seen += 1
            answer = await self._link.ask("GET", path_of(drive, folder))
            if answer.status == _NOT_FOUND:
                continue
            for child in parse_folder(_json(answer, Deed.READ)):
                name = f"{folder}/{child.name}" if folder else child.name
                if child.is_folder and depth < _DEEPEST:
                    folders.append((drive, name, depth + 1))
                elif child.is_printable:
                    whole = name if drive.name == own.name else f"/{drive.name}/{name}"
                    found.append(
                        StoredFile(
                            whole, child.size_bytes, child.modified_at, drive.name
                        )
                    )
        return found

    async def _expect_no_transfer(self) -> None:
        answer = await self._link.ask_before_sending(documents.TRANSFER)
        if answer.status == documents.OK:
            raise CommandRejected(_TRANSFER_RUNS, "409")

    async def _settle(self) -> None:
        """Waits until the printer has written down what it took."""
        for _ in range(_LOOKS):
            answer = await self._link.ask("GET", documents.TRANSFER)
            if answer.status != documents.OK:
                return
            await self._ticker.sleep(_SETTLES_S)
        raise CommandTimedOut("The printer took the file and does not finish with it.")

    async def _compare(self, path: str, size: int, before: FileInfo | None) -> None:
        file = await self._await_file(path, size, before)
        if file.size_bytes is not None and file.size_bytes != size:
            raise ProtocolViolation(
                f"Only {file.size_bytes} of {size} bytes arrived on the printer's "
                "storage. Is it full, or does the stick come loose?"
            )

    async def _await_file(
        self, path: str, size: int, before: FileInfo | None
    ) -> FileInfo:
        """Returns what the printer tells of a file that it just took.

        The Pi looks through its folder from time to time, and knows it only then; until
        then it tells of the one that was there before.
        """
        for _ in range(_SHOWS_UP):
            answer = await self._link.ask("GET", path)
            if answer.status != _NOT_FOUND:
                file = parse_file(_json(answer, Deed.READ), "/")
                if file is not None and (
                    file.size_bytes == size or not _is_same(before, file)
                ):
                    return file
            await self._ticker.sleep(_SETTLES_S)
        raise ProtocolViolation("The printer took the file and does not have it.")

    async def _untouched(self, drive: Drive, name: str) -> FileInfo | None:
        """Returns the file of that name if a broken transfer leaves it whole.

        The Pi receives beside it and replaces it at the end, the firmware writes into it.
        """
        if drive.name != PI_DRIVE.name:
            return None
        with contextlib.suppress(CommandRejected, ProtocolViolation):
            return await self.info(drive, name)
        return None

    async def _remove(self, drive: Drive, path: str, before: FileInfo | None) -> None:
        """Removes what is left of a transfer that ended badly, as far as it goes."""
        with contextlib.suppress(DriverError):
            for _ in range(_ENDS):
                answer = await self._link.ask_now("GET", documents.TRANSFER)
                if answer.status != documents.OK:
                    break
                await self._ticker.sleep(_ENDS_S)
            if before is not None:
                answer = await self._link.ask_now("GET", path)
                if _is_same(before, parse_file(_json(answer, Deed.READ))):
                    return
            answer = await self._link.ask_now("DELETE", path)
            if answer.status == _NOT_FOUND and drive.name == PI_DRIVE.name:
                # All of it may have been there, and the Pi not have noticed yet.
                await self._ticker.sleep(_ENDS_S)
                await self._link.ask_now("DELETE", path)

    async def _picture(self, path: str | None, most_bytes: int) -> bytes | None:
        if path is None:
            return None
        answer = await self._link.ask("GET", reference(path))
        body = answer.body
        is_png = answer.status == documents.OK and body.startswith(_PNG)
        return body if is_png and len(body) <= most_bytes else None


def _json(answer: Answer, deed: Deed) -> Any:  # noqa: ANN401 - a wire value
    if answer.status >= _FINE:
        raise rejection(deed, answer.status, answer.body)
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        raise ProtocolViolation("What the printer tells of a file is no JSON.") from (
            error
        )


def _is_same(before: FileInfo | None, now: FileInfo | None) -> bool:
    if before is None or now is None:
        return False
    return (before.size_bytes, before.modified_at) == (now.size_bytes, now.modified_at)


def _details(file: FileInfo, *, has_picture: bool) -> PrintDetails:
    filaments: tuple[PrintFilament, ...] = ()
    if file.material is not None:
        filaments = (PrintFilament(0, material=file.material, used_g=file.used_g),)
    return PrintDetails(
        filaments=filaments,
        weight_g=file.used_g,
        estimated_s=file.estimated_s,
        layer_height_mm=file.layer_mm,
        nozzle_mm=file.nozzle_mm,
        can_skip_objects=False,
        has_picture=has_picture,
    )
