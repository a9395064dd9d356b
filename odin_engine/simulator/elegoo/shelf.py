"""The memory of a machine: files that arrive in slices, and lie in one folder."""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

OK: dict[str, object] = {
    "code": "000000",
    "messages": None,
    "data": {},
    "success": True,
}


def refused(code: int) -> dict[str, object]:
    """Words the refusal of a slice."""
    messages = [{"field": "common_field", "message": code}]
    return {"code": "111111", "messages": messages, "data": None, "success": False}


@dataclass(slots=True)
class _Part:
    path: Path
    name: str
    md5: str
    size: int
    done: int = 0


class Shelf:
    """Files by name. `arrived` are whole uploads in order, with whether they were whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._local = folder / "local"
        self._parts: dict[str, _Part] = {}
        self.arrived: list[tuple[str, bool]] = []
        self.keeps_half = False

    @property
    def writing(self) -> bool:
        """Whether an upload is under way."""
        return bool(self._parts)

    def names(self) -> dict[str, int]:
        """The files that lie there, and their sizes."""
        if not self._local.is_dir():
            return {}
        found = sorted(each for each in self._local.iterdir() if each.is_file())
        return {each.name: each.stat().st_size for each in found}

    def head(self, name: str) -> bytes | None:
        """The beginning and the end of a file; None where there is none."""
        path = self._local / name
        if "/" in name or not path.is_file():
            return None
        with path.open("rb") as file:
            first = file.read(64 << 10)
            file.seek(max(path.stat().st_size - (64 << 10), 0))
            return first + file.read()

    def take(self, form: dict[str, str], name: str, slice_: bytes) -> dict[str, object]:
        """Takes a slice and words the answer."""
        uuid, offset = form["Uuid"], int(form["Offset"])
        part = self._parts.get(uuid)
        if part is None:
            if offset:
                return refused(-2)
            part = self._begin(form, uuid, name)
        if offset != part.done:
            return refused(-2)
        with part.path.open("ab") as file:
            file.write(slice_)
        part.done += len(slice_)
        if part.done >= part.size:
            self._finish(uuid, part)
        return OK

    def lose(self) -> None:
        """Forgets every upload under way, with what has come of it."""
        for uuid in list(self._parts):
            self.abort(uuid)

    def abort(self, uuid: str) -> int:
        """Throws an upload away; gives the `Ack`."""
        part = self._parts.pop(uuid, None)
        if part is None:
            return 1
        part.path.unlink(missing_ok=True)
        return 0

    def delete(self, name: str) -> bool:
        """Removes a file; says whether there was one."""
        path = self._local / name
        if "/" in name or not path.is_file():
            return False
        path.unlink()
        return True

    def clear(self) -> None:
        """Removes everything."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _begin(self, form: dict[str, str], uuid: str, name: str) -> _Part:
        self._local.mkdir(parents=True, exist_ok=True)
        part = _Part(
            self._folder / f"{uuid}.part",
            Path(name).name,
            form["S-File-MD5"],
            int(form["TotalSize"]),
        )
        part.path.write_bytes(b"")
        self._parts[uuid] = part
        return part

    def _finish(self, uuid: str, part: _Part) -> None:
        del self._parts[uuid]
        with part.path.open("rb") as file:
            whole = hashlib.file_digest(file, "md5").hexdigest() == part.md5
        if self.keeps_half:
            with part.path.open("rb+") as file:
                file.truncate(part.size // 2)
        part.path.replace(self._local / part.name)
        self.arrived.append((part.name, whole))
