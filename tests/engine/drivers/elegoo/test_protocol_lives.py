"""Each print begins and ends once, whatever a machine's reports do in between."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.elegoo.protocol.cc2 import document as cc2_document
from odin_engine.drivers.printers.elegoo.protocol.cc2 import messages as cc2_messages
from odin_engine.drivers.printers.elegoo.protocol.cc2.translate import (
    translate as cc2_translate,
)
from odin_engine.drivers.printers.elegoo.protocol.document import (
    Document,
    expect,
    fold,
    note_stop_sent,
    settle,
)
from odin_engine.drivers.printers.elegoo.protocol.lifecycle import Expected
from odin_engine.drivers.printers.elegoo.protocol.messages import read
from odin_engine.drivers.printers.elegoo.protocol.translate import translate
from odin_engine.printers.events import PrintEnded, PrintStarted
from odin_engine.printers.model import Activity
from tests.engine.drivers.elegoo.frames import (
    BEGAN,
    attributes,
    fdm,
    history,
    resin,
)
from tests.engine.drivers.lives import Lives, stories
from tests.fuzzing import fuzzed

_STATUS = st.builds(
    lambda kind, machine, code, more: kind(machine, code, **more),
    st.sampled_from([fdm, resin]),
    st.sampled_from([[0], [1], [1], [1], [2], [5], [8], [1, 2], [9], [10], []]),
    st.sampled_from([0, 1, 5, 6, 7, 8, 9, 12, 13, 14, 16, 19, 20, 23, 99]),
    st.fixed_dictionaries(
        {},
        optional={
            "TaskId": st.sampled_from(["", "t1", "t2", "t3"]),
            "Filename": st.sampled_from(["", "cube.gcode", "lid.gcode"]),
            "CurrentLayer": st.sampled_from([0, 1, 50]),
            "Progress": st.sampled_from([0, 40, 99, 100]),
            "CurrentTicks": st.sampled_from([0, 10, 20]),
            "ErrorNumber": st.sampled_from([0, 0, 0, 7]),
        },
    ),
)
_DEEDS = st.sampled_from(["stop", "settle"])
_HISTORY = st.builds(
    history, st.sampled_from([0, 1, 2, 3]), st.just(0), st.sampled_from(["t1", "t2"])
)


@fuzzed(300)
@given(
    st.sampled_from(["Centauri Carbon", "Saturn 4 Ultra"]),
    st.lists(_STATUS | _STATUS | _HISTORY | _DEEDS, max_size=25),
)
def test_each_print_begins_and_ends_once(machine: str, steps: list[Any]) -> None:
    lives, document, at = Lives(), fold(Document(), read(attributes(machine))), BEGAN
    for step in steps:
        at += timedelta(seconds=2)
        match step:
            case "stop":
                document = note_stop_sent(document)
            case "settle":
                document = settle(document)
            case _:
                document = fold(document, read(step), at)
        if document.has_status:
            lives.see(translate(document, lives.last))


def test_a_routine_after_a_print_is_not_that_print_again() -> None:
    """`PrintInfo` keeps what it said last."""
    lives, document = Lives(), fold(Document(), read(attributes()))
    ended = history(1)
    for frame in (
        fdm([0], 0, TaskId="", Filename=""),
        fdm([1], 13, CurrentLayer=7),
        fdm([0], 0),
        ended,
        fdm([5], 0),
        fdm([0], 0),
        ended,
    ):
        document = fold(document, read(frame), BEGAN)
        lives.see(translate(document, lives.last))
    kinds = [type(each) for each in lives.events]
    assert kinds.count(PrintStarted) == kinds.count(PrintEnded) == 1


_EVENT = st.builds(
    lambda method, status, sub, told: {
        "id": 1,
        "method": method,
        "result": {
            "machine_status": {"status": status, "sub_status": sub},
            "print_status": told,
        },
    },
    st.sampled_from([1002, 6000, 6000]),
    st.sampled_from([1, 2, 2, 2, 3, 5, 14, None]),
    st.sampled_from([0, 1045, 1405, 2075, 2077, 2401, 2501, 2502, 2503, 2504, 2801]),
    st.fixed_dictionaries(
        {},
        optional={
            "uuid": st.sampled_from(["", "a", "b"]),
            "filename": st.sampled_from(["", "cube.gcode"]),
            "current_layer": st.sampled_from([0, 5]),
            "progress": st.sampled_from([0, 50, 100]),
        },
    ),
)


@fuzzed(300)
@given(st.lists(_EVENT, max_size=25))
def test_each_print_of_a_carbon_2_begins_and_ends_once(
    events: list[dict[str, Any]],
) -> None:
    lives, document, at = Lives(), cc2_document.Document(), BEGAN
    for event in events:
        at += timedelta(seconds=6)
        document = cc2_document.fold(document, cc2_messages.read(event), at)
        if document.has_status:
            lives.see(cc2_translate(document, lives.last))


def test_a_print_that_turns_out_to_be_another_is_not_ours() -> None:
    expected = Expected(42, "cube.gcode", BEGAN + timedelta(minutes=3))
    document = fold(Document(), read(attributes()))
    document = fold(document, read(fdm([0], 0, TaskId="", Filename="")), BEGAN)
    document = expect(document, expected)
    nameless = fdm([1], 16, Filename="")
    document = fold(document, read(nameless), BEGAN)
    assert document.run.job is not None
    assert document.run.job.token == 42
    ours = fold(document, read(fdm([1], 16)), BEGAN)
    assert ours.run.job is not None
    assert ours.run.job.token == 42
    other = fold(document, read(fdm([1], 16, Filename="lid.gcode")), BEGAN)
    assert other.run.job is not None
    assert other.run.job.token is None


def test_a_refused_stop_does_not_make_a_print_cancelled() -> None:
    document = fold(Document(), read(attributes()))
    for frame in (fdm([0]), fdm([1], 13, CurrentLayer=7, Progress=99)):
        document = fold(document, read(frame), BEGAN)
    document = note_stop_sent(document)
    document = note_stop_sent(document, is_taken=False)
    document = settle(fold(document, read(fdm([0], 0, Progress=99)), BEGAN))
    assert document.run.activity is Activity.FINISHED


_STARTS = [[16, 13], [1, 18, 19, 20, 13], [10, 15, 13], [13], [0, 13]]
_MIDDLES = [[], [5, 6, 12, 13], [25, 12], [24, 13], [7]]
_ENDS = [[([1], 9), ([0], 9)], [([0], 8)], [([1], 14), ([0], 14)], [([0], 0)]]


@stories
@given(
    st.lists(
        st.tuples(
            st.sampled_from(_STARTS),
            st.sampled_from(_MIDDLES),
            st.sampled_from(_ENDS),
            st.sampled_from([[], [5], [2], [9]]),
            st.booleans(),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_of_a_true_story_every_print_is_told_once(
    prints: list[tuple[list[int], list[int], list[Any], list[int], bool]],
) -> None:
    """As machines do it: what they said last stays there while they rest."""
    lives, at = Lives(), BEGAN
    document = fold(Document(), read(attributes()))

    def hear(frame: dict[str, Any]) -> None:
        nonlocal document, at
        at += timedelta(seconds=2)
        document = fold(document, read(frame), at)
        lives.see(translate(document, lives.last))

    hear(fdm([0], 0, TaskId="", Filename=""))
    for number, (start, middle, end, routine, is_repeated) in enumerate(prints):
        told = {"TaskId": f"t{number}"}
        for code in start + middle:
            has_begun = code == 13
            hear(fdm([1], code, CurrentLayer=3 * has_begun, Progress=40, **told))
        for machine, code in end:
            hear(fdm(machine, code, CurrentLayer=3, Progress=40, **told))
        if document.question is not None:
            hear(history(3, task=f"t{number}"))
        last_code = end[-1][1]
        for _ in range(1 + is_repeated):
            hear(fdm([0], last_code, CurrentLayer=3, Progress=40, **told))
        for code in routine:
            hear(fdm([code], last_code, CurrentLayer=3, Progress=40, **told))
            hear(fdm([0], last_code, CurrentLayer=3, Progress=40, **told))
    started = [each for each in lives.events if isinstance(each, PrintStarted)]
    ended = [each for each in lives.events if isinstance(each, PrintEnded)]
    names = [f"t{number}" for number in range(len(prints))]
    assert [each.job.external_id for each in started] == names
    assert len(ended) == len(names)
