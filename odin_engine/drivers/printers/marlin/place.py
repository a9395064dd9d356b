"""Where a machine is: a device of this computer, or a bridge in the network."""

from dataclasses import dataclass
from enum import StrEnum

from odin_engine.drivers.printers.marlin.protocol.capabilities import (
    BED_MAX_C,
    NOZZLE_MAX_C,
    Settings,
)
from odin_engine.printers.ports import Connection, Option

PORT = "serial"
DEFAULT_PORT = 23
"""Telnet's: what ESP3D and most raw bridges listen on (§1)."""
BAUDRATES = (115200, 250000, 230400, 500000, 1000000, 57600, 38400, 19200, 9600)
DEFAULT_BAUDRATE = BAUDRATES[0]


class Transport(StrEnum):
    """How a bridge in the network carries the bytes."""

    RAW = "raw"
    RFC2217 = "rfc2217"


@dataclass(frozen=True, slots=True)
class Place:
    """How to reach one serial line. `port` and `transport` are for bridges."""

    host: str
    port: int = DEFAULT_PORT
    transport: Transport = Transport.RAW
    baudrate: int = DEFAULT_BAUDRATE

    @classmethod
    def of(cls, connection: Connection) -> Place:
        """Returns the place a connection means; what makes no sense is the default."""
        said = connection.options.get("transport")
        return cls(
            connection.host,
            connection.ports.get(PORT, DEFAULT_PORT),
            Transport.RFC2217 if said == Transport.RFC2217 else Transport.RAW,
            _whole(connection.options.get("baudrate"), DEFAULT_BAUDRATE),
        )

    @property
    def is_device(self) -> bool:
        """Whether it is a device of this computer."""
        return self.host.startswith("/")

    def __str__(self) -> str:
        return self.host if self.is_device else f"{self.host}:{self.port}"


def settings_of(connection: Connection) -> Settings:
    """Returns what the owner said of a machine, with defaults for the rest."""
    options, place = connection.options, Place.of(connection)
    return Settings(
        nozzle_max_c=_whole(options.get("nozzle_max_c"), NOZZLE_MAX_C),
        bed_max_c=_whole(options.get("bed_max_c"), BED_MAX_C),
        parks=options.get("parks") is not False,
        can_reset=place.is_device or place.transport is Transport.RFC2217,
    )


def _whole(value: Option | None, otherwise: int) -> int:
    if isinstance(value, bool) or value is None:
        return otherwise
    text = str(value).strip()
    return int(text) if text.isdecimal() and int(text) > 0 else otherwise
