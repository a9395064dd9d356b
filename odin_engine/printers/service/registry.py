"""Which printers there are, and what their owner says about them.

The database is written first, then memory; both under the fleet's lock, so that they
never disagree for longer than a commit takes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from odin_engine.kernel.clock import Clock
from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import Conflict, Problem
from odin_engine.kernel.fetch import AddressRefused, Reach
from odin_engine.kernel.fetch.addresses import literal
from odin_engine.kernel.ids import new_id
from odin_engine.kernel.secrets import Secrets
from odin_engine.printers import store
from odin_engine.printers.events import PlateCleared, PlateOccupied
from odin_engine.printers.model.record import (
    Access,
    NameTaken,
    Plate,
    PlateState,
    Printer,
    SerialTaken,
    UnknownFamily,
    checked,
    checked_access,
)
from odin_engine.printers.ports import DriverFamily
from odin_engine.printers.service.fields import WAYS_IN, check_ways_in
from odin_engine.printers.service.fleet import Fleet, Machine
from odin_engine.printers.service.key_requests import KeyRequests
from odin_engine.printers.service.supervision import Supervision

_ACCESS = ("secret", "camera_url")
_RECONNECTS = frozenset({"host", "serial", "ports", "options", "is_enabled"})


@dataclass(frozen=True, slots=True)
class CertificateStatus:
    """The certificate that is trusted, and the one shown where they differ."""

    pinned_sha256: str | None
    found_sha256: str | None
    common_name: str | None
    is_vendor_signed: bool | None


class Registry:
    """Adds, describes and removes printers."""

    def __init__(
        self,
        fleet: Fleet,
        database: Database,
        secrets: Secrets,
        families: Mapping[str, DriverFamily],
        supervision: Supervision,
        key_requests: KeyRequests,
        clock: Clock,
        reach: Reach,
    ) -> None:
        self._key_requests = key_requests
        self._fleet = fleet
        self._database = database
        self._secrets = secrets
        self._families = families
        self._supervision = supervision
        self._clock = clock
        self._reach = reach

    async def load(self) -> None:
        """Takes in what the database knows; call it once, before anything connects."""
        async with self._database.read() as session:
            known_until = await store.known_until(session)
            for printer, access in await store.load_printers(session, self._secrets):
                self._fleet.add(printer, access, known_until.get(printer.id))

    async def add(self, values: Mapping[str, Any]) -> Printer:
        """Registers a printer and begins to connect it.

        `values` are fields of `Printer` and `Access`, and `is_plate_gated`; instead of a
        `secret` the id of a `key_request` that was granted.

        Raises:
            Invalid: names each wrong field.
            NameTaken, SerialTaken: another printer has it.
        """
        filled = self._key_requests.filled(values)
        async with self._fleet.writing:
            # What is removed leaves a gap, so the last position decides.
            last = max((each.printer.position for each in self._fleet), default=-1)
            blank = Printer(
                id=new_id(),
                name="",
                family="",
                host="",
                created_at=self._clock.now(),
                position=last + 1,
            )
            printer, access = self._described(blank, Access(), filled)
            async with self._database.work() as work:
                store.add_printer(work.session, printer, access, self._secrets)
            machine = self._fleet.add(printer, access)
        self._key_requests.forget(values.get("key_request"))
        self._supervision.start(machine)
        return machine.printer

    async def edit(
        self, printer_id: str, values: Mapping[str, Any], version: int | None = None
    ) -> Printer:
        """Changes what is named in `values`; reconnects when that needs it.

        Raises:
            Invalid: names each wrong field.
            Conflict: `version` is not the present one, or a name is taken.
        """
        async with self._fleet.writing:
            machine = self._fleet.get(printer_id)
            _check_version(machine, version)
            before, access_before = machine.printer, machine.access
            after, access = self._described(before, access_before, values)
            after = replace(after, version=before.version + 1)
            if _is_another_machine(before, after):
                after = replace(after, pin_sha256=None)
            async with self._database.work() as work:
                await store.save_printer(work.session, after)
                if access != access_before:
                    await store.save_access(
                        work.session, printer_id, access, self._secrets
                    )
            machine.access = access
            # Reports may have moved plate and pin while the commit was under way.
            self._fleet.describe(machine, **_difference(before, after))
        if access.secret != access_before.secret or any(
            getattr(before, name) != getattr(after, name) for name in _RECONNECTS
        ):
            await self._supervision.restart(machine)
        return machine.printer

    async def delete(self, printer_id: str) -> None:
        """Removes a printer and ends its connection. Its history stays."""
        await self._supervision.stop(self._fleet.get(printer_id))
        async with self._fleet.writing:
            machine = self._fleet.get(printer_id)
            async with self._database.work() as work:
                await store.close_history(work.session, printer_id, self._clock.now())
                await store.delete_printer(work.session, printer_id)
            self._fleet.remove(machine)
        # An edit may have connected it again meanwhile.
        await self._supervision.stop(machine)

    async def set_plate(self, printer_id: str, state: PlateState) -> Printer:
        """Says whether the plate is clear; harmless when that is known already.

        Raises:
            Conflict: this printer has no plate gate to occupy.
        """
        async with self._fleet.writing:
            machine = self._fleet.get(printer_id)
            plate = machine.printer.plate
            if plate.state is state:
                return machine.printer
            if not plate.is_gated:
                raise Conflict("The plate gate of this printer is switched off.")
            plate = Plate(state=state, since=self._clock.now())
            async with self._database.work() as work:
                await store.save_plate(work.session, printer_id, plate)
                if state is PlateState.CLEAR:
                    work.emit(PlateCleared(printer_id))
                else:
                    work.emit(PlateOccupied(printer_id))
            self._fleet.describe(machine, plate=plate)
        return machine.printer

    def certificate(self, printer_id: str) -> CertificateStatus:
        """Returns which certificate is trusted, and which was shown instead."""
        machine = self._fleet.get(printer_id)
        shown, mismatch = machine.certificate, machine.mismatch
        return CertificateStatus(
            pinned_sha256=machine.printer.pin_sha256,
            found_sha256=mismatch.found if mismatch else None,
            common_name=shown.common_name if shown else None,
            is_vendor_signed=shown.is_vendor_signed if shown else None,
        )

    async def confirm_certificate(
        self, printer_id: str, pinned: str, found: str
    ) -> Printer:
        """Trusts a changed certificate from now on, and connects.

        Raises:
            Conflict: these are not the two fingerprints at issue now.
        """
        async with self._fleet.writing:
            machine = self._fleet.get(printer_id)
            mismatch = machine.mismatch
            if mismatch is None or (mismatch.pinned, mismatch.found) != (pinned, found):
                raise Conflict(
                    "These are not the certificates at issue now. Look at both "
                    "fingerprints again before you confirm."
                )
            async with self._database.work() as work:
                await store.save_pin(work.session, printer_id, found)
            machine.mismatch = None
            self._fleet.describe(machine, pin_sha256=found)
        await self._supervision.restart(machine)
        return machine.printer

    def _described(
        self, printer: Printer, access: Access, values: Mapping[str, Any]
    ) -> tuple[Printer, Access]:
        """Returns the record and the secrets with these values, checked."""
        changes = dict(values)
        secrets = {name: changes.pop(name) for name in _ACCESS if name in changes}
        if "is_plate_gated" in changes:
            is_gated = changes.pop("is_plate_gated")
            changes["plate"] = replace(printer.plate, is_gated=is_gated)
        access = checked_access(replace(access, **secrets))
        printer = checked(replace(printer, **changes))
        printer = replace(
            printer,
            has_secret=access.secret is not None,
            has_camera_url=access.camera_url is not None,
        )
        self._check_family(printer, access, values)
        self._check_alone(printer)
        return printer, access

    def _check_family(
        self, printer: Printer, access: Access, values: Mapping[str, Any]
    ) -> None:
        family = self._families.get(printer.family)
        if family is not None:
            check_ways_in(family, printer, access, values)
        elif WAYS_IN & values.keys():
            known = ", ".join(self._families)
            raise UnknownFamily(
                f"Choose one of: {known}.", Problem("/family", f"one of: {known}")
            )

    def _check_alone(self, printer: Printer) -> None:
        for address in literal(printer.host):
            reason = self._reach.why_not(address)
            if reason is not None:
                raise AddressRefused(printer.host, reason)
        for other in (each.printer for each in self._fleet):
            if other.id == printer.id:
                continue
            if other.name.casefold() == printer.name.casefold():
                raise NameTaken(f"There is a printer called {other.name} already.")
            if printer.serial is not None and (other.family, other.serial) == (
                printer.family,
                printer.serial,
            ):
                raise SerialTaken(
                    f"This machine is registered as {other.name} already."
                )


def _check_version(machine: Machine, version: int | None) -> None:
    if version is not None and machine.printer.version != version:
        raise Conflict("It was changed meanwhile. Load it again, then repeat.")


def _is_another_machine(before: Printer, after: Printer) -> bool:
    if after.serial is None:
        return before.host != after.host
    return before.serial != after.serial


def _difference(before: Printer, after: Printer) -> dict[str, Any]:
    return {
        name: getattr(after, name)
        for name in Printer.__slots__
        if getattr(before, name) != getattr(after, name)
    }
