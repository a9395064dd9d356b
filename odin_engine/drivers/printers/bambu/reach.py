"""Getting to a machine: bounded connections, and failures as sentences for people."""

import asyncio
import errno
import socket
import ssl

from odin_engine.drivers.printers.bambu.tls import PrinterContext
from odin_engine.printers.model import Unreachable

CONNECT_S = 8.0
"""A printer on Wi-Fi answers within two seconds; a busy A1 was seen to take five."""

_NO_ROUTE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN})

type Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def unreachable(host: str, port: int, error: BaseException) -> Unreachable:
    """Returns a failed or lost connection as a sentence that says what to look at."""
    match error:
        case ConnectionRefusedError():
            text = (
                f"{host} is there, but nothing answers on port {port}. Is this the "
                "printer's address, and is LAN mode on?"
            )
        case socket.gaierror():
            text = (
                f"The name {host} is not known in this network. Use the IP address that "
                "the printer shows under Settings → Network."
            )
        case ssl.SSLError():
            text = f"{host} does not answer port {port} the way such a printer does."
        case TimeoutError():
            text = _silent(host, port)
        case OSError() if error.errno in _NO_ROUTE:
            text = _silent(host, port)
        case _:
            text = f"The connection to {host} port {port} was lost."
    return Unreachable(text)


def _silent(host: str, port: int) -> str:
    return (
        f"No answer from {host} on port {port}. Is the printer switched on and in "
        "the same network?"
    )


async def open_plain(host: str, port: int, within_s: float = CONNECT_S) -> Stream:
    """Opens a TCP connection.

    Raises:
        Unreachable: it cannot be made in time.
    """
    try:
        async with asyncio.timeout(within_s):
            return await asyncio.open_connection(host, port)
    except OSError as error:
        raise unreachable(host, port, error) from error


async def open_secure(
    host: str, port: int, context: PrinterContext, within_s: float = CONNECT_S
) -> Stream:
    """Opens a TLS connection to the machine that `context` is for; nothing is sent yet.

    Raises:
        Unreachable: it cannot be made in time.
        WrongSerial, CertificateChanged, ProtocolViolation: see `PrinterContext.admit`.
    """
    try:
        async with asyncio.timeout(within_s):
            reader, writer = await asyncio.open_connection(host, port, ssl=context)
    except OSError as error:
        raise unreachable(host, port, error) from error
    try:
        context.admit(writer.get_extra_info("ssl_object"))
    except BaseException:
        writer.transport.abort()
        raise
    return reader, writer


async def let_go(writer: asyncio.StreamWriter) -> None:
    """Closes a connection without waiting for the machine's consent."""
    writer.transport.abort()
    try:
        async with asyncio.timeout(1):
            await writer.wait_closed()
    except OSError:
        return
