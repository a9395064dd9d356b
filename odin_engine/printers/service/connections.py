"""From a record to a way to the machine: its address looked up, its secret at hand."""

from dataclasses import replace

from odin_engine.kernel.fetch import Reach, resolve_local
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

    Drivers never see a name: they would look it up again, and a name server that gives
    another answer the second time would lead them anywhere.

    Raises:
        HostUnknown: the name has no address.
        AddressRefused: the address is none a printer can have.
    """
    return replace(wanted, host=await resolve_local(wanted.host, reach))
