"""Recordings and bare documents, read again; and made fit to be shown."""

from pathlib import Path

import orjson
import pytest

from odin_engine.drivers.printers.octoprint.driver import OctoprintDriver
from odin_engine.drivers.printers.octoprint.family import make
from odin_engine.drivers.recording import write_lines
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.model import (
    Activity,
    Heat,
    LinkReason,
    PrinterState,
    StartPrint,
)
from odin_engine.printers.ports import Record, Surroundings
from tests.engine.drivers.contract import Watch
from tests.engine.drivers.octoprint.captures import capture, captures, needs_captures
from tests.engine.drivers.octoprint.rigs import simulated
from tests.engine.drivers.octoprint.said import PRINTING, current, event

FAMILY = make(Surroundings(Path()))


def shown(name: str) -> PrinterState:
    return FAMILY.replay(FAMILY.read_recording(capture(name)).records)[0]


async def test_what_was_seen_is_seen_again(tmp_path: Path) -> None:
    records: list[Record] = []
    async with simulated() as rig:
        clock = SystemClock()
        driver = OctoprintDriver(rig.connection, clock, LoopTicker(), records.append)
        source = tmp_path / "a.gcode"
        source.write_bytes(b"G28\n")
        async with Watch(driver) as watch:
            await watch.until(lambda s: s.activity is Activity.IDLE)
            await driver.upload(source, "secret-part.gcode", lambda *_: None)
            await driver.execute(StartPrint("secret-part.gcode", "x", 1, (), 5))
            await watch.until(lambda s: s.activity is Activity.PREPARING)
            rig.server.machine.advance(9000)
            await watch.until(lambda s: s.activity is Activity.FINISHED)
            seen = watch.states[-1]
    recording = FAMILY.read_recording(write_lines(records))
    assert recording.bad_lines == ()
    state, events = FAMILY.replay(recording.records)
    assert (state.activity, state.temperatures) == (seen.activity, seen.temperatures)
    assert [type(each).__name__ for each in events].count("PrintEnded") == 1
    cleaned, counts = FAMILY.sanitise(records, ["nothing"])
    assert "secret-part" not in repr(cleaned)
    assert counts["job name"] >= 1
    again, _ = FAMILY.replay(cleaned)
    assert again.activity is Activity.FINISHED


def test_bare_documents_are_a_recording() -> None:
    said = [current(PRINTING, completion=3.0), event("PrintDone", path="part.gcode")]
    as_list = FAMILY.read_recording(orjson.dumps([*said, current(completion=100.0)]))
    state, events = FAMILY.replay(as_list.records)
    assert state.activity is Activity.FINISHED
    assert [type(each).__name__ for each in events][-1] == "PrintEnded"
    lines = b"\n".join(orjson.dumps(each) for each in said)
    assert len(FAMILY.read_recording(lines).records) == 2


def test_the_text_of_a_frame_is_read() -> None:
    text = "a" + orjson.dumps([current(PRINTING, completion=3.0)]).decode()
    state, _ = FAMILY.replay([Record(1.0, "in", "socket", text)])
    assert state.activity is Activity.PRINTING
    state, _ = FAMILY.replay([Record(1.0, "in", "socket", "no json")])
    assert state.activity is None


@needs_captures
def test_captured_temperatures() -> None:
    for name in ("printer_operational_old.json", "printer_operational_v2.json"):
        state = shown(name)
        assert state.activity is Activity.IDLE
        assert state.temperatures.nozzles == (Heat(214.8821, 220), Heat(25.3, None))
        assert state.temperatures.bed == Heat(50.221, 70)
        # The history among the temperatures is none.
        assert state.sensors == ()


@needs_captures
def test_captured_print() -> None:
    state = shown("push_current.json")
    assert state.activity is Activity.PRINTING
    assert state.job is not None
    assert (state.job.progress_pct, state.job.remaining_s) == (25, 2700)
    assert state.job.file == "part.gcode"
    together = [
        record
        for name in ("push_current.json", "push_event_printdone.json")
        for record in FAMILY.read_recording(capture(name)).records
    ]
    assert FAMILY.replay(together)[0].activity is Activity.PRINTING
    finished = current(completion=100.0)
    told = FAMILY.read_recording(orjson.dumps(finished)).records
    assert FAMILY.replay([*together, *told])[0].activity is Activity.FINISHED


@needs_captures
def test_captured_refusal() -> None:
    state = shown("printer_not_operational_409.json")
    assert state.link_reason is LinkReason.MACHINE_AWAY


@needs_captures
def test_captured_versions() -> None:
    for name in ("version_old.json", "version_v2.json"):
        assert shown(name).firmware.version == "2.0.0"


@pytest.mark.parametrize("name", captures())
def test_every_capture_is_read(name: str) -> None:
    recording = FAMILY.read_recording(capture(name))
    assert recording.records
    assert recording.bad_lines == ()
    FAMILY.replay(recording.records)
