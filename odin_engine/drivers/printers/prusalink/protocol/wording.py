"""What a refusal means, in a sentence that a person can act on. Pure.

Source: Buddy `lib/WUI/nhttp`, Prusa-Link `prusa/link/conditions.py`; issues
Prusa-Firmware-Buddy 2686 and 2943 (409), pull request 4006 (415).
"""

import re
from enum import StrEnum

import orjson

from odin_engine.drivers.printers.prusalink.protocol.fields import mapping, text
from odin_engine.printers.model import CommandRejected

_LONGEST = 160
_ASIDE = re.compile(r"(?is)<(head|style|script)\b.{0,4096}?</\1\s*>")
_TAG = re.compile(r"<[^>]{0,200}>")
_SPACE = re.compile(r"\s+")
_CODE = re.compile(r"^\d{3}:?\s*")


class Deed(StrEnum):
    """What was refused."""

    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    START = "start"
    UPLOAD = "upload"
    DELETE = "delete"
    READ = "read"


_BY_DEED = {
    (Deed.PAUSE, 409): "There is no print that could be paused now.",
    (Deed.RESUME, 409): (
        "The print is not paused, or the printer waits for an answer on its own screen; "
        "answer it there first."
    ),
    (Deed.STOP, 409): "There is no print that could be stopped now.",
    (Deed.START, 409): (
        "The printer cannot start a print now. It must be idle, and its screen must show "
        "neither a dialog nor a menu that waits."
    ),
    (Deed.START, 404): "The file is not on the printer's storage any more.",
    (Deed.UPLOAD, 400): "The printer does not take the name, or got half of the file.",
    (Deed.UPLOAD, 403): "Nothing can be written to that storage of the printer.",
    (Deed.UPLOAD, 404): (
        "The printer has no storage to write to. Insert a USB stick into it."
    ),
    (Deed.UPLOAD, 409): (
        "The printer takes one transfer at a time, and no file that it uses just now. "
        "Prusa Connect and slicers count, too; try again when they are done."
    ),
    (Deed.UPLOAD, 501): "The file is empty; there is nothing to print in it.",
    (Deed.DELETE, 409): "The file is in use; it can be removed after the print.",
    (Deed.READ, 404): "The file is not on the printer's storage any more.",
}
_BY_CODE = {
    400: "The printer did not understand the request.",
    401: "The printer wants the password anew.",
    403: "The printer does not allow it.",
    404: "That print is not the one that runs any more.",
    408: "The file came too slowly. Bring the printer nearer to its access point.",
    409: "The printer cannot do that now.",
    411: "The printer wants to know the length first.",
    413: "The file is larger than the room that is left.",
    415: "The printer takes G-code and, on newer models, binary G-code only.",
    422: "The name does not fit the printer's storage. Choose a plainer one.",
    431: "The name is too long for the printer. Choose a shorter one.",
    500: "Something went wrong in the printer. Look at its screen, and try again.",
    503: "PrusaLink is not ready, or the transfer was stopped elsewhere.",
    507: "The printer's storage is full or cannot be written. Make room, or change it.",
}


def rejection(deed: Deed, code: int, body: bytes) -> CommandRejected:
    """Returns a refusal: what it means, and the printer's own words."""
    meaning = _BY_DEED.get((deed, code)) or _BY_CODE.get(code)
    said = own_words(body)
    if meaning is None:
        meaning = f"The printer refused (HTTP {code})."
    if said:
        meaning = f"{meaning} It says: {said}"
    return CommandRejected(meaning, str(code))


def own_words(body: bytes) -> str:
    """Returns what a body says to people: JSON of two makes, plain text or a page."""
    try:
        data = mapping(orjson.loads(body))
    except orjson.JSONDecodeError:
        data = {}
        raw = body[:4096].decode("utf-8", errors="replace")
    else:
        raw = ""
        for key in ("message", "text", "title"):
            raw = raw or text(data.get(key)) or ""
    plain = _SPACE.sub(" ", _TAG.sub(" ", _ASIDE.sub(" ", raw))).strip()
    shown = "".join(each for each in _CODE.sub("", plain) if each.isprintable())
    return shown[:_LONGEST]
