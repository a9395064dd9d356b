"""What the machine says, line by line (§3). `parse` never raises, whatever came."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from odin_engine.drivers.printers.marlin.protocol.troubles import (
    Trouble,
    is_last_word,
    read_trouble,
)

LINE_MOST = 1024
"""The longest are lists of files and identities, some 300."""
type Heat = tuple[str, float, float | None]
"""A name such as `T0` or `B`, and °C: now, and wanted."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where the head is, in mm."""

    x: float
    y: float
    z: float
    e: float


@dataclass(frozen=True, slots=True)
class Ok:
    """A line was taken. `number` is the line's, where the firmware says it.

    Some firmwares answer on the same line what was asked.
    """

    number: int | None = None
    heats: tuple[Heat, ...] = ()
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """The board has just been reset."""


@dataclass(frozen=True, slots=True)
class Wait:
    """The machine has nothing to do (Repetier)."""


class Waiting(StrEnum):
    """What a busy machine is busy with: its work, or somebody has to do something."""

    PROCESSING = "processing"
    USER = "user"
    INPUT = "input"


@dataclass(frozen=True, slots=True)
class Busy:
    """It works on, and its `ok` comes later."""

    waits_for: Waiting


@dataclass(frozen=True, slots=True)
class Resend:
    """It wants everything again from that line on."""

    number: int


@dataclass(frozen=True, slots=True)
class Heats:
    """Temperatures, as they came."""

    values: tuple[Heat, ...]


@dataclass(frozen=True, slots=True)
class Capability:
    """What a firmware says that it can or cannot do."""

    name: str
    is_there: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """Who it is, by `FIRMWARE_NAME`, `MACHINE_TYPE`, `EXTRUDER_COUNT` and others."""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Action:
    """It asks its host for something, or tells what it did."""

    word: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class CardProgress:
    """How much of the file on its card it has read, in bytes."""

    done: int
    total: int


class CardWord(StrEnum):
    """What it says about printing from its card."""

    NOT_PRINTING = "not_printing"
    DONE = "done"
    SELECTED = "selected"
    OPEN_FAILED = "open_failed"
    LIST_BEGINS = "list_begins"
    LIST_ENDS = "list_ends"
    READY = "ready"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Card:
    """A word about the card; `name` and `size_bytes` where a file is meant."""

    word: CardWord
    name: str | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Factors:
    """The speed or the flow in %."""

    speed_pct: int | None = None
    flow_pct: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a print from the card is, by what its slicer wrote into it (`M73`)."""

    percent: int
    remaining_s: int


@dataclass(frozen=True, slots=True)
class Text:
    """Anything else that is readable."""

    text: str


@dataclass(frozen=True, slots=True)
class Nonsense:
    """Noise: a wrong baud rate, a bad cable, or no printer."""


type Reply = (
    Ok
    | Start
    | Wait
    | Busy
    | Resend
    | Heats
    | Capability
    | Identity
    | Action
    | Position
    | CardProgress
    | Card
    | Factors
    | Progress
    | Trouble
    | Text
    | Nonsense
)

_OK = Ok()
_NOISE = bytes([*range(9), *range(10, 32), 127])
_HEAT = re.compile(
    r"(?<![A-Za-z@])(T\d{0,2}|[BCPARLM]):\s*(-?\d{1,4}(?:\.\d{1,4})?)(?![\d.])"
    r"(?:\s*/\s*(-?\d{1,4}(?:\.\d{1,4})?)(?![\d.]))?"
)
_TARGET = re.compile(r"Target(Extr(\d{1,2})|Bed):\s*(-?\d{1,4}(?:\.\d+)?)")
_RESEND = re.compile(r"(?:Resend|rs)[: ]*\s*N?:?\s*(\d{1,10})", re.IGNORECASE)
_OK_NUMBER = re.compile(r"^(?:N\s*)?(\d{1,10})\b")
_WORDS = re.compile(r"\b([A-Z][A-Z_]+):(.*?)(?=\s[A-Z][A-Z_]+:|$)")
_CAP = re.compile(r"Cap:([A-Z0-9_]{1,40}):([01])")
_PLACE = re.compile(r"(?:C:\s*)?X:")
"""How a position begins; the steps behind it have the letters of heaters."""
_POSITION = re.compile(
    r"^(?:C:\s*)?X:\s*(-?\d{1,6}\.?\d*)\s*Y:\s*(-?\d{1,6}\.?\d*)"
    r"\s*Z:\s*(-?\d{1,6}\.?\d*)\s*E:\s*(-?\d{1,9}\.?\d*)"
)
_CARD_PROGRESS = re.compile(r"SD printing byte (\d{1,12})/(\d{1,12})")
_OPENED = re.compile(r"File opened:\s*(.+?)\s+Size:\s*(\d{1,12})")
_CURRENT = re.compile(r"Current file:\s*(\S.*)")
_SPEED = re.compile(r"^(?:echo:)?FR:\s*(\d{1,4})%")
_FLOW = re.compile(r"^(?:echo:)?(?:E0 )?Flow:\s*(\d{1,4})%")
_ACTION = re.compile(r"^//\s?action:\s*(\w+)\s?(.*)")
_PROGRESS = re.compile(
    r"(?:Percent done|M73 Progress):\s*(\d{1,3})%?;.*?(?:in mins|left):\s*(\d{1,5})"
)
_CARD_WORDS = (
    ("Not SD printing", CardWord.NOT_PRINTING),
    ("Done printing file", CardWord.DONE),
    ("File selected", CardWord.SELECTED),
    ("open failed", CardWord.OPEN_FAILED),
    ("Begin file list", CardWord.LIST_BEGINS),
    ("End file list", CardWord.LIST_ENDS),
    ("SD card ok", CardWord.READY),
    ("SD init fail", CardWord.MISSING),
    ("volume.init failed", CardWord.MISSING),
    ("No SD card", CardWord.MISSING),
)
_BUSY = (("user", Waiting.USER), ("input", Waiting.INPUT))
_KNOWN_BEGINNINGS = (b"ok", b"T:", b"echo:", b"Error", b"Resend", b"FIRMWARE", b"X:")


def parse(line: bytes) -> Reply:
    """Returns what a line says; it comes without its end."""
    if line == b"ok":
        return _OK
    line = line.translate(None, _NOISE).strip()
    if not line.isascii() and not line.startswith(_KNOWN_BEGINNINGS):
        return Nonsense()
    text = line[:LINE_MOST].decode("latin-1")
    if not text:
        return Text("")
    if text.startswith("ok") and (len(text) == 2 or text[2] in " T:"):
        return _ok(text[2:].strip())
    return _simple(text) or _about_card(text) or _about_machine(text) or Text(text)


def _ok(rest: str) -> Ok:
    number = _OK_NUMBER.match(rest)
    return Ok(int(number[1]) if number else None, _heats(rest), _position(rest))


def _simple(text: str) -> Reply | None:
    if text == "start":
        return Start()
    if text == "wait":
        return Wait()
    if "busy:" in text[:11]:
        return Busy(
            next((what for word, what in _BUSY if word in text), Waiting.PROCESSING)
        )
    if text[:2] in {"Re", "rs", "RE"} and (resend := _RESEND.match(text)):
        return Resend(int(resend[1]))
    if text.startswith("//") and (action := _ACTION.match(text)):
        return Action(action[1].lower(), action[2].strip()[:200])
    return None


def _about_card(text: str) -> Reply | None:
    if progress := _CARD_PROGRESS.search(text):
        return CardProgress(int(progress[1]), int(progress[2]))
    if opened := _OPENED.search(text):
        return Card(CardWord.SELECTED, opened[1][:200], int(opened[2]))
    if current := _CURRENT.search(text):
        name = current[1].strip()[:200]
        return None if name.lower() == "(no file)" else Card(CardWord.SELECTED, name)
    if said := _PROGRESS.search(text):
        return Progress(min(100, int(said[1])), int(said[2]) * 60)
    for words, meaning in _CARD_WORDS:
        if words in text:
            return Card(meaning)
    return None


def _about_machine(text: str) -> Reply | None:
    if text.startswith(("Error", "!!", "fatal:", ":")) or is_last_word(text):
        said = text.removeprefix("Error:").removeprefix("fatal:").strip(" :")
        return read_trouble("!!" + said[2:] if said.startswith("!!") else said)
    if "FIRMWARE_NAME:" in text:
        found = {key: value.strip()[:120] for key, value in _WORDS.findall(text)}
        return Identity(found)
    if cap := _CAP.match(text):
        return Capability(cap[1], is_there=cap[2] == "1")
    if position := _position(text):
        return position
    speed, flow = _SPEED.match(text), _FLOW.match(text)
    if speed or flow:
        return Factors(int(speed[1]) if speed else None, int(flow[1]) if flow else None)
    heats = _heats(text)
    return Heats(heats) if heats else None


def _position(text: str) -> Position | None:
    found = _POSITION.match(text)
    return Position(*map(float, found.groups())) if found else None


def _heats(text: str) -> tuple[Heat, ...]:
    """Returns the heaters named. With `T0` beside it, `T` is only the active one."""
    if ":" not in text or _PLACE.match(text):
        return ()
    found = [
        (name, float(now), float(wanted) if wanted else None)
        for name, now, wanted in _HEAT.findall(text)
    ]
    names = {name for name, _, _ in found}
    if "T0" in names:
        found = [each for each in found if each[0] != "T"]
    heats = [(("T0" if name == "T" else name), *rest) for name, *rest in found]
    heats += [
        (f"T{number}" if number else "B", math.nan, float(target))
        for _, number, target in _TARGET.findall(text)
    ]
    return tuple(heats)  # type: ignore[arg-type]
