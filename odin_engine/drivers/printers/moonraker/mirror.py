"""What one server said, kept current message by message, and the state it amounts to.

Everything happens inside `hear`, where the message was read: parse, fold, translate,
compare. No task and no timer is made for a message.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from odin_engine.drivers.printers.moonraker.protocol import tracking
from odin_engine.drivers.printers.moonraker.protocol.document import (
    Document,
    begin_session,
    hear,
)
from odin_engine.drivers.printers.moonraker.protocol.frames import (
    Notice,
    Refusal,
    Reply,
    parse,
)
from odin_engine.drivers.printers.moonraker.protocol.prompts import Asking
from odin_engine.drivers.printers.moonraker.protocol.translate import Translator
from odin_engine.kernel.clock import Clock
from odin_engine.printers.model import Activity, PrinterState
from odin_engine.printers.ports import ConsoleLine

_MOST_LINES = 500
_LONGEST_LINE = 1000


class Mirror:
    """Holds the document of a machine across its connections.

    `fresh` are the states that nobody has taken yet; `news` is called when one comes,
    and `turned` when the machine's host came or went.
    """

    def __init__(
        self,
        host: str,
        clock: Clock,
        news: Callable[[], None],
        turned: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._news = news
        self._turned = turned
        self._is_held = True
        self._is_shown = False
        self._wanted: str | None = None
        self._run = 0
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []
        self._lines: deque[ConsoleLine] = deque(maxlen=_MOST_LINES)
        self._number = 0
        self.document = Document(host, lambda line: self.note_line(line, is_sent=False))
        self._translator = Translator(self.document)
        self.state: PrinterState | None = None
        self.fresh: deque[PrinterState] = deque()
        self.heard_s: float | None = None
        self.rejected = 0

    def begin(self) -> None:
        """Prepares for a new connection; states wait until `release`."""
        begin_session(self.document)
        self.fresh.clear()
        self._is_held = True
        self._is_shown = False

    def release(self) -> None:
        """Shows states from now on: who connected has asked for all it needs."""
        self._is_held = False
        self.refresh()

    def hear(self, text: str) -> Reply | Refusal | None:
        """Takes one message and returns it where it is an answer to a request."""
        self.heard_s = self._clock.monotonic_s()
        frame = parse(text)
        if frame is None:
            self.rejected += 1
            return None
        if isinstance(frame, Refusal):
            return frame
        hear(self.document, frame, self.heard_s)
        self.refresh()
        if isinstance(frame, Notice):
            if frame.method.startswith(("notify_klippy", "notify_filelist")):
                self._turned()
            return None
        return frame

    def refresh(self) -> None:
        """Makes a state of the document, and hands it on where it differs."""
        for check, answer in self._waiting:
            if not answer.done() and check():
                answer.set_result(None)
        if self._is_held:
            return
        state = self._translator.state()
        if state is not None and (state is not self.state or not self._is_shown):
            self._show_what_was_between(state)
            self._is_shown = True
            self.state = state
            self.fresh.append(state)
            self._news()
        if self.wanted_file != self._wanted:
            self._wanted = self.wanted_file
            self._turned()

    def _show_what_was_between(self, state: PrinterState) -> None:
        """Shows that a job ended where the next report is of another one already.

        And that one began that has ended as well. Two runs of a file look alike, and
        Klipper reports four times a second only.
        """
        run, self._run = self._run, self.document.track.run
        before = self.state
        if before is None or run == self._run:
            return
        had_job = before.activity is not None and before.activity.has_running_job
        if had_job and state.activity is not None and state.activity.has_running_job:
            self.fresh.append(replace(before, activity=Activity.IDLE))
        if state.activity is not None and state.activity.is_end and not had_job:
            self.fresh.append(replace(state, activity=Activity.PREPARING, faults=()))

    @property
    def wanted_file(self) -> str | None:
        """The file of the job, while nobody has asked yet what it says of itself."""
        name = self.document.track.filename
        if name is None or name in self.document.metadata:
            return None
        return name

    async def until(self, check: Callable[[], bool]) -> None:
        """Returns once a report makes that true; at once if it is."""
        if check():
            return
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = (check, answer)
        self._waiting.append(waiting)
        try:
            await answer
        finally:
            self._waiting.remove(waiting)

    def note_start(self, filename: str, token: int) -> None:
        """Remembers a job that we are about to start."""
        self.document.track = tracking.expect(
            self.document.track, filename, token, self._clock.monotonic_s()
        )

    def note_start_refused(self) -> None:
        """Forgets it."""
        self.document.track = tracking.expect_nothing(self.document.track)

    def note_stop(self) -> None:
        """Remembers that the job's end, when it comes, is a person's wish."""
        self.document.track = tracking.stopping(self.document.track)

    def note_dismissed(self, asking: Asking | None) -> None:
        """Forgets a question that was dismissed; a later one stays."""
        if asking is not None and self.document.asking is asking:
            self.document.asking = None
            self.refresh()

    def note_line(self, text: str, *, is_sent: bool) -> None:
        """Keeps a line of the conversation."""
        self._number += 1
        line = ConsoleLine(
            self._number, self._clock.now(), is_sent, text[:_LONGEST_LINE]
        )
        self._lines.append(line)

    def console(self, after: int) -> Sequence[ConsoleLine]:
        """Returns the lines with a higher number, oldest first."""
        return [line for line in self._lines if line.number > after]
