"""The TCP ports of a printer, unless its connection says otherwise.

Source: docs/protocols/bambu.md §2, §4, §9, §10.
"""

from collections.abc import Mapping

from odin_engine.printers.ports import Connection

PORTS = {
    "mqtt": 8883,
    "ftps": 990,
    "camera": 6000,
    "detect": 3000,
    "detect_tls": 3002,
}


def port(connection: Connection, name: str) -> int:
    """Returns the port of a service by its name."""
    return port_in(connection.ports, name)


def port_in(ports: Mapping[str, int], name: str) -> int:
    """Returns the port of a service by its name, from overrides alone."""
    return ports.get(name, PORTS[name])
