"""A file on a printer's storage, read in pieces: what `zipfile` asks for, and no more.

A project file may have hundreds of megabytes of G-code; its table of contents stands
at its end, and the few members that tell something are small. Runs in the worker thread
that `storage` owns. Source: docs/protocols/bambu.md §9; RFC 3659 §5 (REST).
"""

import ftplib
import io
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import BinaryIO, cast, override

from odin_engine.drivers.printers.bambu import ftps

TAIL_BYTES = 128 << 10
"""Room for the longest comment of an archive and the table of some 500 members."""
AHEAD_BYTES = 64 << 10
WHOLE_BYTES = 512 << 10
"""A file this small takes one transfer; each piece costs a connection of its own."""
MOST_BYTES = 16 << 20
"""A sane project needs half a megabyte; a hostile one gets no more than this."""
DOWNLOAD_MOST_BYTES = 64 << 20
"""What is fetched whole where the firmware cannot begin in the middle."""
_MOST_SESSIONS = 4


class NotThere(Exception):
    """None of the files is on the printer."""


class TooMuch(Exception):
    """More of a file would have to be read than is sensible."""


class NoRanges(Exception):
    """The printer cannot begin in the middle of a file."""


def look_into[T](
    server: ftps.Server,
    paths: Sequence[str],
    work: Callable[[BinaryIO], T],
    stop: ftps.Stop,
    *,
    in_clear: bool,
) -> T:
    """Returns what `work` makes of the first of these files, or of the newest of them.

    Raises:
        NotThere, TooMuch, Cancelled, DataChannelFailed: as they say.
        ftplib.Error, OSError: as they come, and whatever `work` raises.
    """
    with _sessions(server, stop, in_clear=in_clear) as sessions:
        path, size = sessions.find(paths)
        try:
            pieces = _Pieces(partial(sessions.fetch, path), size)
            return work(cast("BinaryIO", pieces))
        except NoRanges:
            with tempfile.TemporaryFile() as whole:
                sessions.download(path, size, whole)
                return work(cast("BinaryIO", whole))


@contextmanager
def _sessions(
    server: ftps.Server, stop: ftps.Stop, *, in_clear: bool
) -> Iterator[_Sessions]:
    sessions = _Sessions(server, stop, in_clear=in_clear)
    try:
        yield sessions
    finally:
        sessions.close()


class _Sessions:
    """One session at a time; a new one where a printer gives the old one up."""

    def __init__(self, server: ftps.Server, stop: ftps.Stop, *, in_clear: bool) -> None:
        self._server = server
        self._stop = stop
        self._in_clear = in_clear
        self._opened = 0
        self._session: ftps.Session | None = None
        self._size = 0

    def find(self, paths: Sequence[str]) -> tuple[str, int]:
        """Returns the newest file of those there are, the first where ages are unknown.

        Raises:
            NotThere: none of them is there.
        """
        session = self._current()
        sizes = {path: size for path in paths if (size := session.stored_size(path))}
        if not sizes:
            raise NotThere
        path = next(iter(sizes))
        if len(sizes) > 1:
            # `max` keeps the first of equals.
            path = max(sizes, key=session.modified_at)
        self._size = sizes[path]
        return path, self._size

    def fetch(self, path: str, offset: int, length: int) -> bytes:
        """Returns exactly these bytes of a file; asks once more where they are short.

        Raises:
            NoRanges: the firmware begins at 0 whatever it is asked.
        """
        for _ in range(2):
            data = self._fetch(path, offset, length)
            if len(data) == length:
                return data
        raise ConnectionError("the printer sent less of the file than it has")

    def _fetch(self, path: str, offset: int, length: int) -> bytes:
        session = self._current()
        is_end = offset + length == self._size
        try:
            # At the end there is nothing more, unless it began at the beginning.
            data = session.fetch(path, offset, length + is_end)
            is_usable = session.dismiss()
        except ftplib.error_perm as error:
            if offset and str(error).startswith(ftps.UNKNOWN_COMMAND):
                raise NoRanges from error
            raise
        except (OSError, EOFError) as error:
            self._drop()
            self._stop.check()
            raise ConnectionError(str(error) or "the connection was lost") from error
        if not is_usable:
            self._drop()
        if len(data) > length:
            raise NoRanges
        return data

    def download(self, path: str, size: int, sink: BinaryIO) -> None:
        """Fetches a file whole.

        Raises:
            TooMuch: it is larger than that is worth.
        """
        if size > DOWNLOAD_MOST_BYTES:
            raise TooMuch
        try:
            self._current().copy(path, size, sink)
        except EOFError as error:
            raise ConnectionError("the connection was lost") from error

    def _current(self) -> ftps.Session:
        if self._session is None:
            if self._opened == _MOST_SESSIONS:
                raise ConnectionError("the printer gives up each connection")
            self._opened += 1
            self._session = self._server.open(self._stop, in_clear=self._in_clear)
        return self._session

    def _drop(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def close(self) -> None:
        """Says goodbye."""
        if self._session is not None:
            ftps.leave(self._session)


class _Pieces(io.RawIOBase):
    """A seekable file of which only what is read is fetched, in two windows.

    The first is the end of the file, which every archive is read from; it also proves
    that the printer begins where it is told to.
    """

    def __init__(self, fetch: Callable[[int, int], bytes], size: int) -> None:
        super().__init__()
        self._fetch = fetch
        self._size = size
        self._at = 0
        self._fetched = 0
        start = 0 if size <= WHOLE_BYTES else size - TAIL_BYTES
        self._tail = (start, self._take(start, size - start))
        self._window = (0, b"")

    @override
    def readable(self) -> bool:
        return True

    @override
    def seekable(self) -> bool:
        return True

    @override
    def tell(self) -> int:
        return self._at

    @override
    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}
        at = base[whence] + offset
        if at < 0:
            raise ValueError("before the beginning of the file")
        self._at = at
        return at

    @override
    def read(self, size: int | None = -1) -> bytes:
        left = max(0, self._size - self._at)
        left = left if size is None or size < 0 else min(size, left)
        parts = []
        while left:
            part = self._next(left)
            parts.append(part)
            self._at += len(part)
            left -= len(part)
        return b"".join(parts)

    def _next(self, left: int) -> bytes:
        """Returns the next bytes, as many as a window has."""
        for start, data in (self._tail, self._window):
            inside = self._at - start
            if 0 <= inside < len(data):
                return data[inside : inside + left]
        length = min(max(left, AHEAD_BYTES), self._size - self._at)
        self._window = (self._at, self._take(self._at, length))
        return self._window[1][:left]

    def _take(self, offset: int, length: int) -> bytes:
        self._fetched += length
        if self._fetched > MOST_BYTES:
            raise TooMuch
        return self._fetch(offset, length)
