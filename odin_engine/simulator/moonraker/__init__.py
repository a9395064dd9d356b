"""A simulated Moonraker with Klipper behind it: the real wire on a plain machine.

`server` is the machine on the network, `rpc` and `http` what it answers, `klipper` its
objects and G-code, `variants` which parts it has. Source: docs.moonraker.dev,
docs.klipper3d.org.
"""

from collections.abc import Mapping
from pathlib import Path

from odin_engine.simulator.moonraker.server import SimulatedMoonraker

PORTS = {"http": 7125}
SERVICE = "_moonraker._tcp.local."
ONCE = frozenset({"drop_link", "garbage", "shutdown"})

__all__ = ["ONCE", "PORTS", "SERVICE", "SimulatedMoonraker", "make"]


def make(
    name: str,
    *,
    host: str = "127.0.0.1",
    ports: Mapping[str, int] | None = None,
    secret: str | None = None,
    serial: str | None = None,
    clock_factor: float = 1.0,
    state_dir: Path,
    variant: str = "plain",
) -> SimulatedMoonraker:
    """Returns a machine that is not on the network yet.

    `variant` is `plain`, `toolchanger`, `happy_hare`, `chamber` or `bare`. Without a
    secret everybody is trusted, as on most home networks.

    Raises:
        ValueError: there is no such variant, or it has a serial, which no Klipper says.
    """
    if serial is not None:
        raise ValueError("a Klipper machine says no serial")
    return SimulatedMoonraker(
        name,
        host=host,
        ports=dict(ports or {}),
        secret=secret,
        clock_factor=clock_factor,
        state_dir=state_dir,
        variant=variant,
    )
