"""What was: prints, faults, temperatures, air."""

from datetime import datetime, timedelta

from odin_engine.kernel.clock import Clock
from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import Invalid, Problem
from odin_engine.kernel.pages import PageRequest, Slice
from odin_engine.printers import views
from odin_engine.printers.model import PrintResult, Severity
from odin_engine.printers.model.history import Climate, FaultRecord, Run, Sample

POINTS_DEFAULT = 500
POINTS_MOST = 2000
_RANGE_DEFAULT = timedelta(hours=24)
_RANGE_MOST = timedelta(days=400)


class History:
    """Reads what is remembered. A printer's history outlives the printer."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def runs(
        self,
        printer_id: str | None,
        request: PageRequest,
        result: PrintResult | None = None,
    ) -> Slice[Run]:
        """Returns a page of prints of one printer, or of all."""
        async with self._database.read() as session:
            return await views.runs(session, printer_id, request, result)

    async def faults(
        self,
        printer_id: str | None,
        request: PageRequest,
        severity: Severity | None = None,
    ) -> Slice[FaultRecord]:
        """Returns a page of faults of one printer, or of all."""
        async with self._database.read() as session:
            return await views.faults(session, printer_id, request, severity)

    async def samples(
        self,
        printer_id: str,
        since: datetime | None = None,
        until: datetime | None = None,
        points: int = POINTS_DEFAULT,
    ) -> list[Sample]:
        """Returns at most `points` samples of [since, until), the last day if not said.

        Raises:
            Invalid: the range is empty or longer than 400 days.
        """
        since, until = self._range(since, until)
        async with self._database.read() as session:
            return await views.samples(session, printer_id, since, until, points)

    async def climates(
        self,
        printer_id: str,
        since: datetime | None = None,
        until: datetime | None = None,
        points: int = POINTS_DEFAULT,
    ) -> list[Climate]:
        """Returns at most `points` rows per filament unit; the range is as above.

        Raises:
            Invalid: the range is empty or longer than 400 days.
        """
        since, until = self._range(since, until)
        async with self._database.read() as session:
            return await views.climates(session, printer_id, since, until, points)

    def _range(
        self, since: datetime | None, until: datetime | None
    ) -> tuple[datetime, datetime]:
        # The present minute counts.
        last = self._clock.now() + timedelta(minutes=1)
        until = last if until is None else min(until, last)
        if since is None:
            since = until - _RANGE_DEFAULT
        if not timedelta(0) < until - since <= _RANGE_MOST:
            raise Invalid(
                "Choose a beginning before the end, at most 400 days apart.",
                Problem("/since", "before until, at most 400 days"),
            )
        return since, until
