"""Answers to a search: who a machine is, and in which dialect it speaks.

Source: SDCP V3.0.0 and V1, "Discovery" (`M99999`); elegoo-link for the Centauri
Carbon 2 (method 7000).
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from odin_engine.drivers.printers.elegoo.protocol.dialect import Dialect, dialect_of
from odin_engine.drivers.printers.elegoo.protocol.fields import table, text, whole
from odin_engine.drivers.printers.elegoo.protocol.messages import Beacon, read

QUESTION = b"M99999"
CC2_QUESTION = orjson.dumps({"id": 0, "method": 7000})
LARGEST = 8 << 10
_MOST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Identity:
    """A machine by its answer. `host` is what it says, and may be stale.

    `is_local` is false for a machine that only talks to its maker's cloud. `ports` are
    told by simulated machines alone, which share one address.
    """

    board: str
    dialect: Dialect
    machine: str | None = None
    name: str | None = None
    firmware: str | None = None
    host: str | None = None
    is_local: bool = True
    ports: Mapping[str, int] = field(default_factory=dict)


def parse_answer(datagram: bytes) -> Identity | None:
    """Returns who answered; `None` for anything else, and never raises."""
    if len(datagram) > LARGEST:
        return None
    try:
        body = orjson.loads(datagram)
    except orjson.JSONDecodeError:
        return None
    message = read(body)
    if isinstance(message, Beacon) and message.board is not None:
        return _sdcp(message.board, message)
    return _cc2(body) if isinstance(body, dict) else None


def _sdcp(board: str, message: Beacon) -> Identity:
    data = message.data
    return Identity(
        board=board[:64],
        dialect=Dialect.V1 if message.status is not None else dialect_of(data),
        machine=text(data.get("MachineName")),
        name=text(data.get("Name")),
        firmware=text(data.get("FirmwareVersion")),
        host=_address(data.get("MainboardIP")),
        ports=_ports(data.get("SimulatedPorts")),
    )


def _cc2(body: Mapping[str, Any]) -> Identity | None:
    result = table(body.get("result"))
    serial, machine = text(result.get("sn")), text(result.get("machine_model"))
    if serial is None or machine is None:
        return None
    return Identity(
        board=serial[:64],
        dialect=Dialect.CC2,
        machine=machine,
        name=text(result.get("host_name")),
        is_local=whole(result.get("lan_status")) != 0,
        ports=_ports(result.get("simulated_ports")),
    )


def _address(value: object) -> str | None:
    try:
        return str(ipaddress.IPv4Address(text(value) or ""))
    except ValueError:
        return None


def _ports(value: object) -> dict[str, int]:
    return {
        str(name)[:16]: number
        for name, told in table(value).items()
        if (number := whole(told)) is not None and 0 < number <= _MOST_PORT
    }
