"""Simulated Elegoo machines: SDCP V3, FDM and resin, and the Centauri Carbon 2.

`body` is what one is and does, `orders` what it is told, `server` and `answering` its
sockets, `shelf` its files; `printer` puts them together. `cc2_…` are the other one's.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from odin_engine.simulator.elegoo.answering import CC2_PORT, PORT
from odin_engine.simulator.elegoo.body import ONCE
from odin_engine.simulator.elegoo.cc2_printer import SimulatedCc2
from odin_engine.simulator.elegoo.models import CC2
from odin_engine.simulator.elegoo.printer import SimulatedElegoo

__all__ = ["ONCE", "PORTS", "SimulatedCc2", "SimulatedElegoo", "make"]

PORTS = {
    "web": 3030,
    "camera": 3031,
    "search": PORT,
    "mqtt": 1883,
    "upload": 80,
    "search_cc2": CC2_PORT,
}


def make(  # noqa: PLR0913 - the face that all simulators have, and this family's own
    name: str,
    *,
    host: str = "127.0.0.1",
    ports: Mapping[str, int] | None = None,
    secret: str | None = None,
    serial: str | None = None,
    clock_factor: float = 1.0,
    state_dir: Path,
    model: str = "centauri-carbon",
    variant: str | None = None,
    canvas: bool = False,
    is_found: bool = True,
) -> SimulatedElegoo | SimulatedCc2:
    """Makes a machine, not yet on the network.

    `variant` (or `model`) is `centauri-carbon`, `centauri`, `saturn-4-ultra`,
    `mars-5-ultra` or `centauri-carbon-2`, which alone may have a `secret`; `canvas`
    gives it a filament unit. Unless it `is_found`, no search of the network hears it.

    Raises:
        ValueError: there is no such variant, or a secret was given.
    """
    word = (variant or model).lower().replace(" ", "-")
    made_up = hashlib.sha256(name.encode()).hexdigest()[:32]
    if word == CC2.word:
        return SimulatedCc2(
            name,
            serial or f"CC2{made_up[:14].upper()}",
            state_dir,
            host=host,
            ports=ports,
            secret=secret,
            clock_factor=clock_factor,
            broadcast_port=CC2_PORT if is_found else None,
            canvas=canvas,
        )
    if secret is not None:
        raise ValueError("machines that speak SDCP have no secret")
    return SimulatedElegoo(
        name,
        word,
        serial or made_up,
        state_dir,
        host=host,
        ports=ports,
        clock_factor=clock_factor,
        broadcast_port=PORT if is_found else None,
        canvas=canvas,
    )
