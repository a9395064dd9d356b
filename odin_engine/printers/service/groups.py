"""Many printers at once: their order, their tags, the same change to each."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import Invalid, OdinError, Problem
from odin_engine.printers import store
from odin_engine.printers.model.record import (
    Printer,
    checked_tag,
    with_tag,
    without_tag,
)
from odin_engine.printers.service.fleet import Fleet
from odin_engine.printers.service.registry import Registry


class BulkAction(StrEnum):
    """What can be done to many printers at once."""

    ENABLE = "enable"
    DISABLE = "disable"
    ADD_TAG = "add_tag"
    REMOVE_TAG = "remove_tag"
    MAINTENANCE_ON = "maintenance_on"
    MAINTENANCE_OFF = "maintenance_off"


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of one printer in a bulk action: done, or the error why not."""

    id: str
    code: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag in use, and by how many printers."""

    name: str
    printers: int


class Groups:
    """Changes that concern more than one printer."""

    def __init__(self, fleet: Fleet, database: Database, registry: Registry) -> None:
        self._fleet = fleet
        self._database = database
        self._registry = registry

    async def order(self, printer_ids: Sequence[str]) -> None:
        """Puts the printers in this order.

        Raises:
            Invalid: not every printer is named exactly once.
        """
        async with self._fleet.writing:
            known = {each.printer.id for each in self._fleet}
            if len(printer_ids) != len(known) or set(printer_ids) != known:
                raise Invalid(
                    "Name every printer exactly once.",
                    Problem("/ids", f"{len(known)} different ids are needed"),
                )
            moved = [
                replace(self._fleet.get(printer_id).printer, position=position)
                for position, printer_id in enumerate(printer_ids)
            ]
            async with self._database.work() as work:
                for printer in moved:
                    await store.save_printer(work.session, printer)
            for printer in moved:
                machine = self._fleet.get(printer.id)
                self._fleet.describe(machine, position=printer.position)
            self._fleet.sort()

    async def bulk(
        self, printer_ids: Collection[str], action: BulkAction, tag: str | None = None
    ) -> list[BulkResult]:
        """Does the same to many printers; one that cannot keeps no other from it.

        Raises:
            Invalid: a tag action without a possible tag.
        """
        change = _change(action, tag)
        results = []
        for printer_id in dict.fromkeys(printer_ids):
            try:
                values = change(self._fleet.get(printer_id).printer)
                await self._registry.edit(printer_id, values)
            except OdinError as error:
                results.append(BulkResult(printer_id[:64], error.code, error.message))
            else:
                results.append(BulkResult(printer_id))
        return results

    def tags(self) -> list[Tag]:
        """Returns the tags in use, by name."""
        counts: dict[str, int] = {}
        names: dict[str, str] = {}
        for machine in self._fleet:
            for tag in machine.printer.tags:
                key = tag.casefold()
                names.setdefault(key, tag)
                counts[key] = counts.get(key, 0) + 1
        return [Tag(names[key], counts[key]) for key in sorted(counts)]

    async def rename_tag(self, tag: str, name: str | None) -> list[Tag]:
        """Renames a tag wherever it is used; `None` removes it. Returns what is in use.

        Raises:
            Invalid: the new name is not possible.
        """
        name = None if name is None else checked_tag(name)
        users = [
            each.printer.id
            for each in self._fleet
            if tag.casefold() in {used.casefold() for used in each.printer.tags}
        ]
        for printer_id in users:
            printer = without_tag(self._fleet.get(printer_id).printer, tag)
            if name is not None:
                printer = with_tag(printer, name)
            await self._registry.edit(printer_id, {"tags": printer.tags})
        return self.tags()


def _change(action: BulkAction, tag: str | None) -> Callable[[Printer], dict[str, Any]]:
    match action:
        case BulkAction.ENABLE | BulkAction.DISABLE:
            return lambda _: {"is_enabled": action is BulkAction.ENABLE}
        case BulkAction.MAINTENANCE_ON:
            return lambda _: {"is_in_maintenance": True}
        case BulkAction.MAINTENANCE_OFF:
            return lambda _: {"is_in_maintenance": False, "maintenance_note": ""}
        case BulkAction.ADD_TAG:
            added = checked_tag(tag or "")
            return lambda printer: {"tags": with_tag(printer, added).tags}
        case BulkAction.REMOVE_TAG:
            removed = checked_tag(tag or "")
            return lambda printer: {"tags": without_tag(printer, removed).tags}
