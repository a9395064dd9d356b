import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.prusalink.protocol import answers
from odin_engine.drivers.printers.prusalink.protocol import document as documents
from odin_engine.drivers.printers.prusalink.protocol.answers import (
    CameraInfo,
    Drive,
    Info,
    Version,
)
from odin_engine.drivers.printers.prusalink.protocol.document import Document, hear
from odin_engine.drivers.printers.prusalink.protocol.machines import model
from odin_engine.drivers.printers.prusalink.protocol.translate import translate
from odin_engine.drivers.printers.prusalink.protocol.wording import own_words
from odin_engine.printers.model import Heat, NamedFan, Severity, Storage
from tests.engine.drivers.prusalink.talk import START, Tale, job, status
from tests.fuzzing import fuzzed

PATHS = (
    documents.VERSION,
    documents.INFO,
    documents.STATUS,
    documents.JOB,
    documents.STORAGE,
    documents.CAMERAS,
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["PRINTING", "ATTENTION", "FINISHED", "/usb/", "12", "nan"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "printer",
                    "state",
                    "job",
                    "id",
                    "progress",
                    "file",
                    "refs",
                    "path",
                    "storage",
                    "name",
                    "api",
                    "storage_list",
                    "camera_list",
                    "temp_bed",
                    "time_printing",
                    "time_remaining",
                    "display_name",
                    "config",
                    "meta",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


def test_what_the_machine_measures() -> None:
    state = Tale().status(
        "IDLE",
        temp_nozzle=215.2,
        target_nozzle=215,
        temp_bed=60.1,
        target_bed=60.0,
        speed=110,
        flow=95,
        fan_print=2500,
        fan_hotend=5000,
    )
    assert state.temperatures.nozzles == (Heat(215.2, 215.0),)
    assert state.temperatures.bed == Heat(60.1, 60.0)
    assert state.speed is not None
    assert (state.speed.percent, state.speed.flow_pct) == (110, 95)
    assert state.fans.others == (
        NamedFan("print", rpm=2500),
        NamedFan("hotend", rpm=5000),
    )


@pytest.mark.parametrize("value", [None, True, "warm", 1e9, -300, [1], {}, 1e400])
def test_a_value_out_of_shape_is_unknown(value: object) -> None:
    state = Tale().status("IDLE", temp_nozzle=value, temp_bed=21.5, speed=value)
    assert state.temperatures.nozzles == ()
    assert state.temperatures.bed == Heat(21.5, None)
    assert state.speed is None


def test_only_what_the_firmware_can_do_is_offered() -> None:
    can = Tale().status("IDLE").capabilities
    assert can.commands == ("pause", "resume", "start_print", "stop")
    assert can.fans == ()
    assert can.nozzle_max_c is None
    assert not can.has_console


@pytest.mark.parametrize(
    ("version", "info", "expected"),
    [
        (Version(printer="1.4.1", hostname="prusa-mk4"), None, "MK4S"),
        (Version(printer="7.1.0"), None, "CORE One"),
        (Version(printer="COREONEL"), None, "CORE One L"),
        (Version(original="PrusaLink I3MK3S", hostname="mk3"), None, "MK3S"),
        (Version(hostname="prusa-mk39"), None, "MK3.9"),
        (Version(hostname="prusa-mk3-5"), None, "MK3.5"),
        (Version(hostname="PrusaXL"), None, "XL"),
        (Version(hostname="Prusa_iX"), None, "iX"),
        (None, Info(hostname="prusa-mini.local"), "MINI"),
        (None, Info(hostname="prusa-core-one"), "CORE One"),
        (Version(hostname="workshop"), Info(serial="10589-1"), None),
        (Version(hostname="mk4"), None, None),
        (Version(printer="9.9.9"), None, None),
        (None, None, None),
    ],
)
def test_the_model_is_derived_or_unknown(
    version: Version | None, info: Info | None, expected: str | None
) -> None:
    assert model(version, info).name == expected


def test_one_storage_or_several() -> None:
    one = answers.parse_status(
        {"printer": {"state": "IDLE"}, "storage": {"path": "/usb/", "read_only": False}}
    )
    several = answers.parse_status(
        {
            "printer": {"state": "IDLE"},
            "storage": [
                {"path": "/local", "free_space": 27_429_449_728},
                {"path": "/sdcard", "read_only": True},
            ],
        }
    )
    assert one is not None
    assert several is not None
    assert one.drives == (Drive("usb"),)
    assert several.drives == (
        Drive("local", free_bytes=27_429_449_728),
        Drive("sdcard", is_read_only=True),
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{"path": "/usb/", "available": True}], Storage.OK),
        ([{"path": "/usb/", "available": False}], Storage.MISSING),
        ([{"path": "/usb/", "read_only": True}], Storage.READ_ONLY),
        ([], Storage.MISSING),
    ],
)
def test_what_the_storage_is(rows: list[object], expected: Storage) -> None:
    tale = Tale()
    tale.hear(documents.STORAGE, {"storage_list": rows})
    assert tale.status("IDLE").storage is expected


def test_a_storage_that_nobody_told_of_is_unknown() -> None:
    assert Tale().status("IDLE").storage is None


def test_cameras_as_a_list_or_an_object() -> None:
    rows = [
        {"camera_id": "a", "config": {"name": "Front"}, "connected": True},
        {"camera_id": "b", "connected": False},
        {"camera_id": "../b"},
        "c",
    ]
    expected = (CameraInfo("a", "Front"), CameraInfo("b", is_connected=False))
    assert answers.parse_cameras(rows) == expected
    assert answers.parse_cameras({"camera_list": rows}) == expected
    tale = Tale()
    tale.hear(documents.CAMERAS, {"camera_list": rows})
    front, back = tale.status("IDLE").cameras
    assert front.is_available
    assert not back.is_available
    assert back.unavailable_because


@pytest.mark.parametrize(
    ("file", "path"),
    [
        (
            {"name": "BOX~1.BGC", "display_name": "box one.bgcode", "path": "/usb"},
            "/usb/box one.bgcode",
        ),
        ({"name": "box.gcode", "path": "/local/box.gcode"}, "/local/box.gcode"),
        ({"name": "box.gcode", "path": "/usb/a/"}, "/usb/a/box.gcode"),
        ({"name": "box.gcode"}, "/box.gcode"),
    ],
)
def test_where_a_file_lies(file: dict[str, object], path: str) -> None:
    found = answers.parse_file(file)
    assert found is not None
    assert found.path == path


def test_a_picture_elsewhere_is_not_looked_at() -> None:
    refs = {"icon": "http://elsewhere/a.png", "thumbnail": "//elsewhere/b.png"}
    found = answers.parse_file({"name": "a.gcode", "refs": refs})
    assert found is not None
    assert (found.icon, found.thumbnail) == (None, None)


def test_what_is_said_of_a_file() -> None:
    found = answers.parse_file(
        {
            "name": "a.gcode",
            "size": "1024",
            "m_timestamp": 1_700_000_000,
            "meta": {
                "layer_height": 0.2,
                "filament_type": "PLA",
                "estimated_print_time": 26_160,
                "filament used [g]": 24.4,
                "nozzle_diameter": 0.4,
            },
        }
    )
    assert found is not None
    assert found.size_bytes == 1024
    assert (found.layer_mm, found.material, found.used_g) == (0.2, "PLA", 24.4)
    assert (found.estimated_s, found.nozzle_mm) == (26_160, 0.4)


def test_the_pi_says_when_its_machine_does_not_answer() -> None:
    trouble = {"ok": False, "message": "Serial port is silent"}
    state = Tale().status("IDLE", status_printer=trouble)
    fault = state.faults[0]
    assert fault.severity is Severity.SERIOUS
    assert "Serial port is silent" in fault.text
    assert Tale().status("IDLE", status_printer={"ok": True}).faults == ()


def test_an_error_is_a_fault() -> None:
    state = Tale().status("ERROR")
    assert [each.code for each in state.faults] == ["ERROR"]


@pytest.mark.parametrize("body", [None, 7, [], {}, {"printer": 7}, {"printer": {}}])
def test_what_is_no_status_makes_no_sense(body: object) -> None:
    assert hear(Document(), documents.STATUS, 200, body, START) is None


@pytest.mark.parametrize("code", [204, 304, 404, 500])
def test_other_answers_change_nothing(code: int) -> None:
    document = Tale()
    document.status("IDLE")
    before = document.document
    assert hear(before, documents.STATUS, code, None, START) == [before]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"title":"409: Conflict","message":"File is busy"}', "File is busy"),
        (b'{"code":"X","title":"Conflict","text":"Not printing"}', "Not printing"),
        (b'{"title":"409: Conflict"}', "Conflict"),
        (b"409: Conflict\n\nFile is busy", "Conflict File is busy"),
        (b"<html><h1>Oh</h1> no</html>", "Oh no"),
        (b"<head><style>h1 {color: red}</style></head><p>500 - Oh", "- Oh"),
        (b"", ""),
        (b"[]", ""),
        (b"\xff\xfe\x00", "\ufffd\ufffd"),
    ],
)
def test_a_refusal_s_own_words(body: bytes, words: str) -> None:
    assert own_words(body) == words


@fuzzed(200)
@given(st.sampled_from(PATHS), JSON, st.sampled_from([200, 204, 404, 503]))
def test_any_answer_is_a_state_or_refused(path: str, body: object, code: int) -> None:
    known = Tale()
    known.job(7, "box.bgcode")
    known.status("PRINTING", 7, 40, 3600, 1500)
    heard = hear(known.document, path, code, body, START)
    for document in heard or ():
        orjson.dumps(translate(document))


@fuzzed(200)
@given(st.data())
def test_a_real_status_with_one_value_changed_is_a_state(data: st.DataObject) -> None:
    numbers = {"temp_bed": 60, "speed": 100, "fan_print": 0, "flow": 100}
    body = status("PRINTING", 7, 40, 3600, 1500, **numbers)
    body["storage"] = {"path": "/usb/", "read_only": False}
    place = body[data.draw(st.sampled_from(["printer", "job", "storage"]))]
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(JSON)
    heard = hear(Document(), documents.STATUS, 200, body, START)
    assert heard is not None
    for document in heard:
        orjson.dumps(translate(document))


@fuzzed(200)
@given(st.data())
def test_a_real_job_with_one_value_changed_is_survived(data: st.DataObject) -> None:
    body = job(7, "box.bgcode", size=1, refs={"icon": "/thumb/s/usb/BOX~1.BGC"})
    place = data.draw(st.sampled_from([body, body["file"], body["file"]["refs"]]))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(JSON)
    answers.parse_job(body)


@fuzzed(200)
@given(st.binary(max_size=200))
def test_any_refusal_has_printable_words(body: bytes) -> None:
    assert own_words(body).isprintable()


@fuzzed(200)
@given(JSON)
def test_any_folder_is_a_list(body: object) -> None:
    for child in answers.parse_folder(body):
        assert "/" not in child.name
