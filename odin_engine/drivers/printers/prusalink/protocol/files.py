"""Names and paths of files on the printer. Pure.

Source: Buddy `lib/WUI/nhttp/gcode_upload.cpp`, `src/gui/file_list_defs.h` (what can be
printed), FAT's rules for names.
"""

from urllib.parse import quote

from odin_engine.drivers.printers.prusalink.protocol.answers import Drive
from odin_engine.printers.model.bounds import is_safe_file_name

KINDS = (".gcode", ".bgcode", ".gco", ".gc", ".g", ".bgc")
BUDDY_DRIVE = Drive("usb")
PI_DRIVE = Drive("local")
_FILES = "/api/v1/files"
_OPENING_S = 60.0
_SLOWEST_BYTES_S = 150_000.0
"""A slow stick over Wi-Fi; most machines take 0.5 to 2 MB a second."""
_ANY_KIND = "application/octet-stream"
_REFERENCE_SAFE = "%/?&=:+,;@~!$'()*"
BAD_NAME = (
    "The printer takes no such file name. Use letters, digits, spaces, dots, dashes and "
    "underscores, and end it in .gcode or .bgcode."
)


def is_printable(name: str) -> bool:
    """Whether the printer takes a name, and as something to print."""
    return is_safe_file_name(name) and name.lower().endswith(KINDS)


def path_of(drive: Drive, name: str) -> str:
    """Returns the path of a file or, for an empty name, of a storage's root.

    A name that begins with a slash says its storage itself, such as `/sdcard/a.gcode`.
    """
    whole = name if name.startswith("/") else f"/{drive.name}/{name}"
    return f"{_FILES}{'/'.join(quote(part, safe='') for part in whole.split('/'))}"


def may_be_path(name: str) -> bool:
    """Whether a name of a file on the printer can be put into a path."""
    parts = name.removeprefix("/").split("/")
    return name.isprintable() and not {"", ".", ".."} & set(parts)


def in_storage(path: str | None) -> str | None:
    """Returns a file's name in its storage, out of what a job calls it.

    The Pi begins that with the storage's name for people, which no path can have.
    """
    return None if path is None else path.removeprefix("/").partition("/")[2]


def reference(path: str) -> str:
    """Returns a path that the printer gave, fit to be asked for."""
    return quote(path, safe=_REFERENCE_SAFE)


def upload_headers(drive: Drive) -> dict[str, str]:
    """Returns what goes with a file: it may replace an older one, and waits for a start.

    Truth values are structured fields (RFC 8941): the Pi refuses any other. Sent as the
    common kind of file, it looks at one of that name before it has it, and fails
    (Prusa-Link 0.8.1 `web/files.py`).
    """
    kind = "text/x.gcode" if drive.name == PI_DRIVE.name else _ANY_KIND
    return {"Overwrite": "?1", "Print-After-Upload": "?0", "Content-Type": kind}


def upload_within_s(size: int) -> float:
    """Returns how long the slowest machine may take for so many bytes."""
    return _OPENING_S + size / _SLOWEST_BYTES_S
