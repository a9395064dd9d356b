"""What is read from answers: identity, profiles, cameras, plugins, files."""

from typing import Any

import pytest

from odin_engine.drivers.printers.octoprint.protocol import answers
from odin_engine.drivers.printers.octoprint.protocol.document import (
    Document,
    Webcam,
)
from odin_engine.printers.model import (
    CameraKind,
    CommandKind,
    Heat,
    LinkStatus,
    PowerDevice,
    Sensor,
    SensorKind,
)
from tests.engine.drivers.octoprint.said import (
    AT,
    OPERATIONAL,
    PRINTING,
    Story,
    current,
    event,
)


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        ("OctoPrint 1.11.8", True),
        ("OctoPrint 2.0.0rc1", True),
        ("OctoPrint (Moonraker v0.3.1-12)", False),
        ("OctoPrint 1.4.2 (Moonraker)", False),
        ("PrusaLink", False),
        ("PrusaLink 0.7.2", False),
        ("", False),
        (7, False),
        (None, False),
    ],
)
def test_only_octoprint_is_octoprint(text: object, *, is_it: bool) -> None:
    assert answers.is_octoprint({"server": "1", "text": text}) is is_it


def test_temperatures_by_profile() -> None:
    story = Story()
    profile = {
        "default": True,
        "current": True,
        "model": "XL",
        "name": "Mine",
        "heatedBed": True,
        "heatedChamber": True,
        "extruder": {"count": 2, "sharedNozzle": False},
    }
    story.answer({"profiles": {"_default": profile}})
    heats = {
        "tool0": {"actual": 200.1, "target": 210},
        "tool1": {"actual": 25.0, "target": None},
        "bed": {"actual": 60, "target": 60.0},
        "chamber": {"actual": 31.0, "target": 0},
        "BRD": {"actual": 44.4, "target": None},
        "tool99": {"actual": 1, "target": 1},
        "broken": 7,
    }
    state = story.push(current(heats=heats, currentTool=1))
    assert state.temperatures.nozzles == (Heat(200.1, 210), Heat(25.0, None))
    assert state.temperatures.bed == Heat(60, 60)
    assert state.temperatures.chamber == Heat(31, 0)
    assert Sensor("BRD", SensorKind.TEMPERATURE, 44.4) in state.sensors
    assert [nozzle.is_active for nozzle in state.nozzles] == [False, True]
    assert state.capabilities.heads == 2
    assert state.capabilities.chamber_max_c == 60
    assert CommandKind.SELECT_TOOL in state.capabilities.commands
    assert state.model is not None
    assert state.model.name == "XL"
    # No sample is no news.
    assert story.push(current()).temperatures == state.temperatures


def test_a_mixing_hotend_has_one_heater_and_many_tools() -> None:
    story = Story()
    extruder = {"count": 3, "sharedNozzle": True}
    story.answer({"profiles": {"a": {"default": True, "extruder": extruder}}})
    state = story.push(current(heats={"tool0": {"actual": 20, "target": 0}}))
    assert len(state.temperatures.nozzles) == 1
    assert state.capabilities.heads == 3


def test_a_chamber_that_is_not_there_is_not_shown() -> None:
    heats = {
        "tool0": {"actual": 20, "target": 0},
        "chamber": {"actual": None, "target": None},
    }
    state = Story().push(current(heats=heats))
    assert state.temperatures.chamber is None
    assert CommandKind.SET_CHAMBER_TEMPERATURE not in state.capabilities.commands


def test_what_the_key_may_not_is_not_offered() -> None:
    story = Story()
    story.answer({"name": "me", "session": "s", "needs": {"role": ["status", "print"]}})
    commands = story.push(current()).capabilities.commands
    assert CommandKind.PAUSE in commands
    assert CommandKind.JOG not in commands
    assert CommandKind.START_PRINT not in commands
    assert not story.state.capabilities.has_console
    story.answer({"name": "me", "session": "s", "needs": {"role": ["admin"]}})
    assert CommandKind.JOG in story.push(current()).capabilities.commands


def _camera(webcam: dict[str, Any]) -> tuple[Webcam, ...]:
    document = answers.fold(
        Document(host="192.0.2.7"),
        {"webcam": webcam, "plugins": {}},
        AT,
    )
    return document.webcams


@pytest.mark.parametrize(
    ("snapshot", "stream", "ways"),
    [
        (
            "http://127.0.0.1:8080/?action=snapshot",
            "/webcam/?action=stream",
            [
                (None, "/webcam/?action=snapshot"),
                (8080, "/?action=snapshot"),
                (None, "/webcam/?action=stream"),
            ],
        ),
        ("http://localhost/shot.jpg", None, [(80, "/shot.jpg")]),
        ("http://192.0.2.7:81/a", None, [(81, "/a")]),
        ("https://192.0.2.7/a?b=c", None, [(443, "/a?b=c")]),
        ("http://192.0.2.8/a", None, []),
        ("http://192.0.2.7:99999/a", None, []),
        ("file:///etc/passwd", None, []),
        ("http://octopi.local/a", None, []),
        (None, "webrtc://192.0.2.7:8889/cam", []),
        (None, "/hls/stream.m3u8", []),
        ("//evil.example/a", None, []),
    ],
)
def test_where_pictures_are(
    snapshot: str | None, stream: str | None, ways: list[tuple[int | None, str]]
) -> None:
    old = _camera({"snapshotUrl": snapshot, "streamUrl": stream})
    compat = {"snapshot": snapshot, "stream": stream}
    new = _camera({"webcams": [{"name": "w", "compat": compat}]})
    for webcams in (old, new):
        assert [(each.port, each.path) for each in webcams[0].pictures] == ways
        assert bool(webcams[0].unavailable_because) is not bool(ways)


def test_a_camera_that_gives_no_pictures_says_why() -> None:
    story = Story()
    story.answer({"webcam": {"streamUrl": "webrtc://x"}, "plugins": {}})
    camera = story.state.cameras[0]
    assert (camera.kind, camera.is_available) == (CameraKind.STREAM, False)
    assert "WebRTC" in (camera.unavailable_because or "")
    story.answer({"webcam": {"webcamEnabled": False, "streamUrl": "/webcam/"}})
    assert "switched off" in (story.state.cameras[0].unavailable_because or "")
    story.answer({"webcam": {"webcams": []}})
    assert story.state.cameras == ()


def test_plugins_by_presence() -> None:
    story = Story()
    assert story.push(current()).power_devices == ()
    state = story.answer({"webcam": {}, "plugins": {"psucontrol": {}}})
    assert CommandKind.SET_POWER in state.capabilities.commands
    story.answer({"isPSUOn": True})
    assert story.state.power_devices == (PowerDevice("printer", is_on=True),)
    power = {"plugin": "psucontrol", "data": {"isPSUOn": False}}
    story.push({"plugin": power})
    assert story.state.power_devices[0].is_on is False
    story.push(current(PRINTING, completion=4.0))
    assert story.state.power_devices[0].is_locked
    layers = {"currentLayer": "7", "totalLayer": "90"}
    story.push({"plugin": {"plugin": "DisplayLayerProgress", "data": layers}})
    assert story.state.job is not None
    assert (story.state.job.layer, story.state.job.total_layers) == (7, 90)
    story.answer({"layer": {"current": "-", "total": "-"}})
    assert story.state.job.layer is None


def test_factors_and_fan_as_they_were_sent() -> None:
    story = Story()
    story.push(current())
    logs = [
        "Send: N5 M220 S130*77",
        "Send: M221 S95",
        "Recv: ok",
        "Send: N6 M106 S128*12",
        "Send: M106 P1 S255",
        "Send: N7 M104 S220*1",
        7,
    ]
    state = story.push(current(logs=logs))
    assert state.speed is not None
    assert (state.speed.percent, state.speed.flow_pct) == (130, 95)
    assert state.fans.part_pct == 50
    assert story.push(current(logs=[">>> N3 M106 S26*9"])).fans.part_pct == 10
    assert story.push(current(logs=["Send: M107"])).fans.part_pct == 0
    assert story.push(current(logs=["Send: M106"])).fans.part_pct == 100
    # A machine that was connected anew was reset.
    assert story.push(event("Connected"), current()).speed is None


def test_filament_by_how_much_is_printed() -> None:
    lengths = {"tool0": {"length": 900.0}, "tool1": {"length": 100.0}, "x": None}
    story = Story()
    state = story.push(current(PRINTING, completion=25.0, filament=lengths))
    assert state.job is not None
    assert state.job.used_mm == 250
    empty = {"length": None, "volume": None}
    state = story.push(current(PRINTING, completion=25.0, filament=empty))
    assert state.job is not None
    assert state.job.used_mm is None


def test_an_away_answer_does_not_hide_an_error() -> None:
    story = Story()
    story.push(current({"closedOrError": True, "error": True}, error="dead"))
    story.answer({"error": "Printer is not operational"})
    assert story.state.faults[0].text == "dead"
    assert story.state.link is LinkStatus.ONLINE
    assert story.push(current(OPERATIONAL)).faults == ()


def test_listings() -> None:
    inner = {"type": "machinecode", "path": "a/b.gcode", "size": 7, "date": 1}
    listing = {
        "files": [
            {"type": "folder", "path": "a", "children": [inner, 7]},
            {"type": "model", "path": "c.stl"},
            {"type": "machinecode", "name": "d.gcode", "size": -1, "date": "x"},
            {"type": "machinecode"},
        ]
    }
    files = answers.stored_files(listing)
    assert {file.name: file.size_bytes for file in files} == {
        "a/b.gcode": 7,
        "d.gcode": None,
    }
    films = answers.recordings({"files": [{"name": "a.mp4", "bytes": 3}, {}]})
    assert [(film.name, film.size_bytes) for film in films] == [("a.mp4", 3)]


@pytest.mark.parametrize(
    ("answer", "path"),
    [
        ({"files": {"local": {"name": "a", "path": "x/a"}}}, "x/a"),
        ({"file": {"name": "a"}}, "a"),
        ({"done": True}, None),
        ([], None),
    ],
)
def test_where_an_upload_lies(answer: object, path: str | None) -> None:
    assert answers.stored_path(answer) == path
