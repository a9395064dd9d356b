"""Nozzles from the day they are put in until they are retired, and their hours."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from odin_engine.kernel.clock import Clock
from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import Conflict, Invalid, Problem
from odin_engine.kernel.ids import new_id
from odin_engine.printers import store, views
from odin_engine.printers.model.history import (
    NozzleInstall,
    NozzleNotFound,
    NozzleStatus,
)
from odin_engine.printers.service.fleet import Fleet, Machine

HEADS_MOST = 8
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""No printer of ours is older."""
_AHEAD = timedelta(minutes=5)
"""How far a person's clock may be ahead of ours."""


class Nozzles:
    """Records what people install; hours come with each minute of printing."""

    def __init__(self, fleet: Fleet, database: Database, clock: Clock) -> None:
        self._fleet = fleet
        self._database = database
        self._clock = clock

    async def of(self, printer_id: str) -> list[NozzleInstall]:
        """Returns the nozzles of a printer: those in use, then the latest retired."""
        self._fleet.get(printer_id)
        async with self._database.read() as session:
            return await views.nozzles(session, printer_id)

    async def get(self, nozzle_id: str) -> NozzleInstall:
        """Returns one nozzle.

        Raises:
            NozzleNotFound: there is none.
        """
        async with self._database.read() as session:
            found = await views.nozzle(session, nozzle_id)
        if found is None:
            raise NozzleNotFound("No nozzle was recorded under this id.")
        return found

    async def install(
        self,
        printer_id: str,
        head: int,
        diameter_mm: float,
        material: str | None = None,
        note: str = "",
        at: datetime | None = None,
    ) -> NozzleInstall:
        """Records a nozzle put into a head; the one that was there is retired.

        Raises:
            Invalid: no such head, or an instant that cannot be.
        """
        machine = self._fleet.get(printer_id)
        self._check_head(machine, head)
        at = at or self._clock.now()
        self._check_instant(at, "/at")
        nozzle = NozzleInstall(
            id=new_id(),
            printer_id=printer_id,
            printer_name=machine.printer.name,
            head=head,
            diameter_mm=diameter_mm,
            installed_at=at,
            material=material,
            note=note,
        )
        async with self._fleet.writing, self._database.work() as work:
            for other in await views.nozzles(work.session, printer_id):
                if other.head == head and other.retired_at is None:
                    if other.installed_at > at:
                        raise Invalid(
                            "The nozzle in this head was installed later than that.",
                            Problem("/at", "after the present nozzle's installation"),
                        )
                    await store.retire_in_head(work.session, printer_id, head, at)
            await store.add_nozzle(work.session, nozzle)
        return nozzle

    async def edit(
        self, nozzle_id: str, values: dict[str, Any], version: int | None = None
    ) -> NozzleInstall:
        """Corrects or retires a nozzle; `values` are fields of `NozzleInstall`.

        Raises:
            Invalid: instants that cannot be.
            Conflict: another version, or its head has another nozzle in use.
        """
        async with self._fleet.writing, self._database.work() as work:
            before = await views.nozzle(work.session, nozzle_id)
            if before is None:
                raise NozzleNotFound("No nozzle was recorded under this id.")
            if version is not None and version != before.version:
                raise Conflict("It was changed meanwhile. Load it again, then repeat.")
            after = replace(before, **values, version=before.version + 1)
            self._check_life(after)
            others = await views.nozzles(work.session, after.printer_id)
            if after.retired_at is None and any(
                other.id != after.id
                and other.head == after.head
                and other.retired_at is None
                for other in others
            ):
                raise Conflict("Another nozzle is in use in this head.")
            await store.save_nozzle(work.session, after)
        return after

    async def delete(self, nozzle_id: str) -> None:
        """Deletes a nozzle that was recorded by mistake.

        Raises:
            NozzleNotFound: there is none.
        """
        await self.get(nozzle_id)
        async with self._fleet.writing, self._database.work() as work:
            await store.delete_nozzle(work.session, nozzle_id)

    async def status(self, printer_id: str) -> list[NozzleStatus]:
        """Returns each head: what it reports, what was installed, and its heat."""
        state = self._fleet.get(printer_id).state
        installed = {
            nozzle.head: nozzle
            for nozzle in await self.of(printer_id)
            if nozzle.retired_at is None
        }
        reported = {nozzle.id: nozzle for nozzle in state.nozzles}
        heats = dict(enumerate(state.temperatures.nozzles))
        heads = {*range(state.capabilities.heads), *heats, *reported, *installed}
        return [
            NozzleStatus(head, heats.get(head), reported.get(head), installed.get(head))
            for head in sorted(heads)
        ]

    def _check_head(self, machine: Machine, head: int) -> None:
        # Before the first report nobody knows how many heads there are.
        is_known = machine.state.activity is not None
        heads = machine.state.capabilities.heads if is_known else HEADS_MOST
        if not 0 <= head < heads:
            raise Invalid(
                "This printer has no such head.", Problem("/head", f"0 to {heads - 1}")
            )

    def _check_life(self, nozzle: NozzleInstall) -> None:
        self._check_instant(nozzle.installed_at, "/installed_at")
        if nozzle.retired_at is not None:
            self._check_instant(nozzle.retired_at, "/retired_at")
            if nozzle.retired_at < nozzle.installed_at:
                raise Invalid(
                    "A nozzle is retired after it was installed.",
                    Problem("/retired_at", "not before installed_at"),
                )

    def _check_instant(self, at: datetime, pointer: str) -> None:
        if not _EPOCH <= at <= self._clock.now() + _AHEAD:
            raise Invalid(
                "This instant cannot be.",
                Problem(pointer, f"from {_EPOCH.year} to now"),
            )
