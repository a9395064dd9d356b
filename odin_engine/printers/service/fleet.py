"""The printers in memory: each with its record, its last state and its connection.

This is the live truth and the hot path. `observe` runs once per message: it compares,
keeps and hands on, and never touches the database, makes a task or sets a timer.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from odin_engine.kernel.bus import Telemetry
from odin_engine.kernel.clock import Clock
from odin_engine.printers.events import (
    LinkChanged,
    PrintEnded,
    PrinterEvent,
    PrintStarted,
    transitions,
)
from odin_engine.printers.model import (
    CertificateChanged,
    LinkReason,
    LinkStatus,
    PrintDetails,
    PrinterState,
)
from odin_engine.printers.model.heaters import Burning
from odin_engine.printers.model.record import (
    Access,
    Plate,
    PlateState,
    Printer,
    PrinterNotFound,
)
from odin_engine.printers.ports import (
    Certificate,
    Checked,
    Connection,
    Driver,
    PastJob,
)
from odin_engine.printers.service.search import Ordered, Search, Sent

_LOG = logging.getLogger(__name__)


type Memo = dict[str, tuple[object, Any]]
"""What was made of a part, by its name: the part, which `is` tells anew, and the work."""


class _Remembers:
    """Room beside a view for work that its successors need not do again.

    No field of the view, so that it takes no part in comparing views.
    """

    __slots__ = ("_memo",)
    _memo: Memo

    @property
    def memo(self) -> Memo:
        """The work so far; the view that follows has the same."""
        try:
            return self._memo
        except AttributeError:
            self._memo = {}
            return self._memo

    def inherit(self, before: _Remembers) -> None:
        """Takes over the work of the view before."""
        self._memo = before.memo


@dataclass(slots=True, eq=False)
class PrinterView(_Remembers):
    """A printer as others see it: its record and its state. A change makes a new one."""

    printer: Printer
    state: PrinterState


@dataclass(slots=True, eq=False)
class Held:
    """The latest state of a connection whose past is being asked for."""

    state: PrinterState


@dataclass(frozen=True, slots=True)
class LastCheck:
    """The result of a connection check, and when it was."""

    checked: Checked
    at: datetime


@dataclass(slots=True, eq=False)
class Machine:
    """One registered printer, with everything that is only true while we run.

    `driver` is set while a connection is made or stands; `kept` outlives it, because a
    driver knows what it asked the machine only moments ago. `seconds_by_head` is printing
    time not yet written, head `None` is an unknown one; `unheard_by_head` is that of a silence,
    after which it may turn out that nothing was printed.
    `begun_s` is when the present connection was begun, `patience` what ends it early.
    `start_due_s` is until when a print that was sent may take to show itself.
    `is_reconciled`: what we remember was compared with the printer's first report.
    `search` is for the file of the present or last print; `reading` is held by whoever
    looks into files. `held` is what was reported while its host still says what it
    printed without us, which is `past` until a report shows what it does now.
    `known_until` is from when on we do not know what it printed,
    unless `is_caught_up`.
    """

    printer: Printer
    access: Access
    state: PrinterState
    view: PrinterView
    known_until: datetime
    driver: Driver | None = None
    kept: tuple[Connection, Driver] | None = None
    certificate: Certificate | None = None
    mismatch: CertificateChanged | None = None
    supervisor: asyncio.Task[None] | None = None
    patience: asyncio.Timeout | None = None
    begun_s: float = 0.0
    asked_s: float = 0.0
    is_heard: bool = False
    start_due_s: float = 0.0
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    switching: asyncio.Lock = field(default_factory=asyncio.Lock)
    commanding: asyncio.Lock = field(default_factory=asyncio.Lock)
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    uploading: object | None = None
    look_after_s: float = 0.0
    search: Search | None = None
    ordered: Ordered | None = None
    sent: Sent = field(default_factory=Sent)
    is_cooling_hard: bool = False
    cool_after_s: float = 0.0
    is_reconciled: bool = False
    burning: Burning = field(default_factory=dict)
    held: Held | None = None
    past: tuple[PastJob, ...] = ()
    is_caught_up: bool = False
    last_check: LastCheck | None = None
    seconds_by_head: dict[int | None, float] = field(default_factory=dict)
    unheard_by_head: dict[int | None, float] = field(default_factory=dict)

    @property
    def details(self) -> PrintDetails | None:
        """What the file of the present or last print told, if it was read."""
        search = self.search
        if search is None or search.known is None or not search.is_for(self.state.job):
            return None
        return search.known.details

    def believe_silence(self) -> None:
        """Counts the time of a silence in which the job went on."""
        for head, seconds in self.unheard_by_head.items():
            self.seconds_by_head[head] = self.seconds_by_head.get(head, 0.0) + seconds
        self.unheard_by_head = {}

    def take_printing_time(self) -> dict[int | None, float]:
        """Returns the printing time since the last call."""
        taken, self.seconds_by_head = self.seconds_by_head, {}
        return taken


@dataclass(frozen=True, slots=True)
class Observation:
    """What one report brought that must be remembered, and the states around it.

    `is_baseline`: the first report since the engine, or the printer's record, is new.
    `past` is what the machine's host says to have printed while nobody listened.
    """

    machine: Machine
    at: datetime
    events: tuple[PrinterEvent, ...]
    before: PrinterState
    state: PrinterState
    is_baseline: bool
    seconds_by_head: dict[int | None, float]
    past: tuple[PastJob, ...] = ()


class Fleet:
    """All machines by id, and the lane on which their changes are seen."""

    def __init__(self, clock: Clock, note: Callable[[Observation], None]) -> None:
        self._machines: dict[str, Machine] = {}
        self._clock = clock
        self._note = note
        self.telemetry: Telemetry[PrinterView] = Telemetry()
        self.writing = asyncio.Lock()
        """Held by whoever writes what is also in memory, until both agree again."""

    def __iter__(self) -> Iterator[Machine]:
        return iter(self._machines.values())

    def __len__(self) -> int:
        return len(self._machines)

    def get(self, printer_id: str) -> Machine:
        """Returns a machine.

        Raises:
            PrinterNotFound: nobody has that id.
        """
        machine = self._machines.get(printer_id)
        if machine is None:
            raise PrinterNotFound(printer_id)
        return machine

    def has(self, machine: Machine) -> bool:
        """Whether a machine is still registered."""
        return self._machines.get(machine.printer.id) is machine

    def add(
        self, printer: Printer, access: Access, known_until: datetime | None = None
    ) -> Machine:
        """Takes in a printer of which nothing is known yet, or its prints until then."""
        state = _unknown(printer)
        view = PrinterView(printer, state)
        known_until = known_until or printer.created_at
        machine = Machine(printer, access, state, view, known_until)
        self._machines[printer.id] = machine
        self.telemetry.put(printer.id, view)
        return machine

    def remove(self, machine: Machine) -> None:
        """Lets go of a printer."""
        del self._machines[machine.printer.id]
        self.telemetry.put(machine.printer.id, None)

    def sort(self) -> None:
        """Puts the machines in the order of their positions."""
        self._machines = {
            each.printer.id: each
            for each in sorted(
                self, key=lambda each: (each.printer.position, each.printer.id)
            )
        }

    def describe(self, machine: Machine, **changes: object) -> None:
        """Changes the record of a printer in memory, and shows it."""
        # mypy cannot match a mapping against the fields.
        self.show(machine, replace(machine.printer, **changes))  # type: ignore[arg-type]

    def show(self, machine: Machine, printer: Printer) -> None:
        """Takes over a printer's record, and shows it."""
        machine.printer = printer
        self._publish(machine)

    def observe(
        self, machine: Machine, state: PrinterState, past: tuple[PastJob, ...] = ()
    ) -> None:
        """Takes in the state that a report led to, and with it what nobody saw."""
        before = machine.state
        if state is before and not past:
            return
        machine.state = state
        events = tuple(transitions(machine.printer.id, before, state))
        is_baseline = before.activity is None and state.activity is not None
        if events or is_baseline or past:
            self._remember(machine, before, events, past, is_baseline=is_baseline)
        self._publish(machine)

    def set_link(
        self, machine: Machine, link: LinkStatus, reason: LinkReason | None
    ) -> None:
        """Says how well a printer is heard; its last values stay."""
        if (machine.state.link, machine.state.link_reason) != (link, reason):
            self.observe(machine, replace(machine.state, link=link, link_reason=reason))

    def forget(self, machine: Machine) -> None:
        """Forgets what a printer reported: it is reached anew, or not any more.

        Nothing ended and nothing was cleared, so there is no news but the link's.
        """
        before, machine.state = machine.state, _unknown(machine.printer)
        machine.burning = {}
        machine.is_reconciled = False
        machine.last_check = None
        # It may be another machine at the same address.
        machine.search, machine.ordered, machine.sent = None, None, Sent()
        if before.link is not machine.state.link:
            changed = LinkChanged(
                machine.printer.id,
                before.link,
                machine.state.link,
                machine.state.link_reason,
            )
            self._remember(machine, before, (changed,), (), is_baseline=False)
        self.show(machine, machine.printer)

    def _publish(self, machine: Machine) -> None:
        view = PrinterView(machine.printer, machine.state)
        view.inherit(machine.view)
        machine.view = view
        self.telemetry.put(machine.printer.id, view)

    def _remember(
        self,
        machine: Machine,
        before: PrinterState,
        events: tuple[PrinterEvent, ...],
        past: tuple[PastJob, ...],
        *,
        is_baseline: bool,
    ) -> None:
        at = self._clock.now()
        seconds: dict[int | None, float] = {}
        for event in events:
            match event:
                case LinkChanged():
                    _log_link(machine, event)
                case PrintEnded():
                    # Nobody knows when in a silence before it; it may be its beginning.
                    machine.unheard_by_head = {}
                    seconds = machine.take_printing_time()
                    # At once, not after the commit: no start may slip in between.
                    self._set_plate(machine, PlateState.OCCUPIED, at)
                case PrintStarted():
                    machine.start_due_s = 0.0
                    machine.search = None
                    # What prints was put on a clear plate, whoever started it.
                    self._set_plate(machine, PlateState.CLEAR, at)
                case _:
                    pass
        seen = Observation(
            machine, at, events, before, machine.state, is_baseline, seconds, past
        )
        self._note(seen)

    def _set_plate(self, machine: Machine, state: PlateState, at: datetime) -> None:
        plate = machine.printer.plate
        if plate.is_gated and plate.state is not state:
            machine.printer = replace(
                machine.printer, plate=Plate(state=state, since=at)
            )


def _unknown(printer: Printer) -> PrinterState:
    if printer.is_enabled:
        return PrinterState()
    return PrinterState(link=LinkStatus.DISABLED, link_reason=LinkReason.SWITCHED_OFF)


_FINE = frozenset({LinkStatus.ONLINE, LinkStatus.CONNECTING, LinkStatus.DISABLED})


def _log_link(machine: Machine, event: LinkChanged) -> None:
    level = logging.INFO if event.after in _FINE else logging.WARNING
    reason = event.reason.value if event.reason else "-"
    _LOG.log(level, "%s: %s (%s)", machine.printer.name, event.after.value, reason)
