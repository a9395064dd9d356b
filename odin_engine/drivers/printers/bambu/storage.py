"""The card or stick in a printer: upload, delete and look in, one session at a time."""

import asyncio
import ftplib
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

from odin_engine.drivers.printers.bambu import ftps, remote
from odin_engine.drivers.printers.bambu.link import WRONG_CODE
from odin_engine.drivers.printers.bambu.reach import unreachable
from odin_engine.kernel.clock import Ticker
from odin_engine.kernel.errors import Invalid, OdinError, Problem
from odin_engine.printers.model import CommandRejected, LoginRejected, Unreachable
from odin_engine.printers.ports import Progress

_LOG = logging.getLogger(__name__)

_PATH = re.compile(r"([a-z]+/)?[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
"""What every firmware resolves; they disagree about percent-encoding (§8.2)."""
_FLUSH_S = 1.0
"""A start right after the 226 met an unflushed file (0500_C010), §9."""
_END_S = 5.0

_REFUSALS = {
    "550": "The printer could not write the file. Is its card or stick full or damaged?",
    "552": "The printer's storage is full. Delete files on it, or insert another stick.",
    "553": (
        "The printer has no storage that it can write to. Insert a USB stick or SD card "
        "into it (this model keeps uploads there only), or lift its write protection."
    ),
}


class Storage:
    """Uploads to and deletes from one printer. Everything queues behind one lock.

    Printers answer a second session at the same time with 425.
    """

    def __init__(self, server: ftps.Server, ticker: Ticker) -> None:
        self._server = server
        self._ticker = ticker
        self._lock = asyncio.Lock()
        self._stop: ftps.Stop | None = None
        self._reading: ftps.Stop | None = None
        self._is_in_clear = False

    async def put(
        self, source: Path, path: str, progress: Progress, *, may_be_in_clear: bool
    ) -> None:
        """Streams a file to the printer and verifies its size there.

        `may_be_in_clear` allows the file's bytes, never the access code, to travel
        unencrypted where the firmware cannot encrypt them.

        Raises:
            Invalid: the path is not one that every firmware understands.
            CommandRejected: the printer does not take the file.
            LoginRejected, Unreachable, WrongSerial, CertificateChanged: as they say.
        """
        _check(path)
        if self._reading is not None:
            self._reading.ask()
        async with self._lock:
            await self._secured(
                lambda in_clear: self._put(source, path, progress, in_clear=in_clear),
                may_be_in_clear=may_be_in_clear,
            )
            await self._ticker.sleep(_FLUSH_S)

    async def look_into[T](
        self,
        paths: Sequence[str],
        work: Callable[[BinaryIO], T],
        *,
        may_be_in_clear: bool,
    ) -> T:
        """Returns what `work` makes of one of these files; it runs in a thread.

        Of several that are there it is the newest. An upload that begins ends it.

        Raises:
            remote.NotThere, remote.TooMuch: as they say; and whatever `work` raises.
            CommandRejected, LoginRejected, Unreachable, WrongSerial,
            CertificateChanged: as they say.
        """

        async def look(in_clear: bool) -> T:  # noqa: FBT001 - as `_secured` calls it
            return await self._run(
                lambda: remote.look_into(
                    self._server, paths, work, stop, in_clear=in_clear
                ),
                stop,
            )

        stop = ftps.Stop()
        async with self._lock:
            self._reading = stop
            try:
                return await self._secured(look, may_be_in_clear=may_be_in_clear)
            finally:
                self._reading = None

    async def _secured[T](
        self, transfer: Callable[[bool], Awaitable[T]], *, may_be_in_clear: bool
    ) -> T:
        """Does a transfer; in clear where that is allowed and nothing else works."""
        try:
            return await transfer(self._is_in_clear)
        except ftps.DataChannelFailed as error:
            if not may_be_in_clear or self._is_in_clear:
                raise unreachable(
                    self._server.host, self._server.port, error
                ) from error
        self._is_in_clear = True
        _LOG.warning(
            "%s cannot encrypt file transfers; files go to it in clear from now on, the "
            "access code does not",
            self._server.host,
        )
        return await transfer(True)  # noqa: FBT003 - its one argument

    async def _put(
        self, source: Path, path: str, progress: Progress, *, in_clear: bool
    ) -> None:
        loop = asyncio.get_running_loop()
        total = source.stat().st_size  # noqa: ASYNC240 - one local look-up
        stop = ftps.Stop()

        def told(done: int) -> None:
            loop.call_soon_threadsafe(progress, done, total)

        await self._run(
            lambda: ftps.put(self._server, source, path, told, stop, in_clear=in_clear),
            stop,
        )

    async def delete(self, path: str) -> None:
        """Deletes a file; one that is gone already is fine. Raises as `put`."""
        _check(path)
        async with self._lock:
            await self._run(lambda: ftps.delete(self._server, path), ftps.Stop())

    async def look_in(self) -> None:
        """Logs in and out: proves that uploads would get that far. Raises as `put`."""
        async with self._lock:
            await self._run(lambda: ftps.look_in(self._server), ftps.Stop())

    def close(self) -> None:
        """Ends a transfer that is under way."""
        if self._stop is not None:
            self._stop.ask()

    async def _run[T](self, work: Callable[[], T], stop: ftps.Stop) -> T:
        """Runs blocking work in a thread of its own; being cancelled stops it.

        The shared pool is small: one slow upload in it would keep others waiting.
        """
        self._stop = stop
        pool = ThreadPoolExecutor(1, thread_name_prefix="bambu-ftps")
        job = asyncio.get_running_loop().run_in_executor(pool, work)
        try:
            await asyncio.wait({job})
            return job.result()
        except asyncio.CancelledError:
            stop.ask()
            await asyncio.wait({job}, timeout=_END_S)
            job.add_done_callback(_forget)
            raise
        except (ftplib.Error, ftps.SizeDiffers, ftps.Cancelled, OSError, EOFError) as e:
            raise self._explain(e) from e
        finally:
            self._stop = None
            pool.shutdown(wait=False)

    def _explain(self, error: BaseException) -> OdinError:
        """Returns what went wrong as a sentence that says what to do."""
        match error:
            case ftps.SizeDiffers():
                text = (
                    f"The printer holds {error.stored or 0} of {error.sent} bytes of the "
                    "file, so it was removed. Try again; if it stays so, check the "
                    "printer's card or stick."
                )
            case ftps.Cancelled():
                text = "The transfer was ended."
            case ftplib.error_perm():
                return _refusal(str(error))
            case ftplib.error_temp():
                text = (
                    "The printer is busy with another file transfer. Try again later."
                )
            case ftplib.Error():
                text = f"The printer's file server made no sense: {error}"
            case _:
                return unreachable(self._server.host, self._server.port, error)
        return Unreachable(text)


def _forget(job: asyncio.Future[Any]) -> None:
    """Takes note of how a job ended that nobody waits for any more."""
    if not job.cancelled():
        job.exception()


def _check(path: str) -> None:
    if not _PATH.fullmatch(path):
        raise Invalid(
            "File names on a printer may hold only letters, digits, dot, dash and "
            "underscore, up to 100 of them.",
            Problem("/name", "not a plain name"),
        )


def _refusal(reply: str) -> OdinError:
    code = reply[:3]
    if code == "530":
        return LoginRejected(WRONG_CODE)
    text = _REFUSALS.get(code, f"The printer refused the file: {reply}")
    return CommandRejected(text, device_code=code)
