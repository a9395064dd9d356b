"""Sending a file in slices of at most 1 MiB, and seeing that it arrived whole.

Source: SDCP V3.0.0, "File upload"; the status of HTTP is 200 whatever the outcome.
"""

import asyncio
import contextlib
import hashlib
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from odin_engine.drivers.printers.elegoo.protocol.files import (
    NAME,
    SLICE_BYTES,
    Refused,
    size_of,
    upload_outcome,
)
from odin_engine.drivers.printers.elegoo.protocol.requests import STORE, Cmd
from odin_engine.drivers.web import FormPart, Web
from odin_engine.kernel.clock import Ticker
from odin_engine.kernel.errors import Invalid, Problem
from odin_engine.printers.model import (
    CommandRejected,
    DriverError,
    ProtocolViolation,
)
from odin_engine.printers.ports import Progress

_LOG = logging.getLogger(__name__)

_PATH = "/uploadFile/upload"
_BLOCK_BYTES = 4 << 20
_SLICE_S = 60.0
_TRIES = 3
_LOOKS = 4
_LOOK_EVERY_S = 0.5
"""The list follows an upload by a moment on slow boards."""
_ABORT_S = 3.0
_LOST_PLACE = frozenset({-1, -2})
_NOT_OPENED = -3


class Asks(Protocol):
    """Who can ask the machine: the driver."""

    async def ask_for(self, cmd: Cmd, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Returns the answer's data. Raises as `Driver.execute`."""
        ...

    def check_trouble(self) -> None:
        """Raises `CommandRejected` where the machine pushed an error meanwhile."""
        ...


class _LostPlace(Exception):
    """The machine expects another offset; only a new beginning helps."""


@dataclass(frozen=True, slots=True)
class _Parcel:
    source: Path
    name: str
    size: int
    md5: str
    progress: Progress


def check_name(name: str) -> None:
    """Refuses a name that some firmware would not take.

    Raises:
        Invalid: it is one.
    """
    if not NAME.fullmatch(name):
        raise Invalid(
            "The printer takes names of letters, digits, '.', '_' and '-' only, "
            "without folders.",
            Problem("/name", "1 to 100 letters, digits, '.', '_' or '-'"),
        )


class Uploads:
    """Uploads to one machine, one at a time."""

    def __init__(self, web: Web, asks: Asks, ticker: Ticker) -> None:
        self._web = web
        self._asks = asks
        self._ticker = ticker
        self._lock = asyncio.Lock()

    async def put(self, source: Path, name: str, progress: Progress) -> None:
        """Sends a file and verifies its size; half a file does not stay there.

        Raises:
            Invalid: the name is not one that every firmware takes.
            CommandRejected: the machine does not take the file.
            DriverError: it was lost on the way, or did not arrive whole.
        """
        check_name(name)
        async with self._lock:
            size = (await asyncio.to_thread(source.stat)).st_size
            parcel = _Parcel(source, name, size, await md5_of(source), progress)
            try:
                await self._send(parcel)
            except _LostPlace:
                _LOG.info("the upload of %s begins anew", name)
                try:
                    await self._send(parcel)
                except _LostPlace:
                    raise ProtocolViolation(
                        "The printer lost its place in the file twice. Restart it, "
                        "then send the file again."
                    ) from None
            await self._verify(parcel)

    async def delete(self, name: str) -> None:
        """Removes a file; one that is gone already is fine. Raises as `put`."""
        check_name(name)
        answer = await self._asks.ask_for(
            Cmd.DELETE, {"FileList": [f"{STORE}{name}"], "FolderList": []}
        )
        if answer.get("ErrData"):
            is_there, _ = await self._look(name)
            if is_there:
                raise CommandRejected("The printer could not delete the file.")

    async def _send(self, parcel: _Parcel) -> None:
        uuid = secrets.token_hex(16)
        try:
            offset = 0
            while True:
                await self._send_slice(parcel, uuid, offset)
                offset = min(offset + SLICE_BYTES, parcel.size)
                parcel.progress(offset, parcel.size)
                if offset >= parcel.size:
                    return
        except _LostPlace:
            raise
        except BaseException:
            await self._abort(uuid, parcel.name)
            raise

    async def _send_slice(self, parcel: _Parcel, uuid: str, offset: int) -> None:
        for attempt in range(1, _TRIES + 1):
            try:
                outcome = await self._post(parcel, uuid, offset)
            except DriverError:
                if attempt == _TRIES:
                    raise
                continue
            if outcome is None:
                return
            if outcome.code in _LOST_PLACE:
                raise _LostPlace
            if outcome.code == _NOT_OPENED:
                raise CommandRejected(
                    "The printer could not write the file. Is its storage full?",
                    str(outcome.code),
                )
            if attempt == _TRIES:
                raise CommandRejected(
                    f"The printer did not take the file ({outcome.words}).",
                    str(outcome.code) if outcome.code is not None else None,
                )

    async def _post(self, parcel: _Parcel, uuid: str, offset: int) -> Refused | None:
        parts = (
            FormPart("S-File-MD5", parcel.md5),
            FormPart("Check", "1"),
            FormPart("Offset", str(offset)),
            FormPart("Uuid", uuid),
            FormPart("TotalSize", str(parcel.size)),
            FormPart(
                "File",
                parcel.source,
                file_name=parcel.name,
                offset=offset,
                size=min(SLICE_BYTES, parcel.size - offset),
            ),
        )
        answer = await self._web.send_form(_PATH, parts, within_s=_SLICE_S)
        return upload_outcome(answer.body)

    async def _verify(self, parcel: _Parcel) -> None:
        is_there, size = False, None
        for _ in range(_LOOKS):
            self._asks.check_trouble()
            is_there, size = await self._look(parcel.name)
            if is_there and size in {parcel.size, None}:
                self._asks.check_trouble()
                return
            await self._ticker.sleep(_LOOK_EVERY_S)
        if not is_there:
            raise ProtocolViolation(
                "The printer took the file and does not list it. Is its storage full?"
            )
        with contextlib.suppress(DriverError, CommandRejected):
            await self.delete(parcel.name)
        raise ProtocolViolation(
            f"Only {size} of {parcel.size} bytes arrived on the printer. Is its storage "
            "full? The file was removed there."
        )

    async def _look(self, name: str) -> tuple[bool, int | None]:
        return size_of(await self._asks.ask_for(Cmd.LIST, {"Url": STORE}), name)

    async def _abort(self, uuid: str, name: str) -> None:
        """Tells the machine to throw away what it has, briefly; it may not listen."""
        with contextlib.suppress(DriverError, CommandRejected, TimeoutError):
            async with asyncio.timeout(_ABORT_S):
                await self._asks.ask_for(
                    Cmd.ABORT_UPLOAD, {"Uuid": uuid, "FileName": name}
                )


async def md5_of(source: Path) -> str:
    """Returns the digest that the machine compares; hashed in a thread, in blocks."""
    # What the protocol wants; it protects against damage, not against people.
    digest = hashlib.md5(usedforsecurity=False)
    file = await asyncio.to_thread(source.open, "rb")
    try:
        while block := await asyncio.to_thread(_hash, file, digest):
            if block < _BLOCK_BYTES:
                break
    finally:
        await asyncio.to_thread(file.close)
    return digest.hexdigest()


def _hash(file: BinaryIO, digest: hashlib._Hash) -> int:
    block = file.read(_BLOCK_BYTES)
    digest.update(block)
    return len(block)
