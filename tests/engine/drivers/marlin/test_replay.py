"""Recordings: read, replayed, and made fit to be shown."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.marlin.replay import (
    read_recording,
    replay,
    sanitise,
)
from odin_engine.printers.model import Activity
from odin_engine.printers.ports import Record
from tests.fuzzing import fuzzed

SAID = (
    "FIRMWARE_NAME:Marlin 2.1 MACHINE_TYPE:Ender EXTRUDER_COUNT:1 UUID:aa-bb",
    "Cap:AUTOREPORT_TEMP:1",
    "ok",
    "T:200 /200 B:60 /60",
    "File opened: SECRET~1.GCO Size: 100",
    "SD printing byte 10/100",
    "T:201 /200 B:60 /60",
    "Done printing file",
)


def lines(*said: str) -> list[Record]:
    return [Record(float(at), "in", "serial", each) for at, each in enumerate(said)]


def test_a_print_from_the_card_is_replayed() -> None:
    state, events = replay(lines(*SAID))
    assert state.activity is Activity.FINISHED
    assert state.model is not None
    assert state.model.name == "Ender"
    assert state.temperatures.nozzles[0].current_c == 201
    assert [type(event).__name__ for event in events][-2:] == [
        "PrintStarted",
        "PrintEnded",
    ]


def test_a_print_that_was_fed_is_replayed_by_its_notes() -> None:
    notes = [
        Record(at, "out", "job", {"activity": activity, "name": "part", "token": 7})
        for at, activity in ((1.0, "preparing"), (2.0, "printing"), (3.0, "cancelled"))
    ]
    state, events = replay([*lines("T:20 /0"), *notes])
    assert state.activity is Activity.CANCELLED
    assert state.job is not None
    assert (state.job.name, state.job.token) == ("part", 7)
    assert [type(event).__name__ for event in events][-2:] == [
        "PrintStarted",
        "PrintEnded",
    ]


def test_both_forms_of_recordings_are_read() -> None:
    record = {"ts": 1.5, "direction": "in", "topic": "serial", "payload": "ok"}
    assert read_recording(orjson.dumps(record)).records == (
        Record(1.5, "in", "serial", "ok"),
    )
    log = b"2026-01-01 10:00:00,001 - Send: N0 M110 N0*125\nRecv: ok\nhello\n"
    recording = read_recording(log)
    assert [(each.direction, each.payload) for each in recording.records] == [
        ("out", "N0 M110 N0*125"),
        ("in", "ok"),
    ]
    assert recording.bad_lines == (3,)


def test_names_and_ids_are_taken_out() -> None:
    listed = lines("Begin file list", "GIFT4J~1.GCO 123 Gift for Jane.gcode")
    cleaned, counts = sanitise([*lines(*SAID), *listed], ())
    text = str(cleaned)
    assert "SECRET" not in text
    assert "Jane" not in text
    assert "aa-bb" not in text
    assert counts["id"] == 1
    assert replay(cleaned)[0].activity is Activity.FINISHED


@fuzzed(200)
@given(st.binary(max_size=300))
def test_no_file_breaks_the_reading(data: bytes) -> None:
    recording = read_recording(data)
    replay(recording.records)


@pytest.mark.parametrize("payload", [{}, {"activity": 3}, {"activity": "no"}, "x"])
def test_odd_notes_change_nothing(payload: dict[str, object] | str) -> None:
    record = Record(1.0, "out", "job", payload)
    assert replay([record])[0].activity is Activity.IDLE
