"""What the machine says, as the states that come of it, and who waits for one."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Any

import orjson

from odin_engine.drivers.printers.prusalink.protocol import document as documents
from odin_engine.drivers.printers.prusalink.protocol.document import Document
from odin_engine.drivers.printers.prusalink.protocol.translate import (
    shared,
    translate,
)
from odin_engine.drivers.web import Answer
from odin_engine.kernel.clock import Clock
from odin_engine.printers.model import (
    DriverError,
    PrinterState,
    ProtocolViolation,
)


class Mirror:
    """Keeps the document of one machine. `fresh` holds states nobody took yet."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: list[tuple[Callable[[PrinterState], bool], _Reached]] = []
        self.document = Document()
        self.state: PrinterState | None = None
        self.fresh: deque[PrinterState] = deque()
        self.rejected = 0

    def begin(self) -> None:
        """Makes the next state one that is told in any case."""
        self.fresh.clear()
        self.state = None

    def hear(self, path: str, answer: Answer) -> None:
        """Takes one answer in.

        Raises:
            ProtocolViolation: it makes no sense.
        """
        body = self.read(path, answer) if answer.status == documents.OK else None
        heard = documents.hear(
            self.document, path, answer.status, body, self._clock.now()
        )
        if heard is None:
            raise self._rejects(path)
        *steps, self.document = heard
        for step in steps:
            self._show(step)

    def read(self, path: str, answer: Answer) -> Any:  # noqa: ANN401 - a wire value
        """Returns the JSON of an answer. Raises as `hear`."""
        try:
            return orjson.loads(answer.body)
        except orjson.JSONDecodeError as error:
            raise self._rejects(path) from error

    def show(self) -> None:
        """Makes a state of what was heard, once there is a first status to make it of."""
        if self.document.status is not None or self.document.is_away:
            self._show(self.document)

    def note(self, change: Callable[[Document], Document]) -> None:
        """Changes the document by what we did ourselves; the next look shows it."""
        self.document = change(self.document)

    async def reach(self, condition: Callable[[PrinterState], bool]) -> None:
        """Returns once a state from now on satisfies a condition."""
        reached: _Reached = asyncio.get_running_loop().create_future()
        entry = (condition, reached)
        self._waiting.append(entry)
        try:
            await reached
        finally:
            with contextlib.suppress(ValueError):
                self._waiting.remove(entry)

    def end(self, error: DriverError) -> None:
        """Fails whoever still waits."""
        for _, reached in self._waiting:
            if not reached.done():
                reached.set_exception(error)

    def _show(self, document: Document) -> None:
        state = shared(self.state, translate(document))
        if state is not self.state:
            self.state = state
            self.fresh.append(state)
        for condition, reached in self._waiting:
            if not reached.done() and condition(state):
                reached.set_result(None)

    def _rejects(self, path: str) -> ProtocolViolation:
        self.rejected += 1
        return ProtocolViolation(
            f"What the printer answers to {path} makes no sense. Is it a printer with "
            "PrusaLink, and its firmware up to date?"
        )


type _Reached = asyncio.Future[None]
