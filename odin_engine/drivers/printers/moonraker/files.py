"""Files by HTTP: uploads, pictures, and what lies on the machine.

Moonraker reads a file through before it answers an upload, which takes it a second a
megabyte at worst. Source: docs.moonraker.dev, "File management".
"""

import asyncio
import re
from http import HTTPStatus
from pathlib import Path
from typing import Any

from odin_engine.drivers.printers.moonraker.protocol.fields import table, whole
from odin_engine.drivers.printers.moonraker.protocol.frames import said
from odin_engine.drivers.printers.moonraker.protocol.metadata import download_path
from odin_engine.drivers.web import Answer, FormPart, Web
from odin_engine.kernel.errors import Invalid
from odin_engine.printers.model import (
    CommandRejected,
    DriverError,
    LoginRejected,
    ProtocolViolation,
    Unreachable,
)
from odin_engine.printers.ports import Progress

FILE_KINDS = (".gcode", ".g", ".gco", ".nc")
_UPLOAD_S = 300.0
_BYTES_A_SECOND = 1_000_000
_LONGEST_NAME = 200
_FORBIDDEN = frozenset('/\\:*?"<>|')
_PNG = b"\x89PNG\r\n\x1a\n"
_PICTURE_S = 15.0
_GONE = re.compile(r"invalid file path|does not exist|not found", re.IGNORECASE)
_REFUSALS = {
    HTTPStatus.FORBIDDEN: "that file is being printed, or may not be written",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "the file is larger than Moonraker or the web server before it takes "
        "(max_upload_size, client_max_body_size)"
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: "it arrived damaged",
}


class NotWhole(DriverError):
    """Less arrived than was sent."""


def check_name(name: str) -> str:
    """Returns a name that is one plain path component.

    Raises:
        Invalid: it is not.
    """
    if (
        not 0 < len(name.encode(errors="replace")) <= _LONGEST_NAME
        or not name.isprintable()
        or name.startswith(".")
        or name.endswith((".", " "))
        or set(name) & _FORBIDDEN
        or not name.lower().endswith(FILE_KINDS)
    ):
        raise Invalid(
            "A file's name has letters, digits, blanks, dashes and dots, no folders, "
            f"and ends in one of {', '.join(FILE_KINDS)}."
        )
    return name


async def upload(web: Web, source: Path, name: str, progress: Progress) -> Answer:
    """Sends a file and returns the server's answer.

    Raises:
        Invalid: the name is none.
        CommandRejected: the server refuses it.
        DriverError: lost on the way.
    """
    size = (await asyncio.to_thread(source.stat)).st_size
    # The server reads a form as it comes, so what is said of a file stands before it.
    parts = (
        FormPart("root", "gcodes"),
        FormPart("print", "false"),
        FormPart("file", source, check_name(name), progress),
    )
    answer = await web.send_form(
        "/server/files/upload", parts, within_s=_UPLOAD_S + 2 * size / _BYTES_A_SECOND
    )
    accepted(answer)
    return answer


def told_size(answer: Answer) -> int | None:
    """Returns how large the answer to an upload says that the file is."""
    return whole(table(accepted(answer).get("item")).get("size"))


def listed_size(told: Any, name: str) -> int:  # noqa: ANN401 - a wire value
    """Returns how large a list of files says that one is, 0 where it is not there."""
    found = (
        whole(table(row).get("size"))
        for row in (told if isinstance(told, list) else ())
        if table(row).get("path") == name
    )
    return next(found, None) or 0


def check_size(there: int, size: int) -> None:
    """Raises `NotWhole` unless the printer has as many bytes as were sent."""
    if there != size:
        raise NotWhole(
            f"The printer has {there} of {size} bytes of the file. Try again; if it "
            "happens again, look at its storage."
        )


def accepted(answer: Answer) -> dict[str, Any]:
    """Returns what an answer holds, wrapped in `result` or not.

    Raises:
        LoginRejected, CommandRejected, Unreachable: by its status.
        ProtocolViolation: it is no JSON object.
    """
    check_status(answer)
    body = table(answer.json())
    inner = body.get("result", body)
    if not isinstance(inner, dict):
        raise ProtocolViolation("Moonraker's answer makes no sense.")
    return inner


def check_status(answer: Answer) -> None:
    """Raises what the status of an answer means, as `accepted`."""
    if answer.status < HTTPStatus.BAD_REQUEST:
        return
    if answer.status == HTTPStatus.UNAUTHORIZED:
        raise LoginRejected("Moonraker refuses the API key, or wants one.")
    words = _words(answer)
    if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
        raise Unreachable(f"Klipper is not connected to its host: {words}.")
    raise CommandRejected(f"The printer refused: {words}.", str(answer.status))


def is_missing(error: CommandRejected) -> bool:
    """Whether a refusal says that there is no such file.

    Seen: 404 by HTTP, -32601 for it on the socket, and 400 with words (0.11).
    """
    return error.device_code in {"404", "-32601"} or (
        error.device_code == "400" and _GONE.search(error.message) is not None
    )


def _words(answer: Answer) -> str:
    try:
        error = table(table(answer.json()).get("error"))
    except ProtocolViolation:
        error = {}
    told = said(error.get("message")).rstrip(".")
    known = next(
        (text for status, text in _REFUSALS.items() if answer.status == status), None
    )
    return ": ".join(filter(None, (known, told))) or f"HTTP {answer.status}"


async def fetch_picture(web: Web, path: str) -> bytes | None:
    """Returns a PNG from below the root of G-code files, `None` where there is none."""
    answer = await web.request("GET", download_path(path), within_s=_PICTURE_S)
    is_png = answer.status == HTTPStatus.OK and answer.body.startswith(_PNG)
    return answer.body if is_png else None
