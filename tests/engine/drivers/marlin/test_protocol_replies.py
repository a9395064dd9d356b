"""What the machine says, by dialect, and any bytes at all."""

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.marlin.protocol.capabilities import Settings
from odin_engine.drivers.printers.marlin.protocol.fold import fold
from odin_engine.drivers.printers.marlin.protocol.machine import Machine
from odin_engine.drivers.printers.marlin.protocol.replies import (
    Action,
    Busy,
    Capability,
    Card,
    CardProgress,
    CardWord,
    Factors,
    Heats,
    Identity,
    Nonsense,
    Ok,
    Position,
    Progress,
    Reply,
    Resend,
    Start,
    Text,
    Wait,
    Waiting,
    parse,
)
from odin_engine.drivers.printers.marlin.protocol.troubles import Gravity, Trouble
from tests.fuzzing import fuzzed

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"ok", Ok()),
        (b"ok N123 P15 B3", Ok(123)),
        (b"ok 57", Ok(57)),
        (b"ok T:21.5 /0.0 B:20 /60 @:0", Ok(None, (("T0", 21.5, 0), ("B", 20, 60)))),
        (
            b"ok X:62.0 Y:134.0 Z:0.2 E:2.26 Count: A:6200 B:13400 C:20",
            Ok(position=Position(62, 134, 0.2, 2.26)),
        ),
        (
            b"ok C: X:1.5000 Y:2.0000 Z:0.2000 E:-3.4000",
            Ok(position=Position(1.5, 2, 0.2, -3.4)),
        ),
        (b"ok C: X:1.5000 Y:2.0000 Z:0.2000 A:60.0000", Ok()),
        (b"C: X:1.50 Y:2.00 Z:0.20 E:-3.4", Position(1.5, 2.0, 0.2, -3.4)),
        (b"\0\x01start", Start()),
        (b"wait", Wait()),
        (b"echo:busy: processing", Busy(Waiting.PROCESSING)),
        (b"busy: paused for user", Busy(Waiting.USER)),
        (b"echo:busy: paused for input", Busy(Waiting.INPUT)),
        (b"Resend: 12", Resend(12)),
        (b"Resend:12", Resend(12)),
        (b"rs 12", Resend(12)),
        (b"rs N12", Resend(12)),
        (b"T:20.1 /0.0 @:0", Heats((("T0", 20.1, 0.0),))),
        (b" T:20 /0 T0:20 /0 T1:30 /200", Heats((("T0", 20, 0), ("T1", 30, 200)))),
        (b"T:25 T1:30", Heats((("T0", 25, None), ("T1", 30, None)))),
        (b"T:-14.2 /0 P:33.1 A:25", Heats((("T0", -14.2, 0), ("P", 33.1, None), ("A", 25, None)))),
        (b"T:150.1 E:0 W:?", Heats((("T0", 150.1, None),))),
        (b"Cap:AUTOREPORT_TEMP:1", Capability("AUTOREPORT_TEMP", is_there=True)),
        (b"//action:paused", Action("paused")),
        (b"// action:out_of_filament T1", Action("out_of_filament", "T1")),
        (b"//action:prompt_begin Is it clear?", Action("prompt_begin", "Is it clear?")),
        (b"X:1.50 Y:2.00 Z:0.20 E:-3.4 Count X:120", Position(1.5, 2.0, 0.2, -3.4)),
        (b"SD printing byte 123/4567", CardProgress(123, 4567)),
        (b"Not SD printing", Card(CardWord.NOT_PRINTING)),
        (b"Done printing file", Card(CardWord.DONE)),
        (b"echo:SD card ok", Card(CardWord.READY)),
        (b"File opened: CUBE.GCO Size: 77", Card(CardWord.SELECTED, "CUBE.GCO", 77)),
        (b"Current file: (no file)", Text("Current file: (no file)")),
        (b"open failed, File: x.gco.", Card(CardWord.OPEN_FAILED)),
        (b"FR:110%", Factors(speed_pct=110)),
        (b"E0 Flow: 95%", Factors(flow_pct=95)),
        (b"echo:M73 Progress: 20%; Time left: 30m;", Progress(20, 1800)),
        (
            b"NORMAL MODE: Percent done: 20; print time remaining in mins: 30; Change",
            Progress(20, 1800),
        ),
        (b"Look at this", Text("Look at this")),
        (b"echo: ok", Text("echo: ok")),
        (b"okay then", Text("okay then")),
        (b"\x80\xff\xf3\x9c\xe6\x18", Nonsense()),
        (b"", Text("")),
    ],
)  # fmt: skip
def test_a_line_means(line: bytes, reply: Reply) -> None:
    assert parse(line) == reply


def test_targets_of_repetier_come_alone() -> None:
    reply = parse(b"TargetExtr0:210")
    assert isinstance(reply, Heats)
    name, now, target = reply.values[0]
    assert (name, target) == ("T0", 210.0)
    assert math.isnan(now)
    machine = fold(Machine.new(Settings()), parse(b"T:180 B:50"), NOW)
    heats = fold(fold(machine, reply, NOW), parse(b"TargetBed:60"), NOW)
    assert heats.state.temperatures.nozzles[0].current_c == 180
    assert heats.state.temperatures.nozzles[0].target_c == 210
    assert heats.state.temperatures.bed is not None
    assert heats.state.temperatures.bed.target_c == 60


def test_the_identity_is_taken_apart() -> None:
    reply = parse(
        b"FIRMWARE_NAME:Marlin 2.1.3 (Sep 1) SOURCE_CODE_URL:github.com/M/M "
        b"PROTOCOL_VERSION:1.0 MACHINE_TYPE:Ender-3 V2 EXTRUDER_COUNT:2 UUID:abc"
    )
    assert isinstance(reply, Identity)
    assert reply.values["FIRMWARE_NAME"] == "Marlin 2.1.3 (Sep 1)"
    assert reply.values["MACHINE_TYPE"] == "Ender-3 V2"
    machine = fold(Machine.new(Settings()), reply, NOW)
    assert machine.heads == 2
    assert machine.state.model is not None
    assert machine.state.model.name == "Ender-3 V2"
    assert machine.state.capabilities.heads == 2
    assert "select_tool" in machine.state.capabilities.commands


@pytest.mark.parametrize(
    ("line", "gravity", "code"),
    [
        (b"Error:Line Number is not Last Line Number+1, Last Line: 3", "recoverable", None),
        (b"Error:checksum mismatch, Last Line: 3", "recoverable", None),
        (b"expected line 4 got 6", None, None),
        (b"Error:cold extrusion prevented", "informative", None),
        (b"Error:something nobody knows", "informative", None),
        (b"Error:Thermal Runaway, system stopped! Heater_ID: 0", "fatal", "thermal_runaway"),
        (b"Error:Heating failed, system stopped! Heater_ID: bed", "fatal", "heating_failed"),
        (b": Extruder switched off. MAXTEMP triggered !", "fatal", "max_temperature"),
        (b"Error:MINTEMP triggered", "fatal", "min_temperature"),
        (b"Error:Printer halted. kill() called!", "fatal", "halted"),
        (b"KILL caused by too many heaters", "fatal", "halted"),
        (b"echo:EMERGENCY SHUTDOWN DETECTED. KILLED.", "fatal", "halted"),
        (b"!! Move out of range", "fatal", "halted"),
        (b"Error:Printer stopped due to errors. Fix the error and use M999", "fatal", "stopped"),
        (b"Error:Probing Failed", "fatal", "probing_failed"),
    ],
)  # fmt: skip
def test_an_error_means(line: bytes, gravity: str | None, code: str | None) -> None:
    reply = parse(line)
    if gravity is None:
        assert isinstance(reply, Text)
        return
    assert isinstance(reply, Trouble)
    assert (reply.gravity, reply.code) == (Gravity(gravity), code)


def test_a_broken_thermistor_is_a_fault_until_it_reads_again() -> None:
    machine = fold(Machine.new(Settings()), parse(b"T:-14.7 /0 B:20 /0"), NOW)
    assert [fault.code for fault in machine.state.faults] == ["thermistor_t0"]
    machine = fold(machine, parse(b"T:21 /0 B:20 /0"), NOW)
    assert machine.state.faults == ()


def test_the_steps_of_a_position_are_no_heats() -> None:
    said = b"ok X:62.0 Y:134.0 Z:0.2 E:2.26 Count: A:6200 B:13400 C:20"
    machine = fold(Machine.new(Settings()), parse(said), NOW)
    assert machine.position == Position(62, 134, 0.2, 2.26)
    assert machine.state.temperatures.bed is None
    assert machine.state.temperatures.chamber is None
    assert (machine.state.sensors, machine.state.faults) == ((), ())


def test_what_changes_nothing_leaves_the_very_same_machine() -> None:
    machine = fold(Machine.new(Settings()), parse(b"T:21 /0 B:20 /0"), NOW)
    assert fold(machine, parse(b"T:21 /0 B:20 /0"), NOW) is machine
    assert fold(machine, parse(b"echo: hello"), NOW) is machine


_PARTS = st.sampled_from(
    (
        *(b"ok", b"T:", b"Resend:", b"rs N", b"SD printing byte ", b"//action:"),
        *(b"Cap:", b"Error:", b"X:1 Y:2 Z:3 E:4", b"FIRMWARE_NAME:", b" /", b"-"),
        *(b"prompt_begin", b"prompt_button a", b"busy: paused", b"File opened: "),
        *(b"start", b"wait", b"nan", b"1e999", b"\xff\xfe", b" ", b"1", b"B:", b"0/0"),
        b"9" * 40,
    )
)


@fuzzed(200)
@given(st.lists(st.one_of(_PARTS, st.binary(max_size=12)), max_size=8).map(b"".join))
def test_no_bytes_break_anything(line: bytes) -> None:
    machine = Machine.new(Settings())
    for each in (b"T:20 /0", line, b"SD printing byte 1/9", line):
        machine = fold(machine, parse(each), NOW)
    assert machine.state.activity is not None
