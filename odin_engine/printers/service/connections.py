"""From a record to a way to the machine: its address looked up, its secret at hand."""

from dataclasses import replace

from odin_engine.kernel.fetch import HostUnknown, Reach, resolve_local
from odin_engine.printers.ports import Connection
from odin_engine.printers.service.fleet import Machine


def connection(machine: Machine) -> Connection:
    """Returns how to reach a machine, as its record says."""
    printer = machine.printer
    return Connection(
        host=printer.host,
        serial=printer.serial,
        secret=machine.access.secret,
        ports=printer.ports,
        pin_sha256=printer.pin_sha256,
    )


async def resolved(wanted: Connection, reach: Reach) -> Connection:
    """Returns the connection with the address of its host, checked to be a printer's.

    A name without an address stays: the driver's attempt says it in its own words.

    Raises:
        AddressRefused: the address is none a printer can have.
    """
    try:
        return replace(wanted, host=await resolve_local(wanted.host, reach))
    except HostUnknown:
        return wanted
