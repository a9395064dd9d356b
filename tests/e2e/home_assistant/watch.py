"""Writes down whom a Python process speaks to.

Python runs a copy of it at its start, called `sitecustomize`; see `watched`. Code in C
that asks the kernel itself is not seen: the tests look at the sockets besides.
"""

import os
import shutil
import sys
from pathlib import Path

_FILE = "ODIN_TEST_WATCH_FILE"
_EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.getaddrinfo"})


def watched(folder: Path) -> tuple[Path, dict[str, str]]:
    """Returns where it is written down, and the environment that makes it so."""
    site = folder / "site"
    site.mkdir()
    shutil.copy(__file__, site / "sitecustomize.py")
    file = folder / "addresses"
    file.touch()
    return file, {_FILE: str(file), "PYTHONPATH": str(site)}


def foreign(text: str) -> list[str]:
    """Returns the lines that name anything but this machine."""
    return [line for line in text.splitlines() if not _is_ours(line)]


def _is_ours(line: str) -> bool:
    _, host, port = line.split()
    # Asked which of its addresses a packet would have, the kernel sends none: port 1.
    return host in {"127.0.0.1", "::1", "localhost"} or port == "1"


def _begin(file: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND)

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if event not in _EVENTS:
            return
        address = arguments[:2] if event == "socket.getaddrinfo" else arguments[1]
        if isinstance(address, tuple) and address[0] is not None:
            line = f"{event} {address[0]!s} {address[1]!s}\n"
            os.write(descriptor, line.encode())

    sys.addaudithook(hear)


if _FILE in os.environ:
    _begin(os.environ[_FILE])
