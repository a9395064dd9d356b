import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.prusalink.protocol.answers import Drive
from odin_engine.drivers.printers.prusalink.protocol.files import (
    is_printable,
    may_be_path,
    path_of,
    reference,
    upload_within_s,
)
from odin_engine.drivers.printers.prusalink.protocol.pace import Pace
from odin_engine.drivers.printers.prusalink.protocol.wording import Deed, rejection
from odin_engine.printers.model import Activity
from tests.fuzzing import fuzzed

USB = Drive("usb")


@pytest.mark.parametrize(
    ("name", "is_fine"),
    [
        ("part.gcode", True),
        ("Part one (2).BGCODE", True),
        ("größe.gcode", True),
        ("part.3mf", False),
        ("part.gcode.txt", False),
        ("../part.gcode", False),
        ("a/part.gcode", False),
        ("a:b.gcode", False),
        (".part.gcode", False),
        ("part\n.gcode", False),
        ("", False),
        (f"{'x' * 300}.gcode", False),
    ],
)
def test_which_names_a_printer_takes(name: str, *, is_fine: bool) -> None:
    assert is_printable(name) is is_fine


def test_a_path_is_quoted_part_by_part() -> None:
    assert path_of(USB, "a b/größe (1).gcode") == (
        "/api/v1/files/usb/a%20b/gr%C3%B6%C3%9Fe%20%281%29.gcode"
    )
    assert path_of(USB, "/sdcard/a.g") == "/api/v1/files/sdcard/a.g"
    assert path_of(USB, "") == "/api/v1/files/usb/"


@pytest.mark.parametrize("name", ["", "a//b", "../a", "a/./b", "a\nb", "/"])
def test_names_that_lead_elsewhere_are_no_paths(name: str) -> None:
    assert not may_be_path(name)


@fuzzed(200)
@given(st.text())
def test_no_name_leaves_its_folder(name: str) -> None:
    if may_be_path(name):
        path = path_of(USB, name)
        assert path.isascii()
        assert "?" not in path
        assert not {"..", "."} & set(path.split("/"))


def test_a_reference_is_asked_for_as_it_was_given() -> None:
    assert reference("/thumb/l/usb/BOX~1.BGC") == "/thumb/l/usb/BOX~1.BGC"
    assert reference("/api/thumbnails/local/a%20b.png") == (
        "/api/thumbnails/local/a%20b.png"
    )
    assert reference("/thumb/größe 1.png") == "/thumb/gr%C3%B6%C3%9Fe%201.png"


def test_a_slow_stick_gets_its_time() -> None:
    assert upload_within_s(0) == 60
    assert upload_within_s(150_000_000) == 1060


@pytest.mark.parametrize(
    ("activity", "is_quick", "gap_s"),
    [
        (None, False, 20),
        (Activity.IDLE, False, 20),
        (Activity.FINISHED, False, 20),
        (Activity.PRINTING, False, 5),
        (Activity.PAUSED, False, 5),
        (Activity.ATTENTION, False, 5),
        (Activity.PREPARING, False, 2),
        (Activity.IDLE, True, 2),
        (Activity.PRINTING, True, 2),
    ],
)
def test_how_often_to_look(
    activity: Activity | None, gap_s: float, *, is_quick: bool
) -> None:
    assert Pace().gap_s(activity, is_quick=is_quick) == gap_s


@pytest.mark.parametrize("deed", list(Deed))
@pytest.mark.parametrize(
    "code", [400, 401, 403, 404, 408, 409, 411, 413, 415, 422, 431, 500, 501, 503, 507]
)
def test_every_refusal_is_a_sentence(deed: Deed, code: int) -> None:
    error = rejection(deed, code, b'{"message": "No room"}')
    assert error.device_code == str(code)
    assert error.message.endswith("It says: No room")
    assert len(error.message) > 40


def test_a_refusal_that_nobody_foresaw_says_its_number() -> None:
    assert rejection(Deed.START, 418, b"").message == "The printer refused (HTTP 418)."
