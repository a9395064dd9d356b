"""Flags and events as activities, jobs and their ends."""

from typing import Any

import pytest

from odin_engine.printers.model import (
    Activity,
    EstimateSource,
    LinkReason,
    LinkStatus,
    attention_reason,
)
from tests.engine.drivers.octoprint.said import (
    CLOSED,
    ERROR,
    OPERATIONAL,
    PAUSED,
    PRINTING,
    Story,
    current,
    event,
)

COLD = {"tool0": {"actual": 30.0, "target": 210.0}}
WARM = {"tool0": {"actual": 209.0, "target": 210.0}}
NAMED = {"name": "part.gcode", "path": "part.gcode", "origin": "local"}


@pytest.mark.parametrize(
    ("flags", "more", "activity"),
    [
        (OPERATIONAL, {}, Activity.IDLE),
        ({"operational": True}, {}, Activity.PREPARING),
        (PRINTING, {"completion": 20.0}, Activity.PRINTING),
        (PRINTING, {"completion": 0.1, "heats": COLD}, Activity.PREPARING),
        (PRINTING, {"completion": 0.1, "heats": WARM}, Activity.PRINTING),
        (PRINTING, {"completion": 30.0, "heats": COLD}, Activity.PRINTING),
        (PRINTING | {"pausing": True}, {"completion": 3.0}, Activity.PAUSED),
        (PAUSED, {"completion": 3.0}, Activity.PAUSED),
        (PAUSED | PRINTING, {"completion": 3.0}, Activity.PAUSED),
        (PRINTING | {"resuming": True}, {"completion": 3.0}, Activity.PRINTING),
        (PRINTING | {"finishing": True}, {"completion": 100.0}, Activity.PRINTING),
        (PRINTING | {"cancelling": True}, {"completion": 3.0}, Activity.CANCELLED),
        (ERROR, {"error": "MINTEMP"}, Activity.FAILED),
        (CLOSED, {}, None),
    ],
)
def test_flags_say_what_it_does(
    flags: dict[str, bool], more: dict[str, Any], activity: Activity | None
) -> None:
    assert Story().push(current(flags, **more)).activity is activity


def test_a_server_without_its_machine_is_away() -> None:
    story = Story()
    state = story.push(current(CLOSED, path=None))
    assert (state.link, state.link_reason) == (
        LinkStatus.OFFLINE,
        LinkReason.MACHINE_AWAY,
    )
    assert state.capabilities.commands == ("connect_machine",)
    state = story.push(current(OPERATIONAL))
    assert state.link is LinkStatus.ONLINE
    # The same by the answer that is a refusal.
    state = story.answer({"error": "Printer is not operational"})
    assert state.link_reason is LinkReason.MACHINE_AWAY
    assert state.activity is Activity.IDLE


def test_a_print_from_beginning_to_end() -> None:
    story = Story()
    story.push(current())
    story.ask(77, "part.gcode")
    state = story.push(
        event("PrintStarted", **NAMED),
        # Held back: it is of the moment before.
        current(),
        current(PRINTING, completion=0.1, heats=COLD),
        current(PRINTING, completion=50.0, printed=100, left=100, origin="analysis"),
    )
    assert state.job is not None
    assert (state.job.token, state.job.progress_pct) == (77, 50)
    assert state.job.remaining_source is EstimateSource.SLICER
    story.push(
        event("PrintDone", **NAMED, time=200),
        current(PRINTING | {"finishing": True}, completion=100.0),
        current(completion=100.0),
    )
    assert story.state.activity is Activity.FINISHED
    assert story.state.job is not None
    assert story.state.job.token == 77
    assert story.words()[-2:] == ["PrintStarted", "PrintEnded finished"]


def test_a_cancel_counts_once() -> None:
    story = Story()
    story.push(current(), event("PrintStarted", **NAMED))
    story.push(current(PRINTING, completion=3.0))
    story.push(
        current(PRINTING | {"cancelling": True}, completion=3.0),
        event("PrintCancelled", **NAMED),
        event("PrintFailed", **NAMED, reason="cancelled"),
        current(),
    )
    assert story.state.activity is Activity.CANCELLED
    assert story.words().count("PrintEnded cancelled") == 1
    assert len([word for word in story.words() if "Ended" in word]) == 1


def test_a_second_print_of_the_same_file_is_another_job() -> None:
    story = Story()
    story.push(current(), event("PrintStarted", **NAMED))
    story.push(current(PRINTING, completion=99.0))
    story.push(event("PrintDone", **NAMED), event("PrintStarted", **NAMED))
    story.push(current(PRINTING, completion=1.0))
    assert story.words()[-2:] == ["PrintEnded unknown", "PrintStarted"]


def test_the_token_belongs_to_one_run() -> None:
    story = Story()
    story.push(current())
    story.ask(5, "part.gcode")
    story.push(event("PrintStarted", **NAMED), current(PRINTING, completion=9.0))
    story.push(event("PrintFailed", **NAMED, reason="error"), current())
    assert story.state.activity is Activity.FAILED
    state = story.push(
        event("PrintStarted", **NAMED), current(PRINTING, completion=9.0)
    )
    assert state.job is not None
    assert state.job.token is None


@pytest.mark.parametrize(
    ("completion", "flags", "activity"),
    [
        (100.0, OPERATIONAL, Activity.FINISHED),
        (None, OPERATIONAL, Activity.CANCELLED),
        (0.0, OPERATIONAL, Activity.CANCELLED),
        (40.0, OPERATIONAL, Activity.FAILED),
        (None, CLOSED, Activity.FAILED),
    ],
)
def test_an_end_that_no_event_told(
    completion: float | None, flags: dict[str, bool], activity: Activity
) -> None:
    story = Story()
    story.push(current(PRINTING, completion=40.0))
    assert story.push(current(flags, completion=completion)).activity is activity


def test_what_was_found_running_has_no_beginning() -> None:
    state = Story().push(current(PRINTING, completion=40.0))
    assert state.job is not None
    assert (state.job.external_id, state.job.started_at) == (None, None)


def test_a_print_time_that_jumps_back_is_another_run() -> None:
    story = Story()
    story.push(current(), event("PrintStarted", **NAMED))
    first = story.push(current(PRINTING, completion=90.0, printed=50))
    story.push(current(PRINTING, completion=90.0, printed=50), seconds=60)
    second = story.push(current(PRINTING, completion=2.0, printed=3))
    assert first.job is not None
    assert second.job is not None
    assert first.job.external_id != second.job.external_id


@pytest.mark.parametrize(
    ("told", "stage", "is_urgent"),
    [
        (None, "paused_by_user", False),
        (event("Waiting"), "paused_by_gcode", False),
        (event("FilamentChange"), "paused_filament_change", True),
        (
            {
                "plugin": {
                    "plugin": "action_command_prompt",
                    "data": {"action": "show", "text": "Runout", "choices": ["Go"]},
                }
            },
            "paused_question",
            True,
        ),
    ],
)
def test_why_it_is_paused(
    told: dict[str, Any] | None, stage: str, *, is_urgent: bool
) -> None:
    story = Story()
    story.push(current(PRINTING, completion=40.0))
    # The event comes before the flags do, or after.
    state = story.push(current(PAUSED, completion=40.0), *([told] if told else []))
    assert state.job is not None
    assert state.job.stage == stage
    assert (attention_reason(state) is not None) is is_urgent
    state = story.push(event("PrintResumed"), current(PRINTING, completion=41.0))
    assert state.job is not None
    assert state.job.stage is None


def test_an_error_is_told_as_the_machine_told_it() -> None:
    story = Story()
    story.push(current(PRINTING, completion=40.0))
    story.push(
        event(
            "Error",
            error="MINTEMP triggered",
            reason="firmware",
            faq="firmware-mintemp",
        ),
        event("PrintFailed", **NAMED, reason="error"),
        current(ERROR, error="something else", path=None),
    )
    fault = story.state.faults[0]
    assert (fault.code, fault.text) == ("firmware", "MINTEMP triggered")
    assert fault.help_url == "https://faq.octoprint.org/firmware-mintemp"
    assert story.state.activity is Activity.FAILED
    assert story.state.capabilities.commands == ("connect_machine",)
    assert story.words().count("PrintEnded failed") == 1
    assert story.push(current()).faults == ()


def test_flags_that_lag_behind_an_error_do_not_hide_it() -> None:
    story = Story()
    story.push(current(PRINTING, completion=40.0))
    story.push(event("Error", error="MAXTEMP", reason="firmware"))
    assert story.push(current(PRINTING, completion=40.0)).faults
    story.push(current(CLOSED, path=None))
    assert story.state.faults[0].text == "MAXTEMP"
    assert story.state.activity is Activity.FAILED
    assert story.push(event("Connected"), current()).faults == ()


def test_an_error_that_only_cancels_is_no_reason_to_come() -> None:
    story = Story()
    story.push(current(PRINTING, completion=40.0))
    state = story.push(event("Error", error="probe failed", consequence="cancel"))
    assert attention_reason(state) is None
    assert story.push(event("PrintStarted", **NAMED)).faults == ()


@pytest.mark.parametrize(
    ("more", "remaining_s", "source"),
    [
        ({"completion": 0.5, "left": 9, "origin": "linear"}, None, None),
        (
            {"completion": 0.5, "left": 9, "origin": "linear", "estimated": 500},
            500,
            EstimateSource.SLICER,
        ),
        (
            {"completion": 50.0, "left": 90, "origin": "linear", "estimated": 500},
            90,
            EstimateSource.ELAPSED,
        ),
        (
            {"completion": 50.0, "printed": 200, "estimated": 500},
            300,
            EstimateSource.SLICER,
        ),
        ({"completion": 50.0, "left": 7, "origin": "genius"}, 7, EstimateSource.SLICER),
        (
            {"completion": 50.0, "left": 7, "origin": "mixed-average"},
            7,
            EstimateSource.BLEND,
        ),
        ({"completion": 50.0, "left": 7, "origin": "?"}, 7, EstimateSource.PRINTER),
        ({"completion": 50.0}, None, None),
    ],
)
def test_how_long_it_still_takes(
    more: dict[str, Any], remaining_s: int | None, source: EstimateSource | None
) -> None:
    job = Story().push(current(PRINTING, **more)).job
    assert job is not None
    if more.get("origin") == "linear" and remaining_s is None:
        # Without anything better even an unsteady guess is told.
        assert job.remaining_s == 9
        return
    assert (job.remaining_s, job.remaining_source) == (remaining_s, source)


def test_small_percentages_are_no_fractions() -> None:
    job = Story().push(current(PRINTING, completion=0.2298)).job
    assert job is not None
    assert job.progress_pct == 0


def test_a_print_that_is_over_at_once_is_one_print() -> None:
    # As 1.11.8 tells of a print of under a second: the flags come after its end.
    story = Story()
    story.push(current())
    story.ask(77, "part.gcode")
    story.push(
        event("PrintStarted", **NAMED),
        event("PrintDone", **NAMED, time=0.4),
        current(PRINTING, completion=60.0),
        current(PRINTING | {"finishing": True}, completion=100.0),
        current(completion=100.0),
        seconds=0.4,
    )
    story.push(current(completion=100.0), current(completion=100.0), seconds=5.0)
    assert story.words() == ["PrintStarted", "PrintEnded finished"]
    assert story.state.activity is Activity.FINISHED


def test_a_print_that_is_stopped_at_once_is_one_print() -> None:
    story = Story()
    story.push(current())
    story.ask(77, "part.gcode")
    story.push(
        event("PrintStarted", **NAMED),
        event("PrintCancelled", **NAMED),
        event("PrintFailed", **NAMED, reason="cancelled"),
        current(PRINTING, completion=0.0),
        current(PRINTING | {"cancelling": True}, completion=0.0),
        current(),
        seconds=0.4,
    )
    story.push(current(), current(), seconds=5.0)
    assert story.words() == ["PrintStarted", "PrintEnded cancelled"]
    assert story.state.activity is Activity.CANCELLED


def test_the_next_print_is_seen_though_its_event_was_lost() -> None:
    story = Story()
    story.push(current(), event("PrintStarted", **NAMED), current(PRINTING))
    story.push(event("PrintDone", **NAMED, time=1), current(completion=100.0))
    story.push(current(PRINTING, completion=1.0), seconds=60.0)
    assert story.state.activity is Activity.PRINTING
    assert story.words().count("PrintStarted") == 2


def test_a_file_found_printed_to_its_end_is_finished() -> None:
    story = Story()
    story.push(current(completion=100.0))
    assert story.state.activity is Activity.FINISHED
    assert story.state.job is not None
    assert story.state.job.file == "part.gcode"
    assert story.state.job.external_id is None


@pytest.mark.parametrize("completion", [None, 0.0, 40.0])
def test_a_file_found_selected_says_nothing(completion: float | None) -> None:
    story = Story()
    story.push(current(completion=completion))
    assert story.state.activity is Activity.IDLE
    assert story.state.job is None


def test_flags_that_lag_do_not_hide_why_it_pauses() -> None:
    story = Story()
    story.push(current(), event("PrintStarted", **NAMED))
    story.push(current(PRINTING, completion=30.0), event("FilamentChange"))
    story.push(current(PRINTING, completion=30.0), current(PAUSED, completion=30.0))
    assert story.state.job is not None
    assert story.state.job.stage == "paused_filament_change"
    story.push(current(PRINTING, completion=31.0), current(PAUSED, completion=32.0))
    assert story.state.job.stage == "paused_by_user"


def test_a_filament_change_that_did_not_pause_says_nothing_of_the_next_pause() -> None:
    story = Story()
    story.push(current(), event("PrintStarted", **NAMED))
    story.push(current(PRINTING, completion=30.0), event("FilamentChange"))
    story.push(current(PRINTING, completion=33.0), seconds=90.0)
    story.push(current(PAUSED, completion=33.0))
    assert story.state.job is not None
    assert story.state.job.stage == "paused_by_user"


def test_why_a_print_failed_is_told() -> None:
    story = Story()
    story.push(current(), event("PrintStarted", **NAMED))
    story.push(current(PRINTING, completion=30.0))
    why = "SerialTimeoutException: "
    story.push(event("PrintFailed", **NAMED, reason="error", error=why))
    story.push(current(CLOSED, completion=30.0))
    assert story.state.activity is Activity.FAILED
    assert [fault.text for fault in story.state.faults] == ["SerialTimeoutException."]


def test_a_print_that_is_over_takes_no_more_time() -> None:
    story = Story()
    story.push(current(), event("PrintStarted", **NAMED))
    story.push(current(PRINTING, completion=30.0, estimated=900.0))
    story.push(event("PrintCancelled", **NAMED), current(estimated=900.0))
    assert story.state.job is not None
    assert story.state.job.remaining_s is None
