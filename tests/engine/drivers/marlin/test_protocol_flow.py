"""The order of lines, whatever is lost on the way; and any sequence of replies."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.marlin.protocol.flow import (
    End,
    Failure,
    Flow,
    Item,
)
from odin_engine.drivers.printers.marlin.protocol.lines import clean, numbered
from odin_engine.drivers.printers.marlin.protocol.replies import (
    Busy,
    Heats,
    Ok,
    Resend,
    Text,
    Wait,
    Waiting,
)
from tests.fuzzing import fuzzed

OK = Ok()
WARM = Ok(heats=(("T0", 20.0, 0.0),))


class Side:
    """A flow, its clock, and what was ended how."""

    def __init__(self, *commands: bytes) -> None:
        self.flow = Flow()
        self.now_s = 0.0
        self.ends: list[tuple[bytes, End]] = []
        self.flow.greet()
        assert self.send() == b"\nN0 M110 N0*125\n"
        self.hear(OK)
        for command in commands:
            self.put(command)

    def put(self, command: bytes) -> None:
        self.flow.put(Item(command, lambda end: self.ends.append((command, end))))

    def send(self) -> bytes | None:
        return self.flow.pump(self.now_s)

    def hear(self, *replies: Ok | Resend | Busy | Wait | Heats | Text) -> None:
        for reply in replies:
            self.flow.hear(reply, self.now_s)

    def wait(self, seconds: float) -> bytes | None:
        self.now_s += seconds
        return self.flow.tick(self.now_s)


def test_a_line_has_a_number_and_a_checksum() -> None:
    assert numbered(0, b"M110 N0") == b"N0 M110 N0*125\n"
    assert numbered(3, b"T0") == b"N3 T0*57\n"


def test_one_line_at_a_time() -> None:
    side = Side(b"M104 S200", b"M105")
    assert side.send() == numbered(1, b"M104 S200")
    assert side.send() is None
    side.hear(OK)
    assert side.ends == [(b"M104 S200", End.TAKEN)]
    assert side.send() == numbered(2, b"M105")


def test_a_request_to_resend_is_followed_behind_its_ok() -> None:
    side = Side(b"G28", b"G1 X1")
    side.send()
    side.hear(Resend(1))
    assert side.send() is None
    side.hear(OK)
    assert side.ends == []
    assert side.send() == numbered(1, b"G28")
    side.hear(OK)
    assert side.ends == [(b"G28", End.TAKEN)]
    assert side.send() == numbered(2, b"G1 X1")


def test_repeated_requests_count_once() -> None:
    side = Side(b"G28")
    side.send()
    side.hear(Resend(1), Resend(1), Resend(1), OK)
    assert side.flow.resends == 1
    assert side.send() == numbered(1, b"G28")


def test_a_missing_ok_behind_a_request_is_made_up() -> None:
    side = Side(b"G28")
    side.send()
    side.hear(Resend(1))
    assert side.wait(0.4) is None
    assert side.send() is None
    side.wait(0.2)
    assert side.send() == numbered(1, b"G28")


def test_several_lines_are_sent_again_in_order() -> None:
    side = Side(b"G1 X1", b"G1 X2", b"G1 X3")
    for _ in range(2):
        side.send()
        side.hear(OK)
    side.send()
    side.hear(Resend(2), OK)
    assert side.send() == numbered(2, b"G1 X2")
    side.hear(OK)
    assert side.send() == numbered(3, b"G1 X3")
    side.hear(OK)
    assert [command for command, _ in side.ends] == [b"G1 X1", b"G1 X2", b"G1 X3"]


@pytest.mark.parametrize(("number", "sent"), [(900, 3), (0, 3), (3, 80)])
def test_a_line_that_nobody_has_is_the_end(number: int, sent: int) -> None:
    side = Side(*[b"G1 X1"] * sent)
    for _ in range(sent - 1):
        side.send()
        side.hear(OK)
    side.send()
    side.hear(Resend(number))
    assert side.flow.failure is Failure.RESEND
    assert side.send() is None


def test_the_same_line_over_and_over_is_the_end() -> None:
    side = Side(b"G28")
    for _ in range(11):
        side.send()
        side.hear(Resend(1), OK)
    assert side.flow.failure is Failure.RESEND_LOOP


def test_a_lost_ok_is_provoked_and_the_line_sent_again() -> None:
    side = Side(b"G1 X1", b"G1 X2")
    side.send()
    assert side.wait(5.9) is None
    assert side.wait(0.2) == b"M105\n"
    side.hear(WARM)
    assert side.ends == []
    assert side.send() == numbered(1, b"G1 X1")
    # The machine had it: it asks for the next, and says ok.
    side.hear(Resend(2), OK)
    assert side.ends == [(b"G1 X1", End.TAKEN)]
    assert side.send() == numbered(2, b"G1 X2")


def test_an_ok_that_is_only_late_is_no_second_credit() -> None:
    side = Side(b"G1 X1", b"G1 X2", b"G1 X3")
    side.send()
    assert side.wait(7) == b"M105\n"
    side.hear(OK)
    assert side.send() == numbered(2, b"G1 X2")
    side.hear(WARM)
    assert side.send() is None
    side.hear(OK)
    assert side.send() == numbered(3, b"G1 X3")


def test_an_ok_for_nothing_gives_no_credit() -> None:
    side = Side(b"G1 X1", b"G1 X2")
    side.send()
    side.hear(OK, OK, OK)
    assert side.flow.strays == 2
    assert side.send() == numbered(2, b"G1 X2")
    assert side.send() is None


def test_an_ok_with_the_number_of_the_line_before_is_its_echo() -> None:
    side = Side(b"G1 X1", b"G1 X2")
    side.send()
    side.hear(Ok(1))
    side.send()
    side.hear(Ok(1))
    assert side.ends == [(b"G1 X1", End.TAKEN)]
    side.hear(Ok(2))
    assert len(side.ends) == 2


def test_a_busy_machine_is_waited_for() -> None:
    side = Side(b"G28")
    side.send()
    for _ in range(60):
        assert side.wait(2) is None
        side.hear(Busy(Waiting.PROCESSING))
    side.hear(OK)
    assert side.ends == [(b"G28", End.TAKEN)]


def test_a_long_command_is_given_time_where_nobody_says_busy() -> None:
    side = Side(b"M109 S200")
    side.send()
    assert side.wait(29) is None
    assert side.wait(2) == b"M105\n"


def test_a_silent_machine_is_given_up() -> None:
    side = Side(b"M104 S1", b"M105")
    side.send()
    assert [side.wait(31) for _ in range(2)] == [b"M105\n"] * 2
    assert side.wait(31) is None
    assert side.flow.failure is Failure.SILENT
    assert side.ends == [(b"M104 S1", End.SILENT), (b"M105", End.SILENT)]


def test_two_pings_in_a_row_are_a_lost_ok() -> None:
    side = Side(b"G1 X1")
    side.send()
    side.hear(Wait())
    assert side.send() is None
    side.hear(Wait())
    assert side.send() == numbered(1, b"G1 X1")


def test_the_count_begins_anew_now_and_then() -> None:
    side = Side()
    side.flow.source = lambda: b"G1"
    sent: list[bytes | None] = []
    for _ in range(100_002):
        sent.append(side.send())
        side.hear(OK)
    assert sent[100_000:] == [b"\nN0 M110 N0*125\n", numbered(1, b"G1")]


def test_commands_go_before_the_next_line_of_a_file() -> None:
    side = Side()
    lines = deque([b"G1 X1", b"G1 X2"])
    side.flow.source = lambda: lines.popleft() if lines else None
    side.send()
    side.put(b"M106 S9")
    side.hear(OK)
    assert side.send() == numbered(2, b"M106 S9")
    side.hear(OK)
    assert side.send() == numbered(3, b"G1 X2")


@fuzzed(200)
@given(
    st.lists(
        st.sampled_from(
            (
                *(OK, OK, OK, WARM, Ok(3), Resend(1), Resend(2), Resend(3), Wait()),
                *(Busy(Waiting.USER), Heats(()), Text("x"), Resend(10**9), None),
            )
        ),
        max_size=60,
    )
)
def test_no_replies_break_the_order(
    replies: list[Ok | Resend | Wait | Busy | Heats | Text | None],
) -> None:
    side = Side(*(b"G1 X%d" % number for number in range(6)))
    for reply in replies:
        if reply is None:
            side.wait(7)
        else:
            side.hear(reply)
        side.send()
    taken = [command for command, _ in side.ends]
    assert taken == [b"G1 X%d" % number for number in range(len(taken))]


@pytest.mark.parametrize(
    ("line", "command"),
    [
        (b"G1 X1 Y2 ; move\n", b"G1 X1 Y2"),
        (b"  g1   x1\ty2\r\n", b"G1 X1 Y2"),
        (b"G1 (to there) X1", b"G1 X1"),
        (b"; only words", None),
        (b"\n", None),
        (b"N12 G1 X1*34\n", b"G1 X1"),
        (b"M117 Printing; *N* caf\xe9", b"M117 Printing"),
        (b"M117 50% *done*", b"M117 50% done"),
        (b"EXCLUDE_OBJECT_DEFINE NAME=x", None),
        (b"@pause", None),
        (b"T1", b"T1"),
        (b"M23 Long Name.gco", b"M23 Long Name.gco"),
        (b"G1 X1\xc3\xa9", b"G1 X1"),
        (b"M117 " + b"a" * 200, b"M117 " + b"a" * 73),
    ],
)
def test_what_of_a_line_is_a_command(line: bytes, command: bytes | None) -> None:
    assert clean(line) == command


@fuzzed(200)
@given(st.binary(max_size=120))
def test_a_cleaned_line_is_one_line(line: bytes) -> None:
    command = clean(line)
    assert command is None or (command.isascii() and b"\n" not in command)
