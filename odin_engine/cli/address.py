"""Whether the engine can listen where it is told to; the server would not say why not."""

import errno
import socket

from odin_engine.kernel.errors import Refused


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
        why = str(error.strerror).partition(" (")[0]
        raise Refused(
            f"Cannot listen on {host}:{port}: {why}. Stop what uses it, or choose another"
            " one with --port or ODIN_PORT, --host or ODIN_HOST."
        ) from error


def _try_to_listen(
    address: tuple[object, object], family: socket.AddressFamily, *, is_only: bool
) -> None:
    try:
        socket.create_server(address, family=family).close()
    except OSError as error:
        # `localhost` names an IPv6 address also where there is no IPv6.
        if is_only or error.errno != errno.EADDRNOTAVAIL:
            raise
