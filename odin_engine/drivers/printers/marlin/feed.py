"""A file on its way to the machine: read in pieces, handed out command by command.

The memory it takes does not depend on the file's size: two pieces are kept ready, made
in a thread while the one before is sent.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from pathlib import Path

from odin_engine.drivers.printers.marlin.protocol.gcode import (
    LOOK_BYTES,
    Facts,
    Modes,
    Note,
    NoteKind,
    Piece,
    Preparer,
    is_gcode,
    read_facts,
)
from odin_engine.printers.model import CommandRejected

_PIECE_BYTES = 64 * 1024
_LINE_MOST = 4096
_AHEAD = 2


class Feed:
    """The commands of one file. `take` is what asks for them; it never blocks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb")
        self.size = path.stat().st_size
        self.sent = 0
        self.layer: int | None = None
        self.said_remaining_s: int | None = None
        self.elapsed_said_s: int | None = None
        self.extrudes = False
        self.is_held = False
        self.modes = Modes()
        self.too_long: bytes | None = None
        self.pause_word: str | None = None
        self.done = asyncio.Event()
        self.stopped = asyncio.Event()
        """Set when the file itself asks for a pause, or cannot go on."""
        self._preparer = Preparer()
        self._pieces: deque[Piece] = deque()
        self._piece = Piece()
        self._at = 0
        self._read_to = 0
        self._is_read = False
        self._wanted = asyncio.Event()

    async def look(self) -> Facts:
        """Returns what the file says of itself.

        Raises:
            CommandRejected: it is no G-code in clear.
        """
        return await asyncio.to_thread(self._look)

    def _look(self) -> Facts:
        beginning = self._file.read(LOOK_BYTES)
        if not is_gcode(beginning):
            raise CommandRejected(
                "This file is no G-code in clear text (binary G-code is not). Let the "
                "slicer write plain .gcode for this printer.",
                "not_gcode",
            )
        self._file.seek(max(0, self.size - LOOK_BYTES))
        end = self._file.read(LOOK_BYTES)
        self._file.seek(0)
        return read_facts(beginning, end)

    async def fill(self, tell: Callable[[], None]) -> None:
        """Reads ahead until the end of the file; `tell` is called for each piece."""
        while not self._is_read:
            while len(self._pieces) >= _AHEAD:
                self._wanted.clear()
                await self._wanted.wait()
            piece = await asyncio.to_thread(self._read)
            if piece is None:
                self._is_read = True
            else:
                self._pieces.append(piece)
            tell()

    def _read(self) -> Piece | None:
        data = self._file.read(_PIECE_BYTES)
        if not data:
            return None
        if not data.endswith(b"\n"):
            data += self._file.readline(_LINE_MOST)
        piece = self._preparer.prepare(data.splitlines(keepends=True), self._read_to)
        self._read_to += len(data) + self._skip_rest(data)
        return piece

    def _skip_rest(self, data: bytes) -> int:
        """Leaves out the rest of a line that has no end; it would pass for commands."""
        skipped = 0
        while not data.endswith(b"\n"):
            data = self._file.readline(_PIECE_BYTES)
            if not data:
                break
            skipped += len(data)
        return skipped

    def take(self) -> bytes | None:
        """Returns the next command, `None` while there is none."""
        while not self.is_held:
            notes = self._piece.notes.pop(self._at, None)
            if notes:
                self._notice(notes.pop(0))
                if notes:
                    # A pause among them keeps the rest for when it goes on.
                    self._piece.notes[self._at] = notes
                continue
            if self._at < len(self._piece.commands):
                command = self._piece.commands[self._at]
                self.sent = self._piece.ends[self._at]
                self._at += 1
                return command
            if not self._pieces:
                if self._is_read:
                    self.sent = self.size
                    self.done.set()
                return None
            self._piece, self._at = self._pieces.popleft(), 0
            self._wanted.set()
        return None

    def _notice(self, note: Note) -> None:
        match note.kind:
            case NoteKind.LAYER:
                self.layer = note.value
            case NoteKind.NEXT_LAYER:
                self.layer = (self.layer or 0) + 1
            case NoteKind.ELAPSED:
                self.elapsed_said_s = note.value
            case NoteKind.REMAINING:
                self.said_remaining_s = note.value
            case NoteKind.EXTRUDES:
                self.extrudes = True
            case NoteKind.MODE:
                self.modes = self.modes.after(note.command)
            case NoteKind.PAUSE:
                self.pause_word = note.command.decode()
                self._stop()
            case NoteKind.TOO_LONG:
                self.too_long = note.command
                self._stop()

    def _stop(self) -> None:
        self.is_held = True
        self.stopped.set()

    def feedrate(self) -> bytes | None:
        """Returns the last feed rate handed out, such as `F1500`, if it is at hand."""
        for command in reversed(self._piece.commands[: self._at]):
            if command.startswith(b"G"):
                for word in command.split():
                    if word.startswith(b"F"):
                        return word
        return None

    def close(self) -> None:
        """Hands out nothing more and lets the file go."""
        self.is_held = True
        self._is_read = True
        self._wanted.set()
        self._file.close()
