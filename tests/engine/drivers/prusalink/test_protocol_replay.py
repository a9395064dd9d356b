import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.prusalink.family import PrusaLinkFamily
from odin_engine.drivers.printers.prusalink.protocol.replay import (
    read_recording,
    replay,
    sanitise,
)
from odin_engine.drivers.recording import write_lines
from odin_engine.printers.model import Activity, Heat, LinkStatus, PrinterState, Storage
from odin_engine.printers.ports import Record
from tests.engine.drivers.prusalink.captures import (
    capture,
    capture_bytes,
    captures,
    needs_captures,
)
from tests.engine.drivers.prusalink.talk import job, status
from tests.fuzzing import fuzzed


def line(at_s: float, topic: str, payload: object, direction: str = "in") -> Record:
    assert isinstance(payload, dict | str)
    return Record(at_s, direction, topic, payload)


STORY = (
    line(0, "GET /api/v1/status", status("IDLE")),
    line(9, "POST /api/v1/files/usb/box.bgcode", "", "out"),
    line(10, "POST /api/v1/files/usb/box.bgcode 204", ""),
    line(12, "GET /api/v1/job", job(7, "box.bgcode")),
    line(12, "GET /api/v1/status", status("PRINTING", 7, 10, 900, 30)),
    line(15, "GET /api/v1/status 503", "Not ready"),
    line(20, "DELETE /api/v1/job/7 204", ""),
    line(25, "GET /api/v1/status", status("PRINTING", 7, 99, 10, 900)),
    line(30, "GET /api/v1/status", status("IDLE")),
    line(31, "nonsense", "?"),
    line(32, "GET /api/v1/status", "{"),
)


def test_a_recording_tells_its_story() -> None:
    state, events = replay(STORY)
    assert state.activity is Activity.IDLE
    assert state.link is LinkStatus.ONLINE
    assert [type(each).__name__ for each in events] == [
        "LinkChanged",
        "PrintStarted",
        "LinkChanged",
        "LinkChanged",
        "PrintEnded",
    ]
    assert getattr(events[-1], "result", None) == "cancelled"


def test_lines_are_read_as_they_are_written() -> None:
    recording = read_recording(write_lines(STORY))
    assert recording.records == STORY
    assert recording.bad_lines == ()
    assert replay(recording.records) == replay(STORY)


def test_one_printer_of_several_is_replayed() -> None:
    mine = Record(0, "in", "GET /api/v1/status", status("IDLE"), "a")
    theirs = Record(1, "in", "GET /api/v1/status", status("PRINTING", 1), "b")
    state, _ = replay((mine, theirs))
    assert state.activity is Activity.IDLE


def test_an_object_of_documents_by_path_is_a_recording() -> None:
    body = {
        "/api/v1/status": status("PRINTING", 7, 10),
        "GET /api/v1/job": job(7, "box.bgcode"),
        "note": "anything",
    }
    state, _ = replay(read_recording(orjson.dumps(body)).records)
    assert state.job is not None
    assert state.job.name == "box.bgcode"
    assert state.activity is Activity.PRINTING


def test_nothing_is_a_state_too() -> None:
    assert replay(())[0].activity is None


@fuzzed(200)
@given(st.binary(max_size=300))
def test_any_file_is_a_recording(data: bytes) -> None:
    replay(read_recording(data).records)


@fuzzed(200)
@given(
    st.lists(
        st.builds(
            Record,
            st.floats(0, 2e9),
            st.sampled_from(["in", "out"]),
            st.sampled_from(["GET /api/v1/status", "GET /api/v1/job 204", "x", "GET /"])
            | st.text(),
            st.text(max_size=20)
            | st.dictionaries(st.text(), st.integers() | st.text(), max_size=3),
        ),
        max_size=5,
    )
)
def test_any_records_end_in_a_state(records: list[Record]) -> None:
    orjson.dumps(replay(records)[0])


def test_what_names_people_is_replaced() -> None:
    records = [
        line(
            0,
            "GET /api/v1/info",
            {"serial": "10589-3742441633914285", "hostname": "ada", "name": "Ada's"},
        ),
        line(1, "GET /api/version", {"api": "2.0.0", "hostname": "prusa-mk4"}),
        line(2, "GET /api/v1/job", job(7, "for ada.bgcode", refs={"icon": "/t/A~1"})),
        line(3, "GET /api/v1/status", status("PRINTING", 7, 10)),
        line(4, "PUT /api/v1/files/usb/for%20ada.bgcode", "key 12345678"),
    ]
    cleaned, counts = sanitise(records, ["12345678"])
    text = write_lines(cleaned).decode().lower()
    for word in ("ada", "3742441633914285", "12345678", "short~1"):
        assert word not in text
    assert "prusa-mk4" in text
    assert counts["serial"] == 1
    before, after = replay(records)[0], replay(cleaned)[0]
    assert before.activity is after.activity
    assert after.model is not None
    assert after.model.name == "MK4"


def test_folders_and_what_lies_in_them_are_replaced() -> None:
    child = {"name": "ADA~1", "display_name": "ada's box.gcode", "refs": {"icon": "x"}}
    body = {"type": "FOLDER", "display_name": "ada", "children": [child, "ada~2"]}
    pi = job(7, "box.gcode", path="/PrusaLink gcodes/ada/box.gcode")
    records = [line(0, "GET /api/v1/files/usb/x", body), line(1, "GET /api/v1/job", pi)]
    cleaned, _ = sanitise(records, [])
    text = write_lines(cleaned[1:]).decode().lower()
    assert "ada" not in text
    assert "prusalink gcodes" in text
    assert "ada's" not in write_lines(cleaned).decode().lower()


@needs_captures
class TestCaptures:
    @pytest.mark.parametrize("kind", ["buddy", "einsy"])
    def test_what_is_cleaned_tells_the_same(self, kind: str) -> None:
        body = [
            capture(f"{kind}_{name}.json")
            for name in ("version", "v1_info", "v1_storage", "v1_job", "v1_status")
        ]
        records = read_recording(orjson.dumps(body)).records
        cleaned, counts = sanitise(records, [])
        before, after = replay(records)[0], replay(cleaned)[0]
        assert counts["serial"] == 1
        assert after.activity is before.activity
        assert after.storage is before.storage
        assert after.temperatures == before.temperatures
        assert before.model is not None
        assert after.model is not None
        assert after.model.name == before.model.name
        assert after.model.serial != before.model.serial

    def test_every_capture_is_read_and_replayed(self) -> None:
        family = PrusaLinkFamily()
        assert captures()
        for name in captures():
            recording = family.read_recording(capture_bytes(name))
            assert recording.bad_lines == ()
            state, _ = family.replay(recording.records)
            orjson.dumps(state)
            family.sanitise(recording.records, [])

    def state(self, *names: str) -> PrinterState:
        body = [capture(name) for name in names]
        return replay(read_recording(orjson.dumps(body)).records)[0]

    def test_the_firmware_at_rest(self) -> None:
        state = self.state(
            "buddy_version.json",
            "buddy_v1_info.json",
            "buddy_v1_storage.json",
            "buddy_v1_status.json",
        )
        assert state.activity is Activity.IDLE
        assert state.job is None
        assert state.temperatures.nozzles == (Heat(22.0, 0.0),)
        assert state.model is not None
        assert state.model.name == "MK3.9"
        assert state.model.serial == "10859-0000000000000000"
        assert state.storage is Storage.OK
        assert state.nozzles[0].diameter_mm == 0.4

    def test_the_job_of_the_firmware(self) -> None:
        state = self.state("buddy_v1_job.json")
        assert state.activity is Activity.PRINTING
        assert state.job is not None
        assert (state.job.progress_pct, state.job.remaining_s) == (0, 20_100)
        assert state.job.external_id == "109"
        assert state.job.name is not None
        assert state.job.name.startswith("multiple_grots")
        assert state.job.file == f"/usb/{state.job.name}"

    def test_the_firmware_asks_for_somebody(self) -> None:
        state = self.state("buddy_v1_status_attention.json")
        assert state.activity is Activity.PAUSED
        assert state.prompt is not None
        assert state.job is not None
        assert state.job.external_id == "42"

    def test_the_firmware_has_finished(self) -> None:
        state = self.state("buddy_v1_status_finished.json")
        assert state.activity is Activity.FINISHED

    def test_the_pi_while_it_prints(self) -> None:
        state = self.state(
            "einsy_version.json",
            "einsy_v1_info.json",
            "einsy_v1_storage.json",
            "einsy_v1_cameras.json",
            "einsy_v1_job.json",
            "einsy_v1_status.json",
        )
        assert state.activity is Activity.PRINTING
        assert state.model is not None
        assert state.model.name == "MK3S"
        assert state.firmware.version == "3.13.1-6876"
        assert state.storage is Storage.OK
        assert state.cameras == ()
        assert state.job is not None
        assert state.job.file == "/SD Card/fosdem_0.2mm_PLA,PLA_MK3SMMU3_7h16m.gcode"
        assert state.job.remaining_s == 26_040

    @pytest.mark.parametrize("name", ["sl_version.json", "sl_printer.json"])
    def test_a_resin_printer_is_no_state(self, name: str) -> None:
        assert self.state(name).activity is None
