"""The machine as it is known now, and the states that wait to be shown."""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime

from odin_engine.drivers.printers.marlin.protocol.fold import fold
from odin_engine.drivers.printers.marlin.protocol.jobs import SERIAL
from odin_engine.drivers.printers.marlin.protocol.machine import Machine
from odin_engine.drivers.printers.marlin.protocol.replies import Reply
from odin_engine.kernel.clock import Clock
from odin_engine.printers.model import PrinterState
from odin_engine.printers.ports import ConsoleLine

_CONSOLE_LINES = 500
_LINE_MOST = 300


class Book:
    """Holds one machine. Nothing is shown before `open`."""

    def __init__(
        self,
        machine: Machine,
        clock: Clock,
        tell: Callable[[], None],
        note_job: Callable[[Machine], None] | None = None,
    ) -> None:
        self.machine = machine
        self.fresh: deque[PrinterState] = deque()
        self.is_open = False
        self._clock = clock
        self._tell = tell
        self._note_job = note_job
        self._console: deque[ConsoleLine] = deque(maxlen=_CONSOLE_LINES)
        self._lines = 0

    def open(self) -> None:
        """Shows what is known, and from now on whatever changes."""
        self.is_open = True
        self._show()

    def close(self) -> None:
        """Shows nothing more until it is opened again."""
        self.is_open = False

    def hear(self, reply: Reply) -> None:
        """Takes in what the machine said."""
        self.change(fold(self.machine, reply, self.now()))

    def now(self) -> datetime:
        """Returns the instant that what is heard now carries."""
        return self._clock.now()

    def change(self, machine: Machine) -> None:
        """Holds another version of the machine, and shows it if it looks different."""
        before, self.machine = self.machine, machine
        if self._note_job is not None and machine.activity is not before.activity:
            job = machine.state.job
            if job is not None and job.source == SERIAL:
                self._note_job(machine)
        if self.is_open and machine.state is not before.state:
            self._show()

    def _show(self) -> None:
        self.fresh.append(self.machine.state)
        self._tell()

    def note(self, text: str, *, is_sent: bool) -> None:
        """Keeps a line of the conversation for people."""
        self._lines += 1
        self._console.append(
            ConsoleLine(self._lines, self.now(), is_sent, text[:_LINE_MOST])
        )

    def console(self, after: int) -> Sequence[ConsoleLine]:
        """Returns the lines with a higher number, oldest first."""
        return tuple(line for line in self._console if line.number > after)
