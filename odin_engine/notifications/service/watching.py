"""Looks at the printers, when their facts say so and otherwise once a second.

State is truth, facts are news: each fault has its own fact, so that one that came and
went is not missed; everything else follows from how a printer is now. A look that was
missed, because the engine was killed or the database was away, is made up for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from odin_engine.kernel.clock import Clock
from odin_engine.kernel.config import Config
from odin_engine.kernel.pages import PageRequest
from odin_engine.notifications.model import (
    OFFLINE_GRACE_S,
    Alert,
    Condition,
    Scene,
    fault_condition,
    fault_key,
    is_in_trouble,
    judge,
    may_show_failure,
    print_failed,
)
from odin_engine.notifications.service.ledger import Ledger
from odin_engine.printers.events import (
    DoorChanged,
    FaultCleared,
    FaultRaised,
    PrintEnded,
    PrinterEvent,
    SlotChanged,
)
from odin_engine.printers.model import Fault, PrintResult
from odin_engine.printers.service import Printers, PrinterView

_RETRY_S = 30.0
"""A look that failed is tried again after this long, not every second."""
_FAILED_LATELY = timedelta(days=1)
"""A print that failed before that, unknown to us, is no news."""

type _Glance = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class LooksDue:
    """Something about these printers may have changed without a fact of its own."""

    printer_ids: frozenset[str]


class Watching:
    """Keeps the ledger true to the printers."""

    def __init__(
        self, ledger: Ledger, printers: Printers, config: Config, clock: Clock
    ) -> None:
        self._ledger = ledger
        self._printers = printers
        self._config = config
        self._clock = clock
        self._glances: dict[str, _Glance] = {}
        self._away_since_s: dict[str, float] = {}
        self._knows_last_print: set[str] = set()
        self._rests_until_s = 0.0

    async def due(self) -> LooksDue | None:
        """Returns which printers to look at; call it every second.

        Compares references in memory, so it costs nothing while nothing happens. Every
        fact of what it saw is published by then.
        """
        if self._clock.monotonic_s() < self._rests_until_s:
            return None
        views = self._printers.views()
        changed = {
            key
            for key, view in views.items()
            if self._glances.get(key) != self._glance(view)
        }
        changed |= {
            alert.printer_id
            for alert in self._ledger.opened().values()
            if alert.printer_id is not None and alert.printer_id not in views
        }
        if not changed:
            return None
        self._rest()
        await self._printers.flush()
        return LooksDue(frozenset(changed))

    async def look(self, due: LooksDue) -> None:
        """Looks at printers as a whole, in one transaction."""
        self._rest()
        views = self._printers.views()
        opened = self._opened()
        wanted: list[Condition] = []
        over: set[str] = set()
        seen: dict[str, PrinterView] = {}
        for printer_id in due.printer_ids:
            view, theirs = views.get(printer_id), opened.get(printer_id, {})
            if view is None:
                over |= theirs.keys()
                self._forget(printer_id)
                continue
            seen[printer_id] = view
            judged = judge(self._scene(view, theirs), with_faults=True)
            wanted += judged.wanted
            over |= judged.ended
            wanted += await self._last_print(view)
        await self._ledger.settle(wanted, over)
        self._glances |= {key: self._glance(view) for key, view in seen.items()}
        self._note_last_prints(seen.values())
        self._rests_until_s = 0.0

    async def hear(self, event: PrinterEvent) -> None:
        """Follows one fact. If that fails, the whole look that is due anyway makes up."""
        if isinstance(event, SlotChanged | DoorChanged):
            return
        view = self._printers.views().get(event.printer_id)
        if view is None:
            return
        match event:
            case FaultRaised(_, fault):
                await self._raise_fault(view, fault)
            case FaultCleared(printer_id, fault):
                await self._ledger.settle((), (fault_key(printer_id, fault.code),))
            case _:
                await self._hear_of(view, event)

    def look_again(self, printer_id: str) -> None:
        """Has a printer looked at with the next second."""
        self._glances.pop(printer_id, None)

    async def _raise_fault(self, view: PrinterView, fault: Fault) -> None:
        if view.printer.is_enabled:
            await self._ledger.settle((fault_condition(view.printer, fault),))

    async def _hear_of(self, view: PrinterView, event: PrinterEvent) -> None:
        if isinstance(event, PrintEnded):
            self._knows_last_print.discard(event.printer_id)
        theirs = self._opened().get(event.printer_id, {})
        judged = judge(self._scene(view, theirs), with_faults=False)
        wanted = [*judged.wanted, *await self._last_print(view)]
        await self._ledger.settle(wanted, judged.ended)
        self._note_last_prints((view,))

    async def _last_print(self, view: PrinterView) -> list[Condition]:
        """Returns what is to be told of the last print, if it failed not long ago.

        Asked once per printer after a start of the engine, and at each end of a print.
        """
        printer, state = view.printer, view.state
        if printer.id in self._knows_last_print:
            return []
        if not may_show_failure(printer, state):
            return []
        runs = (await self._printers.history.runs(printer.id, PageRequest(1))).items
        return [
            print_failed(printer, run)
            for run in runs
            if run.result is PrintResult.FAILED
            and run.ended_at is not None
            and self._clock.now() - run.ended_at <= _FAILED_LATELY
        ]

    def _note_last_prints(self, views: Iterable[PrinterView]) -> None:
        """Notes whose last print needs no further question: it was written, or told."""
        self._knows_last_print |= {
            view.printer.id
            for view in views
            if may_show_failure(view.printer, view.state) is not None
        }

    def _scene(self, view: PrinterView, theirs: dict[str, Alert]) -> Scene:
        return Scene(view.printer, view.state, theirs, self._is_away(view))

    def _is_away(self, view: PrinterView) -> bool:
        """Whether a printer has not been heard for longer than the grace."""
        printer_id = view.printer.id
        if not is_in_trouble(view.state):
            self._away_since_s.pop(printer_id, None)
            return False
        now_s = self._clock.monotonic_s()
        since_s = self._away_since_s.setdefault(printer_id, now_s)
        return now_s - since_s >= self._config.get(OFFLINE_GRACE_S)

    def _glance(self, view: PrinterView) -> _Glance:
        """Returns what an alert may follow from. Parts that stay are mostly the same object."""
        state = view.state
        return (
            view.printer,
            state.faults,
            state.link,
            state.link_reason,
            state.control,
            state.activity,
            state.job.stage if state.job else None,
            self._is_away(view),
        )

    def _opened(self) -> dict[str, dict[str, Alert]]:
        found: dict[str, dict[str, Alert]] = {}
        for key, alert in self._ledger.opened().items():
            if alert.printer_id is not None:
                found.setdefault(alert.printer_id, {})[key] = alert
        return found

    def _forget(self, printer_id: str) -> None:
        self._glances.pop(printer_id, None)
        self._away_since_s.pop(printer_id, None)
        self._knows_last_print.discard(printer_id)

    def _rest(self) -> None:
        self._rests_until_s = self._clock.monotonic_s() + _RETRY_S
