"""Recordings: both forms, through the translation and through `odin replay`."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from odin_engine.cli import main
from odin_engine.drivers.printers.bambu.protocol.replay import by_printer, load, replay
from odin_engine.printers.events import PrintEnded
from odin_engine.printers.model import Activity, PrintResult
from tests.engine.drivers.bambu.captures import capture_path, captures, needs_captures
from tests.engine.drivers.bambu.talk import A1, H2S

CANCELLED = 0x0300_400C


def report(*, msg: int = 1, **fields: object) -> dict[str, Any]:
    return {"print": {"command": "push_status", "msg": msg, **fields}}


def line(
    second: float,
    payload: object,
    *,
    direction: str = "in",
    serial: str = A1,
    topic: str = "report",
    **fields: object,
) -> bytes:
    return orjson.dumps(
        {
            "ts": 1_770_000_000 + second,
            "direction": direction,
            "topic": f"device/{serial}/{topic}",
            "payload": payload,
            **fields,
        }
    )


def names(data: bytes) -> list[str]:
    _state, events = replay(load(data).records)
    return [type(event).__name__ for event in events]


def ends(data: bytes) -> list[PrintResult]:
    _state, events = replay(load(data).records)
    return [event.result for event in events if isinstance(event, PrintEnded)]


def test_a_document_with_versions_full_and_deltas() -> None:
    body = {
        "get_version": {
            "info": {
                "command": "get_version",
                "module": [{"name": "ota", "sn": A1, "product_name": "Bambu Lab A1"}],
            }
        },
        "pushall": report(msg=0, gcode_state="IDLE", bed_temper=20.0),
        "deltas": [
            {"name": "begins", **report(gcode_state="PREPARE", subtask_name="x")},
            report(gcode_state="RUNNING", mc_percent=4),
            {"print": {"command": "extrusion_cali_get", "nozzle_diameter": "0.8"}},
            {"print": {"bed_temper": 60.5}},
            "nonsense",
        ],
    }
    data = orjson.dumps(body)
    state, _events = replay(load(data).records)
    assert state.model is not None
    assert (state.model.id, state.model.serial) == ("a1", A1)
    assert state.activity is Activity.PRINTING
    assert state.temperatures.bed is not None
    assert state.temperatures.bed.current_c == 60.5
    assert state.nozzles == ()
    assert names(data) == ["PrintStarted"]


def test_a_cancelled_print_in_a_document_without_a_clock() -> None:
    body = {
        "pushall": report(msg=0, gcode_state="RUNNING", mc_percent=40),
        "deltas": [
            report(gcode_state="FAILED", print_error=0),
            report(mc_percent=0),
            report(print_error=CANCELLED),
        ],
    }
    assert ends(orjson.dumps(body)) == [PrintResult.CANCELLED]


def test_a_failed_print_at_the_end_of_a_document() -> None:
    body = {
        "pushall": report(msg=0, gcode_state="RUNNING"),
        "deltas": [report(gcode_state="FAILED")],
    }
    assert ends(orjson.dumps(body)) == [PrintResult.FAILED]


def test_a_bare_report_is_a_document_too() -> None:
    state, _events = replay(load(orjson.dumps(report(gcode_state="PAUSE"))).records)
    assert state.activity is Activity.PAUSED


def test_lines_of_a_whole_job() -> None:
    data = b"\n".join(
        [
            line(0, report(msg=0, gcode_state="FINISH", mc_percent=100)),
            line(
                1,
                {"print": {"command": "project_file"}},
                direction="out",
                topic="request",
            ),
            line(2, {"print": {"command": "project_file", "result": "success"}}),
            line(3, report(gcode_state="IDLE")),
            line(9, report(gcode_state="PREPARE", subtask_id="77")),
            line(40, report(gcode_state="RUNNING", mc_percent=0), direction="recv"),
            b"",
            line(90, report(gcode_state="FINISH", mc_percent=100)),
        ]
    )
    assert names(data) == ["PrintStarted", "PrintEnded"]


def test_a_recording_may_begin_in_the_middle() -> None:
    data = b"\n".join(
        [
            line(0, report(bed_temper=60.0)),
            line(2, report(mc_percent=50)),
            line(4, report(gcode_state="RUNNING")),
            line(6, report(msg=0, gcode_state="RUNNING", mc_percent=51)),
        ]
    )
    state, events = replay(load(data).records)
    assert state.activity is Activity.PRINTING
    assert events == ()


def test_payloads_may_be_strings() -> None:
    payload = orjson.dumps(report(gcode_state="PAUSE")).decode()
    data = line(0, payload) + b"\n" + line(1, "not json")
    state, _events = replay(load(data).records)
    assert state.activity is Activity.PAUSED


@pytest.mark.parametrize(
    "stop",
    [
        line(2, {"print": {"command": "stop"}}, direction="out", topic="request"),
        line(2, {"print": {"command": "stop"}}, direction="send", topic="request"),
        line(2, {"print": {"command": "stop"}}, direction="recv", topic="request"),
        line(2, {"print": {"command": "stop", "result": "success"}}),
    ],
)
def test_a_stop_in_the_recording_makes_it_a_cancel(stop: bytes) -> None:
    data = b"\n".join(
        [
            line(0, report(msg=0, gcode_state="RUNNING")),
            stop,
            line(3, report(gcode_state="FAILED", print_error=0)),
        ]
    )
    assert ends(data) == [PrintResult.CANCELLED]


def test_a_stop_that_was_refused_does_not() -> None:
    data = b"\n".join(
        [
            line(0, report(msg=0, gcode_state="RUNNING")),
            line(2, {"print": {"command": "stop", "result": "FAIL"}}),
            line(3, report(gcode_state="FAILED")),
        ]
    )
    assert ends(data) == [PrintResult.FAILED]


def test_the_cancel_code_counts_by_the_recordings_clock() -> None:
    begin = line(0, report(msg=0, gcode_state="RUNNING"))
    failed = line(10, report(gcode_state="FAILED", print_error=0))
    code = report(print_error=CANCELLED)
    assert ends(b"\n".join([begin, failed, line(14, code)])) == [PrintResult.CANCELLED]
    between = line(17, report(wifi_signal="-40dBm"))
    assert ends(b"\n".join([begin, failed, between, line(18, code)])) == [
        PrintResult.FAILED
    ]


def test_a_job_that_begins_at_the_very_end_is_told() -> None:
    data = b"\n".join(
        [
            line(0, report(msg=0, gcode_state="RUNNING")),
            line(1, report(gcode_state="FAILED")),
            line(2, report(gcode_state="RUNNING")),
        ]
    )
    assert names(data) == ["PrintEnded", "PrintStarted"]


def test_other_topics_and_requests_are_no_state() -> None:
    other = {"topic": "device/X/y", "payload": report(gcode_state="PAUSE")}
    data = b"\n".join(
        [
            line(0, report(gcode_state="IDLE")),
            line(1, report(gcode_state="PAUSE"), topic="request"),
            line(2, report(gcode_state="PAUSE"), direction="out"),
            orjson.dumps({"ts": 3.0, "direction": "in", **other}),
        ]
    )
    state, _events = replay(load(data).records)
    assert state.activity is Activity.IDLE


def test_a_refused_command_shows() -> None:
    refused = {"command": "pause", "result": "failed", "err_code": 0x0502_4007}
    data = line(0, report(gcode_state="IDLE")) + b"\n" + line(1, {"print": refused})
    state, _events = replay(load(data).records)
    assert state.control == "refused"


@pytest.mark.parametrize(
    "bad",
    [
        b"{",
        b"[]",
        b"7",
        b"\xff\xfe\xfd",
        b'{"ts": "soon", "direction": "in", "topic": "a/b/c", "payload": {}}',
        b'{"ts": -1, "direction": "in", "topic": "a/b/c", "payload": {}}',
        b'{"ts": 1e300, "direction": "in", "topic": "a/b/c", "payload": {}}',
        b'{"ts": 1, "direction": "up", "topic": "a/b/c", "payload": {}}',
        b'{"ts": 1, "direction": ["in"], "topic": "a/b/c", "payload": {}}',
        b'{"ts": 1, "direction": "in", "topic": 7, "payload": {}}',
        b'{"ts": 1, "direction": "in", "topic": "a/b/c", "payload": 7}',
        b"[" * 5000,
    ],
)
def test_bad_lines_are_counted(bad: bytes) -> None:
    good = line(0, report(gcode_state="IDLE"))
    recording = load(b"\n".join([good, bad, good]))
    assert recording.bad_lines == (2,)
    assert len(recording.records) == 2


def test_time_never_runs_backwards() -> None:
    data = line(50, report()) + b"\n" + line(10, report())
    first, second = load(data).records
    assert second.at_s == first.at_s


def test_several_printers() -> None:
    data = b"\n".join(
        [
            line(0, report(gcode_state="IDLE"), serial=A1),
            line(0, report(gcode_state="PAUSE"), serial=H2S),
            line(1, report(gcode_state="FINISH"), serial=A1, printer_id="left"),
            line(2, report(gcode_state="IDLE"), serial="S", printer_id="one"),
            line(2, report(gcode_state="IDLE"), serial="S", printer_id="two"),
            line(2, report(gcode_state="IDLE"), serial="S"),
        ]
    )
    printers = by_printer(load(data).records)
    assert {name: len(own) for name, own in printers.items()} == {
        "left": 2,
        H2S: 1,
        "one": 1,
        "two": 1,
        "S": 1,
    }


@pytest.mark.parametrize(
    "data", [b"", b"null", b"[]", b"{}", b"\x00\xff", b'{"deltas": 3}']
)
def test_nothing_in_it(data: bytes) -> None:
    recording = load(data)
    assert recording.records == ()
    state, events = replay(recording.records)
    assert (state.activity, events) == (None, ())


def run(tmp_path: Path, data: bytes, *options: str) -> Result:
    file = tmp_path / "recording.jsonl"
    file.write_bytes(data)
    return CliRunner().invoke(main, ["replay", "bambu", str(file), *options])


def test_the_command_prints_the_state_as_json(tmp_path: Path) -> None:
    result = run(
        tmp_path, line(0, report(gcode_state="PAUSE", subtask_name="b\u00e4r"))
    )
    assert result.exit_code == 0
    state = orjson.loads(result.stdout_bytes)
    assert (state["activity"], state["job"]["name"]) == ("paused", "b\u00e4r")
    assert result.stderr == ""


def test_the_command_prints_events_in_order(tmp_path: Path) -> None:
    data = b"\n".join(
        [
            line(0, report(gcode_state="IDLE")),
            line(1, report(gcode_state="RUNNING")),
            line(2, report(gcode_state="FINISH")),
        ]
    )
    told = orjson.loads(run(tmp_path, data, "--events").stdout_bytes)
    assert told["state"]["activity"] == "finished"
    assert [event["name"] for event in told["events"]] == ["PrintStarted", "PrintEnded"]
    assert told["events"][1]["result"] == "finished"
    assert told["events"][0]["printer_id"] == A1


def test_the_command_tells_printers_apart(tmp_path: Path) -> None:
    data = b"\n".join(
        [
            line(0, report(gcode_state="IDLE"), serial=A1),
            line(0, report(gcode_state="PAUSE"), serial=H2S),
        ]
    )
    both = orjson.loads(run(tmp_path, data).stdout_bytes)
    assert {name: state["activity"] for name, state in both.items()} == {
        A1: "idle",
        H2S: "paused",
    }
    one = orjson.loads(run(tmp_path, data, "--printer", H2S).stdout_bytes)
    assert one["activity"] == "paused"


def test_the_command_reports_bad_lines_beside_the_json(tmp_path: Path) -> None:
    result = run(tmp_path, line(0, report(gcode_state="IDLE")) + b"\nrubbish\n\xff")
    assert result.exit_code == 0
    assert "2 lines are no records" in result.stderr
    assert orjson.loads(result.stdout_bytes)["activity"] == "idle"


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (b"", ()),
        (b"\x00\xff\x00", ()),
        (b"{}", ()),
        (line(0, report()), ("--printer", "nobody")),
    ],
)
def test_the_command_says_when_there_is_nothing(
    tmp_path: Path, data: bytes, options: tuple[str, ...]
) -> None:
    result = run(tmp_path, data, *options)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "no reports" in result.stderr


def test_the_command_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(main, ["replay", "bambu", str(tmp_path)]).exit_code == 2
    assert runner.invoke(main, ["replay", "bambu", "absent.json"]).exit_code == 2
    assert runner.invoke(main, ["replay", "abacus", str(tmp_path)]).exit_code == 2


@needs_captures
@pytest.mark.parametrize("name", captures())
def test_the_command_reads_captures(name: str) -> None:
    path = str(capture_path(name))
    result = CliRunner().invoke(main, ["replay", "bambu", path, "--events"])
    assert result.exit_code == 0
    told = orjson.loads(result.stdout_bytes)
    assert told["state"]["activity"]
    assert "PrintStarted" not in {event["name"] for event in told["events"]}
