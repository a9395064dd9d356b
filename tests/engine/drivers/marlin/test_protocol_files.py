"""Files of G-code, and the telnet around a line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.marlin.protocol.gcode import (
    Facts,
    Modes,
    Note,
    NoteKind,
    Piece,
    Preparer,
    is_gcode,
    read_facts,
)
from odin_engine.drivers.printers.marlin.protocol.jobs import remaining
from odin_engine.drivers.printers.marlin.protocol.telnet import Telnet, escape
from odin_engine.printers.model import EstimateSource
from tests.fuzzing import fuzzed


def prepared(text: str) -> Piece:
    return Preparer().prepare(text.encode().splitlines(keepends=True), 0)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (";FLAVOR:Marlin\n;TIME:6667\n;LAYER_COUNT:120\n", Facts(120, 6667)),
        ("; total layers count = 42\n", Facts(42, None)),
        ("; total layer number: 42\n", Facts(42, None)),
        ("; estimated printing time (normal mode) = 1h 2m 3s\n", Facts(None, 3723)),
        ("; estimated printing time = 1d 0h 0m 5s\n", Facts(None, 86_405)),
        ("; model printing time: 5m; total estimated time: 6m 1s\n", Facts(None, 361)),
        ("G1 X1\n", Facts()),
    ],
)
def test_facts_come_from_the_comments(text: str, facts: Facts) -> None:
    assert read_facts(text.encode(), b"") == facts
    assert read_facts(b"", text.encode()) == facts


def test_commands_know_where_in_the_file_they_end() -> None:
    piece = prepared("; hello\nG1 X1\n\nG1 X2 ; there\n")
    assert piece.commands == [b"G1 X1", b"G1 X2"]
    assert piece.ends == [14, 29]


def test_layers_times_and_the_first_extrusion_are_noted() -> None:
    piece = prepared(
        ";LAYER:0\nG1 X1\nG1 X2 E1\nG1 X3 E2\n;TIME_ELAPSED:61\n;LAYER_CHANGE\n"
        "M73 P10 R7\nG90\nM83\n"
    )
    kinds = {
        index: [note.kind for note in notes] for index, notes in piece.notes.items()
    }
    assert kinds == {
        0: [NoteKind.LAYER],
        1: [NoteKind.EXTRUDES],
        3: [NoteKind.ELAPSED, NoteKind.NEXT_LAYER, NoteKind.REMAINING],
        4: [NoteKind.MODE],
        5: [NoteKind.MODE],
    }
    assert Note(NoteKind.REMAINING, 420) in piece.notes[3]


@pytest.mark.parametrize(
    "line", ["M110 N0", "M110N0", "M28 x.gco", "M29", "M112", "M24"]
)
def test_what_would_do_harm_is_left_out(line: str) -> None:
    assert prepared(f"{line}\nG1 X1\n").commands == [b"G1 X1"]


@pytest.mark.parametrize("line", ["M0", "M1 wait", "M25", "M601"])
def test_a_pause_is_noted_and_not_sent(line: str) -> None:
    piece = prepared(f"G1 X1\n{line}\nG1 X2\n")
    assert piece.commands == [b"G1 X1", b"G1 X2"]
    assert piece.notes[1][0].kind is NoteKind.PAUSE


def test_modes_follow_the_file() -> None:
    modes = Modes()
    for command in (b"M83", b"M106 S127", b"G91"):
        modes = modes.after(command)
    assert modes == Modes(is_relative=True, extrudes_relative=True, fan=b"M106 S127")
    assert modes.after(b"G90").after(b"M107") == Modes()


@pytest.mark.parametrize("data", [b"GCDE\1\0", b"PK\x03\x04\0", b"\0"])
def test_what_is_binary_is_no_gcode(data: bytes) -> None:
    assert not is_gcode(data)


def test_remaining_time_is_of_what_there_is() -> None:
    def left(
        said_s: int | None, estimate_s: int | None, done: float
    ) -> tuple[int | None, EstimateSource | None]:
        return remaining(said_s=said_s, estimate_s=estimate_s, elapsed_s=100, done=done)

    assert left(70, 1000, 0.5) == (70, EstimateSource.SLICER)
    assert left(None, 1000, 0.5) == (500, EstimateSource.SLICER)
    assert left(None, None, 0.5) == (100, EstimateSource.ELAPSED)
    assert left(None, None, 0.01) == (None, None)


@fuzzed(200)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.sampled_from([b";LAYER:", b";TIME:9", b"G1 X1 E1", b"M73 R", b"M117 ("]),
        ),
        max_size=20,
    )
)
def test_no_file_breaks_anything(parts: list[bytes]) -> None:
    data = b"\n".join(parts)
    piece = Preparer().prepare(data.splitlines(keepends=True), 0)
    assert len(piece.commands) == len(piece.ends)
    assert piece.ends == sorted(piece.ends)
    assert all(end <= len(data) for end in piece.ends)
    read_facts(data, data)


def test_telnet_agrees_and_sets_the_baud_rate() -> None:
    telnet = Telnet(250_000)
    assert telnet.greeting() == bytes([255, 251, 44, 255, 251, 0, 255, 253, 0])
    clear, answer = telnet.hear(bytes([255, 253, 44]))
    assert clear == b""
    assert telnet.is_agreed
    assert answer.startswith(bytes([255, 250, 44, 1]) + (250_000).to_bytes(4))


def test_telnet_hears_a_refusal() -> None:
    telnet = Telnet(115_200)
    telnet.hear(bytes([255, 254, 44]))
    assert telnet.is_agreed is False


def test_telnet_takes_its_words_out_of_the_bytes() -> None:
    telnet = Telnet(115_200)
    body = b"ok\n" + bytes([255, 250, 44, 107, 0, 255, 240]) + b"T:\xff\xff1\n"
    heard = b"".join(telnet.hear(bytes([byte]))[0] for byte in body)
    assert heard == b"ok\nT:\xff1\n"
    assert escape(b"a\xffb") == b"a\xff\xffb"


@fuzzed(200)
@given(st.lists(st.binary(max_size=20), max_size=10))
def test_no_bytes_break_telnet(pieces: list[bytes]) -> None:
    telnet = Telnet(115_200)
    answers = sum(len(telnet.hear(piece)[1]) for piece in pieces)
    assert answers <= 3 * sum(map(len, pieces)) + 64


@given(st.binary(max_size=60))
def test_what_is_escaped_comes_through(data: bytes) -> None:
    assert Telnet(115_200).hear(escape(data)) == (data, b"")
