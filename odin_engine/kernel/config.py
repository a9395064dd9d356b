"""The values of run-time settings: cached, stored where they differ from the default."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from odin_engine.kernel.clock import Clock
from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import Conflict, Invalid, Problem
from odin_engine.kernel.tables import SettingRow
from odin_engine.kernel.tunable import Tunable, Value

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SettingChanged:
    """A run-time setting has another value now."""

    key: str
    value: Value


class Config:
    """Hands out the value of every declared tunable; `load` first."""

    def __init__(
        self, database: Database, clock: Clock, tunables: Iterable[Tunable[Any]]
    ) -> None:
        self._database = database
        self._clock = clock
        self._tunables = {tunable.key: tunable for tunable in tunables}
        self._values: dict[str, Value] = {}
        self._changing = asyncio.Lock()

    @property
    def version(self) -> str:
        """Another text with each change of any value."""
        values = [[tunable.key, value] for tunable, value in self.all()]
        return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]

    async def load(self) -> None:
        """Reads what is stored; a value that no longer fits counts as not set."""
        async with self._database.read() as session:
            rows = (await session.scalars(select(SettingRow))).all()
        self._values = {}
        for row in rows:
            tunable = self._tunables.get(row.key)
            if tunable is None:
                continue
            try:
                self._values[row.key] = tunable.check(row.value)
            except Invalid as error:
                _LOG.warning("stored setting ignored: %s", error.message)

    def get[T: Value](self, tunable: Tunable[T]) -> T:
        """Returns the current value, at once."""
        return tunable.check(self._values.get(tunable.key, tunable.default))

    def all(self) -> list[tuple[Tunable[Any], Value]]:
        """Returns each tunable with its value, in the order of declaration."""
        return [(tunable, self.get(tunable)) for tunable in self._tunables.values()]

    async def change(
        self, values: Mapping[str, object], version: str | None = None
    ) -> None:
        """Sets several values, all or none; `None` goes back to the default.

        Raises:
            Invalid: names every key that is unknown or has a wrong value.
            Conflict: the values are no longer those of `version`.
        """
        wanted = self._checked(values)
        async with self._changing:
            if version is not None and version != self.version:
                raise Conflict("Somebody changed a setting meanwhile. Load them again.")
            await self._store(wanted)

    async def _store(self, wanted: Mapping[str, Value]) -> None:
        async with self._database.work() as work:
            await work.session.execute(
                delete(SettingRow).where(SettingRow.key.in_(wanted))
            )
            for key, value in wanted.items():
                if value != self._tunables[key].default:
                    work.session.add(
                        SettingRow(key=key, value=value, changed_at=self._clock.now())
                    )
                if value != self.get(self._tunables[key]):
                    work.emit(SettingChanged(key, value))
        self._values |= wanted

    def _checked(self, values: Mapping[str, object]) -> dict[str, Value]:
        wanted: dict[str, Value] = {}
        problems: list[Problem] = []
        for key, value in values.items():
            tunable = self._tunables.get(key)
            if tunable is None:
                problems.append(Problem(f"/{key}", "There is no such setting."))
                continue
            try:
                wanted[key] = tunable.default if value is None else tunable.check(value)
            except Invalid as error:
                problems += error.problems
        if problems:
            raise Invalid(
                " ".join(
                    f"{each.pointer[1:]}: {each.detail.rstrip('.')}."
                    for each in problems
                ),
                *problems,
            )
        return wanted
