"""A simulated printer with PrusaLink: the firmware's own server, or the Pi's.

`printer` is the machine and what happens to it, `api` and `documents` the wire, `auth`
who may ask, `shelf` its storage, `http` as much of a server as it needs.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from odin_engine.simulator.prusalink.printer import Setup, SimulatedPrusaLink
from odin_engine.simulator.prusalink.troubles import ONCE

PORTS = {"http": 80}
SERVICE = "_prusalink._tcp.local."

__all__ = ["ONCE", "PORTS", "SERVICE", "SimulatedPrusaLink", "make"]

_USUAL = {"": "MK4", "buddy": "MK4", "pi": "MK3S"}
_MODELS = (
    *("MK4", "MK4S", "MK3.5", "MK3.9", "MINI", "XL", "CORE One"),
    *("MK2.5", "MK2.5S", "MK3", "MK3S"),
)


def make(  # noqa: PLR0913 - what every family's takes
    name: str,
    *,
    host: str = "127.0.0.1",
    ports: Mapping[str, int] | None = None,
    secret: str | None = None,
    serial: str | None = None,
    clock_factor: float = 1.0,
    state_dir: Path,
    model: str | None = None,
    variant: str = "",
    username: str = "maker",
) -> SimulatedPrusaLink:
    """Returns a printer that is not on the network yet.

    An MK2.5 or MK3 is one with a Raspberry Pi; `variant`, `buddy` or `pi`, says which
    server it is where the model does not. `username` is who may log in by digest.

    Raises:
        ValueError: nobody simulates such a model.
    """
    model = model or _USUAL.get(variant)
    if model not in _MODELS:
        known = ", ".join(_MODELS)
        raise ValueError(f"no {model or variant!r} with PrusaLink; there are: {known}")
    number = int(hashlib.sha256(name.encode()).hexdigest()[:8], 16)
    return SimulatedPrusaLink(
        Setup(
            name,
            model=model,
            host=host,
            port=(ports or {}).get("http", 0),
            secret=secret or f"key{number:010d}",
            serial=serial or f"10589-{number:016d}",
            username=username,
            folder=state_dir / "files",
            clock_factor=clock_factor,
        )
    )
