"""A printer as its owner describes it, and the rules for describing one.

What the machine itself says is in `state`. Secrets are in `Access`, apart from the
record, so that showing a record can never show one.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from odin_engine.kernel.errors import Conflict, Invalid, NotFound, Problem

NAME_MAX = 80
NOTES_MAX = 4000
LOCATION_MAX = 80
TAG_MAX = 32
TAGS_MAX = 20
PORTS_MAX = 8
OPTIONS_MAX = 16
OPTION_MAX = 256
MACROS_MAX = 64
MACRO_NAME_MAX = 64
SECRET_MAX = 256
URL_MAX = 1024
HEATER_OFF_MAX_MIN = 24 * 60

_SERIAL = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,63}")
_HOST = re.compile(
    r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?"
    r"(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*"
)
_PORT_NAME = re.compile(r"[a-z][a-z0-9_]{0,15}")
_PORT_MAX = 65535
_OPTION_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_LARGEST_OPTION = 2**31
_DEVICE = re.compile(r"/dev(/[A-Za-z0-9._:+@=,~-]{1,128}){1,6}")
"""Such as `/dev/ttyUSB0` and `/dev/serial/by-id/usb-…-if00`."""
_CAMERA_SCHEMES = frozenset({"http", "https", "rtsp", "rtsps"})


class PlateState(StrEnum):
    """Whether the next print may start on this plate."""

    CLEAR = "clear"
    OCCUPIED = "occupied"


@dataclass(frozen=True, slots=True)
class Plate:
    """The gate between one print and the next.

    With `is_gated` every end of a print occupies the plate until somebody says that it
    is clear; without, the plate always counts as clear. `run_id` is the print on it.
    """

    is_gated: bool = True
    state: PlateState = PlateState.CLEAR
    since: datetime | None = None
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class Printer:
    """One registered printer. `version` grows with each edit and is its `ETag`.

    `heater_off_min` is after how many minutes a heater set by hand goes off: 0 never,
    `None` by the engine's default. `macro_buttons` are the macros that operators may run.
    `options` are its family's own settings; `host` is a device's path where that is how
    the family reaches its machines. `location` is the room where it stands.
    """

    id: str
    name: str
    family: str
    host: str
    created_at: datetime
    serial: str | None = None
    ports: Mapping[str, int] = field(default_factory=dict)
    options: Mapping[str, str | int | bool] = field(default_factory=dict)
    pin_sha256: str | None = None
    has_secret: bool = False
    has_camera_url: bool = False
    tags: tuple[str, ...] = ()
    position: int = 0
    is_enabled: bool = True
    is_observe_only: bool = False
    is_in_maintenance: bool = False
    maintenance_note: str = ""
    plate: Plate = field(default_factory=Plate)
    notes: str = ""
    location: str = ""
    heater_off_min: int | None = None
    macro_buttons: tuple[str, ...] = ()
    version: int = 1


@dataclass(frozen=True, slots=True)
class Access:
    """What opens a printer and its extra camera. Stored encrypted, never shown."""

    secret: str | None = field(default=None, repr=False)
    camera_url: str | None = field(default=None, repr=False)


class PrinterNotFound(NotFound):
    """No printer has that id."""

    code = "printer_not_found"

    def __init__(self, printer_id: str) -> None:
        super().__init__("There is no such printer. It may have been deleted.")
        self.printer_id = printer_id[:64]


class NameTaken(Conflict):
    """Another printer has that name."""

    code = "printer_name_taken"


class SerialTaken(Conflict):
    """The same machine is registered already."""

    code = "printer_serial_taken"


class UnknownFamily(Invalid):
    """No driver speaks that family's protocol."""

    code = "printer_family_unknown"


def checked(printer: Printer) -> Printer:
    """Returns the printer in normal form: trimmed, serial upper-case, tags unique.

    Raises:
        Invalid: naming each field that is wrong.
    """
    normal = replace(
        printer,
        name=_normal(printer.name),
        host=_normal_host(printer.host.strip()),
        serial=(printer.serial or "").strip().upper() or None,
        tags=_unique(printer.tags),
        macro_buttons=tuple(dict.fromkeys(printer.macro_buttons)),
        notes=printer.notes.strip(),
        location=_normal(printer.location),
        maintenance_note=printer.maintenance_note.strip(),
        plate=printer.plate if printer.plate.is_gated else Plate(is_gated=False),
    )
    problems = tuple(_problems(normal))
    if problems:
        raise Invalid(
            "Some of the printer's settings are not possible; see each field.",
            *problems,
        )
    return normal


def checked_access(access: Access) -> Access:
    """Returns the secrets in normal form; an empty one is none.

    Raises:
        Invalid: naming the field that is wrong, never its value.
    """
    secret = (access.secret or "").strip() or None
    camera_url = (access.camera_url or "").strip() or None
    if secret and not (len(secret) <= SECRET_MAX and secret.isprintable()):
        raise _invalid("/secret", f"up to {SECRET_MAX} printable characters")
    if camera_url and not _is_camera_url(camera_url):
        raise _invalid(
            "/camera_url", "an address such as rtsp://… or http://…, without spaces"
        )
    return Access(secret, camera_url)


def checked_tag(tag: str) -> str:
    """Returns a tag in normal form.

    Raises:
        Invalid: when it is empty, too long or not printable.
    """
    normal = _normal(tag)
    if not _is_line(normal, TAG_MAX):
        raise _invalid("/tag", f"1 to {TAG_MAX} printable characters")
    return normal


def with_tag(printer: Printer, tag: str) -> Printer:
    """Returns the printer with that tag; harmless when it has it."""
    return checked(replace(printer, tags=(*printer.tags, tag)))


def without_tag(printer: Printer, tag: str) -> Printer:
    """Returns the printer without that tag, however it is cased."""
    gone = tag.casefold()
    return replace(printer, tags=tuple(t for t in printer.tags if t.casefold() != gone))


def _problems(printer: Printer) -> Iterator[Problem]:
    if not _is_line(printer.name, NAME_MAX):
        yield Problem("/name", f"1 to {NAME_MAX} printable characters")
    if not (is_device(printer.host) or _is_host(printer.host)):
        yield Problem("/host", "a host name or an IP address, not a URL")
    if printer.serial is not None and not _SERIAL.fullmatch(printer.serial):
        yield Problem("/serial", "up to 64 letters, digits, dots and dashes")
    yield from _port_problems(printer.ports)
    yield from _option_problems(printer.options)
    if len(printer.tags) > TAGS_MAX:
        yield Problem("/tags", f"at most {TAGS_MAX}")
    for index, tag in enumerate(printer.tags):
        if not _is_line(tag, TAG_MAX):
            yield Problem(f"/tags/{index}", f"1 to {TAG_MAX} printable characters")
    yield from _macro_problems(printer.macro_buttons)
    if printer.location and not _is_line(printer.location, LOCATION_MAX):
        yield Problem("/location", f"up to {LOCATION_MAX} printable characters")
    for name in ("notes", "maintenance_note"):
        if not _is_text(getattr(printer, name)):
            yield Problem(f"/{name}", f"up to {NOTES_MAX} characters of text")
    minutes = printer.heater_off_min
    if minutes is not None and not 0 <= minutes <= HEATER_OFF_MAX_MIN:
        yield Problem("/heater_off_min", f"0 to {HEATER_OFF_MAX_MIN} minutes")


def _port_problems(ports: Mapping[str, int]) -> Iterator[Problem]:
    if len(ports) > PORTS_MAX:
        yield Problem("/ports", f"at most {PORTS_MAX}")
        return
    for name, port in ports.items():
        if not _PORT_NAME.fullmatch(name):
            yield Problem("/ports", "names are short lower-case words")
        elif not 1 <= port <= _PORT_MAX:
            yield Problem(f"/ports/{name}", f"1 to {_PORT_MAX}")


def _option_problems(options: Mapping[str, str | int | bool]) -> Iterator[Problem]:
    if len(options) > OPTIONS_MAX:
        yield Problem("/options", f"at most {OPTIONS_MAX}")
        return
    for name, value in options.items():
        if not _OPTION_NAME.fullmatch(name):
            yield Problem("/options", "names are short lower-case words")
        elif isinstance(value, str):
            if len(value) > OPTION_MAX or not value.isprintable():
                yield Problem(
                    f"/options/{name}", f"up to {OPTION_MAX} printable characters"
                )
        elif abs(value) > _LARGEST_OPTION:
            yield Problem(f"/options/{name}", "a smaller number")


def _macro_problems(macros: tuple[str, ...]) -> Iterator[Problem]:
    if len(macros) > MACROS_MAX:
        yield Problem("/macro_buttons", f"at most {MACROS_MAX}")
    for index, macro in enumerate(macros):
        if not _is_line(macro, MACRO_NAME_MAX):
            yield Problem(
                f"/macro_buttons/{index}",
                f"1 to {MACRO_NAME_MAX} printable characters",
            )


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _unique(tags: tuple[str, ...]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for tag in map(_normal, tags):
        first.setdefault(tag.casefold(), tag)
    return tuple(first.values())


def _is_line(text: str, limit: int) -> bool:
    """Whether it is one line without control, formatting or surrogate characters."""
    return 0 < len(text) <= limit and text.isprintable()


def _is_text(text: str) -> bool:
    return len(text) <= NOTES_MAX and all(
        char.isprintable() or char in "\n\r\t" for char in text
    )


def is_device(host: str) -> bool:
    """Whether it is the path of a device and not a place in the network."""
    parts = host.split("/")
    return bool(_DEVICE.fullmatch(host)) and not {".", ".."} & set(parts)


def _normal_host(host: str) -> str:
    # The names of devices are the only ones whose case counts.
    return host if host.startswith("/") else host.strip("[]").lower()


def _is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # A name whose last label is a number would be read as a broken IPv4 address.
        return bool(_HOST.fullmatch(host)) and not host.rpartition(".")[2].isdigit()
    # A zone may hold anything, and only link-local addresses have one.
    return "%" not in host


def _is_camera_url(url: str) -> bool:
    if len(url) > URL_MAX or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in _CAMERA_SCHEMES and bool(parts.hostname)


def _invalid(pointer: str, detail: str) -> Invalid:
    return Invalid(f"{pointer.strip('/')}: {detail}.", Problem(pointer, detail))
