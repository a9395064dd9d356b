"""The server's local storage: what is sent to it, removed and listed.

Source: docs.octoprint.org, "File operations", "Timelapse".
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from odin_engine.drivers.printers.octoprint.protocol import answers, encode
from odin_engine.drivers.printers.octoprint.protocol.fields import mapping, whole
from odin_engine.drivers.printers.octoprint.session import (
    NOT_FOUND,
    Session,
    check_done,
)
from odin_engine.printers.model import CommandRejected, ProtocolViolation
from odin_engine.printers.ports import Progress, StoredFile

_LEAST_S = 120.0
_BYTES_A_SECOND = 50_000
"""The slowest link that an upload may have: an old Pi on weak Wi-Fi does twice that."""
_REFUSED = {
    "409": "OctoPrint prints that very file just now, so it cannot be replaced.",
    "413": "OctoPrint takes no file of that size. Raise its limit in the settings.",
    "415": "OctoPrint prints no files of that kind.",
    "507": "OctoPrint's disk is full. Delete files there, then try again.",
}


class Storage:
    """Puts, removes and lists; remembers under which path the server keeps a name."""

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session
        self._paths: dict[str, str] = {}

    def path(self, name: str) -> str:
        """Returns the server's path of a file that we know by a name."""
        return self._paths.get(name, name)

    async def put(self, source: Path, name: str, progress: Progress) -> None:
        """Streams a file and verifies its size. Raises as `Driver.upload`."""
        # Its client is loaded by engines with such machines, only.
        from odin_engine.drivers.web import FormPart  # noqa: PLC0415

        encode.check_name(name)
        session = self._session()
        size = source.stat().st_size  # noqa: ASYNC240 - one local look-up
        part = FormPart("file", source, file_name=name, progress=progress)
        answer = await session.upload(
            encode.FILES, [part], _LEAST_S + size / _BYTES_A_SECOND
        )
        try:
            check_done(answer)
        except CommandRejected as error:
            said = _REFUSED.get(error.device_code or "", error.message)
            raise CommandRejected(said, error.device_code) from error
        path = answers.stored_path(answer.json()) or name
        await self._verify(session, path, size)
        self._paths[name] = path

    async def _verify(self, session: Session, path: str, size: int) -> None:
        there = mapping(await session.look(encode.file_path(path)))
        stored = whole(there.get("size"), 0, 1 << 60)
        if stored == size:
            return
        await session.send("DELETE", encode.file_path(path))
        raise ProtocolViolation(
            f"OctoPrint kept {stored or 0} of {size} bytes of the file. Is its disk "
            "full? What it kept was removed."
        )

    async def delete(self, name: str) -> None:
        """Removes a file; one that is gone already is fine. Raises as `upload`."""
        answer = await self._session().send("DELETE", encode.file_path(self.path(name)))
        if answer.status != NOT_FOUND:
            check_done(answer)
        self._paths.pop(name, None)

    async def files(self) -> Sequence[StoredFile]:
        """Returns what can be printed, folders opened."""
        return answers.stored_files(await self._look("/api/files?recursive=true"))

    async def timelapses(self) -> Sequence[StoredFile]:
        """Returns the recordings."""
        return answers.recordings(await self._look("/api/timelapse"))

    async def _look(self, path: str) -> Any:  # noqa: ANN401 - a wire value
        return await self._session().look(path)
