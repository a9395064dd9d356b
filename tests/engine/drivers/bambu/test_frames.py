import struct

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.bambu.protocol import frames
from tests.fuzzing import fuzzed

_NOTIFY = (
    b"NOTIFY * HTTP/1.1\r\n"
    b"HOST: 239.255.255.250:1900\r\n"
    b"location: 192.0.2.10\r\n"
    b"NT: urn:bambulab-com:device:3dprinter:1\r\n"
    b"USN: 01P00A000000001\r\n"
    b"DevModel.bambu.com: C12\r\n"
    b"DevName.bambu.com: Front left\r\n"
    b"DevVersion.bambu.com: 01.07.00.00\r\n\r\n"
)


def test_an_announcement_is_read_whatever_the_case_of_its_headers() -> None:
    assert frames.parse_announcement(_NOTIFY) == frames.Announcement(
        serial="01P00A000000001",
        host="192.0.2.10",
        model="C12",
        name="Front left",
        version="01.07.00.00",
    )


def test_an_answer_to_a_search_is_an_announcement_too() -> None:
    answer = _NOTIFY.replace(b"NOTIFY * HTTP/1.1", b"HTTP/1.1 200 OK").replace(
        b"NT:", b"ST:"
    )
    found = frames.parse_announcement(answer)
    assert found is not None
    assert found.serial == "01P00A000000001"


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\xff\xfe",
        b"M-SEARCH * HTTP/1.1\r\nST: urn:bambulab-com:device:3dprinter:1\r\n\r\n",
        _NOTIFY.replace(b"bambulab-com", b"example-com"),
        _NOTIFY.replace(b"USN: 01P00A000000001\r\n", b""),
        _NOTIFY.replace(b"01P00A000000001", b"01P 00A"),
        _NOTIFY.replace(b"01P00A000000001", b"\xff\xff"),
        _NOTIFY + b"x" * 5000,
    ],
)
def test_what_is_no_announcement_is_ignored(datagram: bytes) -> None:
    assert frames.parse_announcement(datagram) is None


def test_a_hostile_name_loses_what_cannot_be_shown() -> None:
    found = frames.parse_announcement(
        _NOTIFY.replace(b"Front left", b"\x1b[31mred\x00" + b"x" * 500)
    )
    assert found is not None
    assert found.name is not None
    assert found.name.startswith("[31mred")
    assert len(found.name) == 128


@given(st.binary(max_size=600))
@fuzzed(100)
def test_no_datagram_raises(datagram: bytes) -> None:
    frames.parse_announcement(datagram)
    frames.parse_announcement(b"NOTIFY * HTTP/1.1\r\n" + datagram)
    frames.parse_detected(datagram)


def test_the_search_names_the_printers() -> None:
    request = frames.search_request()
    assert request.startswith(b"M-SEARCH * HTTP/1.1\r\n")
    assert b"ST: urn:bambulab-com:device:3dprinter:1\r\n" in request
    assert request.endswith(b"\r\n\r\n")


def test_a_detect_request_has_the_documented_frame() -> None:
    request = frames.detect_request()
    assert request[:2] == b"\xa5\xa5"
    assert request[-2:] == b"\xa7\xa7"
    assert struct.unpack("<H", request[2:4]) == (len(request),)
    body = {"login": {"command": "detect", "sequence_id": "20000"}}
    assert orjson.loads(request[4:-2]) == body


def test_a_detect_answer_tells_who_it_is() -> None:
    body = {"login": {"command": "detect", "id": "094X", "model": "O1D", "name": "Big"}}
    answer = frames.frame(orjson.dumps(body))
    length = frames.detect_length(answer[:4])
    assert length == len(answer) - 4
    assert frames.parse_detected(answer[4:]) == frames.Announcement(
        serial="094X", model="O1D", name="Big"
    )


@pytest.mark.parametrize(
    "prefix",
    [b"", b"\xa5\xa5\x04", b"HTTP", b"\xa5\xa5\x00\x00", b"\xa5\xa5\xff\xff"],
)
def test_a_frame_of_an_impossible_size_is_refused_before_it_is_read(
    prefix: bytes,
) -> None:
    with pytest.raises(ValueError, match="frame"):
        frames.detect_length(prefix)


@pytest.mark.parametrize(
    "rest",
    [b"", b"{}", b"{}\xa7\xa7", b'{"login":[]}\xa7\xa7', b'{"login":{"id":7}}\xa7\xa7'],
)
def test_a_detect_answer_without_a_serial_is_none(rest: bytes) -> None:
    assert frames.parse_detected(rest) is None


def test_the_camera_login_has_eighty_bytes_in_their_places() -> None:
    login = frames.camera_login("12345678")
    assert len(login) == 80
    assert struct.unpack("<IIII", login[:16]) == (0x40, 0x3000, 0, 0)
    assert login[16:48] == b"bblp" + bytes(28)
    assert login[48:] == b"12345678" + bytes(24)


@pytest.mark.parametrize("code", ["é", "x" * 33])
def test_an_access_code_that_cannot_be_sent_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        frames.camera_login(code)


def test_a_picture_header_tells_its_length() -> None:
    assert frames.picture_length(struct.pack("<IIII", 4096, 0, 1, 0)) == 4096


@pytest.mark.parametrize("size", [0, 3, frames.LARGEST_PICTURE + 1, 0xFFFF_FFFF])
def test_a_picture_of_an_impossible_size_is_refused_before_it_is_read(
    size: int,
) -> None:
    with pytest.raises(ValueError, match="camera frame"):
        frames.picture_length(struct.pack("<IIII", size, 0, 1, 0))


def test_only_a_whole_jpeg_is_a_picture() -> None:
    assert frames.is_picture(b"\xff\xd8\xff\xe0 picture \xff\xd9")
    assert not frames.is_picture(b"\xff\xd8\xff\xe0")
    assert not frames.is_picture(b"GIF89a\xff\xd9")
