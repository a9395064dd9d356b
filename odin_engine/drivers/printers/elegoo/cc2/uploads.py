"""Sending a file to a Centauri Carbon 2: by PUT, in slices of at most 1 MiB.

Source: docs/CC2_PROTOCOL.md, "File Upload"; elegoo-link. Stock firmware ignores the
headers of its own and takes the name and digest from them where it does not.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from odin_engine.drivers.printers.elegoo.protocol.cc2.files import listed
from odin_engine.drivers.printers.elegoo.protocol.cc2.requests import (
    STORE,
    Method,
    refusal,
)
from odin_engine.drivers.printers.elegoo.protocol.fields import table, whole
from odin_engine.drivers.printers.elegoo.protocol.files import SLICE_BYTES
from odin_engine.drivers.printers.elegoo.uploads import check_name, md5_of
from odin_engine.drivers.web import Web
from odin_engine.kernel.clock import Ticker
from odin_engine.kernel.errors import Invalid
from odin_engine.printers.model import (
    CommandRejected,
    DriverError,
    ProtocolViolation,
)
from odin_engine.printers.ports import Progress, StoredFile

_PATH = "/upload"
_SLICE_S = 60.0
_TRIES = 3
_LOST_PLACE = 9000
_LOOKS = 4
_LOOK_EVERY_S = 0.5
_PAGE = 50
_MOST_PAGES = 20
_MISSING = "1021"


class Asks(Protocol):
    """Who can ask the machine: the driver."""

    async def ask_for(
        self, method: Method, params: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Returns the answer's result. Raises as `Driver.execute`."""
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


class Cc2Uploads:
    """Uploads to one machine, one at a time."""

    def __init__(self, web: Web, asks: Asks, code: str, ticker: Ticker) -> None:
        self._web = web
        self._asks = asks
        self._code = code
        self._ticker = ticker
        self._lock = asyncio.Lock()

    async def put(self, source: Path, name: str, progress: Progress) -> None:
        """Sends a file and verifies its size.

        Raises:
            Invalid: the name is not one that the firmware takes, or the file is empty.
            CommandRejected: the machine does not take the file.
            DriverError: it was lost on the way, or did not arrive whole.
        """
        check_name(name)
        async with self._lock:
            size = (await asyncio.to_thread(source.stat)).st_size
            if size == 0:
                raise Invalid("The file is empty.")
            parcel = _Parcel(source, name, size, await md5_of(source), progress)
            try:
                await self._send(parcel)
            except _LostPlace:
                try:
                    await self._send(parcel)
                except _LostPlace:
                    raise refusal(_LOST_PLACE) from None
            await self._verify(parcel)

    async def delete(self, name: str) -> None:
        """Removes a file; one that is gone already is fine. Raises as `put`."""
        check_name(name)
        params = {"storage_media": STORE, "filename": name}
        try:
            await self._asks.ask_for(Method.DELETE, params)
        except CommandRejected as error:
            if error.device_code != _MISSING:
                raise

    async def files(self) -> list[StoredFile]:
        """Returns what lies in the machine's memory."""
        found: list[StoredFile] = []
        for page in range(1, _MOST_PAGES + 1):
            answer = await self._asks.ask_for(
                Method.LIST,
                {
                    "storage_media": STORE,
                    "path": "/",
                    "page": page,
                    "page_size": _PAGE,
                },
            )
            rows = list(listed(answer))
            found += rows
            if len(rows) < _PAGE:
                break
        return found

    async def _send(self, parcel: _Parcel) -> None:
        offset = 0
        while offset < parcel.size:
            length = min(SLICE_BYTES, parcel.size - offset)
            await self._send_slice(parcel, offset, length)
            offset += length
            parcel.progress(offset, parcel.size)

    async def _send_slice(self, parcel: _Parcel, offset: int, length: int) -> None:
        data = await asyncio.to_thread(_read, parcel.source, offset, length)
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Range": f"bytes {offset}-{offset + length - 1}/{parcel.size}",
            "X-File-Name": parcel.name,
            "X-File-MD5": parcel.md5,
            "X-Token": self._code,
        }
        for attempt in range(1, _TRIES + 1):
            try:
                answer = await self._web.request(
                    "PUT", _PATH, data=data, headers=headers, within_s=_SLICE_S
                )
                error = _error(answer.json())
            except DriverError:
                if attempt == _TRIES:
                    raise
                continue
            if error == 0:
                return
            if error == _LOST_PLACE:
                raise _LostPlace
            raise refusal(error)

    async def _verify(self, parcel: _Parcel) -> None:
        size = None
        for _ in range(_LOOKS):
            found = {each.name: each.size_bytes for each in await self.files()}
            size = found.get(parcel.name)
            if parcel.name in found and size in {parcel.size, None}:
                return
            await self._ticker.sleep(_LOOK_EVERY_S)
        if size is None:
            raise ProtocolViolation(
                "The printer took the file and does not list it. Is its storage full?"
            )
        with contextlib.suppress(DriverError, CommandRejected):
            await self.delete(parcel.name)
        raise ProtocolViolation(
            f"Only {size} of {parcel.size} bytes arrived on the printer. Is its storage "
            "full? The file was removed there."
        )


def _error(body: object) -> int:
    error = whole(table(body).get("error_code"))
    if error is None:
        raise ProtocolViolation("The printer's answer to the file makes no sense.")
    return error


def _read(source: Path, offset: int, length: int) -> bytes:
    with source.open("rb") as file:
        file.seek(offset)
        return file.read(length)
