"""The connection doctor: a printer's connection tried step by step, and remembered."""

from odin_engine.kernel.clock import Clock
from odin_engine.kernel.errors import NotFound
from odin_engine.printers.model import LinkStatus
from odin_engine.printers.model.link import link_text
from odin_engine.printers.model.record import is_device
from odin_engine.printers.ports import Check, Checked
from odin_engine.printers.service.checkup import completed
from odin_engine.printers.service.discovery import Discovery
from odin_engine.printers.service.fleet import Fleet, LastCheck, Machine


class NotChecked(NotFound):
    """Nobody checked that printer's connection since the engine started."""

    code = "printer_not_checked"


class Doctor:
    """Checks the connections of registered printers, and remembers each last result."""

    def __init__(self, fleet: Fleet, discovery: Discovery, clock: Clock) -> None:
        self._fleet = fleet
        self._discovery = discovery
        self._clock = clock

    async def examine(self, printer_id: str) -> LastCheck:
        """Tries a registered printer's connection, step by step.

        A device that only one can open at a time is left alone while it is open.
        """
        machine = self._fleet.get(printer_id)
        if (
            is_device(machine.printer.host)
            and machine.driver is not None
            and machine.is_heard
        ):
            checked = self._as_it_is(machine)
        else:
            checked = await self._discovery.check_printer(printer_id)
        found = LastCheck(checked, self._clock.now())
        machine.last_check = found
        return found

    def last(self, printer_id: str) -> LastCheck:
        """Returns the last check of a printer.

        Raises:
            NotChecked: there was none since the engine started.
        """
        found = self._fleet.get(printer_id).last_check
        if found is None:
            raise NotChecked("The connection of this printer was not checked yet.")
        return found

    def _as_it_is(self, machine: Machine) -> Checked:
        host = machine.printer.host
        steps = [Check("address", ok=True, detail=f"{host} is open already.")]
        if machine.state.link is LinkStatus.ONLINE:
            steps.append(Check("report", ok=True, detail="The printer reports."))
        else:
            said = link_text(machine.state.link, machine.state.link_reason)
            steps.append(
                Check("report", ok=False, detail=said.text, remedy=said.remedy)
            )
        return completed(Checked(tuple(steps), machine.certificate, machine.state))
