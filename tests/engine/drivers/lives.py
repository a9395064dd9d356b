"""What must hold of the events of any machine, whatever it said."""

from hypothesis import settings

from odin_engine.printers.events import (
    PrintEnded,
    PrinterEvent,
    PrintPaused,
    PrintResumed,
    PrintStarted,
    transitions,
)
from odin_engine.printers.model import Activity, PrinterState

stories = settings(max_examples=300, deadline=None, derandomize=True, database=None)
"""The decorator of a test that is told stories: the same ones each time."""


class Lives:
    """Follows one machine's prints: each that started ends once, and no other ends.

    One that is found running has begun before.
    """

    def __init__(self) -> None:
        self.last = PrinterState()
        self.events: list[PrinterEvent] = []
        self._is_open = False

    def see(self, state: PrinterState) -> None:
        """Takes in the next state, and fails where a print lives twice or never."""
        if self.last.activity is None:
            self._is_open = _runs(state)
        for event in transitions("p", self.last, state):
            self.events.append(event)
            self._follow(event)
        self.last = state
        assert self._is_open == _runs(state), (state.activity, state.job)

    def _follow(self, event: PrinterEvent) -> None:
        match event:
            case PrintStarted():
                assert not self._is_open, "it started twice"
                self._is_open = True
            case PrintEnded():
                assert self._is_open, "it ended, and never began"
                self._is_open = False
            case PrintPaused() | PrintResumed():
                assert self._is_open, "nothing was there to stand still"


def _runs(state: PrinterState) -> bool:
    activity = state.activity
    if activity is None or not activity.has_running_job:
        return False
    if activity is Activity.PREPARING:
        return state.job is not None
    assert state.job is not None, f"{activity} of no job"
    return True
