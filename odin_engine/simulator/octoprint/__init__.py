"""A simulated OctoPrint server with a machine on its serial port.

`host` is the machine and what becomes of it, `server` its place on the network, `rest`
and `push` the wire, `shapes` what is said in the words of OctoPrint 1.11 or 2.0. Source: docs.octoprint.org.
"""

from collections.abc import Mapping
from pathlib import Path

from odin_engine.simulator.octoprint.host import Build
from odin_engine.simulator.octoprint.server import SimulatedOctoprint

PORTS = {"http": 80}
SERVICE = "_octoprint._tcp.local."
ONCE = frozenset({"change_certificate", "drop_link", "reauth", "error"})

__all__ = ["ONCE", "PORTS", "SERVICE", "Build", "SimulatedOctoprint", "make"]


def make(  # noqa: PLR0913 - each option is one of the farm file's
    name: str,
    *,
    host: str = "127.0.0.1",
    ports: Mapping[str, int] | None = None,
    secret: str | None = None,
    serial: str | None = None,
    clock_factor: float = 1.0,
    state_dir: Path,
    model: str = "Simulated RepRap",
    variant: str = "1.11",
    extruders: int = 1,
    has_chamber: bool = False,
    plugins: bool = True,
    report_every_s: float = 1.0,
    prefix: str = "",
    tls: bool = False,
) -> SimulatedOctoprint:
    """Returns a server that is not on the network yet.

    `variant` is the version whose shapes it speaks, `1.11` or `2.0`. A serial is
    nothing that such a server says.

    Raises:
        ValueError: there is no such variant.
    """
    del serial
    build = Build(
        model, variant, extruders, has_chamber, plugins, report_every_s, prefix, tls
    )
    return SimulatedOctoprint(
        name,
        build,
        state_dir=state_dir,
        host=host,
        port=(ports or {}).get("http", 0),
        secret=secret,
        clock_factor=clock_factor,
    )
