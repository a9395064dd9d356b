"""Where a connection leads: the port, the prefix and the maxima that its fields name."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from odin_engine.drivers.printers.octoprint.protocol.capabilities import Limits
from odin_engine.printers.ports import Connection, Field, FieldKind, Option

if TYPE_CHECKING:
    from odin_engine.drivers.web import Web

PORT = 80
"""OctoPi's front; a plain installation listens on `PLAIN_PORT`."""
PLAIN_PORT = 5000
TLS_PORT = 443
_MOST_BYTES = 32 * 1024 * 1024
"""A listing of some ten thousand files."""

FIND_KEY = (
    "In OctoPrint: Settings → Application Keys, enter a name and press Generate; or "
    "under the user menu → User Settings → API Key."
)

FIELDS: tuple[Field, ...] = (
    Field(
        "host",
        FieldKind.ADDRESS,
        "Address",
        "The IP address or name under which you open OctoPrint in a browser, such as "
        "192.168.1.20 or octopi.local.",
        is_required=True,
    ),
    Field(
        "ports/http",
        FieldKind.NUMBER,
        "Port",
        "80 on OctoPi. Where OctoPrint was installed by hand it is 5000, unless a "
        "proxy stands before it. It is the number behind the colon in the browser.",
        default=PORT,
        min=1,
        max=65535,
    ),
    Field(
        "secret",
        FieldKind.SECRET,
        "Application key",
        "Ask for one here and allow it in OctoPrint's window, or make one yourself. "
        f"{FIND_KEY}",
        is_required=True,
    ),
    Field(
        "prefix",
        FieldKind.TEXT,
        "Path",
        "What follows the address in the browser, such as /octoprint, where a proxy "
        "serves more than OctoPrint. Usually empty.",
        default="",
    ),
    Field(
        "tls",
        FieldKind.FLAG,
        "HTTPS",
        "Switch it on where the browser shows https. The certificate seen first is "
        "remembered, and any other refused.",
        default=False,
    ),
    Field(
        "nozzle_max_c",
        FieldKind.NUMBER,
        "Highest nozzle temperature",
        "In °C. OctoPrint does not know what your printer's hotend takes.",
        default=Limits().nozzle_c,
        min=100,
        max=500,
    ),
    Field(
        "bed_max_c",
        FieldKind.NUMBER,
        "Highest bed temperature",
        "In °C.",
        default=Limits().bed_c,
        min=40,
        max=200,
    ),
    Field(
        "chamber_max_c",
        FieldKind.NUMBER,
        "Highest chamber temperature",
        "In °C, where OctoPrint's printer profile has a heated chamber.",
        default=Limits().chamber_c,
        min=30,
        max=120,
    ),
)


def is_tls(connection: Connection) -> bool:
    """Whether the server is reached by HTTPS."""
    return connection.options.get("tls") is True


def port(connection: Connection) -> int:
    """Returns the server's port."""
    otherwise = TLS_PORT if is_tls(connection) else PORT
    return connection.ports.get("http", otherwise)


def prefix(connection: Connection) -> str:
    """Returns the path before every other, with its slash, or nothing."""
    word = str(connection.options.get("prefix") or "").strip().strip("/")
    return f"/{word}" if word else ""


def limits(connection: Connection) -> Limits:
    """Returns the maxima that the owner named, or the usual ones."""
    known = Limits()
    options = connection.options
    return Limits(
        _number(options, "nozzle_max_c", known.nozzle_c),
        _number(options, "bed_max_c", known.bed_c),
        _number(options, "chamber_max_c", known.chamber_c),
    )


def _number(options: Mapping[str, Option], name: str, otherwise: int) -> int:
    value = options.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        return otherwise
    return value


def web(connection: Connection, pin_sha256: str | None, connections: int = 4) -> Web:
    """Returns the way to the server; no secret goes with it by itself."""
    # It is loaded by engines with such machines, only.
    from odin_engine.drivers.web import Web  # noqa: PLC0415

    return Web(
        connection.host,
        port(connection),
        is_tls=is_tls(connection),
        pin_sha256=pin_sha256,
        prefix=prefix(connection),
        most_bytes=_MOST_BYTES,
        connections=connections,
    )
