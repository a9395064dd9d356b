"""A file of G-code: which of its lines are sent, and what its comments tell. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from odin_engine.drivers.printers.marlin.protocol.lines import (
    COMMAND_MOST,
    clean,
    code_of,
)

LOOK_BYTES = 65_536
"""Slicers write their facts into the first and the last few KiB."""
_LEFT_OUT = frozenset({b"M110", b"M28", b"M29", b"M928", b"M112", b"M23", b"M24"})
"""They would break the count, write to the card, or halt the machine."""
_PAUSES = frozenset({b"M0", b"M1", b"M25", b"M601"})
"""A machine without buttons would wait for ever (§4): we pause instead."""
_MODES = frozenset({b"G90", b"G91", b"M82", b"M83", b"M106", b"M107"})
_MOVES = (b"G0 ", b"G1 ")
_UNUSUAL = re.compile(rb"[^-+0-9A-Za-z .\t\r\n]")
"""What no plain move has: comments, checksums of its own, anything but text."""
_LAYER = re.compile(rb"^;\s?LAYER:\s?(\d{1,6})")
_LAYER_CHANGE = re.compile(rb"^;\s?(?:LAYER_CHANGE|CHANGE_LAYER)")
_ELAPSED = re.compile(rb"^;TIME_ELAPSED:(\d{1,8})")
_REMAINING = re.compile(rb"^M73 .*?R(\d{1,5})")
_COUNTS = (
    re.compile(rb"(?m)^;\s?LAYER_COUNT:\s?(\d{1,6})"),
    re.compile(rb"(?m)^;\s?total layers? (?:count|number)\s?[=:]\s?(\d{1,6})"),
)
_SECONDS = re.compile(rb"(?m)^;TIME:(\d{1,8})")
_TIME = re.compile(
    rb"(?m)^;.*?(?:estimated printing time(?: \(normal mode\))?|total estimated time)"
    rb"\s?[=:]\s?([\ddhms ]{1,40})"
)
_PART = re.compile(rb"(\d{1,6})\s?([dhms])")
_UNIT_S = {b"d": 86_400, b"h": 3_600, b"m": 60, b"s": 1}


class NoteKind(StrEnum):
    """What is to be noticed before a command is sent."""

    LAYER = "layer"
    NEXT_LAYER = "next_layer"
    ELAPSED = "elapsed"
    REMAINING = "remaining"
    EXTRUDES = "extrudes"
    PAUSE = "pause"
    MODE = "mode"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a file says of itself at one place. Times are in seconds."""

    kind: NoteKind
    value: int = 0
    command: bytes = b""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says of all of it."""

    layers: int | None = None
    estimate_s: int | None = None


@dataclass(frozen=True, slots=True)
class Modes:
    """What a machine was told to take coordinates as; what a pause must restore."""

    is_relative: bool = False
    extrudes_relative: bool = False
    fan: bytes = b"M107"

    def after(self, command: bytes) -> Modes:
        """Returns the modes once a command of that kind was done."""
        match command.partition(b" ")[0]:
            case b"G90":
                return replace(self, is_relative=False, extrudes_relative=False)
            case b"G91":
                return replace(self, is_relative=True, extrudes_relative=True)
            case b"M82":
                return replace(self, extrudes_relative=False)
            case b"M83":
                return replace(self, extrudes_relative=True)
        return replace(self, fan=command)


@dataclass(slots=True)
class Piece:
    """Some commands of a file; `ends[i]` is where in the file command i ends.

    `notes[i]` are for before command i, with i up to their number.
    """

    commands: list[bytes] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    notes: dict[int, list[Note]] = field(default_factory=dict)


def read_facts(beginning: bytes, end: bytes) -> Facts:
    """Returns what the two ends of a file say of it."""
    text = beginning + b"\n" + end
    layers = next((found for each in _COUNTS if (found := each.search(text))), None)
    return Facts(int(layers[1]) if layers else None, _estimate_s(text))


def _estimate_s(text: bytes) -> int | None:
    if seconds := _SECONDS.search(text):
        return int(seconds[1]) or None
    if time := _TIME.search(text):
        parts = _PART.findall(time[1])
        return sum(int(number) * _UNIT_S[unit] for number, unit in parts) or None
    return None


def is_gcode(beginning: bytes) -> bool:
    """Whether a file looks like G-code in clear; `.bgcode` and pictures do not."""
    return b"\0" not in beginning and not beginning.startswith(b"GCDE")


class Preparer:
    """Makes pieces of a file's lines, in order."""

    def __init__(self) -> None:
        self._extrudes = False

    def prepare(self, lines: Iterable[bytes], offset: int) -> Piece:
        """Returns the commands among lines, the first of which begins at `offset`."""
        piece = Piece()
        commands, ends = piece.commands, piece.ends
        for line in lines:
            offset += len(line)
            if line.startswith(_MOVES) and not _UNUSUAL.search(line):
                command = line.strip()
                if not self._extrudes and b"E" in command and b"X" in command:
                    self._extrudes = True
                    self._note(piece, Note(NoteKind.EXTRUDES))
            else:
                found = self._other(line, piece)
                if found is None:
                    continue
                command = found
            if len(command) > COMMAND_MOST:
                self._note(piece, Note(NoteKind.TOO_LONG, command=command[:40]))
            commands.append(command)
            ends.append(offset)
        return piece

    def _other(self, line: bytes, piece: Piece) -> bytes | None:
        """Returns the command in a line that is no plain move."""
        if line.startswith(b";"):
            note = _comment(line)
            if note is not None:
                self._note(piece, note)
            return None
        command = clean(line)
        if command is None:
            return None
        word = code_of(command)
        if word in _LEFT_OUT:
            return None
        if word in _PAUSES:
            self._note(piece, Note(NoteKind.PAUSE, command=word))
            return None
        if word in _MODES:
            self._note(piece, Note(NoteKind.MODE, command=command))
        elif word == b"M73" and (left := _REMAINING.match(command)):
            self._note(piece, Note(NoteKind.REMAINING, int(left[1]) * 60))
        return command

    def _note(self, piece: Piece, note: Note) -> None:
        piece.notes.setdefault(len(piece.commands), []).append(note)


def _comment(line: bytes) -> Note | None:
    if layer := _LAYER.match(line):
        return Note(NoteKind.LAYER, int(layer[1]) + 1)
    if _LAYER_CHANGE.match(line):
        return Note(NoteKind.NEXT_LAYER)
    if elapsed := _ELAPSED.match(line):
        return Note(NoteKind.ELAPSED, int(elapsed[1]))
    return None
