"""The card or stick in the printer: a folder with a quota and four states."""

import hashlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from odin_engine.simulator.bambu.machine.settings import Storage
from odin_engine.simulator.bambu.own_files import OwnFiles

# Folders every machine makes. Source: docs/protocols/bambu.md §9, "Layout".
_FOLDERS = (
    "cache",
    "corelogger",
    "image",
    "ipcam",
    "logger",
    "model",
    "timelapse",
    "timelapse/thumbnail",
)

type _Version = tuple[int, int, int]


class Card:
    """Files by their path on the card, always inside `root`.

    `own` is what the machine itself owes it: `complete` lays that down, and whoever looks
    for files calls it first.
    """

    def __init__(
        self,
        root: Path,
        state: Callable[[], Storage],
        capacity: int = 4 << 30,
        *,
        own: OwnFiles | None = None,
    ) -> None:
        self.root, self.capacity = root, capacity
        self._state, self._own = state, own
        self._sums: dict[PurePosixPath, tuple[_Version, str]] = {}
        self.writing: set[PurePosixPath] = set()
        for name in _FOLDERS:
            (root / name).mkdir(parents=True, exist_ok=True)

    @property
    def is_there(self) -> bool:
        """Says whether a card can be read."""
        return self._state() in {Storage.OK, Storage.READ_ONLY}

    @property
    def is_complete(self) -> bool:
        """Says whether every file that ought to be there is."""
        return self._own is None or not (self.is_there and self._own.are_missing)

    def complete(self) -> None:
        """Lays down the files of jobs that nobody sent one for. Blocks while it does."""
        if self._own is not None and not self.is_complete:
            self._own.lay(self.root)

    @property
    def is_writable(self) -> bool:
        """Says whether a card can be written."""
        return self._state() is Storage.OK

    @property
    def free_bytes(self) -> int:
        """Counts what is left of the quota."""
        used = sum(each.stat().st_size for each in self.root.rglob("*"))
        return max(0, self.capacity - used)

    def place(self, path: PurePosixPath) -> Path:
        """Finds where a card path lies on this computer."""
        parts = [part for part in path.parts if part not in ("/", "..", ".")]
        return self.root.joinpath(*parts)

    def has(self, path: PurePosixPath) -> bool:
        """Says whether there is such a file."""
        return self.is_there and self.place(path).is_file()

    def keep_sum(self, path: PurePosixPath, md5: str) -> None:
        """Remembers the MD5 of a file as it is now, in hexadecimal."""
        self._sums[path] = _version(self.place(path)), md5.upper()

    def sum_of(self, path: PurePosixPath) -> str:
        """Gives the MD5 of a file, which is read only where nobody sent it by FTPS."""
        place = self.place(path)
        version, md5 = self._sums.get(path, (None, ""))
        if version == _version(place):
            return md5
        with place.open("rb") as file:
            found = hashlib.file_digest(file, "md5").hexdigest().upper()
        self.keep_sum(path, found)
        return found


def _version(place: Path) -> _Version:
    facts = place.stat()
    return facts.st_ino, facts.st_size, facts.st_mtime_ns
