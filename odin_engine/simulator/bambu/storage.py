"""The card or stick in the printer: a folder with a quota and four states."""

from collections.abc import Callable
from pathlib import Path, PurePosixPath

from odin_engine.simulator.bambu.machine.settings import Storage

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


class Card:
    """Files by their path on the card, always inside `root`."""

    def __init__(
        self, root: Path, state: Callable[[], Storage], capacity: int = 4 << 30
    ) -> None:
        self.root, self.capacity = root, capacity
        self._state = state
        self.writing: set[PurePosixPath] = set()
        for name in _FOLDERS:
            (root / name).mkdir(parents=True, exist_ok=True)

    @property
    def is_there(self) -> bool:
        """Says whether a card can be read."""
        return self._state() in {Storage.OK, Storage.READ_ONLY}

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
