"""What was: prints, faults, temperatures, air."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from odin_engine.kernel.clock import Clock
from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import Invalid, Problem
from odin_engine.kernel.pages import PageRequest, Slice
from odin_engine.printers import views
from odin_engine.printers.model import PictureNotFound, PrintResult, Severity
from odin_engine.printers.model.history import Climate, FaultRecord, Run, Sample

POINTS_DEFAULT = 500
POINTS_MOST = 2000
_RANGE_DEFAULT = timedelta(hours=24)
_RANGE_MOST = timedelta(days=400)
_TOTALS_MOST = 10_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Range:
    """[since, until), the last day if not said, in at most `points` points."""

    since: datetime | None = None
    until: datetime | None = None
    points: int = POINTS_DEFAULT


type _Key = tuple[str, str, object]
"""Which list, of which printer, narrowed to what."""


class Totals:
    """How long each list is, until it may have changed."""

    def __init__(self) -> None:
        self._known: dict[_Key, int] = {}
        self._writes = 0

    def forget(self, printer_id: str | None = None) -> None:
        """Takes note that the lists of a printer, or all, may be longer or shorter."""
        for key in tuple(self._known):
            if printer_id in {None, key[1]}:
                del self._known[key]
        self._writes += 1

    async def of[T](
        self, key: _Key, page: Callable[[int | None], Awaitable[Slice[T]]]
    ) -> Slice[T]:
        """Returns what `page` reads, and keeps its total for the next time."""
        writes = self._writes
        found = await page(self._known.get(key))
        if len(self._known) >= _TOTALS_MOST:
            self._known.clear()
        if writes == self._writes:
            self._known[key] = found.total
        return found


class History:
    """Reads what is remembered. A printer's history outlives the printer."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.totals = Totals()

    async def runs(
        self,
        printer_id: str,
        request: PageRequest,
        result: PrintResult | None = None,
    ) -> Slice[Run]:
        """Returns a page of prints of one printer."""

        async def page(total: int | None) -> Slice[Run]:
            async with self._database.read() as session:
                return await views.runs(session, printer_id, request, result, total)

        if request.q:
            return await page(None)
        return await self.totals.of(("runs", printer_id, result), page)

    async def picture(self, printer_id: str, run_id: str) -> bytes:
        """Returns the small picture, a PNG, of what a run printed.

        Raises:
            PictureNotFound: there is none.
        """
        async with self._database.read() as session:
            png = await views.picture(session, printer_id, run_id)
        if png is None:
            raise PictureNotFound("There is no picture of that print.")
        return png

    async def faults(
        self,
        printer_id: str,
        request: PageRequest,
        severity: Severity | None = None,
    ) -> Slice[FaultRecord]:
        """Returns a page of faults of one printer."""

        async def page(total: int | None) -> Slice[FaultRecord]:
            async with self._database.read() as session:
                return await views.faults(session, printer_id, request, severity, total)

        if request.q:
            return await page(None)
        return await self.totals.of(("faults", printer_id, severity), page)

    async def samples(self, printer_id: str, wanted: Range) -> list[Sample]:
        """Returns telemetry while printing, by time.

        Raises:
            Invalid: the range is empty or longer than 400 days.
        """
        since, until = self._bounds(wanted)
        async with self._database.read() as session:
            return await views.samples(session, printer_id, since, until, wanted.points)

    async def climates(self, printer_id: str, wanted: Range) -> list[Climate]:
        """Returns the air in each filament unit, by time.

        Raises:
            Invalid: the range is empty or longer than 400 days.
        """
        since, until = self._bounds(wanted)
        async with self._database.read() as session:
            return await views.climates(
                session, printer_id, since, until, wanted.points
            )

    def _bounds(self, wanted: Range) -> tuple[datetime, datetime]:
        # The present minute counts.
        last = self._clock.now() + timedelta(minutes=1)
        until = last if wanted.until is None else min(wanted.until, last)
        since = wanted.since
        if since is None:
            since = max(until, _EPOCH + _RANGE_DEFAULT) - _RANGE_DEFAULT
        if not timedelta(0) < until - since <= _RANGE_MOST:
            raise Invalid(
                "Choose a beginning before the end, at most 400 days apart.",
                Problem("/since", "before until, at most 400 days"),
            )
        return since, until
