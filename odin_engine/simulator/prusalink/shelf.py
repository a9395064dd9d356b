"""The stick in the printer, or the Pi's own folder: files on a real disk."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PRINTABLE = (".gcode", ".bgcode", ".gco", ".gc", ".g", ".bgc")
_SHORT = 8


@dataclass(eq=False)
class Shelf:
    """A storage. `root` is where its files lie; `name` is its segment in paths."""

    name: str
    root: Path
    is_there: bool = True
    is_full: bool = False
    is_truncating: bool = False
    settles: int = 0
    """How many more questions are answered that the last transfer still runs."""
    lag: int = 0
    """How many more questions for a file are answered as if the last were not there."""
    receiving: str | None = None
    received_bytes: int = 0

    def path(self, name: str) -> Path | None:
        """Returns where a name lies, short ones too; `None` for what leads out."""
        parts = [part for part in name.split("/") if part]
        if any(part in {".", ".."} for part in parts):
            return None
        place = self.root.joinpath(*parts)
        if place.exists() or not parts or not place.parent.is_dir():
            return place
        for each in place.parent.iterdir():
            if short_name(each.name) == parts[-1]:
                return each
        return place

    async def take(self, place: Path, blocks: AsyncIterator[bytes], size: int) -> bool:
        """Keeps a file; half of it, where it truncates. Returns whether there was room."""
        part = place.with_name(f".{place.name}.part")
        part.parent.mkdir(parents=True, exist_ok=True)
        left = size // 2 if self.is_truncating else size
        self.receiving, self.received_bytes = place.name, 0
        try:
            # A few MB at most are on their way at a time, as on the real one.
            with part.open("wb") as file:
                async for block in blocks:
                    if self.is_full:
                        return False
                    file.write(block[: max(left, 0)])
                    left -= len(block)
                    self.received_bytes += len(block)
            part.replace(place)
        finally:
            self.receiving = None
            part.unlink(missing_ok=True)
        return True

    def is_behind(self) -> bool:
        """Whether it has not noticed its latest file yet; each question counts."""
        self.lag = max(self.lag - 1, 0)
        return self.lag > 0

    def children(self, folder: Path) -> list[dict[str, Any]]:
        """Returns what lies in a folder, as the servers list it."""
        found = []
        for each in sorted(folder.iterdir()):
            if each.name.startswith("."):
                continue
            row: dict[str, Any] = {
                "name": short_name(each.name),
                "display_name": each.name,
                "m_timestamp": int(each.stat().st_mtime),
            }
            if each.is_dir():
                row["type"] = "FOLDER"
            else:
                row["type"] = "PRINT_FILE" if is_printable(each.name) else "FILE"
                row["size"] = each.stat().st_size
            found.append(row)
        return found


def is_printable(name: str) -> bool:
    """Whether a name is that of something to print."""
    return name.lower().endswith(PRINTABLE)


def short_name(name: str) -> str:
    """Returns a name as FAT's short ones are."""
    stem, _, suffix = name.rpartition(".")
    if not stem or (len(stem) <= _SHORT and name.isupper()):
        return name
    return f"{stem[:6].upper()}~1.{suffix[:3].upper()}"
