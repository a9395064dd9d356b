"""What is remembered of a report: runs, faults and the plate, and the first report.

The first report of a printer is reconciled: it is compared with the run and the faults
that are still open in the database. It may end them, and never starts a print. Where a
machine's host remembers its prints, what it says of them counts (`past`).
"""

from dataclasses import replace
from typing import override

from odin_engine.kernel.db import Work
from odin_engine.kernel.ids import new_id
from odin_engine.printers import store
from odin_engine.printers.events import (
    AttentionNeeded,
    FaultCleared,
    FaultRaised,
    PlateCleared,
    PlateOccupied,
    PrintEnded,
    PrinterEvent,
    PrintStarted,
)
from odin_engine.printers.model import Fault, Job, PrintResult
from odin_engine.printers.model.history import (
    FaultRecord,
    Run,
    is_another,
    job_of,
    result_found,
)
from odin_engine.printers.model.record import Plate, PlateState
from odin_engine.printers.ports import PastJob
from odin_engine.printers.service.fleet import Fleet, Observation
from odin_engine.printers.service.history import Totals
from odin_engine.printers.service.past import (
    corrected,
    earliest,
    has_ended,
    knows_better,
    missed,
    told_of,
)


class Chapter:
    """One observation on its way into the database."""

    def __init__(self, fleet: Fleet, totals: Totals, seen: Observation) -> None:
        self._fleet = fleet
        self._totals = totals
        self._seen = seen
        self._machine = seen.machine
        self._plate: Plate | None = None

    @override
    def __repr__(self) -> str:
        return f"{self._machine.printer.name}: {self._seen.events}"

    async def write(self, work: Work) -> None:
        """Writes what happened in its order; news that we told before is left out."""
        self._plate = None
        if not self._fleet.has(self._machine):
            return
        told_before = set()
        for event in self._seen.events:
            match event:
                case FaultRaised(_, fault):
                    if not await store.add_fault(work.session, self._record(fault)):
                        told_before.add(fault.code)
                        continue
                case AttentionNeeded(_, reason) if reason in told_before:
                    continue
                case FaultCleared(printer_id, fault):
                    at = self._seen.at
                    await store.clear_fault(work.session, printer_id, fault.code, at)
                case PrintStarted(_, job):
                    await self._start(work, job, was_seen_starting=True)
                case PrintEnded(printer_id, result, job):
                    result = await self._end(work, result, job)
                    work.emit(PrintEnded(printer_id, result, job))
                    continue
                case _:
                    pass
            work.emit(event)
        if self._seen.is_baseline:
            await self._reconcile(work)
        if self._seen.past:
            await self._catch_up(work)
        await self._write_plate(work)

    def settle(self) -> None:
        """Takes over the plate as it was written; lists may be longer now."""
        seen = self._seen
        if seen.is_baseline or seen.past or any(map(_is_listed, seen.events)):
            self._totals.forget(self._printer_id)
        if not self._fleet.has(self._machine):
            return
        if self._seen.is_baseline:
            self._machine.is_reconciled = True
        known, written = self._machine.printer.plate, self._plate
        if written is None or written.since is None:
            return
        # While the commit was under way a newer report may have changed it again.
        if known.is_gated and (known.since is None or known.since <= written.since):
            self._fleet.describe(self._machine, plate=written)

    async def _start(
        self, work: Work, job: Job | None, *, was_seen_starting: bool
    ) -> None:
        job = job or Job()
        at = self._seen.at
        began_at = at
        if not was_seen_starting and job.started_at is not None:
            began_at = min(job.started_at, at)
        left_open = await store.open_run(work.session, self._printer_id)
        if left_open is not None:
            if left_open.started_at == began_at and left_open.token == job.token:
                # The database committed it, and was gone before it said so.
                return
            await self._close(work, left_open, PrintResult.UNKNOWN, None)
        run = Run(
            id=new_id(),
            printer_id=self._printer_id,
            printer_name=self._machine.printer.name,
            started_at=began_at,
            was_seen_starting=was_seen_starting,
            name=job.name,
            file=job.file,
            plate=job.plate,
            token=job.token,
            external_id=job.external_id,
            source=job.source,
            progress_pct=job.progress_pct,
            layer=job.layer,
            total_layers=job.total_layers,
        )
        await store.add_run(work.session, run)

    def _has_begun_one(self) -> bool:
        return any(isinstance(event, PrintStarted) for event in self._seen.events)

    async def _end(
        self, work: Work, result: PrintResult, job: Job | None
    ) -> PrintResult:
        """Closes the open run; returns how it ended, which the host may know better."""
        run = await store.open_run(work.session, self._printer_id)
        if run is None or (run.started_at == self._seen.at and self._has_begun_one()):
            # It was written by a try whose commit went through although it did not seem
            # so: what ends here is the one before it.
            return result
        await store.note_progress(
            work.session, self._printer_id, self._seen.seconds_by_head
        )
        result = await self._close(work, run, result, job)
        plate = self._machine.printer.plate
        if plate.since == self._seen.at and plate.state is PlateState.OCCUPIED:
            self._plate = replace(plate, run_id=run.id)
        return result

    async def _close(
        self, work: Work, run: Run, result: PrintResult, job: Job | None
    ) -> PrintResult:
        if is_another(run, job):
            result, job = PrintResult.UNKNOWN, None
        before = self._seen.before.job
        if is_another(run, before):
            before = None
        ended = replace(
            run,
            name=run.name or (job.name if job else None),
            external_id=run.external_id or (job.external_id if job else None),
            source=run.source or (job.source if job else None),
            ended_at=self._seen.at,
            result=result,
            # A printer may reset them when a print is cancelled.
            progress_pct=_most(run, before, job, "progress_pct"),
            layer=_most(run, before, job, "layer"),
            total_layers=_most(run, before, job, "total_layers"),
        )
        await store.end_run(work.session, ended)
        told = await self._told_of(work, ended)
        if told is None or told.result is PrintResult.UNKNOWN:
            return result
        await self._correct(work, ended, told)
        return told.result

    async def _told_of(self, work: Work, run: Run) -> PastJob | None:
        past = self._seen.past
        if not past:
            return None
        runs = await store.runs_since(work.session, self._printer_id, earliest(past))
        return told_of(run, past, runs)

    async def _correct(self, work: Work, run: Run, told: PastJob) -> None:
        run = corrected(run, told, self._seen.at)
        await store.correct_run(work.session, run, told.printing_s)

    async def _catch_up(self, work: Work) -> None:
        """Adds the prints that nobody saw, once each, and mends ends that nobody saw."""
        past = self._seen.past
        runs = await store.runs_since(work.session, self._printer_id, earliest(past))
        known = {run.id: job for run in runs if (job := told_of(run, past, runs))}
        for run in runs:
            if run.id in known and knows_better(run, known[run.id]):
                await self._correct(work, run, known[run.id])
        known_ids = {job.external_id for job in known.values()}
        printer, at = self._machine.printer, self._seen.at
        added = [
            missed(printer, job, at) for job in past if job.external_id not in known_ids
        ]
        for run in added:
            await store.add_run(work.session, run)
        if added:
            self._find_on_plate(max(added, key=lambda run: run.started_at))

    def _find_on_plate(self, run: Run) -> None:
        """Occupies the plate with a print that nobody saw, unless it was cleared since."""
        plate = self._plate or self._machine.printer.plate
        if self._plate is not None and self._plate.run_id is None:
            self._plate = replace(self._plate, run_id=run.id)
        activity = self._seen.state.activity
        is_running = activity is not None and activity.has_running_job
        since, ended_at = plate.since, run.ended_at
        was_cleared = since is not None and ended_at is not None and since >= ended_at
        if plate.state is PlateState.CLEAR and not is_running and not was_cleared:
            self._occupy(run.id)

    async def _reconcile(self, work: Work) -> None:
        state = self._seen.state
        run = await store.open_run(work.session, self._printer_id)
        result = self._result_found(run) if run else None
        if run is not None and result is not None:
            job = job_of(run, state)
            result = await self._close(work, run, result, job)
            work.emit(PrintEnded(self._printer_id, result, job or _job_of(run)))
            self._occupy(run.id)
        is_running = state.activity is not None and state.activity.has_running_job
        if is_running and (run is None or result is not None):
            await self._start(work, state.job, was_seen_starting=False)
            self._clear()
        elif run is None and state.activity is not None and state.activity.is_end:
            await self._find_ended(work, state.job)
        await self._reconcile_faults(work)

    def _result_found(self, run: Run) -> PrintResult | None:
        state = self._seen.state
        result = result_found(run, state)
        shown = state.job.external_id if state.job else None
        if result is None and shown != run.external_id:
            # Something runs that does not say what it is, and ours is over.
            return PrintResult.UNKNOWN if has_ended(run, self._seen.past) else None
        return result

    async def _find_ended(self, work: Work, job: Job | None) -> None:
        """Occupies the plate for a print that came and went while nobody looked.

        A printer keeps showing its last print, so one that we know says nothing new.
        """
        last = await store.last_run(work.session, self._printer_id)
        was_never_told = self._machine.printer.plate.since is None
        if is_another(last, job) if last else was_never_told:
            self._occupy(None)

    async def _reconcile_faults(self, work: Work) -> None:
        present = {fault.code for fault in self._seen.state.faults}
        for record in await store.open_faults(work.session, self._printer_id):
            if record.code not in present:
                at = self._seen.at
                await store.clear_fault(work.session, self._printer_id, record.code, at)
                work.emit(FaultCleared(self._printer_id, _fault_of(record)))

    def _occupy(self, run_id: str | None) -> None:
        plate = self._machine.printer.plate
        if plate.is_gated:
            self._plate = Plate(
                state=PlateState.OCCUPIED, since=self._seen.at, run_id=run_id
            )

    def _clear(self) -> None:
        plate = self._plate or self._machine.printer.plate
        self._plate = None
        if plate.is_gated and plate.state is PlateState.OCCUPIED:
            self._plate = Plate(since=self._seen.at)

    async def _write_plate(self, work: Work) -> None:
        """Writes the plate where this observation changed it and nobody did since."""
        plate = self._plate or self._machine.printer.plate
        if plate.since != self._seen.at:
            return
        await store.save_plate(work.session, self._printer_id, plate)
        if plate.state is PlateState.OCCUPIED:
            work.emit(PlateOccupied(self._printer_id))
        else:
            work.emit(PlateCleared(self._printer_id))

    @property
    def _printer_id(self) -> str:
        return self._machine.printer.id

    def _record(self, fault: Fault) -> FaultRecord:
        return FaultRecord(
            id=new_id(),
            printer_id=self._printer_id,
            printer_name=self._machine.printer.name,
            code=fault.code,
            kind=fault.kind,
            severity=fault.severity,
            text=fault.text,
            raised_at=self._seen.at,
            module=fault.module,
            unit=fault.unit,
            slot=fault.slot,
            help_url=fault.help_url,
        )


def _most(run: Run, before: Job | None, after: Job | None, name: str) -> int | None:
    said = [getattr(each, name) for each in (run, before, after) if each is not None]
    return max((value for value in said if value is not None), default=None)


def _job_of(run: Run) -> Job:
    return Job(
        name=run.name,
        file=run.file,
        plate=run.plate,
        token=run.token,
        external_id=run.external_id,
        source=run.source,
        progress_pct=run.progress_pct,
        started_at=run.started_at,
    )


def _fault_of(record: FaultRecord) -> Fault:
    return Fault(
        code=record.code,
        kind=record.kind,
        severity=record.severity,
        text=record.text,
        module=record.module,
        unit=record.unit,
        slot=record.slot,
        help_url=record.help_url,
    )


def _is_listed(event: PrinterEvent) -> bool:
    """Whether prints or faults, or how they ended, are others with it."""
    return isinstance(event, PrintStarted | PrintEnded | FaultRaised)
