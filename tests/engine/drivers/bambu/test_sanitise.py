from typing import Any

from odin_engine.drivers.printers.bambu.protocol.sanitise import sanitise
from odin_engine.printers.ports import Record

_SERIAL = "01P00A123456789"
_TOPIC = f"device/{_SERIAL}/report"


def _records(*payloads: dict[str, Any] | str) -> list[Record]:
    return [
        Record(float(number), "in", _TOPIC, payload, printer_id="01J8")
        for number, payload in enumerate(payloads)
    ]


def _clean(payload: dict[str, Any]) -> dict[str, Any]:
    (record,), _ = sanitise(_records(payload))
    assert isinstance(record.payload, dict)
    return record.payload


def test_a_serial_keeps_its_model_and_its_length_everywhere() -> None:
    modules = {"info": {"module": [{"name": "ota", "sn": _SERIAL}, {"sn": "00600X42"}]}}
    note = f"hello from {_SERIAL}"
    (first, second), counts = sanitise(_records(modules, note))
    assert first.topic == "device/01P000000000001/report"
    assert isinstance(first.payload, dict)
    assert first.payload["info"]["module"] == [
        {"name": "ota", "sn": "01P000000000001"},
        {"sn": "00600002"},
    ]
    assert second.payload == "hello from 01P000000000001"
    assert second.printer_id is None
    assert counts["serial"] == 2


def test_tags_keep_their_length_and_zeros_stay_zeros() -> None:
    payload = _clean(
        {"tray": [{"tag_uid": "AB" * 8, "tray_uuid": "0" * 32}, {"tag_uid": "AB" * 8}]}
    )
    first, second = payload["tray"]
    assert first["tag_uid"] == second["tag_uid"] != "AB" * 8
    assert len(first["tag_uid"]) == 16
    assert first["tray_uuid"] == "0" * 32


def test_ids_keep_their_type_and_their_digits() -> None:
    payload = _clean(
        {"subtask_id": "2147483647", "task_id": 987, "project_id": "0", "job_id": 0}
    )
    assert payload["subtask_id"] == "1000000001"
    assert payload["task_id"] == 102
    assert payload["project_id"] == "0"
    assert payload["job_id"] == 0


def test_addresses_are_replaced_in_texts_and_as_little_endian_numbers() -> None:
    number = int.from_bytes(bytes([10, 0, 0, 7]), "little")
    payload = _clean(
        {
            "ipcam": {"rtsp_url": "rtsps://10.0.0.7:322/streaming/live/1"},
            "net": {"info": [{"ip": number, "mask": 16777215}, {"ip": 0, "mask": 0}]},
            "ota": "01.07.00.00",
        }
    )
    assert payload["ipcam"]["rtsp_url"] == "rtsps://192.0.2.10:322/streaming/live/1"
    first, second = payload["net"]["info"]
    assert first == {"ip": 167903424, "mask": 16777215}
    assert second == {"ip": 0, "mask": 0}


def test_versions_that_look_like_addresses_stay() -> None:
    assert _clean({"sw_ver": "01.07.00.00"}) == {"sw_ver": "01.07.00.00"}


def test_job_names_are_replaced_where_names_stand() -> None:
    payload = _clean(
        {
            "subtask_name": "PLA",
            "gcode_file": "/sdcard/PLA.gcode.3mf",
            "tray_type": "PLA",
            "param": "Metadata/plate_3.gcode",
        }
    )
    assert payload["subtask_name"] == "sample_job_01"
    assert payload["gcode_file"] == "/sdcard/sample_job_01.gcode.3mf"
    assert payload["tray_type"] == "PLA"
    assert payload["param"] == "Metadata/plate_3.gcode"


def test_a_name_that_is_not_ascii_stays_so_and_a_long_one_long() -> None:
    payload = _clean({"subtask_name": "åäö" * 20})
    assert len(payload["subtask_name"]) == 60
    assert not payload["subtask_name"].isascii()


def test_g_code_is_no_name() -> None:
    assert _clean({"param": "M104 S200\n"}) == {"param": "M104 S200\n"}


def test_links_tokens_and_the_like_are_replaced() -> None:
    payload = _clean(
        {
            "url": "https://files.example.com/a?key=abc",
            "ttcode": "QWERTY",
            "wifi_ssid": "home",
            "email": "",
        }
    )
    assert payload == {
        "url": "https://example.invalid/1",
        "ttcode": "xxxxxx",
        "wifi_ssid": "xxxx",
        "email": "",
    }


def test_the_access_code_goes_wherever_it_stands() -> None:
    (record,), counts = sanitise(
        _records({"strange": "code 12345678!"}), secrets=("12345678",)
    )
    assert record.payload == {"strange": "code ****!"}
    assert counts["secret"] == 1


def test_what_is_harmless_stays_as_it_was() -> None:
    payload = {
        "print": {
            "gcode_state": "RUNNING",
            "mc_percent": 42,
            "nozzle_temper": 219.5,
            "sdcard": True,
            "ams": {"tray_exist_bits": "f", "ams": [{"id": "0", "info": "1003"}]},
            "none": None,
        }
    }
    assert _clean(payload) == payload


def test_an_empty_recording_stays_empty() -> None:
    assert sanitise([]) == ([], {})
