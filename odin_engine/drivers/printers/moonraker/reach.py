"""Where a Moonraker is: its port, its path behind a proxy, with TLS or without.

Source: docs.moonraker.dev, "Configuration" (port 7125, ssl_port 7130).
"""

from collections.abc import Mapping

from odin_engine.drivers.web import Web
from odin_engine.printers.ports import Connection, Option

PORT = 7125
TLS_PORT = 7130
FRONT_END_PORT = 80


def is_tls(options: Mapping[str, Option]) -> bool:
    """Whether a connection is encrypted."""
    return bool(options.get("tls", False))


def port_of(connection: Connection) -> int:
    """Returns the port of Moonraker."""
    otherwise = TLS_PORT if is_tls(connection.options) else PORT
    return connection.ports.get("http", otherwise)


def web_to(connection: Connection) -> Web:
    """Returns a way to Moonraker, with the key in each request."""
    path = str(connection.options.get("prefix") or "").strip().strip("/")
    headers = {"X-Api-Key": connection.secret} if connection.secret else {}
    return Web(
        connection.host,
        port_of(connection),
        is_tls=is_tls(connection.options),
        pin_sha256=connection.pin_sha256,
        prefix=f"/{path}" if path else "",
        headers=headers,
    )
