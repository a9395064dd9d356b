import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.cleaning import PrivateKeys, sanitise
from odin_engine.printers.ports import Record
from tests.fuzzing import fuzzed

KEYS = PrivateKeys(
    serials=frozenset({"serial"}),
    tags=frozenset({"tag"}),
    ids=frozenset({"job_id"}),
    names=frozenset({"filename", "path"}),
    topic=re.compile(r"^sdcp/status/([^/]+)"),
)


def clean(
    payload: dict[str, Any] | str, topic: str = "GET /api/job", secret: str = ""
) -> Record:
    (record,), _ = sanitise([Record(1.0, "in", topic, payload, "left")], [secret], KEYS)
    assert record.printer_id is None
    return record


def test_files_are_replaced_in_paths_payloads_and_texts() -> None:
    records = [
        Record(0, "out", "PUT /api/v1/files/usb/Jane%20Doe/vase%20v2.bgcode", ""),
        Record(1, "in", "GET /x", {"filename": "Jane Doe/vase v2.bgcode"}),
        Record(2, "in", "socket", "File opened: vase v2.bgcode Size: 12"),
        Record(3, "in", "GET /server/files/metadata?filename=vase%20v2.bgcode", ""),
    ]
    cleaned, counts = sanitise(records, [], KEYS)
    assert [record.topic for record in cleaned] == [
        "PUT /api/v1/files/usb/folder_01/sample_job_01.bgcode",
        "GET /x",
        "socket",
        "GET /server/files/metadata?filename=sample_job_01.bgcode",
    ]
    assert cleaned[1].payload == {"filename": "folder_01/sample_job_01.bgcode"}
    assert cleaned[2].payload == "File opened: sample_job_01.bgcode Size: 12"
    assert counts == {"job name": 1, "folder": 1}


def test_folders_that_machines_have_stay() -> None:
    record = clean({"path": "/usb/model/vase.goo"})
    assert record.payload == {"path": "/usb/model/sample_job_01.goo"}


def test_folders_of_people_lose_their_names() -> None:
    told = {
        "klipper_path": "/home/jane/klipper",
        "python_path": "/home/jane/klippy-env/bin/python",
        "warnings": ["Unable to open '/home/jane/a.cfg' or file:///home/joe.d/b.cfg:"],
        "/home/jane/x": "/home/user/x",
        "path": "/home/jane/gcodes/vase.gcode",
        "line": "M23 home/jane/a, /files/local/home/jane/b",
    }
    (record,), counts = sanitise([Record(0, "in", "GET /x", told)], [], KEYS)
    assert record.payload == {
        "klipper_path": "/home/user/klipper",
        "python_path": "/home/user/klippy-env/bin/python",
        "warnings": ["Unable to open '/home/user/a.cfg' or file:///home/user/b.cfg:"],
        "/home/user/x": "/home/user/x",
        "path": "/home/user/gcodes/sample_job_01.gcode",
        "line": "M23 home/jane/a, /files/local/home/jane/b",
    }
    assert counts == {"user name": 2, "job name": 1}


def test_keys_in_addresses_and_payloads_go() -> None:
    record = clean(
        {"api_key": "abcdef", "hostname": "attic-pi", "user": "jane", "token": ""},
        "GET /websocket?token=ABC123&x=1",
    )
    assert record.topic == "GET /websocket?token=xxxxxx&x=1"
    assert record.payload == {
        "api_key": "xxxxxx",
        "hostname": "xxxxxxxx",
        "user": "xxxx",
        "token": "",
    }


def test_a_secret_goes_wherever_it_stands_quoted_too() -> None:
    record = clean({"note": "key is p@ss w0rd"}, "GET /?q=p%40ss%20w0rd", "p@ss w0rd")
    assert "w0rd" not in f"{record}"
    assert record.payload == {"note": "key is ****"}


def test_people_and_machines_in_texts_go() -> None:
    record = clean(
        {
            "text": "mail jane@example.com from 192.168.7.20 or AA:BB:CC:01:02:03",
            "stream": "http://10.0.0.5/webcam/?action=stream",
            "where": {"latitude": 59.3, "longitude": 0.0},
        }
    )
    assert record.payload == {
        "text": "mail xxxxxxxxxxxxxxxx from 192.0.2.10 or 02:00:00:00:00:01",
        "stream": "https://example.invalid/1",
        "where": {"latitude": 0.0, "longitude": 0.0},
    }


def test_a_serial_in_a_topic_is_learned_and_goes_everywhere() -> None:
    record = clean({"f000ABC123": {"serial": "f000ABC123"}}, "sdcp/status/f000ABC123")
    assert record.topic == "sdcp/status/f000000001"
    assert record.payload == {"f000000001": {"serial": "f000000001"}}


def test_texts_that_are_json_are_cleaned_by_their_keys() -> None:
    record = clean('[{"filename": "vase.gcode", "job_id": 4711}]')
    assert record.payload == '[{"filename":"sample_job_01.gcode","job_id":1001}]'
    assert clean("[no json").payload == "[no json"


def test_what_is_harmless_stays() -> None:
    payload = {
        "state": "printing",
        "eta": [1, 2.5, None, True],
        "version": "01.07.00.00",
        "temp": {"tool0": {"actual": 215.3}},
        "line": "ok T:24.5 /0.0 B:23.0 /0.0",
    }
    assert clean(payload, "GET /api/printer?history=false").payload == payload


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["filename", "serial", "tag", "job_id", "token", "x"]),
            inner,
        )
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=5), _JSON), st.text(max_size=30))
@fuzzed(200)
def test_any_payload_is_cleaned(payload: dict[str, Any], topic: str) -> None:
    records = [Record(0, "in", topic, payload), Record(1, "out", topic, f"{payload}")]
    cleaned, _ = sanitise(records, ["hush-hush"], KEYS)
    assert [record.at_s for record in cleaned] == [0, 1]
