"""What an owner may say about a printer."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.kernel.errors import Invalid
from odin_engine.printers.model.record import (
    Access,
    Plate,
    PlateState,
    Printer,
    checked,
    checked_access,
    checked_tag,
    with_tag,
    without_tag,
)
from tests.fuzzing import fuzzed

PRINTER = Printer("p1", "Anna", "memory", "10.0.0.1", datetime(2026, 1, 1, tzinfo=UTC))


def test_the_normal_form() -> None:
    told = replace(
        PRINTER,
        name="  Büro\u0308 ",
        host=" Printer.LOCAL ",
        serial=" 01p00a123456789 ",
        tags=("PLA", " pla ", "Rack 1"),
        notes=" two\nlines ",
    )
    normal = checked(told)
    assert normal.name == "B\u00fcr\u00f6"
    assert normal.host == "printer.local"
    assert normal.serial == "01P00A123456789"
    assert normal.tags == ("PLA", "Rack 1")
    assert normal.notes == "two\nlines"
    assert checked(normal) == normal


@pytest.mark.parametrize(
    "host",
    ["printer", "a.b-c.local", "192.168.1.20", "fd00::1", "[fd00::1]", "_x.lan", "A1"],
)
def test_hosts(host: str) -> None:
    assert checked(replace(PRINTER, host=host)).host == host.strip("[]").lower()


@pytest.mark.parametrize(
    "host",
    [
        "",
        " ",
        "http://printer",
        "printer/path",
        "printer:8883",
        "user@printer",
        "192.168.1.300",
        "1.2.3",
        "-printer",
        "printer-",
        "a..b",
        "a b",
        "prínter",
        "x" * 254,
        "x" * 64,
        "a\nb",
        "fe80::1%a/b",
    ],
)
def test_what_is_no_host(host: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(replace(PRINTER, host=host))
    assert [problem.pointer for problem in refused.value.problems] == ["/host"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "   "}, "/name"),
        ({"name": "x" * 81}, "/name"),
        ({"name": "a\x07b"}, "/name"),
        ({"name": "a\nb"}, "/name"),
        ({"name": "evil\u202egnp"}, "/name"),
        ({"name": "a\ud800"}, "/name"),
        ({"serial": "a/b"}, "/serial"),
        ({"serial": "#"}, "/serial"),
        ({"serial": "+"}, "/serial"),
        ({"serial": "X" * 65}, "/serial"),
        ({"ports": {"mqtt": 0}}, "/ports/mqtt"),
        ({"ports": {"mqtt": 65536}}, "/ports/mqtt"),
        ({"ports": {"MQTT": 1}}, "/ports"),
        ({"ports": {f"p{n}": 1 for n in range(9)}}, "/ports"),
        ({"tags": ("",)}, "/tags/0"),
        ({"tags": ("ok", "x" * 33)}, "/tags/1"),
        ({"tags": tuple(map(str, range(21)))}, "/tags"),
        ({"notes": "x" * 4001}, "/notes"),
        ({"notes": "a\x1cb"}, "/notes"),
        ({"maintenance_note": "\x00"}, "/maintenance_note"),
        ({"heater_off_min": -1}, "/heater_off_min"),
        ({"heater_off_min": 1441}, "/heater_off_min"),
    ],
)
def test_what_is_refused_names_its_field(
    change: dict[str, object], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        checked(replace(PRINTER, **change))  # type: ignore[arg-type]
    assert [problem.pointer for problem in refused.value.problems] == [pointer]


def test_everything_wrong_is_named_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        checked(replace(PRINTER, name="", host="", ports={"mqtt": 0}))
    pointers = [problem.pointer for problem in refused.value.problems]
    assert pointers == ["/name", "/host", "/ports/mqtt"]


@given(st.text(max_size=100), st.text(max_size=100), st.text(max_size=70))
@fuzzed(100)
def test_hostile_text_is_refused_or_plain(name: str, host: str, serial: str) -> None:
    try:
        normal = checked(replace(PRINTER, name=name, host=host, serial=serial))
    except Invalid:
        return
    assert normal.name.isprintable()
    assert normal.host.isascii()
    assert not set(normal.host) & set("/@#?\\ ")
    assert normal.serial is None or not set(normal.serial) & set("/+#")
    normal.name.encode()


def test_secrets_are_kept_out_of_sight() -> None:
    access = checked_access(Access(" 12345678 ", " rtsps://a:b@host/live "))
    assert access == Access("12345678", "rtsps://a:b@host/live")
    assert "12345678" not in repr(access)
    assert "a:b" not in repr(access)
    assert checked_access(Access("", " ")) == Access()


@pytest.mark.parametrize(
    "access",
    [
        Access("x" * 257),
        Access("a\nb"),
        Access(None, "file:///etc/passwd"),
        Access(None, "http:///live"),
        Access(None, "http://host:99999/"),
        Access(None, "http://a b/"),
        Access(None, "javascript:alert(1)"),
        Access(None, "http://[::1"),
        Access(None, "rtsp://" + "x" * 1024),
    ],
)
def test_refused_secrets_are_not_repeated(access: Access) -> None:
    with pytest.raises(Invalid) as refused:
        checked_access(access)
    told = f"{refused.value.message} {refused.value.problems}"
    assert (access.secret or access.camera_url or "?") not in told


def test_tags_are_one_whatever_their_case() -> None:
    tagged = with_tag(with_tag(PRINTER, "PLA"), "pla")
    assert tagged.tags == ("PLA",)
    assert without_tag(tagged, "pLa").tags == ()
    assert checked_tag("  Rack  ") == "Rack"
    with pytest.raises(Invalid):
        checked_tag(" ")


def test_without_a_gate_a_plate_is_always_clear() -> None:
    occupied = Plate(is_gated=False, state=PlateState.OCCUPIED, run_id="r")
    assert checked(replace(PRINTER, plate=occupied)).plate == Plate(is_gated=False)
