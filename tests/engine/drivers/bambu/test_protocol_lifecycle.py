"""How jobs begin, run and end: the sequences of the protocol note, §6.6."""

from datetime import UTC, datetime

import pytest

from odin_engine.printers.events import PrintEnded, PrintStarted
from odin_engine.printers.model import Activity, PrintResult
from tests.engine.drivers.bambu.talk import A1, H2S, Talk

CANCELLED = 0x0300_400C
CANCELLED_TOO = 0x0500_400E
CLOG = 0x0300_8016
UNREADABLE = 0x0500_4003


def printing(serial: str = A1) -> Talk:
    """A printer heard idle, then seen to begin a job."""
    talk = Talk(serial)
    talk.full(gcode_state="IDLE", print_error=0, subtask_name="", task_id="0")
    talk.says(gcode_state="PREPARE", subtask_name="bracket", task_id="41")
    talk.says(gcode_state="RUNNING", mc_percent=3, layer_num=1)
    assert talk.happened == ["PrintStarted"]
    talk.events.clear()
    return talk


def results(talk: Talk) -> list[PrintResult]:
    return [event.result for event in talk.events if isinstance(event, PrintEnded)]


@pytest.mark.parametrize(
    ("word", "activity"),
    [
        ("IDLE", Activity.IDLE),
        ("PREPARE", Activity.PREPARING),
        ("SLICING", Activity.PREPARING),
        ("RUNNING", Activity.PRINTING),
        ("PAUSE", Activity.PAUSED),
        ("FINISH", Activity.FINISHED),
        ("FAILED", Activity.FAILED),
        ("running", Activity.PRINTING),
    ],
)
def test_state_words(word: str, activity: Activity) -> None:
    assert Talk().full(gcode_state=word).activity is activity


@pytest.mark.parametrize("word", ["", "INIT", "OFFLINE", "UNKNOWN", "DANCING", 7, None])
def test_a_word_that_says_nothing_keeps_what_was(word: object) -> None:
    talk = printing()
    talk.says(gcode_state=word)
    assert talk.state.activity is Activity.PRINTING
    talk.says(gcode_state="RUNNING", mc_percent=4)
    assert talk.happened == []


def test_an_unknown_word_is_kept_for_the_log_once() -> None:
    talk = printing()
    talk.says(gcode_state="DANCING")
    talk.says(gcode_state="RUNNING")
    talk.says(gcode_state="DANCING")
    assert talk.document.oddities == {"gcode_state=DANCING"}


def test_the_number_stands_in_for_an_unknown_word() -> None:
    assert Talk().full(gcode_state="DANCING", state=5).activity is Activity.PAUSED


def test_the_number_never_overrules_the_word() -> None:
    # It leads by a frame (§6.1).
    assert Talk().full(gcode_state="RUNNING", state=6).activity is Activity.PRINTING


def test_nothing_is_known_before_the_first_state() -> None:
    talk = Talk(A1)
    assert talk.says(bed_temper=30.0).activity is None
    talk.says(gcode_state="RUNNING", mc_percent=40)
    assert talk.state.activity is Activity.PRINTING
    assert talk.happened == []


@pytest.mark.parametrize("word", ["RUNNING", "PAUSE", "FINISH", "FAILED"])
def test_the_first_report_is_a_baseline(word: str) -> None:
    talk = Talk()
    talk.full(gcode_state=word, mc_percent=50)
    assert talk.happened == []


def test_new_job_on_an_a1_after_a_finished_one() -> None:
    talk = Talk(A1)
    talk.full(
        gcode_state="FINISH",
        mc_percent=100,
        mc_remaining_time=0,
        layer_num=124,
        total_layer_num=124,
        subtask_name="old",
        task_id="7",
        subtask_id="8",
        stg_cur=255,
    )
    talk.says(gcode_state="IDLE", print_type="local")
    state = talk.says(
        gcode_state="PREPARE",
        subtask_name="new",
        task_id="9",
        subtask_id="1234",
        gcode_file_prepare_percent="10",
        after_s=8,
    )
    assert talk.happened == ["PrintStarted"]
    assert state.activity is Activity.PREPARING
    assert state.job is not None
    assert (state.job.name, state.job.token) == ("new", 1234)
    assert (state.job.progress_pct, state.job.layer) == (0, 0)
    assert (state.job.prepare_pct, state.job.remaining_s) == (10, None)
    assert state.job.source == "local"
    for stage in (2, 13, 4, 3, 14, 1, 0):
        talk.says(gcode_state="RUNNING", stg_cur=stage, after_s=30)
    state = talk.says(mc_percent=0, layer_num=1, mc_remaining_time=90)
    assert state.job is not None
    assert (state.job.progress_pct, state.job.layer) == (0, 1)
    assert state.job.remaining_s == 5400
    assert state.job.prepare_pct is None
    talk.says(mc_percent=100, stg_cur=255)
    talk.says(gcode_state="FINISH", subtask_name="", gcode_file="")
    assert talk.happened == ["PrintStarted", "PrintEnded"]
    assert results(talk) == [PrintResult.FINISHED]
    ended = talk.events[-1]
    assert isinstance(ended, PrintEnded)
    assert ended.job is not None
    assert (ended.job.name, ended.job.progress_pct) == ("new", 100)
    assert ended.job.remaining_s == 0


def test_ids_that_come_after_the_state_make_no_second_start() -> None:
    talk = Talk(A1)
    talk.full(gcode_state="FINISH", task_id="7", subtask_id="8", mc_percent=100)
    started = talk.says(gcode_state="PREPARE")
    assert started.job is not None
    assert (started.job.token, started.job.external_id) == (None, None)
    talk.says(subtask_id="1234")
    state = talk.says(task_id="1233")
    assert state.job is not None
    assert (state.job.token, state.job.external_id) == (1234, "1234")
    talk.says(gcode_state="RUNNING", mc_percent=0)
    assert talk.happened == ["PrintStarted"]


def test_ids_that_come_before_the_state_are_the_new_jobs() -> None:
    talk = Talk(A1)
    talk.full(gcode_state="FINISH", task_id="7", subtask_id="8")
    ended = talk.says(gcode_state="IDLE", task_id="70", subtask_id="80")
    assert ended.job is not None
    assert ended.job.token == 8, "the job that ended keeps its own"
    state = talk.says(gcode_state="PREPARE")
    assert state.job is not None
    assert state.job.token == 80


def test_the_same_ids_again_are_shown_once_it_prints() -> None:
    talk = Talk(A1)
    talk.full(gcode_state="FINISH", task_id="7", subtask_id="8", mc_percent=100)
    talk.says(gcode_state="PREPARE")
    state = talk.says(gcode_state="RUNNING", mc_percent=0)
    assert state.job is not None
    assert state.job.token == 8
    assert talk.happened == ["PrintStarted"]


def test_another_job_after_a_gap_ends_the_one_and_starts_the_other() -> None:
    talk = printing()
    talk.full(gcode_state="RUNNING", task_id="42", mc_percent=60)
    assert talk.happened == ["PrintEnded", "PrintStarted"]
    assert results(talk) == [PrintResult.UNKNOWN]


@pytest.mark.parametrize("word", ["FINISH", "FAILED", "IDLE"])
def test_the_end_of_another_job_after_a_gap_is_not_ours(word: str) -> None:
    talk = printing()
    talk.full(gcode_state=word, task_id="42", subtask_name="other", mc_percent=100)
    assert talk.happened == ["PrintEnded"]
    assert results(talk) == [PrintResult.UNKNOWN]
    assert talk.state.job is not None
    assert talk.state.job.name == "other"


def test_the_next_job_takes_nothing_from_an_end_that_waits_for_its_reason() -> None:
    talk = printing()
    talk.says(gcode_state="FAILED", print_error=CLOG)
    talk.full(gcode_state="IDLE", task_id="42", subtask_name="other", print_error=0)
    assert talk.happened == ["FaultRaised", "FaultCleared"]
    assert talk.state.job is not None
    assert (talk.state.job.token, talk.state.job.name) == (41, "bracket")
    talk.says(gcode_state="PREPARE")
    talk.wait(1)
    talk.says(gcode_state="RUNNING", mc_percent=1)
    assert results(talk) == [PrintResult.FAILED]
    started = [each.job for each in talk.events if isinstance(each, PrintStarted)]
    assert [job.name for job in started] == ["other"]


def test_pause_and_resume() -> None:
    talk = printing()
    talk.says(gcode_state="PAUSE", stg_cur=16)
    assert talk.state.job is not None
    assert talk.state.job.stage == "paused_by_user"
    talk.says(gcode_state="RUNNING", stg_cur=0)
    assert talk.happened == ["PrintPaused", "PrintResumed"]


@pytest.mark.parametrize("code", [CANCELLED, CANCELLED_TOO])
def test_cancelled_with_the_code_at_once(code: int) -> None:
    talk = printing()
    talk.says(gcode_state="FAILED", print_error=code, mc_percent=0)
    assert results(talk) == [PrintResult.CANCELLED]
    assert talk.state.activity is Activity.CANCELLED
    assert talk.state.faults == ()


def test_cancelled_with_the_code_four_seconds_later() -> None:
    talk = printing(H2S)
    talk.says(gcode_state="PAUSE", print_error=CLOG)
    talk.says(gcode_state="FAILED", print_error=0, after_s=5)
    assert talk.state.activity is Activity.PAUSED, "it waits for the reason"
    assert talk.document.settles_at is not None
    talk.says(print_error=CANCELLED, after_s=4)
    assert talk.happened == [
        "FaultRaised",
        "AttentionNeeded",
        "PrintPaused",
        "FaultCleared",
        "PrintEnded",
    ]
    assert results(talk) == [PrintResult.CANCELLED]


def test_the_code_may_come_in_err_alone() -> None:
    talk = printing(H2S)
    talk.says(gcode_state="FAILED")
    talk.says(err="0003000300400C", after_s=3)
    assert results(talk) == [PrintResult.CANCELLED]


def test_failed_when_no_code_comes_in_time() -> None:
    talk = printing()
    talk.says(gcode_state="FAILED", print_error=0)
    talk.wait(5)
    assert results(talk) == []
    talk.wait(1)
    assert results(talk) == [PrintResult.FAILED]
    assert talk.state.activity is Activity.FAILED
    assert talk.document.settles_at is None


def test_failed_is_settled_by_the_next_report_too() -> None:
    talk = printing()
    talk.says(gcode_state="FAILED", print_error=0)
    talk.says(wifi_signal="-40dBm", after_s=10)
    assert results(talk) == [PrintResult.FAILED]


def test_failed_with_an_error_of_its_own_waits_as_well() -> None:
    talk = printing()
    talk.says(gcode_state="FAILED", print_error=0x0300_4006)
    talk.wait(7)
    assert results(talk) == [PrintResult.FAILED]
    assert [fault.code for fault in talk.state.faults] == ["0300_4006"]


def test_a_code_that_comes_too_late_still_corrects_what_is_shown() -> None:
    talk = printing()
    talk.says(gcode_state="FAILED", print_error=0)
    talk.wait(7)
    talk.says(print_error=CANCELLED)
    assert talk.state.activity is Activity.CANCELLED
    assert results(talk) == [PrintResult.FAILED]


def test_the_last_jobs_cancel_code_does_not_cancel_the_next_job() -> None:
    talk = Talk(A1)
    talk.full(gcode_state="FAILED", print_error=CANCELLED)
    assert talk.state.activity is Activity.CANCELLED
    talk.says(gcode_state="RUNNING", mc_percent=1)
    talk.says(gcode_state="FAILED")
    talk.wait(7)
    assert results(talk) == [PrintResult.FAILED]


def test_a_stop_of_ours_cancels_at_once() -> None:
    talk = printing()
    talk.we_stop()
    talk.says(gcode_state="FAILED", print_error=0)
    assert results(talk) == [PrintResult.CANCELLED]


def test_a_stop_sent_while_the_end_waits_settles_it() -> None:
    talk = printing()
    talk.says(gcode_state="FAILED", print_error=0)
    talk.we_stop()
    assert results(talk) == [PrintResult.CANCELLED]


def test_an_old_stop_is_not_what_ended_the_job() -> None:
    talk = printing()
    talk.we_stop()
    talk.says(gcode_state="FAILED", print_error=0, after_s=600)
    talk.wait(7)
    assert results(talk) == [PrintResult.FAILED]


def test_a_stop_without_a_job_says_nothing_of_the_next() -> None:
    talk = Talk(A1)
    talk.full(gcode_state="IDLE")
    talk.we_stop()
    talk.says(gcode_state="RUNNING", mc_percent=1)
    talk.says(gcode_state="FAILED")
    talk.wait(7)
    assert results(talk) == [PrintResult.FAILED]


def test_without_a_clock_the_code_decides_at_once() -> None:
    talk = printing()
    talk.has_clock = False
    talk.says(gcode_state="FAILED", print_error=0)
    assert results(talk) == [PrintResult.FAILED]
    again = printing()
    again.has_clock = False
    again.says(gcode_state="FAILED", print_error=CANCELLED)
    assert results(again) == [PrintResult.CANCELLED]


def test_failed_straight_from_preparing() -> None:
    talk = Talk(A1)
    talk.full(gcode_state="IDLE")
    talk.says(gcode_state="PREPARE")
    talk.says(gcode_state="FAILED", print_error=UNREADABLE)
    talk.wait(7)
    assert talk.happened == [
        "PrintStarted",
        "FaultRaised",
        "AttentionNeeded",
        "PrintEnded",
    ]
    assert results(talk) == [PrintResult.FAILED]


def test_a_start_that_fails_without_a_job_needs_attention() -> None:
    talk = Talk(A1)
    talk.full(gcode_state="IDLE", print_error=0)
    state = talk.says(print_error=UNREADABLE)
    assert state.activity is Activity.ATTENTION
    state = talk.says(print_error=0)
    assert state.activity is Activity.IDLE
    assert talk.happened == ["FaultRaised", "AttentionNeeded", "FaultCleared"]


def test_failed_then_idle_is_still_a_failure() -> None:
    talk = printing()
    talk.says(gcode_state="FAILED", print_error=0)
    talk.says(gcode_state="IDLE", after_s=2)
    talk.wait(5)
    assert results(talk) == [PrintResult.FAILED]
    again = printing()
    again.says(gcode_state="FAILED", print_error=0)
    again.says(gcode_state="IDLE", after_s=2)
    again.says(print_error=CANCELLED, after_s=2)
    assert results(again) == [PrintResult.CANCELLED]
    again.says(gcode_state="IDLE", print_error=0, mc_percent=0)
    assert again.state.activity is Activity.IDLE


def test_a_cancel_code_on_an_idle_machine_needs_nobody() -> None:
    assert (
        Talk().full(gcode_state="IDLE", print_error=CANCELLED).activity is Activity.IDLE
    )


def test_a_flicker_of_idle_is_the_same_job() -> None:
    talk = printing()
    talk.says(gcode_state="IDLE")
    assert talk.state.activity is Activity.PRINTING
    talk.says(gcode_state="RUNNING")
    talk.wait(60)
    assert talk.happened == []
    assert talk.state.activity is Activity.PRINTING


def test_idle_for_good_is_an_end_that_nobody_saw() -> None:
    talk = printing()
    talk.says(gcode_state="IDLE")
    talk.wait(7)
    assert results(talk) == [PrintResult.UNKNOWN]
    assert talk.state.activity is Activity.IDLE


def test_idle_after_our_stop_is_a_cancel_and_stays_one() -> None:
    talk = printing()
    talk.we_stop()
    talk.says(gcode_state="IDLE")
    talk.says(mc_percent=0, gcode_state="IDLE")
    assert results(talk) == [PrintResult.CANCELLED]
    assert talk.state.activity is Activity.CANCELLED


def test_idle_after_the_end_is_idle() -> None:
    talk = printing()
    talk.says(gcode_state="FINISH")
    talk.says(gcode_state="IDLE")
    assert talk.state.activity is Activity.IDLE
    assert results(talk) == [PrintResult.FINISHED]


def test_a_job_that_begins_before_the_last_ones_end_is_told() -> None:
    talk = printing()
    talk.says(gcode_state="FAILED", print_error=0)
    talk.says(gcode_state="PREPARE", task_id="43", subtask_name="next")
    assert results(talk) == [PrintResult.FAILED]
    assert talk.document.settles_at == talk.now
    talk.wait(0)
    assert talk.happened == ["PrintEnded", "PrintStarted"]
    started = talk.events[-1]
    assert isinstance(started, PrintStarted)
    assert (started.job.name, started.job.external_id) == ("next", "43")
    talk.says(gcode_state="RUNNING", mc_percent=1)
    assert talk.happened == ["PrintEnded", "PrintStarted"]


def test_numbers_of_the_last_job_are_not_the_next_ones() -> None:
    talk = Talk(A1)
    talk.full(
        gcode_state="FAILED",
        mc_percent=40,
        mc_remaining_time=759,
        layer_num=17,
        total_layer_num=70,
        s_obj=[3],
        gcode_start_time="1756741151",
    )
    assert talk.state.job is not None
    assert talk.state.job.remaining_s is None
    assert talk.state.job.skipped_objects == (3,)
    state = talk.says(gcode_state="RUNNING")
    assert state.job is not None
    assert state.job.progress_pct == 0
    assert state.job.layer == 0
    assert state.job.remaining_s is None
    assert state.job.skipped_objects == ()
    assert state.job.started_at is None
    state = talk.says(mc_percent=2, gcode_start_time="1772352000")
    assert state.job is not None
    assert state.job.progress_pct == 2
    assert state.job.started_at == datetime(2026, 3, 1, 8, tzinfo=UTC)


def test_the_total_of_layers_is_kept_when_the_printer_zeroes_it() -> None:
    talk = printing()
    talk.says(total_layer_num=75)
    state = talk.says(gcode_state="FINISH", total_layer_num=0)
    assert state.job is not None
    assert state.job.total_layers == 75
    state = talk.says(gcode_state="PREPARE")
    assert state.job is not None
    assert state.job.total_layers is None, "but not for the next job"


def test_layers_of_new_firmware() -> None:
    state = Talk(H2S).full(
        gcode_state="RUNNING", **{"3D": {"layer_num": 24, "total_layer_num": 75}}
    )
    assert state.job is not None
    assert (state.job.layer, state.job.total_layers) == (24, 75)


@pytest.mark.parametrize(
    ("fields", "token", "external"),
    [
        ({"subtask_id": "5", "task_id": "6", "project_id": "7"}, 5, "6"),
        ({"subtask_id": "0", "task_id": "6"}, 6, "6"),
        ({"subtask_id": "", "task_id": "0", "project_id": "7"}, None, "7"),
        ({"subtask_id": "0", "task_id": "0", "project_id": "0"}, None, None),
        ({"subtask_id": 2**31 - 1}, 2**31 - 1, str(2**31 - 1)),
        ({"subtask_id": str(2**31)}, None, str(2**31)),
        ({"subtask_id": "0x12", "task_id": None}, None, "0x12"),
    ],
)
def test_ids(
    fields: dict[str, object], token: int | None, external: str | None
) -> None:
    job = Talk().full(gcode_state="RUNNING", **fields).job
    assert job is not None
    assert (job.token, job.external_id) == (token, external)


def test_a_better_id_that_appears_later_is_the_same_job() -> None:
    talk = Talk()
    talk.full(gcode_state="RUNNING", task_id="0", subtask_id="0", project_id="7")
    talk.full(gcode_state="RUNNING", task_id="1", subtask_id="2", project_id="7")
    assert talk.happened == []
    talk.full(gcode_state="RUNNING", task_id="0", subtask_id="0", project_id="0")
    assert talk.happened == []


def test_a_machine_that_did_nothing_has_no_job() -> None:
    assert Talk().full(gcode_state="IDLE", subtask_name="", task_id="0").job is None


@pytest.mark.parametrize(
    ("fields", "plate"),
    [
        ({"gcode_file": "/data/Metadata/plate_3.gcode", "plate_idx": 1}, 3),
        ({"gcode_file": "bracket.3mf", "plate_idx": 2}, 2),
        ({"gcode_file": "plate_of_cake.gcode"}, None),
        ({"gcode_file": "plate_0.gcode"}, None),
        ({}, None),
    ],
)
def test_plates(fields: dict[str, object], plate: int | None) -> None:
    job = Talk().full(gcode_state="RUNNING", **fields).job
    assert job is not None
    assert job.plate == plate


@pytest.mark.parametrize(
    ("stage", "state", "word"),
    [
        (-1, "IDLE", None),
        (255, "FINISH", None),
        (0, "IDLE", None),
        (0, "PREPARE", None),
        (0, "RUNNING", "printing"),
        (2, "RUNNING", "preheating_bed"),
        ("13", "RUNNING", "homing"),
        (77, "RUNNING", "preparing_ams"),
        (990, "RUNNING", "stage_990"),
        ("soon", "RUNNING", None),
        (35, "PAUSE", "paused_nozzle_clog"),
        (30, "PAUSE", "paused_by_gcode"),
    ],
)
def test_stages(stage: object, state: str, word: str | None) -> None:
    job = Talk().full(gcode_state=state, stg_cur=stage, subtask_name="x").job
    assert job is not None
    assert job.stage == word
    assert (job.stage_text is None) == (word is None)


def test_every_paused_stage_says_so_and_no_other() -> None:
    talk = Talk()
    paused = set()
    for number in range(78):
        job = talk.full(gcode_state="RUNNING", stg_cur=number).job
        assert job is not None
        assert job.stage is not None
        if job.stage.startswith("paused_"):
            paused.add(number)
    assert paused == {5, 6, 16, 17, 20, 21, 23, 26, 27, 28, 30, 32, 33, 34, 35}


@pytest.mark.parametrize(
    ("fields", "remaining_s"),
    [
        ({"gcode_state": "RUNNING", "mc_remaining_time": 78}, 4680),
        ({"gcode_state": "RUNNING", "mc_remaining_time": "78"}, 4680),
        ({"gcode_state": "RUNNING", "mc_remaining_time": -3}, None),
        ({"gcode_state": "RUNNING", "mc_remaining_time": 10**9}, None),
        ({"gcode_state": "PAUSE", "mc_remaining_time": 5}, 300),
        ({"gcode_state": "FAILED", "mc_remaining_time": 759}, None),
        ({"gcode_state": "IDLE", "mc_remaining_time": 759}, None),
        ({"gcode_state": "FINISH", "mc_remaining_time": 3}, 0),
    ],
)
def test_remaining_time(fields: dict[str, object], remaining_s: int | None) -> None:
    job = Talk().full(subtask_name="x", **fields).job
    assert job is not None
    assert job.remaining_s == remaining_s


@pytest.mark.parametrize("percent", [-1, 101, "many", None, 1e300, [], {}])
def test_absurd_progress_is_unknown(percent: object) -> None:
    job = Talk().full(gcode_state="RUNNING", mc_percent=percent).job
    assert job is not None
    assert job.progress_pct is None
