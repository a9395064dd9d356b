"""Whatever a server goes through, each job that begins ends once, and keeps its number."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odin_engine.drivers.printers.octoprint.mirror import Mirror
from odin_engine.drivers.printers.octoprint.protocol.capabilities import Limits
from odin_engine.printers.events import PrintEnded, PrintStarted, transitions
from odin_engine.printers.model import Activity, PrinterState
from tests.engine.drivers.octoprint.said import (
    AT,
    CLOSED,
    OPERATIONAL,
    PAUSED,
    PRINTING,
    Story,
    current,
    event,
)

_STEPS = (
    *("begin a", "begin b", "flags a", "ours a", "ours b", "our flags a", "tick"),
    *("pause", "resume", "done", "slow end", "queue a", "queue b", "cancel", "fail"),
    *("seen cancel", "late done", "stillborn a", "our stillborn b"),
    *("restart", "select c", "unplug", "plug", "away: end", "away: other", "reconnect"),
)


class _Clock:
    """A `Clock` that tests move by hand, without a loop."""

    def __init__(self) -> None:
        self.elapsed_s = 0.0

    def now(self) -> Any:  # noqa: ANN401 - a datetime
        return AT + timedelta(seconds=self.elapsed_s)

    def monotonic_s(self) -> float:
        return self.elapsed_s


class Wire:
    """A server as it pushes, and what truly happened at its machine."""

    def __init__(self) -> None:
        self.clock = _Clock()
        self.mirror = Mirror("192.0.2.1", Limits(), self.clock, _nothing)
        self.path: str | None = "a"
        self.job: str | None = None
        self.flags = OPERATIONAL
        self.done_pct: float | None = None
        self.printed_s = 0
        self.token: int | None = None
        self.tokens = 0
        self.expected: list[str] = []
        self.told: list[str] = []
        self._seen: PrinterState | None = None

    def say(self, *messages: dict[str, Any], gap_s: float = 0.01) -> None:
        for message in messages:
            self.clock.elapsed_s += gap_s
            self.mirror.hear(orjson.dumps(message).decode())

    def report(self, **flags: bool) -> None:
        done_pct, printed_s = self.done_pct, self.printed_s
        self.say(
            current(
                {**self.flags, **flags},
                path=self.path,
                completion=done_pct,
                printed=printed_s if done_pct is not None else None,
            )
        )

    def named(self) -> dict[str, str]:
        return {"name": self.path or "", "path": self.path or "", "origin": "local"}

    def begin(self, path: str, *, is_ours: bool = False) -> None:
        self.expected.append("started")
        self.token = None
        if is_ours:
            self.tokens += 1
            self.token = self.tokens
            self.mirror.note_asked(self.token, path)
        self.path = self.job = path
        self.flags, self.done_pct, self.printed_s = PRINTING, 0.0, 0

    def end(self, result: str, done_pct: float | None) -> None:
        self.expected.append(f"ended {result}")
        self.job, self.flags, self.done_pct = None, OPERATIONAL, done_pct

    def take(self) -> PrinterState:
        while self.mirror.fresh:
            state = self.mirror.fresh.popleft()
            for happened in transitions("p", self._seen or PrinterState(), state):
                if isinstance(happened, PrintStarted):
                    self.told.append("started")
                elif isinstance(happened, PrintEnded):
                    self.told.append(f"ended {happened.result}")
            self._seen = state
        assert self._seen is not None
        return self._seen

    def step(self, word: str) -> None:  # noqa: C901, PLR0912, PLR0915 - one line per word is the table
        is_up, is_free = self.flags != CLOSED, self.job is None
        match word.split():
            case [("begin" | "ours") as who, path] if is_up and is_free:
                self.begin(path, is_ours=who == "ours")
                self.say(event("PrintStarted", **self.named()))
            case [*our, "flags", path] if is_up and is_free:
                # The state changes a moment before the event.
                self.begin(path, is_ours=bool(our))
                self.report()
                self.clock.elapsed_s += 1.2
                self.say(event("PrintStarted", **self.named()))
            case [*our, "stillborn", path] if is_up and is_free:
                # A plugin cancels it before the flags have shown it.
                self.begin(path, is_ours=bool(our))
                self.say(event("PrintStarted", **self.named()))
                self.say(event("PrintCancelled", **self.named()))
                self.say(event("PrintFailed", **self.named(), reason="cancelled"))
                self.end("cancelled", None)
            case ["tick"] if self.flags == PRINTING:
                self.clock.elapsed_s += 30
                self.printed_s += 30
                self.done_pct = min((self.done_pct or 0) + 8.0, 99.0)
            case ["pause"] if self.flags == PRINTING:
                self.flags = PAUSED
                self.say(event("PrintPaused", **self.named()))
            case ["resume"] if self.flags == PAUSED:
                self.flags = PRINTING
                self.say(event("PrintResumed", **self.named()))
            case ["done"] if self.flags == PRINTING:
                self.end("finished", 100.0)
                self.say(event("PrintDone", **self.named()))
            case ["late", "done"] if self.flags == PRINTING:
                self.say(event("PrintDone", **self.named()))
                self.report()
                self.end("finished", 100.0)
            case ["slow", "end"] if self.flags == PRINTING:
                self.done_pct = 100.0
                self.report(finishing=True)
                self.say(event("PrintDone", **self.named()))
                self.clock.elapsed_s += 60
                self.report(finishing=True)
                self.end("finished", 100.0)
            case ["queue", path] if self.flags == PRINTING:
                named = self.named()
                self.end("finished", 100.0)
                self.clock.elapsed_s += 2
                self.begin(path)
                self.say(event("PrintDone", **named))
                self.say(event("PrintStarted", **self.named()))
            case [*seen, "cancel"] if not is_free:
                if seen:
                    self.report(cancelling=True)
                # Else the flags are still of the moment before.
                self.say(event("PrintCancelled", **self.named()))
                self.say(event("PrintFailed", **self.named(), reason="cancelled"))
                self.end("cancelled", None)
            case ["fail"] if not is_free:
                self.say(event("PrintFailed", **self.named(), reason="error"))
                self.end("failed", None)
            case ["restart"] if self.flags == PAUSED:
                self.expected.append("ended unknown")
                self.begin(self.job or "")
                self.say(event("PrintStarted", **self.named()))
            case ["select", path] if is_up and is_free:
                self.path, self.done_pct = path, None
            case ["unplug"] if is_up:
                if not is_free:
                    self.say(event("PrintFailed", **self.named(), reason="error"))
                    self.end("failed", None)
                self.flags, self.path, self.done_pct = CLOSED, None, None
                self.say(event("Disconnected"))
            case ["plug"] if not is_up:
                self.flags = OPERATIONAL
                self.say(event("Connected"))
            case ["reconnect"]:
                self.mirror.begin()
            case ["away:", "end"] if not is_free:
                self.end("finished", 100.0)
                self.mirror.begin()
            case ["away:", "other"] if not is_free and self.job != "d":
                self.expected.append("ended unknown")
                self.begin("d")
                self.mirror.begin()


def _nothing() -> None:
    return


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.lists(st.sampled_from(_STEPS), max_size=25))
def test_each_start_has_one_end(words: list[str]) -> None:
    wire = Wire()
    wire.report()
    wire.take()
    for number, word in enumerate(words):
        wire.step(word)
        for _ in range(2):
            wire.clock.elapsed_s += 4
            wire.report()
        state, so_far = wire.take(), words[: number + 1]
        assert wire.told == wire.expected, so_far
        runs = state.activity is not None and state.activity.has_running_job
        assert runs == (wire.job is not None), so_far
        if wire.job is not None:
            assert state.job is not None
            assert (state.job.file, state.job.token) == (wire.job, wire.token), so_far
            assert state.job.progress_pct != 100


def test_a_job_that_was_only_told_ends_with_the_patience() -> None:
    story = Story()
    named = {"name": "part.gcode", "path": "part.gcode"}
    story.push(current(), event("PrintStarted", **named), current())
    assert story.state.activity is Activity.PREPARING
    story.push(current(), seconds=60)
    assert story.words()[-2:] == ["PrintStarted", "PrintEnded cancelled"]


def test_an_order_that_was_lost_names_no_later_job() -> None:
    story = Story()
    story.push(current())
    story.ask(7, "part.gcode")
    named = {"name": "part.gcode", "path": "part.gcode"}
    story.push(event("PrintStarted", **named), current(PRINTING), seconds=600)
    assert story.state.job is not None
    assert story.state.job.token is None


def test_a_clock_that_is_set_back_hides_no_end() -> None:
    story = Story()
    story.push(current(), current(PRINTING, completion=1.0))
    story.push(current(PRINTING, completion=40.0), seconds=10)
    state = story.push(current(completion=100.0), seconds=-3600)
    assert state.activity is Activity.FINISHED


def test_a_start_that_was_not_seen_to_end_is_over_with_the_connection() -> None:
    wire = Wire()
    wire.report()
    wire.begin("a")
    wire.say(event("PrinterStateChanged", state_id="STARTING"))
    wire.report()
    assert wire.take().activity is Activity.PREPARING
    wire.mirror.begin()
    wire.done_pct = 50.0
    wire.report()
    assert wire.take().activity is Activity.PRINTING


def test_the_job_stays_when_another_file_is_selected() -> None:
    story = Story()
    named = {"name": "part.gcode", "path": "part.gcode"}
    story.push(current(), event("PrintStarted", **named))
    story.push(current(PRINTING, completion=1.0), event("PrintDone", **named))
    state = story.push(current(path="other.gcode"), seconds=5)
    assert state.activity is Activity.FINISHED
    assert state.job is not None
    assert state.job.file == "part.gcode"


@pytest.mark.parametrize("told", ["-", "0", 0, None])
def test_no_layer_is_better_than_layer_0_of_0(told: object) -> None:
    story = Story()
    data = {"currentLayer": told, "totalLayer": told}
    layers = {"plugin": {"plugin": "DisplayLayerProgress", "data": data}}
    job = story.push(current(PRINTING, completion=1.0), layers).job
    assert job is not None
    assert (job.layer, job.total_layers) == (None, None)
