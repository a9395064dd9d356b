"""The ports of a machine, unless its connection says otherwise.

`search` and `search_cc2` are UDP, the others TCP; `mqtt`, `upload` and `search_cc2` are
of the Centauri Carbon 2. Source: SDCP V3.0.0; elegoo-link.
"""

from collections.abc import Mapping

PORTS = {
    "web": 3030,
    "camera": 3031,
    "search": 3000,
    "search_cc2": 52700,
    "mqtt": 1883,
    "upload": 80,
}


def port_in(ports: Mapping[str, int], name: str) -> int:
    """Returns the port of a service by its name."""
    return ports.get(name, PORTS[name])
