"""Whether the engine can listen where it is told to; the server would not say why not."""

import errno
import os
import socket

from odin_engine.kernel.errors import Refused

_REMEDIES = {
    errno.EADDRINUSE: "Stop what uses it, or choose another port with --port or ODIN_PORT.",
    errno.EADDRNOTAVAIL: "That is no address of this machine. Choose one of its own with"
    " --host or ODIN_HOST; 0.0.0.0 stands for all of them.",
    errno.EACCES: "Ports below 1024 need a right. Choose a higher one with --port or"
    " ODIN_PORT.",
}
_OTHER_REMEDY = "Choose another address with --host or ODIN_HOST."


def check_address(host: str, port: int) -> None:
    """Passes when nobody listens there, and we may.

    Raises:
        Refused: says why not, and what to do.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for family, _, _, _, address in found:
            _try_to_listen(address[:2], family, is_only=len(found) == 1)
    except OSError as error:
        # The system's own words: `create_server` adds its call to them.
        number = 0 if isinstance(error, socket.gaierror) else error.errno or 0
        why = os.strerror(number) if number else str(error.strerror)
        remedy = _REMEDIES.get(number, _OTHER_REMEDY)
        raise Refused(f"Cannot listen on {host}:{port}: {why}. {remedy}") from error


def _try_to_listen(
    address: tuple[object, object], family: socket.AddressFamily, *, is_only: bool
) -> None:
    try:
        socket.create_server(address, family=family).close()
    except OSError as error:
        # `localhost` names an IPv6 address also where there is no IPv6.
        if is_only or error.errno != errno.EADDRNOTAVAIL:
            raise
