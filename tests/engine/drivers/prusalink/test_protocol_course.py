"""Every row of the table of states, and the ends that nobody saw."""

from datetime import timedelta

import pytest

from odin_engine.drivers.printers.prusalink.protocol import document as documents
from odin_engine.drivers.printers.prusalink.protocol.document import (
    Document,
    note_start,
    note_stop,
)
from odin_engine.printers.events import PrintEnded, PrintStarted
from odin_engine.printers.model import (
    Activity,
    EstimateSource,
    LinkReason,
    LinkStatus,
    PrintResult,
    attention_reason,
)
from tests.engine.drivers.prusalink.talk import START, Tale, status

PRINTING = Activity.PRINTING


@pytest.fixture
def tale() -> Tale:
    return Tale()


def printing(tale: Tale, progress: float = 40, left_s: int = 3600) -> Tale:
    tale.status("IDLE")
    tale.job(7, "box.bgcode")
    state = tale.status("PRINTING", 7, progress, left_s, 1500)
    assert state.activity is PRINTING
    return tale


@pytest.mark.parametrize(
    ("word", "activity"),
    [
        ("IDLE", Activity.IDLE),
        ("READY", Activity.IDLE),
        ("BUSY", Activity.PREPARING),
        ("FINISHED", Activity.FINISHED),
        ("STOPPED", Activity.CANCELLED),
        ("ERROR", Activity.FAILED),
        ("ATTENTION", Activity.ATTENTION),
    ],
)
def test_a_state_without_a_job(tale: Tale, word: str, activity: Activity) -> None:
    state = tale.status(word)
    assert state.activity is activity
    assert state.job is None
    assert tale.words()[0] == "LinkChanged"
    assert "PrintStarted" not in tale.words()
    assert "PrintEnded" not in tale.words()


@pytest.mark.parametrize(
    ("word", "activity", "result"),
    [
        ("FINISHED", Activity.FINISHED, PrintResult.FINISHED),
        ("STOPPED", Activity.CANCELLED, PrintResult.CANCELLED),
        ("ERROR", Activity.FAILED, PrintResult.FAILED),
    ],
)
def test_an_end_that_was_seen(
    tale: Tale, word: str, activity: Activity, result: PrintResult
) -> None:
    state = printing(tale).status(word)
    assert state.activity is activity
    assert state.job is not None
    assert state.job.name == "box.bgcode"
    ended = tale.events[-1]
    assert isinstance(ended, PrintEnded)
    assert ended.result is result
    # It stays on the screen until somebody leaves it, and ends once.
    assert tale.status(word) == state
    assert tale.status("IDLE").activity is Activity.IDLE
    assert tale.words().count("PrintEnded") == 1


@pytest.mark.parametrize(
    ("progress", "left_s", "result"),
    [
        (99, 20, PrintResult.FINISHED),
        (98, 400, PrintResult.FINISHED),
        (90, 60, PrintResult.FINISHED),
        (97, 61, PrintResult.CANCELLED),
        (2, 60, PrintResult.CANCELLED),
        (10, 5000, PrintResult.CANCELLED),
    ],
)
def test_an_end_that_nobody_saw_is_concluded(
    tale: Tale, progress: float, left_s: int, result: PrintResult
) -> None:
    state = printing(tale, progress, left_s).status("IDLE")
    assert state.activity is Activity.IDLE
    ended = tale.events[-1]
    assert isinstance(ended, PrintEnded)
    assert ended.result is result
    assert tale.states[-2].job is not None
    assert tale.states[-2].job.stage == "end_inferred"


@pytest.mark.parametrize(
    ("progress", "left_s", "after_s", "result"),
    [
        (40, 3600, 20, PrintResult.CANCELLED),
        (40, 3600, 21, PrintResult.UNKNOWN),
        (99, 20, 300, PrintResult.FINISHED),
    ],
)
def test_an_end_while_nobody_looked_is_unknown(
    tale: Tale, progress: float, left_s: int, after_s: float, result: PrintResult
) -> None:
    printing(tale, progress, left_s)
    state = tale.hear(documents.STATUS, status("IDLE"), after_s=after_s)
    assert state.activity is Activity.IDLE
    ended = tale.events[-1]
    assert isinstance(ended, PrintEnded)
    assert ended.result is result


def test_a_machine_that_starts_anew_is_busy_before_it_rests(tale: Tale) -> None:
    printing(tale)
    tale.hear(documents.STATUS, status("BUSY"), after_s=41)
    tale.hear(documents.STATUS, status("BUSY"), after_s=2)
    tale.hear(documents.STATUS, status("IDLE"), after_s=2)
    ended = tale.events[-1]
    assert isinstance(ended, PrintEnded)
    assert ended.result is PrintResult.UNKNOWN


def test_a_job_that_is_seen_again_was_not_lost(tale: Tale) -> None:
    printing(tale)
    tale.hear(documents.STATUS, status("BUSY"), after_s=41)
    tale.status("PRINTING", 7, 41, 3500, 1600)
    tale.status("IDLE")
    ended = tale.events[-1]
    assert isinstance(ended, PrintEnded)
    assert ended.result is PrintResult.CANCELLED


def test_our_stop_counts_also_while_nobody_looked(tale: Tale) -> None:
    printing(tale)
    tale.document = note_stop(tale.document)
    tale.hear(documents.STATUS, status("IDLE"), after_s=600)
    ended = tale.events[-1]
    assert isinstance(ended, PrintEnded)
    assert ended.result is PrintResult.CANCELLED


def test_a_job_does_not_begin_with_the_progress_of_the_one_before(tale: Tale) -> None:
    printing(tale, 100, 0).status("FINISHED")
    state = tale.status("PRINTING", 8, 100, 0)
    assert state.job is not None
    assert (state.job.progress_pct, state.job.remaining_s) == (None, None)
    # Lost before the new file's first mark: nothing says that it was done.
    tale.status("IDLE")
    ended = tale.events[-1]
    assert isinstance(ended, PrintEnded)
    assert ended.result is PrintResult.CANCELLED
    tale.status("PRINTING", 9, 100, 0)
    job = tale.status("PRINTING", 9, 0, 0).job
    assert job is not None
    assert (job.progress_pct, job.remaining_s) == (0, None)
    job = tale.status("PRINTING", 9, 1, 1700, 20).job
    assert job is not None
    assert (job.progress_pct, job.remaining_s) == (1, 1700)


def test_a_finished_job_stays_complete(tale: Tale) -> None:
    printing(tale, 60, 120).status("FINISHED")
    job = tale.status("IDLE").job
    assert job is not None
    assert (job.progress_pct, job.remaining_s) == (100, 0)


def test_an_end_after_our_stop_is_a_cancelled_one(tale: Tale) -> None:
    printing(tale, 99, 20)
    tale.document = note_stop(tale.document)
    state = tale.status("PRINTING", 7, 99, 20)
    assert state.activity is PRINTING
    assert state.job is not None
    assert state.job.stage == "stopping"
    tale.status("IDLE")
    ended = tale.events[-1]
    assert isinstance(ended, PrintEnded)
    assert ended.result is PrintResult.CANCELLED


def test_a_refused_stop_changes_nothing(tale: Tale) -> None:
    printing(tale, 99, 20)
    tale.document = note_stop(note_stop(tale.document), is_taken=False)
    tale.status("IDLE")
    ended = tale.events[-1]
    assert isinstance(ended, PrintEnded)
    assert ended.result is PrintResult.FINISHED


def test_another_job_ends_the_one_before(tale: Tale) -> None:
    printing(tale, 99, 20)
    tale.job(8, "lid.bgcode")
    state = tale.status("PRINTING", 8, 1, 900, 1300)
    assert state.job is not None
    assert state.job.external_id == "8"
    assert state.job.name == "lid.bgcode"
    assert tale.words()[-2:] == ["PrintEnded", "PrintStarted"]


def test_a_start_found_on_the_first_look_begins_nothing(tale: Tale) -> None:
    tale.status("PRINTING", 7, 40, 3600, 1500)
    assert "PrintStarted" not in tale.words()


def test_heating_is_preparing(tale: Tale) -> None:
    cold = {"temp_nozzle": 60, "target_nozzle": 215, "temp_bed": 60, "target_bed": 60}
    state = tale.status("PRINTING", 7, 0, None, 20, **cold)
    assert state.activity is Activity.PREPARING
    assert state.job is not None
    assert state.job.stage == "heating"
    warm = cold | {"temp_nozzle": 210}
    assert tale.status("PRINTING", 7, 0, None, 90, **warm).activity is PRINTING
    # A tool that was parked cools down in the middle of a print.
    assert tale.status("PRINTING", 7, 12, 900, 1300, **cold).activity is PRINTING


def test_what_heats_for_too_long_prints(tale: Tale) -> None:
    cold = {"temp_nozzle": 60, "target_nozzle": 215}
    assert tale.status("PRINTING", 7, 0, None, 1200, **cold).activity is PRINTING


def test_busy_in_the_middle_of_a_print_keeps_its_job(tale: Tale) -> None:
    """Crash recovery and power panic; there is no job in the status then."""
    state = printing(tale).status("BUSY")
    assert state.activity is Activity.PREPARING
    assert state.job is not None
    assert state.job.external_id == "7"
    assert tale.status("PRINTING", 7, 41, 3500, 1600).activity is PRINTING
    assert "PrintEnded" not in tale.words()


def test_busy_without_a_print_has_none(tale: Tale) -> None:
    printing(tale).status("FINISHED")
    state = tale.status("BUSY")
    assert state.activity is Activity.PREPARING
    assert state.job is None
    assert tale.words().count("PrintStarted") == 1


def test_a_pause_keeps_what_is_left(tale: Tale) -> None:
    state = printing(tale).status("PAUSED", 7, 40, 4000, 1600)
    assert state.activity is Activity.PAUSED
    assert state.job is not None
    assert state.job.remaining_s == 3600
    assert attention_reason(state) is None
    assert tale.status("PRINTING", 7, 40, 3590, 1605).job != state.job


def test_a_question_in_the_middle_of_a_print_pauses_it(tale: Tale) -> None:
    state = printing(tale).status("ATTENTION", 7, 40, 3600, 1500)
    assert state.activity is Activity.PAUSED
    assert attention_reason(state) == "paused_question"
    assert state.prompt is not None
    assert "screen" in state.prompt.text
    assert tale.words()[-2:] == ["AttentionNeeded", "PrintPaused"]
    after = tale.status("PRINTING", 7, 41, 3500, 1600)
    assert after.prompt is None
    assert tale.words()[-1] == "PrintResumed"


def test_a_question_without_a_job_object_keeps_the_job(tale: Tale) -> None:
    state = printing(tale).status("ATTENTION")
    assert state.activity is Activity.PAUSED
    assert state.job is not None


def test_a_question_right_after_the_start_is_told_so(tale: Tale) -> None:
    tale.status("IDLE")
    state = tale.status("ATTENTION", 8, 0)
    assert state.activity is Activity.PAUSED
    assert attention_reason(state) == "paused_question_at_start"
    assert "PrintStarted" in tale.words()


def test_a_job_that_lingers_after_its_end_is_over(tale: Tale) -> None:
    printing(tale, 99, 20).status("FINISHED")
    state = tale.status("ATTENTION", 7, 100, 0)
    assert state.activity is Activity.ATTENTION
    assert tale.words().count("PrintEnded") == 1


def test_a_question_after_the_last_layer_is_an_end(tale: Tale) -> None:
    state = printing(tale, 99.5, 100).status("ATTENTION")
    assert state.activity is Activity.ATTENTION
    ended = [each for each in tale.events if isinstance(each, PrintEnded)]
    assert [each.result for each in ended] == [PrintResult.FINISHED]


@pytest.mark.parametrize("word", ["UNKNOWN", "DANCING", ""])
def test_a_word_that_nobody_knows_changes_nothing(tale: Tale, word: str) -> None:
    before = printing(tale)
    assert before.status(word).activity is PRINTING


def test_the_start_is_fixed_once(tale: Tale) -> None:
    first = tale.status("PRINTING", 7, 40, 3600, 1500)
    assert first.job is not None
    assert first.job.started_at == START + timedelta(seconds=5 - 1500)
    later = tale.status("PRINTING", 7, 41, 3500, 1603)
    assert later.job is not None
    assert later.job.started_at == first.job.started_at


def test_a_look_that_missed_everything_between_keeps_the_same_job(tale: Tale) -> None:
    printing(tale).status("IDLE")
    state = tale.status("PRINTING", 7, 42, 3500, 1700)
    assert state.activity is PRINTING
    assert state.job is not None
    assert state.job.started_at == START + timedelta(seconds=10 - 1500)


def test_a_file_without_marks_is_counted_by_its_estimate(tale: Tale) -> None:
    tale.job(7, "box.gcode", meta={"estimated_print_time": 1000})
    state = tale.status("PRINTING", 7, 0, None, 250)
    assert state.job is not None
    assert state.job.progress_pct == 25
    assert state.job.remaining_s == 750
    assert state.job.remaining_source is EstimateSource.SLICER


def test_what_the_machine_says_is_believed(tale: Tale) -> None:
    tale.job(7, "box.gcode", meta={"estimated_print_time": 1000})
    state = tale.status("PRINTING", 7, 0, 900, 250)
    assert state.job is not None
    assert state.job.progress_pct == 0
    assert state.job.remaining_source is EstimateSource.PRINTER


def awaiting(tale: Tale, file: str = "box.bgcode") -> Tale:
    tale.status("IDLE")
    tale.document = note_start(tale.document, 4711, file, tale.at)
    return tale


def test_our_job_bears_our_token(tale: Tale) -> None:
    awaiting(tale).job(8, "box.bgcode")
    state = tale.status("PRINTING", 8, 0)
    assert state.job is not None
    assert state.job.token == 4711
    started = tale.events[-1]
    assert isinstance(started, PrintStarted)
    assert started.job.token == 4711
    ended = tale.status("FINISHED")
    assert ended.job is not None
    assert ended.job.token == 4711


def test_a_token_is_not_borne_by_the_job_before(tale: Tale) -> None:
    printing(tale).status("FINISHED")
    tale.document = note_start(tale.document, 4711, "box.bgcode", tale.at)
    again = tale.status("PRINTING", 7, 99)
    assert again.job is not None
    assert again.job.token is None


def test_a_token_is_not_borne_by_another_file(tale: Tale) -> None:
    awaiting(tale, "other.bgcode").job(8, "box.bgcode")
    state = tale.status("PRINTING", 8, 0)
    assert state.job is not None
    assert state.job.token is None


def test_a_token_does_not_wait_for_ever(tale: Tale) -> None:
    awaiting(tale)
    tale.at += timedelta(minutes=5)
    state = tale.status("PRINTING", 8, 0)
    assert state.job is not None
    assert state.job.token is None


def test_a_token_ends_with_its_job(tale: Tale) -> None:
    awaiting(tale).status("PRINTING", 8, 50)
    state = tale.status("PRINTING", 9, 0)
    assert state.job is not None
    assert state.job.token is None


def test_a_machine_that_the_pi_lost_is_away(tale: Tale) -> None:
    printing(tale)
    state = tale.hear("/api/v1/status", None, 503)
    assert state.link is LinkStatus.OFFLINE
    assert state.link_reason is LinkReason.MACHINE_AWAY
    assert state.activity is PRINTING
    back = tale.status("PRINTING", 7, 41, 3500, 1600)
    assert back.link is LinkStatus.ONLINE
    assert "PrintEnded" not in tale.words()


def test_nothing_that_runs_cannot_be_stopped() -> None:
    assert note_stop(Document()) == Document()
