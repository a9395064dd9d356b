"""From a record to a way to the machine: its address looked up, its secret at hand."""

from dataclasses import replace

from odin_engine.kernel.fetch import Reach, resolve_local
from odin_engine.printers.model.record import is_device
from odin_engine.printers.ports import Connection, DriverFamily
from odin_engine.printers.service.fields import takes_device
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
        options=printer.options,
    )


async def resolved(
    wanted: Connection, reach: Reach, family: DriverFamily | None = None
) -> Connection:
    """Returns the connection with the address of its host, checked to be a printer's.

    Drivers never see a name: they would look it up again, and a name server that gives
    another answer the second time would lead them anywhere. A device's path stays, for
    a family that takes one.

    Raises:
        HostUnknown: the name has no address.
        AddressRefused: the address is none a printer can have.
    """
    if family is not None and takes_device(family) and is_device(wanted.host):
        return wanted
    return replace(wanted, host=await resolve_local(wanted.host, reach))
