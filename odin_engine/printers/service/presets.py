"""What a printer's make offers to choose from."""

from collections.abc import Mapping, Sequence

from odin_engine.printers.model import FilamentPreset
from odin_engine.printers.ports import DriverFamily
from odin_engine.printers.service.fleet import Fleet


class Presets:
    """Asks the families of the printers."""

    def __init__(self, fleet: Fleet, families: Mapping[str, DriverFamily]) -> None:
        self._fleet = fleet
        self._families = families

    def filaments(self, printer_id: str) -> Sequence[FilamentPreset]:
        """Returns which filaments a slot of a printer can be said to hold.

        None where its family has none, or no driver speaks that protocol any more.

        Raises:
            PrinterNotFound: nobody has that id.
        """
        family = self._families.get(self._fleet.get(printer_id).printer.family)
        return family.filament_presets() if family else ()
