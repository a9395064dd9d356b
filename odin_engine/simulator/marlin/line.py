"""One line as the board reads it: number, command, checksum. Source: serial_marlin §2."""

import re

_LINE = re.compile(r"^\s*(?:N(-?\d+)\s*)?(.*?)(?:\*(\d+))?\s*$")


def taken_apart(text: str) -> tuple[str | None, str, str | None]:
    """Returns the number, the command and the checksum of a line."""
    found = _LINE.match(text)
    return (found[1], found[2], found[3]) if found else (None, text, None)


def problem_of(
    number: int,
    last: int,
    text: str,
    checksum: str | None,
    is_reset: bool,  # noqa: FBT001 - whether the line is M110, which may have any number
) -> str | None:
    """Returns what is wrong with a numbered line behind that last one, if anything."""
    if checksum is None:
        return "No Checksum with line number"
    total = 0
    for char in text.rpartition("*")[0].encode("latin-1"):
        total ^= char
    if total != int(checksum):
        return "checksum mismatch"
    if number != last + 1 and not is_reset:
        return "Line Number is not Last Line Number+1"
    return None
