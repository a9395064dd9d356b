from datetime import timedelta
from typing import Any

import pytest

from odin_engine.drivers.printers.elegoo.protocol.document import (
    expect,
    note_stop_sent,
    settle,
)
from odin_engine.drivers.printers.elegoo.protocol.lifecycle import Expected
from odin_engine.drivers.printers.elegoo.protocol.translate import translate
from odin_engine.printers.model import Activity, attention_reason
from tests.engine.drivers.elegoo.frames import (
    BEGAN,
    after,
    attributes,
    fdm,
    history,
    resin,
    shown,
)

_FDM = attributes()
_RESIN = attributes("Saturn 4 Ultra")

_IN_TIME = BEGAN + timedelta(minutes=3)

_FDM_CODES = [
    (0, Activity.PRINTING),
    (1, Activity.PREPARING),
    (5, Activity.PAUSED),
    (6, Activity.PAUSED),
    (7, Activity.PRINTING),
    (10, Activity.PREPARING),
    (11, Activity.PREPARING),
    (12, Activity.PRINTING),
    (13, Activity.PRINTING),
    (15, Activity.PREPARING),
    (16, Activity.PREPARING),
    (17, Activity.PREPARING),
    (18, Activity.PREPARING),
    (19, Activity.PREPARING),
    (20, Activity.PREPARING),
    (21, Activity.PREPARING),
    (22, Activity.PREPARING),
    (23, Activity.PREPARING),
    (24, Activity.PRINTING),
    (25, Activity.PAUSED),
    (26, Activity.PAUSED),
    (27, Activity.PRINTING),
    (99, Activity.PRINTING),
]
_RESIN_CODES = [
    (0, Activity.PREPARING),
    (1, Activity.PREPARING),
    (2, Activity.PRINTING),
    (3, Activity.PRINTING),
    (4, Activity.PRINTING),
    (5, Activity.PAUSED),
    (6, Activity.PAUSED),
    (10, Activity.PREPARING),
    (12, Activity.PRINTING),
    (16, Activity.PREPARING),
    (23, Activity.PREPARING),
    (25, Activity.PAUSED),
]


@pytest.mark.parametrize(("code", "activity"), _FDM_CODES)
def test_what_a_code_means_on_an_fdm_machine(code: int, activity: Activity) -> None:
    assert shown(_FDM, fdm([1], code)).activity is activity


@pytest.mark.parametrize(("code", "activity"), _RESIN_CODES)
def test_what_a_code_means_on_a_resin_machine(code: int, activity: Activity) -> None:
    assert shown(_RESIN, resin([1], code)).activity is activity


@pytest.mark.parametrize(
    ("code", "activity"),
    [(8, Activity.CANCELLED), (9, Activity.FINISHED), (14, Activity.FAILED)],
)
@pytest.mark.parametrize("machine", [[0], [1]])
def test_how_a_job_ends(machine: list[int], code: int, activity: Activity) -> None:
    running = fdm([1], 13, CurrentLayer=7, TotalLayer=50, Progress=14)
    state = shown(_FDM, fdm([0]), running, fdm(machine, code, Filename="", TaskId=""))
    assert state.activity is activity
    assert state.job is not None
    assert state.job.name == "cube"
    assert state.job.external_id == "t1"


def test_a_finished_job_is_whole() -> None:
    running = fdm([1], 13, CurrentLayer=47, TotalLayer=50, Progress=94, TotalTicks=99)
    job = shown(_FDM, running, fdm([0], 9, Filename="", TaskId="")).job
    assert job is not None
    assert (job.progress_pct, job.layer, job.remaining_s) == (100, 50, 0)


def test_an_end_stays_until_the_next_job() -> None:
    ended = after(_FDM, fdm([1], 13, CurrentLayer=7), fdm([0], 9))
    for _ in range(3):
        ended = after(fdm([0], 9, Filename="", TaskId=""), document=ended)
    assert translate(ended).activity is Activity.FINISHED
    again = after(fdm([1], 16, TaskId="t2"), document=ended)
    assert translate(again).activity is Activity.PREPARING
    job = again.run.job
    assert job is not None
    assert job.external_id == "t2"


@pytest.mark.parametrize("code", [0, 6, 8, 9, 13, 14, 20])
def test_what_stands_there_from_the_job_before_says_nothing(code: int) -> None:
    assert shown(_FDM, fdm([0], code, Filename="", TaskId="")).activity is Activity.IDLE


@pytest.mark.parametrize("code", [18, 19, 20, 21, 22])
@pytest.mark.parametrize("under_way", [{"CurrentLayer": 1}, {"Progress": 1}])
def test_a_milestone_that_stands_still_is_printing(
    code: int, under_way: dict[str, Any]
) -> None:
    assert shown(_FDM, fdm([1], code, **under_way)).activity is Activity.PRINTING


def test_a_milestone_with_a_running_clock_and_a_hot_nozzle_is_printing() -> None:
    hot = {"TempOfNozzle": 219.6, "TempTargetNozzle": 220}
    cold = {"TempOfNozzle": 80.0, "TempTargetNozzle": 220}
    first = fdm([1], 20, CurrentTicks=5.5, **cold)
    assert shown(_FDM, first).activity is Activity.PREPARING
    later = {"CurrentTicks": 7.5}
    assert shown(_FDM, first, fdm([1], 20, **later, **hot)).activity is (
        Activity.PRINTING
    )
    assert shown(_FDM, first, fdm([1], 20, **later, **cold)).activity is (
        Activity.PREPARING
    )


def test_an_empty_list_changes_nothing() -> None:
    running = fdm([1], 13, CurrentLayer=7)
    assert shown(_FDM, running, fdm([], 13)).activity is Activity.PRINTING
    assert shown(_FDM, fdm([0]), fdm([], 8)).activity is Activity.IDLE


@pytest.mark.parametrize("machine", [[1, 2], [2, 1], [0, 1]])
def test_a_transfer_beside_a_print_is_ignored(machine: list[int]) -> None:
    assert shown(_FDM, fdm(machine, 13)).activity is Activity.PRINTING


@pytest.mark.parametrize("routine", [2, 4, 5, 6, 9, 10, 11])
def test_a_routine_outside_of_a_job_leaves_the_machine_at_rest(routine: int) -> None:
    at_rest = fdm([0], Filename="", TaskId="")
    state = shown(_FDM, at_rest, fdm([routine], Filename="", TaskId=""))
    assert state.activity is Activity.IDLE


@pytest.mark.parametrize("routine", [2, 4, 5, 9, 12])
def test_a_routine_found_under_way_may_be_a_jobs(routine: int) -> None:
    state = shown(_FDM, fdm([routine], Filename="", TaskId=""))
    assert state.activity is Activity.PREPARING


def test_a_routine_of_a_job_prepares_it() -> None:
    state = shown(_FDM, fdm([0], Filename="", TaskId=""), fdm([5], 15))
    assert state.activity is Activity.PREPARING
    assert state.job is not None
    assert state.job.stage == "bed_leveling"


def test_an_old_end_is_not_the_new_jobs() -> None:
    ended = after(_FDM, fdm([1], 13, CurrentLayer=7, CurrentTicks=9), fdm([0], 8))
    begun = after(fdm([1], 8, TaskId="t2", CurrentTicks=0), document=ended)
    assert translate(begun).activity is Activity.PREPARING


def test_an_end_that_stays_there_begins_nothing() -> None:
    ended = after(_FDM, fdm([1], 13, CurrentLayer=7, CurrentTicks=9), fdm([1], 8))
    for task in ("t1", ""):
        again = after(fdm([1], 8, TaskId=task, CurrentTicks=0), document=ended)
        assert translate(again).activity is Activity.CANCELLED


@pytest.mark.parametrize(
    ("status", "activity"),
    [
        (1, Activity.FINISHED),
        (2, Activity.FAILED),
        (3, Activity.CANCELLED),
        (0, Activity.CANCELLED),
    ],
)
def test_the_history_says_how_a_job_ended_that_just_vanished(
    status: int, activity: Activity
) -> None:
    vanished = after(_FDM, fdm([1], 13, Progress=40), fdm([0], 0, Filename=""))
    assert translate(vanished).activity is Activity.PRINTING
    assert vanished.question == ("t1", None)
    told = after(history(status), document=vanished)
    assert translate(told).activity is activity
    assert told.question is None or activity is Activity.FAILED


@pytest.mark.parametrize(
    ("progress", "activity"), [(97, Activity.CANCELLED), (98, Activity.FINISHED)]
)
def test_without_a_history_the_progress_decides(
    progress: int, activity: Activity
) -> None:
    vanished = after(_FDM, fdm([1], 13, Progress=progress), fdm([0], 0))
    assert translate(settle(vanished)).activity is activity


@pytest.mark.parametrize(
    ("progress", "activity"), [(97, Activity.IDLE), (98, Activity.FINISHED)]
)
def test_an_end_while_it_was_not_heard_is_unknown(
    progress: int, activity: Activity
) -> None:
    running = after(_FDM, fdm([1], 13, Progress=progress))
    # Back after a minute, and idle: its power may have been cut.
    back = after(fdm([0], 0), fdm([0], 0), document=running, from_s=60)
    assert translate(settle(back)).activity is activity
    assert translate(after(history(0), document=back)).activity is activity
    told = after(history(3), document=back)
    assert translate(told).activity is Activity.CANCELLED


def test_an_end_that_was_watched_stays_one_however_long_ago() -> None:
    idle = [fdm([0], 0)] * 40
    vanished = after(_FDM, fdm([1], 13, Progress=40), *idle)
    assert translate(settle(vanished)).activity is Activity.CANCELLED


def test_a_job_that_we_stopped_was_cancelled_however_far_it_was() -> None:
    running = note_stop_sent(after(_FDM, fdm([1], 13, Progress=99)))
    assert translate(settle(after(fdm([0], 0), document=running))).activity is (
        Activity.CANCELLED
    )


def test_a_pause_with_a_reason_needs_a_person() -> None:
    paused = after(_FDM, fdm([1], 13, Progress=9), fdm([1], 6, Progress=9))
    assert attention_reason(translate(paused)) is None
    assert paused.question == ("t1", Activity.PAUSED)
    told = after(history(0, reason=3), document=paused)
    state = translate(told)
    assert attention_reason(state) == "reason-3"
    assert state.faults[0].text == "The filament ran out."
    resumed = translate(after(fdm([1], 13, Progress=9), document=told))
    assert resumed.faults == ()


def test_the_same_reason_is_resin_on_a_resin_machine() -> None:
    paused = after(_RESIN, resin([1], 3), resin([1], 6), history(0, reason=3))
    assert translate(paused).faults[0].text == "The resin runs low."


def test_a_paused_feeder_needs_a_person() -> None:
    assert attention_reason(shown(_FDM, fdm([1], 25))) == "paused_filament"


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 77])
def test_an_error_number_is_a_failure_with_words(number: int) -> None:
    state = shown(_RESIN, resin([1], 3), resin([0], 9, ErrorNumber=number))
    assert state.activity is Activity.FAILED
    assert state.faults[0].code == f"error-{number}"
    assert len(state.faults[0].text) > 20


def test_an_error_that_is_gone_is_gone() -> None:
    state = shown(_RESIN, resin([0], 0, ErrorNumber=1), resin([1], 3, TaskId="t2"))
    assert state.activity is Activity.PRINTING
    assert state.faults == ()


def test_our_start_is_known_by_its_file() -> None:
    waiting = expect(
        after(_FDM, fdm([0], 8, Filename="", TaskId="")),
        Expected(42, "cube.gcode", _IN_TIME),
    )
    begun = after(fdm([1], 16), fdm([1], 13, Progress=3), document=waiting)
    assert begun.run.job is not None
    assert begun.run.job.token == 42
    other = after(fdm([1], 16, TaskId="t2"), document=begun)
    assert other.run.job is not None
    assert other.run.job.token is None


def test_another_file_is_not_our_start() -> None:
    waiting = expect(after(_FDM, fdm([0])), Expected(42, "other.gcode", _IN_TIME))
    begun = after(fdm([1], 16), document=waiting)
    assert begun.run.job is not None
    assert begun.run.job.token is None


def test_a_job_that_begins_too_late_is_not_our_start() -> None:
    waiting = expect(after(_FDM, fdm([0])), Expected(42, "cube.gcode", BEGAN))
    begun = after(fdm([0]), fdm([1], 16), document=waiting)
    assert begun.run.job is not None
    assert begun.run.job.token is None


def test_a_job_that_replaces_another_is_another() -> None:
    state = shown(_FDM, fdm([1], 13, Progress=50), fdm([1], 16, TaskId="t2"))
    assert state.job is not None
    assert state.job.external_id == "t2"
    assert state.job.progress_pct is None
