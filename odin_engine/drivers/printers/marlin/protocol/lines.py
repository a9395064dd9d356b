"""What is sent: one command a line, numbered and with a checksum (§2)."""

import re
from functools import reduce
from operator import xor

LINE_MOST = 96
"""Marlin's `MAX_CMD_SIZE`, the number and the checksum included."""
COMMAND_MOST = 78
"""What is left of it beside `N1234567 `, `*255` and the end of the line."""

RESET_NUMBER = b"\nN0 M110 N0*125\n"
"""The next line is 1. With number and checksum: old firmware reads a bare one as 0.

Behind an end of line, as half a line may stand in the receiver.
"""
EMERGENCY = b"\nM112\nM112\n"
"""Twice, and behind an end of line: half a line may stand in the receiver (§5)."""
BREAK_WAIT = b"\nM108\n"
POKE = b"M105\n"
"""Without a number: it provokes an `ok` whatever the counters are (§4)."""

_TEXT = frozenset({b"M117", b"M118", b"M486"})
_PATH = frozenset({b"M23", b"M28", b"M30", b"M32", b"M33"})
_UNSAFE = re.compile(rb"[^A-Za-z0-9 ._:%/+-]")
_NOT_ASCII = bytes([*range(9), *range(10, 32), *range(127, 256)])
_NUMBER = re.compile(rb"^[Nn]\d+\s*")
_CHECKSUM = re.compile(rb"\*\d+\s*$")
_ROUND = re.compile(rb"\([^)]*\)")
_COMMAND = re.compile(rb"[GMTD]\d+")


def numbered(number: int, command: bytes) -> bytes:
    """Returns a command as a line with its number and checksum."""
    body = b"N%d %s" % (number, command)
    return b"%s*%d\n" % (body, reduce(xor, body))


def code_of(command: bytes) -> bytes:
    """Returns which command it is, as the firmware reads it: `M104S200` is `M104`."""
    code = _COMMAND.match(command)
    return code[0] if code is not None else b""


def clean(line: bytes) -> bytes | None:
    """Returns what of a line of G-code is a command, `None` if nothing.

    Comments, numbers and checksums of its own go; so do words that are no command of
    this firmware. Texts keep only characters that no checksum stumbles over.
    """
    line = line.translate(None, _NOT_ASCII).partition(b";")[0].strip()
    if not line:
        return None
    if line[:1] in b"Nn":
        line = _CHECKSUM.sub(b"", _NUMBER.sub(b"", line))
    word, _, rest = line.partition(b" ")
    word = word.upper()
    if not _COMMAND.match(word):
        return None
    if word in _TEXT:
        return (word + b" " + _UNSAFE.sub(b"", rest))[:COMMAND_MOST].rstrip()
    if word in _PATH:
        return line
    if b"(" in line:
        line = _ROUND.sub(b"", line)
    if b"*" in line:
        line = line.partition(b"*")[0]
    return b" ".join(line.upper().split())
