"""Whatever Klipper goes through, each job that begins ends once, and keeps its number."""

import itertools
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odin_engine.drivers.printers.moonraker.commander import Commander
from odin_engine.drivers.printers.moonraker.mirror import Mirror
from odin_engine.drivers.printers.moonraker.protocol import prompts, tracking
from odin_engine.drivers.printers.moonraker.protocol.tracking import Track
from odin_engine.printers.events import PrintEnded, PrintStarted, transitions
from odin_engine.printers.model import (
    Activity,
    ClearFaults,
    CommandRejected,
    CommandTimedOut,
    PrinterState,
    PrintResult,
    Prompt,
    StartPrint,
    Unreachable,
)
from tests.engine.doubles import ManualClock

_OBJECTS = ["webhooks", "print_stats", "virtual_sdcard", "toolhead", "extruder"]
_STEPS = (
    *("begin a", "begin b", "ours a", "ours b", "again", "tick", "tick", "pause"),
    *("resume", "complete", "cancelled", "error", "vendor cancel", "reset"),
    *(
        "stillborn",
        "shutdown",
        "restart",
        "reconnect",
        "away: end",
        "away: other",
        "away: restart",
    ),
)


class Wire:
    """A server as it sends, and what truly happened at its machine."""

    def __init__(self) -> None:
        self.mirror = Mirror("192.0.2.1", ManualClock(), _nothing, _nothing)
        self.stats: dict[str, Any] = {
            "state": "standby",
            "filename": "",
            "total_duration": 0.0,
            "print_duration": 0.0,
            "filament_used": 0.0,
        }
        self.klippy = "ready"
        self.begun = 0
        self.token: int | None = None
        self.is_running = False
        self.told: list[str] = []
        self._tokens = itertools.count(1)
        self._seen: PrinterState | None = None
        self.connect()

    def connect(self) -> None:
        self.mirror.begin()
        self.snapshot()
        self.mirror.release()

    def snapshot(self) -> None:
        info = {"klippy_connected": True, "klippy_state": self.klippy, "components": []}
        status = {
            "webhooks": {"state": self.klippy},
            "print_stats": dict(self.stats),
            "extruder": {"temperature": 20.0, "target": 0.0},
        }
        for result in (info, {"objects": _OBJECTS}, {"status": status}):
            self.say({"id": 1, "result": result})

    def say(self, body: dict[str, Any]) -> None:
        self.mirror.hear(orjson.dumps({"jsonrpc": "2.0", **body}).decode())

    def notify(self, method: str, *params: object) -> None:
        self.say({"method": method, "params": list(params)})

    def change(self, **stats: object) -> None:
        """Changes what is told, as a delta of what differs."""
        delta = {key: each for key, each in stats.items() if self.stats[key] != each}
        self.stats |= delta
        if delta:
            self.notify("notify_status_update", {"print_stats": delta}, 1.0)

    def question(self, text: str) -> None:
        for line in (f"begin {text}", "show"):
            self.notify("notify_gcode_response", f"// action:prompt_{line}")

    def begin(self, name: str, *, token: int | None = None) -> None:
        self.begun += 1
        self.is_running, self.token = True, token
        self.change(
            state="printing", filename=name, total_duration=0.1, print_duration=0.0
        )

    def end(self, state: str) -> None:
        self.is_running = False
        name = "" if state == "standby" else self.stats["filename"]
        self.change(state=state, filename=name)

    def forget(self) -> None:
        """Starts Klipper anew, quietly."""
        self.is_running, self.klippy = False, "ready"
        self.stats |= {"state": "standby", "filename": "", "total_duration": 0.0}

    def take(self) -> PrinterState:
        """Takes the states that are fresh, with what happened in between."""
        while self.mirror.fresh:
            state = self.mirror.fresh.popleft()
            if self._seen is not None:
                for event in transitions("p", self._seen, state):
                    if isinstance(event, PrintStarted):
                        self.told.append("started")
                    elif isinstance(event, PrintEnded):
                        self.told.append("ended")
            self._seen = state
        assert self._seen is not None
        return self._seen

    def step(self, word: str) -> None:  # noqa: C901, PLR0912 - one line per word is the table
        state, is_up = self.stats["state"], self.klippy == "ready"
        is_printing = is_up and state == "printing"
        match word.split():
            case ["begin", name] if is_up and not is_printing:
                # A file that was paused in its first seconds and begun again looks as
                # if it had gone on.
                if state != "paused" or self.stats["total_duration"] > 10:
                    self.begin(f"{name}.gcode")
            case ["ours", name] if is_up and state not in {"printing", "paused"}:
                token = next(self._tokens)
                self.mirror.note_start(f"{name}.gcode", token)
                self.begin(f"{name}.gcode", token=token)
            case ["stillborn"] if (
                is_up
                and state not in {"printing", "paused"}
                and self.stats["filename"] != "d.gcode"
            ):
                self.mirror.note_start("d.gcode", next(self._tokens))
                self.begun += 1
                self.change(state="error", filename="d.gcode", total_duration=0.1)
            case ["again"] if is_printing and self.stats["total_duration"] > 10:
                self.begin(self.stats["filename"])
            case ["tick"] if is_printing:
                total_s = self.stats["total_duration"] + 30
                self.change(total_duration=total_s, print_duration=total_s - 10)
            case ["pause"] if is_printing:
                self.change(state="paused")
            case ["resume"] if is_up and state == "paused":
                self.change(state="printing")
            case [("complete" | "cancelled" | "error") as end] if is_printing:
                self.end(end)
            case ["vendor", "cancel"] if is_up and self.is_running:
                self.end("standby")
            case ["reset"] if is_up and not self.is_running:
                self.change(state="standby", filename="")
            case ["shutdown"] if is_up:
                self.klippy, self.is_running = "shutdown", False
                self.notify("notify_klippy_shutdown")
            case ["restart"]:
                self.notify("notify_klippy_disconnected")
                self.forget()
                self.notify("notify_klippy_ready")
                self.snapshot()
            case ["reconnect"]:
                self.connect()
            case ["away:", "end"] if is_printing:
                self.is_running = False
                self.stats["state"] = "complete"
                self.connect()
            case ["away:", "other"] if (
                is_printing and self.stats["filename"] != "c.gcode"
            ):
                self.begun, self.token = self.begun + 1, None
                self.stats |= {"filename": "c.gcode", "total_duration": 0.5}
                self.connect()
            case ["away:", "restart"]:
                self.forget()
                self.connect()


def _nothing() -> None:
    return


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.lists(st.sampled_from(_STEPS), max_size=25))
def test_each_start_has_one_end(words: list[str]) -> None:
    wire = Wire()
    wire.take()
    for number, word in enumerate(words):
        wire.step(word)
        state, so_far = wire.take(), words[: number + 1]
        expected = ["started", "ended"] * wire.begun
        if wire.is_running:
            expected.pop()
        assert wire.told == expected, so_far
        activity = state.activity
        assert activity is not None
        assert activity.has_running_job == wire.is_running, so_far
        if wire.is_running:
            assert state.job is not None
            assert state.job.token == wire.token, so_far
            assert state.job.progress_pct != 100


def test_a_start_may_wait_for_what_the_machine_does() -> None:
    track = tracking.expect(Track("standby"), "a.gcode", 7, 0.0)
    stats = {"state": "printing", "filename": "a.gcode", "total_duration": 0.1}
    assert tracking.follow(track, stats, 119.0).token == 7
    assert tracking.follow(track, stats, 200.0).token is None


def test_a_job_of_ours_that_fails_at_once_is_ours() -> None:
    wire = Wire()
    wire.take()
    wire.step("ours a")
    wire.step("complete")
    wire.take()
    wire.mirror.note_start("a.gcode", 99)
    wire.change(state="error", total_duration=0.2)
    wire.begun += 1
    state = wire.take()
    assert state.activity is Activity.FAILED
    assert state.job is not None
    assert state.job.token == 99
    assert wire.told == ["started", "ended"] * 2


def test_the_history_may_know_the_start_first() -> None:
    track = Track("standby")
    job = {"job_id": "00002", "filename": "a.gcode", "status": "in_progress"}
    track = tracking.heard_history(track, {**job, "start_time": 1_700_000_000.0})
    stats = {"state": "printing", "filename": "a.gcode", "total_duration": 0.1}
    begun = tracking.follow(track, stats, 0.0)
    assert (begun.job_id, begun.started_at) == (
        "00002",
        tracking.instant(1_700_000_000),
    )
    other = tracking.follow(track, {**stats, "filename": "b.gcode"}, 0.0)
    assert (other.job_id, other.started_at) == (None, None)


def test_the_history_may_know_the_end_first() -> None:
    track = Track("printing", "a.gcode", 60.0, job_id="00001")
    job = {"job_id": "00001", "filename": "a.gcode", "status": "cancelled"}
    track = tracking.heard_history(track, job)
    track = tracking.follow(track, {"state": "standby", "filename": ""}, 0.0)
    assert (track.result, track.filename) == (PrintResult.CANCELLED, "a.gcode")


def test_a_question_from_before_a_restart_is_asked_no_more() -> None:
    asking = None
    for line in ("begin Change", "button Go|RESUME", "show"):
        asking = prompts.hear(asking, f"// action:prompt_{line}")
    assert asking is not None
    assert prompts.hear(asking, "// Klipper state: Ready") is None


@pytest.mark.parametrize(
    "failure",
    [
        CommandRejected("The printer refused: SD busy.", "400"),
        CommandRejected("The printer refused: Unable to open file.", "400"),
        CommandTimedOut("The printer did not answer."),
        Unreachable("The connection was lost."),
    ],
)
async def test_a_start_that_failed_is_not_sent_again(
    failure: CommandRejected | CommandTimedOut | Unreachable,
) -> None:
    wire = Wire()
    asked: list[str] = []

    async def ask(method: str, params: dict[str, Any], within_s: float = 1.0) -> Any:  # noqa: ANN401 - a wire value
        asked.append(method)
        if method != "printer.print.start":
            return {"within_s": within_s, **params}
        # Somebody was faster at the machine's own screen.
        wire.begin("other.gcode")
        raise failure

    start = StartPrint("a.gcode", "a", 1, (), 5)
    with pytest.raises(type(failure)):
        await Commander(wire.mirror, ask).execute(start)
    assert asked.count("printer.print.start") == 1
    assert "printer.gcode.script" not in asked
    job = wire.take().job
    assert job is not None
    assert job.token is None


async def test_a_question_that_no_report_takes_back_is_forgotten() -> None:
    wire = Wire()
    wire.step("begin a")
    sent: list[str] = []

    async def ask(
        method: str, params: dict[str, Any], within_s: float = 30.0
    ) -> object:
        del method, within_s
        sent.append(params["script"])
        if len(sent) > 1:
            wire.question("Which one?")
        return "ok"

    wire.question("Sure?")
    assert wire.take().prompt is not None
    commander = Commander(wire.mirror, ask)
    await commander.execute(ClearFaults())
    assert sent == ['RESPOND TYPE=command MSG="action:prompt_end"']
    assert wire.take().prompt is None
    wire.question("Sure?")
    await commander.execute(ClearFaults())
    assert wire.take().prompt == Prompt("Which one?", ())


@pytest.mark.parametrize("klippy", ["disconnected", "startup"])
def test_nothing_prints_without_klipper(klippy: str) -> None:
    wire = Wire()
    wire.step("begin a")
    assert wire.take().activity is Activity.PREPARING
    wire.mirror.begin()
    wire.say({"id": 1, "result": {"klippy_connected": True, "klippy_state": klippy}})
    wire.mirror.release()
    assert wire.take().activity is Activity.IDLE
    assert wire.told == ["started", "ended"]
